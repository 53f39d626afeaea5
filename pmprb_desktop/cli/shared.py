"""What several commands need: the workspace, an assessment by its name, passphrases."""

import os
import stat
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from pmprb_desktop import paths, unit
from pmprb_desktop.cli.output import number, say, shown
from pmprb_desktop.errors import UserError
from pmprb_desktop.i18n import _, ngettext
from pmprb_desktop.values import AssessmentInfo, Recovery

PASSPHRASE = "PMPRB_PASSPHRASE"  # noqa: S105  (the name of a variable, not a secret)


_SECRET_LIMIT: Final = 4096
_SMALL: Final = 1 << 20


def data_dir(arguments: Namespace) -> Path:
    """The workspace that the command speaks of."""
    given = getattr(arguments, "data_dir", None)
    return Path(given) if given else unit.resolve(paths.default_data_dir())


@contextmanager
def workspace(arguments: Namespace, *, create: bool = False) -> Iterator[unit.Workspace]:
    """The open workspace; what was recovered is said on standard error."""
    with unit.open_workspace(data_dir(arguments), create=create) as ws:
        if ws.recovery is not None:
            _say_recovered(ws.recovery)
        yield ws


def _say_recovered(found: Recovery) -> None:
    text = ngettext(
        "The program did not end properly last time. {count} answer is there, last {code}.",
        "The program did not end properly last time. {count} answers are there, last {code}.",
        found.answers,
    )
    if not found.answers:
        text = _("The program did not end properly last time. There are no answers yet.")
    say(text.format(count=found.answers, code=found.last_answer or "–"), error=True)
    if not found.database_sound:
        say(_("The workspace file has faults: make a backup and restore it."), error=True)


def passphrase(arguments: Namespace) -> str | None:
    """From ``--passphrase-file`` or the environment, never from an argument."""
    named = getattr(arguments, "passphrase_file", None)
    if named:
        return secret_file(named)
    return os.environ.get(PASSPHRASE) or None


def secret_file(name: str) -> str:
    """The first line of a file that holds a passphrase."""
    try:
        with regular_file(name).open(encoding="utf-8") as handle:
            secret = handle.readline(_SECRET_LIMIT).rstrip("\r\n")
        if "\0" in secret:
            raise ValueError(name)  # noqa: TRY301  (told like a file that is no text)
    except (OSError, ValueError, UserError) as error:
        raise UserError(
            "PASSPHRASE_FILE",
            _("The passphrase file {name} cannot be read.").format(name=name),
            next_step=_("Check the name of the file."),
        ) from error
    return secret


def regular_file(name: str | Path) -> Path:
    """A file that is there and has an end: no folder, pipe or device."""
    path = Path(name)
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        reason = unit.reason_of(error) if isinstance(error, OSError) else _("it is not there")
        raise _unreadable(name, reason) from error
    if not stat.S_ISREG(mode):
        raise _unreadable(name, _("it is no file but a folder, pipe or device"))
    return path


def _unreadable(name: str | Path, reason: str) -> UserError:
    return UserError(
        "FILE_UNREADABLE",
        _("The file {name} cannot be read: {reason}.").format(name=name, reason=reason),
        next_step=_("Check the name and whether the stick is still plugged in."),
        path=str(name),
    )


def read_small(name: str | Path) -> bytes:
    """Bytes of a small file from outside, bounded."""
    try:
        with regular_file(name).open("rb") as handle:
            return handle.read(_SMALL + 1)
    except OSError as error:
        raise _unreadable(name, unit.reason_of(error)) from error


def assessment(ws: unit.Workspace, given: str) -> AssessmentInfo:
    """An assessment by its id, the start of it, or ``.`` when there is only one."""
    known = unit.assessments(ws)
    if given == ".":
        matches = [entry for entry in known if not entry.practice] or list(known)
    else:
        matches = [entry for entry in known if entry.id.startswith(given.lower())]
    if len(matches) == 1 and given:
        return matches[0]
    if matches:
        raise UserError(
            "ASSESSMENT_AMBIGUOUS",
            _("“{given}” fits {count} assessments.").format(given=given, count=len(matches)),
            next_step=_("Give more of the id; “pmprb status” lists them."),
        )
    raise UserError(
        "ASSESSMENT_UNKNOWN",
        _("There is no assessment “{id}” in this workspace.").format(id=given),
        next_step=_("“pmprb status” without a name lists the assessments."),
    )


def assessment_data(info: AssessmentInfo) -> dict[str, Any]:
    """One assessment for scripts."""
    return {
        "assessment": info.id,
        "unit": {"code": info.unit_code, "name": info.unit_name},
        "year": info.year,
        "rubric": info.edition,
        "state": info.state,
        "revision": info.revision,
        "practice": info.practice,
        "answered": info.answered,
        "items": info.items,
        "required": info.required,
        "required_blank": info.required_blank,
        "total": number(info.total),
        "weight": number(info.weight),
        "available": number(info.available),
        "predicate": info.predicate,
        "evidence": {"count": info.evidence_count, "bytes": info.evidence_bytes},
        "content_digest": info.content_digest,
        "last_copy": info.last_copy,
        "place": info.place,
        "deadline": info.deadline,
    }


def assessment_line(info: AssessmentInfo) -> str:
    """One assessment for people."""
    practice = _("PRACTICE ") if info.practice else ""
    return _(
        "{id}  {practice}{unit} · {title} · {year} · revision {revision} ({state}) · "
        "{answered} of {items} · {total} / {weight}"
    ).format(
        id=info.id[:8],
        practice=practice,
        unit=info.unit_name,
        title=info.title,
        year=info.year,
        revision=info.revision,
        state=info.state_label,
        answered=info.answered,
        items=info.items,
        total=shown(info.total),
        weight=shown(info.weight),
    )
