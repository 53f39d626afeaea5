"""The whole workspace into a file, and back out of it."""

import hashlib
import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pmprb_desktop import unit
from pmprb_desktop.errors import Cancelled
from pmprb_desktop.unit.upkeep import BACKUP_FORMAT
from tests.unit.kit import fill, make_package, new_workspace, refused


@pytest.fixture(scope="module")
def saved(
    tmp_path_factory: pytest.TempPathFactory, small: Path
) -> Iterator[tuple[unit.Workspace, str, Path]]:
    """A workspace with a sealed package, and its backup."""
    folder = tmp_path_factory.mktemp("backup")
    with new_workspace(folder / "w") as ws:
        key = unit.new_assessment(ws, str(small), 2026).id
        fill(ws, key)
        make_package(ws, key, folder / "out")
        target = folder / "cadangan.zip"
        steps: list[tuple[int, int]] = []
        made = unit.backup(unit.plan_backup(ws), target, lambda *at: steps.append(at))
        assert (made.path, made.files, made.bytes, made.damaged) == (
            target,
            len(ws.blobs.all_digests()),
            target.stat().st_size,
            (),
        )
        assert steps[-1][0] == steps[-1][1] == made.files + 2  # and the database, and the secret
        assert list((ws.path / "staging").iterdir()) == []
        yield ws, key, target


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_restored_workspace_is_the_same(
    saved: tuple[unit.Workspace, str, Path], tmp_path: Path
) -> None:
    ws, key, target = saved
    folder = unit.restore(target, tmp_path / "baru")
    with unit.open_workspace(folder, create=False) as again:
        assert again.recovery is None
        before, after = unit.worksheet(ws, key), unit.worksheet(again, key)
        assert (after.answers, after.evidence, after.info) == (
            before.answers,
            before.evidence,
            before.info,
        )
        assert again.blobs.all_digests() == ws.blobs.all_digests()
        for entry in after.evidence:
            assert entry.sha256
            assert again.blobs.verify(entry.sha256, entry.bytes)
        assert unit.verify_trail(again, key) == unit.verify_trail(ws, key)
        assert unit.info(again).installation_id != unit.info(ws).installation_id
        assert unit.people(again) == unit.people(ws)


def test_the_key_still_signs_after_a_restore(
    saved: tuple[unit.Workspace, str, Path], tmp_path: Path
) -> None:
    ws, key, target = saved
    with unit.open_workspace(unit.restore(target, tmp_path / "baru")) as again:
        old = unit.export(unit.plan_export(ws, key), tmp_path / "lama")
        same = unit.export(unit.plan_export(again, key), tmp_path / "sama")
        assert Path(same.path).read_bytes() == Path(old.path).read_bytes()
        unit.unlock(again, key)
        result = make_package(again, key, tmp_path / "out")
        seen = unit.inspect(Path(result.path), [unit.identity(ws).certificate_der]).verification
        assert seen.trusted
        assert seen.header is not None
        assert seen.header.installation_id == unit.info(again).installation_id
        assert (seen.header.key_seq, seen.header.previous) == (2, old.digest)


def test_an_empty_folder_will_do_and_a_full_one_will_not(
    saved: tuple[unit.Workspace, str, Path], tmp_path: Path
) -> None:
    (tmp_path / "kosong").mkdir()
    unit.restore(saved[2], tmp_path / "kosong")
    (tmp_path / "isi").mkdir()
    (tmp_path / "isi" / "surat.txt").write_text("penting")
    refused("RESTORE_NOT_EMPTY", unit.restore, saved[2], tmp_path / "isi")
    assert files(tmp_path / "isi") == {"surat.txt"}
    assert files(tmp_path) == {"kosong", "isi"}


def test_a_copy_of_the_database_restores_too(
    saved: tuple[unit.Workspace, str, Path], tmp_path: Path
) -> None:
    """One of the rotating copies: answers without evidence, which the check names."""
    ws, key, _target = saved
    copy = ws.store.backup()
    with unit.open_workspace(unit.restore(copy, tmp_path / "baru")) as again:
        assert unit.worksheet(again, key).answers == unit.worksheet(ws, key).answers
        assert {found.code for found in unit.check(again, key).errors} == {"EVIDENCE_DAMAGED"}
        assert unit.info(again).installation_id != unit.info(ws).installation_id


def test_damaged_backups_are_refused_and_leave_nothing(
    saved: tuple[unit.Workspace, str, Path], tmp_path: Path
) -> None:
    data = saved[2].read_bytes()
    step = max(1, len(data) // 25)
    for at in range(0, len(data), step):
        bad = tmp_path / "bad.zip"
        bad.write_bytes(data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :])
        with pytest.raises(unit_error()):
            unit.restore(bad, tmp_path / "baru")
        assert files(tmp_path) == {"bad.zip"}
    for short in (0, 10, len(data) // 2, len(data) - 1):
        bad.write_bytes(data[:short])
        with pytest.raises(unit_error()):
            unit.restore(bad, tmp_path / "baru")
        assert files(tmp_path) == {"bad.zip"}


def unit_error() -> type[Exception]:
    from pmprb_desktop.errors import UserError

    return UserError


def repacked(source: Path, target: Path, **changes: bytes | None) -> Path:
    """A backup with other, fewer or more files, its list written anew."""
    with zipfile.ZipFile(source) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    top = "pmprb-backup/"
    for name, data in changes.items():
        path = top + name.replace("__", "/").replace("_dot_", ".")
        if data is None:
            del members[path]
        else:
            members[path] = data
    skip = (top + "manifest-sha256.txt", top + "backup.json")
    lines = "".join(
        f"{hashlib.sha256(data).hexdigest()}  {name.removeprefix(top)}\n"
        for name, data in members.items()
        if name not in skip
    ).encode()
    members[skip[0]] = lines
    if "backup_dot_json" not in changes:
        about = (
            f'{{"format": "{BACKUP_FORMAT}", "manifest": "{hashlib.sha256(lines).hexdigest()}"}}'
        )
        members[skip[1]] = about.encode()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in members.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.external_attr = 0o100644 << 16
            entry.create_system = 3
            archive.writestr(entry, data)
    return target


def foreign_database(folder: Path, statement: str) -> bytes:
    path = folder / "foreign.db"
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.close()
    data = path.read_bytes()
    path.unlink()
    return data


def test_foreign_backups_are_refused(
    saved: tuple[unit.Workspace, str, Path], tmp_path: Path
) -> None:
    source, bad = saved[2], tmp_path / "bad.zip"
    other = foreign_database(tmp_path, "CREATE TABLE recipe (name TEXT)")
    ours = foreign_database(tmp_path, "CREATE TABLE alembic_version (version_num TEXT)")
    cases: list[dict[str, bytes | None]] = [
        {"workspace_dot_db": None},
        {"workspace_dot_db": b"no database"},
        {"workspace_dot_db": other},
        {"workspace_dot_db": ours},
        {"backup_dot_json": b'{"format": "pmprb-backup/2"}'},
        {"backup_dot_json": b"[]"},
        {"backup_dot_json": f'{{"format": "{BACKUP_FORMAT}", "manifest": "{"0" * 64}"}}'.encode()},
        {"blobs__x": b"x"},
        {f"blobs__{'z' * 64}": b"x"},
        {"keys__evil_dot_exe": b"x"},
        {"notes_dot_txt": b"x"},
    ]
    for changes in cases:
        with pytest.raises(unit_error()) as caught:
            unit.restore(repacked(source, bad, **changes), tmp_path / "baru")
        assert caught.value.rule == "RESTORE_BROKEN", changes  # type: ignore[attr-defined]
        assert files(tmp_path) == {"bad.zip"}
    unit.restore(repacked(source, bad), tmp_path / "baik")
    for content in (b"", b"PK\x03\x04", b"surat biasa", other):
        bad.write_bytes(content)
        with pytest.raises(unit_error()):
            unit.restore(bad, tmp_path / "baru")
    refused("RESTORE_BROKEN", unit.restore, tmp_path / "tidak ada", tmp_path / "baru")


def test_a_newer_backup_says_so(saved: tuple[unit.Workspace, str, Path], tmp_path: Path) -> None:
    copy = saved[0].store.backup()
    connection = sqlite3.connect(copy)
    connection.execute("UPDATE alembic_version SET version_num = '0099'")
    connection.commit()
    connection.close()
    refused("WORKSPACE_NEWER", unit.restore, copy, tmp_path / "baru")
    assert files(tmp_path) == set()


def test_bit_rot_does_not_spoil_the_backup(tmp_path: Path, small: Path) -> None:
    """All else comes back, and the damaged file is named before and after."""
    with new_workspace(tmp_path / "w") as ws:
        key = unit.new_assessment(ws, str(small), 2026).id
        fill(ws, key)
        entry = unit.evidence_list(ws, key)[0]
        assert entry.sha256
        path = ws.blobs.path(entry.sha256)
        path.write_bytes(b"?" * entry.bytes)
        made = unit.backup(unit.plan_backup(ws), tmp_path / "cadangan.zip")
        assert made.damaged == (entry.sha256,)
    with unit.open_workspace(unit.restore(made.path, tmp_path / "baru")) as again:
        assert unit.evidence_job(again, key).damaged() == {entry.sha256}


def test_a_backup_can_be_cancelled_or_refused(workspace: unit.Workspace, tmp_path: Path) -> None:
    target = tmp_path / "cadangan.zip"
    with pytest.raises(Cancelled):
        unit.backup(unit.plan_backup(workspace), target, cancelled=lambda: True)
    (tmp_path / "berkas").write_text("x")
    job = unit.plan_backup(workspace)
    refused("TARGET_UNWRITABLE", unit.backup, job, tmp_path / "berkas" / "cadangan.zip")
    assert files(tmp_path) == {"work", "berkas"}
    assert list((workspace.path / "staging").iterdir()) == []
