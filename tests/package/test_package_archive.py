"""The strict ZIP reader: what is good opens, every other trick has its rule."""

import contextlib
import os
import random
import struct
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pmprb_desktop.errors import UserError
from pmprb_desktop.package import zip_format as fmt
from pmprb_desktop.package.archive import Limits, open_archive, scan
from tests.package.builders import RawEntry, raw_zip, zip64_end

NAME = b"pkg/data/a.txt"
OTHER = b"pkg/data/b.txt"
MAX32 = 0xFFFFFFFF


def entry(**changes: object) -> RawEntry:
    """One good entry, with some fields changed."""
    return RawEntry(**({"name": NAME, "data": b"isi berkas"} | changes))  # type: ignore[arg-type]


def extra64(*numbers: int) -> bytes:
    """A ZIP64 extra field."""
    return struct.pack("<HH", 1, 8 * len(numbers)) + struct.pack(f"<{len(numbers)}Q", *numbers)


def _overlapping() -> bytes:
    """Two entries that share the bytes of one: the way of overlap bombs."""
    return raw_zip([entry(), entry(name=OTHER, offset=0)])


def _nested() -> bytes:
    inner = raw_zip([entry()])
    return raw_zip([entry(data=inner), entry(name=OTHER)]) + raw_zip([entry()])


def _end_twice() -> bytes:
    whole = raw_zip([entry()])
    return whole + whole[-22:]


def _zip64(**changes: int) -> bytes:
    """A ZIP64 end record, one field of which is wrong."""
    data = bytearray(raw_zip([entry()], zip64=True))
    start = data.index(b"PK\x06\x06")
    places = {
        "length": (4, 8),
        "disk": (16, 4),
        "count": (24, 8),
        "size": (40, 8),
        "offset": (48, 8),
    }
    places |= {"locator": (64, 8), "disks": (72, 4), "needed": (14, 2)}
    for name, value in changes.items():
        at, size = places[name]
        data[start + at : start + at + size] = value.to_bytes(size, "little")
    return bytes(data)


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty file": (lambda: b"", "ARCHIVE_END_MISSING"),
    "text": (lambda: b"bukan paket" * 20, "ARCHIVE_END_MISSING"),
    "cut short": (lambda: raw_zip([entry()])[:-5], "ARCHIVE_END_MISSING"),
    "no end": (lambda: raw_zip([entry()])[:-22], "ARCHIVE_END_MISSING"),
    "comment": (lambda: raw_zip([entry()], comment=b"halo"), "ARCHIVE_COMMENT"),
    "comment length": (lambda: raw_zip([entry()], end={6: 5}), "ARCHIVE_TRAILING"),
    "bytes after the end": (lambda: raw_zip([entry()], trailer=b"x"), "ARCHIVE_TRAILING"),
    "two end records": (_end_twice, "ARCHIVE_DIRECTORY"),
    "two archives": (_nested, "ARCHIVE_DIRECTORY"),
    "prefix": (lambda: raw_zip([entry()], prefix=b"MZ-stub"), "ARCHIVE_GAP"),
    "prefix with cut offsets": (lambda: b"MZ" + raw_zip([entry()]), "ARCHIVE_DIRECTORY"),
    "gap between entries": (lambda: raw_zip([entry(after=b"?"), entry(name=OTHER)]), "ARCHIVE_GAP"),
    "gap before directory": (lambda: raw_zip([entry()], before_directory=b"?"), "ARCHIVE_GAP"),
    "gap after directory": (lambda: raw_zip([entry()], after_directory=b"?"), "ARCHIVE_DIRECTORY"),
    "hidden local entry": (
        lambda: raw_zip([entry(before=raw_zip([entry(name=OTHER)])[:50])]),
        "ARCHIVE_GAP",
    ),
    "overlap": (_overlapping, "ARCHIVE_OVERLAP"),
    "entry into directory": (
        lambda: raw_zip([entry(size=40)]),
        "ARCHIVE_OVERLAP",
    ),
    "entries out of order": (
        lambda: raw_zip([entry(offset=56), entry(name=OTHER, offset=0)]),
        "ARCHIVE_GAP",
    ),
    "too few in end record": (
        lambda: raw_zip([entry(), entry(name=OTHER)], count=1),
        "ARCHIVE_DIRECTORY",
    ),
    "too many in end record": (lambda: raw_zip([entry()], count=2), "ARCHIVE_DIRECTORY"),
    "counts differ": (lambda: raw_zip([entry()], end={2: 2}), "ARCHIVE_DISKS"),
    "disk number": (lambda: raw_zip([entry()], end={0: 1}), "ARCHIVE_DISKS"),
    "directory disk": (lambda: raw_zip([entry()], end={1: 1}), "ARCHIVE_DISKS"),
    "entry disk": (lambda: raw_zip([entry(disk=1)]), "ARCHIVE_DISKS"),
    "directory offset": (lambda: raw_zip([entry()], end={5: 3}), "ARCHIVE_DIRECTORY"),
    "directory size": (lambda: raw_zip([entry()], end={4: 3}), "ARCHIVE_DIRECTORY"),
    "directory signature": (
        lambda: raw_zip([entry(central_signature=b"PK\x01\x03")]),
        "ARCHIVE_DIRECTORY",
    ),
    "local signature": (
        lambda: raw_zip([entry(signature=b"PK\x03\x05")]),
        "ARCHIVE_HEADER_MISMATCH",
    ),
    "deflated": (lambda: raw_zip([entry(method=8)]), "ARCHIVE_COMPRESSED"),
    "unknown method": (lambda: raw_zip([entry(method=99)]), "ARCHIVE_COMPRESSED"),
    "encrypted": (lambda: raw_zip([entry(flags=1)]), "ARCHIVE_FLAGS"),
    "data descriptor": (lambda: raw_zip([entry(flags=8)]), "ARCHIVE_FLAGS"),
    "strong encryption": (lambda: raw_zip([entry(flags=0x41)]), "ARCHIVE_FLAGS"),
    "masked header": (lambda: raw_zip([entry(flags=0x2000)]), "ARCHIVE_FLAGS"),
    "unicode path extra": (
        lambda: raw_zip([entry(extra=b"up\x05\x00\x01abcd")]),
        "ARCHIVE_EXTRA",
    ),
    "local extra": (lambda: raw_zip([entry(local_extra=b"UT\x01\x00\x00")]), "ARCHIVE_EXTRA"),
    "needless zip64": (lambda: raw_zip([entry(extra=extra64(10, 10))]), "ARCHIVE_EXTRA"),
    "zip64 too long": (
        lambda: raw_zip([entry(size=MAX32, packed=MAX32, extra=extra64(10, 10, 0))]),
        "ARCHIVE_EXTRA",
    ),
    "zip64 missing": (lambda: raw_zip([entry(size=MAX32, packed=MAX32)]), "ARCHIVE_EXTRA"),
    "zip64 in one header only": (
        lambda: raw_zip([entry(local_size=MAX32, local_packed=MAX32)]),
        "ARCHIVE_EXTRA",
    ),
    "entry comment": (lambda: raw_zip([entry(comment=b"x")]), "ARCHIVE_COMMENT"),
    "sizes differ": (lambda: raw_zip([entry(packed=9)]), "ARCHIVE_SIZES"),
    "local name": (lambda: raw_zip([entry(local_name=OTHER)]), "ARCHIVE_HEADER_MISMATCH"),
    "local size": (lambda: raw_zip([entry(local_size=3)]), "ARCHIVE_HEADER_MISMATCH"),
    "local packed size": (lambda: raw_zip([entry(local_packed=3)]), "ARCHIVE_HEADER_MISMATCH"),
    "local checksum": (lambda: raw_zip([entry(local_crc=3)]), "ARCHIVE_HEADER_MISMATCH"),
    "local flags": (lambda: raw_zip([entry(local_flags=0x800)]), "ARCHIVE_HEADER_MISMATCH"),
    "local date": (lambda: raw_zip([entry(local_date=99)]), "ARCHIVE_HEADER_MISMATCH"),
    "local version": (lambda: raw_zip([entry(local_needed=10)]), "ARCHIVE_HEADER_MISMATCH"),
    "version": (lambda: raw_zip([entry(needed=63)]), "ARCHIVE_VERSION"),
    "symbolic link": (lambda: raw_zip([entry(external=0o120777 << 16)]), "ENTRY_NOT_REGULAR"),
    "device": (lambda: raw_zip([entry(external=0o020666 << 16)]), "ENTRY_NOT_REGULAR"),
    "fifo": (lambda: raw_zip([entry(external=0o010666 << 16)]), "ENTRY_NOT_REGULAR"),
    "setuid": (lambda: raw_zip([entry(external=0o104755 << 16)]), "ENTRY_NOT_REGULAR"),
    "dos folder": (lambda: raw_zip([entry(external=0x10)]), "ENTRY_NOT_REGULAR"),
    "other system": (lambda: raw_zip([entry(system=19)]), "ENTRY_NOT_REGULAR"),
    "internal attributes": (lambda: raw_zip([entry(internal=1)]), "ENTRY_NOT_REGULAR"),
    "same name twice": (lambda: raw_zip([entry(), entry()]), "NAME_DUPLICATE"),
    "zip64 locator": (lambda: _zip64(locator=1), "ARCHIVE_ZIP64"),
    "zip64 disks": (lambda: _zip64(disks=2), "ARCHIVE_ZIP64"),
    "zip64 disk": (lambda: _zip64(disk=1), "ARCHIVE_ZIP64"),
    "zip64 length": (lambda: _zip64(length=45), "ARCHIVE_ZIP64"),
    "zip64 count": (lambda: _zip64(count=2), "ARCHIVE_ZIP64"),
    "zip64 size": (lambda: _zip64(size=2), "ARCHIVE_ZIP64"),
    "zip64 offset": (lambda: _zip64(offset=2), "ARCHIVE_ZIP64"),
    "zip64 version": (lambda: _zip64(needed=20), "ARCHIVE_ZIP64"),
    "zip64 end missing": (lambda: raw_zip([entry()], end={5: MAX32}), "ARCHIVE_ZIP64"),
    "zip64 end elsewhere": (
        lambda: raw_zip([entry()], zip64=zip64_end(1, b"", 0, 0)),
        "ARCHIVE_ZIP64",
    ),
    "zip64 locator alone": (
        lambda: raw_zip([entry(name=b"a", data=b"")], zip64=zip64_end(1, b"", 0, 0)[56:])[-60:],
        "ARCHIVE_ZIP64",
    ),
}

ILLEGAL_NAMES = [
    b"", b"/a", b"../a", b"a/../b", b"./a", b"a//b", b"a/", b"A.txt", b"a b", b"a\\b", b"c:a",
    b"a\0b", b".a", b"a/.b", b"-a", b"con", b"a/nul", b"com1.txt", b"pkg/aux.tar.gz", b"lpt9",
    b"a.", b"a./b", b"a/b/c/d/e", b"a" * 201, "b\u00e9".encode(), b"a\nb", b"caf\xe9", b"a:b",
    b"a*",
]  # fmt: skip


def write(folder: Path, data: bytes) -> Path:
    """The bytes as a file."""
    path = folder / "paket.pmprb"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_archive_is_refused(case: str, tmp_path: Path) -> None:
    """Each trick is refused under its own rule, and nothing can be read from the file."""
    make, rule = HOSTILE[case]
    path = write(tmp_path, make())
    assert rule in {finding.rule for finding in scan(path)}
    with pytest.raises(UserError) as caught:
        open_archive(path)
    assert caught.value.findings


@pytest.mark.parametrize("name", ILLEGAL_NAMES)
def test_illegal_name_is_refused(name: bytes, tmp_path: Path) -> None:
    """Names that some system would read differently, or not at all, are refused."""
    findings = scan(write(tmp_path, raw_zip([entry(name=name)])))
    assert "NAME_ILLEGAL" in {finding.rule for finding in findings}
    assert all(finding.path.isascii() or finding.path.endswith("…") for finding in findings)


def test_good_archive_opens(tmp_path: Path) -> None:
    """A plain stored archive opens, in file order, and gives its content."""
    path = write(tmp_path, raw_zip([entry(), entry(name=OTHER, data=b"", flags=0x800)]))
    with open_archive(path) as archive:
        assert list(archive.members) == [NAME.decode(), OTHER.decode()]
        assert archive.read(NAME.decode()) == b"isi berkas"
        assert list(archive.stream(NAME.decode(), 4)) == [b"isi ", b"berk", b"as"]
        assert archive.read(OTHER.decode()) == b""
    assert scan(path) == ()


def test_every_finding_is_named(tmp_path: Path) -> None:
    """A file with several faults gets all of them named."""
    path = write(tmp_path, raw_zip([entry(flags=1, comment=b"x"), entry(method=8, local_crc=1)]))
    rules = {finding.rule for finding in scan(path)}
    assert rules >= {
        "ARCHIVE_FLAGS", "ARCHIVE_COMMENT", "ARCHIVE_COMPRESSED", "NAME_DUPLICATE",
        "ARCHIVE_HEADER_MISMATCH",
    }  # fmt: skip


def test_damaged_content_is_found(tmp_path: Path) -> None:
    """A wrong checksum is told when the content is read."""
    path = write(tmp_path, raw_zip([entry(crc=5)]))
    with open_archive(path) as archive, pytest.raises(UserError) as caught:
        archive.read(NAME.decode())
    assert caught.value.rule == "ARCHIVE_CRC"


def test_file_that_shrinks_is_found(tmp_path: Path) -> None:
    """A file that becomes shorter while it is read gives no short content."""
    path = write(tmp_path, raw_zip([entry()]))
    with open_archive(path) as archive:
        os.truncate(path, 50)
        with pytest.raises(UserError) as caught:
            archive.read(NAME.decode())
    assert caught.value.rule == "ARCHIVE_CHANGED"


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX file kinds")
@pytest.mark.parametrize("kind", ["folder", "fifo", "link", "device", "dangling"])
def test_only_regular_files_are_opened(kind: str, tmp_path: Path) -> None:
    """Folders, pipes, links and devices are refused at once: opening never blocks."""
    path = tmp_path / "x.pmprb"
    if kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "link":
        path.symlink_to(write(tmp_path, raw_zip([entry()])))
    elif kind == "dangling":
        path.symlink_to(tmp_path / "tidak-ada")
    else:
        path = Path("/dev/zero")
    assert [finding.rule for finding in scan(path)] == ["ARCHIVE_NOT_REGULAR"]


def test_missing_file_is_a_finding(tmp_path: Path) -> None:
    """A file that is not there is said to be unreadable."""
    assert [finding.rule for finding in scan(tmp_path / "x")] == ["ARCHIVE_UNREADABLE"]


def test_limits_hold(tmp_path: Path) -> None:
    """Number of entries, size of one and of the whole are limited."""
    path = write(tmp_path, raw_zip([entry(), entry(name=OTHER)]))
    cases = {
        "ARCHIVE_TOO_MANY": Limits(entries=1),
        "ENTRY_TOO_LARGE": Limits(member=3),
        "ARCHIVE_TOO_LARGE": Limits(total=50),
    }
    for rule, limits in cases.items():
        assert rule in {finding.rule for finding in scan(path, limits)}


def test_more_than_20000_entries_are_refused(tmp_path: Path) -> None:
    """The end record alone is enough to refuse a file of too many entries."""
    path = write(tmp_path, raw_zip([entry(name=b"a%d" % n, data=b"") for n in range(20_001)]))
    assert [finding.rule for finding in scan(path)] == ["ARCHIVE_TOO_MANY"]


def _bombs() -> dict[str, bytes]:
    full = [entry(name=b"a%d" % n, data=b"") for n in range(20_000)]
    quoted = raw_zip([entry(name=b"b%d" % n, offset=0) for n in range(20_000)])
    return {
        "full": raw_zip(full),
        "overlapping": quoted,
        "bad names": raw_zip([entry(name=b"A%d" % n, data=b"") for n in range(20_000)]),
        "claimed": raw_zip([entry()], end={2: 20_000, 3: 20_000, 4: MAX32 - 1}),
        "zip64 claim": _zip64(count=1 << 60, size=1 << 60),
        "noise": random.Random(1).randbytes(1 << 20),
        "end marks": b"PK\x05\x06" * 20_000,
    }


@pytest.mark.parametrize(
    "case", ["full", "overlapping", "bad names", "claimed", "zip64 claim", "noise", "end marks"]
)
def test_hostile_file_costs_little(case: str, tmp_path: Path) -> None:
    """Reading is bounded, whatever the file claims: a tenth of a second and 50 MB."""
    path = write(tmp_path, _bombs()[case])
    times = []
    for _turn in range(3):
        start = time.process_time()
        scan(path)
        times.append(time.process_time() - start)
    tracemalloc.start()
    scan(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # Four times the limit: the machine that tests is shared; tests/bench measures it alone.
    assert min(times) < 0.4
    assert peak < 50 << 20


def test_zip64_end_record_of_zipfile_opens(tmp_path: Path) -> None:
    """Python writes ZIP64 records from 2 GiB on; the same structures in small open here."""
    path = tmp_path / "x.pmprb"
    names = [f"data/{number}.bin" for number in range(40)]
    with mock.patch("zipfile.ZIP64_LIMIT", 3000), zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, name.encode() * 20)
    data = path.read_bytes()
    assert b"PK\x06\x06" in data
    assert scan(path) == ()
    with open_archive(path) as opened:
        assert [opened.read(name) for name in names] == [name.encode() * 20 for name in names]


def test_zip64_sizes_open(tmp_path: Path) -> None:
    """An entry whose sizes stand in the ZIP64 field opens when both headers say so."""
    wide = {"local_size": MAX32, "local_packed": MAX32, "size": MAX32, "packed": MAX32}
    good = entry(**wide, extra=extra64(10, 10), local_extra=extra64(10, 10), needed=45)
    path = write(tmp_path, raw_zip([good], zip64=True))
    with open_archive(path) as archive:
        assert archive.read(NAME.decode()) == b"isi berkas"


def test_archive_over_4_gib_opens(tmp_path: Path) -> None:
    """Entries of more than 4 GiB, and entries behind them, are found at their places."""
    size = 5 << 30
    wide = {"size": MAX32, "packed": MAX32, "local_extra": extra64(size, size), "needed": 45}
    big = entry(data=b"", crc=0, extra=extra64(size, size), **wide)
    head = raw_zip([big])[: 30 + len(NAME) + 20]
    after = raw_zip([entry(name=OTHER)])[: 30 + len(OTHER) + 10]
    place = len(head) + size
    rows = raw_zip([big])[len(head) : -22]
    row = raw_zip([entry(name=OTHER, offset=MAX32, extra=extra64(place), needed=45)])
    rows += row[30 + len(OTHER) + 10 : -22]
    start = place + len(after)
    path = tmp_path / "besar.pmprb"
    with path.open("wb") as file:
        file.write(head)
        file.seek(place)
        file.write(after + rows)
        file.write(zip64_end(2, rows, start, start + len(rows)))
        file.write(b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 2, 2, len(rows), MAX32, 0))
    with open_archive(path) as archive:
        assert archive.members[NAME.decode()].size == size
        assert archive.read(OTHER.decode()) == b"isi berkas"
    findings = scan(path, Limits(member=4 << 30))
    assert [finding.rule for finding in findings] == ["ENTRY_TOO_LARGE"]


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    changes=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=4),
    cut=st.tuples(st.integers(0, 400), st.integers(0, 30)),
)
def test_what_opens_here_opens_elsewhere(
    changes: list[tuple[int, int]], cut: tuple[int, int], tmp_path: Path
) -> None:
    """Whatever is changed: the reader never crashes, and zipfile sees the same in what opens."""
    data = bytearray(raw_zip([entry(), entry(name=OTHER, data=b"dua")]))
    for place, value in changes:
        data[place % len(data)] = value
    del data[cut[0] : cut[0] + (cut[1] if cut[1] < 6 else 0)]
    path = write(tmp_path, bytes(data))
    findings = scan(path)
    if findings:
        return
    with open_archive(path) as archive, zipfile.ZipFile(path) as other:
        assert list(archive.members) == other.namelist()
        for name in archive.members:
            ours = theirs = None
            with contextlib.suppress(UserError):
                ours = archive.read(name)
            with contextlib.suppress(zipfile.BadZipFile):
                theirs = other.read(name)
            assert ours == theirs


def test_layouts_have_the_sizes_of_the_standard() -> None:
    """The structures are as long as APPNOTE says."""
    sizes = [fmt.LOCAL.size, fmt.CENTRAL.size, fmt.END.size, fmt.ZIP64_END.size]
    assert [*sizes, fmt.ZIP64_LOCATOR.size] == [30, 46, 22, 56, 20]
