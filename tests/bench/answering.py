"""An answer on disk, beside one bare SQLite commit; scoring again after one answer."""

import random
import sqlite3
from functools import partial
from pathlib import Path

from pmprb_desktop import unit
from pmprb_desktop.rubric import loader
from pmprb_desktop.rubric.model import ChoiceItem
from pmprb_desktop.scoring import Answer, score
from pmprb_desktop.values import PersonDraft
from tests.bench.timing import percentile, timed


def run(folder: Path, smoke: bool) -> list[str]:
    """Answers at p99 within 16 ms; scoring 200 items again below 5 ms."""
    count = 50 if smoke else 2000
    lines = []
    with unit.open_workspace(folder / "data") as ws:
        unit.setup(ws, "unit", "BENCH", "Bench unit", PersonDraft("Assessor"))
        info = unit.make_practice(ws)
        items = [
            item
            for item in unit.worksheet(ws, info.id).rubric.items.values()
            if isinstance(item, ChoiceItem)
        ]
        for number in range(40):
            blob = ws.blobs.ingest_bytes(f"evidence {number}".encode(), f"{number}.txt")
            unit.attach(ws, info.id, [items[number].code], blob)
        chance = random.Random(1)
        times = []
        for _number in range(count):
            item = chance.choice(items)
            key = chance.choice(item.options).key
            times.append(timed(partial(unit.answer, ws, info.id, item.code, value=key)))
    bare = _bare_commits(folder / "bare.db", count)
    p99, base = percentile(times, 0.99), percentile(bare, 0.99)
    lines.append(
        f"answer on disk: median {percentile(times, 0.5) * 1000:.2f} ms, p99 {p99 * 1000:.2f} ms, "
        f"slowest {max(times) * 1000:.2f} ms (limit 16 ms at p99); "
        f"p99 = {p99 / base:.1f} x a bare commit ({base * 1000:.2f} ms)"
    )
    lines.append(_scoring(20 if smoke else 500))
    return lines


def _bare_commits(path: Path, count: int) -> list[float]:
    """The same durability without anything around it: one row a commit."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE t (a TEXT)")
    times = [
        timed(lambda: connection.execute("INSERT INTO t VALUES ('A')")) for _number in range(count)
    ]
    connection.close()
    return times


def _scoring(count: int) -> str:
    rubric = loader.load("pmprb-2020-instansi")
    answers = {
        item.code: Answer(item.options[0].key)
        for item in rubric.items.values()
        if isinstance(item, ChoiceItem)
    }
    times = [timed(lambda: score(rubric, answers)) for _number in range(count)]
    per_250 = percentile(times, 0.5) * 250 / len(rubric.items)
    return (
        f"scoring {len(rubric.items)} items: median {percentile(times, 0.5) * 1000:.2f} ms, "
        f"for 250 items {per_250 * 1000:.2f} ms (limit 5)"
    )
