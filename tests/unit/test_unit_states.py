"""From draft to locked to sent, and on to the next revision."""

import hashlib
import json
from pathlib import Path

import pytest

from pmprb_desktop import unit
from pmprb_desktop.errors import Cancelled
from pmprb_desktop.package import export
from pmprb_desktop.records import AssessmentRow
from tests.unit.kit import fill, make_package, new_workspace, pdf, refused


def seal_it(ws: unit.Workspace, key: str, *, provisional: bool = False) -> None:
    plan = unit.plan_seal(ws, key, provisional=provisional, approval="later")
    unit.record_seal(ws, unit.seal(plan))


def state(ws: unit.Workspace, key: str) -> tuple[str, int, bool]:
    info = unit.worksheet(ws, key).info
    return info.state, info.revision, info.read_only


def scan(ws: unit.Workspace, text: str = "BA") -> None:
    (key,) = [entry.id for entry in unit.assessments(ws)]
    unit.approve(ws, key, [ws.blobs.ingest_bytes(pdf(text), f"{text}.pdf")])


def test_locking_freezes_the_very_bytes(workspace: unit.Workspace, filled: str) -> None:
    info = unit.lock(workspace, filled)
    assert (info.state, info.read_only) == ("locked", True)
    with workspace.transaction() as repo:
        content = repo.assessment(filled).content
    assert content is not None
    assert hashlib.sha256(content).hexdigest() == info.content_digest
    document = json.loads(content)
    assert [entry["code"] for entry in document["answers"]] == list(
        unit.worksheet(workspace, filled).rubric.items
    )
    assert all(entry["author"] and entry["at"] for entry in document["answers"])
    assert unit.lock(workspace, filled) == info, "locking twice changes nothing"
    opened = unit.unlock(workspace, filled)
    assert (opened.state, opened.revision, opened.content_digest) == ("draft", 1, None)
    assert unit.unlock(workspace, filled) == opened


def test_a_blank_draft_can_be_locked_and_printed(workspace: unit.Workspace, blank: str) -> None:
    assert unit.lock(workspace, blank).content_digest


def test_approvals_belong_to_locked_entries(workspace: unit.Workspace, filled: str) -> None:
    blob = workspace.blobs.ingest_bytes(pdf("BA"), "BA.pdf")
    refused("NOT_LOCKED", unit.approve, workspace, filled, [blob])
    unit.lock(workspace, filled)
    unit.approve(workspace, filled, [blob, blob])
    assert len(unit.approve(workspace, filled, [blob])) == 1, "the same scan once"
    assert unit.evidence_list(workspace, filled) == unit.worksheet(workspace, filled).evidence
    assert all(entry.name != "BA.pdf" for entry in unit.evidence_list(workspace, filled))
    unit.unlock(workspace, filled)
    assert unit.approvals(workspace, filled) == (), "they were signed for other entries"
    unit.lock(workspace, filled)
    assert unit.approvals(workspace, filled) == ()
    (entry,) = unit.approve(workspace, filled, [blob])
    unit.remove_approval(workspace, entry.id)
    unit.remove_approval(workspace, "nobody")
    assert unit.approvals(workspace, filled) == ()


def test_a_final_package_needs_approval_or_the_word_that_it_follows(
    workspace: unit.Workspace, filled: str
) -> None:
    for wanted in (None, "none", "scan"):
        refused("APPROVAL_MISSING", unit.plan_seal, workspace, filled, approval=wanted)
    assert state(workspace, filled) == ("draft", 1, False), "a refusal does not lock"
    unit.lock(workspace, filled)
    scan(workspace)
    plan = unit.plan_seal(workspace, filled)
    assert (plan.approval, plan.state, plan.previous) == ("scan", "final", None)
    sealed = unit.seal(plan)
    unit.record_seal(workspace, sealed)
    paths = [file.path for file in sealed.files]
    assert "data/approval/000001.pdf" in paths
    assert state(workspace, filled) == ("sent", 1, True)
    blob = workspace.blobs.ingest_bytes(pdf("BA2"), "BA2.pdf")
    refused("NOT_LOCKED", unit.approve, workspace, filled, [blob])


def test_a_final_package_needs_every_required_item(workspace: unit.Workspace, filled: str) -> None:
    unit.answer(workspace, filled, "A.2", value=None)
    error = refused("CHECK_FAILED", unit.plan_seal, workspace, filled, approval="later")
    assert [(found.rule, found.path) for found in error.findings] == [("REQUIRED_BLANK", "A.2")]
    assert state(workspace, filled) == ("draft", 1, False)
    plan = unit.plan_seal(workspace, filled, provisional=True)
    assert (plan.state, plan.approval) == ("provisional", "none")


def test_provisional_then_final(workspace: unit.Workspace, blank: str, tmp_path: Path) -> None:
    first = make_package(workspace, blank, tmp_path, provisional=True, approval=None)
    assert state(workspace, blank) == ("sent_provisional", 1, True)
    refused("ALREADY_SEALED", unit.plan_seal, workspace, blank, provisional=True)
    refused("CHECK_FAILED", unit.plan_seal, workspace, blank, approval="later")
    assert state(workspace, blank) == ("sent_provisional", 1, True), "a refusal changes nothing"
    unit.unlock(workspace, blank)
    fill(workspace, blank)
    plan = unit.plan_seal(workspace, blank, approval="later")
    assert (plan.previous, plan.document.revision) == (first.digest, 2)
    unit.record_seal(workspace, unit.seal(plan))
    assert state(workspace, blank) == ("sent", 2, True)
    refused("ALREADY_SEALED", unit.plan_seal, workspace, blank)


def test_provisional_becomes_final_without_unlocking(
    workspace: unit.Workspace, filled: str
) -> None:
    seal_it(workspace, filled, provisional=True)
    refused("APPROVAL_MISSING", unit.plan_seal, workspace, filled)
    assert state(workspace, filled) == ("sent_provisional", 1, True), "a refusal changes nothing"
    seal_it(workspace, filled)
    assert state(workspace, filled) == ("sent", 2, True)


def test_revisions_name_the_one_before(
    workspace: unit.Workspace, filled: str, tmp_path: Path
) -> None:
    digests: list[str] = []
    for revision in (1, 2, 3):
        result = make_package(workspace, filled, tmp_path)
        assert result.revision == revision
        seen = unit.inspect(Path(result.path)).verification
        assert seen.header is not None
        assert seen.header.previous == (digests[-1] if digests else None)
        assert (seen.header.key_seq, seen.header.assessment_id) == (revision, filled)
        digests.append(result.digest)
        unit.unlock(workspace, filled)
        unit.answer(workspace, filled, "A.2", value="ABC"[revision - 1], note=str(revision))
    assert len(set(digests)) == 3


def test_a_revision_that_was_opened_and_locked_again_keeps_its_number(
    workspace: unit.Workspace, filled: str
) -> None:
    """Only what was sealed counts as a revision."""
    unit.lock(workspace, filled)
    unit.unlock(workspace, filled)
    unit.lock(workspace, filled)
    assert state(workspace, filled) == ("locked", 1, True)


def test_what_the_office_accepted_stays(workspace: unit.Workspace, filled: str) -> None:
    with workspace.transaction() as repo:
        row = repo.assessment(filled)
        row.state = "done"
        repo.add(row)
    refused("ASSESSMENT_DONE", unit.unlock, workspace, filled)
    refused("ASSESSMENT_LOCKED", unit.answer, workspace, filled, "A.1", value="Ya")
    refused("ASSESSMENT_LOCKED", unit.lock, workspace, filled)
    refused("ALREADY_SEALED", unit.plan_seal, workspace, filled)


def test_corrections_open_the_entries(workspace: unit.Workspace, filled: str) -> None:
    with workspace.transaction() as repo:
        row: AssessmentRow = repo.assessment(filled)
        row.state = "needs_correction"
        repo.add(row)
    unit.answer(workspace, filled, "A.1", value="Ya")
    assert unit.lock(workspace, filled).state == "locked"


def test_a_plan_that_was_overtaken_is_stale(workspace: unit.Workspace, filled: str) -> None:
    plan = unit.plan_seal(workspace, filled, approval="later")
    sealed = unit.seal(plan)
    unit.unlock(workspace, filled)
    unit.answer(workspace, filled, "A.2", value="C", note="berubah")
    refused("SEAL_STALE", unit.record_seal, workspace, sealed)
    unit.lock(workspace, filled)
    refused("SEAL_STALE", unit.record_seal, workspace, sealed)
    again = unit.seal(unit.plan_seal(workspace, filled, approval="later"))
    unit.record_seal(workspace, again)
    refused("SEAL_STALE", unit.record_seal, workspace, again)
    assert unit.verify_trail(workspace, filled).ok


def test_sealing_can_be_cancelled(workspace: unit.Workspace, filled: str) -> None:
    plan = unit.plan_seal(workspace, filled, approval="later")
    with pytest.raises(Cancelled):
        unit.seal(plan, cancelled=lambda: True)
    assert state(workspace, filled) == ("draft", 1, False), "it stays as open as it was"
    assert unit.verify_trail(workspace, filled).ok
    refused("NOT_SEALED", unit.plan_export, workspace, filled)


@pytest.mark.parametrize("damage", ["changed", "missing", "short"])
def test_damaged_evidence_is_found_before_sealing(
    workspace: unit.Workspace, filled: str, damage: str
) -> None:
    entry = unit.evidence_list(workspace, filled)[0]
    assert entry.sha256
    path = workspace.blobs.path(entry.sha256)
    path.chmod(0o600)
    data = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(data[:-1] + (b"" if damage == "short" else b"?"))
    job = unit.evidence_job(workspace, filled)
    assert job.damaged() == {entry.sha256}
    found = unit.check(workspace, filled, job.damaged()).errors
    assert [(one.code, one.item) for one in found] == [("EVIDENCE_DAMAGED", entry.items[0])]
    glance = unit.check(workspace, filled).errors
    assert bool(glance) == (damage != "changed"), "a glance sees what is gone or short"
    if glance:
        refused("CHECK_FAILED", unit.plan_seal, workspace, filled, approval="later")
    plan = unit.plan_seal(workspace, filled, provisional=True)
    error = refused("EVIDENCE_DAMAGED", unit.seal, plan)
    assert entry.name in error.message
    assert state(workspace, filled) == ("draft", 1, False), "the advice can be followed"
    unit.replace(workspace, entry.id, workspace.blobs.ingest_bytes(pdf("baru"), "baru.pdf"))
    seal_it(workspace, filled)


def test_exporting_again_gives_the_identical_package(
    workspace: unit.Workspace, filled: str, tmp_path: Path
) -> None:
    """Also after a restart, and after the entries were opened for the next revision."""
    first = make_package(workspace, filled, tmp_path / "satu")
    data = Path(first.path).read_bytes()
    folder = workspace.path
    workspace.close()
    with unit.open_workspace(folder) as ws:
        again = unit.export(unit.plan_export(ws, filled), tmp_path / "dua")
        assert Path(again.path).read_bytes() == data
        unit.unlock(ws, filled)
        unit.answer(ws, filled, "A.2", value="C", note="baru")
        for entry in unit.evidence_list(ws, filled):
            unit.remove(ws, entry.id)
        third = unit.export(unit.plan_export(ws, filled), tmp_path / "tiga")
        assert Path(third.path).read_bytes() == data
    assert (again.digest, Path(again.path).name) == (first.digest, Path(first.path).name)


def test_an_export_is_verified_where_it_lies(
    workspace: unit.Workspace, filled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A faulty stick gives back other bytes than were written."""
    seal_it(workspace, filled)
    written = export.write_package

    def faulty(*args: object, **kwargs: object) -> Path:
        path = written(*args, **kwargs)  # type: ignore[arg-type]
        data = bytearray(path.read_bytes())
        data[len(data) // 3] ^= 1
        path.write_bytes(data)
        return path

    monkeypatch.setattr("pmprb_desktop.unit.exporting.write_package", faulty)
    job = unit.plan_export(workspace, filled)
    error = refused("EXPORT_NOT_VERIFIED", unit.export, job, tmp_path)
    assert error.findings
    assert unit.worksheet(workspace, filled).info.last_copy is None


def test_an_export_of_damaged_files_is_refused(
    workspace: unit.Workspace, filled: str, tmp_path: Path
) -> None:
    seal_it(workspace, filled)
    entry = unit.evidence_list(workspace, filled)[0]
    assert entry.sha256
    workspace.blobs.path(entry.sha256).unlink()
    job = unit.plan_export(workspace, filled)
    refused("EVIDENCE_MISSING", unit.export, job, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_an_export_needs_a_folder_it_can_write(
    workspace: unit.Workspace, filled: str, tmp_path: Path
) -> None:
    refused("NOT_SEALED", unit.plan_export, workspace, filled)
    seal_it(workspace, filled)
    job = unit.plan_export(workspace, filled)
    (tmp_path / "berkas").write_text("x")
    refused("TARGET_UNWRITABLE", unit.export, job, tmp_path / "berkas" / "dalam")
    steps: list[tuple[int, int]] = []
    refused("TARGET_MISSING", unit.export, job, tmp_path / "dibuat" / "sini")
    assert not (tmp_path / "dibuat").exists()
    unit.export(job, tmp_path / "dibuat", lambda *at: steps.append(at))
    shares = [done / total for done, total in steps]
    assert shares == sorted(shares)
    assert steps[-1][0] == steps[-1][1]


def test_last_year_stands_in_what_is_printed_and_in_what_is_sealed(
    tmp_path: Path, small: Path
) -> None:
    with new_workspace(tmp_path / "w") as ws:
        for year in (2025, 2026):
            key = unit.new_assessment(ws, str(small), year).id
            fill(ws, key)
        unit.answer(ws, key, "A.2", value="C", note="Belum sempat diperbarui")
        printed = unit.plan_report(ws, key, "summary").options.last_year
        assert printed is not None
        assert printed.year == 2025
        assert any("Belum sempat diperbarui" in reason for reason in printed.reasons)
        plan = unit.plan_seal(ws, key, approval="later")
        assert plan.options.last_year == printed
        sealed = unit.record_seal(ws, unit.seal(plan))
        assert plan.options.content_digest == sealed.content_digest


def test_a_number_of_the_key_is_never_used_twice(tmp_path: Path, small: Path) -> None:
    (tmp_path / "out").mkdir()
    with new_workspace(tmp_path / "w") as ws:
        key = unit.new_assessment(ws, str(small), 2026).id
        fill(ws, key)
        sealed = unit.seal(unit.plan_seal(ws, key, approval="later"))
        unit.enrolment_card(ws, tmp_path / "out")
        refused("SEAL_STALE", unit.record_seal, ws, sealed)
        assert unit.worksheet(ws, key).info.state == "draft"
