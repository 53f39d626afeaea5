"""Evidence of one item: chips, and the ways to attach more."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QAction, QGuiApplication, QImage, QShowEvent
from PySide6.QtWidgets import QFileDialog, QMenu, QSizePolicy, QWidget

from pmprb_desktop import unit
from pmprb_desktop.errors import UserError
from pmprb_desktop.i18n import _, ngettext
from pmprb_desktop.ui import messages, tasks, texts, theme
from pmprb_desktop.ui.attaching import (
    attach_in_background,
    copy_into_store,
    open_outside,
    png_bytes,
)
from pmprb_desktop.ui.form import allow_action
from pmprb_desktop.ui.layouts import FlowLayout
from pmprb_desktop.ui.sheet import Sheet
from pmprb_desktop.ui.widgets import Button, label
from pmprb_desktop.values import EvidenceInfo

FLAG_WORDS: Final = ("HEIC", "VIDEO", "ARCHIVE", "OLD_OFFICE", "MACRO")


class EvidenceRow(QWidget):
    """A line of chips; a click opens the evidence, the menu key offers the rest."""

    def __init__(self, sheet: Sheet, code: str) -> None:
        super().__init__()
        self.sheet = sheet
        self.code = code
        self.editable = True
        self._known: tuple[EvidenceInfo, ...] | None = None
        self._removed: EvidenceInfo | None = None
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.flow = FlowLayout(self)
        self.caption = label(_("Evidence"), tone="muted", points=theme.SMALL + 0.25)
        self.caption.setMinimumHeight(30)
        self.flow.addWidget(self.caption)
        self.add = Button(
            _("+ Attach"),
            role="link",
            name=_("Attach evidence to item {code}").format(code=code),
        )
        self.add.clicked.connect(self._on_add)
        self.flow.addWidget(self.add)
        self.chips: list[Button] = []
        sheet.evidence_changed.connect(self._on_changed)
        self.refresh()

    def refresh(self) -> None:
        """Show the evidence of the item as it is now."""
        now = self.sheet.evidence_of(self.code)
        if now == self._known and self._removed is None:
            return
        self._known = now
        for chip in self.chips:
            self.flow.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self.chips = [self._chip(entry, at) for at, entry in enumerate(now)]
        if self._removed is not None:
            self.chips.append(self._undo_chip(self._removed))
        for at, chip in enumerate(self.chips, start=1):
            self.flow.insert_widget(at, chip)
            chip.show()
        self._order_tabs()
        self.updateGeometry()

    def showEvent(self, event: QShowEvent) -> None:
        """Only now is the row part of its window, whose tab order it joins."""
        super().showEvent(event)
        self._order_tabs()

    def _order_tabs(self) -> None:
        before = self.add
        for chip in self.chips:
            QWidget.setTabOrder(before, chip)
            before = chip
        QWidget.setTabOrder(before, self.add)

    def set_editable(self, editable: bool) -> None:
        """Allow or forbid changes."""
        self.editable = editable
        self.add.setVisible(editable)

    def takes(self, mime: QMimeData) -> bool:
        """Whether something dropped or pasted can become evidence."""
        return mime.hasImage() or any(url.isLocalFile() for url in mime.urls())

    def attach_mime(self, mime: QMimeData) -> None:
        """Take in what was dropped or pasted: files, a folder, a picture, an address."""
        if not self.editable:
            return
        files = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
        links = [url for url in mime.urls() if url.scheme() in ("http", "https")]
        folders = [path for path in files if path.is_dir()]
        if folders:
            from pmprb_desktop.ui.folder_dialog import FolderDialog

            FolderDialog(self.window(), self.sheet, folders[0]).open()
        elif files:
            self.attach_files(files)
        elif mime.hasImage():
            self.attach_image(mime.imageData())
        elif links:
            self.attach_link(links[0].toString())

    def attach_files(self, paths: Sequence[Path]) -> None:
        """Copy files into the store in a worker, attach each as it is ready."""
        title = ngettext("Copying {count} file", "Copying {count} files", len(paths))
        work = copy_into_store(self.sheet, [(path, (self.code,)) for path in paths])
        self._run(work, title.format(count=len(paths)))

    def attach_image(self, image: object) -> None:
        """Keep a picture of the clipboard as PNG."""
        if not isinstance(image, QImage) or image.isNull():
            return
        picture, name = QImage(image), _("Picture {time}.png").format(time=texts.clock())
        blobs = self.sheet.ws.blobs

        def work(job: tasks.Job) -> list[UserError]:
            data = png_bytes(picture)
            job.deliver(((self.code,), blobs.ingest_bytes(data, name)))
            return []

        self._run(work, _("Keeping the picture"))

    def attach_link(self, url: str = "") -> None:
        """Ask for an address and attach it."""
        from pmprb_desktop.ui.evidence_dialogs import LinkDialog

        dialog = LinkDialog(self.window(), url)
        dialog.given.connect(self._on_link)
        dialog.open()

    def pick_files(self) -> None:
        """Ask for files."""
        dialog = QFileDialog(self.window(), _("Attach evidence"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda names: self.attach_files([Path(n) for n in names]))
        dialog.open()

    def _on_add(self) -> None:
        menu = QMenu(self)
        self._action(menu, _("&Files …"), self.pick_files)
        paste = self._action(menu, _("&Picture from the clipboard (Ctrl+V)"), self._on_paste)
        usable = self.takes(QGuiApplication.clipboard().mimeData())
        allow_action(paste, "" if usable else _("nothing copied yet"))
        self._action(menu, _("&Link (address) …"), self.attach_link)
        self._action(menu, _("File that another &item already has …"), self._on_share)
        menu.addSeparator()
        self._action(menu, _("Whole f&older, matched by code …"), self._on_folder)
        export = self._action(menu, _("&Save all evidence as a folder …"), self._on_export)
        allow_action(export, "" if self.sheet.evidence else _("no evidence yet"))
        menu.popup(self.add.mapToGlobal(self.add.rect().bottomLeft()))

    def _action(self, menu: QMenu, text: str, action: Any) -> QAction:
        made = menu.addAction(text)
        made.triggered.connect(lambda _checked=False: action())
        return made

    def _on_paste(self) -> None:
        self.attach_mime(QGuiApplication.clipboard().mimeData())

    def _on_share(self) -> None:
        from pmprb_desktop.ui.evidence_dialogs import ShareDialog

        ShareDialog(self.window(), self.sheet, self.code).open()

    def _on_folder(self) -> None:
        from pmprb_desktop.ui.folder_dialog import pick_folder

        pick_folder(self.window(), self.sheet)

    def _on_export(self) -> None:
        from pmprb_desktop.ui.attaching import ask_for_export

        ask_for_export(self, self.sheet)

    def _on_link(self, url: str, words: str) -> None:
        with messages.reported(self):
            unit.attach_link(self.sheet.ws, self.sheet.id, [self.code], url, words)
            self.sheet.reload_evidence([self.code])

    def _run(self, work: Callable[[tasks.Job], list[UserError]], title: str) -> None:
        attach_in_background(self, self.sheet, work, title)

    def _chip(self, entry: EvidenceInfo, at: int) -> Button:
        words = texts.one_line(entry.label or entry.name, 34)
        words = words.replace("&", "&&")
        if entry.kind == "link":
            chip = Button(_("{name} · link").format(name=words), role="chip", drawing="link")
        else:
            drawing = "warning" if set(entry.flags) & set(FLAG_WORDS) else ""
            chip = Button(f"{words} · {texts.size(entry.bytes)}", role="chip", drawing=drawing)
        chip.setToolTip(texts.one_line(entry.name, 200))
        chip.setAccessibleName(
            _("Evidence {number}: {name}").format(number=at + 1, name=entry.label or entry.name)
        )
        chip.clicked.connect(lambda: self._open(entry.id))
        chip.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        chip.customContextMenuRequested.connect(
            lambda pos: self._menu(entry, at).popup(chip.mapToGlobal(pos))
        )
        return chip

    def _undo_chip(self, entry: EvidenceInfo) -> Button:
        words = texts.one_line(entry.label or entry.name, 24).replace("&", "&&")
        return Button(
            _("{name} removed · Undo").format(name=words),
            lambda: self._on_unremove(entry),
            role="chip",
            drawing="undo",
        )

    def _menu(self, entry: EvidenceInfo, at: int) -> QMenu:
        menu = QMenu(self)
        self._action(menu, _("Show"), lambda: self._open(entry.id))
        self._action(
            menu, _("Open in its own program"), lambda: open_outside(self, self.sheet, entry)
        )
        if self.editable:
            menu.addSeparator()
            count = len(self.sheet.evidence_of(self.code))
            if at > 0:
                self._action(menu, _("Move to the left"), lambda: self.shift(at, -1))
            if at < count - 1:
                self._action(menu, _("Move to the right"), lambda: self.shift(at, 1))
            self._action(menu, _("Remove from this item"), lambda: self.remove(entry))
        return menu

    def shift(self, at: int, step: int) -> None:
        """Change the order of the evidence."""
        ids = [entry.id for entry in self.sheet.evidence_of(self.code)]
        ids.insert(at + step, ids.pop(at))
        with messages.reported(self):
            unit.reorder(self.sheet.ws, self.sheet.id, self.code, ids)
        self.sheet.reload_evidence([self.code])

    def remove(self, entry: EvidenceInfo) -> None:
        """Take a piece away from this item; it can be brought back."""
        with messages.reported(self):
            unit.remove(self.sheet.ws, entry.id, self.code)
            self._removed = entry
        self.sheet.reload_evidence([self.code])

    def _on_unremove(self, entry: EvidenceInfo) -> None:
        with messages.reported(self):
            unit.unremove(self.sheet.ws, entry.id)
            self._removed = None
            self._known = None
        self.sheet.reload_evidence([self.code])

    def _open(self, evidence_id: str) -> None:
        from pmprb_desktop.ui.evidence_dialog import EvidenceDialog

        EvidenceDialog(self.window(), self.sheet, self.code, evidence_id, self).open()

    def _on_changed(self, codes: frozenset[str]) -> None:
        if self.code in codes:
            self.refresh()
