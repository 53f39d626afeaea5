"""A new assessment: unit, worksheet, year."""

from datetime import UTC, datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from pmprb_desktop import unit
from pmprb_desktop.i18n import _
from pmprb_desktop.ui import messages, texts
from pmprb_desktop.ui.dialog import FittingDialog, dialog_buttons
from pmprb_desktop.ui.form import Form
from pmprb_desktop.ui.session import Session
from pmprb_desktop.ui.widgets import wide_box, wrapped

OTHER = ""


class NewDialog(FittingDialog):
    """``made`` carries the id of the assessment that was begun."""

    made = Signal(str)

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, _("New assessment"), width=560)
        self.session = session
        self.unit = wide_box()
        for entry in session.info().units:
            self.unit.addItem(f"{entry.code} · {entry.name}", entry.code)
        self.unit.addItem(_("Another unit …"), OTHER)
        self.unit.currentIndexChanged.connect(self._on_unit)
        self.code = QLineEdit()
        self.code.setMaxLength(60)
        self.name = QLineEdit()
        self.name.setMaxLength(500)
        self.rubric = wide_box()
        for info in unit.rubric_list():
            self.rubric.addItem(
                _("{title} · weight {weight}").format(
                    title=info.title, weight=texts.number(info.weight)
                ),
                info.edition,
            )
        self.note = wrapped(tone="muted")
        self.rubric.currentIndexChanged.connect(self._on_rubric)
        self.year = QSpinBox()
        self.year.setRange(2000, 2100)
        self.year.setValue(datetime.now(UTC).astimezone().year)
        self.form = Form()
        self.form.add(_("&Unit"), self.unit)
        self.form.add(_("&Code of the unit"), self.code)
        self.form.add(_("&Name of the unit"), self.name)
        self.form.add(_("&Instrument"), self.rubric)
        self.form.add("", self.note)
        self.form.add(_("&Year"), self.year)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 18)
        layout.setSpacing(16)
        layout.addLayout(self.form)
        layout.addLayout(dialog_buttons(self, _("&Begin"), self._on_ok))
        self._on_unit()
        self._on_rubric()

    def _on_unit(self) -> None:
        other = self.unit.currentData() == OTHER
        for field in (self.code, self.name):
            self.form.setRowVisible(field, other)
        self.fit()

    def _on_rubric(self) -> None:
        known = {info.edition: info for info in unit.rubric_list()}
        info = known.get(self.rubric.currentData())
        self.note.setText(info.note if info is not None and info.reconstruction else "")
        self.note.setVisible(bool(self.note.text()))
        self.fit()

    def _on_ok(self) -> None:
        with messages.reported(self):
            code = self.unit.currentData()
            if code == OTHER:
                code = self.code.text().strip()
                unit.add_unit(self.session.ws, code, self.name.text().strip())
            made = unit.new_assessment(
                self.session.ws, self.rubric.currentData(), self.year.value(), code
            )
            self.accept()
            self.made.emit(made.id)
