"""From the entries of an assessment to ``data/assessment.json``, and what goes with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pmprb_desktop.package import v1
from pmprb_desktop.package.seal import json_bytes
from pmprb_desktop.records import (
    AnswerRow,
    AssessmentRow,
    PersonRow,
    UnitRow,
    WorkspaceRow,
)
from pmprb_desktop.scoring import Score, decimal_text, score
from pmprb_desktop.store import Repository
from pmprb_desktop.unit.assessments import cached, evidence_infos
from pmprb_desktop.unit.damage import inputs_of
from pmprb_desktop.unit.workspace import Workspace
from pmprb_desktop.values import EvidenceInfo

_ENDINGS: Final[Mapping[str, str]] = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/bmp": "bmp",
    "image/tiff": "tif",
    "image/webp": "webp",
    "image/heic": "heic",
    "video/mp4": "mp4",
    "application/zip": "zip",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "text/plain": "txt",
    "text/csv": "csv",
}


def ending(media_type: str) -> str:
    """Ending of the generated name of a payload file."""
    return _ENDINGS.get(media_type, "bin")


@dataclass(frozen=True, slots=True)
class PayloadPaths:
    """Generated member name of each file, by its digest."""

    by_digest: Mapping[str, str]
    entries: Mapping[str, EvidenceInfo]


def payload_paths(folder: str, evidence: Sequence[EvidenceInfo]) -> PayloadPaths:
    """Number the files of ``data/<folder>`` in the order given; the same file once."""
    paths: dict[str, str] = {}
    entries: dict[str, EvidenceInfo] = {}
    for entry in evidence:
        if entry.sha256 is not None and entry.sha256 not in paths:
            number = len(paths) + 1
            paths[entry.sha256] = f"data/{folder}/{number:06d}.{ending(entry.media_type)}"
            entries[entry.sha256] = entry
    return PayloadPaths(paths, entries)


def build(ws: Workspace, repo: Repository, row: AssessmentRow, locked_at: str) -> v1.Assessment:
    """The entries of an assessment as they stand now."""
    known = cached(ws, repo, row)
    unit = repo.get(UnitRow, row.unit_code)
    workspace = repo.get(WorkspaceRow, 1)
    assert unit is not None
    assert workspace is not None
    evidence = evidence_infos(repo, row.id)
    paths = payload_paths("evidence", evidence).by_digest
    added_by = {entry.id: entry.added_by for entry in repo.evidence(row.id)}
    answers = repo.rows(AnswerRow, order=("layer", "code"), assessment_id=row.id)
    order = {code: place for place, code in enumerate(known.rubric.items)}
    return v1.Assessment(
        format="pmprb-assessment/1",
        minor=0,
        assessment_id=row.id,
        revision=row.revision,
        unit=v1.UnitRef(code=unit.code, name=unit.name),
        year=row.year,
        rubric=v1.RubricRef(id=known.rubric.edition, digest=known.rubric.digest),
        government=workspace.government,
        practice=row.practice,
        locked_at=locked_at,
        people=[
            _person(person)
            for person in repo.rows(PersonRow, order=("created_at", "id"))
            if person.unit_code == row.unit_code or _wrote(person.id, answers, added_by)
        ],
        answers=[
            _answer(entry)
            for entry in sorted(answers, key=lambda e: (e.layer, order.get(e.code, 10**6)))
        ],
        evidence=[_evidence(entry, paths, added_by[entry.id]) for entry in evidence],
        scores=score_record(score(known.rubric, known.answers)),
    )


def _wrote(person: str, answers: Sequence[AnswerRow], added_by: Mapping[str, str | None]) -> bool:
    return any(entry.author == person for entry in answers) or person in added_by.values()


def _person(row: PersonRow) -> v1.Person:
    return v1.Person(
        id=row.id,
        name=row.name,
        nip=row.nip,
        rank=row.rank,
        position=row.position,
        acting=row.acting,
        role=row.role,
        since=row.since,
        until=row.until,
    )


def _answer(row: AnswerRow) -> v1.AnswerRecord:
    return v1.AnswerRecord(
        code=row.code,
        layer=row.layer,
        value=row.value,
        inputs=dict(inputs_of(row)),
        not_applicable=row.not_applicable,
        reason=row.reason,
        note=row.note,
        review_later=row.review_later,
        author=row.author,
        at=row.at,
    )


def _evidence(
    entry: EvidenceInfo, paths: Mapping[str, str], added_by: str | None
) -> v1.EvidenceRecord:
    return v1.EvidenceRecord(
        id=entry.id,
        kind=entry.kind,
        name=entry.name,
        label=entry.label,
        media_type=entry.media_type,
        bytes=entry.bytes,
        sha256=entry.sha256,
        path=paths[entry.sha256] if entry.sha256 else None,
        url=entry.url,
        items=list(entry.items),
        places=list(entry.places),
        flags=list(entry.flags),
        added_by=added_by,
        added_at=entry.added_at,
    )


def score_record(result: Score) -> v1.ScoreRecord:
    """The scores as they travel: informative, since the receiver computes them again."""
    return v1.ScoreRecord(
        total=decimal_text(result.total),
        weight=decimal_text(result.weight),
        available=decimal_text(result.available),
        predicate=result.predicate,
        answered=result.answered,
        items=result.items,
        nodes=[
            v1.NodeScoreRecord(
                code=code,
                weight=None if node.weight is None else decimal_text(node.weight),
                score=decimal_text(node.score),
                percent=None if node.share is None else decimal_text(node.share * 100),
            )
            for code, node in result.nodes.items()
        ],
    )


def to_bytes(document: v1.Assessment) -> bytes:
    """The exact bytes that are hashed, printed as *kode isian* and signed."""
    return json_bytes(document.model_dump(mode="json"))
