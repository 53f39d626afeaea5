"""What stands on top of prints: lines of the office, address, logo, place, number."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from pmprb_desktop import unit
from pmprb_desktop.i18n import _
from pmprb_desktop.ui import messages
from pmprb_desktop.ui.dialog import FittingDialog, dialog_buttons
from pmprb_desktop.ui.form import Form
from pmprb_desktop.ui.session import Session
from pmprb_desktop.ui.widgets import Button
from pmprb_desktop.values import LetterheadInfo


class LetterheadDialog(FittingDialog):
    """Keeps the letterhead of this workspace."""

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, _("Letterhead"), width=560)
        self.session = session
        known = unit.letterhead(session.ws)
        self._logo = known.logo
        self.lines = QPlainTextEdit("\n".join(known.lines))
        self.lines.setTabChangesFocus(True)
        self.lines.setFixedHeight(88)
        self.address = QLineEdit(known.address)
        self.place = QLineEdit(known.place)
        self.number = QLineEdit(known.number)
        self.zone = QComboBox()
        self.zone.addItems(["WIB", "WITA", "WIT"])
        self.zone.setCurrentText(unit.setting(session.ws, "zone", "WIB"))
        for field in (self.address, self.place, self.number):
            field.setMaxLength(300)
        self.picture = QLabel()
        self.picture.setFixedSize(64, 64)
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        form = Form()
        form.add(_("&Lines (one office a line)"), self.lines)
        form.add(_("&Address"), self.address)
        form.add(_("&Place of signing"), self.place)
        form.add(_("&Number of the minutes"), self.number)
        form.add(_("&Time zone"), self.zone)
        logo = QHBoxLayout()
        logo.addWidget(self.picture)
        logo.addWidget(Button(_("L&ogo …"), self._on_logo))
        logo.addWidget(Button(_("Without lo&go"), lambda: self._show_logo(None)))
        logo.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 18)
        layout.setSpacing(14)
        layout.addLayout(form)
        layout.addLayout(logo)
        layout.addLayout(dialog_buttons(self, _("&Keep"), self._on_ok))
        self._show_logo(known.logo)

    def _show_logo(self, data: bytes | None) -> None:
        self._logo = data
        picture = QPixmap()
        if data is not None and picture.loadFromData(data):
            keep, smooth = (
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
            self.picture.setPixmap(picture.scaled(64, 64, keep, smooth))
        else:
            self.picture.setText("–")

    def _on_logo(self) -> None:
        dialog = QFileDialog(self, _("Logo"))
        dialog.setNameFilters([_("Pictures (*.png *.jpg *.jpeg)")])
        dialog.fileSelected.connect(self._on_file)
        dialog.open()

    def _on_file(self, name: str) -> None:
        path = Path(name)
        if path.is_file() and path.stat().st_size <= 4 * 2**20:
            self._show_logo(path.read_bytes())

    def _on_ok(self) -> None:
        head = LetterheadInfo(
            lines=tuple(x for x in self.lines.toPlainText().splitlines() if x.strip()),
            address=self.address.text(),
            number=self.number.text(),
            place=self.place.text(),
            logo=self._logo,
        )
        with messages.reported(self):
            unit.set_letterhead(self.session.ws, head)
            unit.set_setting(self.session.ws, "zone", self.zone.currentText())
            self.accept()
