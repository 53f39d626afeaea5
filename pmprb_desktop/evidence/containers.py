"""Looks into ZIP and OLE2 files just far enough to tell what they are; nothing is unpacked.

Both readers are bounded: whatever the file claims, they read a few megabytes at most.
"""

import struct
from dataclasses import dataclass
from typing import BinaryIO, Final

_MOST_ENTRIES: Final = 50_000
_MOST_DIRECTORY: Final = 8 * 1024 * 1024
_END: Final = struct.Struct("<4s4H2LH")
_END64_LOCATOR: Final = struct.Struct("<4sLQL")
_END64: Final = struct.Struct("<4sQ2H2L4Q")
_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
_OLE_SECTORS: Final = 2_048
_OLE_END: Final = 0xFFFFFFFA


@dataclass(frozen=True, slots=True)
class ZipListing:
    """Names in a ZIP's directory; ``complete`` is False when it could not be read to its end."""

    names: tuple[str, ...]
    encrypted: bool
    complete: bool


@dataclass(frozen=True, slots=True)
class OleListing:
    """Names of all streams and storages of an OLE2 file, and the class of its root."""

    names: frozenset[str]
    root_class: bytes


def _at(file: BinaryIO, offset: int, count: int) -> bytes:
    file.seek(offset)
    return file.read(count)


def list_zip(file: BinaryIO, size: int) -> ZipListing:
    """Read the central directory of a ZIP (ZIP64 too)."""
    place = _zip_directory(file, size)
    if place is None:
        return ZipListing((), encrypted=False, complete=False)
    start, length = place
    data = _at(file, start, min(length, _MOST_DIRECTORY))
    names: list[str] = []
    encrypted = False
    at = 0
    while at + _CENTRAL.size <= len(data) and len(names) < _MOST_ENTRIES:
        fields = _CENTRAL.unpack_from(data, at)
        if fields[0] != b"PK\x01\x02":
            break
        flags, name_length = fields[3], fields[10]
        raw = data[at + _CENTRAL.size : at + _CENTRAL.size + name_length]
        names.append(raw.decode("utf-8" if flags & 0x800 else "cp437", "replace"))
        encrypted = encrypted or bool(flags & 1)
        at += _CENTRAL.size + name_length + fields[11] + fields[12]
    return ZipListing(tuple(names), encrypted, complete=at == length)


def _zip_directory(file: BinaryIO, size: int) -> tuple[int, int] | None:
    window = min(size, 65_557)
    tail = _at(file, size - window, window)
    found = tail.rfind(b"PK\x05\x06")
    if found < 0 or len(tail) - found < _END.size:
        return None
    end = size - window + found
    length = _END.unpack_from(tail, found)[5]
    if length == 0xFFFFFFFF:
        at = found - _END64_LOCATOR.size
        if at < 0 or tail[at : at + 4] != b"PK\x06\x07":
            return None
        end = _END64_LOCATOR.unpack_from(tail, at)[2]
        record = _at(file, end, _END64.size) if end < size else b""
        if len(record) < _END64.size or record[:4] != b"PK\x06\x06":
            return None
        length = _END64.unpack(record)[8]
    # counted back from the end record, since a file may stand behind other bytes
    return (end - length, length) if 0 <= length <= end else None


def first_zip_entry(head: bytes) -> tuple[str, bytes]:
    """Name and first bytes of a ZIP's first member when it is stored plainly (ODF, EPUB)."""
    if len(head) < 30 or head[8:10] != b"\0\0":
        return "", b""
    stored, name_length, extra = struct.unpack_from("<L4xHH", head, 18)
    start = 30 + name_length + extra
    return head[30 : 30 + name_length].decode("ascii", "replace"), head[start : start + stored]


def list_ole(file: BinaryIO, size: int) -> OleListing | None:
    """Read the directory of an OLE2 compound file; None when it makes no sense."""
    header = _at(file, 0, 512)
    if len(header) < 512:
        return None
    shift = struct.unpack_from("<H", header, 30)[0]
    if shift not in {9, 12}:
        return None
    table = _SectorTable(file, header, shift)
    names: set[str] = set()
    root_class = b""
    sector = struct.unpack_from("<L", header, 48)[0]
    for _step in range(_OLE_SECTORS):
        offset = (sector + 1) << shift
        if sector >= _OLE_END or offset >= size:
            break
        data = _at(file, offset, 1 << shift)
        for at in range(0, len(data) - 127, 128):
            length, kind = struct.unpack_from("<HB", data, at + 64)
            if kind in {1, 2, 5} and 2 <= length <= 64:
                names.add(data[at : at + length - 2].decode("utf-16-le", "replace"))
            if kind == 5:
                root_class = data[at + 80 : at + 96]
        sector = table.after(sector)
    return OleListing(frozenset(names), root_class) if names else None


class _SectorTable:
    """The file allocation table of an OLE2 file, read only where it is asked."""

    def __init__(self, file: BinaryIO, header: bytes, shift: int) -> None:
        self._file = file
        self._shift = shift
        self._per_sector = (1 << shift) // 4
        self._places = list(struct.unpack_from("<109L", header, 76))
        self._next = struct.unpack_from("<L", header, 68)[0]

    def after(self, sector: int) -> int:
        """The sector that follows in its chain; a large number at the end or on nonsense."""
        block, index = divmod(sector, self._per_sector)
        while block >= len(self._places):
            if self._next >= _OLE_END or len(self._places) > 300_000:
                return _OLE_END
            more = self._sector(self._next)
            if len(more) < 1 << self._shift:
                return _OLE_END
            values = struct.unpack(f"<{self._per_sector}L", more)
            self._places.extend(values[:-1])
            self._next = values[-1]
        data = self._sector(self._places[block]) if self._places[block] < _OLE_END else b""
        entry = data[index * 4 : index * 4 + 4]
        return int.from_bytes(entry, "little") if len(entry) == 4 else _OLE_END

    def _sector(self, number: int) -> bytes:
        return _at(self._file, (number + 1) << self._shift, 1 << self._shift)
