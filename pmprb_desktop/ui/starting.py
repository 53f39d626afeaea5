"""Ways into the program that need no form: practice, and the last package of a lost computer."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QWidget

from pmprb_desktop import unit
from pmprb_desktop.i18n import _
from pmprb_desktop.ui import messages, tasks
from pmprb_desktop.ui.incoming import ask_to_go_on, examine, take_in
from pmprb_desktop.ui.session import Session
from pmprb_desktop.values import PersonDraft

TRIAL_FOLDER: Final = "practice"


def open_practice(asked: Path) -> Session:
    """The practice workspace beside the real one; it is made and filled when it is not there."""
    session = Session.open(asked / TRIAL_FOLDER)
    session.trial = True
    try:
        if not session.info().is_set_up:
            person = PersonDraft(_("Practice assessor"))
            unit.setup(session.ws, "unit", "LATIHAN", _("Practice unit"), person)
        if not session.assessments():
            unit.make_practice(session.ws)
    except BaseException:
        session.close()
        raise
    return session


def continue_here(
    owner: QWidget, file: Path, folder: Path, done: Callable[[Session], None]
) -> tasks.Task:
    """Verify a package of the unit, make a workspace for that unit, and go on from it there."""

    def offer(seen: unit.Inspection) -> None:
        ask_to_go_on(owner, seen, lambda: begin(seen))

    def begin(seen: unit.Inspection) -> None:
        with messages.reported(owner):
            session = _workspace_for(seen, folder)
            with messages.reported(owner):
                take_in(session, seen)
                _choose_the_only_one(session)
            done(session)

    return examine(owner, file, offer)


def _workspace_for(seen: unit.Inspection, folder: Path) -> Session:
    document = seen.verification.assessment
    assert document is not None
    session = Session.open(folder)
    try:
        if not session.info().is_set_up:
            name = document.unit.name
            unit.setup(session.ws, "unit", document.unit.code, name, None, document.government)
    except BaseException:
        session.close()
        raise
    return session


def _choose_the_only_one(session: Session) -> None:
    fillers = [person for person in unit.people(session.ws) if person.role == "assessor"]
    if len(fillers) == 1:
        unit.choose_person(session.ws, fillers[0].id)
