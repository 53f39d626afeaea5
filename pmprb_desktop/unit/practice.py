"""Practice: a filled assessment to try everything on. It is marked so on every page and print."""

import random
from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction

from pmprb_desktop import answers
from pmprb_desktop.i18n import _
from pmprb_desktop.rubric.model import (
    AnyItem,
    ChoiceItem,
    CountItem,
    DeclineItem,
    IndexItem,
    LookupItem,
    RatioItem,
    Rubric,
)
from pmprb_desktop.scoring import Answer
from pmprb_desktop.unit import clock
from pmprb_desktop.unit.answering import import_answers
from pmprb_desktop.unit.assessments import new_assessment, worksheet
from pmprb_desktop.unit.attachments import attach
from pmprb_desktop.unit.workspace import Workspace
from pmprb_desktop.values import AssessmentInfo

_BLANK_EVERY = 9
_SEED = 36_30


def make_practice(ws: Workspace, rubric: str = "pmprb-2020-unit") -> AssessmentInfo:
    """Start a practice assessment with most items answered, some notes and some evidence."""
    year = (clock.now() + timedelta(hours=7)).year
    info = new_assessment(ws, rubric, year, practice=True)
    sheet = worksheet(ws, info.id)
    import_answers(ws, info.id, list(_drafts(sheet.rubric)))
    for number, code in enumerate(list(sheet.rubric.items)[:3], 1):
        text = _("Practice evidence {number} for item {code}").format(number=number, code=code)
        blob = ws.blobs.ingest_bytes(
            text.encode(), _("practice {number}.txt").format(number=number)
        )
        attach(ws, info.id, [code], blob, _("Practice document {number}").format(number=number))
    return worksheet(ws, info.id).info


def _drafts(rubric: Rubric) -> Iterator[answers.AnswerDraft]:
    """Made-up but plausible answers, always the same."""
    chance = random.Random(_SEED)  # noqa: S311  (sample data, no secret)
    for number, item in enumerate(rubric.items.values(), 1):
        if number % _BLANK_EVERY == 0:
            continue
        note = _("Sample note of the practice assessment.") if number % 5 == 0 else ""
        yield answers.AnswerDraft(item.code, _made_up(item, chance), note, "")


def _made_up(item: AnyItem, chance: random.Random) -> Answer:
    match item:
        case ChoiceItem() | LookupItem():
            keys = [option.key for option in item.options]
            return Answer(value=chance.choice(keys[: max(2, len(keys) - 1)]))
        case IndexItem():
            span = item.maximum - item.minimum
            value = item.minimum + span * Fraction(chance.randint(5, 9), 10)
            return Answer(value=f"{float(value):.2f}")
        case RatioItem():
            inputs = {entry.name: str(chance.randint(8, 20)) for entry in item.inputs}
            inputs |= {name: str(chance.randint(4, 8)) for name in item.numerator}
            return Answer(inputs=inputs)
        case DeclineItem() | CountItem():
            inputs = {entry.name: str(chance.randint(1, 4)) for entry in item.inputs}
            return Answer(inputs=inputs)
