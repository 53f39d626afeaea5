"""Assessments: starting one, listing them, everything that a window shows of one."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from pmprb_desktop.errors import UserError
from pmprb_desktop.i18n import _
from pmprb_desktop.records import (
    AnswerRow,
    AssessmentRow,
    BlobRow,
    EvidenceRow,
    PackageCopyRow,
    PackageRow,
    PersonRow,
    RubricEditionRow,
    UnitRow,
    WorkspaceRow,
)
from pmprb_desktop.rubric import loader
from pmprb_desktop.rubric.model import Rubric
from pmprb_desktop.scoring import Answer, Score, is_answered, score
from pmprb_desktop.store import Models, Repository
from pmprb_desktop.unit import clock, trails
from pmprb_desktop.unit.damage import inputs_of, state_of
from pmprb_desktop.unit.workspace import Cached, Workspace, rubric_of
from pmprb_desktop.values import AnswerInfo, AssessmentInfo, EvidenceInfo, RubricInfo, Worksheet


def rubric_info(rubric: Rubric) -> RubricInfo:
    """An edition as one line of a list."""
    content = rubric.content
    return RubricInfo(
        edition=rubric.edition,
        id=rubric.id,
        title=content.title,
        short_title=content.short_title,
        items=len(rubric.scored_items),
        weight=content.weight,
        for_level=content.for_level,
        reconstruction=content.reconstruction,
        note=content.reconstruction_note,
    )


def rubric_list() -> tuple[RubricInfo, ...]:
    """The editions that ship with the program, those for units first."""
    found = [rubric_info(loader.load(edition)) for edition in loader.released()]
    return tuple(sorted(found, key=lambda entry: (entry.for_level != "unit", entry.edition)))


def new_assessment(
    ws: Workspace, rubric: str, year: int, unit_code: str | None = None, *, practice: bool = False
) -> AssessmentInfo:
    """Start the assessment of a unit for a year; the edition is kept with it, byte for byte."""
    loaded = loader.load(rubric)
    if not 2000 <= year <= 2100:
        raise UserError(
            "YEAR_INVALID",
            _("“{year}” is no year of an assessment.").format(year=year),
            next_step=_("Type a year such as 2026."),
        )
    with ws.transaction() as repo:
        units = repo.rows(UnitRow, order=("created_at",))
        if not units:
            raise UserError(
                "WORKSPACE_EMPTY",
                _("This workspace has not been set up yet."),
                next_step=_("Start with “pmprb init”."),
            )
        code = unit_code or units[0].code
        if code not in {unit.code for unit in units}:
            raise UserError(
                "UNIT_UNKNOWN",
                _("There is no unit “{code}” in this workspace.").format(code=code),
                next_step=_("Add the unit first, or check its code."),
            )
        for row in repo.rows(AssessmentRow, unit_code=code, year=year, edition=loaded.edition):
            if row.practice == practice and not practice:
                raise UserError(
                    "ASSESSMENT_EXISTS",
                    _("This unit already has an assessment with this edition for {year}.").format(
                        year=year
                    ),
                    safe=_("It is untouched."),
                    next_step=_("Go on with that one."),
                )
        keep_edition(repo, loaded)
        row = AssessmentRow(
            id=str(uuid.uuid4()),
            unit_code=code,
            edition=loaded.edition,
            year=year,
            practice=practice,
            created_at=clock.instant(),
        )
        repo.add(row)
        after = {"edition": loaded.edition, "digest": loaded.digest, "year": year}
        trails.append(repo, row.id, "created", after=after)
        return assessment_info(ws, repo, row)


def keep_edition(repo: Repository, rubric: Rubric) -> None:
    """Keep the bytes of an edition; another file under the same name is refused."""
    kept = repo.get(RubricEditionRow, rubric.edition)
    if kept is None:
        row = RubricEditionRow(
            edition=rubric.edition,
            digest=rubric.digest,
            source=rubric.source,
            added_at=clock.instant(),
        )
        repo.add(row)
    elif kept.digest != rubric.digest:
        raise UserError(
            "EDITION_DIFFERS",
            _("The edition {edition} here differs from the one in this workspace.").format(
                edition=rubric.edition
            ),
            safe=_("The assessments of this workspace are untouched."),
            next_step=_("Ask the office which file is the released one."),
        )


def assessments(ws: Workspace) -> tuple[AssessmentInfo, ...]:
    """All assessments of this workspace, the newest year first, practice last."""
    with ws.transaction() as repo:
        rows = repo.rows(AssessmentRow, order=("created_at",))
        found = [assessment_info(ws, repo, row) for row in rows]
    return tuple(sorted(found, key=lambda entry: (entry.practice, -entry.year, entry.unit_code)))


def cached(ws: Workspace, repo: Repository, row: AssessmentRow) -> Cached:
    """Rubric and scoring answers of an assessment, read once."""
    known = ws.cache.get(row.id)
    if known is None:
        rubric = rubric_of(repo, row.edition)
        rows = repo.rows(AnswerRow, assessment_id=row.id, layer="self")
        answers = {entry.code: to_answer(entry) for entry in rows}
        known = ws.cache[row.id] = Cached(rubric, answers)
    return known


def to_answer(row: AnswerRow) -> Answer:
    """The part of a row that scores."""
    return Answer(row.value, MappingProxyType(dict(inputs_of(row))), row.not_applicable)


def assessment_info(
    ws: Workspace, repo: Repository, row: AssessmentRow, result: Score | None = None
) -> AssessmentInfo:
    """One assessment as a line of a list; ``result`` saves scoring it again."""
    known = cached(ws, repo, row)
    result = result or score(known.rubric, known.answers)
    blank = sum(
        not is_answered(item, known.answers.get(item.code, Answer()))
        for item in known.rubric.required_items
    )
    facts = repo.remember(("facts", row.id), _FACTS, lambda: _facts(repo, row.id, row.unit_code))
    return AssessmentInfo(
        id=row.id,
        unit_code=row.unit_code,
        unit_name=facts.unit_name,
        year=row.year,
        edition=row.edition,
        title=known.rubric.content.short_title,
        state=state_of(row),
        revision=row.revision,
        practice=row.practice,
        answered=result.answered,
        items=result.items,
        required_blank=blank,
        total=result.total,
        weight=result.weight,
        available=result.available,
        predicate=result.predicate,
        deadline=row.deadline,
        contact=row.contact,
        last_copy=facts.last_copy,
        place=row.place,
        content_digest=row.content_digest,
        evidence_bytes=facts.evidence_bytes,
        evidence_count=facts.evidence_count,
        sealed_digest=facts.digest if facts.sealed_revision == row.revision else None,
        required=len(known.rubric.required_items),
    )


@dataclass(frozen=True, slots=True)
class _Facts:
    """What an answer cannot change of an assessment."""

    unit_name: str
    last_copy: str | None
    evidence_bytes: int
    evidence_count: int
    sealed_revision: int | None
    digest: str | None


_FACTS: Final[Models] = frozenset({UnitRow, EvidenceRow, BlobRow, PackageRow, PackageCopyRow})


def _facts(repo: Repository, assessment_id: str, unit_code: str) -> _Facts:
    unit = repo.get(UnitRow, unit_code)
    evidence = repo.evidence(assessment_id)
    blobs = repo.blobs(entry.sha256 for entry in evidence if entry.sha256)
    package = repo.last_package(assessment_id)
    return _Facts(
        unit_name=unit.name if unit else unit_code,
        last_copy=repo.last_copy(assessment_id),
        evidence_bytes=sum(blob.bytes for blob in blobs.values()),
        evidence_count=len(evidence),
        sealed_revision=package.revision if package else None,
        digest=package.digest if package else None,
    )


def answer_info(row: AnswerRow, names: dict[str, str]) -> AnswerInfo:
    """An answer for the screen; ``names`` maps people to their names."""
    return AnswerInfo(
        code=row.code,
        value=row.value,
        inputs=MappingProxyType(dict(inputs_of(row))),
        not_applicable=row.not_applicable,
        reason=row.reason,
        note=row.note,
        review_later=row.review_later,
        author=row.author,
        author_name=names.get(row.author or "", ""),
        at=row.at,
    )


def names_of(repo: Repository) -> dict[str, str]:
    """Person id → name."""
    return repo.remember(
        "names", frozenset({PersonRow}), lambda: {row.id: row.name for row in repo.rows(PersonRow)}
    )


def evidence_infos(
    repo: Repository, assessment_id: str, role: str = "evidence"
) -> tuple[EvidenceInfo, ...]:
    """Evidence that stands (or approvals), each with its items."""
    rows = repo.evidence(assessment_id, role)
    links: dict[str, list[tuple[str, int]]] = {}
    for link in repo.evidence_items(assessment_id):
        links.setdefault(link.evidence_id, []).append((link.code, link.position))
    blobs = repo.blobs(row.sha256 for row in rows if row.sha256)
    names = names_of(repo)
    return tuple(
        evidence_info(row, blobs.get(row.sha256 or ""), links.get(row.id, ()), names)
        for row in sorted(
            rows, key=lambda row: (_first(links.get(row.id, ())), row.added_at, row.id)
        )
    )


def _first(links: Sequence[tuple[str, int]]) -> int:
    return min((place for _code, place in links), default=0)


def evidence_info(
    row: EvidenceRow,
    blob: BlobRow | None,
    links: Sequence[tuple[str, int]],
    names: dict[str, str],
) -> EvidenceInfo:
    """One piece of evidence for the screen; ``links`` are its items, each with its place there."""
    ordered = sorted(links)
    return EvidenceInfo(
        id=row.id,
        kind=row.kind,  # type: ignore[arg-type]
        name=row.name,
        label=row.label,
        media_type=blob.media_type if blob else "",
        bytes=blob.bytes if blob else 0,
        sha256=row.sha256,
        url=row.url,
        flags=tuple(blob.flags.split()) if blob else (),
        items=tuple(code for code, _place in ordered),
        added_at=row.added_at,
        added_by_name=names.get(row.added_by or "", ""),
        removed=row.removed_at is not None,
        replaces=row.replaces,
        places=tuple(place for _code, place in ordered),
    )


def worksheet(ws: Workspace, assessment_id: str) -> Worksheet:
    """Everything that a window shows of one assessment, as it stands on disk."""
    with ws.transaction() as repo:
        row = repo.assessment(assessment_id)
        names = names_of(repo)
        known = cached(ws, repo, row)
        result = score(known.rubric, known.answers)
        answers = {
            entry.code: answer_info(entry, names)
            for entry in repo.rows(AnswerRow, assessment_id=row.id, layer="self")
        }
        last_year, last_score = _last_year(ws, repo, row, names)
        workspace = repo.get(WorkspaceRow, 1)
        return Worksheet(
            info=assessment_info(ws, repo, row, result),
            rubric=known.rubric,
            government=workspace.government if workspace else "pemda",  # type: ignore[arg-type]
            answers=MappingProxyType(answers),
            evidence=evidence_infos(repo, row.id),
            score=result,
            corrections=MappingProxyType({}),
            last_year=MappingProxyType(last_year),
            last_year_score=last_score,
        )


def _last_year(
    ws: Workspace, repo: Repository, row: AssessmentRow, names: dict[str, str]
) -> tuple[dict[str, AnswerInfo], Score | None]:
    """Answers of the same unit and edition a year before, where they are in this workspace."""
    for other in repo.rows(
        AssessmentRow, unit_code=row.unit_code, year=row.year - 1, edition=row.edition
    ):
        if other.practice == row.practice:
            known = cached(ws, repo, other)
            rows = repo.rows(AnswerRow, assessment_id=other.id, layer="self")
            found = {entry.code: answer_info(entry, names) for entry in rows}
            return found, score(known.rubric, known.answers)
    return {}, None


def set_place(ws: Workspace, assessment_id: str, code: str) -> None:
    """Remember the item that was left last, so that filling goes on there."""
    with ws.transaction() as repo:
        row = repo.assessment(assessment_id)
        if row.place != code and code in cached(ws, repo, row).rubric.items:
            row.place = code
            repo.add(row)
            repo.set_setting("last_assessment", assessment_id)


def last_assessment(ws: Workspace) -> str | None:
    """The assessment that was worked on last, if any."""
    with ws.transaction() as repo:
        kept = repo.setting("last_assessment")
        return kept if kept and repo.get(AssessmentRow, kept) is not None else None
