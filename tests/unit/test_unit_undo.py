"""Undo and redo of answers, told by the trail alone."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pmprb_desktop import unit
from tests.unit.kit import answers, new_workspace

CODES = ("A.1", "A.2", "A.3", "B.1")
KEYS = {"A.1": ("Ya", "Tidak"), "A.2": tuple("ABC"), "A.3": tuple("ABCD"), "B.1": tuple("ABC")}
Scores = dict[str, tuple[str | None, bool]]

steps = st.one_of(
    st.sampled_from(CODES).flatmap(
        lambda code: st.tuples(
            st.just("answer"), st.just(code), st.sampled_from((*KEYS[code], None))
        )
    ),
    st.tuples(st.just("na"), st.just("A.3"), st.booleans()),
    st.tuples(st.just("note"), st.sampled_from(CODES), st.text(max_size=5)),
    st.tuples(st.sampled_from(("undo", "redo")), st.just(""), st.none()),
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, small: Path) -> object:
    """One workspace for many examples; each starts an assessment of its own."""
    with new_workspace(tmp_path_factory.mktemp("undo") / "w") as ws:
        yield ws, small


def scores(ws: unit.Workspace, key: str) -> Scores:
    """What of the answers can be undone."""
    found = answers(ws, key).values()
    return {
        entry.code: (entry.value, entry.not_applicable)
        for entry in found
        if (entry.value, entry.not_applicable) != (None, False)
    }


def act(ws: unit.Workspace, key: str, step: tuple[str, str, object]) -> bool:
    """Take one step; whether it is one that can be undone."""
    action, code, given_ = step
    if action == "answer":
        return unit.answer(ws, key, code, value=given_).seq > 0  # type: ignore[arg-type]
    if action == "na":
        return unit.answer(ws, key, code, not_applicable=bool(given_)).seq > 0
    if action == "note":
        unit.answer(ws, key, code, note=str(given_))
    return False


@given(plan=st.lists(steps, max_size=12))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_undo_and_redo_follow_a_plain_model(
    shared: tuple[unit.Workspace, Path], plan: list[tuple[str, str, object]]
) -> None:
    """Against a list of states with a pointer: the simplest undo there is."""
    ws, small = shared
    key = unit.new_assessment(ws, str(small), 2026, practice=True).id
    states: list[Scores] = [{}]
    at = 0
    notes: dict[str, str] = {}
    for step in plan:
        if step[0] in ("undo", "redo"):
            verb = unit.undo if step[0] == "undo" else unit.redo
            goal = at + (1 if step[0] == "redo" else -1)
            possible = 0 <= goal < len(states)
            assert (verb(ws, key) is not None) == possible
            at = goal if possible else at
        elif act(ws, key, step):
            del states[at + 1 :]
            states.append(scores(ws, key))
            at += 1
        if step[0] == "note":
            notes[step[1]] = answers(ws, key)[step[1]].note if step[1] in answers(ws, key) else ""
        assert scores(ws, key) == states[at]
        assert unit.can_undo(ws, key) == (at > 0)
        assert unit.can_redo(ws, key) == (at < len(states) - 1)
    ws.cache.clear()  # from here on the stacks come from the trail again
    while unit.undo(ws, key) is not None:
        at -= 1
        assert scores(ws, key) == states[at]
    assert (at, scores(ws, key)) == (0, {})
    while unit.redo(ws, key) is not None:
        at += 1
        assert scores(ws, key) == states[at]
    assert at == len(states) - 1
    assert {code: answers(ws, key)[code].note for code in notes if code in answers(ws, key)} == {
        code: note for code, note in notes.items() if code in answers(ws, key)
    }
    assert unit.verify_trail(ws, key).ok


def test_notes_are_no_part_of_undo(workspace: unit.Workspace, blank: str) -> None:
    """A note that was typed after an answer survives taking that answer back."""
    unit.answer(workspace, blank, "A.2", value="A", note="lama")
    unit.answer(workspace, blank, "A.2", note="baru dan panjang")
    unit.answer(workspace, blank, "A.2", review_later=True)
    change = unit.undo(workspace, blank)
    assert change is not None
    assert (change.code, change.after.value) == ("A.2", None)
    assert (change.after.note, change.after.review_later) == ("baru dan panjang", True)
    assert unit.undo(workspace, blank) is None
    again = unit.redo(workspace, blank)
    assert again is not None
    assert (again.after.value, again.after.note) == ("A", "baru dan panjang")


def test_a_new_answer_ends_redo(workspace: unit.Workspace, blank: str) -> None:
    unit.answer(workspace, blank, "A.1", value="Ya")
    unit.undo(workspace, blank)
    unit.answer(workspace, blank, "A.2", value="A")
    assert not unit.can_redo(workspace, blank)
    assert unit.redo(workspace, blank) is None


def test_undo_knows_the_time_before_a_restart(tmp_path: Path, small: Path) -> None:
    with new_workspace(tmp_path / "w") as ws:
        key = unit.new_assessment(ws, str(small), 2026).id
        unit.answer(ws, key, "A.1", value="Ya")
        unit.answer(ws, key, "A.2", value="B")
        unit.undo(ws, key)
    with unit.open_workspace(tmp_path / "w") as ws:
        assert unit.can_undo(ws, key)
        assert unit.can_redo(ws, key)
        change = unit.redo(ws, key)
        assert change is not None
        assert change.after.value == "B"


def test_undo_names_the_change_for_the_screen(workspace: unit.Workspace, blank: str) -> None:
    unit.answer(workspace, blank, "A.2", value="B")
    unit.answer(workspace, blank, "A.2", value="A")
    change = unit.undo(workspace, blank)
    assert change is not None
    assert change.before is not None
    assert (change.before.value, change.after.value) == ("A", "B")
