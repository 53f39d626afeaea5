"""Asks for passphrases; nothing of what is typed is kept here."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from pmprb_desktop.i18n import _
from pmprb_desktop.ui.dialog import FittingDialog, dialog_buttons
from pmprb_desktop.ui.form import Form
from pmprb_desktop.ui.widgets import wrapped


class SecretDialog(FittingDialog):
    """One line per secret. ``given`` carries what was typed, in the order of the lines.

    With ``repeat`` the last two lines must be equal; ``hidden`` lines show dots.
    """

    given = Signal(object)

    def __init__(
        self,
        parent: QWidget,
        *,
        title: str,
        captions: Sequence[str],
        button: str,
        words: str = "",
        fault: str = "",
        repeat: bool = False,
        hidden: bool = True,
    ) -> None:
        super().__init__(parent, title, width=480)
        self._repeat = repeat
        form = Form()
        self.lines = []
        for caption in captions:
            line = QLineEdit()
            if hidden:
                line.setEchoMode(QLineEdit.EchoMode.Password)
            line.setMaxLength(500)
            form.add(caption, line)
            self.lines.append(line)
        self.fault = wrapped(fault, tone="bad")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 18)
        layout.setSpacing(14)
        if words:
            layout.addWidget(wrapped(words))
        layout.addLayout(form)
        layout.addWidget(self.fault)
        self.fault.setVisible(bool(fault))
        layout.addLayout(dialog_buttons(self, button, self.take))

    def take(self) -> None:
        """Give what was typed, if it can be right."""
        typed = tuple(line.text() for line in self.lines)
        if self._repeat and typed[-1] != typed[-2]:
            self.fault.setText(_("The two are not equal; type both again."))
            self.fault.show()
            self.fit()
            return
        if all(typed):
            self.accept()
            self.given.emit(typed)


def ask_passphrase(parent: QWidget, fault: str = "") -> SecretDialog:
    """Ask for the passphrase of the unit's key."""
    return SecretDialog(
        parent,
        title=_("Passphrase of the unit's key"),
        captions=[_("&Passphrase")],
        button=_("&Sign"),
        fault=fault,
    )
