"""Home: what there is to fill, how far it is, and the one large button to go on."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from pmprb_desktop import unit
from pmprb_desktop.i18n import _, ngettext
from pmprb_desktop.ui import messages, texts, theme
from pmprb_desktop.ui.layouts import FlowLayout
from pmprb_desktop.ui.pages.shell import PageShell
from pmprb_desktop.ui.session import Session
from pmprb_desktop.ui.widgets import (
    Button,
    Card,
    IconButton,
    Notice,
    Ring,
    label,
    set_tone,
    wrapped,
)
from pmprb_desktop.values import AssessmentInfo, Info


class HomePage(PageShell):
    """Identity and backup above, then the assessments."""

    opened = Signal(str)
    help_asked = Signal()
    practice_left = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(_("PMPRB Desktop"))
        self.session = session
        self.backup = label(tone="muted", points=theme.SMALL)
        self.who = Button("", self._on_people, drawing="people")
        self.help = IconButton("help", _("Help (F1)"))
        self.help.clicked.connect(self.help_asked)
        self.bar_row.addWidget(self.backup)
        self.bar_row.addSpacing(8)
        self.bar_row.addWidget(self.who)
        self.bar_row.addWidget(self.help)
        self.refresh()

    def refresh(self) -> None:
        """Show everything as it is now."""
        info = self.session.info()
        self._show_identity(info)
        self.first = None
        self.clear()
        known = self.session.assessments()
        if self.session.trial:
            self.column.addWidget(self._trial_notice())
        if info.role == "central":
            words = _("The office's part comes with a later version; this is the unit's part.")
            self.column.addWidget(Notice(words, "info"))
        if known:
            self.column.addWidget(self._continue(self._latest(known)))
        else:
            self.column.addWidget(wrapped(_("No assessment yet"), points=theme.TITLE, bold=True))
            self.column.addWidget(
                wrapped(
                    _("Open the file that your office gave you, or begin a new assessment."),
                    tone="muted",
                )
            )
        for entry in sorted(known, key=lambda a: (a.practice, -a.year)):
            self.column.addWidget(AssessmentCard(entry, self.opened.emit))
        self.column.addWidget(self._actions(practice=any(entry.practice for entry in known)))
        self.column.addStretch(1)

    def _show_identity(self, info: Info) -> None:
        names = ", ".join(entry.name for entry in info.units)
        role = (
            _("fills the worksheet of a unit") if info.role == "unit" else _("admin of the office")
        )
        self.title.set_full(names or _("PMPRB Desktop"))
        self.say_below(f"{role} · {self.session.path}")
        if info.last_backup:
            self.backup.setText(_("Backup: {time}").format(time=texts.when(info.last_backup)))
        else:
            self.backup.setText(_("No backup outside this computer yet"))
        self.backup.setVisible(not self.session.trial)
        set_tone(self.backup, "muted")
        name = info.person.name if info.person else _("Who fills it in?")
        self.who.setText(texts.one_line(name, 28).replace("&", "&&"))
        self.who.setAccessibleName(_("Who fills it in: {name}").format(name=name))

    def _latest(self, known: tuple[AssessmentInfo, ...]) -> AssessmentInfo:
        last = unit.last_assessment(self.session.ws)
        open_ones = [entry for entry in known if not entry.read_only] or list(known)
        return next((entry for entry in known if entry.id == last), open_ones[-1])

    def _continue(self, entry: AssessmentInfo) -> QWidget:
        if entry.read_only:
            words = _("Open: {title} {year}").format(title=entry.title, year=entry.year)
        elif entry.place:
            words = _("Go on filling in: {code}").format(code=entry.place)
        else:
            words = _("Begin filling in")
        self.go_on = Button(words, lambda: self.opened.emit(entry.id), role="primary")
        self.go_on.setFont(theme.font(13, bold=True))
        self.go_on.setProperty("large", True)
        self.go_on.setDefault(True)
        self.first = self.go_on
        return self.go_on

    def _actions(self, *, practice: bool) -> QWidget:
        row = QWidget()
        flow = FlowLayout(row, gap=10)
        if self.session.trial:
            return row
        for words, drawing, action in (
            (_("&New assessment …"), "plus", self._on_new),
            (_("&Open a file from the office …"), "folder", self._on_open_file),
            (
                _("Open the &practice") if practice else _("&Practice"),
                "practice",
                self._on_practice,
            ),
            (_("&Backup …"), "save", self._on_backup),
            (_("&Unit key …"), "lock", self._on_key),
            (_("&Help"), "help", self.help_asked.emit),
        ):
            button = Button(words, action, drawing=drawing)
            flow.addWidget(button)
        return row

    def _trial_notice(self) -> QWidget:
        words = _(
            "PRACTICE. Everything can be tried here; it is kept apart from your real work and "
            "cannot be handed in."
        )
        notice = Notice(words, "info", drawing="practice")
        leave = Button(_("&Leave the practice"), self.practice_left.emit)
        notice.row.addWidget(leave)
        return notice

    def ask_who(self) -> None:
        """Ask who fills it in from now on."""
        self._on_people()

    def _on_people(self) -> None:
        from pmprb_desktop.ui.people_dialog import PeopleDialog

        dialog = PeopleDialog(self.window(), self.session)
        dialog.finished.connect(lambda _result: self.refresh())
        dialog.open()

    def _on_new(self) -> None:
        from pmprb_desktop.ui.new_dialog import NewDialog

        dialog = NewDialog(self.window(), self.session)
        dialog.made.connect(self.opened)
        dialog.open()

    def _on_practice(self) -> None:
        for entry in self.session.assessments():
            if entry.practice:
                self.opened.emit(entry.id)
                return
        with messages.reported(self):
            made = unit.make_practice(self.session.ws)
            self.opened.emit(made.id)

    def _on_open_file(self) -> None:
        dialog = QFileDialog(self.window(), _("File from the office"))
        dialog.setNameFilters([_("Packages (*.pmprb)"), _("All files (*)")])
        dialog.fileSelected.connect(lambda name: self.open_file(Path(name)))
        dialog.open()

    def open_file(self, path: Path) -> None:
        """Look at a file, and go on from it where that makes sense."""
        from pmprb_desktop.ui.incoming import open_file

        open_file(self, self.session, path, self.opened.emit)

    def _on_key(self) -> None:
        from pmprb_desktop.ui.key_dialog import KeyDialog

        KeyDialog(self.window(), self.session).open()

    def _on_backup(self) -> None:
        from pmprb_desktop.ui.backup import ask_for_backup

        ask_for_backup(self, self.session, self.refresh)


class AssessmentCard(Card):
    """One assessment: ring, title, state, score, deadline, last copy outside."""

    def __init__(self, entry: AssessmentInfo, on_open: object) -> None:
        super().__init__()
        assert callable(on_open)
        ring = Ring()
        share = entry.answered / entry.items if entry.items else 0.0
        ring.set_share(share, f"{int(share * 100)} %")
        row = QHBoxLayout(self)
        row.setContentsMargins(18, 14, 18, 14)
        row.setSpacing(18)
        row.addWidget(ring)
        row.addLayout(self._words(entry), 1)
        row.addLayout(_score(entry))
        button = Button(_("Open"), lambda: on_open(entry.id))
        button.setAccessibleName(
            _("Open {title} {year}").format(title=entry.title, year=entry.year)
        )
        row.addWidget(button)

    def _words(self, entry: AssessmentInfo) -> QVBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(3)
        title = f"{entry.title} · {entry.year}"
        if entry.practice:
            title = _("PRACTICE · {title}").format(title=title)
        words.addWidget(wrapped(title, points=theme.BODY + 1, bold=True))
        facts = [
            entry.unit_name,
            _("Revision {revision}").format(revision=entry.revision),
            entry.state_label,
            ngettext(
                "{answered} of {items} item answered",
                "{answered} of {items} items answered",
                entry.items,
            ).format(answered=entry.answered, items=entry.items),
        ]
        words.addWidget(wrapped(" · ".join(facts), tone="muted"))
        words.addWidget(self._dates(entry))
        return words

    def _dates(self, entry: AssessmentInfo) -> QWidget:
        parts, tone = [], "muted"
        if entry.deadline:
            left = texts.days_left(entry.deadline)
            open_still = entry.state not in ("sent", "done")
            tone = (
                "bad" if left < 0 and open_still else "warn" if left <= 7 and open_still else tone
            )
            sign = "⚠ " if tone != "muted" else ""
            parts.append(
                sign
                + _("Deadline {date}, {left}").format(
                    date=texts.day(entry.deadline), left=texts.deadline_words(entry.deadline)
                )
            )
        if entry.last_copy:
            parts.append(
                _("last copy outside this computer: {ago}").format(ago=texts.ago(entry.last_copy))
            )
        else:
            parts.append(_("no copy outside this computer yet"))
        return wrapped(" · ".join(parts), tone=tone, points=theme.SMALL)


def _score(entry: AssessmentInfo) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(0)
    total = label(texts.number(entry.total), points=theme.FIGURE, bold=True)
    share = entry.total / entry.available if entry.available else None
    below = f"/ {texts.number(entry.available)} · {texts.percent(share)}"
    if entry.predicate:
        below += f" · {entry.predicate}"
    of = label(below, tone="muted", points=theme.SMALL)
    for widget in (total, of):
        widget.setAlignment(Qt.AlignmentFlag.AlignRight)
    column.addStretch(1)
    column.addWidget(total)
    column.addWidget(of)
    column.addStretch(1)
    return column
