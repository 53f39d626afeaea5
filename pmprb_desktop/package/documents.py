"""JSON documents of a package: bytes → frozen model, with findings instead of exceptions."""

import re
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any, Final, TypeVar, get_args, get_origin

from pydantic import TypeAdapter, ValidationError
from pydantic.config import ExtraValues

from pmprb_desktop.i18n import _
from pmprb_desktop.package import strict_json, v1
from pmprb_desktop.package.rules import Findings, shown
from pmprb_desktop.reasons import of_schema

_T = TypeVar("_T", bound=v1.Payload)
_MAX_ERRORS: Final = 20
_SMALL: Final = 32 << 10
_FORMAT = re.compile(r"([a-z-]{1,40})/([1-9][0-9]{0,5})")


def read_header(data: bytes, path: str, found: Findings) -> v1.Header | None:
    """``metadata/package.json``; None when it is not one that this program understands."""
    return _read(data, path, v1.Header, v1.FORMAT, found)


def read_assessment(data: bytes, path: str, found: Findings) -> v1.Assessment | None:
    """``data/assessment.json``; None when it is not one that this program understands."""
    return _read(data, path, v1.Assessment, v1.ASSESSMENT_FORMAT, found)


def read_enrolment(data: bytes, path: str, found: Findings) -> v1.Enrolment | None:
    """``data/enrolment.json``; None when it is not one that this program understands."""
    return _read(data, path, v1.Enrolment, v1.ENROLMENT_FORMAT, found)


def read_rotation(data: bytes, path: str, found: Findings) -> v1.Rotation | None:
    """``data/rotation.json``; None when it is not one that this program understands."""
    return _read(data, path, v1.Rotation, v1.ROTATION_FORMAT, found)


def read_record(data: bytes, path: str, found: Findings) -> dict[str, Any] | None:
    """Another document: strict JSON, an object."""
    value, findings = strict_json.read(data, path)
    found.extend(findings)
    if not findings and not isinstance(value, dict):
        found.add("JSON_SCHEMA", path, _("The document is not an object."))
    return value if isinstance(value, dict) else None


def _read(data: bytes, path: str, model: type[_T], known: str, found: Findings) -> _T | None:
    value = read_record(data, path, found)
    if value is None or not _is_known_format(value.get("format"), path, known, found):
        return None
    minor = value.get("minor")
    newer = type(minor) is int and minor > v1.MINOR
    # Unknown members of a higher minor are ignored, those of the same one refused.
    extra: ExtraValues = "ignore" if newer else "forbid"
    if len(data) > _SMALL and not _check_elements(value, model, path, extra, found):
        return None
    try:
        return model.model_validate_json(data, strict=True, extra=extra)
    except ValidationError as error:
        _note_all(error, (), path, found)
        return None


def _check_elements(
    value: dict[str, Any], model: type[_T], path: str, extra: ExtraValues, found: Findings
) -> bool:
    """Look at the elements of long lists one by one, and stop after some that are wrong.

    Validating the whole at once would collect a fault for each of a million elements.
    """
    wrong = 0
    for name, field in model.model_fields.items():
        held = value.get(name)
        if not isinstance(held, list) or get_origin(field.annotation) is not list:
            continue
        adapter = _adapter(get_args(field.annotation)[0])
        for place, element in enumerate(held):
            try:
                adapter.validate_python(element, strict=True, extra=extra)
            except ValidationError as error:
                _note_all(error, (name, place), path, found)
                wrong += 1
                if wrong == _MAX_ERRORS:
                    return False
    return wrong == 0


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _note_all(
    error: ValidationError, prefix: tuple[int | str, ...], path: str, found: Findings
) -> None:
    for fault in error.errors(include_url=False, include_input=False)[:_MAX_ERRORS]:
        reason = of_schema(fault["type"], fault.get("ctx"))
        _note(fault["type"], (*prefix, *fault["loc"]), reason, path, found)


def _is_known_format(value: object, path: str, known: str, found: Findings) -> bool:
    if value == known:
        return True
    match = _FORMAT.fullmatch(value) if isinstance(value, str) else None
    if match is not None and match[1] == known.partition("/")[0]:
        message = _("The package has a newer format ({format}): update this program.")
        found.add("FORMAT_UNKNOWN", path, message.format(format=value))
    else:
        message = _("The document does not say that it is of the format {format}.")
        found.add("FORMAT_UNKNOWN", path, message.format(format=known))
    return False


def _note(kind: str, place: tuple[int | str, ...], reason: str, path: str, found: Findings) -> None:
    where = shown("/".join(map(str, place)), 80)
    if kind == "extra_forbidden":
        message = _("The member “{member}” is unknown.").format(member=where)
        found.add("JSON_UNKNOWN_MEMBER", path, message)
    elif kind == "missing":
        message = _("The member “{member}” is missing.").format(member=where)
        found.add("JSON_MISSING_MEMBER", path, message)
    elif place == ("kind",):
        message = _("The package is of a kind that this program does not know.")
        found.add("KIND_UNKNOWN", path, message)
    else:
        message = _("The member “{member}” is not as the format wants it ({reason}).")
        found.add("JSON_SCHEMA", path, message.format(member=where, reason=reason))


def is_instant(text: str) -> bool:
    """Whether a time of the right form is one that exists."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def instants(assessment: v1.Assessment) -> Iterator[str]:
    """Every time in an assessment."""
    yield assessment.locked_at
    for answer in assessment.answers:
        yield answer.at
    for evidence in assessment.evidence:
        yield evidence.added_at
