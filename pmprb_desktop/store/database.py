"""One SQLite file, opened safely: lock, version, migration after a backup, pragmas."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import StaticPool
from sqlmodel import SQLModel

from pmprb_desktop.errors import UserError
from pmprb_desktop.evidence.files import retry_busy, sync_folder
from pmprb_desktop.i18n import _
from pmprb_desktop.records import SCHEMA
from pmprb_desktop.store import copies, faults
from pmprb_desktop.store.repository import Memo, Repository, TrackedSession

DATABASE: Final = "workspace.db"
KNOWN_SCHEMAS: Final = ("0001",)
SCRIPTS: Final = Path(__file__).parent.parent / "migrations"
_CHECKPOINT_PAGES: Final = 4000
"""Pages (4 KiB) of the log before SQLite copies them back: rare enough not to be felt."""


class Store:
    """The database of one workspace, held by one process and one thread."""

    def __init__(self, folder: Path, *, create: bool = True) -> None:
        self.folder = folder
        self.path = folder / DATABASE
        self._memo: Memo = {}
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
            self._open()
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

    def _open(self) -> None:
        """Open the file; on a full drive without the file that several readers would share."""
        self.engine, self.cramped = self._engine(), False
        try:
            with faults.named(), self.engine.begin():
                pass
        except UserError as error:
            self.engine.dispose()
            if error.rule != "DISK_FULL":
                raise
            self.engine, self.cramped = self._engine("locking_mode=EXCLUSIVE"), True
            with faults.named(), self.engine.begin():
                pass

    def _engine(self, *first: str) -> Engine:
        engine = create_engine(
            f"sqlite:///{self.path.as_posix()}",
            poolclass=StaticPool,
            connect_args={"timeout": 10, "check_same_thread": True},
        )

        @event.listens_for(engine, "connect")
        def _on_connect(connection: sqlite3.Connection, _record: Any) -> None:
            connection.isolation_level = None
            for pragma in (
                *first,
                "journal_mode=WAL",
                "synchronous=FULL",
                "foreign_keys=ON",
                "trusted_schema=OFF",
                "secure_delete=ON",
                f"wal_autocheckpoint={_CHECKPOINT_PAGES}",
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
            with faults.named(), TrackedSession(self.engine, expire_on_commit=False) as session:
                repo = Repository(session, self._memo)
                yield repo
                session.commit()
        except BaseException:
            self._memo.clear()
            raise
        repo.forget_changed()

    @contextmanager
    def trial(self) -> Iterator[Repository]:
        """What a block would change, seen and then rolled back."""
        self._memo.clear()
        try:
            with faults.named(), TrackedSession(self.engine, expire_on_commit=False) as session:
                yield Repository(session, self._memo)
                session.rollback()
        finally:
            self._memo.clear()

    def _migrate(self) -> None:
        version = schema_version(self.path)
        if version == SCHEMA:
            return
        if version is None:
            if self.path.with_suffix(".db-wal").exists():
                raise faults.damaged()  # a new file would be mixed with what the log still holds
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
        with faults.named():
            upgrade(self.path)

    def _create(self) -> None:
        """A fresh database appears under its name only when it is whole."""
        part = self.path.with_suffix(".db.part")
        part.unlink(missing_ok=True)
        engine = create_engine(f"sqlite:///{part.as_posix()}")
        with faults.named(), engine.begin() as connection:
            SQLModel.metadata.create_all(connection)
            connection.exec_driver_sql(
                "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
                "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
            )
            connection.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (SCHEMA,))
        engine.dispose()
        retry_busy(lambda: part.replace(self.path))
        sync_folder(self.folder)

    def sound(self) -> bool:
        """Whether SQLite finds the file sound."""
        with self.engine.connect() as connection:
            return connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() == "ok"

    def backup(self, *, reason: str = "auto", now: datetime | None = None) -> Path:
        """Copy the database beside itself, whole or not at all, and let the oldest copies go."""
        return copies.make(self.path, reason, now)

    def backup_if_due(self, now: datetime | None = None) -> Path | None:
        """A copy when the newest one is older than four hours and something has changed since."""
        if self.cramped:  # there is no room, and nobody else may read beside us
            return None
        return self.backup(now=now) if copies.due(self.path, now) else None

    def last_backup(self) -> str | None:
        """When the newest copy of the database was made."""
        return copies.newest(self.path)

    def close(self) -> None:
        """Let go of file and lock."""
        self.engine.dispose()
        self._lock.release()


def schema_version(path: Path) -> str | None:
    """Schema of a database file, read without changing it; None when there is no file yet.

    An empty file is a damaged one: the program never leaves such a file behind.
    """
    if not path.exists():
        return None
    log = path.with_name(f"{path.name}-wal")
    # without a log nobody writes, and SQLite need not lay its own files beside a foreign one
    still = "" if log.exists() and log.stat().st_size else "&immutable=1"
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro{still}", uri=True)
        try:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        raise faults.damaged() from error
    return str(row[0]) if row else "?"


def sound_file(path: Path) -> bool:
    """Whether a file that nobody has open is a sound database of this program."""
    try:
        connection = sqlite3.connect(path)
        try:
            connection.execute("SELECT installation_id FROM workspace").fetchall()
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
        finally:
            connection.close()
    except sqlite3.DatabaseError:
        return False


def upgrade(path: Path, scripts: Path = SCRIPTS) -> None:
    """Bring a database file to the newest schema of ``scripts``, in one transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(scripts))
    config.set_main_option("sqlalchemy.url", f"sqlite:///{path.as_posix()}")
    command.upgrade(config, "head")
