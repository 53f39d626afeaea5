"""Rotating copies of the database."""

import os
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pmprb_desktop import unit
from pmprb_desktop.store import copies
from tests.unit.kit import answers, new_workspace, refused

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)


def dated(folder: Path, moment: datetime, reason: str = "auto") -> Path:
    """A copy from that moment."""
    folder.mkdir(exist_ok=True)
    path = folder / f"workspace-{moment:%Y%m%dT%H%M%SZ}-{reason}.db"
    path.write_bytes(b"copy")
    os.utime(path, (moment.timestamp(), moment.timestamp()))
    return path


def test_a_copy_is_whole_and_opens_as_a_workspace(tmp_path: Path, small: Path) -> None:
    """Also of what still lies in the write-ahead log."""
    with new_workspace(tmp_path / "w") as ws:
        key = unit.new_assessment(ws, str(small), 2026).id
        unit.answer(ws, key, "A.2", value="A", note="dalam log")
        path = ws.store.backup()
        assert unit.info(ws).last_backup
    assert path.parent.name == "backups"
    (tmp_path / "again").mkdir()
    shutil.copy(path, tmp_path / "again" / "workspace.db")
    with unit.open_workspace(tmp_path / "again") as ws:
        assert answers(ws, key)["A.2"].note == "dalam log"


def test_the_newest_and_one_a_week_are_kept(tmp_path: Path) -> None:
    moments = [NOON - timedelta(days=number) for number in range(80)]
    for moment in moments:
        dated(tmp_path, moment)
    old = dated(tmp_path, NOON - timedelta(days=300), "before-migration")
    copies.rotate(tmp_path)
    kept = sorted(tmp_path.glob("*-auto.db"), reverse=True)
    assert len(kept) == copies.NEWEST_COPIES + copies.WEEKLY_COPIES
    newest = [dated(tmp_path, moment) for moment in moments[: copies.NEWEST_COPIES]]
    assert kept[: copies.NEWEST_COPIES] == newest
    weeks = [path.name[10:18] for path in kept[copies.NEWEST_COPIES :]]
    assert len({datetime.strptime(week, "%Y%m%d").strftime("%G-%V") for week in weeks}) == 5  # noqa: DTZ007
    assert old.exists()
    copies.rotate(tmp_path)
    assert sorted(tmp_path.glob("*-auto.db"), reverse=True) == kept


def test_when_a_copy_is_due(tmp_path: Path) -> None:
    database = tmp_path / "workspace.db"
    database.write_bytes(b"x")
    os.utime(database, (NOON.timestamp(), NOON.timestamp()))
    assert copies.due(database, NOON)
    last = dated(tmp_path / "backups", NOON - timedelta(hours=5))
    assert copies.due(database, NOON)
    dated(tmp_path / "backups", NOON - timedelta(hours=3))
    assert not copies.due(database, NOON)
    assert copies.due(database, NOON + timedelta(hours=2))
    dated(tmp_path / "backups", NOON + timedelta(seconds=1))
    assert not copies.due(database, NOON + timedelta(hours=9)), "nothing changed since"
    assert last.exists()


def test_a_clock_that_was_wrong_does_not_stop_copies(tmp_path: Path) -> None:
    database = tmp_path / "workspace.db"
    database.write_bytes(b"x")
    dated(tmp_path / "backups", NOON + timedelta(days=5000))
    os.utime(database, (NOON.timestamp(), NOON.timestamp()))
    assert copies.due(database, NOON)
    dead_battery = datetime(1999, 1, 1, tzinfo=UTC)
    os.utime(database, (dead_battery.timestamp(), dead_battery.timestamp()))
    assert copies.due(database, dead_battery)


def test_closing_makes_a_copy_and_not_too_many(tmp_path: Path, small: Path) -> None:
    folder = tmp_path / "w"
    for _time in range(3):
        with unit.open_workspace(folder) as ws:
            if not unit.info(ws).is_set_up:
                unit.setup(ws, "unit", "U", "Unit")
            unit.new_assessment(ws, str(small), 2026, practice=True)
    assert len(list((folder / "backups").iterdir())) == 1


def test_a_copy_that_fails_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with new_workspace(tmp_path / "w") as ws:

        def full(_handle: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        refused("BACKUP_FAILED", ws.store.backup)
        assert list((tmp_path / "w" / "backups").iterdir()) == []
    monkeypatch.undo()
    unit.open_workspace(tmp_path / "w").close()


def test_a_snapshot_of_a_damaged_file_is_no_copy(tmp_path: Path) -> None:
    (tmp_path / "broken.db").write_bytes(b"nothing" * 1000)
    refused("BACKUP_FAILED", copies.snapshot, tmp_path / "broken.db", tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(tmp_path / "broken.db").execute("SELECT 1 FROM t")
