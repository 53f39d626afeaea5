"""Evidence as a folder named by code: matched on the way in, written so on the way out."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pmprb_desktop.errors import Cancelled, Finding, UserError
from pmprb_desktop.evidence import (
    BlobStore,
    ExportFile,
    ExportItem,
    FolderPlan,
    export_plan,
    match_folder,
)
from pmprb_desktop.i18n import _
from pmprb_desktop.unit.assessments import cached
from pmprb_desktop.unit.attachments import evidence_list
from pmprb_desktop.unit.targets import ready_folder, reason_of
from pmprb_desktop.unit.workspace import Workspace


def plan_folder(ws: Workspace, assessment_id: str, folder: Path) -> FolderPlan:
    """Which file of a folder seems to belong to which item; nothing is attached yet."""
    with ws.transaction() as repo:
        row = repo.assessment(assessment_id)
        rubric = cached(ws, repo, row).rubric
    titles = {code: node.title for code, node in rubric.nodes.items()}
    return match_folder(folder, tuple(rubric.items), titles)


@dataclass(frozen=True, slots=True)
class EvidenceExport:
    """A job: which files of the content store to copy under which names, and the links."""

    blobs: BlobStore
    files: tuple[ExportFile, ...]
    links: tuple[tuple[str, str], ...]


def plan_evidence_export(ws: Workspace, assessment_id: str) -> EvidenceExport:
    """Snapshot for writing all evidence as a folder that :func:`plan_folder` understands."""
    entries = evidence_list(ws, assessment_id)
    items = [
        ExportItem(entry.sha256, entry.label or entry.name, entry.media_type, entry.items)
        for entry in entries
        if entry.sha256
    ]
    links = tuple((code, entry.url) for entry in entries if entry.url for code in entry.items)
    return EvidenceExport(ws.blobs, export_plan(items), links)


def export_evidence(
    job: EvidenceExport,
    target: Path,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> int:
    """Write the files of a job below ``target`` (any thread); nothing there is overwritten.

    Gives the number of files. Links stand in ``tautan.txt``. A damaged file does not stop the
    others: EVIDENCE_EXPORT_INCOMPLETE names all of them at the end.
    """
    ready_folder(target)
    faults: list[Finding] = []
    try:
        for number, file in enumerate(job.files, 1):
            if cancelled is not None and cancelled():
                raise Cancelled
            path = target / Path(*file.relative.parts)
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                try:
                    job.blobs.copy_to(file.sha256, path)
                except UserError as error:
                    if error.rule == "DISK_FULL":
                        raise
                    faults.append(Finding(error.rule, str(file.relative), error.message))
            if progress is not None:
                progress(number, len(job.files))
        if job.links:
            text = "".join(f"{code}\t{url}\n" for code, url in job.links)
            (target / "tautan.txt").write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(
            "TARGET_UNWRITABLE",
            _("The evidence cannot be written to {folder}: {reason}.").format(
                folder=target, reason=reason_of(error)
            ),
            safe=_("The workspace is untouched."),
            next_step=_("Choose another folder or stick, or make room on this one."),
        ) from error
    if faults:
        raise UserError(
            "EVIDENCE_EXPORT_INCOMPLETE",
            _("{bad} of {count} files could not be written.").format(
                bad=len(faults), count=len(job.files)
            ),
            safe=_("All the others were written."),
            next_step=_("Replace the named files from where they came, or restore a backup."),
            path=str(target),
            findings=faults,
        )
    return len(job.files)
