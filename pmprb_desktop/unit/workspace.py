"""The workspace: opening it, what was recovered, where it may lie."""

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from pmprb_desktop.errors import UserError
from pmprb_desktop.evidence import BlobStore, clean_staging, garbage
from pmprb_desktop.i18n import _
from pmprb_desktop.records import RubricEditionRow
from pmprb_desktop.rubric import loader
from pmprb_desktop.rubric.model import Rubric
from pmprb_desktop.scoring import Answer
from pmprb_desktop.store import Repository, Store
from pmprb_desktop.unit import clock
from pmprb_desktop.unit.places import on_network
from pmprb_desktop.values import (
    Recovery,
)

log = logging.getLogger(__name__)

_OPEN_MARK: Final = "workspace.open"
KEPT_DAYS: Final = 30
"""How long a file stays that nothing refers to any more."""


@dataclass(slots=True)
class Cached:
    """Rubric and answers of an open assessment, so that a key press does not read them again.

    ``undo`` and ``redo`` hold trail rows, last first out; None until they are asked for.
    """

    rubric: Rubric
    answers: dict[str, Answer] = field(default_factory=dict)
    undo: list[int] | None = None
    redo: list[int] = field(default_factory=list)


class Workspace:
    """An open workspace. Use it from one thread, and close it."""

    def __init__(self, path: Path, *, create: bool = True) -> None:
        self.path = path
        self.store = Store(path, create=create)
        try:
            self.blobs = BlobStore(path)
            self.cache: dict[str, Cached] = {}
            self.passphrases: dict[str, str] = {}
            self.recovery = self._recover()
        except BaseException:
            self.store.close()
            raise

    def _recover(self) -> Recovery | None:
        """Tidy up after the last run and say what happened if it did not end by itself."""
        discarded = clean_staging(self.path)
        mark = self.path / _OPEN_MARK
        started = None
        with suppress(OSError):
            started = mark.read_text(encoding="ascii", errors="replace")[:40]
        with suppress(OSError):  # a full drive must not keep anyone from reading
            mark.write_text(clock.instant(), encoding="ascii")
        if started is None:
            return None
        with self.transaction() as repo:
            answers, code, at = repo.answer_totals()
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

    @contextmanager
    def trial(self) -> Iterator[Repository]:
        """As :meth:`transaction`, but nothing of it is kept when the block ends."""
        try:
            with self.store.trial() as repo:
                yield repo
        finally:
            self.cache.clear()

    def collect_garbage(self) -> int:
        """Remove files of the content store that nothing has referred to for 30 days."""
        limit = clock.now() - timedelta(days=KEPT_DAYS)
        with self.transaction() as repo:
            referenced = repo.referenced_blobs(clock.text(limit))
            old = garbage(self.blobs, referenced, KEPT_DAYS, clock.now())
            gone = [digest for digest in old if self.blobs.remove(digest, unused_since=limit)]
        if gone:
            log.info("%d unreferenced files removed", len(gone))
        return len(gone)

    def close(self) -> None:
        """Make a copy of the database and tidy up if that is due; let go of the workspace."""
        try:
            if self.store.backup_if_due():
                self.collect_garbage()
        except (UserError, OSError) as error:
            log.warning("no backup at closing: %s", error)
        finally:
            self.store.close()
            with suppress(OSError):
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


def rubric_of(repo: Repository, edition: str) -> Rubric:
    """The edition as it is kept in this workspace, byte for byte."""
    row = repo.get(RubricEditionRow, edition)
    return loader.load(edition) if row is None else loader.load_bytes(row.source, edition)


def free_bytes(ws: Workspace) -> int:
    """Room left on the drive of the workspace."""
    return shutil.disk_usage(ws.path).free
