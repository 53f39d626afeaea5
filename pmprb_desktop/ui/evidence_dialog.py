"""The evidence of an item: thumbnails, the page itself, facts, what can be done."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from pmprb_desktop import unit
from pmprb_desktop.errors import UserError
from pmprb_desktop.i18n import _, ngettext
from pmprb_desktop.ui import icons, messages, tasks, texts, theme
from pmprb_desktop.ui.attaching import open_outside
from pmprb_desktop.ui.evidence_row import EvidenceRow
from pmprb_desktop.ui.preview import PreviewPane, to_image
from pmprb_desktop.ui.sheet import Sheet
from pmprb_desktop.ui.widgets import Button, Notice, label, wrapped
from pmprb_desktop.values import EvidenceInfo

THUMB = 72


class EvidenceDialog(QDialog):
    """The evidence of an item: thumbnails, the page itself, facts and what can be done."""

    def __init__(
        self, parent: QWidget, sheet: Sheet, code: str, evidence_id: str, row: EvidenceRow
    ) -> None:
        super().__init__(parent)
        self.sheet = sheet
        self.code = code
        self.row = row
        self.entry: EvidenceInfo | None = None
        self._thumbs: dict[str, QPixmap] = {}
        self._drawing: tasks.Task | None = None
        self.setWindowTitle(_("Evidence of item {code}").format(code=code))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(min(1180, parent.width() - 60), min(640, parent.height() - 30))
        self.list = QListWidget()
        self.list.setAccessibleName(self.windowTitle())
        self.list.setIconSize(QSize(THUMB, THUMB))
        self.list.setWordWrap(True)
        self.list.setFixedWidth(220)
        self.list.currentRowChanged.connect(self._on_row)
        self.preview = PreviewPane()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(14)
        layout.addWidget(self.list)
        layout.addWidget(self.preview, 1)
        layout.addWidget(self._facts_panel())
        sheet.evidence_changed.connect(self._on_changed)
        self.finished.connect(self._stop_drawing)
        self._fill(evidence_id)

    def _facts_panel(self) -> QWidget:
        panel = QWidget()
        panel.setFixedWidth(270)
        column = QVBoxLayout(panel)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.name = wrapped(bold=True)
        self.facts = wrapped(tone="muted", points=theme.SMALL)
        self.notice = Notice("", "warning")
        caption = label(_("&Label"), tone="muted", points=theme.SMALL)
        self.label = QLineEdit()
        self.label.setMaxLength(500)
        self.label.editingFinished.connect(self._on_relabel)
        caption.setBuddy(self.label)
        self.open_button = Button(_("&Open in its own program"), self._on_open, drawing="open")
        self.reduce_button = Button(_("&Make the photo smaller"), self._on_reduce, drawing="image")
        self.replace_button = Button(_("Re&place …"), self._on_replace, drawing="replace")
        self.remove_button = Button(_("&Remove from this item"), self._on_remove, drawing="trash")
        self.history = wrapped(tone="muted", points=theme.SMALL)
        for widget in (self.name, self.facts, self.notice, caption, self.label):
            column.addWidget(widget)
        column.addSpacing(6)
        for button in (
            self.open_button,
            self.reduce_button,
            self.replace_button,
            self.remove_button,
        ):
            column.addWidget(button)
        column.addWidget(self.history)
        column.addStretch(1)
        column.addWidget(Button(_("&Close"), self.accept, role="primary"))
        return panel

    def _fill(self, chosen: str | None) -> None:
        self.list.blockSignals(True)
        self.list.clear()
        entries = self.sheet.evidence_of(self.code)
        for entry in entries:
            row = QListWidgetItem(texts.one_line(entry.label or entry.name, 48))
            row.setData(Qt.ItemDataRole.UserRole, entry.id)
            row.setIcon(icons.icon("link" if entry.kind == "link" else "file", "muted", THUMB))
            row.setSizeHint(QSize(200, THUMB + 14))
            if entry.sha256 in self._thumbs:
                row.setIcon(self._thumbs[entry.sha256])
            self.list.addItem(row)
        self.list.blockSignals(False)
        ids = [entry.id for entry in entries]
        if not ids:
            self.accept()
            return
        self.list.setCurrentRow(ids.index(chosen) if chosen in ids else 0)
        self._on_row(self.list.currentRow())
        self._draw_thumbnails(entries)

    def _draw_thumbnails(self, entries: Sequence[EvidenceInfo]) -> None:
        """One after the other, so that the page itself need not wait for them."""
        wanted = []
        for entry in entries:
            path = self.sheet.path_of(entry)
            if path is not None and entry.sha256 not in self._thumbs:
                wanted.append((entry.sha256, path, entry.media_type))
        self._stop_drawing()
        if not wanted:
            return

        def work(job: tasks.Job) -> None:
            from pmprb_desktop.evidence import thumbnail

            for sha256, path, media_type in wanted:
                if job.cancelled():
                    return
                job.deliver((sha256, thumbnail(path, media_type, 2 * THUMB)))

        self._drawing = tasks.run(work, parent=self, delivered=self._on_thumbnail)

    def _stop_drawing(self) -> None:
        if self._drawing is not None:
            self._drawing.cancel()
            self._drawing = None

    def _on_thumbnail(self, drawn: tuple[str, object]) -> None:
        sha256, picture = drawn
        image = to_image(picture)
        if image is None:
            return
        self._thumbs[sha256] = QPixmap.fromImage(image)
        for at, entry in enumerate(self.sheet.evidence_of(self.code)):
            row = self.list.item(at)
            if entry.sha256 == sha256 and row is not None:
                row.setIcon(self._thumbs[sha256])

    def _on_row(self, at: int) -> None:
        row = self.list.item(at)
        wanted = row.data(Qt.ItemDataRole.UserRole) if row is not None else None
        entries = self.sheet.evidence_of(self.code)
        self.entry = next((entry for entry in entries if entry.id == wanted), None)
        if self.entry is not None:
            self._show(self.entry)

    def _show(self, entry: EvidenceInfo) -> None:
        self.name.setText(texts.one_line(entry.name, 160))
        facts = (
            [f"{texts.size(entry.bytes)} · {_kind(entry)}"]
            if entry.kind == "file"
            else [entry.url or ""]
        )
        if entry.added_at:
            added = _("added {time}").format(time=texts.when(entry.added_at))
            facts.append(" · ".join(part for part in (added, entry.added_by_name) if part))
        facts.append(_("Used for: {codes}").format(codes=", ".join(entry.items)))
        self.facts.setText("\n".join(facts))
        words = self._flag_words(entry)
        self.notice.set_text(words)
        self.notice.setVisible(bool(words))
        if not self.label.hasFocus():
            self.label.setText(entry.label)
        editable = self.row.editable
        for widget in (self.replace_button, self.remove_button):
            widget.setVisible(editable)
        self.replace_button.setVisible(editable and entry.kind == "file")
        self.reduce_button.setVisible(
            editable and entry.media_type.startswith("image/") and entry.bytes > 1_500_000
        )
        self.label.setReadOnly(not editable)
        old = unit.evidence_history(self.sheet.ws, entry.id)
        self.history.setText(
            "\n".join([_("Replaced:"), *(f"• {texts.one_line(e.name, 40)}" for e in old)])
            if old
            else ""
        )
        link = _("A link is shown in the browser. Nobody can check it without internet.")
        self.preview.show_file(self.sheet.path_of(entry), entry.media_type, link)

    def _flag_words(self, entry: EvidenceInfo) -> str:
        if entry.kind == "link":
            return _("A link is weaker evidence: nobody can check it without internet.")
        from pmprb_desktop.evidence import flag_text

        return " ".join(flag_text(flag) for flag in entry.flags)

    def _on_relabel(self) -> None:
        entry = self.entry
        if entry is not None and self.label.text().strip() != entry.label and self.row.editable:
            with messages.reported(self):
                unit.relabel(self.sheet.ws, entry.id, self.label.text().strip())
            self.sheet.reload_evidence(entry.items)

    def _on_open(self) -> None:
        if self.entry is not None:
            open_outside(self, self.sheet, self.entry)

    def _on_remove(self) -> None:
        if self.entry is not None:
            self.row.remove(self.entry)

    def _on_reduce(self) -> None:
        entry = self.entry
        path = self.sheet.path_of(entry) if entry is not None else None
        if entry is None or path is None:
            return
        blobs = self.sheet.ws.blobs

        def work(_job: tasks.Job) -> object | None:
            from pmprb_desktop.evidence import reduced

            data = reduced(path)
            name = f"{Path(entry.name).stem}.jpg"
            return blobs.ingest_bytes(data, name) if data is not None else None

        task = tasks.run(work, parent=self, done=lambda got: self._on_replaced(entry, got))
        messages.Progress(self, task, _("Making the photo smaller"))

    def _on_replace(self) -> None:
        dialog = QFileDialog(self, _("Replace by another file"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._on_replacement)
        dialog.open()

    def _on_replacement(self, name: str) -> None:
        entry, blobs = self.entry, self.sheet.ws.blobs
        if entry is None or not name:
            return

        def work(job: tasks.Job) -> object:
            path = Path(name)
            return blobs.ingest(
                path,
                progress=lambda done: job.progress(done, path.stat().st_size, path.name),
                cancelled=job.cancelled,
            )

        task = tasks.run(work, parent=self, done=lambda got: self._on_replaced(entry, got))
        messages.Progress(
            self, task, ngettext("Copying {count} file", "Copying {count} files", 1).format(count=1)
        )

    def _on_replaced(self, entry: EvidenceInfo, got: object | None) -> None:
        if got is None:
            messages.show(self, title=_("The photo is small enough already"), kind="info")
            return
        try:
            new = unit.replace(self.sheet.ws, entry.id, got)  # type: ignore[arg-type]
        except UserError as error:
            messages.show_error(self, error)
            return
        self.sheet.reload_evidence(entry.items)
        self._fill(new.id)

    def _on_changed(self, codes: frozenset[str]) -> None:
        if self.code in codes:
            self._fill(self.entry.id if self.entry is not None else None)


def _kind(entry: EvidenceInfo) -> str:
    """The kind of a file as people know it: by the usual ending of its type."""
    from pmprb_desktop.evidence.media import ENDINGS

    known = ENDINGS.get(entry.media_type)
    return known[0].upper() if known else _("unknown kind")
