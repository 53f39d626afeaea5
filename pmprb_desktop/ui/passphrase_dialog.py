"""Asks for the passphrase of the unit's key."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFormLayout, QLineEdit, QVBoxLayout, QWidget

from pmprb_desktop.i18n import _
from pmprb_desktop.ui.evidence_dialogs import dialog_buttons
from pmprb_desktop.ui.widgets import wrapped


class PassphraseDialog(QDialog):
    """``given`` carries what was typed; nothing of it is kept here."""

    given = Signal(str)

    def __init__(self, parent: QWidget, fault: str = "") -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Passphrase of the unit's key"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(460)
        self.line = QLineEdit()
        self.line.setEchoMode(QLineEdit.EchoMode.Password)
        self.line.setMaxLength(500)
        form = QFormLayout()
        form.addRow(_("&Passphrase"), self.line)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 18)
        layout.setSpacing(14)
        if fault:
            layout.addWidget(wrapped(fault, tone="bad"))
        layout.addLayout(form)
        layout.addLayout(dialog_buttons(self, _("&Sign"), self._on_ok))

    def _on_ok(self) -> None:
        if self.line.text():
            self.accept()
            self.given.emit(self.line.text())
