"""Rubric files: find, check and load them."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from pmprb_desktop import paths, reasons
from pmprb_desktop.errors import Finding, UserError
from pmprb_desktop.i18n import _
from pmprb_desktop.reasons import refused_character
from pmprb_desktop.rubric import lint, places
from pmprb_desktop.rubric.model import KINDS, Rubric, RubricFile
from pmprb_desktop.rubric.yaml_source import MOST_BYTES, SourceError, parse

MOST_FINDINGS: Final = 1000
_GATES: Final = ("multiply", "zero_when")
_UNION_TAGS: Final = frozenset({*KINDS, *_GATES})


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of reading a rubric file: the edition, or the reasons why there is none."""

    rubric: Rubric | None
    findings: tuple[Finding, ...]


def check(data: bytes) -> Checked:
    """Read a rubric file; every fault becomes a finding with its place, nothing is raised."""
    try:
        value, lines = parse(data)
    except SourceError as error:
        return Checked(None, (error.finding,))
    try:
        content = RubricFile.model_validate(value)
    except ValidationError as error:
        texts = islice(_text_findings(value, lines), MOST_FINDINGS)
        return Checked(None, (*_schema_findings(error, value, lines), *texts)[:MOST_FINDINGS])
    except RecursionError:
        return Checked(None, (Finding("YAML_TOO_DEEP", "", _("The file is nested too deeply.")),))
    faults = chain(_text_findings(value, lines), lint.findings(content))
    found = tuple(islice(faults, MOST_FINDINGS))
    if found:
        return Checked(None, found)
    return Checked(Rubric(content, digest=digest(data), source=data), ())


def digest(data: bytes) -> str:
    """Digest of an edition: SHA-256 of its file's bytes, in hex."""
    return hashlib.sha256(data).hexdigest()


def load_bytes(data: bytes, name: str = "") -> Rubric:
    """Load the edition in these bytes; :class:`UserError` with every finding when it is faulty."""
    checked = _check_cached(data)
    if checked.rubric is None:
        message = _("The rubric file {name} has {count} faults; the first: {first}")
        first = checked.findings[0]
        raise UserError(
            "RUBRIC_INVALID",
            message.format(
                name=name, count=len(checked.findings), first=f"{first.path}: {first.message}"
            ),
            next_step=_("“pmprb rubric check FILE” lists every fault."),
            findings=checked.findings,
        )
    return checked.rubric


@lru_cache(maxsize=16)
def _check_cached(data: bytes) -> Checked:
    return check(data)


def read(path: Path) -> bytes:
    """Bytes of a rubric file, bounded."""
    try:
        if path.is_file():
            with path.open("rb") as handle:
                return handle.read(MOST_BYTES + 1)
    except (OSError, ValueError):
        pass
    raise UserError(
        "RUBRIC_UNREADABLE",
        _("The rubric file {name} cannot be read.").format(name=path.name or str(path)),
        next_step=_("Check the name and whether the stick is still plugged in."),
    )


def released(folders: Sequence[Path] = ()) -> Mapping[str, Path]:
    """Edition (``id@n``) → file, for the editions that ship with the program and in ``folders``.

    A released file is called ``id@n.yaml``, so that nothing has to be opened to list them.
    """
    found: dict[str, Path] = {}
    for folder in (paths.rubrics(), *folders):
        if folder.is_dir():
            for path in sorted(folder.glob("*@*.yaml")):
                found.setdefault(path.stem, path)
    return found


def newest(rubric_id: str, folders: Sequence[Path] = ()) -> str | None:
    """Find the newest released edition of a bare id."""
    editions = [
        int(name.partition("@")[2])
        for name in released(folders)
        if name.partition("@")[0] == rubric_id and name.partition("@")[2].isdecimal()
    ]
    return f"{rubric_id}@{max(editions)}" if editions else None


def load(reference: str | Path, folders: Sequence[Path] = ()) -> Rubric:
    """Load the edition named ``id@n``, the newest of a bare ``id``, or that of a file."""
    if isinstance(reference, str):
        name = reference if "@" in reference else newest(reference, folders)
        path = released(folders).get(name or "")
        if path is not None:
            return _released_as(path.stem, load_bytes(read(path), path.name))
    path = Path(reference)
    if _is_file(path):
        return load_bytes(read(path), path.name)
    raise UserError(
        "RUBRIC_UNKNOWN",
        _("There is no rubric called “{name}” here.").format(name=str(reference)[:200]),
        next_step=_("“pmprb rubric list” shows the editions that are here."),
    )


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long for the disk, a stick that was pulled out
        return False


def _released_as(name: str, rubric: Rubric) -> Rubric:
    if rubric.edition == name:
        return rubric
    message = _("The rubric file {name} holds {edition}, which its name does not say.")
    raise UserError(
        "RUBRIC_NAME",
        message.format(name=f"{name}.yaml", edition=rubric.edition),
        next_step=_("Rename the file after its edition."),
    )


def _text_findings(value: Any, lines: places.Lines) -> Iterator[Finding]:
    """Find texts and keys that could write over others on a screen, or look like others."""
    todo: list[tuple[Any, places.Place]] = [(value, ())]
    while todo:
        one, place = todo.pop()
        if isinstance(one, dict):
            todo.extend((held, (*place, key)) for key, held in reversed(one.items()))
            one = "".join(one)
        elif isinstance(one, list):
            todo.extend((held, (*place, at)) for at, held in reversed(list(enumerate(one))))
        name = refused_character(one) if isinstance(one, str) else ""
        if name:
            message = _("The text holds a hidden character that is not allowed ({name}).")
            where = places.text(place, value, lines)
            yield Finding("TEXT_CONTROL", where, message.format(name=name))


def _schema_findings(error: ValidationError, value: Any, lines: places.Lines) -> Iterator[Finding]:
    for entry in islice(error.errors(include_url=False), MOST_FINDINGS):
        place = _place(entry["loc"], value)
        if not _follows_from_another(entry, places.at(value, place)):
            where = places.text(place, value, lines)
            yield Finding(_schema_rule(entry["type"], place), where, _say(entry, place))


def _follows_from_another(entry: Any, there: Any) -> bool:
    """Whether a list only seems too short because entries of it have faults of their own."""
    if entry["type"] != "too_short" or not isinstance(there, list):
        return False
    return len(there) >= int(entry["ctx"]["min_length"])


def _place(loc: Sequence[str | int], value: Any) -> places.Place:
    """Place in the file: pydantic's location without the names of union members."""
    place: list[str | int] = []
    at = value
    for step in loc:
        if step in _UNION_TAGS and not (isinstance(at, dict) and step in at):
            continue
        place.append(step)
        at = places.at(at, (step,))
    return tuple(place)


def _schema_rule(kind: str, place: places.Place) -> str:
    if kind == "extra_forbidden":
        return "SCHEMA_UNKNOWN_KEY"
    if kind == "missing":
        return "OPTION_WITHOUT_SCORE" if place[-1] in ("score", "points") else "SCHEMA_MISSING_KEY"
    if kind.startswith("union_tag"):
        return "ITEM_KIND_UNKNOWN"
    return "SCHEMA_TYPE"


def _say(entry: Any, place: places.Place) -> str:
    kind = entry["type"]
    key = reasons.plain(str(entry["loc"][-1]), 60) if entry["loc"] else ""
    if kind == "extra_forbidden":
        return _("The key “{key}” is unknown here.").format(key=key)
    if kind == "missing":
        return _("The key “{key}” is missing.").format(key=key)
    if kind.startswith("union_tag"):
        kinds = _GATES if place and place[-1] == "gate" else KINDS
        return _("The kind is unknown; known are: {kinds}.").format(kinds=", ".join(kinds))
    return _("“{value}” does not fit here ({reason}).").format(
        value=reasons.given(entry.get("input")), reason=reasons.of_schema(kind, entry.get("ctx"))
    )
