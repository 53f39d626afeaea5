"""Commands from lock to package, and about packages from outside."""

from argparse import Namespace
from pathlib import Path
from typing import Any

from pmprb_desktop import unit
from pmprb_desktop.cli.output import Output, finding_data, finding_line, progress, size_text
from pmprb_desktop.cli.shared import (
    assessment,
    assessment_data,
    assessment_line,
    passphrase,
    read_small,
    regular_file,
    workspace,
)
from pmprb_desktop.errors import UserError
from pmprb_desktop.i18n import _
from pmprb_desktop.values import ExportResult


def lock(arguments: Namespace) -> Output:
    """Freeze the entries, or open them again."""
    verb = unit.unlock if arguments.verb == "unlock" else unit.lock
    with workspace(arguments) as ws:
        info = verb(ws, assessment(ws, arguments.assessment).id)
    lines = [assessment_line(info)]
    if info.content_digest:
        lines.append(_("Kode isian {code}").format(code=code_text(info.content_digest)))
    return Output(assessment_data(info), lines)


def code_text(content_digest: str) -> str:
    """The first eight characters of a content digest as they are printed."""
    return f"{content_digest[:4]} {content_digest[4:8]}"


def state_text(state: str) -> str:
    """What a package is, for people."""
    words = {"final": _("final"), "provisional": _("provisional"), "practice": _("practice")}
    return words.get(state, state)


def approve(arguments: Namespace) -> Output:
    """Attach scans of the signed minutes."""
    with workspace(arguments) as ws:
        info = assessment(ws, arguments.assessment)
        scans = [ws.blobs.ingest(Path(name)) for name in arguments.files]
        entries = unit.approve(ws, info.id, scans)
    data = {
        "approvals": [
            {"sha256": entry.sha256, "name": entry.name, "bytes": entry.bytes} for entry in entries
        ]
    }
    return Output(data, [f"{entry.name} ({size_text(entry.bytes)})" for entry in entries])


def seal(arguments: Namespace) -> Output:
    """Seal the revision, write the package, read it again and verify it."""
    folder = Path(arguments.output)
    with workspace(arguments) as ws:
        info = assessment(ws, arguments.assessment)
        unit.ready_folder(folder)
        plan = unit.plan_seal(
            ws,
            info.id,
            provisional=arguments.provisional,
            approval=arguments.approval,
            passphrase=passphrase(arguments),
        )
        sealed = unit.seal(plan, progress(_("Checking evidence")))
        unit.record_seal(ws, sealed)
        try:
            result = _export(ws, info.id, folder)
        except UserError as error:
            again = _("The revision is sealed; “pmprb export {id} -o DIR” writes it again.")
            error.next_step = f"{error.next_step} {again.format(id=info.id[:8])}".strip()
            raise
    return _exported(result)


def export(arguments: Namespace) -> Output:
    """Write the package of the sealed revision again: the identical file."""
    with workspace(arguments) as ws:
        info = assessment(ws, arguments.assessment)
        result = _export(ws, info.id, Path(arguments.output))
    return _exported(result)


def _export(ws: unit.Workspace, assessment_id: str, folder: Path) -> ExportResult:
    job = unit.plan_export(ws, assessment_id)
    result = unit.export(job, folder, progress(_("Writing and reading again")))
    unit.record_copy(ws, result)
    return result


def _exported(result: ExportResult) -> Output:
    data = {
        "path": result.path,
        "package_id": result.package_id,
        "revision": result.revision,
        "digest": result.digest,
        "content_digest": result.content_digest,
        "fingerprint": result.fingerprint,
        "files": result.files,
        "bytes": result.bytes,
        "state": result.state,
        "assessment": result.assessment_id,
    }
    lines = [
        _("Package written, read again and verified: {path}").format(path=result.path),
        _("Revision {revision} ({state}), {files} files, {size}, kode isian {code}").format(
            revision=result.revision,
            state=state_text(result.state),
            files=result.files,
            size=size_text(result.bytes),
            code=code_text(result.content_digest),
        ),
    ]
    return Output(data, lines)


def verify(arguments: Namespace) -> Output:
    """Every finding about a package; needs no workspace."""
    trust = _trusted(arguments)
    seen = unit.inspect(regular_file(arguments.package), trust, progress(_("Verifying")))
    checked = seen.verification
    header = checked.header
    data: dict[str, Any] = {
        "valid": seen.valid,
        "trusted": checked.trusted and seen.valid,
        "kind": checked.kind,
        "key": checked.key,
        "digest": checked.digest,
        "findings": [finding_data(entry) for entry in seen.findings],
        "package_id": header.package_id if header else None,
        "content_digest": header.content_digest if header else None,
        "revision": header.revision if header else None,
        "state": header.state if header else None,
        "unit": header.unit.model_dump() if header and header.unit else None,
        "total": None if seen.score is None else _total(seen),
    }
    lines = [finding_line(entry) for entry in seen.findings]
    if seen.valid:
        who = _("trusted") if checked.trusted else _("the key is not known here")
        lines.append(_("Valid ({who}).").format(who=who))
        if header and header.unit and header.year is None:
            lines.append(f"{header.kind}: {header.unit.code} {header.unit.name}")
        elif header and header.unit:
            lines.append(
                _("{unit}, {year}, revision {revision}, {state}").format(
                    unit=f"{header.unit.code} {header.unit.name}",
                    year=header.year,
                    revision=header.revision,
                    state=state_text(header.state or ""),
                )
            )
        lines.append(_("Digest {digest}").format(digest=checked.digest))
    else:
        lines.append(_("Not valid: do not use this file."))
    return Output(data, lines, 0 if seen.valid else 1)


def _trusted(arguments: Namespace) -> list[bytes]:
    return [certificate(Path(name)) for name in arguments.trust or ()]


def _total(seen: unit.Inspection) -> str | None:
    from pmprb_desktop.cli.output import number

    return number(seen.score.total) if seen.score else None


def certificate(path: Path) -> bytes:
    """A certificate file (PEM or DER) as DER."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    try:
        data = read_small(path)
        load = x509.load_pem_x509_certificate if b"-----BEGIN" in data else None
        loaded = load(data) if load else x509.load_der_x509_certificate(data)
    except (UserError, ValueError) as error:
        raise UserError(
            "CERTIFICATE_UNREADABLE",
            _("The certificate {name} cannot be read.").format(name=path.name),
            next_step=_("“pmprb identity certificate” writes one."),
        ) from error
    return loaded.public_bytes(Encoding.DER)


def open_file(arguments: Namespace) -> Output:
    """Take in what came from outside: here, the unit's own last package."""
    path, trust = regular_file(arguments.file), _trusted(arguments)
    with workspace(arguments) as ws:
        own = unit.own_certificates(ws)
        seen = unit.inspect(path, [*own, *trust], progress(_("Verifying")))
        any_key = bool(arguments.any_key)
        info = unit.continue_from(ws, path, any_key=any_key, trust=trust)
        known = {entry.fingerprint for entry in unit.identities(ws)}
    signed = _signer(seen, known)
    warnings = [entry for entry in seen.findings if entry.severity != "error"]
    data = {
        **assessment_data(info),
        "signed_by": signed,
        "findings": [finding_data(entry) for entry in warnings],
    }
    who = _("this workspace") if signed["own"] else _("not a key of this workspace")
    lines = [
        _("Going on from the package:"),
        assessment_line(info),
        _("Signed by {fingerprint}, to read out {code} ({who})").format(
            fingerprint=signed["fingerprint"], code=signed["phone_code"], who=who
        ),
        *(finding_line(entry) for entry in warnings),
    ]
    return Output(data, lines)


def _signer(seen: unit.Inspection, known: set[str]) -> dict[str, Any]:
    from pmprb_desktop.package import keys

    key = seen.verification.key or ""
    return {
        "fingerprint": key,
        "phone_code": keys.phone_code(key),
        "own": key in known,
        "trusted": seen.verification.trusted,
    }


def trail_verify(arguments: Namespace) -> Output:
    """Compute the chain of changes again."""
    with workspace(arguments) as ws:
        report = unit.verify_trail(ws, assessment(ws, arguments.assessment).id)
    data = {
        "ok": report.ok,
        "count": report.count,
        "head": report.head,
        "first_fault": report.first_fault,
        "differs": list(report.differs),
    }
    if report.ok:
        line = _("The trail is whole: {count} rows, head {head}.").format(
            count=report.count, head=report.head
        )
    elif report.differs:
        line = _("These answers are not what the trail says: {codes}.").format(
            codes=", ".join(report.differs)
        )
    else:
        line = _("The trail is broken at row {row}.").format(row=report.first_fault)
    return Output(data, [line], 0 if report.ok else 1)


def report(arguments: Namespace) -> Output:
    """Write a report as PDF."""
    target = Path(arguments.output)
    if target.suffix.lower() != ".pdf":
        raise UserError(
            "REPORT_FORMAT",
            _("This version writes reports as PDF only."),
            next_step=_("Give the file the ending .pdf."),
        )
    with workspace(arguments) as ws:
        info = assessment(ws, arguments.assessment)
        job = unit.plan_report(ws, info.id, arguments.kind)
    unit.render_job(job, target, arguments.paper)
    return Output({"path": str(target)}, [_("Written: {path}").format(path=target)])
