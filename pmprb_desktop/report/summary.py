"""*Ringkasan pimpinan*: what the head of the unit needs before signing, on one page."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, Final

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepInFrame, Spacer

from pmprb_desktop.i18n import _, ngettext
from pmprb_desktop.package.v1 import Person
from pmprb_desktop.report.parts import (
    LINE,
    area_chart,
    code_box,
    letterhead,
    plain_table,
    score_table,
    shortened,
)
from pmprb_desktop.report.pdf import (
    Area,
    Heading,
    Meta,
    Paper,
    build,
    text_height,
    text_width,
)
from pmprb_desktop.report.text import BOLD, OBLIQUE, REGULAR, clipped, joined, para, style
from pmprb_desktop.report.view import ReportView
from pmprb_desktop.report.words import decimal_id, nip_groups, percent_id

MARGINS: Final = Area(left=17 * mm, right=15 * mm, top=11 * mm, bottom=9 * mm)
_GAP: Final = 7.0
_MOST_ROWS: Final = 24
_MOST_AREAS: Final = 12
_STEPS: Final = ((8, 8.0), (6, 7.6), (6, 7.2), (5, 7.2), (4, 7.0), (3, 7.0), (2, 6.8), (1, 6.6))
"""Entries that a list may have, size of the table: the first pair that fits the page is taken."""


def write(view: ReportView, paper: Paper) -> bytes:
    """Write the PDF: always one page, long lists shortened."""
    width, height = text_width(paper, MARGINS), text_height(paper, MARGINS)

    def story() -> list[Flowable]:
        parts: list[Flowable] = []
        for most, size in _STEPS:
            parts = _story(view, width, most, size)
            if _height(parts, width) <= height:
                break
        return [KeepInFrame(width, height, parts, mode="shrink", hAlign="LEFT")]

    title = _("Summary for the head of the unit")
    meta = Meta(
        title=joined((title, view.short_title, view.unit_name, str(view.year)), " – "),
        author=view.unit_name,
        subject=view.title,
        created=view.locked_at,
        footer=footer(view),
        watermark=view.watermark,
    )
    return build(story, meta, paper, MARGINS)


def footer(view: ReportView) -> str:
    """One line for the foot of every page; the code comes first, so that it is never cut."""
    code = _("content code {code}").format(code=view.code) if view.code else _("draft")
    revision = _("revision {number}").format(number=view.revision)
    state = view.watermark.capitalize()
    return joined((code, revision, state, f"{view.short_title} {view.year}", view.unit_name), " · ")


def _height(story: Sequence[Flowable], width: float) -> float:
    total = 0.0
    for flowable in story:
        total += flowable.wrap(width, 10_000)[1]
        total += flowable.getSpaceBefore() + flowable.getSpaceAfter()
    return total


def _story(view: ReportView, width: float, most: int, size: float) -> list[Flowable]:
    story = letterhead(view.options.letterhead, width)
    story += _title(view, width)
    story += [_identity(view, width), Spacer(1, _GAP)]
    story += [_scores(view, width, size), Spacer(1, _GAP)]
    story += [_columns(view, width, most), Spacer(1, _GAP)]
    story.append(_foot(view, width, most))
    return story


def _title(view: ReportView, width: float) -> Iterator[Flowable]:
    yield Heading(
        _("Summary for the head of the unit").upper(), style(12.5, BOLD, "center", leading=1.2)
    )
    title = _("{title}, year {year}").format(title=view.title, year=view.year)
    yield clipped(title, style(9.5, align="center", leading=1.2), width, 2)
    if view.options.number:
        number = _("Number: {number}").format(number=view.options.number)
        yield clipped(number, style(8.5, align="center"), width, 1)
    if view.watermark:
        yield para(view.warning, style(9, BOLD, "center", before=1))
    yield Spacer(1, 5)


def _identity(view: ReportView, width: float) -> Flowable:
    box = 52 * mm
    label, room = 24 * mm, width - box - 24 * mm - 12
    key, value, strong = style(8), style(8, leading=1.2), style(9, BOLD, leading=1.2)
    edition = joined((view.edition, view.regulation), " · ")
    if view.reconstruction:
        edition = joined((edition, _("reconstruction")), " · ")
    locked = view.locked_text if view.code else _("not locked yet")
    rows: list[list[Any]] = [
        [para(_("Unit"), key), clipped(view.unit_name, strong, room, 6)],
        [para(_("Unit code"), key), clipped(view.unit_code, value, room, 1)],
        [para(_("Edition"), key), clipped(edition, value, room, 2)],
        [para(_("Year, revision"), key), para(f"{view.year}, {view.revision}", value)],
        [para(_("State"), key), clipped(view.state_text, value, room, 1)],
        [para(_("Locked at"), key), para(locked, value)],
    ]
    if view.reconstruction:
        note = view.reconstruction_note or _("Parts of this edition are reconstructed.")
        rows.append(["", clipped(note, style(7, OBLIQUE, leading=1.2), room, 3)])
    table = plain_table(rows, [label, room], [("BOTTOMPADDING", (0, 0), (-1, -1), 1.2)])
    return plain_table([[table, "", _result(view, box)]], [label + room, 12, box])


def _result(view: ReportView, width: float) -> Flowable:
    middle = style(8, align="center")
    if view.predicates:
        name = _("Predicate {name}").format(name=view.predicate or "–")
    else:
        name = _("Share of the weight")
    weight = _("of {weight}").format(weight=view.weight_text)
    rows = [
        [para(joined((_("Total score"), view.layer_label), " · "), middle)],
        [para(decimal_id(view.total), style(21, BOLD, "center", leading=1.15))],
        [para(weight, middle)],
        [para(percent_id(view.share), style(13, BOLD, "center", leading=1.2))],
        [para(name, style(9, BOLD if view.predicates else REGULAR, "center"))],
    ]
    return plain_table(rows, [width], [("BOX", (0, 0), (-1, -1), 1.0, "black")], pad=3)


def _scores(view: ReportView, width: float, size: float) -> Flowable:
    chart_width = 70 * mm
    room = width - chart_width - 6
    rows = view.rows[:_MOST_ROWS]
    table = score_table(rows, view, room, size=size, lines=2)
    parts: list[Flowable] = [table]
    rest = len(view.rows) - len(rows)
    if rest:
        more = ngettext("… and {count} more", "… and {count} more", rest).format(count=rest)
        parts.append(para(more, style(7)))
    table_height = table.wrap(room, 10_000)[1]
    legend = _legend(view, chart_width)
    room_left = table_height - legend.wrap(chart_width, 10_000)[1] - 16
    height = max(52 * mm, min(room_left, 66 * mm))
    chart: list[Flowable] = [
        para(_("Score ÷ weight per area"), style(7.5, BOLD, "center")),
        Spacer(1, 4),
        area_chart(view, chart_width, height, 6.4),
        legend,
    ]
    return plain_table(
        [[parts, "", chart]], [room, 6, chart_width], [("VALIGN", (2, 0), (2, 0), "MIDDLE")]
    )


def _legend(view: ReportView, width: float) -> Flowable:
    """Areas with their share, this year's and last year's, under the chart."""
    small, right = style(6.4, leading=1.15), style(6.4, align="right", leading=1.15)
    last = view.options.last_year
    now = _("{year} (solid)").format(year=view.year) if last else str(view.year)
    then = _("{year} (dashed)").format(year=last.year) if last else ""
    number, key = 17 * mm, 6 * mm
    numbers = [number, number] if last else [number]
    title = width - key - sum(numbers)
    rows: list[list[Any]] = [["", "", *(para(text, right) for text in (now, then) if text)]]
    for area in view.areas[:_MOST_AREAS]:
        shares = [area.share, area.last] if last else [area.share]
        rows.append(
            [
                clipped(area.key, small, key, 1),
                clipped(area.title, small, title, 2),
                *(para(percent_id(share), right) for share in shares),
            ]
        )
    return plain_table(rows, [key, title, *numbers])


def _columns(view: ReportView, width: float, most: int) -> Flowable:
    gap = 10.0
    column = (width - gap) / 2
    left = [*_change(view, column, most), *_lowest(view, column)]
    right = list(_notable(view, column, most))
    return plain_table(
        [[left, "", right]],
        [column, gap, column],
        [
            ("LINEABOVE", (0, 0), (0, 0), LINE, "black"),
            ("LINEABOVE", (2, 0), (2, 0), LINE, "black"),
            ("TOPPADDING", (0, 0), (-1, -1), 3),
        ],
    )


def _head(text: str) -> Flowable:
    return para(text, style(8, BOLD, before=2, after=0.5, leading=1.2))


def _bullet(text: str, width: float, lines: int = 2) -> Flowable:
    marked = text if text.startswith("…") else f"• {text}"
    return clipped(marked, style(7.4, hanging=6, leading=1.2), width, lines)


def _change(view: ReportView, width: float, most: int) -> Iterator[Flowable]:
    last = view.options.last_year
    yield _head(_("Change from last year"))
    if last is None:
        yield _bullet(_("No result of last year is at hand."), width)
        return
    yield _bullet(
        _("{year}: {total} of {weight} ({percent})").format(
            year=last.year,
            total=decimal_id(last.total),
            weight=decimal_id(last.weight),
            percent=percent_id(last.share),
        ),
        width,
    )
    if view.share is not None and last.share is not None:
        points = (view.share - last.share) * 100
        word = _("up") if points > 0 else _("down") if points < 0 else _("unchanged")
        text = _("{word} {points} percentage points").format(
            word=word, points=decimal_id(abs(points))
        )
        yield _bullet(text if points else word, width)
    for reason in shortened(last.reasons, most):
        yield _bullet(reason, width, 3)


def _lowest(view: ReportView, width: float) -> Iterator[Flowable]:
    if not view.notable.lowest:
        return
    yield _head(_("Lowest areas"))
    for area in view.notable.lowest:
        text = _("{key} {title}: {score} of {weight} ({percent})").format(
            key=area.key,
            title=area.title,
            score=decimal_id(area.score),
            weight=decimal_id(area.available),
            percent=percent_id(area.share),
        )
        yield _bullet(text, width)


def _notable(view: ReportView, width: float, most: int) -> Iterator[Flowable]:
    notable = view.notable
    yield _head(_("To look at before signing"))
    if not any(
        (
            notable.unanswered,
            notable.best_without_evidence,
            notable.gated,
            notable.not_applicable,
        )
    ):
        yield _bullet(_("Nothing stands out."), width)
        return
    codes = most * 2
    plain = (
        (_("Unanswered items"), notable.unanswered),
        (_("Best answer without evidence"), notable.best_without_evidence),
        (
            _("Held down by another item"),
            tuple(f"{code} ← {target}" for code, target in notable.gated),
        ),
    )
    for title, entries in plain:
        if entries:
            text = ", ".join(shortened(entries, codes)).replace(", …", " …")
            yield _bullet(f"{title} ({len(entries)}): {text}", width, 4)
    if notable.not_applicable:
        title = _("Not applicable")
        yield _bullet(f"{title} ({len(notable.not_applicable)}):", width)
        reasons = [f"{code}: {reason}" for code, reason in notable.not_applicable]
        for entry in shortened(reasons, max(1, most // 2)):
            kind = style(7.2, hanging=6, indent=6, leading=1.2)
            marked = entry if entry.startswith("…") else f"– {entry}"
            yield clipped(marked, kind, width, 2)


def _foot(view: ReportView, width: float, most: int) -> Flowable:
    column = width * 0.5
    counts = view.counts
    files = ngettext("{count} evidence file", "{count} evidence files", counts.files).format(
        count=counts.files
    )
    entries = [
        _("{answered} of {items} items answered").format(
            answered=counts.answered, items=counts.items
        ),
        files if not counts.bytes else f"{files} ({_size_text(counts.bytes)})",
        ngettext("{count} link", "{count} links", counts.links).format(count=counts.links),
    ]
    left: list[Flowable] = [
        clipped(" · ".join(entries), style(7.6, BOLD, leading=1.25, after=2), column - 14, 2)
    ]
    signers = view.signers
    if signers.head is not None:
        left.append(_person(signers.head, _("Head of the unit"), column - 14))
    shown = max(1, min(most, 4))
    assessor = _("Assessor")
    left += [_person(person, assessor, column - 14) for person in signers.assessors[:shown]]
    rest = len(signers.assessors) - shown
    if rest > 0:
        more = ngettext("… and {count} more", "… and {count} more", rest).format(count=rest)
        left.append(para(more, style(7.2)))
    right = code_box(view, width - column - 10)
    return plain_table(
        [[left, right]],
        [column, width - column],
        [("GRID", (0, 0), (-1, -1), LINE, "black")],
        pad=5,
    )


def _person(person: Person, role: str, width: float) -> Flowable:
    name = joined((person.acting if person.role == "unit_head" else "", person.name), " ")
    nip = f"NIP {nip_groups(person.nip)}" if person.nip else ""
    first = clipped(f"{role}: {name}", style(7.4, leading=1.2), width, 1)
    second = clipped(
        joined((nip, person.rank, person.position), " · "),
        style(7.0, leading=1.2, indent=6, after=1),
        width,
        2,
    )
    return plain_table([[first], [second]], [width])


def _size_text(size: int) -> str:
    if 0 < size < 100_000:
        return f"{decimal_id(Fraction(size, 1000), 0)} kB"
    return f"{decimal_id(Fraction(size, 1_000_000), 1)} MB"
