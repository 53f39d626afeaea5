"""An open workspace, as the pages see it."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

from pmprb_desktop import unit
from pmprb_desktop.errors import UserError
from pmprb_desktop.i18n import _, ngettext
from pmprb_desktop.ui import messages, texts
from pmprb_desktop.values import AssessmentInfo, Info

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


ELSEWHERE: Final = "elsewhere.txt"


def is_workspace(path: Path) -> bool:
    """Whether a workspace was made here."""
    return (path / "workspace.db").is_file()


def resolve(path: Path) -> Path:
    """The folder that is meant: the given one, or the one that was chosen at first start.

    Raises UserError WORKSPACE_MISSING when the chosen one is not there (a drive is unplugged).
    """
    note = path / ELSEWHERE
    if is_workspace(path) or not note.is_file():
        return path
    chosen = Path(note.read_text(encoding="utf-8").strip())
    if not is_workspace(chosen):
        raise UserError(
            "WORKSPACE_MISSING",
            _("Your work is kept in {folder}, which is not there now.").format(folder=chosen),
            safe=_("Nothing was changed."),
            next_step=_("Plug in the drive, or undo the renaming of the folder; then start again."),
        )
    return chosen


def remember(asked: Path, chosen: Path) -> None:
    """Note in the usual folder that the work is kept in another one."""
    if asked != chosen:
        asked.mkdir(parents=True, exist_ok=True)
        (asked / ELSEWHERE).write_text(f"{chosen}\n", encoding="utf-8")


class Session:
    """Holds the workspace for as long as the window is open; main thread only."""

    def __init__(self, ws: unit.Workspace) -> None:
        self.ws = ws

    @classmethod
    def open(cls, path: Path) -> "Session":
        """Open or make the workspace at a path."""
        return cls(unit.open_workspace(path))

    @property
    def path(self) -> Path:
        """Folder of the workspace."""
        return Path(self.ws.path)

    def info(self) -> Info:
        """The workspace as a whole, as it is now."""
        return unit.info(self.ws)

    def assessments(self) -> tuple[AssessmentInfo, ...]:
        """All assessments as they are now."""
        return tuple(unit.assessments(self.ws))

    def close(self) -> None:
        """Let go of the workspace."""
        self.ws.close()

    def say_what_was_recovered(self, window: "QWidget") -> None:
        """After a power cut: say that nothing was lost, and what the last answer is."""
        found = self.ws.recovery
        if found is None:
            return
        lines = []
        if found.last_answer and found.last_answer_at:
            lines.append(
                _("The last answer is {code}, saved {time}.").format(
                    code=found.last_answer, time=texts.when(found.last_answer_at)
                )
            )
        if found.discarded_files:
            lines.append(
                ngettext(
                    "{count} half-copied file was thrown away; attach it again.",
                    "{count} half-copied files were thrown away; attach them again.",
                    found.discarded_files,
                ).format(count=found.discarded_files)
            )
        if not found.database_sound:
            lines.append(
                _("The database has a fault. Restore a backup or call your office before going on.")
            )
        messages.show(
            window,
            title=_("The program was not closed properly last time"),
            body=ngettext(
                "Nothing was lost: {count} answer is here.",
                "Nothing was lost: {count} answers are here.",
                found.answers,
            ).format(count=found.answers),
            detail="\n".join(lines),
            button=_("&Go on"),
            kind="done" if found.database_sound else "warning",
        )
