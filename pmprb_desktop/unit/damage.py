"""Rows of a workspace that do not say what this program writes: edited by hand, or damaged."""

import json
from collections.abc import Mapping
from typing import Any, get_args

from pydantic import ValidationError

from pmprb_desktop.errors import UserError
from pmprb_desktop.i18n import _
from pmprb_desktop.package import v1
from pmprb_desktop.records import AnswerRow, AssessmentRow
from pmprb_desktop.values import State


def damaged_row(place: str) -> UserError:
    """One entry of the workspace cannot be read; ``place`` names it."""
    return UserError(
        "WORKSPACE_DAMAGED",
        _("The entry “{place}” in the workspace file is damaged.").format(place=place[:80]),
        safe=_("It was not touched; copies lie in the folder “backups” beside it."),
        next_step=_("Restore the newest copy with “pmprb restore”."),
        path=place[:80],
    )


def kept_json(text: str | bytes, place: str) -> dict[str, Any]:
    """An object that was kept as JSON."""
    try:
        found = json.loads(text)
    except (ValueError, TypeError, RecursionError) as error:
        raise damaged_row(place) from error
    if not isinstance(found, dict):
        raise damaged_row(place)
    return found


def inputs_of(row: AnswerRow) -> Mapping[str, str]:
    """The inputs of an answer: names and numbers, both as text."""
    found = kept_json(row.inputs, row.code)
    if not all(isinstance(value, str) for value in found.values()):
        raise damaged_row(row.code)
    if not isinstance(row.value, str | None):
        raise damaged_row(row.code)
    return found


def state_of(row: AssessmentRow) -> State:
    """The state of an assessment, one of those that there are."""
    if row.state not in get_args(State):
        raise damaged_row(row.id)
    state: State = row.state  # type: ignore[assignment]
    return state


def document_of(row: AssessmentRow) -> v1.Assessment:
    """The locked entries."""
    try:
        return v1.Assessment.model_validate_json(row.content or b"")
    except ValidationError as error:
        raise damaged_row(row.id) from error
