"""The workspace: opening it, who works in it, what it is called."""

import base64
import json
import logging
import re
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from pmprb_desktop.errors import UserError
from pmprb_desktop.evidence import BlobStore, clean_staging
from pmprb_desktop.i18n import _
from pmprb_desktop.records import PersonRow, UnitRow, WorkspaceRow
from pmprb_desktop.rubric import loader
from pmprb_desktop.rubric.model import Government, Rubric
from pmprb_desktop.scoring import Answer
from pmprb_desktop.store import Repository, Store
from pmprb_desktop.unit import clock
from pmprb_desktop.unit.texts import line
from pmprb_desktop.values import (
    Info,
    LetterheadInfo,
    PersonDraft,
    PersonInfo,
    Recovery,
    UnitInfo,
    WorkspaceRole,
)

log = logging.getLogger(__name__)

_OPEN_MARK: Final = "workspace.open"
_UNIT_CODE: Final = re.compile(r"[\w][\w ./-]{0,58}")
LOGO_LIMIT: Final = 512 * 1024


@dataclass(slots=True)
class Cached:
    """Rubric and answers of an open assessment, so that a key press does not read them again."""

    rubric: Rubric
    answers: dict[str, Answer] = field(default_factory=dict)


class Workspace:
    """An open workspace. Use it from one thread, and close it."""

    def __init__(self, path: Path, *, create: bool = True) -> None:
        self.path = path
        self.store = Store(path, create=create)
        self.blobs = BlobStore(path)
        self.cache: dict[str, Cached] = {}
        self.passphrases: dict[str, str] = {}
        self.recovery = self._recover()

    def _recover(self) -> Recovery | None:
        """Tidy up after the last run and say what happened if it did not end by itself."""
        discarded = clean_staging(self.path)
        mark = self.path / _OPEN_MARK
        if not mark.exists():
            mark.write_text(clock.instant(), encoding="ascii")
            return None
        started = mark.read_text(encoding="ascii", errors="replace")[:40]
        with self.transaction() as repo:
            answers, code, at = repo.answer_totals()
        mark.write_text(clock.instant(), encoding="ascii")
        return Recovery(
            stopped_after=started or None,
            last_answer=code,
            last_answer_at=at,
            answers=answers,
            discarded_files=discarded,
            database_sound=self.store.sound(),
        )

    @contextmanager
    def transaction(self) -> Iterator[Repository]:
        """All or nothing; on disk when the block ends."""
        try:
            with self.store.transaction() as repo:
                yield repo
        except BaseException:
            self.cache.clear()
            raise

    def close(self) -> None:
        """Make a copy of the database if one is due, and let go of it."""
        try:
            self.store.backup_if_due()
        except UserError as error:
            log.warning("no backup at closing: %s", error.rule)
        self.store.close()
        (self.path / _OPEN_MARK).unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_workspace(path: Path, *, create: bool = True) -> Workspace:
    """Open the workspace in a folder, making an empty one unless ``create`` is false.

    Raises UserError: WORKSPACE_MISSING, WORKSPACE_IN_USE, WORKSPACE_NEWER, WORKSPACE_DAMAGED,
    WORKSPACE_UNWRITABLE, WORKSPACE_ON_NETWORK.
    """
    if on_network(path):
        raise UserError(
            "WORKSPACE_ON_NETWORK",
            _("The folder {folder} lies on a network drive.").format(folder=path),
            safe=_("Nothing was written there."),
            next_step=_("Choose a folder on a drive of this computer; a network can break off."),
        )
    return Workspace(path, create=create)


def on_network(path: Path) -> bool:
    """Whether a folder lies on a network drive, as far as the system says so."""
    import os
    import sys

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
    import os
    import sys

    from pmprb_desktop import paths

    found: list[Path] = []
    if sys.platform == "win32":
        import ctypes

        system = os.environ.get("SystemDrive", "C:").upper()
        for letter in "DEFGHIJKLMNOPQRSTUVWXYZ":
            drive = f"{letter}:\\"
            if f"{letter}:" != system and ctypes.windll.kernel32.GetDriveTypeW(drive) == 3:
                found.append(Path(drive) / "PMPRB Desktop")
    found.append(paths.default_data_dir())
    return tuple(found)


def rubric_of(repo: Repository, ws: Workspace, edition: str) -> Rubric:
    """The edition as it is kept in this workspace, byte for byte."""
    from pmprb_desktop.records import RubricEditionRow

    row = repo.get(RubricEditionRow, edition)
    if row is None:
        return loader.load(edition)
    return loader.load_bytes(row.source, edition)


def free_bytes(ws: Workspace) -> int:
    """Room left on the drive of the workspace."""
    return shutil.disk_usage(ws.path).free
