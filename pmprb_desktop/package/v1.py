"""Payloads of ``pmprb-package/1``: header and assessment, frozen once released.

Every model refuses unknown members. Numbers are decimal strings, times UTC RFC 3339 with ``Z``.
JSON schemas made from these models lie in ``resources/schemas/``; a test compares them.
"""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

FORMAT: Final = "pmprb-package/1"
MINOR: Final = 0
ASSESSMENT_FORMAT: Final = "pmprb-assessment/1"
ENROLMENT_FORMAT: Final = "pmprb-enrolment/1"
ROTATION_FORMAT: Final = "pmprb-rotation/1"

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Uuid = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"),
]
Instant = Annotated[
    str,
    StringConstraints(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z$"
    ),
]
DecimalText = Annotated[str, StringConstraints(pattern=r"^-?[0-9]{1,15}(\.[0-9]{1,12})?$")]
Code = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9]+(\.[A-Za-z0-9]+){0,9}$", max_length=40)
]
InputName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
EditionRef = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,60}@[1-9][0-9]{0,3}$")]
Line = Annotated[str, StringConstraints(max_length=500)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Note = Annotated[str, StringConstraints(max_length=20000)]
FileName = Annotated[str, StringConstraints(min_length=1, max_length=4096)]
MemberPath = Annotated[
    str,
    StringConstraints(
        pattern=r"^[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*){0,2}$", max_length=160
    ),
]
CertificateText = Annotated[
    str,
    StringConstraints(
        pattern=r"^-----BEGIN CERTIFICATE-----\n([A-Za-z0-9+/=]{1,64}\n)+"
        r"-----END CERTIFICATE-----\n$",
        max_length=16384,
    ),
]
PhoneCode = Annotated[str, StringConstraints(pattern=r"^([0-9]{5} ){8}[0-9]{2}$")]
SignatureText = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9+/]+={0,2}$", max_length=1400)
]
Action = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=40)]
Size = Annotated[int, Field(ge=0, le=2**43, strict=True)]
Count = Annotated[int, Field(ge=0, le=2**31, strict=True)]
Revision = Annotated[int, Field(ge=1, le=100000, strict=True)]
Seq = Annotated[int, Field(ge=1, le=2**31, strict=True)]
Year = Annotated[int, Field(ge=2000, le=2100, strict=True)]

Kind = Literal[
    "submission",
    "evidence-part",
    "assignment",
    "return",
    "receipt",
    "enrolment",
    "rotation",
    "registry",
    "review",
]
State = Literal["provisional", "final", "practice"]
Approval = Literal["none", "scan", "later"]
Layer = Literal["self", "reviewed", "agreed"]
Role = Literal["assessor", "unit_head", "coordinator", "central_admin", "reviewer"]


class Payload(BaseModel):
    """Base of everything that is read from a package."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class UnitRef(Payload):
    """The unit that is assessed."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    name: Name


class RubricRef(Payload):
    """An edition and the SHA-256 of its file."""

    id: EditionRef
    digest: Sha256


class Person(Payload):
    """An official; ``acting`` is Plt., Plh. or a.n. ``since`` and ``until`` are ISO dates."""

    id: Uuid
    name: Name
    nip: Annotated[str, StringConstraints(pattern=r"^([0-9]{18})?$")] = ""
    rank: Line = ""
    position: Line = ""
    acting: Literal["", "Plt.", "Plh.", "a.n."] = ""
    role: Role = "assessor"
    since: Annotated[str, StringConstraints(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")] = ""
    until: Annotated[str, StringConstraints(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")] = ""


class AnswerRecord(Payload):
    """One item in one layer. ``value`` is an option key or, for an index, a decimal string."""

    code: Code
    layer: Layer = "self"
    value: Annotated[str, StringConstraints(min_length=1, max_length=40)] | None = None
    inputs: dict[InputName, DecimalText] = Field(default_factory=dict)
    not_applicable: bool = False
    reason: Note = ""
    note: Note = ""
    review_later: bool = False
    author: Uuid | None = None
    at: Instant


class EvidenceRecord(Payload):
    """One piece of evidence: a file inside the package, or a link that nobody checked.

    ``path`` is the generated member name below ``pkg-…/``; ``name`` the name people gave it;
    ``places`` its place among the evidence of each of ``items``, in their order.
    """

    id: Uuid
    kind: Literal["file", "link"]
    name: FileName
    label: Line = ""
    media_type: Line = ""
    bytes: Size = 0
    sha256: Sha256 | None = None
    path: MemberPath | None = None
    url: Annotated[str, StringConstraints(max_length=2000)] | None = None
    items: list[Code] = Field(default_factory=list)
    places: list[Count] = Field(default_factory=list)
    flags: list[Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{1,39}$")]] = Field(
        default_factory=list
    )
    added_by: Uuid | None = None
    added_at: Instant


class NodeScoreRecord(Payload):
    """Informative: the receiver computes scores again."""

    code: Code
    weight: DecimalText | None
    score: DecimalText
    percent: DecimalText | None


class ScoreRecord(Payload):
    """Informative: the receiver computes scores again and says when they differ."""

    total: DecimalText
    weight: DecimalText
    available: DecimalText
    predicate: Line | None = None
    answered: Count
    items: Count
    nodes: list[NodeScoreRecord] = Field(default_factory=list)


class Assessment(Payload):
    """``data/assessment.json``; its SHA-256 is the content digest (*kode isian*)."""

    format: Literal["pmprb-assessment/1"]
    minor: Count
    assessment_id: Uuid
    revision: Revision
    unit: UnitRef
    year: Year
    rubric: RubricRef
    government: Literal["pemda", "kl"]
    practice: bool
    locked_at: Instant
    people: list[Person]
    answers: list[AnswerRecord]
    evidence: list[EvidenceRecord]
    scores: ScoreRecord


class Actor(Payload):
    """Who filled when a row of the trail was written."""

    id: Uuid
    name: Name


class TrailRow(Payload):
    """One line of ``data/trail.jsonl``. The list of actions is open, and so is what they hold.

    ``target`` is the row that an undo or redo speaks of.
    """

    seq: Seq
    at: Instant
    actor: Actor | None
    action: Action
    code: Code | None = None
    target: Seq | None = None
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None


class TrailHead(Payload):
    """Number of rows of the trail and the hash of the last one."""

    count: Count
    head: Sha256


class KeyRef(Payload):
    """The key that signed: SHA-256 of its SubjectPublicKeyInfo, and a label for people."""

    spki_sha256: Sha256
    label: Line


class Enrolment(Payload):
    """``data/enrolment.json``: the card by which an office takes a unit's key in person."""

    format: Literal["pmprb-enrolment/1"]
    minor: Count
    unit: UnitRef
    installation_id: Uuid
    certificate: CertificateText
    fingerprint: Sha256
    phone_code: PhoneCode
    label: Line
    created_at: Instant


class Rotation(Payload):
    """``data/rotation.json``: the old key, which signs the package, names the one after it.

    ``proof`` is the signature of the new key (SHA-256 with ECDSA or RSA PKCS#1 v1.5, in base64)
    over the UTF-8 lines format, unit code, old fingerprint, new fingerprint and ``rotated_at``,
    each with its line end.
    """

    format: Literal["pmprb-rotation/1"]
    minor: Count
    unit: UnitRef
    installation_id: Uuid
    old_fingerprint: Sha256
    new_certificate: CertificateText
    new_fingerprint: Sha256
    reason: Line
    rotated_at: Instant
    proof: SignatureText


class Part(Payload):
    """Place of a split package in its group."""

    group: Uuid
    index: Annotated[int, Field(ge=1, le=999, strict=True)]
    count: Annotated[int, Field(ge=1, le=999, strict=True)]


class PayloadTotals(Payload):
    """Files and bytes below ``data/``."""

    files: Count
    bytes: Size


class FileRecord(Payload):
    """One payload file that people gave: evidence or a scanned approval."""

    path: MemberPath
    name: FileName
    media_type: Line
    bytes: Size
    sha256: Sha256
    items: list[Code]
    role: Literal["evidence", "approval"]


class Header(Payload):
    """``metadata/package.json``. Members that a kind does not use are null."""

    format: Literal["pmprb-package/1"]
    minor: Count
    kind: Kind
    package_id: Uuid
    assessment_id: Uuid | None
    revision: Revision | None
    previous: Sha256 | None
    merged_from: list[Sha256]
    content_digest: Sha256 | None
    trail: TrailHead | None
    key_seq: Seq
    installation_id: Uuid
    unit: UnitRef | None
    year: Year | None
    state: State | None
    approval: Approval | None
    rubric: RubricRef | None
    key: KeyRef
    created_at: Instant
    recipient: Line | None
    part: Part | None
    payload: PayloadTotals
    evidence: list[FileRecord]
