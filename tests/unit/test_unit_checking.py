"""Check, status, prints, practice: what the window and the command line show."""

from fractions import Fraction
from io import BytesIO
from pathlib import Path

import pytest

from pmprb_desktop import unit
from pmprb_desktop.errors import Cancelled
from tests.unit.kit import PNG, fill, make_package, pdf, refused


def codes(report: unit.CheckReport, severity: str) -> set[tuple[str, str]]:
    return {(found.code, found.item) for found in getattr(report, severity)}


def test_a_blank_assessment_lacks_every_required_item(
    workspace: unit.Workspace, blank: str
) -> None:
    sheet = unit.worksheet(workspace, blank)
    required = {item.code for item in sheet.rubric.required_items}
    report = unit.check(workspace, blank)
    assert codes(report, "errors") == {("REQUIRED_BLANK", code) for code in required}
    assert (sheet.info.required_blank, sheet.info.required) == (len(required), len(required))
    assert "B.6" not in required


def test_a_filled_one_has_no_errors_but_some_to_look_at(
    workspace: unit.Workspace, filled: str
) -> None:
    unit.answer(workspace, filled, "A.2", value="A")
    unit.answer(workspace, filled, "A.3", not_applicable=True)
    unit.attach_link(workspace, filled, ["B.1"], "https://example.org/x")
    unit.answer(workspace, filled, "B.1", value="A")
    report = unit.check(workspace, filled, frozenset())
    assert codes(report, "errors") == {("REASON_MISSING", "A.3")}
    assert ("ONLY_LINK", "B.1") in codes(report, "warnings")
    info, nodes = unit.status(workspace, filled)
    assert info.answered == info.items
    assert info.required_blank == 0
    assert sum((nodes[code].score for code in ("A", "B")), Fraction(0)) == info.total


def test_evidence_without_an_item_is_checked_too(workspace: unit.Workspace, filled: str) -> None:
    entry = unit.attach(workspace, filled, [], workspace.blobs.ingest_bytes(pdf("x"), "x.pdf"))
    assert entry.sha256
    workspace.blobs.path(entry.sha256).unlink()
    assert codes(unit.check(workspace, filled), "errors") == {("EVIDENCE_DAMAGED", "")}


def test_hashing_again_reports_and_can_be_cancelled(workspace: unit.Workspace, filled: str) -> None:
    job = unit.evidence_job(workspace, filled)
    steps: list[tuple[int, int]] = []
    assert job.damaged(lambda *at: steps.append(at)) == frozenset()
    assert steps[-1][0] == steps[-1][1] > 0
    with pytest.raises(Cancelled):
        job.damaged(cancelled=lambda: True)


def test_prints_of_draft_and_locked_entries(
    workspace: unit.Workspace, filled: str, tmp_path: Path
) -> None:
    draft = unit.plan_report(workspace, filled, "summary")
    assert draft.options.content_digest == ""
    digest = unit.lock(workspace, filled).content_digest
    for kind, paper in (("summary", "A4"), ("minutes", "F4")):
        job = unit.plan_report(workspace, filled, kind)
        assert job.options.content_digest == digest
        unit.render_job(job, tmp_path / f"{kind}.pdf", paper)  # type: ignore[arg-type]
        assert (tmp_path / f"{kind}.pdf").read_bytes().startswith(b"%PDF")
    refused("REPORT_UNKNOWN", unit.plan_report, workspace, filled, "poster")


def test_prints_bear_letterhead_and_last_year(workspace: unit.Workspace, small: Path) -> None:
    from pmprb_desktop.values import LetterheadInfo

    old = unit.new_assessment(workspace, str(small), 2025).id
    fill(workspace, old, evidence=0)
    new = unit.new_assessment(workspace, str(small), 2026).id
    unit.set_letterhead(
        workspace, LetterheadInfo(("KECAMATAN",), number="12", place="Kota", logo=PNG)
    )
    unit.set_setting(workspace, "zone", "WITA")
    job = unit.plan_report(workspace, new, "summary")
    assert job.options.last_year is not None
    assert job.options.last_year.total == unit.worksheet(workspace, old).score.total
    assert (job.options.zone, job.options.number, job.options.letterhead.lines) == (
        "WITA",
        "12",
        ("KECAMATAN",),
    )
    unit.set_setting(workspace, "zone", "Mars")
    assert unit.plan_report(workspace, new, "summary").options.zone == "WIB"
    unit.render_job(job, BytesIO())


def test_practice_is_marked_everywhere(workspace: unit.Workspace, tmp_path: Path) -> None:
    info = unit.make_practice(workspace)
    assert (info.practice, info.state) == (True, "draft")
    assert 0 < info.answered < info.items
    assert info.evidence_count == 3
    assert unit.make_practice(workspace).id != info.id, "as often as wanted"
    assert unit.plan_report(workspace, info.id, "summary").document.practice
    result = make_package(workspace, info.id, tmp_path, provisional=True, approval=None)
    assert result.state == "practice"
    seen = unit.inspect(Path(result.path)).verification
    assert seen.header is not None
    assert seen.assessment is not None
    assert (seen.header.state, seen.assessment.practice) == ("practice", True)
    assert all(entry.practice for entry in unit.assessments(workspace))
