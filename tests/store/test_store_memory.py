"""What is remembered between answers is forgotten when it changes."""

import dataclasses
from pathlib import Path

import pytest

from pmprb_desktop import unit
from pmprb_desktop.records import SettingRow, UnitRow
from pmprb_desktop.store import Repository, Store
from pmprb_desktop.values import AssessmentInfo, PersonDraft
from tests.unit.kit import fill, make_package, pdf


def fresh(ws: unit.Workspace, key: str) -> AssessmentInfo:
    """The line of the list, with nothing remembered."""
    ws.cache.clear()
    ws.store._memo.clear()
    return unit.worksheet(ws, key).info


def test_the_line_of_the_list_is_never_stale(
    workspace: unit.Workspace, blank: str, tmp_path: Path
) -> None:
    """After every verb, what a verb returns is what a fresh look shows."""

    def same(info: AssessmentInfo | None = None) -> AssessmentInfo:
        seen = unit.worksheet(workspace, blank).info
        assert seen == fresh(workspace, blank)
        assert info is None or info == seen
        return seen

    fill(workspace, blank, evidence=0)
    same()
    blob = workspace.blobs.ingest_bytes(pdf("a"), "a.pdf")
    entry = unit.attach(workspace, blank, ["A.1"], blob)
    assert (same().evidence_count, same().evidence_bytes) == (1, blob.bytes)
    assert unit.answer(workspace, blank, "A.1", value="Tidak").info == same()
    bigger = workspace.blobs.ingest_bytes(pdf("b" * 100), "b.pdf")
    new = unit.replace(workspace, entry.id, bigger)
    assert same().evidence_bytes == bigger.bytes
    unit.remove(workspace, new.id)
    assert same().evidence_count == 0
    unit.unremove(workspace, new.id)
    assert same().evidence_count == 1
    same(unit.lock(workspace, blank))
    result = make_package(workspace, blank, tmp_path / "out")
    assert same().sealed_digest == result.digest
    assert same().last_copy is not None
    assert same(unit.unlock(workspace, blank)).sealed_digest is None
    unit.set_place(workspace, blank, "B.1")
    assert same().place == "B.1"


def test_who_fills_is_never_stale(workspace: unit.Workspace, blank: str) -> None:
    unit.answer(workspace, blank, "A.1", value="Ya")
    second = unit.add_person(workspace, PersonDraft("Asesor Dua"))
    unit.choose_person(workspace, second.id)
    assert unit.answer(workspace, blank, "A.1", value="Tidak").after.author_name == "Asesor Dua"


def add_and_fail(store: Store) -> None:
    with store.transaction() as repo:
        repo.add(UnitRow(code="V", name="V", created_at=""))
        raise ZeroDivisionError


def test_a_value_lives_until_its_table_changes(tmp_path: Path) -> None:
    store = Store(tmp_path)
    units = frozenset({UnitRow})
    seen: list[int] = []

    def count(repo: Repository) -> int:
        seen.append(1)
        return len(repo.rows(UnitRow))

    def look() -> int:
        with store.transaction() as repo:
            return repo.remember("n", units, lambda: count(repo))

    assert [look(), look(), len(seen)] == [0, 0, 1]
    with store.transaction() as repo:
        repo.add(SettingRow(key="a", value="b"))
    assert [look(), len(seen)] == [0, 1], "another table does not matter"
    with store.transaction() as repo:
        repo.add(UnitRow(code="U", name="U", created_at=""))
        inside = repo.remember("n", units, lambda: len(repo.rows(UnitRow)))
        assert inside == 1, "one sees what oneself has changed"
    assert [look(), len(seen)] == [1, 2]
    with pytest.raises(ZeroDivisionError):
        add_and_fail(store)
    assert look() == 1
    store.close()


def test_remembered_values_are_frozen() -> None:
    assert dataclasses.fields(AssessmentInfo)
    assert AssessmentInfo.__dataclass_params__.frozen  # type: ignore[attr-defined]
