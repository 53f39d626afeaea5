"""Prints: a snapshot from the store, rendered on any thread."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
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
from pmprb_desktop.unit.damage import document_of
from pmprb_desktop.unit.settings import letterhead, setting
from pmprb_desktop.unit.unit_keys import Replacement
from pmprb_desktop.unit.workspace import Workspace
from pmprb_desktop.values import LetterheadInfo, Worksheet

Paper = Literal["A4", "F4"]
KINDS: Final = ("summary", "minutes")
REASONS: Final = 5
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
            document = document_of(row)
        else:
            document = content.build(ws, repo, row, clock.instant())
        rubric = cached(ws, repo, row).rubric
    options = replace(
        print_options(ws, sheet),
        content_digest=digest,
        provisional=sheet.info.state == "sent_provisional",
    )
    return ReportJob(kind, rubric, document, options)


def print_options(ws: Workspace, sheet: Worksheet) -> Options:
    """What prints need beside the entries: head of the paper, zone, the result of last year."""
    head = letterhead(ws)
    return Options(
        letterhead=_letterhead(head),
        number=head.number,
        place=head.place,
        zone=zone_of(setting(ws, "zone", "WIB")),
        last_year=_last_year(sheet),
    )


def _last_year(sheet: Worksheet) -> LastYear | None:
    before = sheet.last_year_score
    if before is None:
        return None
    return LastYear(
        sheet.info.year - 1,
        before.total,
        before.weight,
        _area_shares(sheet, before),
        tuple(_reasons(sheet, before)),
    )


def _reasons(sheet: Worksheet, before: Score) -> Iterator[str]:
    """The largest changes of item scores since last year, each with its note."""
    changes: list[tuple[Fraction, str]] = []
    for code, entry in sheet.score.item_scores.items():
        old = before.item_scores.get(code)
        if entry.score is not None and old is not None and old.score is not None:
            changes.append((abs(entry.score - old.score), code))
    for size, code in sorted(changes, key=lambda change: -change[0])[:REASONS]:
        if not size:
            return
        now, then = sheet.answers[code], sheet.last_year[code]
        note = " ".join(now.note.split())[:120] or _("no note")
        if now.value and then.value:
            yield _("{code}: {before} → {after}. {note}").format(
                code=code, before=then.value, after=now.value, note=note
            )
        else:
            yield f"{code}. {note}"


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
    kind: str, rubric: Rubric, document: v1.Assessment, options: Options, target: BinaryIO
) -> None:
    """The print that goes into a package, made from the very entries that are sealed."""
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
