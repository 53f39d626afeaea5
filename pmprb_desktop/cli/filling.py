"""Commands with which an LKE is filled: start, answer, attach, status, check."""

from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pmprb_desktop import answers, unit
from pmprb_desktop.checks import CheckFinding
from pmprb_desktop.cli.output import Output, finding_data, finding_line, progress, shown, size_text
from pmprb_desktop.cli.rubrics import refuse_faults
from pmprb_desktop.cli.shared import assessment, assessment_data, assessment_line, workspace
from pmprb_desktop.errors import Finding, UsageError, UserError
from pmprb_desktop.evidence import Ingested
from pmprb_desktop.i18n import _
from pmprb_desktop.values import KEEP, EvidenceInfo


def new(arguments: Namespace) -> Output:
    """Start an assessment."""
    with workspace(arguments) as ws:
        info = unit.new_assessment(ws, arguments.rubric, arguments.year, arguments.unit)
    lines = [assessment_line(info), _("Assessment {id}").format(id=info.id)]
    return Output(assessment_data(info), lines)


def answer(arguments: Namespace) -> Output:
    """Answer one item."""
    inputs = dict(_pair(entry) for entry in arguments.input or ())
    given = (arguments.value, arguments.note, arguments.reason)
    if not inputs and all(entry is None for entry in given):
        raise UsageError(
            "ANSWER_WHAT",
            _("Name a value, or at least one of --note, --reason and --input."),
            next_step="pmprb answer A CODE VALUE",
        )
    with workspace(arguments) as ws:
        info = assessment(ws, arguments.assessment)
        value = arguments.value
        marked = value is not None and value.strip().casefold() in answers.NOT_APPLICABLE
        merged: Any = KEEP
        if inputs:
            sheet = unit.worksheet(ws, info.id)
            before = sheet.answers.get(arguments.code)
            merged = {**(before.inputs if before else {}), **inputs}
        change = unit.answer(
            ws,
            info.id,
            arguments.code,
            value=KEEP if value is None or marked else (value or None),
            inputs=merged,
            note=KEEP if arguments.note is None else arguments.note,
            not_applicable=True if marked else KEEP,
            reason=KEEP if arguments.reason is None else arguments.reason,
        )
    entry = change.score.item_scores[change.code]
    data = {
        "saved": True,
        "code": change.code,
        "answer": change.after.value,
        "inputs": dict(change.after.inputs),
        "not_applicable": change.after.not_applicable,
        "note": change.after.note,
        "at": change.at,
        "total": assessment_data(change.info)["total"],
    }
    line = _("{code}: {answer} (score {score}). Total {total} / {weight}. Saved.").format(
        code=change.code,
        answer=change.after.value or "–",
        score=shown(entry.score),
        total=shown(change.info.total),
        weight=shown(change.info.weight),
    )
    return Output(data, [line])


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise UsageError(
            "INPUT_FORM",
            _("“{text}” is not of the form NAME=NUMBER.").format(text=text),
            next_step=_("“pmprb rubric show” lists the names of the inputs."),
        )
    return name.strip(), value.strip()


def answers_import(arguments: Namespace) -> Output:
    """Take a file of answers into an assessment, all of it or nothing."""
    with workspace(arguments) as ws:
        info = assessment(ws, arguments.assessment)
        sheet = unit.worksheet(ws, info.id)
        read = answers.read_file(Path(arguments.file), sheet.rubric)
        refuse_faults(read.findings)
        saved = unit.import_answers(ws, info.id, read.drafts)
        after = unit.worksheet(ws, info.id).info
    data = {
        "saved": saved,
        "findings": [finding_data(entry) for entry in read.findings],
        **assessment_data(after),
    }
    lines = [
        *(finding_line(entry) for entry in read.findings),
        _("{count} answers taken over.").format(count=saved),
        assessment_line(after),
    ]
    return Output(data, lines)


def answers_export(arguments: Namespace) -> Output:
    """Write the answers of an assessment as CSV or JSON."""
    target = Path(arguments.file)
    if target.suffix.lower() not in (".csv", ".json"):
        raise UserError(
            "ANSWERS_FORMAT",
            _("Answers are written as CSV or JSON only."),
            safe=_("Nothing was written."),
            next_step=_("Give the file the ending .csv or .json."),
            path=str(target),
        )
    with workspace(arguments) as ws:
        info = assessment(ws, arguments.assessment)
        sheet = unit.worksheet(ws, info.id)
    drafts = [
        answers.AnswerDraft(entry.code, entry.answer, entry.note, entry.reason)
        for entry in sheet.answers.values()
    ]
    write = answers.write_json if target.suffix.lower() == ".json" else answers.write_csv
    text = write(sheet.rubric, drafts)
    unit.write_whole(target, text.encode("utf-8-sig" if write is answers.write_csv else "utf-8"))
    data = {"saved": len(drafts), "path": str(target)}
    return Output(
        data, [_("{count} answers written to {path}.").format(count=len(drafts), path=target)]
    )


def evidence_data(entry: EvidenceInfo) -> dict[str, Any]:
    """A piece of evidence for scripts."""
    return {
        "id": entry.id,
        "kind": entry.kind,
        "sha256": entry.sha256,
        "url": entry.url,
        "name": entry.name,
        "label": entry.label,
        "media_type": entry.media_type,
        "bytes": entry.bytes,
        "items": list(entry.items),
        "flags": list(entry.flags),
    }


def _evidence_line(entry: EvidenceInfo) -> str:
    size = size_text(entry.bytes) if entry.kind == "file" else _("link")
    flags = f" [{', '.join(entry.flags)}]" if entry.flags else ""
    return f"{', '.join(entry.items)}: {entry.label or entry.name} ({size}){flags}"


def attach(arguments: Namespace) -> Output:
    """Attach files, links or a whole folder. One bad file does not stop the others."""
    single = arguments.code or arguments.files or arguments.link or arguments.label
    if (arguments.folder and single) or (arguments.dry_run and not arguments.folder):
        raise UsageError(
            "ATTACH_WHAT",
            _("--folder stands alone; --dry-run belongs to --folder."),
            next_step="pmprb attach A --folder DIR [--dry-run]",
        )
    if arguments.folder:
        return _attach_folder(arguments)
    if not arguments.code or not (arguments.files or arguments.link):
        raise UsageError(
            "ATTACH_WHAT",
            _("Name an item and at least one file, or a folder with --folder."),
            next_step="pmprb attach A CODE FILE…",
        )
    done: list[EvidenceInfo] = []
    refused: list[Finding] = []
    notes: list[str] = []
    with workspace(arguments) as ws:
        info = assessment(ws, arguments.assessment)
        there = {entry.sha256 for entry in unit.evidence_list(ws, info.id)}
        if arguments.code not in unit.worksheet(ws, info.id).rubric.items:
            unit.answer(ws, info.id, arguments.code)
        for name in arguments.files:
            try:
                ingested = ws.blobs.ingest(Path(name))
                entry = unit.attach(ws, info.id, [arguments.code], ingested, arguments.label or "")
                done.append(entry)
                notes += _known(entry, ingested, arguments.label or "", there)
                there.add(entry.sha256)
            except UserError as error:
                refused.append(Finding(error.rule, name, error.message))
        label = arguments.label or ""
        done += [
            unit.attach_link(ws, info.id, [arguments.code], url, label)
            for url in arguments.link or ()
        ]
    return _attached(done, refused, notes)


def _known(
    entry: EvidenceInfo, given: Ingested, label: str, there: set[str | None]
) -> Iterator[str]:
    """Say so when the bytes were here already, under another name."""
    other = given.name != entry.name or bool(label.strip() and entry.label != label.strip())
    if given.sha256 in there and other:
        yield _("“{name}” was here already, and keeps its name “{kept}”.").format(
            name=given.name, kept=entry.label or entry.name
        )


def _attached(
    done: list[EvidenceInfo], refused: list[Finding], notes: Sequence[str] = ()
) -> Output:
    data = {
        "evidence": [evidence_data(entry) for entry in done],
        "refused": [finding_data(entry) for entry in refused],
        "notes": list(notes),
    }
    lines = [_evidence_line(entry) for entry in done]
    lines += [f"· {note}" for note in notes]
    lines += [f"✗ {entry.path}: {entry.message} [{entry.rule}]" for entry in refused]
    return Output(data, lines, 1 if refused else 0)


def _attach_folder(arguments: Namespace) -> Output:
    with workspace(arguments) as ws:
        info = assessment(ws, arguments.assessment)
        plan = unit.plan_folder(ws, info.id, Path(arguments.folder))
        matches = [
            {
                "path": match.relative,
                "items": list(match.codes),
                "confidence": match.confidence,
                "reason": match.reason,
            }
            for match in plan.matches
        ]
        done: list[EvidenceInfo] = []
        refused = [
            Finding(f"EVIDENCE_{entry.reason.upper()}", entry.relative, _left_out(entry.reason))
            for entry in plan.left_out
            if entry.reason != "hidden"
        ]
        notes: list[str] = []
        there = {entry.sha256 for entry in unit.evidence_list(ws, info.id)}
        if not arguments.dry_run:
            for match in plan.matches:
                if match.codes:
                    try:
                        ingested = ws.blobs.ingest(match.path)
                        entry = unit.attach(ws, info.id, match.codes, ingested)
                        done.append(entry)
                        notes += _known(entry, ingested, "", there)
                        there.add(entry.sha256)
                    except UserError as error:
                        refused.append(Finding(error.rule, match.relative, error.message))
    lines = [
        f"{'✓' if match.codes else '?'} {match.relative} → {', '.join(match.codes) or match.reason}"
        for match in plan.matches
    ]
    lines += [
        f"· {entry.relative}: {_left_out(entry.reason)}"
        for entry in plan.left_out
        if entry.reason == "hidden"
    ]
    if plan.truncated:
        lines.append(_("There are more files than can be looked through; the rest is left out."))
    result = _attached(done, refused, notes)
    left = [{"path": entry.relative, "reason": entry.reason} for entry in plan.left_out]
    data = {
        **result.data,
        "matches": matches,
        "left_out": left,
        "truncated": plan.truncated,
        "dry_run": bool(arguments.dry_run),
    }
    return Output(data, [*lines, *result.lines], result.status)


def _left_out(reason: str) -> str:
    words = {
        "hidden": _("a hidden file or one of the system, left out"),
        "link": _("a link; only the file itself can be attached"),
        "special": _("no file but a pipe or device"),
        "program": _("a program or script; it cannot be evidence"),
        "empty": _("an empty file"),
        "too_large": _("larger than 1 GiB"),
        "unreadable": _("it cannot be read"),
    }
    return words.get(reason, reason)


def evidence_list(arguments: Namespace) -> Output:
    """The evidence of an assessment."""
    with workspace(arguments) as ws:
        info = assessment(ws, arguments.assessment)
        entries = unit.evidence_list(ws, info.id)
    lines = [_evidence_line(entry) for entry in entries] or [_("No evidence yet.")]
    return Output({"evidence": [evidence_data(entry) for entry in entries]}, lines)


def evidence_export(arguments: Namespace) -> Output:
    """Write the evidence as folders named by code."""
    with workspace(arguments) as ws:
        info = assessment(ws, arguments.assessment)
        job = unit.plan_evidence_export(ws, info.id)
        count = unit.export_evidence(job, Path(arguments.output), progress(_("Evidence")))
    data = {"path": arguments.output, "files": count}
    if not job.files and not job.links:
        return Output(data, [_("No evidence yet.")])
    return Output(
        data, [_("{count} files written to {path}.").format(count=count, path=arguments.output)]
    )


def status(arguments: Namespace) -> Output:
    """Progress and score of one assessment, or a list of all."""
    with workspace(arguments) as ws:
        if arguments.assessment is None:
            found = unit.assessments(ws)
            lines = [assessment_line(entry) for entry in found]
            lines = lines or [_("No assessment yet. Start one with “pmprb new”.")]
            return Output({"assessments": [assessment_data(entry) for entry in found]}, lines)
        info = assessment(ws, arguments.assessment)
    data = assessment_data(info)
    blank = _("{count} required items are blank.").format(count=info.required_blank)
    return Output(data, [assessment_line(info), blank])


def _check_data(entry: CheckFinding) -> dict[str, str]:
    return {
        "code": entry.code,
        "rule": entry.code,
        "item": entry.item,
        "message": entry.message,
        "severity": entry.severity,
    }


def check(arguments: Namespace) -> Output:
    """What is missing or odd before sealing; every evidence file is hashed again."""
    with workspace(arguments) as ws:
        info = assessment(ws, arguments.assessment)
        damaged = unit.evidence_job(ws, info.id).damaged(progress(_("Evidence")))
        report = unit.check(ws, info.id, damaged)
    signs = (("✗", report.errors), ("!", report.warnings), ("·", report.infos))
    lines = [f"{sign} {e.item}: {e.message} [{e.code}]" for sign, found in signs for e in found]
    lines.append(
        _("{errors} errors, {warnings} warnings.").format(
            errors=len(report.errors), warnings=len(report.warnings)
        )
    )
    data = {
        "ok": not report.errors,
        "errors": [_check_data(entry) for entry in report.errors],
        "warnings": [_check_data(entry) for entry in report.warnings],
        "infos": [_check_data(entry) for entry in report.infos],
    }
    return Output(data, lines, 1 if report.errors else 0)


def undo(arguments: Namespace) -> Output:
    """Take back, or put again, the last change of an answer."""
    with workspace(arguments) as ws:
        info = assessment(ws, arguments.assessment)
        change = (unit.redo if arguments.verb == "redo" else unit.undo)(ws, info.id)
    if change is None:
        return Output({"changed": False}, [_("There is nothing to take back or put again.")])
    data = {"changed": True, "code": change.code, "answer": change.after.value}
    return Output(data, [f"{change.code}: {change.after.value or '–'}"])
