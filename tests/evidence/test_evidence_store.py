"""Every file once, whole, durable; what is refused leaves nothing behind."""

import errno
import hashlib
import io
import os
import socket
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from pmprb_desktop.errors import Cancelled, UserError
from pmprb_desktop.evidence import MAX_BYTES, BlobStore, clean_staging, garbage
from pmprb_desktop.evidence.files import retry_busy
from tests.evidence import evidence_samples as samples

NOW = datetime(2026, 5, 31, 2, 42, 10, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> BlobStore:
    """A store in an empty workspace."""
    return BlobStore(tmp_path / "workspace")


def put(folder: Path, name: str, data: bytes) -> Path:
    """Write a file."""
    path = folder / name
    path.write_bytes(data)
    return path


def refusal(action: Callable[[], object], store: BlobStore) -> UserError:
    """The error of a refused file; nothing may be left of it."""
    with pytest.raises(UserError) as caught:
        action()
    assert store.all_digests() == []
    assert not store.staging.exists() or not list(store.staging.iterdir())
    assert caught.value.message
    assert caught.value.safe
    assert caught.value.next_step
    return caught.value


@pytest.mark.parametrize("sample", samples.ACCEPTED, ids=lambda sample: sample[0])
def test_every_kind_is_taken_in(
    store: BlobStore, tmp_path: Path, sample: tuple[str, bytes, str, tuple[str, ...]]
) -> None:
    """The bytes lie under their digest, with type, flags and name."""
    name, data, media_type, flags = sample
    taken = store.ingest(put(tmp_path, name, data))
    digest = hashlib.sha256(data).hexdigest()
    assert (taken.sha256, taken.bytes, taken.name) == (digest, len(data), name)
    assert (taken.media_type, taken.flags) == (media_type, flags)
    assert store.path(digest).read_bytes() == data
    assert store.path(digest) == store.root / "blobs" / digest[:2] / digest
    assert store.verify(digest, len(data))
    assert not list(store.staging.iterdir())


@pytest.mark.parametrize(("name", "data"), samples.REFUSED)
def test_programs_are_refused(store: BlobStore, tmp_path: Path, name: str, data: bytes) -> None:
    """From a file and from the clipboard alike."""
    path = put(tmp_path, name, data)
    assert refusal(lambda: store.ingest(path), store).rule == "EVIDENCE_EXECUTABLE"
    assert refusal(lambda: store.ingest_bytes(data, name), store).rule == "EVIDENCE_EXECUTABLE"


def test_what_is_no_file_is_refused(store: BlobStore, tmp_path: Path) -> None:
    """Folder, FIFO, socket, device, broken and circular link, nothing there, empty."""
    fifo, link, circle = tmp_path / "pipa", tmp_path / "tautan.pdf", tmp_path / "putar.pdf"
    os.mkfifo(fifo)
    link.symlink_to(tmp_path / "tidak ada.pdf")
    circle.symlink_to(circle)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "soket"))
        rules = {
            path.name: refusal(partial(store.ingest, path), store).rule
            for path in (
                tmp_path, fifo, tmp_path / "soket", Path("/dev/null"), link, circle,
                tmp_path / "hilang.pdf", tmp_path / ("x" * 4096), put(tmp_path, "kosong.pdf", b""),
                tmp_path / "a\0b.pdf",
            )
        }  # fmt: skip
    assert rules == {
        tmp_path.name: "EVIDENCE_FOLDER",
        "pipa": "EVIDENCE_DEVICE",
        "soket": "EVIDENCE_DEVICE",
        "null": "EVIDENCE_DEVICE",
        "tautan.pdf": "EVIDENCE_BROKEN_LINK",
        "putar.pdf": "EVIDENCE_BROKEN_LINK",
        "hilang.pdf": "EVIDENCE_UNREADABLE",
        "x" * 4096: "EVIDENCE_UNREADABLE",
        "kosong.pdf": "EVIDENCE_EMPTY",
        "a\0b.pdf": "EVIDENCE_UNREADABLE",
    }


def test_a_fifo_that_takes_the_place_of_a_file_does_not_hang(
    store: BlobStore, tmp_path: Path
) -> None:
    """Between looking and opening anything can happen."""

    class Swapping(BlobStore):
        def _open_reader(self, path: Path) -> BinaryIO:
            path.unlink()
            os.mkfifo(path)
            return super()._open_reader(path)

    path = put(tmp_path, "SK.pdf", samples.pdf())
    swapping = Swapping(store.root)
    assert refusal(lambda: swapping.ingest(path), store).rule == "EVIDENCE_DEVICE"


def test_a_link_to_a_file_is_followed(store: BlobStore, tmp_path: Path) -> None:
    """People put links on their desktop; the name is the link's."""
    target = put(tmp_path, "asli.pdf", samples.pdf())
    (tmp_path / "SK.pdf").symlink_to(target)
    taken = store.ingest(tmp_path / "SK.pdf")
    assert taken.name == "SK.pdf"
    assert not store.path(taken.sha256).is_symlink()


def test_more_than_one_gibibyte_is_refused_at_once(store: BlobStore, tmp_path: Path) -> None:
    """Before anything is copied."""
    path = put(tmp_path, "video.mp4", b"")
    os.truncate(path, MAX_BYTES + 1)
    assert refusal(lambda: store.ingest(path), store).rule == "EVIDENCE_TOO_LARGE"


class Reader(io.FileIO):
    """A file that does something after its first piece was read."""

    def __init__(self, path: Path, then: Callable[[Path], None]) -> None:
        super().__init__(path)
        self._path, self._then, self._first = path, then, True

    def read(self, size: int | None = -1, /) -> bytes:
        """Read, then do it."""
        data = super().read(size)
        if self._first:
            self._first = False
            self._then(self._path)
        return data or b""


class ReadingStore(BlobStore):
    """A store that reads through ``Reader``."""

    def __init__(self, root: Path, then: Callable[[Path], None]) -> None:
        super().__init__(root)
        self._then = then

    def _open_reader(self, path: Path) -> BinaryIO:
        return Reader(path, self._then)


def _shrink(path: Path) -> None:
    os.truncate(path, 100)


def _grow(path: Path) -> None:
    with path.open("ab") as more:
        more.write(b"x" * 3_000_000)


def _rewrite(path: Path) -> None:
    with path.open("r+b") as same:
        same.write(b"%PDF-1.7")
    os.utime(path, (1, 1))


@pytest.mark.parametrize("change", [_shrink, _grow, _rewrite])
def test_a_file_that_changes_while_it_is_read_is_refused(
    store: BlobStore, tmp_path: Path, change: Callable[[Path], None]
) -> None:
    """Shorter, longer or rewritten: half of one and half of the other is no evidence."""
    path = put(tmp_path, "unduhan.pdf", samples.pdf() + bytes(2_500_000))
    changing = ReadingStore(store.root, change)
    assert refusal(lambda: changing.ingest(path), store).rule == "EVIDENCE_CHANGED"


def test_a_bad_sector_is_unreadable(store: BlobStore, tmp_path: Path) -> None:
    """A stick that fails half way."""

    def fail(_path: Path) -> None:
        raise OSError(errno.EIO, "Input/output error")

    path = put(tmp_path, "SK.pdf", samples.pdf())
    failing = ReadingStore(store.root, fail)
    assert refusal(lambda: failing.ingest(path), store).rule == "EVIDENCE_UNREADABLE"


class Writer(io.FileIO):
    """A file on a disk that takes little at a time, and fails after ``room`` bytes."""

    def __init__(self, path: Path, room: int, error: OSError) -> None:
        super().__init__(path, "xb")
        self._room, self._error = room, error

    def write(self, data: Any, /) -> int:
        """Take a part, or fail."""
        if self._room <= 0:
            raise self._error
        taken = memoryview(data)[: min(self._room, 70_000)]
        self._room -= len(taken)
        return super().write(taken)


class WritingStore(BlobStore):
    """A store that writes through ``Writer``."""

    def __init__(self, root: Path, room: int, number: int = errno.ENOSPC) -> None:
        super().__init__(root)
        self._room, self._error = room, OSError(number, os.strerror(number))

    def _create(self, path: Path) -> BinaryIO:
        return Writer(path, self._room, self._error)


@pytest.mark.parametrize("room", [0, 10, 1_500_000])
def test_a_full_disk_says_so(store: BlobStore, tmp_path: Path, room: int) -> None:
    """At the first byte or in the middle, for every way in."""
    full = WritingStore(store.root, room)
    data = samples.pdf() + bytes(2_500_000)
    path = put(tmp_path, "SK.pdf", data)
    assert refusal(lambda: full.ingest(path), store).rule == "DISK_FULL"
    assert refusal(lambda: full.ingest_bytes(data, "SK.pdf"), store).rule == "DISK_FULL"
    assert refusal(lambda: full.write_bytes(data), store).rule == "DISK_FULL"


def test_other_write_errors_have_their_own_rule(store: BlobStore, tmp_path: Path) -> None:
    """A drive that was pulled out is not a full one."""
    broken = WritingStore(store.root, 10, errno.EIO)
    path = put(tmp_path, "SK.pdf", samples.pdf())
    assert refusal(lambda: broken.ingest(path), store).rule == "EVIDENCE_NOT_STORED"


def test_a_disk_that_takes_little_at_a_time_gets_everything(store: BlobStore) -> None:
    """Partial writes are continued."""
    data = os.urandom(1_000_000)
    slow = WritingStore(store.root, len(data))
    assert store.path(slow.write_bytes(data)).read_bytes() == data


def test_no_room_is_known_before_copying(
    store: BlobStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The free space is looked at first."""
    usage = type("Usage", (), {"free": 1000})
    monkeypatch.setattr("shutil.disk_usage", lambda _path: usage)
    path = put(tmp_path, "SK.pdf", samples.pdf())
    assert refusal(lambda: store.ingest(path), store).rule == "DISK_FULL"


def test_cancelling_leaves_nothing(store: BlobStore, tmp_path: Path) -> None:
    """At any step."""
    path = put(tmp_path, "SK.pdf", samples.pdf() + bytes(3_000_000))
    seen: list[int] = []
    with pytest.raises(Cancelled):
        store.ingest(path, progress=seen.append, cancelled=lambda: len(seen) == 2)
    assert store.all_digests() == []
    assert not list(store.staging.iterdir())
    taken = store.ingest(path, progress=seen.append)
    assert seen[-1] == taken.bytes


def test_the_same_content_is_kept_once_and_heals(store: BlobStore, tmp_path: Path) -> None:
    """Attaching the original again repairs a damaged copy."""
    first = store.ingest(put(tmp_path, "SK.pdf", samples.pdf()))
    second = store.ingest(put(tmp_path, "salinan SK.pdf", samples.pdf()))
    assert second.sha256 == first.sha256
    assert second.name == "salinan SK.pdf"
    assert store.all_digests() == [first.sha256]
    blob = store.path(first.sha256)
    blob.write_bytes(b"?" + blob.read_bytes()[1:])
    assert not store.verify(first.sha256, first.bytes)
    store.ingest(tmp_path / "SK.pdf")
    assert store.verify(first.sha256, first.bytes)


def test_two_threads_may_bring_the_same_file(store: BlobStore, tmp_path: Path) -> None:
    """Whoever is second finds the same content."""
    path = put(tmp_path, "SK.pdf", samples.pdf() + bytes(2_000_000))
    taken: list[str] = []
    threads = [
        threading.Thread(target=lambda: taken.append(store.ingest(path).sha256)) for _n in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 6
    assert store.all_digests() == [taken[0]]


def test_a_blob_that_a_viewer_holds_is_kept(
    store: BlobStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On Windows an open file cannot be replaced; the same content is there already."""
    path = put(tmp_path, "SK.pdf", samples.pdf())
    digest = store.ingest(path).sha256

    def held(_source: Path, _target: Path) -> None:
        raise PermissionError(errno.EACCES, "held")

    monkeypatch.setattr("os.replace", held)
    assert store.ingest(path).sha256 == digest
    store.path(digest).write_bytes(b"rusak")
    with pytest.raises(UserError) as caught:
        store.ingest(path)
    assert caught.value.rule == "EVIDENCE_NOT_STORED"


def test_sharing_violations_are_tried_again() -> None:
    """A scanner lets go after a moment; a real refusal is not repeated."""
    busy = PermissionError(errno.EACCES, "busy")
    busy.__dict__["winerror"] = 32
    outcomes: list[Exception | None] = [busy, busy, None]
    pauses: list[float] = []

    def action() -> str:
        outcome = outcomes.pop(0)
        if outcome is not None:
            raise outcome
        return "done"

    assert retry_busy(action, sleep=pauses.append) == "done"
    assert len(pauses) == 2
    outcomes[:] = [PermissionError(errno.EACCES, "no")]
    with pytest.raises(PermissionError):
        retry_busy(action, sleep=pauses.append)
    outcomes[:] = [busy] * 6
    with pytest.raises(PermissionError):
        retry_busy(action, sleep=pauses.append)


@pytest.mark.parametrize(
    "name",
    ["CON.pdf", "nul", "gambar\u202efdp.jpg", "a:b?.pdf", "👩‍🏫" * 20 + ".pdf", "\udcff.pdf"],
)
def test_hostile_names_are_shown_only(store: BlobStore, tmp_path: Path, name: str) -> None:
    """The name is never part of where the bytes lie."""
    try:
        path = put(tmp_path, name, samples.pdf())
    except OSError:
        pytest.skip("this system cannot hold such a name")
    taken = store.ingest(path)
    assert taken.name.encode()
    assert "\u202e" not in taken.name
    assert store.path(taken.sha256).parent.parent == store.blobs


@pytest.mark.parametrize(
    "name", ["x" * 5000 + ".png", "../../x.png", "\ud800.png", "", "/etc/x.png"]
)
def test_names_of_pasted_pictures_are_shown_only(store: BlobStore, name: str) -> None:
    """The clipboard may call a picture anything."""
    taken = store.ingest_bytes(samples.picture("PNG"), name)
    assert taken.media_type == "image/png"
    assert 1 <= len(taken.name) <= 4096
    assert taken.name.encode()
    assert len(store.all_digests()) == 1


def test_a_digest_is_no_path(store: BlobStore) -> None:
    """What comes from a database or a package cannot lead elsewhere."""
    for text in ("../" * 20 + "x", "A" * 64, "a" * 63, "a" * 64 + "\n", ""):
        with pytest.raises(ValueError, match="SHA-256"):
            store.path(text)


def test_reports_are_kept_without_judging(store: BlobStore) -> None:
    """Tag files and reports are the program's own."""
    assert store.size(store.write_bytes(b"#!/bin/sh")) == 9
    assert store.size(store.write_bytes(b"")) == 0
    digest = hashlib.sha256(b"ab").hexdigest()
    assert store.write_chunks(iter([b"a", b"b"]), expected=digest) == digest
    with pytest.raises(UserError) as caught:
        store.write_chunks([b"x"], expected=digest)
    assert caught.value.rule == "EVIDENCE_DAMAGED"
    assert len(store.all_digests()) == 3


def test_what_is_missing_or_damaged_is_said(store: BlobStore, tmp_path: Path) -> None:
    """Reading, sizes and copies out of the store."""
    digest = store.write_bytes(b"isi bukti")
    with store.open(digest) as blob:
        assert blob.read() == b"isi bukti"
    store.copy_to(digest, tmp_path / "keluar.txt")
    assert (tmp_path / "keluar.txt").read_bytes() == b"isi bukti"
    assert not store.verify(digest, 8)
    store.path(digest).write_bytes(b"isi rusak")
    assert not store.verify(digest, 9)
    with pytest.raises(UserError) as caught:
        store.copy_to(digest, tmp_path / "rusak.txt")
    assert caught.value.rule == "EVIDENCE_DAMAGED"
    assert store.remove(digest)
    assert not store.remove(digest)
    assert not store.has(digest)
    assert not store.verify(digest, 9)
    for action in (
        lambda: store.open(digest),
        lambda: store.size(digest),
        lambda: store.copy_to(digest, tmp_path / "hilang.txt"),
    ):
        with pytest.raises(UserError) as caught:
            action()
        assert caught.value.rule == "EVIDENCE_MISSING"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["keluar.txt", "workspace"]


def age(store: BlobStore, digest: str, days: float) -> None:
    """Make a blob that many days old."""
    moment = (NOW - timedelta(days=days)).timestamp()
    os.utime(store.path(digest), (moment, moment))


def test_garbage_names_what_nobody_needs_for_thirty_days(store: BlobStore) -> None:
    """Old and unreferenced; nothing is removed by naming it."""
    old, young, used, future = (store.write_bytes(text.encode()) for text in "abcd")
    for digest, days in ((old, 31), (young, 29.9), (used, 400), (future, -5)):
        age(store, digest, days)
    (store.blobs / "catatan.txt").write_text("x")
    assert garbage(store, {used}, now=NOW) == [old]
    assert garbage(store, {used}, 7, NOW) == sorted([old, young])
    assert garbage(store, {used, old}, now=NOW) == []
    assert len(store.all_digests()) == 4


def test_a_blob_that_comes_back_is_not_removed(store: BlobStore, tmp_path: Path) -> None:
    """Attached again between naming and removing, or dropped only just now."""
    path = put(tmp_path, "SK.pdf", samples.pdf())
    digest = store.ingest(path).sha256
    age(store, digest, 50)
    assert garbage(store, set(), now=NOW) == [digest]
    limit = NOW - timedelta(days=30)
    os.utime(path, (1, 1))
    store.ingest(path)
    assert not store.remove(digest, unused_since=datetime.now(UTC) - timedelta(days=30))
    age(store, digest, 50)
    store.touch(digest)
    assert garbage(store, set(), now=datetime.now(UTC)) == []
    age(store, digest, 50)
    assert store.remove(digest, unused_since=limit)


def test_half_written_files_are_counted_and_removed(store: BlobStore) -> None:
    """A crash leaves parts in staging, and nothing else."""
    assert clean_staging(store.root) == 0
    digest = store.write_bytes(b"isi")
    for name in ("a.part", "b.part"):
        put(store.staging, name, b"setengah")
    (store.staging / "tautan").symlink_to(store.path(digest))
    assert clean_staging(store.root) == 3
    assert clean_staging(store.root) == 0
    assert store.verify(digest, 3)


def test_memory_stays_flat_on_300_mb(store: BlobStore, tmp_path: Path) -> None:
    """Files are streamed, never held."""
    path = put(tmp_path, "video.mp4", samples.iso_media(b"isom"))
    os.truncate(path, 300 * 1024 * 1024)
    tracemalloc.start()
    try:
        taken = store.ingest(path)
        assert store.verify(taken.sha256, taken.bytes)
        store.copy_to(taken.sha256, tmp_path / "keluar.mp4")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert taken.bytes == 300 * 1024 * 1024
    assert peak < 16 * 1024 * 1024


def test_nothing_heavy_is_imported() -> None:
    """The first window must not wait for picture libraries."""
    program = (
        "import sys, pmprb_desktop.evidence;"
        "print([m for m in ('PIL', 'pypdfium2', 'pydantic', 'zipfile') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout.strip() == "[]"
