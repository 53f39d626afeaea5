"""People: who fills it in now, and who else belongs to the unit."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from pmprb_desktop import unit
from pmprb_desktop.i18n import _
from pmprb_desktop.ui import messages, theme
from pmprb_desktop.ui.form import Form
from pmprb_desktop.ui.session import Session
from pmprb_desktop.ui.widgets import Button, wrapped
from pmprb_desktop.values import PersonDraft, PersonInfo, PersonRole

ROLES: Final[tuple[PersonRole, ...]] = ("assessor", "unit_head", "coordinator")


def role_name(role: str) -> str:
    """A role in the words of the screen."""
    return {
        "assessor": _("assessor"),
        "unit_head": _("head of the unit"),
        "coordinator": _("coordinator"),
        "central_admin": _("admin of the office"),
        "reviewer": _("reviewer"),
    }.get(role, role)


class PeopleDialog(QDialog):
    """Left the list, right a form to add someone."""

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent)
        self.session = session
        self.setWindowTitle(_("People"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(820, 480)
        self.list = QListWidget()
        self.list.setAccessibleName(_("People of this workspace"))
        self.list.itemActivated.connect(lambda _item: self._on_choose())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 18)
        layout.setSpacing(22)
        layout.addLayout(self._left(), 1)
        layout.addLayout(self._right(), 1)
        self.refresh()

    def _left(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(10)
        column.addWidget(wrapped(_("Who fills it in?"), points=12.5, bold=True))
        column.addWidget(self.list, 1)
        column.addWidget(
            wrapped(
                _("Answers from now on carry this name. The head of the unit appears on prints."),
                tone="muted",
                points=theme.SMALL,
            )
        )
        row = QHBoxLayout()
        row.addWidget(Button(_("&This is me"), self._on_choose, role="primary"))
        row.addStretch(1)
        row.addWidget(Button(_("&Close"), self.accept))
        column.addLayout(row)
        return column

    def _right(self) -> QVBoxLayout:
        self.name = _line(500)
        self.nip = _line(30)
        self.rank = _line(200)
        self.position = _line(300)
        self.acting = QComboBox()
        for value in ("", "Plt.", "Plh.", "a.n."):
            self.acting.addItem(value or _("definitive"), value)
        self.role = QComboBox()
        for role in ROLES:
            self.role.addItem(role_name(role), role)
        self.form = Form(gap=8)
        for caption, field in (
            (_("&Name"), self.name),
            (_("N&IP"), self.nip),
            (_("&Rank"), self.rank),
            (_("&Position"), self.position),
            (_("Actin&g"), self.acting),
            (_("R&ole"), self.role),
        ):
            self.form.add(caption, field)
        self.unit = QComboBox()
        for entry in self.session.info().units:
            self.unit.addItem(entry.name, entry.code)
        self.form.add(_("&Unit"), self.unit)
        if self.unit.count() < 2:
            self.form.setRowVisible(self.unit, False)
        column = QVBoxLayout()
        column.setSpacing(10)
        column.addWidget(wrapped(_("Add someone"), points=12.5, bold=True))
        column.addLayout(self.form)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(Button(_("&Add"), self._on_add))
        for line in (self.name, self.nip, self.rank, self.position):
            line.returnPressed.connect(self._on_add)
        column.addLayout(row)
        column.addStretch(1)
        return column

    def refresh(self) -> None:
        """List everyone, the chosen one marked."""
        self.list.clear()
        chosen = self.session.info().person
        for person in unit.people(self.session.ws):
            mark = "✓ " if chosen is not None and person.id == chosen.id else "    "
            row = QListWidgetItem(mark + describe(person))
            row.setData(Qt.ItemDataRole.UserRole, person.id)
            self.list.addItem(row)
            if chosen is not None and person.id == chosen.id:
                self.list.setCurrentItem(row)

    def _on_choose(self) -> None:
        row = self.list.currentItem()
        if row is not None:
            with messages.reported(self):
                unit.choose_person(self.session.ws, row.data(Qt.ItemDataRole.UserRole))
                self.accept()

    def _on_add(self) -> None:
        draft = PersonDraft(
            name=self.name.text(),
            nip=self.nip.text(),
            rank=self.rank.text(),
            position=self.position.text(),
            acting=self.acting.currentData(),
            role=self.role.currentData(),
        )
        with messages.reported(self):
            unit.add_person(self.session.ws, draft, self.unit.currentData())
            for field in (self.name, self.nip, self.rank, self.position):
                field.clear()
            self.refresh()
            self.name.setFocus()


def describe(person: PersonInfo) -> str:
    """Name, role and position in one line."""
    parts = [f"{person.acting} {person.name}".strip(), role_name(person.role)]
    if person.position:
        parts.append(person.position)
    return " · ".join(parts)


def _line(limit: int) -> QLineEdit:
    made = QLineEdit()
    made.setMaxLength(limit)
    return made
