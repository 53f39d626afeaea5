"""Answering: on disk with author and time when the verb returns, or refused with a reason."""

import sqlite3
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from pmprb_desktop import answers, unit
from pmprb_desktop.scoring import Answer
from pmprb_desktop.store.repository import TrackedSession
from pmprb_desktop.unit import clock
from pmprb_desktop.values import PersonDraft
from tests.unit.kit import answers as answers_of
from tests.unit.kit import fill, new_workspace, refused, trail_rows

BOTH = {"part": "3", "whole": "4"}


def on_disk(ws: unit.Workspace, code: str) -> tuple[Any, ...] | None:
    """The answer as another reader of the file sees it."""
    connection = sqlite3.connect(ws.store.path)
    try:
        query = "SELECT value, inputs, note, author, at FROM answer WHERE code = ?"
        row: tuple[Any, ...] | None = connection.execute(query, (code,)).fetchone()
    finally:
        connection.close()
    return row


def test_an_answer_is_on_disk_when_the_verb_returns(workspace: unit.Workspace, blank: str) -> None:
    change = unit.answer(workspace, blank, "A.2", value="a", note="Ada SK")
    person = unit.info(workspace).person
    assert person is not None
    assert on_disk(workspace, "A.2") == ("A", "{}", "Ada SK", person.id, change.at)
    assert (change.before, change.after.value, change.after.author_name) == (
        None,
        "A",
        "Asesor Satu",
    )
    assert change.info.answered == 1
    assert change.score.total == change.info.total == Fraction(1)


def test_every_answer_keeps_its_own_author_and_time(
    workspace: unit.Workspace, blank: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = iter(["2026-05-31T02:42:10Z", "2026-05-31T03:00:00Z"])
    monkeypatch.setattr(clock, "instant", lambda: next(times))
    unit.answer(workspace, blank, "A.1", value="Ya")
    monkeypatch.undo()
    second = unit.add_person(workspace, PersonDraft("Asesor Dua"))
    unit.choose_person(workspace, second.id)
    monkeypatch.setattr(clock, "instant", lambda: next(times))
    unit.answer(workspace, blank, "A.2", value="B")
    found = answers_of(workspace, blank)
    assert [(found[c].author_name, found[c].at) for c in ("A.1", "A.2")] == [
        ("Asesor Satu", "2026-05-31T02:42:10Z"),
        ("Asesor Dua", "2026-05-31T03:00:00Z"),
    ]
    assert [row["actor"]["name"] for row in trail_rows(workspace, blank)[1:]] == [
        "Asesor Satu",
        "Asesor Dua",
    ]


def test_what_is_not_named_stays(workspace: unit.Workspace, blank: str) -> None:
    unit.answer(workspace, blank, "A.3", value="C", note="satu", review_later=True)
    unit.answer(workspace, blank, "A.3", value="B")
    unit.answer(workspace, blank, "A.3", note="dua")
    entry = answers_of(workspace, blank)["A.3"]
    assert (entry.value, entry.note, entry.review_later) == ("B", "dua", True)


def test_none_clears_an_answer_and_keeps_its_note(workspace: unit.Workspace, blank: str) -> None:
    unit.answer(workspace, blank, "A.2", value="A", note="tetap")
    change = unit.answer(workspace, blank, "A.2", value=None)
    assert change.before is not None
    assert change.before.value == "A"
    assert (change.after.value, change.after.note, change.info.answered) == (None, "tetap", 0)


def test_the_same_answer_again_changes_nothing(workspace: unit.Workspace, blank: str) -> None:
    unit.answer(workspace, blank, "A.2", value="A")
    rows = len(trail_rows(workspace, blank))
    assert unit.answer(workspace, blank, "A.2", value="A").seq == 0
    assert unit.answer(workspace, blank, "A.4").seq == 0
    assert len(trail_rows(workspace, blank)) == rows
    assert "A.4" not in answers_of(workspace, blank)


def test_inputs_are_kept_as_typed_numbers(workspace: unit.Workspace, blank: str) -> None:
    change = unit.answer(workspace, blank, "A.5", inputs={"part": "3,0", "whole": "4"})
    assert dict(change.after.inputs) == {"part": "3.0", "whole": "4"}
    assert change.score.item_scores["A.5"].score == Fraction(3, 4)
    unit.answer(workspace, blank, "A.5", inputs={"part": "", "whole": "4"})
    assert dict(answers_of(workspace, blank)["A.5"].inputs) == {"whole": "4"}


def test_not_applicable_and_back(workspace: unit.Workspace, blank: str) -> None:
    unit.answer(workspace, blank, "A.3", value="B")
    change = unit.answer(workspace, blank, "A.3", not_applicable=True, reason="Tidak ada layanan")
    assert change.after.not_applicable
    assert change.score.item_scores["A.3"].not_applicable
    again = unit.answer(workspace, blank, "A.3", value="A")
    assert not again.after.not_applicable


@pytest.mark.parametrize(
    ("code", "given", "rule"),
    [
        ("Z.9", {"value": "A"}, "ITEM_UNKNOWN"),
        ("A", {"value": "A"}, "ITEM_UNKNOWN"),
        ("\udc80", {"value": "A"}, "ITEM_UNKNOWN"),
        ("A.2", {"value": "D"}, "ANSWER_OPTION_UNKNOWN"),
        ("A.2", {"value": "\udc80\x00"}, "ANSWER_OPTION_UNKNOWN"),
        ("A.2", {"inputs": BOTH}, "ANSWER_INPUT_UNKNOWN"),
        ("A.5", {"value": "A"}, "ANSWER_KIND"),
        ("A.5", {"inputs": {"part": "-1"}}, "ANSWER_OUT_OF_SCALE"),
        ("A.5", {"inputs": {"part": "1e5"}}, "ANSWER_NOT_A_NUMBER"),
        ("A.5", {"inputs": {"part": "1.000,5"}}, "ANSWER_NOT_A_NUMBER"),
        ("A.5", {"inputs": {"nobody": "1"}}, "ANSWER_INPUT_UNKNOWN"),
        ("B.3", {"value": "101"}, "ANSWER_OUT_OF_SCALE"),
        ("B.3", {"value": "x" * 100_000}, "ANSWER_NOT_A_NUMBER"),
        ("A.2", {"not_applicable": True}, "NOT_APPLICABLE_REFUSED"),
        ("A.2", {"note": "x" * 20_001}, "TEXT_TOO_LONG"),
        ("A.3", {"reason": "x" * 1_000_000}, "TEXT_TOO_LONG"),
    ],
)
def test_what_does_not_fit_is_refused(
    workspace: unit.Workspace, blank: str, code: str, given: Mapping[str, Any], rule: str
) -> None:
    unit.answer(workspace, blank, "A.2", value="B")
    before = dict(answers_of(workspace, blank)), len(trail_rows(workspace, blank))
    refused(rule, unit.answer, workspace, blank, code, **given)
    assert (dict(answers_of(workspace, blank)), len(trail_rows(workspace, blank))) == before
    assert unit.worksheet(workspace, blank).info.answered == 1


@pytest.mark.parametrize("assessment_id", ["", "x", "\udc80", "x" * 10_000])
def test_an_unknown_assessment_is_refused(workspace: unit.Workspace, assessment_id: str) -> None:
    refused("ASSESSMENT_UNKNOWN", unit.answer, workspace, assessment_id, "A.1", value="Ya")
    refused("ASSESSMENT_UNKNOWN", unit.worksheet, workspace, assessment_id)


def test_locked_entries_refuse_every_change(workspace: unit.Workspace, filled: str) -> None:
    evidence = unit.evidence_list(workspace, filled)[0]
    blob = workspace.blobs.ingest_bytes(b"another file", "lain.txt")
    unit.lock(workspace, filled)
    rows = len(trail_rows(workspace, filled))
    for verb, args in (
        (unit.answer, (filled, "A.1")),
        (unit.undo, (filled,)),
        (unit.redo, (filled,)),
        (unit.import_answers, (filled, [])),
        (unit.attach, (filled, ["A.1"], blob)),
        (unit.attach_link, (filled, ["A.1"], "https://example.org/x")),
        (unit.relabel, (evidence.id, "x")),
        (unit.reorder, (filled, "A.1", [])),
        (unit.link_items, (evidence.id, ["A.1"])),
        (unit.replace, (evidence.id, blob)),
        (unit.remove, (evidence.id,)),
        (unit.unremove, (evidence.id,)),
    ):
        refused("ASSESSMENT_LOCKED", verb, workspace, *args)
    assert len(trail_rows(workspace, filled)) == rows


def test_import_takes_all_or_nothing(workspace: unit.Workspace, blank: str) -> None:
    good = answers.AnswerDraft("A.2", Answer("B"), "catatan", "")
    note_only = answers.AnswerDraft("A.4", Answer(), "hanya catatan", "")
    skipped = answers.AnswerDraft("A.1", Answer(), "", "")
    away = answers.AnswerDraft("A.3", Answer(not_applicable=True), "", "tidak ada")
    assert unit.import_answers(workspace, blank, [good, note_only, skipped, away]) == 3
    found = answers_of(workspace, blank)
    assert set(found) == {"A.2", "A.3", "A.4"}
    assert (found["A.4"].value, found["A.4"].note) == (None, "hanya catatan")
    for bad, rule in (
        (answers.AnswerDraft("A.2", Answer("Z"), "", ""), "ANSWER_OPTION_UNKNOWN"),
        (answers.AnswerDraft("Q", Answer("A"), "", ""), "ITEM_UNKNOWN"),
        (answers.AnswerDraft("A.2", Answer(not_applicable=True), "", ""), "NOT_APPLICABLE_REFUSED"),
    ):
        change = answers.AnswerDraft("A.1", Answer("Ya"), "", "")
        refused(rule, unit.import_answers, workspace, blank, [change, bad])
        assert answers_of(workspace, blank) == found
        assert unit.worksheet(workspace, blank).info.answered == 2
    assert unit.import_answers(workspace, blank, [good, note_only]) == 0


def test_a_failed_commit_leaves_the_memory_right(
    workspace: unit.Workspace, blank: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit.answer(workspace, blank, "A.1", value="Ya")
    assert unit.can_undo(workspace, blank)
    before = unit.worksheet(workspace, blank)

    def full(_session: TrackedSession) -> None:
        cause = sqlite3.OperationalError("database or disk is full")
        cause.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise OperationalError("COMMIT", None, cause)

    monkeypatch.setattr(TrackedSession, "commit", full)
    refused("DISK_FULL", unit.answer, workspace, blank, "A.2", value="A")
    monkeypatch.undo()
    after = unit.worksheet(workspace, blank)
    assert (after.answers, after.score, after.info) == (before.answers, before.score, before.info)
    unit.undo(workspace, blank)
    assert not unit.can_undo(workspace, blank)
    assert unit.verify_trail(workspace, blank).ok


def test_answers_survive_closing(tmp_path: Path, small: Path) -> None:
    with new_workspace(tmp_path / "w") as ws:
        key = unit.new_assessment(ws, str(small), 2026).id
        fill(ws, key)
        before = unit.worksheet(ws, key)
    with unit.open_workspace(tmp_path / "w", create=False) as ws:
        after = unit.worksheet(ws, key)
        assert ws.recovery is None
        assert unit.can_undo(ws, key)
    assert (after.answers, after.evidence, after.info) == (
        before.answers,
        before.evidence,
        before.info,
    )


def test_place_is_remembered(workspace: unit.Workspace, blank: str) -> None:
    assert unit.last_assessment(workspace) is None
    unit.set_place(workspace, blank, "B.3")
    unit.set_place(workspace, blank, "no such item")
    assert unit.worksheet(workspace, blank).info.place == "B.3"
    assert unit.last_assessment(workspace) == blank
