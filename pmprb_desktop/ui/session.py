"""An open workspace, as the pages see it."""

from pathlib import Path
from typing import TYPE_CHECKING

from pmprb_desktop import unit
from pmprb_desktop.i18n import _, ngettext
from pmprb_desktop.ui import messages, texts
from pmprb_desktop.values import AssessmentInfo, Info

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


class Session:
    """Holds the workspace for as long as the window is open; main thread only."""

    def __init__(self, ws: unit.Workspace) -> None:
        self.ws = ws
        self.trial = False
        """Whether this is the practice workspace, apart from the real one."""

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
            ).format(count=found.answers)
            if found.answers
            else _("Nothing was lost; no answer had been given yet."),
            detail="\n".join(lines),
            button=_("&Go on"),
            kind="done" if found.database_sound else "warning",
        )
