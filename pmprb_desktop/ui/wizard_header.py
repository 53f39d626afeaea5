"""The top bar of the wizard: what is filled, its scores, how much is done."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from pmprb_desktop.i18n import _, ngettext
from pmprb_desktop.scoring import NodeScore
from pmprb_desktop.ui import messages, texts, theme
from pmprb_desktop.ui.sheet import Sheet
from pmprb_desktop.ui.widgets import Button, ElidedLabel, IconButton, label

WIDE: Final = 1250
NARROW: Final = 1000


class Figure(QWidget):
    """A caption, a large number, and what it is of."""

    def __init__(self) -> None:
        super().__init__()
        self.caption = label(tone="muted", points=theme.SMALL)
        self.number = label(points=theme.FIGURE, bold=True)
        self.of = label(tone="muted", points=theme.SMALL)
        below = QHBoxLayout()
        below.setSpacing(6)
        below.addWidget(self.number, 0, Qt.AlignmentFlag.AlignBaseline)
        below.addWidget(self.of, 0, Qt.AlignmentFlag.AlignBaseline)
        below.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.caption)
        layout.addLayout(below)

    def show_score(self, caption: str, number: str, of: str) -> None:
        """Show a score."""
        self.caption.setText(texts.one_line(caption, 30))
        self.caption.setToolTip(caption)
        self.number.setText(number)
        self.of.setText(of)
        self.setAccessibleName(f"{caption}: {number} {of}")


class Header(QWidget):
    """Title, unit, year and revision at the left; scores and progress at the right."""

    home_asked = Signal()

    def __init__(self, sheet: Sheet) -> None:
        super().__init__()
        self.sheet = sheet
        self._page: str | None = None
        self.setObjectName("topbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.home = IconButton("home", _("Home (Alt+Home)"))
        self.home.clicked.connect(self.home_asked)
        self.title = ElidedLabel(sheet.rubric.content.short_title)
        self.title.setFont(theme.font(theme.BODY + 1, bold=True))
        self.subtitle = ElidedLabel()
        self.subtitle.setProperty("tone", "muted")
        self.subtitle.setFont(theme.font(theme.SMALL))
        words = _("Reconstructed edition")
        self.origin = Button(words, self._on_origin, role="link", drawing="info", name=words)
        self.origin.setToolTip(words)
        self.origin.setFont(theme.font(theme.SMALL))
        if not sheet.rubric.content.reconstruction:
            self.origin.hide()
        self.figures = (Figure(), Figure(), Figure())
        self.done = QLabel()
        self.done.setProperty("tone", "muted")
        self.done.setFont(theme.font(theme.SMALL))
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(190)
        self._lay_out()
        sheet.info_changed.connect(self.refresh)

    def _lay_out(self) -> None:
        names = QVBoxLayout()
        names.setContentsMargins(0, 0, 0, 0)
        names.setSpacing(2)
        first = QHBoxLayout()
        first.setSpacing(10)
        first.addWidget(self.title, 1)
        names.addLayout(first)
        second = QHBoxLayout()
        second.setSpacing(6)
        second.addWidget(self.subtitle, 1)
        names.addLayout(second)
        first.addWidget(self.origin)
        progress = QVBoxLayout()
        progress.setContentsMargins(0, 2, 0, 4)
        progress.setSpacing(8)
        progress.addWidget(self.done)
        progress.addWidget(self.bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 20, 8)
        row.setSpacing(24)
        left = QHBoxLayout()
        left.setSpacing(10)
        left.addWidget(self.home)
        left.addLayout(names, 1)
        row.addLayout(left, 1)
        for figure in self.figures:
            row.addWidget(figure)
        row.addLayout(progress)
        self.setFixedHeight(max(70, self.sizeHint().height()))

    def show_page(self, page: str | None) -> None:
        """Show the scores around a page; only the total where there is none."""
        self._page = page
        self.refresh()

    def refresh(self) -> None:
        """Show everything as it is now."""
        info, score = self.sheet.info, self.sheet.score
        state = info.state_label
        self.subtitle.set_full(
            _("{unit} · Assessment {year} · Revision {revision} ({state})").format(
                unit=info.unit_name, year=info.year, revision=info.revision, state=state
            )
        )
        unfinished = info.answered < info.items
        sub, area, total = self.figures
        node = self.sheet.node_score(self._page) if self._page else None
        above = self._area()
        sub.setVisible(node is not None)
        area.setVisible(above is not None and above is not node and self.width() >= NARROW)
        if node is not None:
            partial = node.answered < node.items
            caption = _("Sub-area so far") if partial else _("Sub-area")
            sub.show_score(caption, texts.number(node.score), self._of(node))
        if above is not None:
            area.show_score(
                self.sheet.words(above.title), texts.number(above.score), self._of(above)
            )
        total.show_score(
            _("Total so far") if unfinished else _("Total"),
            texts.number(score.total),
            f"/ {texts.number(score.available)} · {texts.percent(score.share)}",
        )
        self.done.setText(
            ngettext(
                "{answered} of {items} item answered",
                "{answered} of {items} items answered",
                info.items,
            ).format(answered=info.answered, items=info.items)
        )
        self.bar.setRange(0, max(info.items, 1))
        self.bar.setValue(info.answered)
        self.bar.setAccessibleName(self.done.text())

    def _of(self, node: NodeScore) -> str:
        text = f"/ {texts.number(node.available)}"
        if self.width() >= WIDE:
            text += f" · {texts.percent(node.share, 0)}"
        return text

    def _area(self) -> NodeScore | None:
        if self._page is None:
            return None
        above = [*self.sheet.rubric.ancestors(self._page), self._page]
        areas = [code for code in above if self.sheet.rubric.nodes[code].level == "area"]
        return self.sheet.node_score(areas[-1]) if areas else None

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Narrow windows leave out the percentages."""
        super().resizeEvent(event)
        wide = self.width() >= WIDE
        self.bar.setFixedWidth(190 if wide else 130)
        self.origin.setText(_("Reconstructed edition") if wide else "")
        self.refresh()

    def _on_origin(self) -> None:
        messages.show(
            self,
            title=_("This edition of the instrument is a reconstruction"),
            body=self.sheet.rubric.content.reconstruction_note,
            kind="info",
        )
