"""The trail: a chain that shows every change."""

import hashlib
import json

import pytest

from pmprb_desktop.errors import UserError
from pmprb_desktop.package import trail
from tests.package.builders import ACTOR, NOW_TEXT, trail_bytes


def row(seq: object, **members: object) -> bytes:
    """One row."""
    start = {"seq": seq, "at": NOW_TEXT, "actor": ACTOR, "action": "answer"}
    return json.dumps(start | members).encode()


def test_chain_is_what_the_format_says() -> None:
    """A row's hash is SHA-256 of the previous hash and the line's bytes."""
    first = hashlib.sha256(bytes(32) + row(1)).digest()
    second = hashlib.sha256(first + row(2)).hexdigest()
    assert trail.verify([row(1), row(2)]) == (2, second)
    assert trail.append(trail.append(trail.START, row(1)), row(2)).hex() == second


def test_empty_trail() -> None:
    """A trail without rows has the starting hash as its head."""
    assert trail.verify([]) == (0, "0" * 64)


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        (b"", "TRAIL_MALFORMED"),
        (b"[]", "TRAIL_MALFORMED"),
        (b'{"seq":1,"seq":1}', "TRAIL_MALFORMED"),
        (b'{"seq":1}\n{"seq":2}', "TRAIL_MALFORMED"),
        (b'{"seq":1,\n"a":2}', "TRAIL_MALFORMED"),
        (b'{"seq":1,"a":' + b"[" * 20 + b"]" * 20 + b"}", "TRAIL_MALFORMED"),
        (row(2), "TRAIL_SEQUENCE"),
        (row(0), "TRAIL_SEQUENCE"),
        (row("1"), "TRAIL_SEQUENCE"),
        (row(1.0), "TRAIL_SEQUENCE"),
        (row(True), "TRAIL_SEQUENCE"),
        (b"{}", "TRAIL_SEQUENCE"),
        (b'{"seq":1}', "TRAIL_ROW"),
        (row(1, lain=1), "TRAIL_ROW"),
        (row(1, **{str(number): 1 for number in range(5000)}), "TRAIL_MALFORMED"),
        (row(1, **{str(number): 1 for number in range(200)}), "TRAIL_ROW"),
        (row(1, at="kemarin"), "TRAIL_ROW"),
        (row(1, at="2026-02-30T00:00:00Z"), "TRAIL_ROW"),
        (row(1, at=NOW_TEXT + "\n"), "TRAIL_ROW"),
        (row(1, at=1), "TRAIL_ROW"),
        (row(1, actor=ACTOR["id"]), "TRAIL_ROW"),
        (row(1, actor={"id": ACTOR["id"]}), "TRAIL_ROW"),
        (row(1, actor={**ACTOR, "lain": 1}), "TRAIL_ROW"),
        (row(1, actor={**ACTOR, "id": ACTOR["id"].upper() + "x"}), "TRAIL_ROW"),
        (row(1, action="Jawab"), "TRAIL_ROW"),
        (row(1, action="answer_"), "TRAIL_ROW"),
        (row(1, action="dua kata"), "TRAIL_ROW"),
        (row(1, action="a" * 41), "TRAIL_ROW"),
        (row(1, action=None), "TRAIL_ROW"),
        (row(1, code="../x"), "TRAIL_ROW"),
        (row(1, target="1"), "TRAIL_ROW"),
        (row(1, target=True), "TRAIL_ROW"),
        (row(1, target=0), "TRAIL_ROW"),
        (row(1, before=[]), "TRAIL_ROW"),
        (row(1, after="Ya"), "TRAIL_ROW"),
    ],
)
def test_wrong_row_is_refused(line: bytes, rule: str) -> None:
    """A row that is no strict object with the next number is refused."""
    with pytest.raises(UserError) as caught:
        trail.verify([line])
    assert caught.value.rule == rule


@pytest.mark.parametrize(
    "members",
    [
        {"actor": None},
        {"at": "2026-05-31T02:42:10.123456Z"},
        {"action": "suatu_tindakan_baru2"},
        {"code": "A.I.1.i.a", "before": None, "after": {"value": "Ya", "inputs": {"x": ["1"]}}},
        {"action": "undo", "target": 1, "before": {}, "after": {"lain": None}},
    ],
)
def test_rows_are_open_where_the_format_is(members: dict[str, object]) -> None:
    """Any action, and whatever stands before and after, is taken."""
    assert trail.verify([row(1, **members)])[0] == 1


def test_rows_of_a_higher_minor() -> None:
    """Unknown members are ignored when the package is of a higher minor version."""
    data = row(1, baru=1, actor={**ACTOR, "baru": 1}) + b"\n"
    for newer, rules in ((True, []), (False, ["TRAIL_ROW"])):
        reader = trail.TrailReader(newer=newer)
        reader.feed(data)
        reader.finish()
        assert [finding.rule for finding in reader.findings] == rules


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_pieces_do_not_matter(size: int) -> None:
    """The reader finds the same head however the file is cut."""
    data, head = trail_bytes(5)
    reader = trail.TrailReader()
    for at in range(0, len(data), size):
        reader.feed(memoryview(data)[at : at + size])
    reader.finish()
    assert reader.findings == ()
    assert (reader.count, reader.head.hex()) == (head.count, head.head)


def test_unended_last_row_is_refused() -> None:
    """The last row ends with a line end; a row without an end is not kept in memory."""
    for data in (row(1), b"x" * ((1 << 20) + 2)):
        reader = trail.TrailReader()
        reader.feed(data)
        reader.finish()
        assert [finding.rule for finding in reader.findings] == ["TRAIL_MALFORMED"]
        reader.feed(b"\n")
        assert reader.count == 0
