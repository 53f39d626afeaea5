"""A file that was opened: what it is, and what can be done with it."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from pmprb_desktop import unit
from pmprb_desktop.i18n import _
from pmprb_desktop.ui import messages, tasks, texts
from pmprb_desktop.ui.session import Session


def open_file(
    owner: QWidget, session: Session, path: Path, opened: Callable[[str], None]
) -> tasks.Task:
    """Verify a file in a worker, then say what it is; a package of the unit can be gone on from."""

    def offer(seen: unit.Inspection) -> None:
        ask_to_go_on(owner, seen, lambda: begin(seen))

    def begin(seen: unit.Inspection) -> None:
        with messages.reported(owner):
            opened(take_in(session, seen))

    return examine(owner, path, offer)


def examine(owner: QWidget, path: Path, offer: Callable[[unit.Inspection], None]) -> tasks.Task:
    """Verify a file in a worker; ``offer`` is called when it is a sound package of a unit."""

    def work(job: tasks.Job) -> unit.Inspection:
        return unit.inspect(path, progress=job.progress, cancelled=job.cancelled)

    task = tasks.run(work, parent=owner, done=lambda seen: _judge(owner, seen, offer))
    messages.Progress(owner, task, _("Verifying {name}").format(name=texts.one_line(path.name)))
    return task


def take_in(session: Session, seen: unit.Inspection) -> str:
    """Go on from a package that was verified; returns the assessment's id."""
    QGuiApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
    try:
        return unit.continue_from(session.ws, seen.path).id
    finally:
        QGuiApplication.restoreOverrideCursor()


def _judge(owner: QWidget, seen: unit.Inspection, offer: Callable[[unit.Inspection], None]) -> None:
    found = seen.verification
    if not seen.valid:
        faults = [entry for entry in seen.findings if entry.severity == "error"][:5]
        messages.show(
            owner,
            title=_("This file is no sound package"),
            body=_("Nothing was taken in; your answers are untouched."),
            detail="\n".join(
                [*(f"• {entry.message}" for entry in faults), _("Ask for another copy.")]
            ),
            kind="error",
        )
    elif found.kind == "submission" and found.header is not None:
        offer(seen)
    else:
        messages.show(
            owner,
            title=_("This version cannot take in files of the office yet"),
            body=_("Nothing was changed; the file is untouched."),
            detail=_("Begin a new assessment with the instrument and year of your assignment."),
            kind="info",
        )


def ask_to_go_on(owner: QWidget, seen: unit.Inspection, then: Callable[[], None]) -> None:
    """Say whose package it is, and ask whether to go on from it here."""
    header = seen.verification.header
    assert header is not None
    assert header.unit is not None
    messages.ask(
        owner,
        title=_("A package of {unit}, {year}, revision {revision}").format(
            unit=header.unit.name, year=header.year, revision=header.revision
        ),
        body=_(
            "It is sound. You can go on from it here when the computer it was made on is "
            "lost: answers, notes and evidence are taken in as the next revision."
        ),
        button=_("&Go on from this package"),
        then=lambda: QTimer.singleShot(0, owner, then),
        kind="info",
    )
