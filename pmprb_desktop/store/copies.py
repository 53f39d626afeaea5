"""Rotating copies of the database in the folder ``backups``."""

import os
import sqlite3
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from pmprb_desktop.errors import UserError
from pmprb_desktop.evidence.files import retry_busy, sync_folder
from pmprb_desktop.i18n import _

NEWEST_COPIES: Final = 10
WEEKLY_COPIES: Final = 5
BACKUP_EVERY: Final = timedelta(hours=4)


def make(database: Path, reason: str, now: datetime | None = None) -> Path:
    """Copy a database beside itself, whole or not at all, and let the oldest copies go."""
    folder = database.parent / "backups"
    stamp = (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ")
    target = folder / f"workspace-{stamp}-{reason}.db"
    snapshot(database, target)
    rotate(folder)
    return target


def due(database: Path, now: datetime | None = None) -> bool:
    """Whether the newest copy is older than four hours and something has changed since.

    Copies from the future do not count: the clock was wrong when they were made.
    """
    moment = (now or datetime.now(UTC)).timestamp()
    times = [path.stat().st_mtime for path in _copies(database)]
    last = max((time for time in times if time <= moment), default=0.0)
    files = (database, database.with_suffix(".db-wal"))
    changed = max((path.stat().st_mtime for path in files if path.exists()), default=0.0)
    return changed > last and moment - last >= BACKUP_EVERY.total_seconds()


def newest(database: Path) -> str | None:
    """When the newest copy was made."""
    last = max((path.stat().st_mtime for path in _copies(database)), default=None)
    if last is None:
        return None
    return datetime.fromtimestamp(last, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _copies(database: Path) -> list[Path]:
    return sorted((database.parent / "backups").glob("workspace-*.db"))


def snapshot(source: Path, target: Path) -> None:
    """A consistent copy of a live database: written beside the target, synced, renamed."""
    part = target.with_suffix(".part")
    try:
        target.parent.mkdir(exist_ok=True)
        part.unlink(missing_ok=True)
        origin = sqlite3.connect(source, timeout=10)
        copy = sqlite3.connect(part)
        try:
            origin.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
        finally:
            copy.close()
            origin.close()
        with part.open("rb+") as handle:
            os.fsync(handle.fileno())
        retry_busy(lambda: part.replace(target))
        sync_folder(target.parent)
    except (sqlite3.Error, OSError) as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise UserError(
            "BACKUP_FAILED",
            _("The copy of the database could not be written to {folder}.").format(
                folder=target.parent
            ),
            safe=_("The workspace itself is untouched."),
            next_step=_("Make room on the drive, or choose another place."),
        ) from error


def rotate(folder: Path) -> None:
    """Keep the newest copies and one a week before them; copies before a migration stay."""
    copies = sorted(folder.glob("workspace-*-auto.db"), reverse=True)
    weeks: set[str] = set()
    for path in copies[NEWEST_COPIES:]:
        week = datetime.fromtimestamp(path.stat().st_mtime, UTC).strftime("%G-%V")
        if week in weeks or len(weeks) >= WEEKLY_COPIES:
            path.unlink(missing_ok=True)
        weeks.add(week)
