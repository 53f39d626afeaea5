"""What people print: one view for all reports, one writer each. No Qt, no SQL.

``make_view`` turns an assessment into a view, ``render`` a view into a PDF. Writers are imported
when they are used, so that nobody waits for them before printing.
"""

import logging
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import TYPE_CHECKING, BinaryIO, Final, Literal

from pmprb_desktop.errors import UserError
from pmprb_desktop.i18n import _
from pmprb_desktop.report.compose import choose_signers, make_view
from pmprb_desktop.report.view import (
    KeyChange,
    KeyLetter,
    LastYear,
    Letterhead,
    Options,
    ReportView,
    Signers,
)

if TYPE_CHECKING:
    from pmprb_desktop.report.pdf import Paper

__all__ = [
    "REPORTS",
    "KeyChange",
    "KeyLetter",
    "Kind",
    "LastYear",
    "Letterhead",
    "Options",
    "ReportView",
    "Signers",
    "choose_signers",
    "make_view",
    "render",
    "render_bytes",
]

Kind = Literal["summary", "minutes", "key_letter"]
Writer = Callable[[ReportView | KeyLetter, "Paper"], bytes]

_log = logging.getLogger(__name__)
_one_at_a_time: Final = Lock()


def _summary(view: ReportView | KeyLetter, paper: "Paper") -> bytes:
    from pmprb_desktop.report import summary

    return summary.write(_assessment(view), paper)


def _minutes(view: ReportView | KeyLetter, paper: "Paper") -> bytes:
    from pmprb_desktop.report import minutes

    return minutes.write(_assessment(view), paper)


def _key_letter(view: ReportView | KeyLetter, paper: "Paper") -> bytes:
    from pmprb_desktop.report import letter

    return letter.write(view if isinstance(view, KeyLetter) else KeyLetter.of(view), paper)


REPORTS: Final[Mapping[Kind, Writer]] = MappingProxyType(
    {"summary": _summary, "minutes": _minutes, "key_letter": _key_letter}
)
"""Kind of report → its writer."""


def _assessment(view: ReportView | KeyLetter) -> ReportView:
    if isinstance(view, KeyLetter):
        message = "this report needs the view of an assessment"
        raise TypeError(message)
    return view


def render_bytes(kind: Kind, view: ReportView | KeyLetter, *, paper: "Paper" = "A4") -> bytes:
    """Render the PDF of a report; the same view gives the same bytes. Any thread may call this."""
    with _one_at_a_time:
        return REPORTS[kind](view, paper)


def render(
    kind: Kind,
    view: ReportView | KeyLetter,
    target: Path | BinaryIO,
    *,
    paper: "Paper" = "A4",
) -> None:
    """Write the PDF of a report to a file (whole or not at all) or an open binary stream.

    Raises :class:`UserError` ``REPORT_UNWRITABLE`` when the file cannot be written.
    """
    data = render_bytes(kind, view, paper=paper)
    if not isinstance(target, Path):
        target.write(data)
        return
    part = target.with_name(f"{target.name}.part")
    try:
        with part.open("wb") as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
        part.replace(target)
    except OSError as error:
        _log.warning("a report could not be written: %s", error.strerror)
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise UserError(
            "REPORT_UNWRITABLE",
            _("The report {name} could not be written.").format(name=target.name),
            safe=_("Nothing of the assessment has changed."),
            next_step=_("Close the file if another program shows it, or choose another folder."),
            path=str(target),
        ) from error
