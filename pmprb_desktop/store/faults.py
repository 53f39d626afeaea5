"""What SQLite says went wrong, in words for people."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError

from pmprb_desktop.errors import UserError
from pmprb_desktop.i18n import _

_DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_UNWRITABLE: Final = frozenset(
    {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}
)
_BUSY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


def damaged() -> UserError:
    """The workspace file is no sound database."""
    return UserError(
        "WORKSPACE_DAMAGED",
        _("The workspace file cannot be read as a database."),
        safe=_("It was not touched; copies lie in the folder “backups” beside it."),
        next_step=_("Restore the newest copy with “pmprb restore”."),
    )


@contextmanager
def named() -> Iterator[None]:
    """Turn errors of the drive and of the file into what a person can act on."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        known = _known(error.orig if isinstance(error, DBAPIError) else error)
        if known is None:
            raise
        raise known from error


def _known(error: BaseException | None) -> UserError | None:
    code = getattr(error, "sqlite_errorcode", None)
    if not isinstance(code, int):
        return None
    code &= 0xFF  # the rest tells which system call it was
    if code in _DAMAGED:
        return damaged()
    if code in _UNWRITABLE:
        return UserError(
            "DISK_FULL",
            _("The answer could not be written: the drive is full or cannot be written to."),
            safe=_("Everything that was shown as saved before is still there."),
            next_step=_("Make room on the drive of the workspace and try again."),
        )
    if code in _BUSY:
        return UserError(
            "WORKSPACE_BUSY",
            _("Another program holds the workspace file, perhaps a backup or a virus scanner."),
            safe=_("Everything that was shown as saved before is still there."),
            next_step=_("Wait a moment and try again."),
        )
    return None
