"""The block of the head of the unit: "Mengetahui", room for signature and stamp, name and NIP."""

from datetime import date
from typing import Final

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, Spacer

from pmprb_desktop.i18n import _
from pmprb_desktop.package.v1 import Person
from pmprb_desktop.report.parts import plain_table
from pmprb_desktop.report.text import BOLD, markup, para, style
from pmprb_desktop.report.view import Signers
from pmprb_desktop.report.words import date_text, nip_groups

STAMP_ROOM: Final = 36 * mm
_TALLEST: Final = 220 * mm
"""A block up to this height is never split over two pages."""
_BLANK: Final = "." * 44


def head_block(
    signers: Signers, place: str, day: date, width: float, *, acknowledged: bool
) -> Flowable:
    """Write the head's block on the right half; blank lines where nobody is known."""
    plain, strong = style(9.5, leading=1.3), style(9.5, BOLD, leading=1.3)
    head = signers.head
    where = place or "." * 24
    block: list[Flowable] = [para(f"{where}, {date_text(day)}", plain)]
    if acknowledged:
        block.append(para(_("Acknowledged by,"), plain))
    block += [para(line, plain) for line in _office(signers)]
    block.append(Spacer(1, STAMP_ROOM))
    if head is None:
        block += [para(_BLANK, plain), para("NIP", plain)]
    else:
        block.append(Paragraph(f"<u>{markup(head.name, BOLD)}</u>", strong))
        if head.rank:
            block.append(para(head.rank, plain))
        block.append(para(f"NIP {nip_groups(head.nip)}" if head.nip else "NIP –", plain))
    column = width * 0.52
    table = plain_table([["", block]], [width - column, column], split=False)
    if table.wrap(width, 10_000)[1] < _TALLEST:
        return table
    return plain_table([["", block]], [width - column, column])


def _office(signers: Signers) -> list[str]:
    """Lines above the signature: ``Plt. Kepala Unit,`` or ``a.n. Kepala Unit`` and own office."""
    head = signers.head
    unit_head = _("Head of the unit")
    if head is None:
        return [f"{unit_head},"]
    position = head.position or unit_head
    if head.acting == "a.n." and signers.principal is not None:
        above = signers.principal.position or unit_head
        return [f"a.n. {office_of(signers.principal, above)}", f"{position},"]
    return [f"{office_of(head, position)},"]


def office_of(person: Person, position: str) -> str:
    """Write the position with ``Plt.``, ``Plh.`` or ``a.n.`` before it where it applies."""
    if not person.acting or position.startswith(person.acting):
        return position
    return f"{person.acting} {position}"
