"""One SQLite file, opened safely: lock, version, migration after a backup, pragmas."""

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import StaticPool
from sqlmodel import Session, SQLModel

from pmprb_desktop.errors import UserError
from pmprb_desktop.i18n import _
from pmprb_desktop.records import SCHEMA
from pmprb_desktop.store.repository import Repository

log = logging.getLogger(__name__)

DATABASE: Final = "workspace.db"
KNOWN_SCHEMAS: Final = ("0001",)
DAILY_COPIES: Final = 10
WEEKLY_COPIES: Final = 5
BACKUP_EVERY: Final = timedelta(hours=4)


class Store:
    """The database of one workspace, held by one process and one thread."""

    def __init__(self, folder: Path, *, create: bool = True) -> None:
        self.folder = folder
        self.path = folder / DATABASE
        self._lock = FileLock(folder / "workspace.lock", thread_local=False)
        if not create and not self.path.is_file():
            raise UserError(
                "WORKSPACE_MISSING",
                _("There is no workspace in {folder}.").format(folder=folder),
                next_step=_("Start with “pmprb init”, or name another folder with --data-dir."),
            )
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(
                "WORKSPACE_UNWRITABLE",
                _("The folder {folder} cannot be used.").format(folder=folder),
                next_step=_("Choose a folder on a drive of this computer that you may write to."),
            ) from error
        self._acquire()
        try:
            self._migrate()
            self.engine = self._engine()
        except BaseException:
            self._lock.release()
            raise

    def _acquire(self) -> None:
        try:
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise UserError(
                "WORKSPACE_IN_USE",
                _("This workspace is already open in another window or program."),
                safe=_("Nothing was changed."),
                next_step=_("Go to the window that is open, or close it and try again."),
            ) from error
        except OSError as error:
            raise UserError(
                "WORKSPACE_UNWRITABLE",
                _("The folder {folder} cannot be written to.").format(folder=self.folder),
                next_step=_("Choose a folder on a drive of this computer that you may write to."),
            ) from error

    def _engine(self) -> Engine:
        engine = create_engine(
            f"sqlite:///{self.path.as_posix()}",
            poolclass=StaticPool,
            connect_args={"timeout": 10, "check_same_thread": True},
        )

        @event.listens_for(engine, "connect")
        def _on_connect(connection: sqlite3.Connection, _record: Any) -> None:
            connection.isolation_level = None
            for pragma in (
                "journal_mode=WAL",
                "synchronous=FULL",
                "foreign_keys=ON",
                "trusted_schema=OFF",
                "secure_delete=ON",
            ):
                connection.execute(f"PRAGMA {pragma}")

        @event.listens_for(engine, "begin")
        def _on_begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

        return engine

    @contextmanager
    def transaction(self) -> Iterator[Repository]:
        """All or nothing; on disk when the block ends."""
        try:
            with Session(self.engine, expire_on_commit=False) as session:
                yield Repository(session)
                session.commit()
        except OperationalError as error:
            raise _disk_error(error) from error

    def _migrate(self) -> None:
        version = schema_version(self.path)
        if version == SCHEMA:
            return
        if version is None:
            self._create()
            return
        if version not in KNOWN_SCHEMAS:
            raise UserError(
                "WORKSPACE_NEWER",
                _("This workspace was written by a newer version of the program."),
                safe=_("It was not touched; every answer is still in it."),
                next_step=_("Open it with the newer version, or ask the office for it."),
            )
        self.backup(reason="before-migration")
        upgrade(self.path)

    def _create(self) -> None:
        """A fresh database appears under its name only when it is whole."""
        part = self.path.with_suffix(".db.part")
        part.unlink(missing_ok=True)
        engine = create_engine(f"sqlite:///{part.as_posix()}")
        with engine.begin() as connection:
            SQLModel.metadata.create_all(connection)
            connection.exec_driver_sql(
                "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
                "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
            )
            connection.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (SCHEMA,))
        engine.dispose()
        os.replace(part, self.path)

    def sound(self) -> bool:
        """Whether SQLite finds the file sound."""
        with self.engine.connect() as connection:
            return connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() == "ok"

    def backup(self, *, reason: str = "auto", now: datetime | None = None) -> Path:
        """Copy the database beside itself, whole or not at all, and let the oldest copies go."""
        folder = self.folder / "backups"
        folder.mkdir(exist_ok=True)
        stamp = (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ")
        target = folder / f"workspace-{stamp}-{reason}.db"
        snapshot(self.path, target)
        rotate(folder)
        return target

    def backup_if_due(self, now: datetime | None = None) -> Path | None:
        """A copy when the newest one is older than four hours and something has changed since."""
        now = now or datetime.now(UTC)
        newest = max((path.stat().st_mtime for path in self._copies()), default=0.0)
        changed = max(
            (path.stat().st_mtime for path in (self.path, self.path.with_suffix(".db-wal")) if path.exists()),
            default=0.0,
        )
        if newest >= changed or now.timestamp() - newest < BACKUP_EVERY.total_seconds():
            return None
        return self.backup(now=now)

    def last_backup(self) -> str | None:
        """When the newest copy of the database was made."""
        newest = max((path.stat().st_mtime for path in self._copies()), default=None)
        if newest is None:
            return None
        return datetime.fromtimestamp(newest, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def _copies(self) -> list[Path]:
        return sorted((self.folder / "backups").glob("workspace-*.db"))

    def close(self) -> None:
        """Let go of file and lock."""
        self.engine.dispose()
        self._lock.release()


def schema_version(path: Path) -> str | None:
    """Schema of a database file, read without changing it; None when there is no file yet."""
    if not path.exists() or path.stat().st_size == 0:
        return None
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        try:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        raise UserError(
            "WORKSPACE_DAMAGED",
            _("The workspace file cannot be read as a database."),
            safe=_("It was not touched; copies lie in the folder “backups” beside it."),
            next_step=_("Restore the newest copy with “pmprb restore”."),
        ) from error
    return str(row[0]) if row else "?"


def sound_file(path: Path) -> bool:
    """Whether SQLite finds a database file sound that nobody has open."""
    try:
        connection = sqlite3.connect(path)
        try:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
        finally:
            connection.close()
    except sqlite3.DatabaseError:
        return False


def upgrade(path: Path) -> None:
    """Bring a database file to the present schema with Alembic, in one transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent.parent / "migrations"))
    config.set_main_option("sqlalchemy.url", f"sqlite:///{path.as_posix()}")
    command.upgrade(config, "head")


def snapshot(source: Path, target: Path) -> None:
    """A consistent copy of a live database: written beside the target, synced, renamed."""
    part = target.with_suffix(".part")
    part.unlink(missing_ok=True)
    try:
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
        os.replace(part, target)
    except (sqlite3.Error, OSError) as error:
        part.unlink(missing_ok=True)
        raise UserError(
            "BACKUP_FAILED",
            _("The copy of the database could not be written to {folder}.").format(folder=target.parent),
            safe=_("The workspace itself is untouched."),
            next_step=_("Make room on the drive, or choose another place."),
        ) from error


def rotate(folder: Path) -> None:
    """Keep the newest copies and one a week before them; copies before a migration stay."""
    copies = sorted(folder.glob("workspace-*-auto.db"), reverse=True)
    weeks: set[str] = set()
    for index, path in enumerate(copies):
        if index < DAILY_COPIES:
            continue
        week = datetime.fromtimestamp(path.stat().st_mtime, UTC).strftime("%G-%V")
        if week in weeks or len(weeks) >= WEEKLY_COPIES:
            path.unlink(missing_ok=True)
        weeks.add(week)


def _disk_error(error: DBAPIError) -> Exception:
    text = str(error.orig).lower()
    if "disk" in text or "readonly" in text or "full" in text or "i/o" in text:
        return UserError(
            "DISK_FULL",
            _("The answer could not be written: the drive is full or cannot be written to."),
            safe=_("Everything that was shown as saved before is still there."),
            next_step=_("Make room on the drive of the workspace and try again."),
        )
    return error
