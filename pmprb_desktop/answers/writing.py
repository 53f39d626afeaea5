"""Answer files as the program writes them; what is written here reads back the same."""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from pmprb_desktop.answers.values import NOT_APPLICABLE, AnswerDraft
from pmprb_desktop.rubric.model import (
    AnyItem,
    ChoiceItem,
    LookupItem,
    Rubric,
    find_option,
    input_names,
)

FORMAT: Final = "pmprb-answers/1"
COLUMNS: Final = ("code", "answer", "note", "reason")

# A spreadsheet would run such a cell as a formula; full-width signs count in East Asian versions.
_RISKY: Final = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
_GUARDED: Final = re.compile("'+[=+\\-@\t\r\n＝＋－＠]")


def guarded(text: str) -> str:
    """Put an apostrophe before what a spreadsheet could take for a formula."""
    return "'" + text if _RISKY.match(text) else text


def unguarded(text: str) -> str:
    """Take off the apostrophe that :func:`guarded` put there."""
    return text[1:] if _GUARDED.match(text) else text


def write_csv(rubric: Rubric, drafts: Iterable[AnswerDraft]) -> str:
    """Text of a CSV file with the columns code, answer, note, reason and a row per input.

    Drafts of codes that the edition does not have are left out. Write it as UTF-8 bytes, so that
    line ends stay as they are.
    """
    handle = io.StringIO(newline="")
    writer = csv.writer(handle, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for draft in drafts:
        item = rubric.items.get(draft.code)
        if item is None:
            continue
        writer.writerow(
            (draft.code, _answer_cell(item, draft), guarded(draft.note), guarded(draft.reason))
        )
        if not draft.answer.not_applicable:
            for name in input_names(item):
                writer.writerow((f"{draft.code}.{name}", draft.answer.inputs.get(name, ""), "", ""))
    return handle.getvalue()


def _answer_cell(item: AnyItem, draft: AnswerDraft) -> str:
    if not draft.answer.not_applicable:
        return draft.answer.value or ""
    if isinstance(item, ChoiceItem | LookupItem):
        # An option may be called "NA": then another of our words says "not applicable".
        return next((w for w in NOT_APPLICABLE if find_option(item, w) is None), NOT_APPLICABLE[0])
    return NOT_APPLICABLE[0]


def write_json(rubric: Rubric, drafts: Iterable[AnswerDraft]) -> str:
    """Text of a JSON file: format, edition and the list of answers; numbers are strings."""
    answers = [_record(draft) for draft in drafts if draft.code in rubric.items]
    document = {"format": FORMAT, "rubric": rubric.edition, "answers": answers}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _record(draft: AnswerDraft) -> Mapping[str, Any]:
    answer = draft.answer
    record: dict[str, Any] = {"code": draft.code, "answer": answer.value}
    if answer.not_applicable:
        record |= {"answer": None, "not_applicable": True}
    elif answer.inputs:
        record["inputs"] = dict(answer.inputs)
    if draft.note:
        record["note"] = draft.note
    if draft.reason:
        record["reason"] = draft.reason
    return record
