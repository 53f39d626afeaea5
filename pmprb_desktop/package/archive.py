"""The strict ZIP reader: one narrow profile, every byte of the file accounted for.

Nothing but this module decides what is in a package. It reads the directory, compares each local
header with it field by field, and refuses gaps, overlaps, comments, compression and every other
thing that two unpackers could understand differently.
"""

import os
import stat
import zlib
from collections.abc import Callable, Iterator, Mapping
from io import FileIO
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Final, Self

from pmprb_desktop.errors import Finding, UserError
from pmprb_desktop.i18n import _
from pmprb_desktop.package import directory
from pmprb_desktop.package.directory import Limits, Member
from pmprb_desktop.package.rules import Findings

__all__ = ["CHUNK", "Archive", "Limits", "Member", "open_archive", "scan"]

CHUNK: Final = 1 << 20


class Archive:
    """An open archive whose structure has been found good; a context manager.

    ``members`` are in the order of the file. The file stays open, so that the bytes that were
    checked are those of the same file that is read later.
    """

    def __init__(self, file: FileIO, size: int, members: Mapping[str, Member]) -> None:
        self._file = file
        self.size = size
        self.members: Mapping[str, Member] = MappingProxyType(dict(members))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def stream(self, name: str, chunk: int = CHUNK) -> Iterator[bytes]:
        """Give the content of a member in pieces; a wrong checksum raises after the last one."""
        crc = 0
        member = self.members[name]
        for piece in self._pieces(member, bytearray(min(chunk, max(member.size, 1)))):
            crc = zlib.crc32(piece, crc)
            yield bytes(piece)
        _check_crc(member, crc)

    def feed(
        self,
        name: str,
        sink: Callable[[memoryview], object],
        *,
        buffer: bytearray,
        crc: bool = True,
    ) -> None:
        """Hand the content of a member to ``sink`` in pieces that are only lent.

        Without ``crc`` the checksum is not computed: for those who compare a SHA-256.
        """
        member = self.members[name]
        value = 0
        for piece in self._pieces(member, buffer):
            if crc:
                value = zlib.crc32(piece, value)
            sink(piece)
        if crc:
            _check_crc(member, value)

    def read(self, name: str) -> bytes:
        """The whole content of a small member; whoever calls has looked at its size."""
        return b"".join(self.stream(name))

    def _pieces(self, member: Member, buffer: bytearray) -> Iterator[memoryview]:
        view = memoryview(buffer)
        position = member.offset
        left = member.size
        while left:
            self._file.seek(position)
            count = self._file.readinto(view[: min(left, len(buffer))]) or 0
            if count == 0:
                raise UserError(
                    "ARCHIVE_CHANGED",
                    _("The file became shorter while it was being read."),
                    next_step=_("Copy it again from where it came from."),
                    path=member.name,
                )
            left -= count
            position += count
            yield view[:count]


def _check_crc(member: Member, value: int) -> None:
    if value != member.crc32:
        raise UserError(
            "ARCHIVE_CRC",
            _("{name} in the package is damaged: its checksum is wrong.").format(name=member.name),
            next_step=_("Copy the package again from where it came from."),
            path=member.name,
        )


def open_archive(path: Path, limits: Limits | None = None) -> Archive:
    """Open a package file; raises UserError with every finding when it is not of the profile."""
    file = _open(path)
    found = Findings()
    try:
        size = file.seek(0, os.SEEK_END)
        members = directory.read(file, size, limits or Limits(), found)
    except BaseException:
        file.close()
        raise
    if found.refused:
        file.close()
        raise _refused(found.tuple())
    return Archive(file, size, members)


def scan(path: Path, limits: Limits | None = None) -> tuple[Finding, ...]:
    """Everything about a file that the profile refuses; empty when it would open."""
    try:
        open_archive(path, limits).close()
    except UserError as error:
        return error.findings
    return ()


def _refused(findings: tuple[Finding, ...]) -> UserError:
    first = findings[0]
    return UserError(
        first.rule,
        first.message,
        safe=_("Nothing was taken from it."),
        next_step=_("Ask for the package again, copied whole and unchanged."),
        path=first.path,
        findings=findings,
    )


def _open(path: Path) -> FileIO:
    """Open a regular file for reading, without following a link and without ever blocking."""
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            raise _not_regular(path)
        flags = os.O_RDONLY
        for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_NOINHERIT", "O_BINARY"):
            flags |= getattr(os, name, 0)
        descriptor = os.open(path, flags)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        message = _("The file cannot be read: {reason}.").format(reason=reason)
        raise _refused((Finding("ARCHIVE_UNREADABLE", path.name, message),)) from error
    file = FileIO(descriptor, "rb")
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        file.close()
        raise _not_regular(path)
    return file


def _not_regular(path: Path) -> UserError:
    message = _("This is not an ordinary file but a folder, a link or a device.")
    return _refused((Finding("ARCHIVE_NOT_REGULAR", path.name, message),))
