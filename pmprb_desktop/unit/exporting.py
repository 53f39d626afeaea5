"""Writing a sealed revision to a stick, as often as wanted: the identical package each time."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pmprb_desktop.errors import UserError
from pmprb_desktop.i18n import _
from pmprb_desktop.package.export import write_package
from pmprb_desktop.package.seal import PayloadFile, SealedBag
from pmprb_desktop.package.verify import verify_package
from pmprb_desktop.records import PackageCopyRow, PackageFileRow, UnitKeyRow
from pmprb_desktop.unit import clock
from pmprb_desktop.unit.assessments import assessment_info
from pmprb_desktop.unit.damage import kept_json
from pmprb_desktop.unit.sealing import Asked, Progress, kept_file
from pmprb_desktop.unit.targets import ready_folder
from pmprb_desktop.unit.workspace import Workspace
from pmprb_desktop.values import AssessmentInfo, ExportResult


@dataclass(frozen=True, slots=True)
class ExportJob:
    """A sealed revision with all that writing it again needs."""

    assessment_id: str
    bag: SealedBag
    files: tuple[PayloadFile, ...]
    certificate_der: bytes
    state: str


def plan_export(ws: Workspace, assessment_id: str) -> ExportJob:
    """Snapshot of the newest sealed revision for :func:`export`."""
    with ws.transaction() as repo:
        repo.assessment(assessment_id)
        package = repo.last_package(assessment_id)
        if package is None:
            raise UserError(
                "NOT_SEALED",
                _("There is no package of this assessment yet."),
                safe=_("Your answers and evidence are safe."),
                next_step=_("Lock the entries and make the package first."),
            )
        key = repo.get(UnitKeyRow, package.fingerprint)
        assert key is not None
        tags: Mapping[str, str] = kept_json(package.tag_files, package.package_id)
        bag = SealedBag.restore(
            {path: text.encode() for path, text in tags.items()}, package.signature
        )
        files = tuple(
            kept_file(ws.blobs, file.path, file.bytes, file.sha256)
            for file in repo.rows(PackageFileRow, order=("position",), digest=package.digest)
        )
        return ExportJob(assessment_id, bag, files, key.certificate, package.state)


def export(
    job: ExportJob,
    folder: Path,
    progress: Progress | None = None,
    cancelled: Asked | None = None,
) -> ExportResult:
    """Write the package into a folder, read it again from there, and verify it (any thread).

    It is called exported only then. Raises UserError TARGET_…, EXPORT_NOT_VERIFIED and what
    writing says.
    """
    ready_folder(folder)
    path = write_package(
        job.bag, job.files, folder, progress=_half(progress, 0), cancelled=cancelled
    )
    seen = verify_package(
        path, [job.certificate_der], progress=_half(progress, 1), cancelled=cancelled
    )
    if not seen.valid or seen.digest != job.bag.digest:
        raise UserError(
            "EXPORT_NOT_VERIFIED",
            _("The package was written, but what was read back from there is not the same."),
            safe=_("The sealed revision is safe in the workspace."),
            next_step=_("The stick may be faulty: use another one, and do not hand this one over."),
            path=str(path),
            findings=seen.findings,
        )
    header = job.bag.header
    return ExportResult(
        path=str(path),
        package_id=job.bag.package_id,
        revision=header.revision or 0,
        digest=job.bag.digest,
        content_digest=header.content_digest or "",
        fingerprint=header.key.spki_sha256,
        files=header.payload.files,
        bytes=path.stat().st_size,
        assessment_id=job.assessment_id,
        state=job.state,
    )


def _half(progress: Progress | None, part: int) -> Progress | None:
    """Writing is the first half of the way, reading again the second."""
    if progress is None:
        return None

    def report(done: int, total: int) -> None:
        progress(part * total + done, 2 * total)

    return report


def record_copy(ws: Workspace, result: ExportResult) -> AssessmentInfo:
    """Remember that a verified copy lies outside of this computer."""
    with ws.transaction() as repo:
        row = repo.assessment(result.assessment_id)
        copy = PackageCopyRow(digest=result.digest, path=result.path, written_at=clock.instant())
        repo.add(copy)
        return assessment_info(ws, repo, row)
