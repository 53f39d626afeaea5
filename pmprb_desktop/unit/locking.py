"""Lock, approve, unlock: from entries to a revision that a head of unit can sign."""

import hashlib
import uuid
from collections.abc import Sequence

from pmprb_desktop.errors import UserError
from pmprb_desktop.evidence import Ingested
from pmprb_desktop.i18n import _
from pmprb_desktop.records import AssessmentRow, EvidenceRow, WorkspaceRow
from pmprb_desktop.store import Repository
from pmprb_desktop.unit import clock, content, trails
from pmprb_desktop.unit.answering import writable
from pmprb_desktop.unit.assessments import assessment_info, evidence_infos
from pmprb_desktop.unit.attachments import keep_blob
from pmprb_desktop.unit.workspace import Workspace
from pmprb_desktop.values import AssessmentInfo, EvidenceInfo


def lock(ws: Workspace, assessment_id: str) -> AssessmentInfo:
    """Freeze the entries: what is printed and signed from now on is exactly this.

    Locking again what is locked changes nothing.
    """
    with ws.transaction() as repo:
        row = repo.assessment(assessment_id)
        if row.state != "locked":
            writable(row)
            freeze(ws, repo, row)
        return assessment_info(ws, repo, row)


def freeze(ws: Workspace, repo: Repository, row: AssessmentRow, *, at: str | None = None) -> None:
    """Keep the bytes of ``assessment.json`` and their digest."""
    at = at or clock.instant()
    document = content.to_bytes(content.build(ws, repo, row, at))
    row.content = document
    row.content_digest = hashlib.sha256(document).hexdigest()
    row.locked_at = at
    row.state = "locked"
    repo.add(row)
    after = {"content_digest": row.content_digest, "revision": row.revision}
    trails.append(repo, row.id, "locked", after=after, at=at)


def unlock(ws: Workspace, assessment_id: str) -> AssessmentInfo:
    """Open the entries again. What was sealed stays as it is: a new revision begins then.

    Scans of a signed page belong to the old entries and are taken off.
    """
    with ws.transaction() as repo:
        row = repo.assessment(assessment_id)
        if row.state == "done":
            raise UserError(
                "ASSESSMENT_DONE",
                _("The office has accepted this assessment; it cannot be changed any more."),
                safe=_("Nothing was changed."),
                next_step=_("Ask the office if something must be corrected all the same."),
            )
        if row.state in ("locked", "sent", "sent_provisional"):
            open_again(repo, row)
        return assessment_info(ws, repo, row)


def open_again(repo: Repository, row: AssessmentRow, *, at: str | None = None) -> None:
    """Back to a draft, as the next revision when this one was sealed."""
    at = at or clock.instant()
    package = repo.last_package(row.id)
    before = {"revision": row.revision, "content_digest": row.content_digest}
    if package is not None and package.revision == row.revision:
        row.previous = package.digest
        row.revision += 1
    row.state = "draft"
    row.content = row.content_digest = row.locked_at = None
    repo.add(row)
    for entry in repo.evidence(row.id, "approval"):
        entry.removed_at = at
        repo.add(entry)
    after = {"revision": row.revision}
    trails.append(repo, row.id, "unlocked", before=before, after=after, at=at)


def approve(
    ws: Workspace, assessment_id: str, scans: Sequence[Ingested]
) -> tuple[EvidenceInfo, ...]:
    """Attach scans of the signed minutes to the locked entries."""
    with ws.transaction() as repo:
        row = repo.assessment(assessment_id)
        _locked(repo, row)
        for scan in scans:
            _refuse_no_page(scan)
        workspace = repo.get(WorkspaceRow, 1)
        known = {entry.sha256 for entry in repo.evidence(row.id, "approval")}
        for scan in scans:
            if scan.sha256 in known:
                continue
            keep_blob(repo, scan)
            repo.add(
                EvidenceRow(
                    id=str(uuid.uuid4()),
                    assessment_id=row.id,
                    role="approval",
                    name=scan.name,
                    sha256=scan.sha256,
                    added_by=workspace.person_id if workspace else None,
                    added_at=clock.instant(),
                )
            )
            after = {"name": scan.name, "sha256": scan.sha256}
            trails.append(repo, row.id, "approved", after={**after, "content": row.content_digest})
            known.add(scan.sha256)
        return evidence_infos(repo, row.id, "approval")


def _locked(repo: Repository, row: AssessmentRow) -> None:
    package = repo.last_package(row.id)
    sealed = package is not None and package.revision == row.revision
    if row.state != "locked" or sealed:
        first = _("Lock the entries first, print the minutes, and let them be signed.")
        again = _("Unlock first: a new revision begins. Then lock, print, and let it be signed.")
        raise UserError(
            "NOT_LOCKED",
            _("A scan belongs to locked entries that are not in a package yet."),
            safe=_("Nothing was changed."),
            next_step=again if sealed else first,
        )


def _refuse_no_page(scan: Ingested) -> None:
    if scan.media_type != "application/pdf" and not scan.media_type.startswith("image/"):
        raise UserError(
            "APPROVAL_KIND",
            _("“{name}” is no scan: only a PDF or a picture can be the signed minutes.").format(
                name=scan.name
            ),
            safe=_("Nothing was changed."),
            next_step=_("Scan or photograph the signed page, and attach that file."),
            path=scan.name,
        )


def approvals(ws: Workspace, assessment_id: str) -> tuple[EvidenceInfo, ...]:
    """Scans of the signed minutes of the present revision."""
    with ws.transaction() as repo:
        repo.assessment(assessment_id)
        return evidence_infos(repo, assessment_id, "approval")


def remove_approval(ws: Workspace, evidence_id: str) -> None:
    """Take a scan off again."""
    with ws.transaction() as repo:
        entry = repo.get(EvidenceRow, evidence_id)
        if entry is None or entry.role != "approval":
            return
        row = repo.assessment(entry.assessment_id)
        _locked(repo, row)
        entry.removed_at = clock.instant()
        repo.add(entry)
        before = {"name": entry.name, "sha256": entry.sha256}
        trails.append(repo, row.id, "approval_removed", before=before)
