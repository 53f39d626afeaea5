"""Where a workspace may lie, and where the person of this account chose to keep it."""

import os
import sys
from pathlib import Path
from typing import Final

from pmprb_desktop import paths
from pmprb_desktop.errors import UserError
from pmprb_desktop.i18n import _

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


def on_network(path: Path) -> bool:
    """Whether a folder lies on a network drive, as far as the system says so."""
    text = str(path)
    if text.startswith(("\\\\", "//")):
        return True
    if sys.platform == "win32":
        import ctypes

        drive = os.path.splitdrive(path.absolute())[0] + "\\"
        return int(ctypes.windll.kernel32.GetDriveTypeW(drive)) == 4
    return False


def propose_data_dirs() -> tuple[Path, ...]:
    """Folders that suit a workspace, best first: outside the system drive where there is one."""
    found: list[Path] = []
    if sys.platform == "win32":
        import ctypes

        system = os.environ.get("SYSTEMDRIVE", "C:").upper()
        for letter in "DEFGHIJKLMNOPQRSTUVWXYZ":
            drive = f"{letter}:\\"
            if f"{letter}:" != system and ctypes.windll.kernel32.GetDriveTypeW(drive) == 3:
                found.append(Path(drive) / "PMPRB Desktop")
    found.append(paths.default_data_dir())
    return tuple(found)
