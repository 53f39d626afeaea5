"""Kills a filling program at random moments and looks at what is left.

The child says what it is about to do, does it, and says so once the verb has returned. What it
said was done must be there after the kill; what it was doing may be there whole, or not at all.
"""

import hashlib
import json
import random
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pmprb_desktop import unit
from tests.unit import kit

READY: Final = "ready"
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
KEYS: Final = {
    "A.1": ("Ya", "Tidak"),
    "A.2": ("A", "B", "C"),
    "A.4": ("A", "B", "C", "D", "E"),
    "B.1": ("A", "B", "C"),
}


def child(folder: Path, key: str, seed: int) -> None:
    """Fill and attach until killed."""
    chance = random.Random(seed)
    with unit.open_workspace(folder, create=False) as ws:
        _tell({"say": READY})
        for number in range(100_000):
            code = chance.choice(list(KEYS))
            if chance.random() < 0.3:
                _attach(ws, key, code, chance, folder.parent / f"source-{seed}-{number}.txt")
            else:
                value = chance.choice((*KEYS[code], None))
                note = f"{seed} {number} " + "x" * chance.randrange(3000)
                plan = {"code": code, "value": value, "note": _short(note)}
                _tell({"say": "try", "answer": plan})
                unit.answer(ws, key, code, value=value, note=note)
                _tell({"say": "done"})


def _attach(ws: unit.Workspace, key: str, code: str, chance: random.Random, source: Path) -> None:
    data = chance.randbytes(chance.randrange(20_000, 200_000)).hex().encode()
    if chance.random() < 0.3:
        data += b"0" * 6_000_000  # long enough to be hit while it is being written
    source.write_bytes(data)
    _tell({"say": "try", "file": hashlib.sha256(data).hexdigest()})
    unit.attach(ws, key, [code], ws.blobs.ingest(source))
    _tell({"say": "done"})
    source.unlink()


def _short(note: str) -> str:
    """A note small enough to be told through a pipe that nobody empties in time."""
    return f"{note.rstrip('x')}{len(note)}"


def _tell(message: dict[str, Any]) -> None:
    print(json.dumps(message), flush=True)


@dataclass
class Known:
    """What was acknowledged so far."""

    answers: dict[str, tuple[str | None, str]] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    kills: int = 0
    acknowledged: int = 0
    discarded: int = 0
    before_ready: int = 0


def _take(known: Known, plan: dict[str, Any]) -> None:
    if "answer" in plan:
        entry = plan["answer"]
        known.answers[entry["code"]] = (entry["value"], entry["note"])
    else:
        known.files.add(plan["file"])


def _run_and_kill(folder: Path, key: str, seed: int, chance: random.Random) -> list[dict[str, Any]]:
    """Start the child, kill it some time after it is ready (or before), and give what it said."""
    command = [sys.executable, "-m", "tests.e2e.kills", str(folder), key, str(seed)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, bufsize=0)
    assert process.stdout is not None
    early = chance.random() < 0.1
    first = b""
    if not early:
        first = process.stdout.readline()
    time.sleep(chance.uniform(0, 0.5 if early else 0.25))
    process.kill()
    out, _err = process.communicate(timeout=60)
    assert process.returncode not in (0, 1), "it ended by itself"
    lines = (first + out).splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.endswith(b"\n")]


def _look(folder: Path, key: str, known: Known, doing: dict[str, Any], *, ready: bool) -> None:
    """Open the workspace again: all that was acknowledged is there, and nothing is half there."""
    with unit.open_workspace(folder, create=False) as ws:
        recovery = ws.recovery
        assert recovery is not None or not ready, "the next start says what happened"
        if recovery is not None:
            assert recovery.database_sound
            known.discarded += recovery.discarded_files
        assert list((folder / "staging").iterdir()) == []
        with ws.store.engine.connect() as connection:
            check = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
            orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        assert (check, orphans) == ("ok", [])
        sheet = unit.worksheet(ws, key)
        answers = sheet.answers.items()
        found = {code: (entry.value, _short(entry.note)) for code, entry in answers}
        files = {entry.sha256 for entry in sheet.evidence if entry.sha256}
        if doing:
            _settle(known, doing, found, files)
        assert found == known.answers
        assert files == known.files
        assert unit.verify_trail(ws, key).ok
        assert recovery is None or recovery.answers == len(found)
    _blobs_are_whole(folder, known.files)


def _settle(
    known: Known,
    doing: dict[str, Any],
    found: dict[str, tuple[str | None, str]],
    files: set[str],
) -> None:
    """What was under way is there whole or not at all; from here on it is known which."""
    if "answer" in doing:
        entry = doing["answer"]
        if found.get(entry["code"]) == (entry["value"], entry["note"]):
            _take(known, doing)
    elif doing["file"] in files:
        _take(known, doing)


def _blobs_are_whole(folder: Path, wanted: set[str]) -> None:
    there = set()
    for path in (folder / "blobs").rglob("*"):
        if path.is_file():
            assert _DIGEST.fullmatch(path.name), path
            assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name
            there.add(path.name)
    assert wanted <= there


def run(folder: Path, kills: int, seed: int) -> Known:
    """Kill a child so many times, all on one workspace."""
    chance = random.Random(seed)
    small = kit.write_small(folder)
    with kit.new_workspace(folder / "w") as ws:
        key = unit.new_assessment(ws, str(small), 2026).id
    known = Known()
    for number in range(kills):
        said = _run_and_kill(folder / "w", key, seed * 1000 + number, chance)
        ready = bool(said) and said[0]["say"] == READY
        doing: dict[str, Any] = {}
        for message in said:
            if message["say"] == "try":
                doing = message
            elif message["say"] == "done":
                _take(known, doing)
                doing = {}
                known.acknowledged += 1
        known.kills += 1
        known.before_ready += not ready
        _look(folder / "w", key, known, doing, ready=ready)
    return known


if __name__ == "__main__":
    child(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
