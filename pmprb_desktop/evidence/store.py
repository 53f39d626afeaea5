"""The content store: every attached file once, under the SHA-256 of its bytes.

Nothing here knows items or assessments, and no name that people gave is ever used as a path.
"""

import hashlib
import io
import os
import re
import shutil
import stat
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

from pmprb_desktop.errors import Cancelled, UserError
from pmprb_desktop.evidence import media, refusals
from pmprb_desktop.evidence.files import (
    Draft,
    create,
    long_path,
    make_folder,
    retry_busy,
    why_unreadable,
    writing,
)
from pmprb_desktop.evidence.names import display_name
from pmprb_desktop.evidence.sniff import HEAD, executable_head, sniff

Progress = Callable[[int], None]
Question = Callable[[], bool]

CHUNK: Final = 1024 * 1024
_SPARE: Final = 16 * 1024 * 1024
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Ingested:
    """A file that is in the store now; ``name`` is for display only."""

    sha256: str
    bytes: int
    media_type: str
    name: str
    flags: tuple[str, ...]


class BlobStore:
    """``blobs/ab/abcdef…`` and ``staging/`` below the workspace folder ``root``.

    Every method may be called from any thread; two threads may take in the same file.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.blobs = root / "blobs"
        self.staging = root / "staging"

    def path(self, sha256: str) -> Path:
        """Where a blob lies, whether it is there or not. ValueError for what is no digest."""
        if not _DIGEST.fullmatch(sha256):
            raise ValueError("not a SHA-256 in lower-case hex")
        return self.blobs / sha256[:2] / sha256

    def has(self, sha256: str) -> bool:
        """Whether a blob is there; says nothing about its health."""
        return self.path(sha256).is_file()

    def size(self, sha256: str) -> int:
        """Bytes of a blob. ``EVIDENCE_MISSING`` when it is not there."""
        try:
            return self.path(sha256).stat().st_size
        except OSError as error:
            raise refusals.missing(sha256) from error

    def open(self, sha256: str) -> BinaryIO:
        """Open a blob for reading. ``EVIDENCE_MISSING`` when it is not there."""
        path = self.path(sha256)
        try:
            return retry_busy(lambda: path.open("rb"))
        except OSError as error:
            raise refusals.missing(sha256) from error

    def all_digests(self) -> list[str]:
        """Digests of all blobs, sorted; foreign files are passed over."""
        if not self.blobs.is_dir():
            return []
        return sorted(
            entry.name
            for folder in self.blobs.iterdir()
            if folder.is_dir()
            for entry in folder.iterdir()
            if _DIGEST.fullmatch(entry.name) and entry.name.startswith(folder.name)
        )

    def ingest(
        self, source: Path, *, progress: Progress | None = None, cancelled: Question | None = None
    ) -> Ingested:
        """Copy a file into the store, hashing while copying; its original is left alone.

        ``progress`` gets the bytes copied so far. Raises UserError with an ``EVIDENCE_…`` rule or
        ``DISK_FULL``, and Cancelled; in every such case nothing is left behind.
        """
        name = display_name(source.name)
        if media.refused_ending(name):
            raise refusals.executable(name)
        with self._open_source(source, name) as reader:
            before = os.fstat(reader.fileno())
            self._check_size(before.st_size, name)
            with self._stage() as draft:
                size = before.st_size
                self._copy(reader, draft, size, name=name, progress=progress, cancelled=cancelled)
                after = os.fstat(reader.fileno())
                if (after.st_size, after.st_mtime_ns) != (size, before.st_mtime_ns):
                    raise refusals.changed(name)
                return self._accept(draft, name)

    def ingest_bytes(self, data: bytes, name: str) -> Ingested:
        """Take in bytes that have no file (an image from the clipboard), by the same rules."""
        shown = display_name(name)
        if media.refused_ending(shown) or executable_head(data[:HEAD]):
            raise refusals.executable(shown)
        self._check_size(len(data), shown)
        with self._stage() as draft:
            draft.write(data)
            return self._accept(draft, shown)

    def write_bytes(self, data: bytes) -> str:
        """Keep bytes that the program made itself (reports, tag files); no kind is refused."""
        return self.write_chunks((data,))

    def write_chunks(self, chunks: Iterable[bytes], *, expected: str | None = None) -> str:
        """Keep a stream of bytes (a payload file); no kind is refused.

        ``EVIDENCE_DAMAGED``, and nothing kept, when its SHA-256 is not the ``expected`` one.
        """
        with self._stage() as draft:
            for chunk in chunks:
                draft.write(chunk)
            if expected not in {None, draft.sha256}:
                raise refusals.damaged(draft.sha256)
            return self._keep(draft)

    def verify(
        self,
        sha256: str,
        size: int,
        *,
        progress: Progress | None = None,
        cancelled: Question | None = None,
    ) -> bool:
        """Whether a blob is there, whole and unchanged; every byte is read again."""
        try:
            with self.path(sha256).open("rb") as reader:
                if os.fstat(reader.fileno()).st_size != size:
                    return False
                digest = hashlib.sha256()
                done = 0
                while chunk := reader.read(CHUNK):
                    _step(progress, cancelled, done)
                    digest.update(chunk)
                    done += len(chunk)
        except OSError:
            return False
        _step(progress, None, done)
        return done == size and digest.hexdigest() == sha256

    def copy_to(
        self,
        sha256: str,
        target: Path,
        *,
        progress: Progress | None = None,
        cancelled: Question | None = None,
    ) -> None:
        """Write a blob to ``target`` (for a viewer, or an exported folder), durable and checked.

        An existing ``target`` is replaced. ``EVIDENCE_MISSING``, ``EVIDENCE_DAMAGED``,
        ``DISK_FULL`` or ``EVIDENCE_NOT_STORED``; a failed copy leaves nothing.
        """
        goal = long_path(target)
        part = goal.with_name(f"{uuid.uuid4().hex}.part")
        with self.open(sha256) as reader, writing(part, self._create) as draft:
            while chunk := self._read(reader, sha256):
                _step(progress, cancelled, draft.count)
                draft.write(chunk)
            if draft.sha256 != sha256:
                raise refusals.damaged(sha256)
            _step(progress, None, draft.count)
            draft.finish(goal)

    def touch(self, sha256: str) -> None:
        """Start the time anew after which ``garbage`` may name a blob."""
        path = self.path(sha256)
        if path.is_file():
            os.utime(path)

    def remove(self, sha256: str, *, unused_since: datetime | None = None) -> bool:
        """Delete a blob; False when it is not there, or was touched after ``unused_since``."""
        path = self.path(sha256)
        try:
            if unused_since is not None and path.stat().st_mtime > unused_since.timestamp():
                return False
            retry_busy(path.unlink)
        except FileNotFoundError:
            return False
        return True

    def _open_reader(self, path: Path) -> BinaryIO:
        # O_NONBLOCK: a FIFO put in place of the file a moment ago must not stop the program
        flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
        return io.FileIO(os.open(path, flags | getattr(os, "O_CLOEXEC", 0)), "rb")

    def _open_source(self, source: Path, name: str) -> BinaryIO:
        path = long_path(source)
        try:
            _refuse_special(path.stat().st_mode, name)
            reader = retry_busy(lambda: self._open_reader(path))
        except (OSError, ValueError) as error:
            raise why_unreadable(path, error, name) from error
        try:
            _refuse_special(os.fstat(reader.fileno()).st_mode, name)
        except UserError:
            reader.close()
            raise
        return reader

    def _check_size(self, size: int, name: str) -> None:
        if size == 0:
            raise refusals.empty(name)
        if size > refusals.MAX_BYTES:
            raise refusals.too_large(name)
        make_folder(self.staging)
        try:
            free = shutil.disk_usage(self.staging).free
        except OSError as error:
            raise refusals.not_written(error, name) from error
        if free < size + _SPARE:
            raise refusals.disk_full(name)

    def _read(self, reader: BinaryIO, name: str) -> bytes:
        try:
            return reader.read(CHUNK) or b""
        except OSError as error:
            raise refusals.unreadable(name) from error

    def _copy(
        self,
        reader: BinaryIO,
        draft: Draft,
        size: int,
        *,
        name: str,
        progress: Progress | None,
        cancelled: Question | None,
    ) -> None:
        while chunk := self._read(reader, name):
            _step(progress, cancelled, draft.count)
            if draft.count == 0 and executable_head(chunk[:HEAD]):
                raise refusals.executable(name)
            if draft.count + len(chunk) > size:
                raise refusals.changed(name)
            draft.write(chunk)
        if draft.count != size:
            raise refusals.changed(name)
        _step(progress, cancelled, draft.count)

    @contextmanager
    def _stage(self) -> Iterator[Draft]:
        make_folder(self.staging)
        with writing(self.staging / f"{uuid.uuid4().hex}.part", self._create) as draft:
            yield draft

    def _create(self, path: Path) -> BinaryIO:
        return create(path)

    def _accept(self, draft: Draft, name: str) -> Ingested:
        """Judge the copy, not the original: what was looked at is what is kept."""
        with draft.path.open("rb") as copy:
            found = sniff(copy, draft.count, name)
        if found.refused:
            raise refusals.executable(name)
        size = draft.count
        return Ingested(self._keep(draft), size, found.media_type, name, found.flags)

    def _keep(self, draft: Draft) -> str:
        sha256 = draft.sha256
        goal = self.path(sha256)
        make_folder(goal.parent)
        try:
            # also over an old copy: it heals bit rot, and the time of the file starts anew
            draft.finish(goal)
        except UserError:
            if not self.verify(sha256, draft.count):
                raise
            self.touch(sha256)  # a viewer holds the same content open
        return sha256


def _step(progress: Progress | None, cancelled: Question | None, done: int) -> None:
    if cancelled is not None and cancelled():
        raise Cancelled
    if progress is not None:
        progress(done)


def _refuse_special(mode: int, name: str) -> None:
    if stat.S_ISDIR(mode):
        raise refusals.folder(name)
    if not stat.S_ISREG(mode):
        raise refusals.device(name)
