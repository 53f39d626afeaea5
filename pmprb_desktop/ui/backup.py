"""A full backup to a chosen place, with progress."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from pmprb_desktop import unit
from pmprb_desktop.i18n import _, ngettext
from pmprb_desktop.ui import messages, tasks, texts
from pmprb_desktop.ui.session import Session


def ask_for_backup(owner: QWidget, session: Session, then: Callable[[], None]) -> None:
    """Ask where to, write everything there, say so."""
    name = f"PMPRB-cadangan-{datetime.now(UTC).astimezone():%Y-%m-%d}.zip"
    dialog = QFileDialog(owner.window(), _("Backup with all evidence"))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("zip")
    dialog.selectFile(name)
    dialog.fileSelected.connect(lambda path: write_backup(owner, session, Path(path), then))
    dialog.open()


def write_backup(
    owner: QWidget, session: Session, target: Path, then: Callable[[], None]
) -> tasks.Task | None:
    """Write the backup in a worker."""
    with messages.reported(owner):
        plan = unit.plan_backup(session.ws)

        def work(job: tasks.Job) -> unit.Backup:
            return unit.backup(plan, target, job.progress, job.cancelled)

        def done(made: unit.Backup) -> None:
            then()
            _say(owner, made)

        task = tasks.run(work, parent=owner, done=done)
        messages.Progress(owner, task, _("Writing the backup"))
        return task
    return None


def _say(owner: QWidget, made: unit.Backup) -> None:
    files = ngettext("{count} evidence file", "{count} evidence files", made.files)
    messages.show(
        owner,
        title=_("The backup is complete"),
        body=f"{made.path.name}, {texts.size(made.bytes)}, {files.format(count=made.files)}",
        detail=_(
            "It holds the unit's key: keep it as carefully as this computer, "
            "on a stick or with your office."
        ),
        kind="done",
    )


def ask_for_restore(owner: QWidget, folder: Path, done: Callable[[Path], None]) -> None:
    """Ask for a backup file and unpack it into an empty folder."""
    dialog = QFileDialog(owner.window(), _("Backup to restore"))
    dialog.setNameFilters([_("Backups (*.zip *.db)"), _("All files (*)")])
    dialog.fileSelected.connect(lambda name: restore_backup(owner, Path(name), folder, done))
    dialog.open()


def restore_backup(
    owner: QWidget, file: Path, folder: Path, done: Callable[[Path], None]
) -> tasks.Task:
    """Unpack a backup in a worker; every file in it is checked."""

    def work(job: tasks.Job) -> Path:
        return unit.restore(file, folder, job.progress)

    task = tasks.run(work, parent=owner, done=done)
    messages.Progress(owner, task, _("Restoring the backup"))
    return task
