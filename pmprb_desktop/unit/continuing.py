"""Going on from the last package when the laptop or its workspace is lost."""

import json
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

from pmprb_desktop.errors import Cancelled, UserError
from pmprb_desktop.evidence import BlobStore
from pmprb_desktop.i18n import _
from pmprb_desktop.package import keys, v1
from pmprb_desktop.package.trail import START
from pmprb_desktop.package.trail import append as chain
from pmprb_desktop.package.verify import read_member
from pmprb_desktop.records import (
    AnswerRow,
    AssessmentRow,
    BlobRow,
    EvidenceItemRow,
    EvidenceRow,
    PersonRow,
    TrailRow,
    UnitKeyRow,
    UnitRow,
)
from pmprb_desktop.store import Repository
from pmprb_desktop.unit import clock, trails
from pmprb_desktop.unit.assessments import assessment_info, keep_edition
from pmprb_desktop.unit.inspection import Inspection, inspect
from pmprb_desktop.unit.unit_keys import identities
from pmprb_desktop.unit.workspace import Workspace
from pmprb_desktop.values import AssessmentInfo


def fetch_evidence(
    blobs: BlobStore,
    seen: Inspection,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> int:
    """Stream the evidence of a sound package into the content store, hashed again (any thread).

    Files that are here and whole are passed over. Gives how many were written.
    """
    header = seen.verification.header
    records = [] if header is None or not seen.valid else header.evidence
    wanted = [record for record in records if record.role == "evidence"]
    written = 0
    for number, record in enumerate(wanted, 1):
        if cancelled is not None and cancelled():
            raise Cancelled
        if not blobs.verify(record.sha256, record.bytes):
            pieces = read_member(seen.path, seen.verification, record.path)
            blobs.write_chunks(pieces, expected=record.sha256)
            written += 1
        if progress is not None:
            progress(number, len(wanted))
    return written


def continue_from(
    ws: Workspace,
    path: Path,
    *,
    any_key: bool = True,
    trust: Sequence[bytes] = (),
    fetched: Inspection | None = None,
) -> AssessmentInfo:
    """Start again from a package of this unit ("Lanjutkan dari paket terakhir").

    The package is verified first; evidence is streamed into the content store, hashed again on
    the way; then everything is taken in, in one transaction, as the next revision. Without
    ``any_key`` it must be signed by a key of this workspace, or one of ``trust`` (DER).
    ``fetched``: what :func:`inspect` found, when :func:`fetch_evidence` has run on it already.
    """
    seen = fetched or inspect(path, [*own_certificates(ws), *trust])
    document, header = seen.verification.assessment, seen.verification.header
    if not seen.valid or document is None or header is None or header.kind != "submission":
        raise UserError(
            "PACKAGE_REFUSED",
            _("This file cannot be taken in."),
            safe=_("Nothing was changed."),
            next_step=_("Look at what “pmprb verify” says of it, and ask for another copy."),
            path=str(path),
            findings=seen.findings,
        )
    if not any_key and not seen.verification.trusted:
        raise _unknown_key(path, header.key.spki_sha256)
    with ws.transaction() as repo:
        _refuse_foreign(repo, document)
    if fetched is None:
        fetch_evidence(ws.blobs, seen)
    lines = b"".join(read_member(path, seen.verification, "data/trail.jsonl")).decode()
    with ws.transaction() as repo:
        _refuse_foreign(repo, document)
        row = _take_in(repo, seen, document, lines.split("\n")[:-1])
        _count_on(repo, header.key.spki_sha256, header.key_seq)
        return assessment_info(ws, repo, row)


def own_certificates(ws: Workspace) -> tuple[bytes, ...]:
    """Certificates of every key that this workspace has or had, as DER."""
    return tuple(entry.certificate_der for entry in identities(ws))


def _unknown_key(path: Path, fingerprint: str) -> UserError:
    return UserError(
        "KEY_UNKNOWN",
        _("The package is signed by a key that is not one of this workspace: {code}.").format(
            code=keys.phone_code(fingerprint)
        ),
        safe=_("Nothing was changed."),
        next_step=_(
            "Compare the code with the one of the old laptop or the office. If it is right, name "
            "its certificate with --trust, or take any key with --any-key."
        ),
        path=str(path),
    )


def _count_on(repo: Repository, fingerprint: str, key_seq: int) -> None:
    """A restored key goes on counting its packages where it left off."""
    key = repo.get(UnitKeyRow, fingerprint)
    if key is not None and key.key_seq < key_seq:
        key.key_seq = key_seq
        repo.add(key)


def _refuse_foreign(repo: Repository, document: v1.Assessment) -> None:
    if repo.get(UnitRow, document.unit.code) is None:
        raise UserError(
            "UNIT_OTHER",
            _("The package is that of {unit}, which is not a unit of this workspace.").format(
                unit=f"{document.unit.code} {document.unit.name}"
            ),
            safe=_("Nothing was changed."),
            next_step=_("Add the unit first if it is yours; otherwise ask the office."),
        )
    if repo.get(AssessmentRow, document.assessment_id) is not None:
        raise UserError(
            "ASSESSMENT_EXISTS",
            _("This assessment is already in the workspace."),
            safe=_("It is untouched; newer answers are never overwritten."),
            next_step=_("Go on with the one that is here."),
        )


def _take_in(
    repo: Repository, seen: Inspection, document: v1.Assessment, lines: list[str]
) -> AssessmentRow:
    assert seen.rubric is not None
    keep_edition(repo, seen.rubric)
    for person in document.people:
        if repo.get(PersonRow, person.id) is None:
            content = person.model_dump()
            repo.add(
                PersonRow(**content, unit_code=document.unit.code, created_at=document.locked_at)
            )
    row = AssessmentRow(
        id=document.assessment_id,
        unit_code=document.unit.code,
        edition=document.rubric.id,
        year=document.year,
        practice=document.practice,
        revision=document.revision + 1,
        previous=seen.verification.digest,
        created_at=clock.instant(),
    )
    repo.add(row)
    _trail(repo, row.id, lines)
    for answer in document.answers:
        repo.add(
            AnswerRow(
                assessment_id=row.id,
                layer=answer.layer,
                code=answer.code,
                value=answer.value,
                inputs=json.dumps(answer.inputs),
                not_applicable=answer.not_applicable,
                reason=answer.reason,
                note=answer.note,
                review_later=answer.review_later,
                author=answer.author,
                at=answer.at,
            )
        )
    _evidence(repo, row.id, document)
    after = {"digest": seen.verification.digest, "revision": row.revision}
    trails.append(repo, row.id, "continued", after=after)
    return row


def _trail(repo: Repository, assessment_id: str, lines: list[str]) -> None:
    digest = START
    for seq, line in enumerate(lines, start=1):
        digest = chain(digest, line.encode())
        content = json.loads(line)
        repo.add(
            TrailRow(
                assessment_id=assessment_id,
                seq=seq,
                line=line,
                hash=digest.hex(),
                action=str(content.get("action", ""))[:40],
                code=content.get("code") if isinstance(content.get("code"), str) else None,
                target=content.get("target") if isinstance(content.get("target"), int) else None,
            )
        )


def _evidence(repo: Repository, assessment_id: str, document: v1.Assessment) -> None:
    places: dict[str, int] = {}
    for entry in document.evidence:
        if entry.sha256 and repo.get(BlobRow, entry.sha256) is None:
            repo.add(
                BlobRow(
                    sha256=entry.sha256,
                    bytes=entry.bytes,
                    media_type=entry.media_type,
                    flags=" ".join(entry.flags),
                    added_at=clock.instant(),
                )
            )
        evidence_id = entry.id if repo.get(EvidenceRow, entry.id) is None else str(uuid.uuid4())
        repo.add(
            EvidenceRow(
                id=evidence_id,
                assessment_id=assessment_id,
                kind=entry.kind,
                name=entry.name,
                label=entry.label,
                sha256=entry.sha256,
                url=entry.url,
                added_by=entry.added_by,
                added_at=entry.added_at,
            )
        )
        kept = dict(zip(entry.items, entry.places, strict=False))
        for code in dict.fromkeys(entry.items):
            places[code] = places.get(code, 0) + 1
            place = kept.get(code, places[code])
            repo.add(EvidenceItemRow(evidence_id=evidence_id, code=code, position=place))
