"""Dialogs about evidence: a link, a file that other items have."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from pmprb_desktop import unit
from pmprb_desktop.i18n import _
from pmprb_desktop.ui import messages, texts
from pmprb_desktop.ui.dialog import FittingDialog, dialog_buttons
from pmprb_desktop.ui.form import Form
from pmprb_desktop.ui.sheet import Sheet
from pmprb_desktop.ui.widgets import Notice


class LinkDialog(FittingDialog):
    """Asks for an address; says that nobody can check it offline."""

    given = Signal(str, str)

    def __init__(self, parent: QWidget, url: str = "") -> None:
        super().__init__(parent, _("Attach a link"), width=520)
        self.url = QLineEdit(url)
        self.url.setMaxLength(2000)
        self.url.setPlaceholderText("https://")
        self.words = QLineEdit()
        self.words.setMaxLength(500)
        form = Form()
        form.add(_("&Address"), self.url)
        form.add(_("&Label"), self.words)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 18)
        layout.setSpacing(14)
        layout.addLayout(form)
        layout.addWidget(
            Notice(_("A link is weaker evidence: nobody can check it without internet."), "warning")
        )
        layout.addLayout(dialog_buttons(self, _("&Attach"), self._on_ok))

    def _on_ok(self) -> None:
        if self.url.text().strip():
            self.given.emit(self.url.text().strip(), self.words.text().strip())
            self.accept()
        else:
            self.url.setFocus()


class ShareDialog(QDialog):
    """Lets an item use a file that another item has, without a second copy."""

    def __init__(self, parent: QWidget, sheet: Sheet, code: str) -> None:
        super().__init__(parent)
        self.sheet = sheet
        self.code = code
        self.setWindowTitle(_("File that another item already has"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(620, 460)
        self.search = QLineEdit()
        self.search.setPlaceholderText(_("Search names"))
        self.search.setAccessibleName(_("Search names"))
        self.search.textChanged.connect(self._fill)
        self.list = QListWidget()
        self.list.setAccessibleName(_("Evidence of other items"))
        self.list.itemActivated.connect(lambda _item: self._on_ok())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(10)
        layout.addWidget(self.search)
        layout.addWidget(self.list, 1)
        layout.addLayout(dialog_buttons(self, _("&Use here too"), self._on_ok))
        self._fill()

    def _fill(self) -> None:
        self.list.clear()
        asked = self.search.text().casefold()
        for entry in self.sheet.evidence:
            name = entry.label or entry.name
            if self.code in entry.items or entry.removed or asked not in name.casefold():
                continue
            row = QListWidgetItem(f"{texts.one_line(name, 60)} · {', '.join(entry.items)}")
            row.setData(Qt.ItemDataRole.UserRole, entry.id)
            self.list.addItem(row)
        if self.list.count():
            self.list.setCurrentRow(0)

    def _on_ok(self) -> None:
        row = self.list.currentItem()
        if row is None:
            return
        evidence_id = row.data(Qt.ItemDataRole.UserRole)
        entry = next(e for e in self.sheet.evidence if e.id == evidence_id)
        with messages.reported(self):
            unit.link_items(self.sheet.ws, entry.id, [*entry.items, self.code])
            self.sheet.reload_evidence([self.code])
            self.accept()
