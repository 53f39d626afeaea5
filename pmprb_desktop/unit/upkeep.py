"""Backups of the whole workspace, restoring them, and letting go of files nobody needs."""

import hashlib
import json
import logging
import os
import re
import shutil
import uuid
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pmprb_desktop import __version__
from pmprb_desktop.errors import Cancelled, UserError
from pmprb_desktop.evidence.files import retry_busy, sync_folder
from pmprb_desktop.i18n import _
from pmprb_desktop.package import strict_json
from pmprb_desktop.package.archive import Archive, Limits, open_archive
from pmprb_desktop.records import EvidenceRow, PackageFileRow
from pmprb_desktop.store import Store
from pmprb_desktop.store.copies import snapshot
from pmprb_desktop.store.database import DATABASE, sound_file
from pmprb_desktop.unit import clock
from pmprb_desktop.unit.targets import create, ready_file, unwritable
from pmprb_desktop.unit.workspace import Workspace

log = logging.getLogger(__name__)

BACKUP_FORMAT: Final = "pmprb-backup/1"
_CHUNK: Final = 1 << 20
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_LIMITS: Final = Limits(entries=1_000_000, total=1 << 40)
"""A workspace may hold many packages' worth of evidence."""
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Backup:
    """A written backup: where, how many files of the content store, how large."""

    path: Path
    files: int
    bytes: int
    damaged: tuple[str, ...] = ()
    """Digests of files that were no longer what they had been; they were packed as they are."""


def write_whole(target: Path, data: bytes, *, private: bool = False) -> None:
    """Write a file beside its target, sync it, and rename: whole or not at all.

    A private one is readable by the owner alone. Raises UserError TARGET_….
    """
    ready_file(target)
    part = target.with_name(f"{target.name}.part")
    try:
        with create(part, private=private) as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
        retry_busy(lambda: part.replace(target))
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise unwritable(target, error) from error


@dataclass(frozen=True, slots=True)
class BackupJob:
    """A consistent copy of the database, and the files it refers to."""

    folder: Path
    database: Path
    digests: tuple[str, ...]


def plan_backup(ws: Workspace) -> BackupJob:
    """Copy the database aside; :func:`backup` then packs it on any thread."""
    staging = ws.path / "staging"
    staging.mkdir(exist_ok=True)
    database = staging / f"{uuid.uuid4().hex}.db"
    snapshot(ws.store.path, database)
    return BackupJob(ws.path, database, tuple(sorted(ws.blobs.all_digests())))


def backup(
    job: BackupJob,
    target: Path,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Backup:
    """Pack the whole workspace into one file (any thread): database, evidence, key secrets.

    The file is a plain ZIP. It holds the unit's key: keep it as carefully as the laptop.
    """
    try:
        ready_file(target)
    except UserError:
        _let_go(job.database)
        raise
    part = target.with_name(f"{target.name}.part")
    digest_lines: list[str] = []
    damaged: list[str] = []
    try:
        with (
            create(part, private=True) as handle,
            zipfile.ZipFile(handle, "w", zipfile.ZIP_STORED, allowZip64=True) as archive,
        ):
            sources = list(_backup_sources(job))
            for number, (name, path) in enumerate(sources, 1):
                if cancelled is not None and cancelled():
                    raise Cancelled
                digest = _pack(archive, name, path)
                digest_lines.append(f"{digest}  {name}\n")
                if name.startswith("blobs/") and name != f"blobs/{digest}":
                    damaged.append(path.name)
                if progress is not None:
                    progress(number, len(sources))
            about = {
                "format": BACKUP_FORMAT,
                "version": __version__,
                "created_at": clock.instant(),
                "manifest": hashlib.sha256("".join(digest_lines).encode()).hexdigest(),
            }
            _pack_bytes(archive, "manifest-sha256.txt", "".join(digest_lines).encode())
            _pack_bytes(archive, "backup.json", json.dumps(about, indent=1).encode())
        with part.open("rb+") as written:
            os.fsync(written.fileno())
        retry_busy(lambda: part.replace(target))
        sync_folder(target.parent)
    except OSError as error:
        raise unwritable(target, error) from error
    finally:
        _let_go(part, job.database)
    return Backup(target, len(job.digests), target.stat().st_size, tuple(damaged))


def _let_go(*left: Path) -> None:
    for path in left:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _backup_sources(job: BackupJob) -> Iterator[tuple[str, Path]]:
    yield DATABASE, job.database
    for secret in sorted((job.folder / "keys").glob("*.secret")):
        yield f"keys/{secret.name}", secret
    for digest in job.digests:
        yield f"blobs/{digest}", job.folder / "blobs" / digest[:2] / digest


def _pack(archive: zipfile.ZipFile, name: str, path: Path) -> str:
    digest = hashlib.sha256()
    info = _entry(name)
    info.file_size = path.stat().st_size
    with path.open("rb") as source, archive.open(info, "w", force_zip64=False) as target:
        while piece := source.read(_CHUNK):
            digest.update(piece)
            target.write(piece)
    return digest.hexdigest()


def _pack_bytes(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    archive.writestr(_entry(name), data)


def _entry(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(f"pmprb-backup/{name}", _EPOCH)
    info.external_attr = 0o100644 << 16
    info.create_system = 3
    return info


def known_names(ws: Workspace, digests: Iterable[str]) -> Mapping[str, str]:
    """What files of the content store are: evidence by its name, or part of a sealed package."""
    names: dict[str, str] = {}
    with ws.transaction() as repo:
        for digest in digests:
            evidence = repo.rows(EvidenceRow, sha256=digest)
            packed = repo.rows(PackageFileRow, sha256=digest)
            if evidence:
                names[digest] = evidence[0].label or evidence[0].name
            elif packed:
                names[digest] = _("{path} of a sealed package").format(path=packed[0].path)
            else:
                names[digest] = _("no longer used by anything")
    return names


def restore(file: Path, folder: Path, progress: Callable[[int, int], None] | None = None) -> Path:
    """Unpack a backup into an empty folder, every file checked, and make it a workspace there.

    The restored workspace gets a new installation id. A bare copy of the database (from
    ``backups/``) restores too, without evidence. Raises UserError RESTORE_…, nothing is left then.
    """
    if folder.exists() and any(folder.iterdir()):
        raise UserError(
            "RESTORE_NOT_EMPTY",
            _("The folder {folder} is not empty.").format(folder=folder),
            safe=_("Nothing was changed."),
            next_step=_("Choose an empty folder, so that nothing is overwritten."),
        )
    folder = folder.absolute()
    staging = folder.with_name(f"{folder.name}.restoring")
    shutil.rmtree(staging, ignore_errors=True)
    try:
        staging.mkdir(parents=True)
        if _is_database(file):
            shutil.copyfile(file, staging / DATABASE)
        else:
            _unpack_archive(file, staging, progress)
        _renew(file, staging)
        if folder.exists():
            folder.rmdir()
        retry_busy(lambda: staging.replace(folder))
    except OSError as error:
        raise unwritable(folder, error) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return folder


def _unpack_archive(file: Path, folder: Path, progress: Callable[[int, int], None] | None) -> None:
    """What the reader of archives refuses is a backup here, not a package from someone else."""
    try:
        with open_archive(file, _LIMITS) as archive:
            _unpack(file, archive, folder, progress)
    except UserError as error:
        if error.rule.startswith("RESTORE_"):
            raise
        raise _broken(file) from error


def _is_database(file: Path) -> bool:
    try:
        with file.open("rb") as handle:
            return handle.read(16) == b"SQLite format 3\0"
    except OSError as error:
        raise _broken(file) from error


def _broken(file: Path) -> UserError:
    return UserError(
        "RESTORE_BROKEN",
        _("{name} is no whole backup of this program.").format(name=file.name),
        safe=_("Nothing was changed."),
        next_step=_("Try another backup; older ones lie in the folder “backups”."),
        path=str(file),
    )


def _unpack(
    file: Path, archive: Archive, folder: Path, progress: Callable[[int, int], None] | None
) -> None:
    top = "pmprb-backup/"
    names = {name.removeprefix(top): name for name in archive.members}
    if "manifest-sha256.txt" not in names:
        raise _broken(file)
    listed = archive.read(names["manifest-sha256.txt"])
    manifest = listed.decode("ascii", "replace")
    wanted = {line[66:]: line[:64] for line in manifest.splitlines() if line[64:66] == "  "}
    if set(names) != {*wanted, "manifest-sha256.txt", "backup.json"} or DATABASE not in wanted:
        raise _broken(file)
    about = strict_json.loads(archive.read(names["backup.json"]), "backup.json")
    if not isinstance(about, dict) or about.get("format") != BACKUP_FORMAT:
        raise _broken(file)
    if about.get("manifest") != hashlib.sha256(listed).hexdigest():
        raise _broken(file)
    for number, (name, digest) in enumerate(sorted(wanted.items()), 1):
        if not _unpack_one(archive, names[name], folder, name, digest):
            raise _broken(file)
        if progress is not None:
            progress(number, len(wanted))


def _unpack_one(archive: Archive, member: str, folder: Path, name: str, digest: str) -> bool:
    """Unpack a file to the one place it may have; False when it is not what the list says.

    A file that was damaged in the workspace already comes back as it was: the checks find it.
    """
    head, _slash, tail = name.partition("/")
    if head == "blobs" and _DIGEST.fullmatch(tail):
        target = folder / "blobs" / tail[:2] / tail
    elif name == DATABASE:
        target = folder / DATABASE
    elif head == "keys" and tail.endswith(".secret") and "/" not in tail:
        target = folder / "keys" / tail
    else:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    found = hashlib.sha256()
    with target.open("wb") as handle:
        for piece in archive.stream(member):
            found.update(piece)
            handle.write(piece)
        handle.flush()
        os.fsync(handle.fileno())
    return found.hexdigest() == digest


def _renew(file: Path, folder: Path) -> None:
    """A restored workspace is another installation; its database must be sound."""
    if not sound_file(folder / DATABASE):
        raise _broken(file)
    store = Store(folder, create=False)
    try:
        with store.transaction() as repo:
            repo.renew_installation(str(uuid.uuid4()))
    finally:
        store.close()
        (folder / "workspace.lock").unlink(missing_ok=True)


def collect_garbage(ws: Workspace) -> int:
    """Remove files of the content store that nothing has referred to for 30 days."""
    return ws.collect_garbage()
