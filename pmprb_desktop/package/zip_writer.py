"""Writes the archive: the same members give the same bytes, on every system and Python.

Headers are written with the final sizes, so that there is no data descriptor; ZIP64 fields appear
only where a number does not fit 32 bits.
"""

import stat
import zlib
from collections.abc import Iterable
from typing import BinaryIO, Final, NamedTuple

from pmprb_desktop.package import zip_format as fmt

_DATE: Final = (1 << 5) | 1  # 1 January 1980, midnight: time tells nothing
_MODE: Final = (stat.S_IFREG | 0o644) << 16
_SIZES_AT: Final = 14


class _Written(NamedTuple):
    name: bytes
    size: int
    crc32: int
    offset: int


class ZipWriter:
    """Writes members one after the other to a seekable binary file; ``close`` writes the end."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._position = 0
        self._members: list[_Written] = []

    def add(self, name: str, size: int, pieces: Iterable[bytes | memoryview]) -> None:
        """Write one member of ``size`` bytes; raises ValueError when the pieces make another."""
        raw = name.encode("ascii")
        if not fmt.is_legal_name(raw):
            raise ValueError(f"not a member name: {name!r}")
        start = self._position
        iterator = iter(pieces)
        first = next(iterator, b"")
        crc = zlib.crc32(first)
        header = _local(raw, size, crc)
        self._file.write(header)
        self._file.write(first)
        count = len(first)
        for piece in iterator:
            crc = zlib.crc32(piece, crc)
            count += len(piece)
            if count > size:
                break
            self._file.write(piece)
        if count != size:
            raise ValueError(f"{name} has another size than announced")
        self._position = start + len(header) + size
        if size > len(first):
            self._file.seek(start + _SIZES_AT)
            self._file.write(crc.to_bytes(4, "little"))
            self._file.seek(self._position)
        self._members.append(_Written(raw, size, crc, start))

    def close(self) -> None:
        """Write the directory and the end records; the file itself stays open."""
        start = self._position
        directory = b"".join(map(_central, self._members))
        count = len(self._members)
        end = b""
        if count >= fmt.MAX16 or start >= fmt.MAX32 or len(directory) >= fmt.MAX32:
            end = fmt.ZIP64_END.pack(
                fmt.ZIP64_END_SIGNATURE, fmt.ZIP64_END.size - 12, fmt.ZIP64_VERSION, fmt.UNIX,
                fmt.ZIP64_VERSION, 0, 0, count, count, len(directory), start,
            ) + fmt.ZIP64_LOCATOR.pack(
                fmt.ZIP64_LOCATOR_SIGNATURE, 0, start + len(directory), 1
            )  # fmt: skip
        short = min(count, fmt.MAX16)
        end += fmt.END.pack(
            fmt.END_SIGNATURE, 0, 0, short, short,
            min(len(directory), fmt.MAX32), min(start, fmt.MAX32), 0,
        )  # fmt: skip
        self._file.write(directory)
        self._file.write(end)


def _local(name: bytes, size: int, crc: int) -> bytes:
    large = size >= fmt.MAX32
    extra = fmt.EXTRA.pack(fmt.ZIP64_EXTRA, 16) + _quads(size, size) if large else b""
    short = fmt.MAX32 if large else size
    version = fmt.ZIP64_VERSION if large else fmt.VERSION
    header = fmt.LOCAL.pack(
        fmt.LOCAL_SIGNATURE, version, 0, 0, 0, _DATE, crc, short, short, len(name), len(extra)
    )
    return header + name + extra


def _central(member: _Written) -> bytes:
    numbers: list[int] = []
    short = member.size
    offset = member.offset
    if member.size >= fmt.MAX32:
        numbers += [member.size, member.size]
        short = fmt.MAX32
    if member.offset >= fmt.MAX32:
        numbers.append(member.offset)
        offset = fmt.MAX32
    extra = fmt.EXTRA.pack(fmt.ZIP64_EXTRA, 8 * len(numbers)) + _quads(*numbers) if numbers else b""
    version = fmt.ZIP64_VERSION if numbers else fmt.VERSION
    header = fmt.CENTRAL.pack(
        fmt.CENTRAL_SIGNATURE, version, fmt.UNIX, version, 0, 0, 0, _DATE, member.crc32,
        short, short, len(member.name), len(extra), 0, 0, 0, _MODE, offset,
    )  # fmt: skip
    return header + member.name + extra


def _quads(*numbers: int) -> bytes:
    return b"".join(number.to_bytes(8, "little") for number in numbers)


def archive_size(members: Iterable[tuple[str, int]]) -> int:
    """The exact size of the archive that these members (name, size) give."""
    position = directory = count = 0
    for name, size in members:
        entry = _Written(name.encode("ascii"), size, 0, position)
        position += len(_local(entry.name, size, 0)) + size
        directory += len(_central(entry))
        count += 1
    end = fmt.END.size
    if count >= fmt.MAX16 or position >= fmt.MAX32 or directory >= fmt.MAX32:
        end += fmt.ZIP64_END.size + fmt.ZIP64_LOCATOR.size
    return position + directory + end
