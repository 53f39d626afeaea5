"""The directory of the archive, read and compared with the local headers."""

import stat
from dataclasses import dataclass
from io import FileIO
from typing import Final, NamedTuple

from pmprb_desktop.i18n import _
from pmprb_desktop.package import zip_format as fmt
from pmprb_desktop.package.rules import Findings, shown

_WINDOW: Final = 1 << 16
_DOS_ARCHIVE: Final = 0x20
_MAX_ENTRY: Final = fmt.CENTRAL.size + fmt.MAX_NAME + 28
_SLACK: Final = 1 << 17  # so that one overlong name is named as such
_COMMENT_REACH: Final = fmt.MAX16 + fmt.END.size


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may hold at most; ``total`` is the whole file in bytes."""

    entries: int = 20_000
    member: int = 8 << 30
    total: int = 64 << 30


class Member(NamedTuple):
    """One file in the archive; ``offset`` is where its content begins."""

    name: str
    offset: int
    size: int
    crc32: int


class _Entry(NamedTuple):
    """A row of the directory, with the fields that its local header must repeat."""

    name: bytes
    size: int
    header: int
    needed: int
    same: tuple[int, ...]
    zip64: bool


class _End(NamedTuple):
    entries: int
    size: int
    offset: int
    position: int


def read(file: FileIO, size: int, limits: Limits, found: Findings) -> dict[str, Member]:
    """Read the members in file order; faults go to ``found``."""
    if size > limits.total:
        found.add("ARCHIVE_TOO_LARGE", "", _("The file is larger than this program accepts."))
        return {}
    end = _end(file, size, found)
    if end is None:
        return {}
    if end.entries > limits.entries:
        message = _("The file holds {count} entries; at most {limit} are accepted.")
        found.add("ARCHIVE_TOO_MANY", "", message.format(count=end.entries, limit=limits.entries))
        return {}
    if end.offset + end.size != end.position or end.size > end.entries * _MAX_ENTRY + _SLACK:
        message = _("The directory of the archive is not where the file says it is.")
        found.add("ARCHIVE_DIRECTORY", "", message)
        return {}
    entries = _central(_at(file, end.offset, end.size), end.entries, limits, found)
    if entries is None:
        return {}
    return _Locals(file, end.offset, found).check(entries)


def _at(file: FileIO, offset: int, count: int) -> bytes:
    """Read ``count`` bytes, fewer at the end of the file."""
    file.seek(offset)
    pieces = []
    while count > 0:
        piece = file.read(count)
        if not piece:
            break
        pieces.append(piece)
        count -= len(piece)
    return b"".join(pieces)


def _end(file: FileIO, size: int, found: Findings) -> _End | None:
    """Find the end record in the last 22 bytes, and the ZIP64 one before it if there is one."""
    reach = fmt.END.size + fmt.ZIP64_LOCATOR.size + fmt.ZIP64_END.size
    tail = _at(file, max(0, size - reach), reach)
    if len(tail) < fmt.END.size:
        found.add("ARCHIVE_END_MISSING", "", _("This is not a package, or its end is missing."))
        return None
    signature, disk, start_disk, here, count, directory, offset, comment = fmt.END.unpack(
        tail[-fmt.END.size :]
    )
    if signature != fmt.END_SIGNATURE or comment:
        _diagnose_end(file, size, found)
        return None
    if disk or start_disk or here != count:
        found.add("ARCHIVE_DISKS", "", _("The archive is split over several disks."))
        return None
    end = _End(count, directory, offset, size - fmt.END.size)
    locator = tail[-fmt.END.size - fmt.ZIP64_LOCATOR.size : -fmt.END.size]
    if locator[:4] == fmt.ZIP64_LOCATOR_SIGNATURE.to_bytes(4, "little"):
        return _zip64_end(tail, end, size, found)
    if count == fmt.MAX16 or fmt.MAX32 in (directory, offset):
        found.add("ARCHIVE_ZIP64", "", _("The ZIP64 end record is missing."))
        return None
    return end


def _diagnose_end(file: FileIO, size: int, found: Findings) -> None:
    tail = _at(file, max(0, size - _COMMENT_REACH), _COMMENT_REACH)
    mark = fmt.END_SIGNATURE.to_bytes(4, "little")
    position = tail.rfind(mark)
    if position >= 0 and len(tail) - position >= fmt.END.size:
        comment = int.from_bytes(tail[position + 20 : position + 22], "little")
        if comment == len(tail) - position - fmt.END.size:
            found.add("ARCHIVE_COMMENT", "", _("The archive carries a comment."))
        else:
            found.add("ARCHIVE_TRAILING", "", _("There are bytes after the end of the archive."))
    else:
        found.add("ARCHIVE_END_MISSING", "", _("This is not a package, or its end is missing."))


def _zip64_end(tail: bytes, end: _End, size: int, found: Findings) -> _End | None:
    """The ZIP64 record stands right before its locator, and the classic one agrees with it."""
    stop = -fmt.END.size - fmt.ZIP64_LOCATOR.size
    position = size + stop - fmt.ZIP64_END.size
    raw = tail[stop - fmt.ZIP64_END.size : stop]
    locator = fmt.ZIP64_LOCATOR.unpack(tail[stop : -fmt.END.size])
    if position < 0 or len(raw) != fmt.ZIP64_END.size:
        found.add("ARCHIVE_ZIP64", "", _("The ZIP64 end record is missing."))
        return None
    signature, length, _made, system, needed, disk, start_disk, here, count, directory, offset = (
        fmt.ZIP64_END.unpack(raw)
    )
    good = (
        signature == fmt.ZIP64_END_SIGNATURE
        and length == fmt.ZIP64_END.size - 12
        and system in (0, fmt.UNIX)
        and needed == fmt.ZIP64_VERSION
        and locator[1:] == (0, position, 1)
        and not disk
        and not start_disk
        and here == count
        and end.entries in (count, fmt.MAX16)
        and end.size in (directory, fmt.MAX32)
        and end.offset in (offset, fmt.MAX32)
    )
    if not good:
        found.add("ARCHIVE_ZIP64", "", _("The two end records of the archive do not agree."))
        return None
    return _End(count, directory, offset, position)


def _central(data: bytes, count: int, limits: Limits, found: Findings) -> list[_Entry] | None:
    """Walk the directory; None when it cannot be walked to its end."""
    entries: list[_Entry] = []
    seen: set[bytes] = set()
    position = 0
    unpack = fmt.CENTRAL.unpack_from
    header_size = fmt.CENTRAL.size
    for _number in range(count):
        if position + header_size > len(data):
            break
        fields: tuple[int, ...] = unpack(data, position)
        name_end = position + header_size + fields[11]
        extra_end = name_end + fields[12]
        name = data[position + header_size : name_end]
        position = extra_end + fields[13]
        if fields[0] != fmt.CENTRAL_SIGNATURE or position > len(data):
            break
        entry = _entry(fields, name, data[name_end:extra_end], found)
        if entry.size > limits.member:
            found.add("ENTRY_TOO_LARGE", shown(name), _("An entry is larger than 8 GiB."))
        if name in seen:
            found.add("NAME_DUPLICATE", shown(name), _("Two entries have the same name."))
        seen.add(name)
        entries.append(entry)
        if found.full:
            return None
    if len(entries) != count or position != len(data):
        found.add("ARCHIVE_DIRECTORY", "", _("The directory of the archive is damaged."))
        return None
    return entries


def _entry(fields: tuple[int, ...], name: bytes, extra: bytes, found: Findings) -> _Entry:
    _mark, _made, system, needed, flags, method, time, date, crc, packed, size = fields[:11]
    comment, disk, internal, external, offset = fields[13:]
    zip64 = bool(extra)
    if zip64 or fmt.MAX32 in (packed, size, offset):
        size, packed, offset = _zip64_fields(name, extra, (size, packed, offset), found)
    if not fmt.is_legal_name(name):
        found.add("NAME_ILLEGAL", shown(name), _("The name of an entry is not allowed."))
    if flags & ~fmt.UTF8_FLAG:
        message = _("An entry is encrypted, or its sizes stand after it, or it has other flags.")
        found.add("ARCHIVE_FLAGS", shown(name), message)
    if method:
        found.add("ARCHIVE_COMPRESSED", shown(name), _("An entry is compressed."))
    elif packed != size:
        found.add("ARCHIVE_SIZES", shown(name), _("The two sizes of an entry differ."))
    if comment:
        found.add("ARCHIVE_COMMENT", shown(name), _("An entry carries a comment."))
    if disk:
        found.add("ARCHIVE_DISKS", shown(name), _("The archive is split over several disks."))
    kind = external >> 16
    if (
        system not in (0, fmt.UNIX)
        or internal
        or external & fmt.MAX16 & ~_DOS_ARCHIVE
        or stat.S_IFMT(kind) not in (0, stat.S_IFREG)
        or kind & (stat.S_ISUID | stat.S_ISGID | stat.S_ISVTX)
    ):
        message = _("An entry is not an ordinary file but a folder, a link or a device.")
        found.add("ENTRY_NOT_REGULAR", shown(name), message)
    if needed not in (10, fmt.VERSION, fmt.ZIP64_VERSION):
        found.add("ARCHIVE_VERSION", shown(name), _("An entry needs an unknown ZIP version."))
    return _Entry(name, size, offset, needed, (flags, method, time, date, crc), zip64)


def _zip64_fields(
    name: bytes, extra: bytes, short: tuple[int, int, int], found: Findings
) -> tuple[int, int, int]:
    """Take the fields that do not fit 32 bits from the one extra field, of exact size."""
    wanted = [value == fmt.MAX32 for value in short]
    values = _zip64_extra(extra, sum(wanted))
    if values is None:
        message = _("An entry has an extra field other than an exact ZIP64 one.")
        found.add("ARCHIVE_EXTRA", shown(name), message)
        return short
    taken = iter(values)
    size, packed, offset = (
        next(taken) if want else value for want, value in zip(wanted, short, strict=True)
    )
    return size, packed, offset


def _zip64_extra(extra: bytes, count: int) -> list[int] | None:
    if count == 0 or len(extra) != fmt.EXTRA.size + 8 * count:
        return None
    if fmt.EXTRA.unpack_from(extra) != (fmt.ZIP64_EXTRA, 8 * count):
        return None
    return [int.from_bytes(extra[at : at + 8], "little") for at in range(4, len(extra), 8)]


class _Locals:
    """Compares local headers with the directory, from the first byte to the last."""

    def __init__(self, file: FileIO, stop: int, found: Findings) -> None:
        self._file = file
        self._stop = stop
        self._found = found
        self._window = b""
        self._start = 0

    def check(self, entries: list[_Entry]) -> dict[str, Member]:
        """Members in file order; only those that are good when nothing was found."""
        members: dict[str, Member] = {}
        position = 0
        for entry in entries:
            if entry.header != position:
                self._misplaced(entry, position)
                return members
            content = self._header(entry)
            if content is None:
                return members
            position = content + entry.size
            if position > self._stop:
                message = _("An entry reaches past the place where the directory begins.")
                self._found.add("ARCHIVE_OVERLAP", shown(entry.name), message)
                return members
            name = entry.name.decode("ascii", "backslashreplace")
            members[name] = Member(name, content, entry.size, entry.same[4])
        if position != self._stop:
            message = _("There are bytes in the file that belong to no entry.")
            self._found.add("ARCHIVE_GAP", "", message)
        return members

    def _misplaced(self, entry: _Entry, position: int) -> None:
        if entry.header < position:
            message = _("Entries of the archive lie over each other.")
            self._found.add("ARCHIVE_OVERLAP", shown(entry.name), message)
        else:
            message = _("There are bytes in the file that belong to no entry.")
            self._found.add("ARCHIVE_GAP", shown(entry.name), message)

    def _header(self, entry: _Entry) -> int | None:
        """Where the content begins; None when there is no header to speak of."""
        start = entry.header
        raw = self._bytes(start, fmt.LOCAL.size + len(entry.name) + 20, entry.size)
        if len(raw) < fmt.LOCAL.size:
            return self._mismatch(entry, None)
        mark, needed, flags, method, time, date, crc, packed, size, name_size, extra_size = (
            fmt.LOCAL.unpack_from(raw)
        )
        name_end = fmt.LOCAL.size + name_size
        if mark != fmt.LOCAL_SIGNATURE or raw[fmt.LOCAL.size : name_end] != entry.name:
            return self._mismatch(entry, None)
        content: int = start + name_end + extra_size
        if extra_size or fmt.MAX32 in (size, packed):
            both = _zip64_extra(raw[name_end : name_end + extra_size], 2)
            if both is None or (size, packed) != (fmt.MAX32, fmt.MAX32):
                message = _("An entry has an extra field other than an exact ZIP64 one.")
                self._found.add("ARCHIVE_EXTRA", shown(entry.name), message)
                return content
            size, packed = both
        if (
            (flags, method, time, date, crc) != entry.same
            or size != entry.size
            or packed != size
            or (needed != entry.needed and not (entry.zip64 and needed < entry.needed))
        ):
            return self._mismatch(entry, content)
        return content

    def _mismatch(self, entry: _Entry, content: int | None) -> int | None:
        message = _("An entry is described in two ways that do not agree.")
        self._found.add("ARCHIVE_HEADER_MISMATCH", shown(entry.name), message)
        return content

    def _bytes(self, start: int, count: int, following: int) -> bytes:
        """Header bytes; where entries are small, many headers come with one read."""
        end = start + count
        if not self._start <= start <= end <= self._start + len(self._window):
            many = following < _WINDOW // 4
            size = min(_WINDOW if many else count, max(0, self._stop - start))
            self._window = _at(self._file, start, size)
            self._start = start
        at = start - self._start
        return self._window[at : at + count]
