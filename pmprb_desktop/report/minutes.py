"""*Berita acara*: what was filled in, with which result, by whom; signed by hand on paper."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from reportlab.lib.units import mm
from reportlab.platypus import CondPageBreak, Flowable, KeepTogether, PageBreak, Spacer, Table

from pmprb_desktop.i18n import _, ngettext
from pmprb_desktop.package.v1 import Person
from pmprb_desktop.report.parts import (
    LINE,
    code_box,
    grid_table,
    letterhead,
    plain_table,
    score_table,
)
from pmprb_desktop.report.pdf import Area, Heading, Meta, Paper, build, text_width
from pmprb_desktop.report.signing import head_block
from pmprb_desktop.report.summary import footer
from pmprb_desktop.report.text import BOLD, OBLIQUE, bold_in, clipped, joined, para, style
from pmprb_desktop.report.view import ItemRow, Page, ReportView, ScoreRow, Section, weight_text
from pmprb_desktop.report.words import date_words, decimal_id, nip_groups, percent_id

MARGINS: Final = Area(left=22 * mm, right=18 * mm, top=15 * mm, bottom=11 * mm)
_SIGN_ROOM: Final = 15 * mm


def write(view: ReportView, paper: Paper) -> bytes:
    """Write the PDF: the minutes, then every answer as annex."""
    width = text_width(paper, MARGINS)

    def story() -> Iterator[Flowable]:
        yield from letterhead(view.options.letterhead, width)
        yield from _title(view)
        yield from _opening(view)
        yield from _result(view, width)
        yield from _statement(view, width)
        yield KeepTogether([*_closing(view), *_assessors(view, width), *_head(view, width)])
        yield PageBreak()
        yield from _annex(view, width)

    meta = Meta(
        title=joined((_("Minutes"), view.short_title, view.unit_name, str(view.year)), " – "),
        author=view.unit_name,
        subject=view.title,
        created=view.locked_at,
        footer=footer(view),
        watermark=view.watermark,
    )
    return build(story, meta, paper, MARGINS)


def _title(view: ReportView) -> Iterator[Flowable]:
    title = _("MINUTES OF THE SELF-ASSESSMENT")
    yield Heading(title, style(13, BOLD, "center", leading=1.3), label=_("Minutes"))
    middle = style(10.5, BOLD, "center", leading=1.3)
    yield para(view.short_title, middle)
    yield para(view.unit_name, middle)
    yield para(_("YEAR {year}").format(year=view.year), middle)
    number = view.options.number or "." * 36
    text = _("Number: {number}").format(number=number)
    yield para(text, style(9.5, align="center", before=3))
    if view.watermark:
        yield para(view.warning, style(10, BOLD, "center", before=4))
    yield Spacer(1, 10)


def _opening(view: ReportView) -> Iterator[Flowable]:
    body = style(9.5, align="justify", leading=1.45, after=6)
    place = view.options.place
    where = _(", in {place}").format(place="{place}") if place else ""
    template = _(
        "On this day, {day}{where}, we who sign below have filled in {title} ({regulation}), "
        "edition {edition}, revision {revision}, for {unit} (code {code}), year {year}."
    ).replace("{where}", where)
    yield bold_in(
        template,
        body,
        day=date_words(view.signed_on),
        place=place,
        title=view.title,
        regulation=view.regulation,
        edition=view.edition,
        revision=str(view.revision),
        unit=view.unit_name,
        code=view.unit_code,
        year=str(view.year),
    )
    if view.reconstruction:
        note = view.reconstruction_note or _("Parts of this edition are reconstructed.")
        yield para(note, style(8, OBLIQUE, "justify", leading=1.35, after=6))


def _result(view: ReportView, width: float) -> Iterator[Flowable]:
    yield Heading(_("Result"), style(10, BOLD, after=3))
    yield score_table(view.rows, view, width, size=8.2)
    counts = view.counts
    body = style(9.5, align="justify", leading=1.45, before=6, after=4)
    if view.predicates:
        template = _(
            "The total score is {total} of {weight}, or {percent}, with the predicate {predicate}."
        )
    else:
        template = _(
            "The total score is {total} of {weight}, a share of {percent}; this edition has no "
            "predicate."
        )
    yield bold_in(
        template,
        body,
        total=decimal_id(view.total),
        weight=view.weight_text,
        percent=percent_id(view.share),
        predicate=view.predicate or "–",
    )
    parts = [
        _("{answered} of {items} items answered").format(
            answered=counts.answered, items=counts.items
        ),
        _("{count} marked as not applicable").format(count=counts.not_applicable),
        ngettext("{count} evidence file", "{count} evidence files", counts.files).format(
            count=counts.files
        ),
        ngettext("{count} link", "{count} links", counts.links).format(count=counts.links),
    ]
    yield para(f"{', '.join(parts)}.", style(9.5, leading=1.45, after=6))


def _statement(view: ReportView, width: float) -> Iterator[Flowable]:
    body = style(9.5, align="justify", leading=1.45, after=5)
    if view.code:
        sentence = bold_in(
            _(
                "The entries that these minutes speak of are those with the content code {code}, "
                "locked at {moment}. Every answer stands in the annex. Entries with another code "
                "are not covered by these minutes."
            ),
            body,
            code=view.code,
            moment=view.locked_text,
        )
    else:
        sentence = para(
            _("These minutes are a draft: the entries are not locked and have no content code."),
            body,
        )
    box = plain_table(
        [[code_box(view, width - 12)]], [width], [("BOX", (0, 0), (-1, -1), LINE, "black")], pad=6
    )
    heading = Heading(_("Statement"), style(10, BOLD, before=2, after=3))
    yield KeepTogether([heading, sentence, box])
    yield Spacer(1, 6)


def _closing(view: ReportView) -> Iterator[Flowable]:
    if view.code:
        yield para(
            _("These minutes are made in good faith, to be used as they should be."),
            style(9.5, align="justify", leading=1.45, after=6),
        )


def _assessors(view: ReportView, width: float) -> Iterator[Flowable]:
    cell, strong = style(8.5, leading=1.25), style(8.5, BOLD, leading=1.25)
    middle = style(8.5, BOLD, "center")
    widths = [10 * mm, 0.0, 31 * mm, 36 * mm, 40 * mm]
    widths[1] = width - sum(widths)
    head = [_("No."), _("Name, NIP"), _("Rank, grade"), _("Position"), _("Signature")]
    rows: list[list[Any]] = [[para(text, middle) for text in head]]
    for number, person in enumerate(view.signers.assessors, 1):
        line = f"{number}. {'.' * 24}"
        rows.append(
            [
                para(str(number), style(8.5, align="center")),
                [para(person.name, strong), para(_nip(person), cell)],
                para(person.rank or "–", cell),
                [para(person.position or "–", cell), *_period(person)],
                para(line, style(8.5, indent=0 if number % 2 else 8)),
            ]
        )
    if not view.signers.assessors:
        rows.append(["", para("." * 30, cell), "", "", para("." * 24, cell)])
    table = grid_table(
        rows,
        widths,
        [("VALIGN", (4, 1), (4, -1), "BOTTOM"), ("BOTTOMPADDING", (4, 1), (4, -1), 6)],
        pad=4,
        least=_SIGN_ROOM,
    )
    heading = Heading(_("Assessors of the unit"), style(10, BOLD, before=4, after=3))
    yield heading
    yield table


def _nip(person: Person) -> str:
    return f"NIP {nip_groups(person.nip)}" if person.nip else "NIP –"


def _period(person: Person) -> list[Flowable]:
    if not person.until:
        return []
    text = _("(until {day})").format(day=person.until)
    return [para(text, style(7.5, leading=1.25))]


def _head(view: ReportView, width: float) -> Iterator[Flowable]:
    yield Spacer(1, 12)
    yield head_block(view.signers, view.options.place, view.signed_on, width, acknowledged=True)


def _annex(view: ReportView, width: float) -> Iterator[Flowable]:
    yield Heading(_("ANNEX"), style(12, BOLD, "center", leading=1.3), label=_("Annex"))
    title = _("Answers per item of {title}, year {year}").format(title=view.title, year=view.year)
    yield para(title, style(9.5, align="center", leading=1.3))
    yield para(view.unit_name, style(9.5, BOLD, "center", leading=1.3))
    if view.code:
        code = _("Content code: {code}").format(code=view.code)
        yield para(code, style(9, align="center", after=4))
    for section in view.sections:
        yield from _section(section, width)


def _section(section: Section, width: float) -> Iterator[Flowable]:
    row = section.row
    yield CondPageBreak(45 * mm)
    yield Heading(
        f"{row.code} {row.title} – {_points(row)}",
        style(9.5, BOLD, before=9, after=3, leading=1.3),
        level=1,
        label=f"{row.code} {row.title}",
    )
    yield _item_table(section, width)


def _points(row: ScoreRow) -> str:
    return _("{score} of {weight} ({percent})").format(
        score=decimal_id(row.score),
        weight=weight_text(row.weight, row.available),
        percent=percent_id(row.share),
    )


def _item_table(section: Section, width: float) -> Table:
    widths = [21 * mm, 0.0, 29 * mm, 13 * mm, 46 * mm]
    widths[1] = width - sum(widths)
    middle = style(7.5, BOLD, "center")
    head = [_("Code"), _("Item"), _("Answer"), _("Score"), _("Note, evidence")]
    rows: list[list[Any]] = [[para(text, middle) for text in head]]
    commands: list[tuple[Any, ...]] = []
    for page in section.pages:
        if page.row.code != section.row.code:
            commands += _page_commands(len(rows))
            rows.append(_page_row(page, width))
        rows += [_item_row(item, widths) for item in page.items]
    return grid_table(rows, widths, commands, pad=3)


def _page_commands(row: int) -> Sequence[tuple[Any, ...]]:
    return (
        ("SPAN", (0, row), (-1, row)),
        ("BACKGROUND", (0, row), (-1, row), (0.96, 0.96, 0.96)),
        ("NOSPLIT", (0, row), (0, row + 1)),
    )


def _page_row(page: Page, width: float) -> list[Any]:
    text = f"{page.row.code} {page.row.title} – {_points(page.row)}"
    return [clipped(text, style(7.5, BOLD, leading=1.25), width - 8, 4), "", "", "", ""]


def _item_row(item: ItemRow, widths: Sequence[float]) -> list[Any]:
    cell = style(7.5, leading=1.25)
    score = "–" if item.score is None else decimal_id(item.score)
    answer = item.answer or _("not answered")
    return [
        para(item.code, cell),
        clipped(item.text, cell, widths[1] - 6, 14),
        clipped(answer, cell, widths[2] - 6, 16),
        para(score, style(7.5, align="right")),
        list(_remarks(item, widths[4] - 6)),
    ]


def _remarks(item: ItemRow, width: float) -> Iterator[Flowable]:
    cell, slanted = style(7.5, leading=1.25), style(7.2, OBLIQUE, leading=1.25)
    if item.reason:
        reason = _("Reason: {text}").format(text=item.reason)
        yield clipped(reason, cell, width, 8)
    if item.note.strip():
        yield clipped(item.note, cell, width, 10)
    if item.gated_by:
        yield para(_("Held down by {code}.").format(code=item.gated_by), slanted)
    counted = [
        ngettext("{count} file", "{count} files", item.files).format(count=item.files)
        if item.files
        else "",
        ngettext("{count} link", "{count} links", item.links).format(count=item.links)
        if item.links
        else "",
    ]
    text = joined(counted)
    if text:
        yield para(_("Evidence: {count}").format(count=text), slanted)
