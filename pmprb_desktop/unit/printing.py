"""Prints: a snapshot from the store, rendered on any thread."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO, Final, Literal, cast

from pmprb_desktop.errors import UserError
from pmprb_desktop.i18n import _
from pmprb_desktop.package import v1
from pmprb_desktop.report import (
    KeyChange,
    KeyLetter,
    LastYear,
    Letterhead,
    Options,
    choose_signers,
    make_view,
    render,
)
from pmprb_desktop.report.words import Zone
from pmprb_desktop.rubric.model import Rubric
from pmprb_desktop.scoring import Score
from pmprb_desktop.unit import clock, content
from pmprb_desktop.unit.assessments import cached, worksheet
from pmprb_desktop.unit.identity import Replacement
from pmprb_desktop.unit.settings import letterhead, setting
from pmprb_desktop.unit.workspace import Workspace
from pmprb_desktop.values import LetterheadInfo, Worksheet

Paper = Literal["A4", "F4"]
KINDS: Final = ("summary", "minutes")
ZONES: Final = ("WIB", "WITA", "WIT")


@dataclass(frozen=True, slots=True)
class ReportJob:
    """What one report needs, taken from the store at one moment."""

    kind: str
    rubric: Rubric
    document: v1.Assessment
    options: Options


def zone_of(name: str) -> Zone:
    """A time zone of the country by its name; WIB when it is unknown."""
    return cast("Zone", name if name in ZONES else "WIB")


def _letterhead(head: LetterheadInfo) -> Letterhead:
    return Letterhead(lines=head.lines, address=head.address, logo=head.logo)


def plan_report(ws: Workspace, assessment_id: str, kind: str) -> ReportJob:
    """Snapshot for a report: of the locked entries, or of the draft as it stands."""
    if kind not in KINDS:
        raise UserError(
            "REPORT_UNKNOWN",
            _("There is no report called “{kind}”.").format(kind=kind),
            next_step=_("Choose one of: {kinds}.").format(kinds=", ".join(KINDS)),
        )
    sheet = worksheet(ws, assessment_id)
    with ws.transaction() as repo:
        row = repo.assessment(assessment_id)
        digest = row.content_digest or ""
        if row.content is not None:
            document = v1.Assessment.model_validate_json(row.content)
        else:
            document = content.build(ws, repo, row, clock.instant())
        rubric = cached(ws, repo, row).rubric
    head = letterhead(ws)
    options = Options(
        content_digest=digest,
        provisional=sheet.info.state == "sent_provisional",
        letterhead=_letterhead(head),
        number=head.number,
        place=head.place,
        zone=zone_of(setting(ws, "zone", "WIB")),
        last_year=_last_year(sheet),
    )
    return ReportJob(kind, rubric, document, options)


def _last_year(sheet: Worksheet) -> LastYear | None:
    before = sheet.last_year_score
    if before is None:
        return None
    return LastYear(sheet.info.year - 1, before.total, before.weight, _area_shares(sheet, before))


def _area_shares(sheet: Worksheet, result: Score) -> Mapping[str, Fraction]:
    sums: dict[str, tuple[Fraction, Fraction]] = {}
    for code, node in sheet.rubric.nodes.items():
        if node.area is not None:
            entry = result.nodes[code]
            score, full = sums.get(node.area, (Fraction(0), Fraction(0)))
            sums[node.area] = (score + entry.score, full + entry.available)
    return {area: score / full for area, (score, full) in sums.items() if full}


def render_job(job: ReportJob, target: Path | BinaryIO, paper: Paper = "A4") -> None:
    """Write the PDF of a report (any thread)."""
    view = make_view(job.rubric, job.document, job.options)
    render(job.kind, view, target, paper=paper)  # type: ignore[arg-type]


def render_sealed(
    kind: str,
    rubric: Rubric,
    document: v1.Assessment,
    target: BinaryIO,
    *,
    digest: str,
    head: LetterheadInfo,
    zone: str,
    provisional: bool,
) -> None:
    """The print that goes into a package, made from the very entries that are sealed."""
    options = Options(
        content_digest=digest,
        provisional=provisional,
        letterhead=_letterhead(head),
        number=head.number,
        place=head.place,
        zone=zone_of(zone),
    )
    render(kind, make_view(rubric, document, options), target)  # type: ignore[arg-type]


def key_letter(
    ws: Workspace, change: Replacement, target: Path | BinaryIO, paper: Paper = "A4"
) -> None:
    """The letter that tells the office of a new key, for the head of the unit to sign."""
    head = letterhead(ws)
    options = Options(
        letterhead=_letterhead(head),
        number=head.number,
        place=head.place,
        zone=zone_of(setting(ws, "zone", "WIB")),
        key_change=KeyChange(
            new_code=change.new.phone_code,
            old_code=change.old.phone_code if change.old else "",
            new_digest=change.new.fingerprint,
            old_digest=change.old.fingerprint if change.old else "",
            reason=change.reason,
        ),
    )
    written = clock.now()
    view = KeyLetter(
        change.new.unit_code,
        change.new.unit_name,
        choose_signers(_people(ws, change.new.unit_code), written.date(), frozenset()),
        written.date(),
        options,
    )
    render("key_letter", view, target, paper=paper)


def _people(ws: Workspace, unit_code: str) -> list[v1.Person]:
    from pmprb_desktop.unit.people import people

    return [
        v1.Person(
            id=entry.id,
            name=entry.name,
            nip=entry.nip,
            rank=entry.rank,
            position=entry.position,
            acting=entry.acting,
            role=entry.role,
            since=entry.since,
            until=entry.until,
        )
        for entry in people(ws, unit_code)
    ]
