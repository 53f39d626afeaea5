"""A full drive: said clearly, and nothing that was acknowledged is lost."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pmprb_desktop import unit
from tests.unit.kit import answers, new_workspace, refused

FILLING = """
import json, resource, signal, sys
from pathlib import Path
from pmprb_desktop import unit
from pmprb_desktop.errors import UserError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
folder, key = Path(sys.argv[1]), sys.argv[2]
said = []
with unit.open_workspace(folder) as ws:
    unit.answer(ws, key, "A.1", value="Ya")
    limit = (folder / "workspace.db-wal").stat().st_size + 200_000
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    rule, number = "", 0
    while not rule and number < 200:
        number += 1
        try:
            unit.answer(ws, key, "A.2", note=f"{number} " + "x" * 9000)
            said.append(number)
        except UserError as error:
            rule = error.rule
    kept = unit.worksheet(ws, key).answers["A.2"].note
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    unit.answer(ws, key, "A.3", value="B")
print(json.dumps({"rule": rule, "said": said[-1], "kept": int(kept.split()[0])}))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a limit on file sizes stands for a full drive")
def test_a_full_drive_at_the_commit(tmp_path: Path, small: Path) -> None:
    """The system refuses to let the log grow in the middle of a commit."""
    with new_workspace(tmp_path / "w") as ws:
        key = unit.new_assessment(ws, str(small), 2026).id
    done = subprocess.run(
        [sys.executable, "-c", FILLING, str(tmp_path / "w"), key],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    told = json.loads(done.stdout)
    assert told["rule"] == "DISK_FULL"
    assert told["kept"] == told["said"]
    with unit.open_workspace(tmp_path / "w") as ws:
        found = answers(ws, key)
        assert int(found["A.2"].note.split()[0]) == told["said"]
        assert found["A.3"].value == "B"
        assert unit.verify_trail(ws, key).ok
        assert ws.store.sound()


def test_a_database_that_may_not_grow(workspace: unit.Workspace, blank: str) -> None:
    unit.answer(workspace, blank, "A.2", value="B", note="lama")
    with workspace.store.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    before = unit.worksheet(workspace, blank)
    error = refused("DISK_FULL", unit.answer, workspace, blank, "A.2", value="A", note="x" * 19_000)
    assert error.safe
    assert error.next_step
    after = unit.worksheet(workspace, blank)
    assert (after.answers, after.score, after.info) == (before.answers, before.score, before.info)
    with workspace.store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    unit.answer(workspace, blank, "A.2", value="A", note="x" * 19_000)
    assert answers(workspace, blank)["A.2"].value == "A"
    assert unit.verify_trail(workspace, blank).ok


def test_a_full_drive_can_still_be_read(tmp_path: Path, small: Path) -> None:
    """The file that several readers would share cannot be made; one reader needs none."""
    with new_workspace(tmp_path / "w") as ws:
        key = unit.new_assessment(ws, str(small), 2026).id
        unit.answer(ws, key, "A.2", value="B")
    shared = tmp_path / "w" / "workspace.db-shm"
    shared.mkdir()
    with unit.open_workspace(tmp_path / "w") as ws:
        assert ws.store.cramped
        assert answers(ws, key)["A.2"].value == "B"
        assert unit.verify_trail(ws, key).ok
        assert ws.store.backup_if_due() is None
    shared.rmdir()
    with unit.open_workspace(tmp_path / "w") as ws:
        assert not ws.store.cramped
