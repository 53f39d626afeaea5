"""Answering items: each change is on disk, and in the trail, when the verb returns."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pmprb_desktop import answers
from pmprb_desktop.errors import UserError
from pmprb_desktop.i18n import _
from pmprb_desktop.records import AnswerRow, AssessmentRow
from pmprb_desktop.rubric.model import AnyItem
from pmprb_desktop.scoring import score
from pmprb_desktop.store import Repository
from pmprb_desktop.unit import clock, trails
from pmprb_desktop.unit.assessments import (
    answer_info,
    assessment_info,
    cached,
    names_of,
    to_answer,
)
from pmprb_desktop.unit.damage import damaged_row, inputs_of
from pmprb_desktop.unit.texts import clean
from pmprb_desktop.unit.workspace import Workspace
from pmprb_desktop.values import KEEP, Change, Keep

_SCORING: Final = ("value", "inputs", "not_applicable", "reason")
_UNDOABLE: Final = ("answer", "undo", "redo")


def writable(row: AssessmentRow) -> None:
    """Refuse to change entries that are locked, sent or done."""
    if row.state in ("draft", "needs_correction"):
        return
    raise UserError(
        "ASSESSMENT_LOCKED",
        _("The entries are locked."),
        safe=_("Nothing was changed."),
        next_step=_("Unlock them first; what was sent stays as it is, and a new revision begins."),
    )


def _item(ws: Workspace, repo: Repository, row: AssessmentRow, code: str) -> AnyItem:
    item = cached(ws, repo, row).rubric.items.get(code)
    if item is None:
        raise UserError(
            "ITEM_UNKNOWN",
            _("There is no item “{code}” in {edition}.").format(code=code, edition=row.edition),
            next_step=_("“pmprb rubric show” lists the codes."),
            path=code,
        )
    return item


def answer(
    ws: Workspace,
    assessment_id: str,
    code: str,
    *,
    value: str | Keep | None = KEEP,
    inputs: Mapping[str, str] | Keep = KEEP,
    note: str | Keep = KEEP,
    not_applicable: bool | Keep = KEEP,
    reason: str | Keep = KEEP,
    review_later: bool | Keep = KEEP,
) -> Change:
    """Change what stands in an item; what is not named stays. ``value=None`` clears it.

    Raises UserError ANSWER_… when the value does not fit the item, ASSESSMENT_LOCKED,
    ITEM_UNKNOWN, NOT_APPLICABLE_REFUSED, TEXT_TOO_LONG.
    """
    with ws.transaction() as repo:
        row = repo.assessment(assessment_id)
        writable(row)
        item = _item(ws, repo, row, code)
        kept = _standing(repo, assessment_id, code)
        new = _fields(kept)
        if not isinstance(value, Keep) or not isinstance(inputs, Keep):
            fitted = answers.normalise(
                item,
                new["value"] if isinstance(value, Keep) else value,
                new["inputs"] if isinstance(inputs, Keep) else inputs,
            )
            new["value"], new["inputs"] = fitted.value, dict(fitted.inputs)
            if isinstance(not_applicable, Keep):
                new["not_applicable"] = False
        if not isinstance(not_applicable, Keep):
            if not_applicable:
                _refuse_not_applicable(item)
            new["not_applicable"] = not_applicable
        for name, given in (("note", note), ("reason", reason)):
            if not isinstance(given, Keep):
                new[name] = clean(given)
        if not isinstance(review_later, Keep):
            new["review_later"] = review_later
        return _write(ws, repo, row, kept, new)


def _standing(repo: Repository, assessment_id: str, code: str) -> AnswerRow:
    """The unit's own answer to an item as it stands, or a blank one that is not kept yet."""
    known = repo.get(AnswerRow, (assessment_id, "self", code))
    return known or AnswerRow(assessment_id=assessment_id, layer="self", code=code, at="")


def _fields(row: AnswerRow) -> dict[str, Any]:
    return {
        "value": row.value,
        "inputs": dict(inputs_of(row)),
        "not_applicable": row.not_applicable,
        "reason": row.reason,
        "note": row.note,
        "review_later": row.review_later,
    }


def _keep(
    ws: Workspace,
    repo: Repository,
    row: AssessmentRow,
    kept: AnswerRow,
    new: dict[str, Any],
    *,
    action: str = "answer",
    target: int | None = None,
) -> int:
    """Write the changed fields and their trail row; the row's number, 0 when nothing changed."""
    old = _fields(kept)
    changed = [name for name, given in new.items() if given != old[name]]
    if not changed:
        return 0
    if action == "answer" and not set(changed) & set(_SCORING):
        action = "note" if "note" in changed else "mark"
    for name in changed:
        setattr(kept, name, json.dumps(new[name]) if name == "inputs" else new[name])
    kept.author = trails.actor_id(repo)
    kept.at = clock.instant()
    repo.add(kept)
    seq = trails.append(
        repo,
        row.id,
        action,
        code=kept.code,
        before={name: old[name] for name in changed},
        after={name: new[name] for name in changed},
        target=target,
        at=kept.at,
    )
    known = cached(ws, repo, row)
    known.answers[kept.code] = to_answer(kept)
    if known.undo is not None:
        _step_stacks(known.undo, known.redo, seq, action, target)
    return seq


def _write(
    ws: Workspace,
    repo: Repository,
    row: AssessmentRow,
    kept: AnswerRow,
    new: dict[str, Any],
    *,
    action: str = "answer",
    target: int | None = None,
) -> Change:
    """Write an answer and say what changed."""
    names = names_of(repo)
    before = answer_info(kept, names) if kept.at else None
    seq = _keep(ws, repo, row, kept, new, action=action, target=target)
    known = cached(ws, repo, row)
    result = score(known.rubric, known.answers)
    return Change(
        assessment_id=row.id,
        seq=seq,
        code=kept.code,
        before=before,
        after=answer_info(kept, names),
        score=result,
        info=assessment_info(ws, repo, row, result),
        at=kept.at or clock.instant(),
    )


def _step_stacks(
    undo_stack: list[int], redo_stack: list[int], seq: int, action: str, target: int | None
) -> None:
    """Carry the stacks of what can be undone and redone over one trail row."""
    if action == "answer":
        undo_stack.append(seq)
        redo_stack.clear()
    elif target is not None and action in ("undo", "redo"):
        source, goal = undo_stack, redo_stack
        if action == "redo":
            source, goal = goal, source
        if source and source[-1] == target:
            source.pop()
        goal.append(target)


def _stacks(ws: Workspace, repo: Repository, row: AssessmentRow) -> tuple[list[int], list[int]]:
    """Rows that can be undone and redone, last first out, as the trail tells."""
    known = cached(ws, repo, row)
    if known.undo is None:
        known.undo, known.redo = [], []
        for seq, action, target in repo.trail_actions(row.id, _UNDOABLE):
            _step_stacks(known.undo, known.redo, seq, action, target)
    return known.undo, known.redo


def can_undo(ws: Workspace, assessment_id: str) -> bool:
    """Whether there is an answer to take back."""
    with ws.transaction() as repo:
        return bool(_stacks(ws, repo, repo.assessment(assessment_id))[0])


def can_redo(ws: Workspace, assessment_id: str) -> bool:
    """Whether there is a taken-back answer to put again."""
    with ws.transaction() as repo:
        return bool(_stacks(ws, repo, repo.assessment(assessment_id))[1])


def undo(ws: Workspace, assessment_id: str) -> Change | None:
    """Take back the last change of an answer; None when there is none.

    The trail gets a row of its own: nothing is ever taken out of it. Notes are left alone.
    """
    return _step(ws, assessment_id, "undo")


def redo(ws: Workspace, assessment_id: str) -> Change | None:
    """Put again what was taken back last; None when there is none."""
    return _step(ws, assessment_id, "redo")


def _step(ws: Workspace, assessment_id: str, action: str) -> Change | None:
    with ws.transaction() as repo:
        row = repo.assessment(assessment_id)
        writable(row)
        undo_stack, redo_stack = _stacks(ws, repo, row)
        stack = undo_stack if action == "undo" else redo_stack
        if not stack:
            return None
        target = stack[-1]
        side = "before" if action == "undo" else "after"
        code, fields = _event(repo, assessment_id, target, side)
        kept = repo.get(AnswerRow, (assessment_id, "self", code))
        if kept is None:
            return None
        scoring = {name: given for name, given in fields.items() if name in _SCORING}
        new = {**_fields(kept), **scoring}
        return _write(ws, repo, row, kept, new, action=action, target=target)


def _event(
    repo: Repository, assessment_id: str, seq: int, side: str
) -> tuple[str, Mapping[str, Any]]:
    """Which item a row of the trail speaks of, and what stood there."""
    try:
        event = repo.trail_row(assessment_id, seq)
        return str(event["code"]), dict(event[side])
    except (ValueError, TypeError, KeyError) as error:
        raise damaged_row(f"{assessment_id[:8]} {seq}") from error


def import_answers(ws: Workspace, assessment_id: str, drafts: Sequence[answers.AnswerDraft]) -> int:
    """Take many answers in one transaction: all of them or none. Blank ones change nothing.

    Gives how many items changed.
    """
    changed = 0
    with ws.transaction() as repo:
        row = repo.assessment(assessment_id)
        writable(row)
        for draft in drafts:
            item = _item(ws, repo, row, draft.code)
            kept = _standing(repo, assessment_id, draft.code)
            new = _fields(kept)
            if draft.answer.not_applicable:
                _refuse_not_applicable(item)
                new["not_applicable"] = True
            elif draft.answer.value is not None or draft.answer.inputs:
                fitted = answers.normalise(item, draft.answer.value, draft.answer.inputs)
                new |= {"value": fitted.value, "inputs": dict(fitted.inputs)}
                new["not_applicable"] = False
            for name, text in (("note", draft.note), ("reason", draft.reason)):
                if text:
                    new[name] = clean(text)
            changed += _keep(ws, repo, row, kept, new) > 0
    return changed


def _refuse_not_applicable(item: AnyItem) -> None:
    if not item.not_applicable:
        raise UserError(
            "NOT_APPLICABLE_REFUSED",
            _("{code} cannot be marked as not applicable.").format(code=item.code),
            safe=_("What was saved before is still there."),
            next_step=_("Choose the option that fits best, and explain it in the note."),
            path=item.code,
        )
