"""Going on from the last package when the laptop is gone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pmprb_desktop import unit
from pmprb_desktop.errors import Cancelled
from pmprb_desktop.values import ExportResult, PersonDraft, Worksheet
from tests.unit.kit import (
    OTHER_SECRET,
    answers,
    fill,
    make_package,
    new_workspace,
    pdf,
    refused,
    trail_rows,
)

Lost = tuple[ExportResult, Worksheet, bytes]


@pytest.fixture(scope="module")
def lost(tmp_path_factory: pytest.TempPathFactory, small: Path) -> Lost:
    """A package on a stick, what stood in the workspace it came from, and the saved key."""
    folder = tmp_path_factory.mktemp("lost")
    with new_workspace(folder / "w") as ws:
        key = unit.new_assessment(ws, str(small), 2026).id
        fill(ws, key)
        second = unit.add_person(ws, PersonDraft("Asesor Dua", nip="198501012010011001"))
        unit.choose_person(ws, second.id)
        unit.answer(ws, key, "A.2", value="C", note="dengan \u2028 pemisah baris\nbaru")
        unit.attach_link(ws, key, ["A.1"], "https://example.org/x", "Situs")
        for revision in (1, 2):
            result = make_package(ws, key, folder / f"r{revision}")
            if revision == 1:
                unit.unlock(ws, key)
        return result, unit.worksheet(ws, key), unit.export_identity(ws, OTHER_SECRET)


@pytest.fixture
def new_laptop(tmp_path: Path) -> Iterator[unit.Workspace]:
    with new_workspace(tmp_path / "baru") as ws:
        yield ws


def test_everything_comes_back_as_the_next_revision(
    new_laptop: unit.Workspace, lost: Lost, tmp_path: Path
) -> None:
    result, before, p12 = lost
    restored = unit.restore_identity(new_laptop, p12, OTHER_SECRET)
    info = unit.continue_from(new_laptop, Path(result.path))
    assert (info.id, info.revision, info.state) == (before.info.id, 3, "draft")
    after = unit.worksheet(new_laptop, info.id)
    assert after.answers == before.answers
    assert [
        (e.name, e.label, e.sha256, e.url, e.items, e.places, e.added_by_name)
        for e in after.evidence
    ] == [
        (e.name, e.label, e.sha256, e.url, e.items, e.places, e.added_by_name)
        for e in before.evidence
    ]
    for entry in after.evidence:
        assert entry.sha256 is None or new_laptop.blobs.verify(entry.sha256, entry.bytes)
    assert after.score == before.score
    assert {"Asesor Satu", "Asesor Dua"} <= {p.name for p in unit.people(new_laptop)}
    report = unit.verify_trail(new_laptop, info.id)
    assert report.ok
    rows = trail_rows(new_laptop, info.id)
    assert rows[0]["action"] == "created"
    assert rows[-1]["action"] == "continued"
    assert rows[-1]["after"] == {"digest": result.digest, "revision": 3}
    assert unit.can_undo(new_laptop, info.id)
    assert unit.undo(new_laptop, info.id) is not None
    unit.redo(new_laptop, info.id)
    again = make_package(new_laptop, info.id, tmp_path / "out")
    seen = unit.inspect(Path(again.path)).verification
    assert seen.header is not None
    assert (seen.header.revision, seen.header.previous) == (3, result.digest)
    assert (seen.key, seen.header.key_seq) == (restored.fingerprint, 3)


def test_newer_local_answers_are_never_overwritten(new_laptop: unit.Workspace, lost: Lost) -> None:
    info = unit.continue_from(new_laptop, Path(lost[0].path))
    unit.answer(new_laptop, info.id, "A.2", value="A", note="lebih baru")
    refused("ASSESSMENT_EXISTS", unit.continue_from, new_laptop, Path(lost[0].path))
    assert answers(new_laptop, info.id)["A.2"].note == "lebih baru"


def test_another_units_package_is_refused(tmp_path: Path, lost: Lost) -> None:
    with new_workspace(tmp_path / "lain", code="PKM-02") as ws:
        refused("UNIT_OTHER", unit.continue_from, ws, Path(lost[0].path))
        assert unit.assessments(ws) == ()
        assert ws.blobs.all_digests() == []
        unit.add_unit(ws, "KEC-07", "Kecamatan Tujuh")
        assert unit.continue_from(ws, Path(lost[0].path)).unit_code == "KEC-07"


def test_a_damaged_package_is_refused(
    new_laptop: unit.Workspace, lost: Lost, tmp_path: Path
) -> None:
    data = bytearray(Path(lost[0].path).read_bytes())
    data[len(data) // 2] ^= 1
    bad = tmp_path / "rusak.pmprb"
    bad.write_bytes(data)
    error = refused("PACKAGE_REFUSED", unit.continue_from, new_laptop, bad)
    assert error.findings
    bad.write_bytes(b"surat biasa")
    refused("PACKAGE_REFUSED", unit.continue_from, new_laptop, bad)
    refused("PACKAGE_REFUSED", unit.continue_from, new_laptop, tmp_path / "tidak ada")
    assert unit.assessments(new_laptop) == ()


def test_a_damaged_file_here_is_healed(new_laptop: unit.Workspace, lost: Lost) -> None:
    """The store holds a rotten file of the same content: the package has the good one."""
    entry = next(e for e in lost[1].evidence if e.sha256)
    assert entry.sha256
    new_laptop.blobs.ingest_bytes(pdf(0), "sama.pdf")
    path = new_laptop.blobs.path(entry.sha256)
    if path.exists():
        path.write_bytes(b"?" * entry.bytes)
    info = unit.continue_from(new_laptop, Path(lost[0].path))
    assert unit.evidence_job(new_laptop, info.id).damaged() == frozenset()


def test_a_provisional_package_continues_too(tmp_path: Path, small: Path) -> None:
    with new_workspace(tmp_path / "satu") as ws:
        key = unit.new_assessment(ws, str(small), 2026).id
        unit.answer(ws, key, "A.1", value="Ya")
        result = make_package(ws, key, tmp_path, provisional=True, approval=None)
    with new_workspace(tmp_path / "dua") as ws:
        info = unit.continue_from(ws, Path(result.path))
        assert (info.revision, info.answered, info.practice) == (2, 1, False)


def test_practice_stays_practice(tmp_path: Path, small: Path) -> None:
    with new_workspace(tmp_path / "satu") as ws:
        key = unit.new_assessment(ws, str(small), 2026, practice=True).id
        result = make_package(ws, key, tmp_path, provisional=True, approval=None)
    with new_workspace(tmp_path / "dua") as ws:
        assert unit.continue_from(ws, Path(result.path)).practice


def test_evidence_is_fetched_on_its_own_and_never_twice(
    new_laptop: unit.Workspace, lost: Lost
) -> None:
    result, before, _p12 = lost
    seen = unit.inspect(Path(result.path))
    steps: list[tuple[int, int]] = []
    files = len({entry.sha256 for entry in before.evidence if entry.sha256})
    written = unit.fetch_evidence(new_laptop.blobs, seen, lambda *step: steps.append(step))
    assert (written, steps[-1]) == (files, (files, files))
    assert unit.fetch_evidence(new_laptop.blobs, seen) == 0
    info = unit.continue_from(new_laptop, Path(result.path), fetched=seen)
    assert info.evidence_count == len(before.evidence)


def test_fetching_can_be_cancelled(new_laptop: unit.Workspace, lost: Lost) -> None:
    seen = unit.inspect(Path(lost[0].path))
    with pytest.raises(Cancelled):
        unit.fetch_evidence(new_laptop.blobs, seen, cancelled=lambda: True)
    assert unit.assessments(new_laptop) == ()
