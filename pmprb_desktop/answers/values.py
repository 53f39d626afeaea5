"""One answer as people give it → one answer that can be scored."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, assert_never

from pmprb_desktop.errors import UserError
from pmprb_desktop.i18n import _
from pmprb_desktop.reasons import plain
from pmprb_desktop.rubric.model import (
    AnyItem,
    ChoiceItem,
    CountItem,
    DeclineItem,
    IndexItem,
    LookupItem,
    RatioItem,
    find_option,
    input_names,
)
from pmprb_desktop.scoring import Answer, decimal, decimal_text, in_scale

NOT_APPLICABLE: Final = ("tidak berlaku", "n/a", "not applicable", "tidak_berlaku", "na")
"""Spellings that answer files may use for an item that does not apply; the first is written."""

_NUMBER: Final = re.compile(r"(-?)0*([0-9]{1,15})(?:[.,]([0-9]{1,12}))?")
_ANY_NUMBER: Final = re.compile(r"-?[0-9]+(?:[.,][0-9]+)?")


@dataclass(frozen=True, slots=True)
class AnswerDraft:
    """An answer on its way in or out of a file; ``answer`` is blank where only a note stands."""

    code: str
    answer: Answer
    note: str = ""
    reason: str = ""


def normalise(
    item: AnyItem,
    value: str | None,
    inputs: Mapping[str, str],
    *,
    not_applicable: bool = False,
) -> Answer:
    """Turn what was given for an item into an answer, with the spellings of the edition.

    An empty value or input is a blank one. Raises :class:`UserError` with one of the rules
    ANSWER_OPTION_UNKNOWN, ANSWER_NOT_A_NUMBER, ANSWER_OUT_OF_SCALE, ANSWER_INPUT_UNKNOWN,
    ANSWER_KIND and ANSWER_NOT_APPLICABLE; the message says what is allowed.
    """
    if not_applicable:
        if not item.not_applicable:
            message = _("{code}: this item cannot be answered with “not applicable”.")
            raise _refused("ANSWER_NOT_APPLICABLE", message.format(code=item.code), item.code)
        return Answer(not_applicable=True)
    return Answer(_value(item, (value or "").strip()), _inputs(item, inputs))


def normalise_number(text: str) -> str | None:
    """Write a decimal number with a point and without leading zeros; None when it is not one.

    A decimal comma is accepted, thousands separators are not: at most 15 digits before and 12
    after the decimal sign. A negative number keeps its sign.
    """
    text = text.strip()
    found = _NUMBER.fullmatch(text) if len(text) <= 64 else None
    if found is None:
        return None
    sign, whole, rest = found.groups()
    return f"{sign}{whole}.{rest}" if rest else f"{sign}{whole}"


def _refused(rule: str, message: str, place: str) -> UserError:
    return UserError(rule, message, safe=_("The answer before it still stands."), path=place)


def shown(text: str) -> str:
    """Cut a foreign text short and plain enough for a message."""
    return plain(text)


def _value(item: AnyItem, value: str) -> str | None:
    if not value:
        return None
    match item:
        case ChoiceItem() | LookupItem():
            key = find_option(item, value)
            if key is None:
                message = _("{code}: “{value}” is not one of the answers {options}.")
                options = ", ".join(option.key for option in item.options)
                text = message.format(code=item.code, value=shown(value), options=options)
                raise _refused("ANSWER_OPTION_UNKNOWN", text, item.code)
            return key
        case IndexItem():
            return _index(item, value)
        case RatioItem() | DeclineItem() | CountItem():
            message = _("{code}: this item takes the numbers {names}, not one answer.")
            text = message.format(code=item.code, names=", ".join(input_names(item)))
            raise _refused("ANSWER_KIND", text, item.code)
        case _:
            assert_never(item)


def _index(item: IndexItem, value: str) -> str:
    number = _number(value, item.code)
    exact = decimal(number)
    if exact is None or not in_scale(item, exact):
        message = _("{code}: {value} is outside the scale; allowed are {low} to {high}.")
        if item.minimum:
            message = _("{code}: {value} is outside the scale; allowed are {low} to {high}, or 0.")
        text = message.format(
            code=item.code,
            value=shown(value),
            low=decimal_text(item.minimum),
            high=decimal_text(item.maximum),
        )
        raise _refused("ANSWER_OUT_OF_SCALE", text, item.code)
    return number


def _number(value: str, place: str) -> str:
    number = normalise_number(value)
    if number is None:
        message = _(
            "{code}: “{value}” is not a number. Allowed are digits with a decimal point or comma, "
            "without thousands separators."
        )
        if _ANY_NUMBER.fullmatch(value.strip()):
            message = _(
                "{code}: “{value}” has too many digits. Allowed are 15 before and 12 after the "
                "decimal sign."
            )
        text = message.format(code=place, value=shown(value))
        raise _refused("ANSWER_NOT_A_NUMBER", text, place)
    return number


def _inputs(item: AnyItem, inputs: Mapping[str, str]) -> Mapping[str, str]:
    names = input_names(item)
    by_spelling = {name.casefold(): name for name in names}
    found: dict[str, str] = {}
    for spelling, given in inputs.items():
        name = by_spelling.get(spelling.strip().casefold())
        if name is None:
            raise _refused("ANSWER_INPUT_UNKNOWN", _unknown_input(item, spelling), item.code)
        if not given.strip():
            continue
        place = f"{item.code}.{name}"
        number = _number(given, place)
        if decimal(number) is None:
            message = _("{code}: {value} is outside the scale; allowed are 0 and above.")
            text = message.format(code=place, value=shown(given))
            raise _refused("ANSWER_OUT_OF_SCALE", text, place)
        found[name] = number
    return MappingProxyType({name: found[name] for name in names if name in found})


def _unknown_input(item: AnyItem, spelling: str) -> str:
    names = input_names(item)
    if not names:
        message = _("{code}: this item takes one answer, no input “{name}”.")
        return message.format(code=item.code, name=shown(spelling))
    message = _("{code}: there is no input “{name}”; its inputs are {names}.")
    return message.format(code=item.code, name=shown(spelling), names=", ".join(names))
