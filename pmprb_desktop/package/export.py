"""Writes a sealed bag to a file: the identical bytes each time, whole or not at all."""

import contextlib
import errno
import hashlib
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Final

from pmprb_desktop.errors import Cancelled, UserError
from pmprb_desktop.i18n import _
from pmprb_desktop.package import layout, manifest, v1
from pmprb_desktop.package.bag import PayloadFile, SealedBag
from pmprb_desktop.package.rules import Findings
from pmprb_desktop.package.zip_writer import ZipWriter, archive_size

Progress = Callable[[int, int], None]
Cancel = Callable[[], bool]

FAT32_LIMIT: Final = (4 << 30) - 1
"""Largest file on a stick formatted with FAT32, in bytes."""
ENDING: Final = ".pmprb"

_CHUNK: Final = 1 << 20
_HEADROOM: Final = 1 << 20
_REPLACE_WAITS: Final = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
_FILE_TOO_LARGE_WINDOWS: Final = 223


def file_name(header: v1.Header, digest: str) -> str:
    """``PMPRB_<unit>_<year>_r<rev>_<8 hex>.pmprb``; nothing is ever read from it."""
    code = header.unit.code if header.unit is not None else header.kind
    safe = re.sub(r"[^A-Za-z0-9]+", "-", code).strip("-")[:40].strip("-") or "unit"
    parts = ["PMPRB", safe]
    if header.kind not in ("submission", safe):
        parts.append(header.kind)
    if header.year is not None:
        parts.append(str(header.year))
    if header.revision is not None:
        parts.append(f"r{header.revision}")
    return "_".join((*parts, digest[:8])) + ENDING


def package_size(sealed: SealedBag, files: Sequence[PayloadFile]) -> int:
    """The exact size of the file that ``write_package`` will write, in bytes."""
    top = layout.TOP_PREFIX + sealed.package_id
    members = [(f"{top}/{file.path}", file.size) for file in files]
    tags = {**sealed.tag_files, layout.SIGNATURE: sealed.signature}
    return archive_size([*members, *((f"{top}/{path}", len(tags[path])) for path in tags)])


def size_hint(size: int) -> str | None:
    """A sentence for people when a package of this size may not fit a stick; else None."""
    if size <= FAT32_LIMIT:
        return None
    return _(
        "The package is larger than 4 GB. A stick formatted with FAT32 cannot hold it; "
        "use one formatted with exFAT or NTFS."
    )


def write_package(
    sealed: SealedBag,
    files: Sequence[PayloadFile],
    target_dir: Path,
    *,
    progress: Progress | None = None,
    cancelled: Cancel | None = None,
) -> Path:
    """Write the package into a folder and give its path.

    One pass over the payload, hashed again on the way. The file appears under its name only when
    it is whole and on the disk; on a failure or Cancelled nothing is left behind.
    """
    ordered = sorted(files, key=lambda file: layout.order(file.path))
    _check_files(sealed, ordered)
    total = package_size(sealed, ordered)
    target = target_dir / file_name(sealed.header, sealed.digest)
    part = target.with_name(target.name + ".part")
    try:
        _check_space(target_dir, total, part)
        with contextlib.suppress(FileNotFoundError):
            part.unlink()
        with part.open("xb") as file:
            _Writing(file, total, progress, cancelled).run(sealed, ordered)
            file.flush()
            os.fsync(file.fileno())
        _replace(part, target)
        _sync_folder(target_dir)
    except OSError as error:
        raise _failure(error, target_dir, total) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    return target


class _Writing:
    """One run over all members, which counts bytes and hashes the payload again."""

    def __init__(
        self, file: BinaryIO, total: int, progress: Progress | None, cancelled: Cancel | None
    ) -> None:
        self._zip = ZipWriter(file)
        self._total = total
        self._done = 0
        self._progress = progress
        self._cancelled = cancelled

    def run(self, sealed: SealedBag, files: Sequence[PayloadFile]) -> None:
        top = layout.TOP_PREFIX + sealed.package_id
        buffer = bytearray(_CHUNK)
        for file in files:
            try:
                self._zip.add(f"{top}/{file.path}", file.size, self._payload(file, buffer))
            except ValueError as error:
                raise _changed(file) from error
        for path in (*layout.TAG_FILES, layout.TAG_MANIFEST):
            data = sealed.tag_files[path]
            self._zip.add(f"{top}/{path}", len(data), [data])
        self._zip.add(f"{top}/{layout.SIGNATURE}", len(sealed.signature), [sealed.signature])
        self._zip.close()
        if self._progress is not None:
            self._progress(self._total, self._total)

    def _payload(self, file: PayloadFile, buffer: bytearray) -> Iterator[memoryview]:
        digest = hashlib.sha256()
        view = memoryview(buffer)
        with _opened(file) as source:
            while True:
                if self._cancelled is not None and self._cancelled():
                    raise Cancelled
                try:
                    count = _read_into(source, view)
                except OSError as error:
                    raise _changed(file) from error
                if not count:
                    break
                piece = view[:count]
                digest.update(piece)
                yield piece
                self._done += count
                if self._progress is not None:
                    self._progress(self._done, self._total)
        if digest.hexdigest() != file.sha256:
            raise _changed(file)


def _opened(file: PayloadFile) -> BinaryIO:
    try:
        return file.opener()
    except OSError as error:
        raise _changed(file) from error


def _read_into(source: BinaryIO, view: memoryview) -> int:
    readinto = getattr(source, "readinto", None)
    if readinto is not None:
        return int(readinto(view) or 0)
    data = source.read(len(view))
    view[: len(data)] = data
    return len(data)


def _changed(file: PayloadFile) -> UserError:
    return UserError(
        "PAYLOAD_DIGEST",
        _("A file of the package ({path}) is damaged or missing in the workspace.").format(
            path=file.path
        ),
        safe=_("Nothing was written."),
        next_step=_("Check the evidence, replace the damaged file, and make the package again."),
        path=file.path,
    )


def _check_files(sealed: SealedBag, files: Sequence[PayloadFile]) -> None:
    """The files are those that were sealed."""
    found = Findings()
    listed = manifest.read(sealed.tag_files[layout.MANIFEST], layout.MANIFEST, found)
    given = {file.path: file.sha256 for file in files}
    if listed != given or len(given) != len(files):
        differing = sorted(set(listed.items()) ^ set(given.items()))
        path = differing[0][0] if differing else ""
        raise UserError(
            "PAYLOAD_DIGEST",
            _("The files are not those that the package was sealed with."),
            safe=_("Nothing was written."),
            next_step=_("Make the package again."),
            path=path,
        )


def _check_space(folder: Path, total: int, part: Path) -> None:
    free = shutil.disk_usage(folder).free
    with contextlib.suppress(OSError):
        free += part.stat().st_size
    if free < total + _HEADROOM:
        raise _disk_full(total, free)


def _disk_full(total: int, free: int) -> UserError:
    return UserError(
        "DISK_FULL",
        _("There is not enough room: {needed} MB are needed, {free} MB are free.").format(
            needed=-(-total >> 20), free=free >> 20
        ),
        safe=_("Nothing was written. Your answers and evidence are safe."),
        next_step=_("Make room there, or choose another folder or stick."),
    )


def _failure(error: OSError, folder: Path, total: int) -> UserError:
    """What the system said while writing, in words for people."""
    full = error.errno == errno.ENOSPC
    too_large = error.errno == errno.EFBIG or (
        getattr(error, "winerror", None) == _FILE_TOO_LARGE_WINDOWS
    )
    free = 0
    with contextlib.suppress(OSError):
        free = shutil.disk_usage(folder).free
    if too_large or (full and total > FAT32_LIMIT and free > total):
        return UserError(
            "TARGET_TOO_LARGE",
            _("This disk or stick does not accept a file as large as the package."),
            safe=_("Nothing was written. Your answers and evidence are safe."),
            next_step=_("Use a stick formatted with exFAT or NTFS."),
        )
    if full or error.errno == getattr(errno, "EDQUOT", None):
        return _disk_full(total, free)
    return UserError(
        "TARGET_UNWRITABLE",
        _("The package cannot be written to {folder}: {reason}.").format(
            folder=folder, reason=error.strerror or error
        ),
        safe=_("Your answers and evidence are safe."),
        next_step=_("Choose another folder or stick."),
    )


def _replace(part: Path, target: Path) -> None:
    """Rename; virus scanners on Windows hold a new file for a moment."""
    for wait in _REPLACE_WAITS:
        try:
            part.replace(target)
        except PermissionError:
            time.sleep(wait)
        else:
            return
    part.replace(target)


def _sync_folder(folder: Path) -> None:
    """Make the new name durable, where the system lets a folder be synced."""
    if os.name != "posix":
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
