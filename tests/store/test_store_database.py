"""The database file: durable, of one schema, never touched when it is not ours to touch."""

import hashlib
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from pmprb_desktop import unit
from pmprb_desktop.records import SCHEMA, AnswerRow, UnitRow
from pmprb_desktop.store import Store, database
from pmprb_desktop.store.database import KNOWN_SCHEMAS, SCRIPTS, schema_version, upgrade
from pmprb_desktop.values import PersonDraft
from tests.unit.kit import answers, new_workspace, refused

FRESH = "workspace.db"


def content(folder: Path) -> dict[str, str]:
    """Every file but the lock, by the hash of its bytes."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "workspace.lock"
    }


def test_pragmas_hold_on_the_open_connection(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.engine.connect() as connection:

        def pragma(name: str) -> object:
            return connection.exec_driver_sql(f"PRAGMA {name}").scalar()

        assert pragma("journal_mode") == "wal"
        assert pragma("synchronous") == 2  # FULL
        assert pragma("foreign_keys") == 1
        assert pragma("trusted_schema") == 0
        assert pragma("secure_delete") == 1
    store.close()


def test_foreign_keys_are_enforced(tmp_path: Path) -> None:
    store = Store(tmp_path)
    orphan = AnswerRow(assessment_id="nobody", code="A.1", at="2026-05-31T02:42:10Z")
    with pytest.raises(IntegrityError), store.transaction() as repo:
        repo.add(orphan)
    with store.transaction() as repo:
        assert repo.rows(AnswerRow) == []
    store.close()


def add_and_fail(store: Store) -> None:
    with store.transaction() as repo:
        repo.add(UnitRow(code="A", name="A", created_at=""))
        raise ZeroDivisionError


def test_a_transaction_is_all_or_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with pytest.raises(ZeroDivisionError):
        add_and_fail(store)
    with store.transaction() as repo:
        assert repo.rows(UnitRow) == []
    store.close()


def structure(path: Path) -> dict[str, object]:
    """Every table, column by column, with its keys and indices."""
    connection = sqlite3.connect(path)
    found: dict[str, object] = {}
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (name,) in names:
        columns = connection.execute(f"PRAGMA table_info('{name}')").fetchall()
        foreign = connection.execute(f"PRAGMA foreign_key_list('{name}')").fetchall()
        indices = connection.execute(f"PRAGMA index_list('{name}')").fetchall()
        found[name] = (
            [column[1:] for column in columns],
            sorted(row[2:] for row in foreign),
            sorted(
                (unique, origin, connection.execute(f"PRAGMA index_info('{index}')").fetchall())
                for _seq, index, unique, origin, _partial in indices
            ),
        )
    named = "SELECT name FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
    found["names"] = connection.execute(named).fetchall()
    connection.close()
    return found


def test_a_fresh_schema_is_the_migrated_one(tmp_path: Path) -> None:
    Store(tmp_path).close()
    upgrade(tmp_path / "migrated.db")
    assert structure(tmp_path / FRESH) == structure(tmp_path / "migrated.db")
    assert schema_version(tmp_path / "migrated.db") == SCHEMA == KNOWN_SCHEMAS[-1]


def test_models_and_migrations_do_not_differ(tmp_path: Path) -> None:
    """Alembic would generate nothing."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from sqlalchemy import create_engine
    from sqlmodel import SQLModel

    upgrade(tmp_path / "migrated.db")
    engine = create_engine(f"sqlite:///{tmp_path / 'migrated.db'}")
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, SQLModel.metadata) == []
    engine.dispose()


def set_version(path: Path, version: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
    connection.commit()
    connection.close()


def test_a_newer_file_is_refused_untouched(tmp_path: Path) -> None:
    with new_workspace(tmp_path):
        pass
    set_version(tmp_path / FRESH, "0099")
    before = content(tmp_path)
    error = refused("WORKSPACE_NEWER", unit.open_workspace, tmp_path)
    assert error.safe
    assert error.next_step
    assert content(tmp_path) == before


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"SQLite format 3\0" + bytes(4080),
        b"PK\x03\x04 not a database at all" * 200,
        b"SQLite format 3\0" + b"\xff" * 20_000,
    ],
)
def test_a_damaged_file_is_refused_untouched(tmp_path: Path, damage: bytes) -> None:
    with new_workspace(tmp_path) as ws:
        ws.store.backup()
    (tmp_path / FRESH).write_bytes(damage)
    before = content(tmp_path)
    for create in (True, False):
        refused("WORKSPACE_DAMAGED", unit.open_workspace, tmp_path, create=create)
    assert content(tmp_path) == before


def test_another_programs_database_is_refused_untouched(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / FRESH)
    connection.execute("CREATE TABLE recipe (name TEXT)")
    connection.close()
    before = content(tmp_path)
    refused("WORKSPACE_DAMAGED", unit.open_workspace, tmp_path)
    assert content(tmp_path) == before


def test_a_log_without_its_database_is_not_mixed_into_a_new_one(tmp_path: Path) -> None:
    (tmp_path / "workspace.db-wal").write_bytes(b"what is left of an older file")
    refused("WORKSPACE_DAMAGED", unit.open_workspace, tmp_path)
    assert content(tmp_path).keys() == {"workspace.db-wal"}


def test_damage_that_shows_while_working_is_named(tmp_path: Path, small: Path) -> None:
    with new_workspace(tmp_path) as ws:
        key = unit.new_assessment(ws, str(small), 2026).id
        unit.answer(ws, key, "A.1", value="Ya")
    path = tmp_path / FRESH
    connection = sqlite3.connect(path)
    root = connection.execute("SELECT rootpage FROM sqlite_master WHERE name='answer'").fetchone()
    connection.close()
    with path.open("rb+") as handle:
        handle.seek((root[0] - 1) * 4096)
        handle.write(b"\xa5" * 4096)
    with unit.open_workspace(tmp_path) as ws:
        assert not ws.store.sound()
        refused("WORKSPACE_DAMAGED", unit.worksheet, ws, key)


def test_a_second_instance_is_refused(tmp_path: Path) -> None:
    """Another process says so, and the first one goes on working."""
    script = (
        "import sys; from pathlib import Path; from pmprb_desktop import unit\n"
        "from pmprb_desktop.errors import UserError\n"
        "try: unit.open_workspace(Path(sys.argv[1])).close()\n"
        "except UserError as error: print(error.rule)"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    with new_workspace(tmp_path) as ws:
        refused("WORKSPACE_IN_USE", unit.open_workspace, tmp_path)
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
        assert (done.stdout.strip(), done.stderr) == ("WORKSPACE_IN_USE", "")
        unit.add_person(ws, PersonDraft("Asesor Dua"))
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == ""


def test_a_missing_workspace_is_made_only_when_asked(tmp_path: Path) -> None:
    refused("WORKSPACE_MISSING", unit.open_workspace, tmp_path / "none", create=False)
    assert not (tmp_path / "none").exists()
    (tmp_path / "file").write_text("x")
    refused("WORKSPACE_UNWRITABLE", unit.open_workspace, tmp_path / "file" / "inside")
    refused("WORKSPACE_ON_NETWORK", unit.open_workspace, Path("//server/share/kantor"))


def test_a_held_file_is_named(tmp_path: Path, small: Path) -> None:
    """Another program locks the file: wait, then say so; nothing is lost."""
    with new_workspace(tmp_path) as ws:
        key = unit.new_assessment(ws, str(small), 2026).id
        with ws.store.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout = 0")
        other = sqlite3.connect(ws.store.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        refused("WORKSPACE_BUSY", unit.answer, ws, key, "A.1", value="Ya")
        other.execute("ROLLBACK")
        other.close()
        unit.answer(ws, key, "A.1", value="Ya")
        assert answers(ws, key)["A.1"].value == "Ya"


def scripts_with(folder: Path, body: str) -> Path:
    """The program's migrations with one more."""
    shutil.copytree(SCRIPTS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    text = (
        '"""A later schema."""\nfrom alembic import op\nimport sqlalchemy as sa\n'
        f'revision = "0002"\ndown_revision = "0001"\n\n\ndef upgrade():\n{body}'
    )
    (folder / "versions" / "v0002_next.py").write_text(text)
    return folder


GOOD = '    op.add_column("unit", sa.Column("place", sa.String(), server_default=""))\n'
BAD = GOOD + '    op.drop_table("nowhere")\n'


def become_newer(monkeypatch: pytest.MonkeyPatch, scripts: Path = SCRIPTS) -> None:
    """From here on the program's schema is one ahead."""
    monkeypatch.setattr(database, "SCHEMA", "0002")
    monkeypatch.setattr(database, "KNOWN_SCHEMAS", ("0001", "0002"))
    monkeypatch.setattr(database, "upgrade", lambda path: upgrade(path, scripts))


def test_a_migration_comes_after_a_backup(
    tmp_path: Path, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with new_workspace(tmp_path / "w") as ws:
        key = unit.new_assessment(ws, str(small), 2026).id
        unit.answer(ws, key, "A.1", value="Ya", note="sebelum")
    scripts = scripts_with(tmp_path / "scripts", GOOD)
    become_newer(monkeypatch, scripts)
    with unit.open_workspace(tmp_path / "w") as ws:
        assert answers(ws, key)["A.1"].note == "sebelum"
    copies = list((tmp_path / "w" / "backups").glob("*-before-migration.db"))
    assert [schema_version(path) for path in copies] == ["0001"]
    assert schema_version(tmp_path / "w" / FRESH) == "0002"
    connection = sqlite3.connect(copies[0])
    assert connection.execute("SELECT note FROM answer").fetchall() == [("sebelum",)]
    connection.close()


def test_a_migration_that_fails_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with new_workspace(tmp_path / "w"):
        pass
    before = structure(tmp_path / "w" / FRESH)
    scripts = scripts_with(tmp_path / "scripts", BAD)
    become_newer(monkeypatch, scripts)
    with pytest.raises(Exception, match="no such table: nowhere"):
        unit.open_workspace(tmp_path / "w")
    assert structure(tmp_path / "w" / FRESH) == before
    monkeypatch.undo()
    unit.open_workspace(tmp_path / "w").close()


def test_without_room_for_a_backup_nothing_is_migrated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with new_workspace(tmp_path / "w"):
        pass
    become_newer(monkeypatch)
    shutil.rmtree(tmp_path / "w" / "backups", ignore_errors=True)
    (tmp_path / "w" / "backups").write_text("in the way")
    refused("BACKUP_FAILED", unit.open_workspace, tmp_path / "w")
    assert schema_version(tmp_path / "w" / FRESH) == "0001"
