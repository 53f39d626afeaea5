"""Small pieces of file handling that Windows, sticks and virus scanners make necessary."""

import errno
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final, TypeVar

from pmprb_desktop.errors import UserError
from pmprb_desktop.evidence import refusals

_T = TypeVar("_T")

_BUSY: Final = frozenset({5, 32, 33})  # access denied, sharing violation, lock violation
_PAUSES: Final = (0.05, 0.1, 0.2, 0.4, 0.8)
_NO_FOLDER_SYNC: Final = frozenset(
    {errno.EINVAL, errno.EBADF, errno.EACCES, errno.EPERM, getattr(errno, "ENOTSUP", errno.EINVAL)}
)


def retry_busy(action: Callable[[], _T], *, sleep: Callable[[float], None] = time.sleep) -> _T:
    """Run ``action``; try again for up to 1.6 s while a scanner or viewer holds the file."""
    for pause in _PAUSES:
        try:
            return action()
        except PermissionError as error:
            if getattr(error, "winerror", None) not in _BUSY:
                raise
            sleep(pause)
    return action()


def long_path(path: Path) -> Path:
    r"""The path in the form that Windows needs beyond 260 characters (``\\?\…``)."""
    if os.name != "nt":
        return path
    text = os.path.abspath(path)  # noqa: PTH100  (resolve() would follow links)
    if len(text) < 240 or text.startswith("\\\\?\\"):
        return path
    if text.startswith("\\\\"):
        return Path("\\\\?\\UNC\\" + text[2:])
    return Path("\\\\?\\" + text)


def sync_folder(folder: Path) -> None:
    """Make a rename inside ``folder`` durable, where the system has a way for that."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise
    finally:
        os.close(handle)


def create(path: Path) -> BinaryIO:
    """A new file, unbuffered, so that a full disk is noticed where it is written."""
    return path.open("xb", buffering=0)


@dataclass(slots=True)
class Draft:
    """A half-written file, with the digest of what was written so far."""

    path: Path
    writer: BinaryIO
    count: int = 0
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    @property
    def sha256(self) -> str:
        """Digest of the bytes written so far."""
        return self.digest.hexdigest()

    def write(self, data: bytes) -> None:
        """Write everything; ``DISK_FULL`` or ``EVIDENCE_NOT_STORED`` when that fails."""
        view = memoryview(data)
        try:
            while view:  # an unbuffered file may take less than it is given
                view = view[self.writer.write(view) :]
        except OSError as error:
            raise refusals.not_written(error) from error
        self.digest.update(data)
        self.count += len(data)

    def finish(self, goal: Path) -> None:
        """Make the bytes durable and put them at ``goal``, all at once."""
        try:
            os.fsync(self.writer.fileno())
            self.writer.close()
            retry_busy(lambda: os.replace(self.path, goal))  # noqa: PTH105  (replaced in tests)
            sync_folder(goal.parent)
        except OSError as error:
            raise refusals.not_written(error) from error


@contextmanager
def writing(path: Path, make: Callable[[Path], BinaryIO] = create) -> Iterator[Draft]:
    """A draft at ``path`` that is gone at the end unless it was finished."""
    try:
        writer = make(path)
    except OSError as error:
        raise refusals.not_written(error) from error
    try:
        yield Draft(path, writer)
    finally:
        with suppress(OSError):
            writer.close()
        with suppress(OSError):
            path.unlink(missing_ok=True)


def make_folder(folder: Path) -> None:
    """Make a folder (and those above), durable; the errors are those of a failed write."""
    try:
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            sync_folder(folder.parent)
    except OSError as error:
        raise refusals.not_written(error) from error


def why_unreadable(path: Path, error: Exception, name: str) -> UserError:
    """Whether a file could not be opened because it is a link that leads nowhere."""
    lost = isinstance(error, OSError) and error.errno in {errno.ENOENT, errno.ELOOP}
    with suppress(OSError, ValueError):
        if lost and path.is_symlink():
            return refusals.broken_link(name)
    return refusals.unreadable(name)
