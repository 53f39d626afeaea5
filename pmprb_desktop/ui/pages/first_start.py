"""First start: who fills what, and where it is kept."""

from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from pmprb_desktop import unit
from pmprb_desktop.i18n import _
from pmprb_desktop.ui import messages, texts, theme
from pmprb_desktop.ui.form import Form
from pmprb_desktop.ui.layouts import FlowLayout
from pmprb_desktop.ui.pages.shell import PageShell
from pmprb_desktop.ui.session import Session
from pmprb_desktop.ui.widgets import Button, Card, Notice, wide_box, wrapped
from pmprb_desktop.values import PersonDraft


class FirstStartPage(PageShell):
    """One question, then a short form. ``completed`` carries the session that was made."""

    completed = Signal(object)
    practice_asked = Signal()

    def __init__(self, path: Path, session: Session | None = None) -> None:
        super().__init__(_("PMPRB Desktop"), width=760)
        self._session = session
        self._path = path
        self._role = "unit"
        self._build_question()

    def _build_question(self) -> None:
        self.column.addWidget(wrapped(_("What do you do here?"), points=theme.TITLE, bold=True))
        for role, title, words in (
            (
                "unit",
                _("I fill in the worksheet of a unit"),
                _("Answer the items, attach evidence, hand over a signed package."),
            ),
            (
                "central",
                _("I am the admin of the office"),
                _("Hand out assignments, receive packages, combine results."),
            ),
        ):
            self.column.addWidget(self._choice(role, title, words))
        self.column.addWidget(self._others())
        self.column.addStretch(1)
        self.first = self.column.itemAt(1).widget().findChild(Button)
        if self.isVisible() and self.first is not None:
            self.first.setFocus()

    def _others(self) -> QWidget:
        """What needs no form: try it out, or go on with work that exists already."""
        row = QWidget()
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(8)
        column.addWidget(wrapped(_("Or:"), tone="muted"))
        line = QWidget()
        buttons = FlowLayout(line, gap=10)
        buttons.addWidget(
            Button(_("Try it out with a &practice …"), self.practice_asked.emit, drawing="practice")
        )
        if self._session is None:
            buttons.addWidget(
                Button(_("&Go on from the last package …"), self._on_package, drawing="folder")
            )
            buttons.addWidget(Button(_("&Restore a backup …"), self._on_restore, drawing="save"))
        column.addWidget(line)
        return row

    def _choice(self, role: str, title: str, words: str) -> QWidget:
        card = Card()
        row = QHBoxLayout(card)
        row.setContentsMargins(20, 16, 20, 16)
        names = QVBoxLayout()
        names.setSpacing(4)
        names.addWidget(wrapped(title, points=12, bold=True))
        names.addWidget(wrapped(words, tone="muted"))
        row.addLayout(names, 1)
        button = Button(_("Choose"), lambda: self._on_role(role), role="primary")
        button.setAccessibleName(title)
        row.addWidget(button)
        return card

    def _on_restore(self) -> None:
        from pmprb_desktop.ui.backup import ask_for_restore

        proposed = unit.propose_data_dirs()
        target = proposed[0] if proposed else self._path
        ask_for_restore(self, target, self._on_restored)

    def _on_package(self) -> None:
        dialog = QFileDialog(self.window(), _("The last package of the unit"))
        dialog.setNameFilters([_("Packages (*.pmprb)"), _("All files (*)")])
        dialog.fileSelected.connect(lambda name: self.open_file(Path(name)))
        dialog.open()

    def open_file(self, path: Path) -> None:
        """Go on from a package when nothing else is here yet."""
        from pmprb_desktop.ui.starting import continue_here

        folder = self._session.path if self._session is not None else self._proposal()
        continue_here(self, path, folder, self._on_continued)

    def _on_continued(self, session: Session) -> None:
        unit.remember(self._path, session.path)
        self.completed.emit(session)

    def _on_restored(self, folder: Path) -> None:
        with messages.reported(self):
            session = Session.open(folder)
            unit.remember(self._path, folder)
            self.completed.emit(session)

    def _on_role(self, role: str) -> None:
        self._role = role
        self.clear()
        self._build_form()

    def _build_form(self) -> None:
        central = self._role == "central"
        title = _("Your office") if central else _("Your unit and its instrument")
        self.column.addWidget(wrapped(title, points=theme.TITLE, bold=True))
        if central:
            self.column.addWidget(
                Notice(
                    _(
                        "This version has the unit's part. The office's part (assignments, "
                        "receiving packages, combining) comes with a later version; you can "
                        "already fill in an assessment of your own."
                    ),
                    "info",
                )
            )
        card = Card()
        self.form = Form(card)
        self.form.setContentsMargins(20, 16, 20, 18)
        self._add_unit_fields(central=central)
        self._add_rubric_fields(central=central)
        self._add_place_fields()
        self.column.addWidget(card)
        self.missing = Notice("", "error")
        self.missing.hide()
        self.column.addWidget(self.missing)
        row = QHBoxLayout()
        row.addWidget(Button(_("‹ Bac&k"), self._on_back))
        row.addStretch(1)
        self.start = Button(_("&Start"), self._on_start, role="primary")
        row.addWidget(self.start)
        self.column.addLayout(row)
        self.column.addStretch(1)
        for field in (self.unit_code, self.unit_name, self.person, self.nip, self.folder):
            field.returnPressed.connect(self._on_start)
            field.textEdited.connect(lambda _text, line=field: self._mark(line, wrong=False))
        self.first = self.unit_code
        self.unit_code.setFocus()

    def _add_unit_fields(self, *, central: bool) -> None:
        self.unit_code = _line(60, _("as the office writes it, such as KEC-07"))
        self.unit_name = _line(500, _("as on the letterhead"))
        self.form.add(
            _("Code of the o&ffice") if central else _("&Code of the unit"), self.unit_code
        )
        self.form.add(
            _("N&ame of the office") if central else _("&Name of the unit"), self.unit_name
        )
        self.pemda = QRadioButton(_("&Local government"))
        self.ministry = QRadioButton(_("&Ministry or agency"))
        self.pemda.setChecked(True)
        group = QButtonGroup(self)
        group.addButton(self.pemda)
        group.addButton(self.ministry)
        kinds = QWidget()
        row = QHBoxLayout(kinds)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.pemda)
        row.addWidget(self.ministry)
        row.addStretch(1)
        self.form.add(_("Kind of government"), kinds)

    def _add_rubric_fields(self, *, central: bool) -> None:
        self.rubric = wide_box()
        self.year = QSpinBox()
        wanted = "central" if central else "unit"
        for info in sorted(unit.rubric_list(), key=lambda r: r.for_level != wanted):
            self.rubric.addItem(
                _("{title} · weight {weight}").format(
                    title=info.title, weight=texts.number(info.weight)
                ),
                info.edition,
            )
        self.year.setRange(2000, 2100)
        self.year.setGroupSeparatorShown(False)
        self.year.setValue(datetime.now(UTC).astimezone().year)
        self.form.add(_("&Instrument"), self.rubric)
        self.form.add(_("&Year"), self.year)

    def _add_place_fields(self) -> None:
        self.person = _line(500, _("with titles, as on a decree"))
        self.nip = _line(30, _("18 digits, may stay empty"))
        self.form.add(_("W&ho fills it in?"), self.person)
        self.form.add(_("N&IP"), self.nip)
        self.folder = QLineEdit(str(self._proposal()))
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.folder, 1)
        line.addWidget(Button(_("Other &folder …"), self._on_folder))
        self.folder.setAccessibleName(_("Folder of the workspace"))
        self.form.add(_("Kept i&n"), row, buddy=self.folder)
        self.form.add(
            "",
            wrapped(
                _(
                    "Not on the drive of Windows where there is another: installing Windows "
                    "again erases it. Not on the network."
                ),
                tone="muted",
                points=theme.SMALL,
            ),
        )

    def _proposal(self) -> Path:
        if self._session is not None:
            return self._session.path
        proposed = unit.propose_data_dirs()
        from pmprb_desktop import paths

        chosen = paths.default_data_dir() != self._path
        return self._path if chosen or not proposed else proposed[0]

    def _on_folder(self) -> None:
        dialog = QFileDialog(self.window(), _("Folder of the workspace"), self.folder.text())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self.folder.setText)
        dialog.open()

    def _on_back(self) -> None:
        self.clear()
        self._build_question()

    def _on_start(self) -> None:
        asked = (self.unit_code, self.unit_name, self.person, self.folder)
        blank = [field for field in asked if not field.text().strip()]
        for field in asked:
            self._mark(field, wrong=field in blank)
        if blank:
            self.missing.set_text(_("Fill in the fields with the red border first."))
            self.missing.show()
            blank[0].setFocus()
            return
        with messages.reported(self):
            self._make()

    def _mark(self, field: QLineEdit, *, wrong: bool) -> None:
        if bool(field.property("wrong")) != wrong:
            field.setProperty("wrong", wrong)
            field.style().unpolish(field)
            field.style().polish(field)
        if not wrong:
            self.missing.hide()

    def _make(self) -> None:
        session = self._session or Session.open(Path(self.folder.text().strip()))
        try:
            if not session.info().is_set_up:
                unit.setup(
                    session.ws,
                    self._role,  # type: ignore[arg-type]
                    self.unit_code.text().strip(),
                    self.unit_name.text().strip(),
                    PersonDraft(self.person.text().strip(), nip=self.nip.text().strip()),
                    "pemda" if self.pemda.isChecked() else "kl",
                )
            unit.new_assessment(session.ws, self.rubric.currentData(), self.year.value())
        except Exception:
            if self._session is None:
                session.close()
            raise
        unit.remember(self._path, session.path)
        self.completed.emit(session)


def _line(limit: int, hint: str) -> QLineEdit:
    made = QLineEdit()
    made.setMaxLength(limit)
    made.setPlaceholderText(hint)
    return made
