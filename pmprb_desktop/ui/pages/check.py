"""Check completeness: what is found at the left, the item itself at the right."""

from PySide6.QtCore import (
    QModelIndex,
    Qt,
    QTimer,
)
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QListView,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from pmprb_desktop import flow, unit
from pmprb_desktop.checks import CheckFinding
from pmprb_desktop.i18n import _, ngettext
from pmprb_desktop.ui import tasks, theme
from pmprb_desktop.ui.card import ItemCard
from pmprb_desktop.ui.findings import FINDING, FindingDelegate, FindingModel
from pmprb_desktop.ui.form import allow
from pmprb_desktop.ui.pages.base import Page
from pmprb_desktop.ui.sheet import Sheet
from pmprb_desktop.ui.widgets import Button, Scroll, clear, label, wrapped


class CheckPage(Page):
    """Errors block a final package, warnings need a look; both jump to their item."""

    def __init__(self, sheet: Sheet, stop: flow.Stop) -> None:
        super().__init__(sheet, stop)
        self.card: ItemCard | None = None
        self.damaged: frozenset[str] | None = None
        self._task: tasks.Task | None = None

    def build(self) -> None:
        """Head, list and item."""
        self.head = wrapped(_("Check completeness"), points=theme.TITLE, bold=True)
        self.summary = wrapped(tone="muted")
        self.hashing = label(tone="muted", points=theme.SMALL)
        self.fix = Button(_("Fix the &next one"), self.fix_next, role="primary")
        top = QHBoxLayout()
        top.setContentsMargins(24, 14, 24, 8)
        names = QVBoxLayout()
        names.setSpacing(2)
        for widget in (self.head, self.summary, self.hashing):
            names.addWidget(widget)
        top.addLayout(names, 1)
        top.addWidget(self.fix, 0, Qt.AlignmentFlag.AlignTop)
        self.column.addLayout(top)
        self.view = QListView()
        self.view.setObjectName("findings")
        self.view.setAccessibleName(_("What was found"))
        self.view.setWordWrap(True)
        self.view.setResizeMode(QListView.ResizeMode.Adjust)
        self.view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setItemDelegate(FindingDelegate(self.view))
        self.model = FindingModel(self)
        self.view.setModel(self.model)
        self.view.selectionModel().currentChanged.connect(self._on_current)
        self.view.activated.connect(self._on_activated)
        self.right = Scroll(margins=(14, 4, 24, 18))
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setHandleWidth(1)
        split.setChildrenCollapsible(False)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(24, 4, 10, 14)
        column.addWidget(self.view)
        split.addWidget(left)
        split.addWidget(self.right)
        split.setStretchFactor(1, 1)
        split.setSizes([330, 670])
        self.column.addWidget(split, 1)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(0)
        self._again.timeout.connect(self.refresh)
        self.sheet.answer_saved.connect(self._on_change)
        self.sheet.evidence_changed.connect(self._on_change)

    def shown(self) -> None:
        """Check anew; evidence is hashed again in a worker."""
        self.refresh()
        self._hash()

    def refresh(self) -> None:
        """Show what is found now, and stay at the same finding where it is still there."""
        report = unit.check(self.sheet.ws, self.sheet.id, self.damaged)
        chosen = self.current()
        self.model.show((*report.errors, *report.warnings, *report.infos))
        errors, warnings = len(report.errors), len(report.warnings)
        self._say(errors, warnings, len(report.infos))
        allow(self.fix, "" if errors or warnings else _("There is nothing to correct"))
        if not self.model.findings:
            self._show_words(_("Everything is answered. Go on to “Lock and make the package”."))
            return
        at = next(
            (
                i
                for i, f in enumerate(self.model.findings)
                if chosen is not None and _same(f, chosen)
            ),
            None,
        )
        if at is None and chosen is not None:
            return
        self.view.setCurrentIndex(self.model.index(at or 0))

    def _say(self, errors: int, warnings: int, infos: int) -> None:
        parts = [
            ngettext("{count} error", "{count} errors", errors).format(count=errors),
            ngettext("{count} warning", "{count} warnings", warnings).format(count=warnings),
            ngettext("{count} note", "{count} notes", infos).format(count=infos),
        ]
        meaning = (
            _("Errors block a final package; it can still be sent provisionally.")
            if errors
            else _("Nothing blocks a final package.")
        )
        self.summary.setText(f"{' · '.join(parts)}. {meaning}")

    def current(self) -> CheckFinding | None:
        """The finding that is chosen."""
        index = self.view.currentIndex()
        return index.data(FINDING) if index.isValid() else None

    def fix_next(self) -> None:
        """Go to the next finding that needs work."""
        if self.card is not None:
            self.card.flush()
            self.refresh()
        count = len(self.model.findings)
        if not count:
            return
        here = self.view.currentIndex().row()
        focused = QApplication.focusWidget()
        at_work = self.card is not None and focused is not None and self.card.isAncestorOf(focused)
        start = max(here + at_work, 0)
        order = [*range(start, count), *range(start)]
        target = next((at for at in order if self.model.findings[at].severity != "info"), order[0])
        self.view.setCurrentIndex(self.model.index(target))
        self._show(self.model.findings[target])
        if self.card is not None:
            self.card.focus_answer()

    def focus_start(self) -> None:
        """The list."""
        self.view.setFocus()

    def flush(self) -> None:
        """Save what is still being typed."""
        if self.card is not None:
            self.card.flush()

    def show_item(self, code: str) -> bool:
        """Show the finding of an item."""
        for at, finding in enumerate(self.model.findings if self.built else ()):
            if finding.item == code:
                self.view.setCurrentIndex(self.model.index(at))
                return True
        return False

    def _on_current(self, index: QModelIndex, _before: QModelIndex) -> None:
        finding = index.data(FINDING)
        if finding is not None:
            self._show(finding)

    def _on_activated(self, index: QModelIndex) -> None:
        self._on_current(index, index)
        if self.card is not None:
            self.card.focus_answer()

    def _show(self, finding: CheckFinding) -> None:
        if finding.item not in self.sheet.rubric.items:
            self._show_words(finding.message)
            return
        if self.card is not None and self.card.code == finding.item:
            return
        self.flush()
        clear(self.right.column)
        item = self.sheet.rubric.items[finding.item]
        self.card = ItemCard(self.sheet, item)
        self.card.set_active(True)
        titles = [
            self.sheet.words(self.sheet.rubric.nodes[a].title)
            for a in self.sheet.rubric.ancestors(item.code)
        ]
        self.right.column.addWidget(
            wrapped(f"{item.code} · {' › '.join(titles[-2:])}", tone="muted")
        )
        self.right.column.addWidget(self.card)
        code = item.code
        self.right.column.addWidget(
            Button(_("Show it on its page"), lambda: self.item_asked.emit(code), role="link"),
            0,
            Qt.AlignmentFlag.AlignLeft,
        )
        self.right.column.addStretch(1)

    def _show_words(self, words: str) -> None:
        self.flush()
        self.card = None
        clear(self.right.column)
        self.right.column.addWidget(wrapped(words, points=12))
        self.right.column.addStretch(1)

    def _on_change(self, _what: object) -> None:
        if self.isVisible():
            self._again.start()

    def _hash(self) -> None:
        if self._task is not None and self._task.running:
            return
        job = unit.evidence_job(self.sheet.ws, self.sheet.id)
        if not job.sizes:
            self.hashing.hide()
            return
        count = len(job.sizes)
        self.hashing.setText(
            ngettext(
                "Reading {count} evidence file again …",
                "Reading {count} evidence files again …",
                count,
            ).format(count=count)
        )
        self.hashing.show()

        def work(task: tasks.Job) -> frozenset[str]:
            return job.damaged(task.progress, task.cancelled)

        self._task = tasks.run(work, parent=self, done=self._on_hashed)

    def _on_hashed(self, damaged: frozenset[str]) -> None:
        self.damaged = damaged or None
        self.hashing.setText(
            _("✓ All evidence files are whole")
            if not damaged
            else ngettext(
                "⚠ {count} evidence file is damaged",
                "⚠ {count} evidence files are damaged",
                len(damaged),
            ).format(count=len(damaged))
        )
        self.refresh()


def _same(one: CheckFinding, other: CheckFinding) -> bool:
    return (one.code, one.item) == (other.code, other.item)
