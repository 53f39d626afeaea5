"""What verbs take and return: frozen values, never rows, never widgets.

Times are UTC RFC 3339 texts, weights and scores exact fractions, sizes bytes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from types import MappingProxyType
from typing import Final, Literal

from pmprb_desktop.rubric.model import Government, Rubric
from pmprb_desktop.scoring import Answer, Score

WorkspaceRole = Literal["unit", "central"]
State = Literal["draft", "locked", "sent_provisional", "sent", "needs_correction", "done"]
Acting = Literal["", "Plt.", "Plh.", "a.n."]
PersonRole = Literal["assessor", "unit_head", "coordinator", "central_admin", "reviewer"]


class Keep(Enum):
    """Stands for "leave this as it is" in :func:`unit.answer`."""

    KEEP = "keep"


KEEP: Final = Keep.KEEP


@dataclass(frozen=True, slots=True)
class Recovery:
    """What was found when a workspace was opened after the program had stopped unexpectedly."""

    stopped_after: str | None
    last_answer: str | None
    last_answer_at: str | None
    answers: int
    discarded_files: int
    database_sound: bool


@dataclass(frozen=True, slots=True)
class PersonDraft:
    """An official as typed; ``nip`` has 18 digits or is empty."""

    name: str
    nip: str = ""
    rank: str = ""
    position: str = ""
    acting: Acting = ""
    role: PersonRole = "assessor"
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class PersonInfo:
    """An official as kept."""

    id: str
    unit_code: str
    name: str
    nip: str
    rank: str
    position: str
    acting: Acting
    role: PersonRole
    since: str
    until: str


@dataclass(frozen=True, slots=True)
class UnitInfo:
    """A unit of this workspace; ``fingerprint`` is None before its key was needed."""

    code: str
    name: str
    fingerprint: str | None


@dataclass(frozen=True, slots=True)
class LetterheadInfo:
    """What stands on top of prints: lines of the office, address, logo as PNG or JPEG."""

    lines: tuple[str, ...] = ()
    address: str = ""
    number: str = ""
    place: str = ""
    logo: bytes | None = None


@dataclass(frozen=True, slots=True)
class Info:
    """The workspace as a whole."""

    is_set_up: bool
    role: WorkspaceRole
    government: Government
    units: tuple[UnitInfo, ...]
    person: PersonInfo | None
    installation_id: str
    last_backup: str | None


@dataclass(frozen=True, slots=True)
class RubricInfo:
    """An edition in a list."""

    edition: str
    id: str
    title: str
    short_title: str
    items: int
    weight: Fraction
    for_level: str
    reconstruction: bool
    note: str


@dataclass(frozen=True, slots=True)
class AssessmentInfo:
    """One assessment in a list: one unit, one period, one edition."""

    id: str
    unit_code: str
    unit_name: str
    year: int
    edition: str
    title: str
    state: State
    revision: int
    practice: bool
    answered: int
    items: int
    required_blank: int
    total: Fraction
    weight: Fraction
    available: Fraction
    predicate: str | None
    deadline: str | None
    contact: str
    last_copy: str | None
    place: str | None
    content_digest: str | None
    evidence_bytes: int
    evidence_count: int
    sealed_digest: str | None = None
    required: int = 0

    @property
    def read_only(self) -> bool:
        """Whether entries are frozen: locked, sent or done."""
        return self.state not in ("draft", "needs_correction")

    @property
    def state_label(self) -> str:
        """The state in the words of the screen."""
        from pmprb_desktop.i18n import _

        return {
            "draft": _("draft"),
            "locked": _("locked"),
            "sent_provisional": _("sent provisionally"),
            "sent": _("sent"),
            "needs_correction": _("needs correction"),
            "done": _("done"),
        }[self.state]


@dataclass(frozen=True, slots=True)
class AnswerInfo:
    """What stands in one item, with note, author and time."""

    code: str
    value: str | None = None
    inputs: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    not_applicable: bool = False
    reason: str = ""
    note: str = ""
    review_later: bool = False
    author: str | None = None
    author_name: str = ""
    at: str = ""

    @property
    def answer(self) -> Answer:
        """The part that scores."""
        return Answer(self.value, self.inputs, self.not_applicable)


@dataclass(frozen=True, slots=True)
class EvidenceInfo:
    """A piece of evidence of an assessment: a file in the store, or a link."""

    id: str
    kind: Literal["file", "link"]
    name: str
    label: str
    media_type: str
    bytes: int
    sha256: str | None
    url: str | None
    flags: tuple[str, ...]
    items: tuple[str, ...]
    added_at: str
    added_by_name: str
    removed: bool = False
    replaces: str | None = None
    places: tuple[int, ...] = ()
    """Its place among the evidence of each of ``items``."""

    def place(self, code: str) -> int:
        """Where it stands among the evidence of an item: sort by this."""
        return dict(zip(self.items, self.places, strict=False)).get(code, 0)


@dataclass(frozen=True, slots=True)
class Change:
    """One change of an answer, already on disk."""

    assessment_id: str
    seq: int
    code: str
    before: AnswerInfo | None
    after: AnswerInfo
    score: Score
    info: AssessmentInfo
    at: str


@dataclass(frozen=True, slots=True)
class Worksheet:
    """Everything a window needs to show one assessment."""

    info: AssessmentInfo
    rubric: Rubric
    government: Government
    answers: Mapping[str, AnswerInfo]
    evidence: tuple[EvidenceInfo, ...]
    score: Score
    corrections: Mapping[str, str]
    last_year: Mapping[str, AnswerInfo]
    last_year_score: Score | None

    def evidence_of(self, code: str) -> tuple[EvidenceInfo, ...]:
        """Evidence of one item, in its order."""
        found = [entry for entry in self.evidence if code in entry.items]
        return tuple(sorted(found, key=lambda entry: entry.place(code)))


@dataclass(frozen=True, slots=True)
class ExportResult:
    """A package on its target, re-read and verified there."""

    path: str
    package_id: str
    revision: int
    digest: str
    content_digest: str
    fingerprint: str
    files: int
    bytes: int
    assessment_id: str
    state: str


@dataclass(frozen=True, slots=True)
class TrailReport:
    """Result of re-computing the chain of one assessment.

    ``differs`` names the items whose answer is not what the trail says of it.
    """

    count: int
    head: str
    ok: bool
    first_fault: int | None = None
    differs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HelpInfo:
    """What one reads out on the phone."""

    version: str
    edition: str
    revision: int | None
    content_code: str
    last_error: str
    contact: str
    data_dir: str
