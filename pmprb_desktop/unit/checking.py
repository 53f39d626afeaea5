"""Checks before sealing: what is missing or odd, and whether evidence is still whole."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pmprb_desktop import checks
from pmprb_desktop.checks import CheckFinding, EvidenceFacts
from pmprb_desktop.errors import Cancelled
from pmprb_desktop.evidence import BlobStore
from pmprb_desktop.scoring import Answer
from pmprb_desktop.unit.assessments import worksheet
from pmprb_desktop.unit.workspace import Workspace
from pmprb_desktop.values import AssessmentInfo


@dataclass(frozen=True, slots=True)
class CheckReport:
    """Everything that was found; errors block a final package."""

    errors: tuple[CheckFinding, ...]
    warnings: tuple[CheckFinding, ...]
    infos: tuple[CheckFinding, ...]


@dataclass(frozen=True, slots=True)
class EvidenceJob:
    """Which files to hash again, for any thread."""

    blobs: BlobStore
    sizes: Mapping[str, int]

    def damaged(
        self,
        progress: Callable[[int, int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> frozenset[str]:
        """Digests of files that are missing or no longer what they were."""
        total = sum(self.sizes.values())
        done = 0
        bad = set()
        for sha256, size in self.sizes.items():
            if cancelled is not None and cancelled():
                raise Cancelled
            if not self.blobs.verify(sha256, size):
                bad.add(sha256)
            done += size
            if progress is not None:
                progress(done, total)
        return frozenset(bad)


def evidence_job(ws: Workspace, assessment_id: str) -> EvidenceJob:
    """Snapshot of the evidence of an assessment."""
    sheet = worksheet(ws, assessment_id)
    sizes = {entry.sha256: entry.bytes for entry in sheet.evidence if entry.sha256}
    return EvidenceJob(ws.blobs, sizes)


def check(ws: Workspace, assessment_id: str, damaged: frozenset[str] | None = None) -> CheckReport:
    """What is missing or odd.

    Without ``damaged`` only missing evidence files are noticed; ``evidence_job(…).damaged()``
    hashes every file again.
    """
    sheet = worksheet(ws, assessment_id)
    if damaged is None:
        damaged = frozenset(
            entry.sha256
            for entry in sheet.evidence
            if entry.sha256 and not _whole(ws.blobs, entry.sha256, entry.bytes)
        )
    facts: dict[str, list[EvidenceFacts]] = {}
    for entry in sheet.evidence:
        for code in entry.items or ("",):
            facts.setdefault(code, []).append(
                EvidenceFacts(
                    id=entry.id,
                    sha256=entry.sha256,
                    name=entry.label or entry.name,
                    is_link=entry.kind == "link",
                    bytes=entry.bytes,
                )
            )
    last: dict[str, Answer] = {code: info.answer for code, info in sheet.last_year.items()}
    found = checks.check(
        sheet.rubric,
        {code: info.answer for code, info in sheet.answers.items()},
        notes={code: info.note for code, info in sheet.answers.items()},
        reasons={code: info.reason for code, info in sheet.answers.items()},
        evidence=facts,
        damaged=damaged,
        last_year=last,
        score=sheet.score,
        government=sheet.government,
    )
    return CheckReport(
        errors=tuple(entry for entry in found if entry.severity == "error"),
        warnings=tuple(entry for entry in found if entry.severity == "warning"),
        infos=tuple(entry for entry in found if entry.severity == "info"),
    )


def _whole(blobs: BlobStore, sha256: str, size: int) -> bool:
    """Whether a file is there with its size: a glance, no hashing."""
    return blobs.has(sha256) and blobs.size(sha256) == size


def status(ws: Workspace, assessment_id: str) -> tuple[AssessmentInfo, Mapping[str, Any]]:
    """Progress and score of one assessment."""
    sheet = worksheet(ws, assessment_id)
    return sheet.info, sheet.score.nodes
