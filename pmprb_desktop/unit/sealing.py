"""Seal and export, in parts, so that no window waits: plan → work on any thread → record."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO
from typing import Literal

from pmprb_desktop.errors import Cancelled, Finding, UserError
from pmprb_desktop.evidence import BlobStore
from pmprb_desktop.i18n import _
from pmprb_desktop.package import v1
from pmprb_desktop.package.seal import HeaderDraft, PayloadFile, SealedBag, seal_bag
from pmprb_desktop.records import (
    AssessmentRow,
    BlobRow,
    PackageFileRow,
    PackageRow,
    UnitKeyRow,
    WorkspaceRow,
)
from pmprb_desktop.report import Options
from pmprb_desktop.rubric.model import Rubric
from pmprb_desktop.store import Repository
from pmprb_desktop.unit import clock, trails
from pmprb_desktop.unit.assessments import assessment_info, cached, evidence_infos, worksheet
from pmprb_desktop.unit.checking import check
from pmprb_desktop.unit.content import payload_paths
from pmprb_desktop.unit.damage import document_of
from pmprb_desktop.unit.locking import freeze, open_again
from pmprb_desktop.unit.printing import print_options, render_sealed
from pmprb_desktop.unit.unit_keys import SigningKey, signing_key
from pmprb_desktop.unit.workspace import Workspace
from pmprb_desktop.values import AssessmentInfo, EvidenceInfo

Progress = Callable[[int, int], None]
Asked = Callable[[], bool]
Approval = Literal["none", "scan", "later"]


@dataclass(frozen=True, slots=True)
class SealPlan:
    """Everything that sealing needs, taken from the store at one moment."""

    assessment_id: str
    document: v1.Assessment
    content: bytes
    trail: bytes
    trail_head: v1.TrailHead
    rubric: Rubric
    evidence: tuple[EvidenceInfo, ...]
    approvals: tuple[EvidenceInfo, ...]
    state: v1.State
    approval: Approval
    previous: str | None
    installation_id: str
    signing: SigningKey
    options: Options
    blobs: BlobStore


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed revision that is not in the store yet."""

    plan: SealPlan
    bag: SealedBag
    files: tuple[PayloadFile, ...]


def plan_seal(
    ws: Workspace,
    assessment_id: str,
    *,
    provisional: bool = False,
    approval: Approval | None = None,
    passphrase: str | None = None,
) -> SealPlan:
    """Take a snapshot for :func:`seal`; nothing of the assessment is changed yet.

    Entries that are not locked are frozen in the snapshot alone. :func:`record_seal` locks them,
    so that they stay open for whoever has to repair something when sealing fails.

    Raises UserError CHECK_FAILED (with findings) or APPROVAL_MISSING for a final package that is
    not ready, ALREADY_SEALED for a revision that has its package, and what the key may say.
    """
    with ws.transaction() as repo:
        row = repo.assessment(assessment_id)
        _refuse_sealed(row, provisional=provisional)
        unit_code = row.unit_code
    if not provisional:
        _refuse_unfinished(ws, assessment_id)
    signing = signing_key(ws, unit_code, passphrase)
    options = print_options(ws, worksheet(ws, assessment_id))
    with ws.trial() as repo:
        row = repo.assessment(assessment_id)
        _freeze_for(ws, repo, row, clock.instant())
        scans = evidence_infos(repo, row.id, "approval")
        return _snapshot(
            ws,
            repo,
            row,
            signing,
            options,
            scans=scans,
            approval=_approval(scans, approval, provisional=provisional or row.practice),
            provisional=provisional and not row.practice,
        )


def _freeze_for(ws: Workspace, repo: Repository, row: AssessmentRow, at: str) -> None:
    """Lock entries that are open, or that were only sent provisionally, at this very moment."""
    if row.state == "sent_provisional":
        open_again(repo, row, at=at)
    if row.state in ("draft", "needs_correction"):
        freeze(ws, repo, row, at=at)


def _trail_bytes(repo: Repository, assessment_id: str) -> bytes:
    return ("\n".join(line for line, _hash in repo.trail_lines(assessment_id)) + "\n").encode()


def _refuse_sealed(row: AssessmentRow, *, provisional: bool) -> None:
    ready = row.state in ("draft", "needs_correction", "locked")
    if not ready and (provisional or row.state != "sent_provisional"):
        raise UserError(
            "ALREADY_SEALED",
            _("Revision {revision} is sealed already.").format(revision=row.revision),
            safe=_("It is kept, and can be written again as often as you like."),
            next_step=_("Write the package again, or unlock to begin the next revision."),
        )


def _refuse_unfinished(ws: Workspace, assessment_id: str) -> None:
    report = check(ws, assessment_id)
    if report.errors:
        raise UserError(
            "CHECK_FAILED",
            _("{count} errors stand in the way of a final package.").format(
                count=len(report.errors)
            ),
            safe=_("Your answers and evidence are safe."),
            next_step=_("Correct them, or send provisionally."),
            findings=[
                Finding(entry.code, entry.item, entry.message, entry.severity)
                for entry in report.errors
            ],
        )


def _approval(
    scans: Sequence[EvidenceInfo], wanted: Approval | None, *, provisional: bool
) -> Approval:
    if scans:
        return "scan"
    if wanted == "scan" or (wanted in (None, "none") and not provisional):
        raise UserError(
            "APPROVAL_MISSING",
            _("The scan of the signed minutes is missing."),
            safe=_("Your answers and evidence are safe."),
            next_step=_("Attach the scan, or choose “paper to follow”."),
        )
    return wanted or "none"


def _snapshot(
    ws: Workspace,
    repo: Repository,
    row: AssessmentRow,
    signing: SigningKey,
    options: Options,
    *,
    scans: tuple[EvidenceInfo, ...],
    approval: Approval,
    provisional: bool,
) -> SealPlan:
    workspace = repo.get(WorkspaceRow, 1)
    assert workspace is not None
    assert row.content is not None
    last = repo.last_trail_row(row.id)
    assert last is not None
    state: v1.State = "provisional" if provisional else "final"
    return SealPlan(
        assessment_id=row.id,
        document=document_of(row),
        content=row.content,
        trail=_trail_bytes(repo, row.id),
        trail_head=v1.TrailHead(count=last.seq, head=last.hash),
        rubric=cached(ws, repo, row).rubric,
        evidence=evidence_infos(repo, row.id),
        approvals=scans,
        state="practice" if row.practice else state,
        approval=approval,
        previous=row.previous,
        installation_id=workspace.installation_id,
        signing=signing,
        options=replace(
            options, content_digest=row.content_digest or "", provisional=state == "provisional"
        ),
        blobs=ws.blobs,
    )


def seal(
    plan: SealPlan, progress: Progress | None = None, cancelled: Asked | None = None
) -> Sealed:
    """Hash the evidence again, print, and sign. Runs on any thread; nothing is recorded yet.

    Raises UserError EVIDENCE_DAMAGED when a file is not what it was, or Cancelled.
    """
    _refuse_damaged(plan, progress, cancelled)
    reports = {kind: _report(plan, kind) for kind in ("summary", "minutes")}
    generated = {
        "data/assessment.json": plan.content,
        "data/trail.jsonl": plan.trail,
        "data/rubric.yaml": plan.rubric.source,
        "data/report/summary.pdf": reports["summary"],
        "data/report/minutes.pdf": reports["minutes"],
    }
    files = [_generated(plan.blobs, path, data) for path, data in generated.items()]
    records: list[v1.FileRecord] = []
    for role, entries in (("evidence", plan.evidence), ("approval", plan.approvals)):
        paths = payload_paths(role, entries)
        for sha256, path in paths.by_digest.items():
            entry = paths.entries[sha256]
            items = sorted({c for other in entries if other.sha256 == sha256 for c in other.items})
            files.append(kept_file(plan.blobs, path, entry.bytes, sha256))
            records.append(
                v1.FileRecord(
                    path=path,
                    name=entry.name,
                    media_type=entry.media_type,
                    bytes=entry.bytes,
                    sha256=sha256,
                    items=items,
                    role=role,
                )
            )
    if cancelled is not None and cancelled():
        raise Cancelled
    draft = HeaderDraft(
        kind="submission",
        key_seq=plan.signing.next_seq,
        installation_id=plan.installation_id,
        unit=plan.document.unit,
        year=plan.document.year,
        assessment_id=plan.assessment_id,
        revision=plan.document.revision,
        previous=plan.previous,
        content_digest=hashlib.sha256(plan.content).hexdigest(),
        trail=plan.trail_head,
        state=plan.state,
        approval=plan.approval,
        rubric=plan.document.rubric,
        evidence=tuple(records),
    )
    bag = seal_bag(draft, files, plan.signing.key, plan.signing.secret, now=clock.now())
    return Sealed(plan, bag, tuple(files))


def _refuse_damaged(plan: SealPlan, progress: Progress | None, cancelled: Asked | None) -> None:
    sizes = {e.sha256: e for e in (*plan.evidence, *plan.approvals) if e.sha256}
    total = sum(entry.bytes for entry in sizes.values())
    done = 0
    for sha256, entry in sizes.items():
        if cancelled is not None and cancelled():
            raise Cancelled
        if not plan.blobs.verify(sha256, entry.bytes):
            raise UserError(
                "EVIDENCE_DAMAGED",
                _("The file “{name}” is damaged or missing in the workspace.").format(
                    name=entry.label or entry.name
                ),
                safe=_("Your answers are safe; nothing was sealed."),
                next_step=_("Replace the file from where it came, or restore a backup."),
                path=", ".join(entry.items),
            )
        done += entry.bytes
        if progress is not None:
            progress(done, total)


def _report(plan: SealPlan, kind: str) -> bytes:
    target = BytesIO()
    render_sealed(kind, plan.rubric, plan.document, plan.options, target)
    return target.getvalue()


def _generated(blobs: BlobStore, path: str, data: bytes) -> PayloadFile:
    return kept_file(blobs, path, len(data), blobs.write_bytes(data))


def kept_file(blobs: BlobStore, path: str, size: int, sha256: str) -> PayloadFile:
    """A payload file that lies in the content store."""
    return PayloadFile(path, size, sha256, partial(blobs.open, sha256))


def record_seal(ws: Workspace, sealed: Sealed) -> AssessmentInfo:
    """Keep a sealed revision: from now on it is read-only and can be exported again.

    Entries that were open are locked just as the snapshot has them. Raises UserError SEAL_STALE
    when anything of them has changed since.
    """
    plan, bag = sealed.plan, sealed.bag
    with ws.transaction() as repo:
        row = repo.assessment(plan.assessment_id)
        _freeze_for(ws, repo, row, plan.document.locked_at)
        same = row.content == plan.content and _trail_bytes(repo, row.id) == plan.trail
        key = repo.get(UnitKeyRow, plan.signing.key.fingerprint)
        assert key is not None
        signed_since = key.key_seq >= plan.signing.next_seq
        if row.state != "locked" or not same or signed_since:
            raise UserError(
                "SEAL_STALE",
                _("The entries were unlocked or changed while the package was being made."),
                safe=_("They are as you left them; nothing was sealed."),
                next_step=_("Make the package again."),
            )
        key.key_seq = plan.signing.next_seq
        repo.add(key)
        tags = {path: data.decode() for path, data in bag.tag_files.items()}
        repo.add(
            PackageRow(
                digest=bag.digest,
                package_id=bag.package_id,
                assessment_id=row.id,
                kind="submission",
                revision=row.revision,
                state=plan.state,
                approval=plan.approval,
                content_digest=row.content_digest or "",
                fingerprint=key.fingerprint,
                key_seq=key.key_seq,
                created_at=bag.header.created_at,
                tag_files=json.dumps(tags, ensure_ascii=False),
                signature=bag.signature,
            )
        )
        for position, file in enumerate(sealed.files):
            if repo.get(BlobRow, file.sha256) is None:
                media = "application/octet-stream"
                row_ = BlobRow(
                    sha256=file.sha256, bytes=file.size, media_type=media, added_at=clock.instant()
                )
                repo.add(row_)
            repo.add(
                PackageFileRow(
                    digest=bag.digest,
                    position=position,
                    path=file.path,
                    sha256=file.sha256,
                    bytes=file.size,
                )
            )
        row.state = "sent_provisional" if plan.state == "provisional" else "sent"
        repo.add(row)
        after = {"digest": bag.digest, "revision": row.revision, "state": plan.state}
        trails.append(repo, row.id, "sealed", after=after)
        return assessment_info(ws, repo, row)
