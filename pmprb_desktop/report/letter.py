"""*Surat penggantian kunci unit*: the head declares the old key void and the new one the unit's."""

from collections.abc import Iterator
from typing import Any, Final

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer

from pmprb_desktop.i18n import _
from pmprb_desktop.report.parts import LINE, letterhead, plain_table, qr
from pmprb_desktop.report.pdf import Area, Heading, Meta, Paper, build, text_width
from pmprb_desktop.report.signing import head_block, office_of
from pmprb_desktop.report.text import BOLD, bold_in, joined, para, style
from pmprb_desktop.report.view import KeyChange, KeyLetter
from pmprb_desktop.report.words import date_text, nip_groups

MARGINS: Final = Area(left=25 * mm, right=20 * mm, top=15 * mm, bottom=12 * mm)
_BLANK: Final = "." * 60


def write(letter: KeyLetter, paper: Paper) -> bytes:
    """Write the PDF of the letter; blank lines stand where something is not known."""
    width = text_width(paper, MARGINS)
    options = letter.options
    change = options.key_change or KeyChange()

    def story() -> Iterator[Flowable]:
        yield from letterhead(options.letterhead, width)
        yield from _opening(letter)
        yield from _signer(letter, width)
        yield from _declaration(letter, change)
        yield _codes(change, width)
        yield from _closing()
        day = letter.written_on
        yield head_block(letter.signers, options.place, day, width, acknowledged=False)

    title = _("Replacement of the unit key")
    meta = Meta(
        title=f"{title} – {letter.unit_name}",
        author=letter.unit_name,
        subject=title,
        created=f"{letter.written_on.isoformat()}T00:00:00Z",
        footer=joined((title, letter.unit_code, letter.unit_name), " · "),
    )
    return build(story, meta, paper, MARGINS)


def _opening(letter: KeyLetter) -> Iterator[Flowable]:
    body = style(10, leading=1.35)
    options = letter.options
    yield Heading(_("LETTER ON THE REPLACEMENT OF THE UNIT KEY"), style(12.5, BOLD, "center"))
    number = options.number or "." * 36
    text = _("Number: {number}").format(number=number)
    yield para(text, style(10, align="center", after=10))
    recipient = options.recipient or _("the office that receives the packages")
    yield para(_("To {recipient}").format(recipient=recipient), body)
    yield Spacer(1, 8)


def _signer(letter: KeyLetter, width: float) -> Iterator[Flowable]:
    body = style(10, leading=1.35)
    head = letter.signers.head
    yield para(_("The undersigned:"), style(10, leading=1.35, after=3))
    fields = [
        (_("Name"), head.name if head else _BLANK),
        ("NIP", nip_groups(head.nip) if head and head.nip else _BLANK),
        (_("Rank, grade"), head.rank if head and head.rank else _BLANK),
        (_("Position"), office_of(head, head.position) if head and head.position else _BLANK),
        (_("Unit"), f"{letter.unit_name} ({letter.unit_code})"),
    ]
    label = 36 * mm
    rows = [[para(name, body), para(":", body), para(value, body)] for name, value in fields]
    yield plain_table(rows, [label, 10, width - label - 10])
    yield Spacer(1, 6)


def _declaration(letter: KeyLetter, change: KeyChange) -> Iterator[Flowable]:
    body = style(10, align="justify", leading=1.4, after=5)
    since = date_text(change.since) if change.since else "." * 28
    yield bold_in(
        _(
            "declares that the old key of {unit} has not been in use since {since}. Reason: "
            "{reason}. From now on the unit seals its packages with the new key."
        ),
        body,
        unit=letter.unit_name,
        since=since,
        reason=change.reason.strip().rstrip(".") or "." * 50,
    )


def _codes(change: KeyChange, width: float) -> Flowable:
    side = 30 * mm
    label = 26 * mm
    room = width - label - side
    plain, strong = style(9, leading=1.3), style(9.5, BOLD, leading=1.35)
    rows: list[list[Any]] = []
    entries = (
        (_("Old key"), change.old_code, change.old_digest),
        (_("New key"), change.new_code, change.new_digest),
    )
    for name, code, digest in entries:
        texts: list[Flowable] = [para(_two_lines(code) or _BLANK, strong)]
        if digest:
            texts.append(para(f"SHA-256 {digest[:32]}\n{digest[32:]}", style(6.5, before=2)))
        rows.append([para(name, plain), texts, ""])
    if change.new_digest:
        rows[1][2] = qr(change.new_digest, side - 8)
    return plain_table(
        rows,
        [label, room, side],
        [
            ("GRID", (0, 0), (1, -1), LINE, "black"),
            ("BOX", (0, 0), (-1, -1), LINE, "black"),
            ("LINEABOVE", (0, 1), (-1, 1), LINE, "black"),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ],
        pad=5,
    )


def _two_lines(code: str) -> str:
    """Break a code of 8 groups and check digits into two lines, to be read out without slips."""
    groups = code.split()
    half = len(groups) // 2
    return f"{' '.join(groups[:half])}\n{' '.join(groups[half:])}" if half >= 4 else code


def _closing() -> Iterator[Flowable]:
    body = style(10, align="justify", leading=1.4, before=6, after=2)
    yield para(
        _(
            "Please declare the old key void and register the new one. Packages sealed with the "
            "old key after that day do not come from this unit."
        ),
        body,
    )
    yield para(
        _("The codes were compared with those on the unit's screen before this letter was signed."),
        style(10, align="justify", leading=1.4, after=14),
    )
