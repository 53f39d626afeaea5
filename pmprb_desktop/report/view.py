"""What the reports show: frozen values without layout, made by :mod:`.compose`.

A report never looks at a rubric or a payload; everything it prints stands here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Literal

from pmprb_desktop.i18n import _
from pmprb_desktop.package.v1 import Layer, Person
from pmprb_desktop.report.words import Zone, content_code, decimal_id

State = Literal["provisional", "final", "practice"]


def weight_text(weight: Fraction, available: Fraction) -> str:
    """Write a weight; where a part of it does not apply, the applicable part too."""
    if weight == available:
        return decimal_id(weight)
    return _("{weight} (applicable {available})").format(
        weight=decimal_id(weight), available=decimal_id(available)
    )


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Head of the paper: lines from the government down to the office, address, logo.

    ``logo`` holds the bytes of a PNG or JPEG; one that cannot be used is left out.
    """

    lines: tuple[str, ...] = ()
    address: str = ""
    logo: bytes | None = None


@dataclass(frozen=True, slots=True)
class LastYear:
    """The result of the year before. ``shares``: area key (or node code) → score ÷ weight."""

    year: int
    total: Fraction
    weight: Fraction
    shares: Mapping[str, Fraction] = field(default_factory=lambda: MappingProxyType({}))
    reasons: tuple[str, ...] = ()

    @property
    def share(self) -> Fraction | None:
        """Total ÷ weight."""
        return self.total / self.weight if self.weight else None


@dataclass(frozen=True, slots=True)
class KeyChange:
    """A unit key that takes the place of another; codes as they are read out on the phone.

    ``new_digest`` is the fingerprint (hex) of the new key, printed as a QR. ``since``: the old key
    has not been in use from this day on.
    """

    new_code: str = ""
    old_code: str = ""
    new_digest: str = ""
    old_digest: str = ""
    reason: str = ""
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """What a report needs beside the assessment itself.

    ``content_digest``: SHA-256 (hex) of ``data/assessment.json``, empty for a draft that was never
    locked. ``signed_on``: date of the minutes, the day of locking in the local zone if None.
    """

    content_digest: str = ""
    provisional: bool = False
    letterhead: Letterhead = Letterhead()
    number: str = ""
    place: str = ""
    recipient: str = ""
    zone: Zone = "WIB"
    signed_on: date | None = None
    last_year: LastYear | None = None
    key_change: KeyChange | None = None
    layer: Layer = "self"


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One node in a table of scores; ``depth`` counts from the components (0)."""

    code: str
    title: str
    level: str
    depth: int
    weight: Fraction
    available: Fraction
    score: Fraction
    answered: int
    items: int

    @property
    def share(self) -> Fraction | None:
        """Score ÷ available weight; None when nothing of it is applicable."""
        return self.score / self.available if self.available else None


@dataclass(frozen=True, slots=True)
class AreaRow:
    """An area of change over all its nodes."""

    key: str
    title: str
    score: Fraction
    available: Fraction
    last: Fraction | None = None

    @property
    def share(self) -> Fraction | None:
        """Score ÷ available weight; None when nothing of it is applicable."""
        return self.score / self.available if self.available else None


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item with its answer as it is printed; ``score`` None for blank and record items."""

    code: str
    text: str
    answer: str
    score: Fraction | None
    note: str
    reason: str
    answered: bool
    required: bool
    not_applicable: bool
    gated_by: str | None
    best: bool
    files: int
    links: int


@dataclass(frozen=True, slots=True)
class Page:
    """A node that holds items, with them."""

    row: ScoreRow
    items: tuple[ItemRow, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Pages below one area (or what stands in its place); the page itself where it has no area."""

    row: ScoreRow
    pages: tuple[Page, ...]


@dataclass(frozen=True, slots=True)
class Notable:
    """What the head should look at before signing."""

    unanswered: tuple[str, ...]
    best_without_evidence: tuple[str, ...]
    gated: tuple[tuple[str, str], ...]
    not_applicable: tuple[tuple[str, str], ...]
    lowest: tuple[AreaRow, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers of items, answers and evidence."""

    items: int
    answered: int
    not_applicable: int
    files: int
    links: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Signers:
    """Who signs: assessors in their order, and for the unit its head.

    ``principal`` is the official in whose name (a.n.) the head signs.
    """

    assessors: tuple[Person, ...]
    head: Person | None
    principal: Person | None = None


@dataclass(frozen=True, slots=True)
class ReportView:
    """One assessment as all reports see it. Fractions are exact; times are local texts."""

    unit_code: str
    unit_name: str
    title: str
    short_title: str
    regulation: str
    edition: str
    rubric_digest: str
    reconstruction: bool
    reconstruction_note: str
    layer_label: str
    year: int
    revision: int
    state: State
    locked_at: str
    locked_text: str
    signed_on: date
    options: Options
    total: Fraction
    weight: Fraction
    available: Fraction
    predicate: str | None
    predicates: bool
    rows: tuple[ScoreRow, ...]
    areas: tuple[AreaRow, ...]
    sections: tuple[Section, ...]
    notable: Notable
    counts: Counts
    signers: Signers

    @property
    def share(self) -> Fraction | None:
        """Total ÷ available weight."""
        return self.total / self.available if self.available else None

    @property
    def code(self) -> str:
        """*Kode isian*, empty for a draft that was never locked."""
        return content_code(self.options.content_digest)

    @property
    def watermark(self) -> str:
        """Word across every page; empty for a final revision."""
        if self.state == "practice":
            return _("PRACTICE")
        return _("PROVISIONAL") if self.state == "provisional" else ""

    @property
    def state_text(self) -> str:
        """The state in a word."""
        return {
            "practice": _("practice"),
            "provisional": _("provisional"),
            "final": _("final"),
        }[self.state]

    @property
    def warning(self) -> str:
        """The watermark's word with what it means; empty for a final revision."""
        meaning = {
            "practice": _("not an official result"),
            "provisional": _("answers and evidence may follow"),
            "final": "",
        }[self.state]
        return f"{self.watermark} – {meaning}" if meaning else ""

    @property
    def weight_text(self) -> str:
        """The whole weight, and what of it applies where that is less."""
        return weight_text(self.weight, self.available)


@dataclass(frozen=True, slots=True)
class KeyLetter:
    """The letter by which the head replaces the unit's key; needs no assessment."""

    unit_code: str
    unit_name: str
    signers: Signers
    written_on: date
    options: Options

    @classmethod
    def of(cls, view: ReportView) -> "KeyLetter":
        """Take the unit and the signers of an assessment."""
        return cls(
            view.unit_code,
            view.unit_name,
            view.signers,
            view.signed_on,
            view.options,
        )
