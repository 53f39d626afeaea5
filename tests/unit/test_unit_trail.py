"""The trail: every change in it, and no way to change it unseen."""

import json
import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from pmprb_desktop import unit
from pmprb_desktop.package import trail
from tests.unit.kit import answers, fill, make_package, new_workspace, pdf, trail_rows


@pytest.fixture(scope="module")
def sealed(
    tmp_path_factory: pytest.TempPathFactory, small: Path
) -> Iterator[tuple[unit.Workspace, str]]:
    """An assessment with one sealed package and some work after it."""
    with new_workspace(tmp_path_factory.mktemp("trail") / "w") as ws:
        key = unit.new_assessment(ws, str(small), 2026).id
        fill(ws, key)
        make_package(ws, key, tmp_path_factory.mktemp("out"))
        unit.unlock(ws, key)
        unit.answer(ws, key, "A.1", value="Ya")
        unit.answer(ws, key, "A.1", value="Tidak")
        yield ws, key


def stored(ws: unit.Workspace, key: str) -> list[tuple[int, str, str]]:
    connection = sqlite3.connect(ws.store.path)
    query = "SELECT seq, line, hash FROM trail WHERE assessment_id = ? ORDER BY seq"
    rows = connection.execute(query, (key,)).fetchall()
    connection.close()
    return rows


def tamper(ws: unit.Workspace, statement: str, *values: object) -> None:
    """Change the file behind the program's back."""
    connection = sqlite3.connect(ws.store.path)
    connection.execute(statement, values)
    connection.commit()
    connection.close()
    with ws.store.engine.connect() as fresh:
        fresh.exec_driver_sql("SELECT 1")


def put_back(ws: unit.Workspace, key: str, rows: list[tuple[int, str, str]]) -> None:
    tamper(ws, "DELETE FROM trail WHERE assessment_id = ?", key)
    for row in rows:
        content = json.loads(row[1])
        tamper(
            ws,
            "INSERT INTO trail VALUES (?, ?, ?, ?, ?, ?, ?)",
            key,
            *row,
            content["action"],
            content.get("code"),
            content.get("target"),
        )
    assert unit.verify_trail(ws, key).ok


def chained(lines: list[str]) -> list[tuple[int, str, str]]:
    """The rows of a chain that was computed anew."""
    digest = trail.START
    rows = []
    for number, line in enumerate(lines, 1):
        digest = trail.append(digest, line.encode())
        rows.append((number, line, digest.hex()))
    return rows


def test_the_chain_is_what_the_format_says(sealed: tuple[unit.Workspace, str]) -> None:
    ws, key = sealed
    rows = stored(ws, key)
    report = unit.verify_trail(ws, key)
    assert (report.ok, report.count, report.head, report.first_fault) == (
        True,
        len(rows),
        rows[-1][2],
        None,
    )
    assert trail.verify(line.encode() for _seq, line, _hash in rows) == (report.count, report.head)
    assert [json.loads(line)["seq"] for _seq, line, _hash in rows] == list(range(1, len(rows) + 1))


def test_any_changed_line_is_found(sealed: tuple[unit.Workspace, str]) -> None:
    ws, key = sealed
    rows = stored(ws, key)
    chance = random.Random(36)
    for seq, line, _hash in chance.sample(rows, 12):
        at = chance.randrange(len(line))
        changed = line[:at] + chr(ord(line[at]) ^ 1) + line[at + 1 :]
        statement = "UPDATE trail SET line = ? WHERE assessment_id = ? AND seq = ?"
        tamper(ws, statement, changed, key, seq)
        assert unit.verify_trail(ws, key).first_fault == seq
        tamper(ws, statement, line, key, seq)
    assert unit.verify_trail(ws, key).ok


def test_a_missing_row_is_found(sealed: tuple[unit.Workspace, str]) -> None:
    ws, key = sealed
    rows = stored(ws, key)
    for seq in (1, len(rows) // 2, len(rows) - 1):
        tamper(ws, "DELETE FROM trail WHERE assessment_id = ? AND seq = ?", key, seq)
        assert unit.verify_trail(ws, key).first_fault == seq
        put_back(ws, key, rows)


def test_a_trail_that_is_shorter_than_its_package_is_found(
    sealed: tuple[unit.Workspace, str],
) -> None:
    """Rows cut off at the end leave a whole chain, but not the one that was sealed."""
    ws, key = sealed
    rows = stored(ws, key)
    last = next(seq for seq, line, _hash in rows if json.loads(line)["action"] == "sealed")
    for keep in (last - 1, last - 2):
        tamper(ws, "DELETE FROM trail WHERE assessment_id = ? AND seq > ?", key, keep)
        report = unit.verify_trail(ws, key)
        assert (report.ok, report.first_fault) == (False, last if keep == last - 1 else last - 1)
        put_back(ws, key, rows)


def test_a_chain_computed_anew_is_found(sealed: tuple[unit.Workspace, str]) -> None:
    """Someone changes an answer of the past and hashes all again: the package tells."""
    ws, key = sealed
    rows = stored(ws, key)
    lines = [line for _seq, line, _hash in rows]
    at = next(n for n, line in enumerate(lines) if json.loads(line)["action"] == "answer")
    lines[at] = lines[at].replace('"action":"answer"', '"action":"answex"')
    tamper(ws, "DELETE FROM trail WHERE assessment_id = ?", key)
    for seq, line, digest in chained(lines):
        tamper(
            ws,
            "INSERT INTO trail VALUES (?, ?, ?, ?, 'x', NULL, NULL)",
            key,
            seq,
            line,
            digest,
        )
    assert not unit.verify_trail(ws, key).ok
    put_back(ws, key, rows)


def test_every_verb_leaves_its_row(workspace: unit.Workspace, blank: str, tmp_path: Path) -> None:
    ws = workspace
    fill(ws, blank, evidence=0)
    unit.answer(ws, blank, "A.1", note="catatan lain")
    unit.answer(ws, blank, "A.1", review_later=True)
    unit.undo(ws, blank)
    unit.redo(ws, blank)
    entry = unit.attach(ws, blank, ["A.1"], ws.blobs.ingest_bytes(pdf(1), "1.pdf"))
    other = unit.attach(ws, blank, ["A.1"], ws.blobs.ingest_bytes(pdf(2), "2.pdf"))
    unit.relabel(ws, entry.id, "SK")
    unit.reorder(ws, blank, "A.1", [other.id])
    unit.replace(ws, entry.id, ws.blobs.ingest_bytes(pdf(3), "3.pdf"))
    unit.remove(ws, other.id)
    unit.unremove(ws, other.id)
    unit.lock(ws, blank)
    (scan,) = unit.approve(ws, blank, [ws.blobs.ingest_bytes(pdf("BA"), "BA.pdf")])
    unit.remove_approval(ws, scan.id)
    unit.unlock(ws, blank)
    make_package(ws, blank, tmp_path)
    assert {row["action"] for row in trail_rows(ws, blank)} == {
        "created", "answer", "note", "mark", "undo", "redo", "evidence_added", "evidence_changed",
        "evidence_order", "evidence_replaced", "evidence_removed", "evidence_restored", "locked",
        "approved", "approval_removed", "unlocked", "sealed",
    }  # fmt: skip
    for row in trail_rows(ws, blank):
        assert row["actor"]["name"] == "Asesor Satu"
        assert row["at"].endswith("Z")
    assert unit.verify_trail(ws, blank).ok


KEYS = {"A.1": ("Ya", "Tidak"), "A.2": ("A", "B", "C"), "B.1": ("A", "B", "C")}


def work_somehow(ws: unit.Workspace, key: str, chance: random.Random, number: int) -> None:
    """Do one thing that changes something, perhaps."""
    code = chance.choice(list(KEYS))
    pieces = unit.evidence_list(ws, key)
    match chance.randrange(8):
        case 0:
            unit.undo(ws, key)
        case 1:
            unit.redo(ws, key)
        case 2:
            unit.answer(ws, key, code, note=f"catatan {number}")
        case 3:
            unit.attach(ws, key, [code], ws.blobs.ingest_bytes(pdf(number), f"{number}.pdf"))
        case 4 if pieces:
            unit.remove(ws, chance.choice(pieces).id, chance.choice([None, code]))
        case 5:
            unit.lock(ws, key)
            unit.unlock(ws, key)
        case _:
            unit.answer(ws, key, code, value=chance.choice((*KEYS[code], None)))


@pytest.mark.parametrize("seed", range(3))
def test_the_trail_is_whole_after_any_work(
    workspace: unit.Workspace, blank: str, seed: int
) -> None:
    """Random work: the chain holds, and its last word on each item is the answer that stands."""
    ws, chance = workspace, random.Random(seed)
    for number in range(40):
        work_somehow(ws, blank, chance, number)
    assert unit.verify_trail(ws, blank).ok
    value: dict[str, str | None] = {}
    for row in trail_rows(ws, blank):
        if "code" in row and "value" in row.get("after", {}):
            value[row["code"]] = row["after"]["value"]
    found = {code: entry.value for code, entry in answers(ws, blank).items()}
    assert {code: value.get(code) for code in found} == found
