"""Compares what the header says with what the package holds, and the assessment with both."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from pmprb_desktop.i18n import _
from pmprb_desktop.package import documents, layout, v1
from pmprb_desktop.package.rules import Findings, shown

_SUBMISSION_MEMBERS: Final = (
    "assessment_id", "revision", "content_digest", "trail", "unit", "year", "state", "approval",
    "rubric",
)  # fmt: skip

_KEY_KINDS: Final = ("enrolment", "rotation")
_KEY_UNUSED: Final = (
    "assessment_id", "revision", "previous", "merged_from", "content_digest", "trail", "year",
    "state", "approval", "rubric", "part", "evidence",
)  # fmt: skip


class VerifiedMember(NamedTuple):
    """A payload file: its size, and its SHA-256 as the manifest has it."""

    size: int
    sha256: str


Members = Mapping[str, VerifiedMember]


def check_header(
    header: v1.Header, package_id: str, fingerprint: str | None, payload: Members, found: Findings
) -> None:
    """Header against folder, key, payload and the manifest's digests."""
    path = layout.HEADER
    if header.package_id != package_id:
        message = _("The header names another package than the folder does.")
        found.add("HEADER_PACKAGE_ID", path, message)
    if fingerprint is not None and header.key.spki_sha256 != fingerprint:
        message = _("The header names another key than the one that signed.")
        found.add("HEADER_KEY", path, message)
    total = v1.PayloadTotals(files=len(payload), bytes=sum(one.size for one in payload.values()))
    if header.payload != total:
        message = _("The header gives other numbers of files or bytes than the package holds.")
        found.add("HEADER_PAYLOAD", path, message)
    if not documents.is_instant(header.created_at):
        found.add("HEADER_TIME", path, _("The header gives a date that does not exist."))
    _check_members(header, found)
    _check_digests(header, payload, found)
    _check_index(header, payload, found)


def _check_members(header: v1.Header, found: Findings) -> None:
    path = layout.HEADER
    about_key = header.kind in _KEY_KINDS
    needed = ("unit",) if about_key else _SUBMISSION_MEMBERS
    for name in needed if about_key or header.kind == "submission" else ():
        if getattr(header, name) is None:
            message = _("The header lacks “{member}”, which this kind of package needs.")
            found.add("HEADER_MEMBER", path, message.format(member=name))
    for name in _KEY_UNUSED if about_key else ():
        if getattr(header, name) not in (None, []):
            message = _("The header gives “{member}”, which this kind of package does not use.")
            found.add("HEADER_UNUSED", path, message.format(member=name))
    if header.kind == "evidence-part" and header.part is None and header.previous is None:
        message = _("The header lacks “{member}”, which this kind of package needs.")
        found.add("HEADER_MEMBER", path, message.format(member="part"))
    if header.part is not None and header.part.index > header.part.count:
        found.add("HEADER_PART", path, _("The part has a higher number than there are parts."))
    scans = any(record.role == "approval" for record in header.evidence)
    if header.approval == "scan" and not scans:
        message = _("The header speaks of scanned minutes, but there are none in the package.")
        found.add("HEADER_APPROVAL", path, message)
    if header.approval != "scan" and scans:
        message = _("Scanned minutes are in the package, but the header does not speak of them.")
        found.add("HEADER_APPROVAL", path, message)
    if header.recipient is not None:
        message = _("The header names a recipient, but the package is not encrypted for anyone.")
        found.add("HEADER_RECIPIENT", path, message)


def _check_digests(header: v1.Header, payload: Members, found: Findings) -> None:
    assessment = payload.get(layout.ASSESSMENT)
    if assessment is not None and header.content_digest != assessment.sha256:
        message = _("The entries are not those that the header names.")
        found.add("CONTENT_DIGEST", layout.ASSESSMENT, message)
    rubric = payload.get(layout.RUBRIC)
    if rubric is not None and (header.rubric is None or header.rubric.digest != rubric.sha256):
        message = _("The worksheet edition is not the one that the header names.")
        found.add("RUBRIC_DIGEST", layout.RUBRIC, message)


def _check_index(header: v1.Header, payload: Members, found: Findings) -> None:
    """The header's list of evidence and approvals is that of the payload, no more and no less."""
    folders = {"evidence": layout.EVIDENCE_FOLDER, "approval": layout.APPROVAL_FOLDER}
    listed: set[str] = set()
    for record in header.evidence:
        there = payload.get(record.path)
        if record.path in listed or not record.path.startswith(folders[record.role]):
            message = _("The list of evidence names a file twice, or at a wrong place.")
            found.add("EVIDENCE_INDEX", record.path, message)
        elif there is None:
            message = _("The list of evidence names a file that is missing.")
            found.add("EVIDENCE_INDEX", record.path, message)
        elif (there.size, there.sha256) != (record.bytes, record.sha256):
            message = _("The list of evidence gives another size or checksum for this file.")
            found.add("EVIDENCE_INDEX", record.path, message)
        listed.add(record.path)
    for path in payload:
        if path.startswith(tuple(folders.values())) and path not in listed:
            message = _("This file is missing in the list of evidence.")
            found.add("EVIDENCE_INDEX", path, message)


def check_trail(header: v1.Header, count: int, head: str, found: Findings) -> None:
    """The trail is as long as the header says, and ends in the same hash."""
    if header.trail is None or (header.trail.count, header.trail.head) != (count, head):
        message = _("The trail of changes is not the one that the header names.")
        found.add("TRAIL_HEAD", layout.TRAIL, message)


def check_assessment(assessment: v1.Assessment, header: v1.Header, found: Findings) -> None:
    """The assessment belongs to this header, and everything that it refers to is there."""
    path = layout.ASSESSMENT
    pairs = (
        ("assessment_id", assessment.assessment_id, header.assessment_id),
        ("revision", assessment.revision, header.revision),
        ("unit", assessment.unit, header.unit),
        ("year", assessment.year, header.year),
        ("rubric", assessment.rubric, header.rubric),
        ("practice", assessment.practice, header.state == "practice"),
    )
    for name, inside, outside in pairs:
        if inside != outside:
            message = _("Entries and header do not agree on “{member}”.").format(member=name)
            found.add("ASSESSMENT_MISMATCH", path, message)
    if not all(map(documents.is_instant, documents.instants(assessment))):
        message = _("The entries give a date that does not exist.")
        found.add("ASSESSMENT_TIME", path, message)
    _check_unique(assessment, found)
    _check_people(assessment, found)
    _check_evidence(assessment, header, found)


def _repeated(values: Iterable[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]


def _check_unique(assessment: v1.Assessment, found: Findings) -> None:
    repeated = [
        *_repeated(f"{answer.code} ({answer.layer})" for answer in assessment.answers),
        *_repeated(person.id for person in assessment.people),
        *_repeated(evidence.id for evidence in assessment.evidence),
    ]
    for one in repeated:
        message = _("The entries hold “{what}” twice.").format(what=shown(one, 80))
        found.add("ASSESSMENT_DUPLICATE", layout.ASSESSMENT, message)


def _check_people(assessment: v1.Assessment, found: Findings) -> None:
    people = {person.id for person in assessment.people}
    named = {answer.author for answer in assessment.answers}
    named.update(evidence.added_by for evidence in assessment.evidence)
    for unknown in sorted(one for one in named if one is not None and one not in people):
        message = _("The entries name a person who is not in their list ({id}).")
        found.add("ASSESSMENT_REFERENCE", layout.ASSESSMENT, message.format(id=unknown))


def _check_evidence(assessment: v1.Assessment, header: v1.Header, found: Findings) -> None:
    """Each file of the entries is in the package with the same content and for the same items."""
    index = {one.path: one for one in header.evidence if one.role == "evidence"}
    partial = header.part is not None or header.state == "provisional"
    items: dict[str, set[str]] = {path: set() for path in index}
    for record in assessment.evidence:
        place = record.path or record.id
        if record.kind == "link":
            good = record.path is None and record.sha256 is None and bool(record.url)
        elif record.path is None or record.path not in index:
            good = record.sha256 is not None and partial
        else:
            there = index[record.path]
            items[record.path].update(record.items)
            good = (there.sha256, there.bytes) == (record.sha256, record.bytes)
        if not good:
            message = _("The entries name evidence that is not so in the package.")
            found.add("ASSESSMENT_EVIDENCE", place, message)
    for path, codes in items.items():
        if codes != set(index[path].items):
            message = _("Entries and header do not agree on the items of this evidence.")
            found.add("ASSESSMENT_EVIDENCE", path, message)
