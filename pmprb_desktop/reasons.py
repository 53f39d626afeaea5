"""Why a value does not fit, in our own words: what libraries say is English and full of terms."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from pmprb_desktop.i18n import _

CONTROL: Final = "\x00-\x08\x0b-\x1f\x7f-\x9f"
"""Characters that steer a screen, for a class of a pattern: all but line end and tab."""
BIDI: Final = "\u202a-\u202e\u2066-\u2069"
"""Characters that turn the reading direction: embeddings, overrides, isolates."""

_REFUSED: Final = re.compile(f"[{CONTROL}{BIDI}\ud800-\udfff]")


def refused_character(text: str) -> str:
    """Name of the first character that steers a screen or turns the reading direction, or ``''``.

    Control characters other than line end and tab, halves of characters, and bidi embeddings,
    overrides and isolates: a text with them can look like another one, or write over others.
    """
    found = _REFUSED.search(text)
    return f"U+{ord(found[0]):04X}" if found else ""


def plain(text: str, limit: int = 40) -> str:
    """Cut a foreign text short and plain enough for a message."""
    short = text if len(text) <= limit else text[: limit - 1] + "…"
    return "".join(char if char.isprintable() else "�" for char in short)


def given(value: object) -> str:
    """A value of a file as a message names it."""
    if isinstance(value, str):
        return plain(value, 60)
    if value is None:
        return _("empty")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return plain(str(value), 60)
    return _("a list") if isinstance(value, list | tuple) else _("a mapping")


def of_schema(kind: str, context: Mapping[str, Any] | None = None) -> str:
    """What is wanted instead, by the name of pydantic's error and its numbers."""
    numbers = {name: str(value).replace(" or ", ", ") for name, value in (context or {}).items()}
    for start, text in _schema_texts():
        if kind.startswith(start):
            try:
                return text.format(**numbers)
            except (KeyError, IndexError):
                continue
    return _("it has another form")


def _schema_texts() -> Iterable[tuple[str, str]]:
    return (
        ("string_pattern_mismatch", _("it is not written in the form that is wanted here")),
        ("string_too_short", _("a text is needed")),
        ("string_too_long", _("at most {max_length} characters are allowed")),
        ("string", _("it must be a text")),
        ("int", _("it must be a whole number")),
        ("float", _("it must be a number")),
        ("bool", _("it must be true or false")),
        ("too_short", _("at least {min_length} entries are needed")),
        ("too_long", _("at most {max_length} entries are allowed")),
        ("greater_than_equal", _("it must be {ge} or more")),
        ("less_than_equal", _("it must be {le} or less")),
        ("literal_error", _("allowed are {expected}")),
        ("list_type", _("it must be a list")),
        ("tuple_type", _("it must be a list")),
        ("dict_type", _("it must be a mapping")),
        ("mapping_type", _("it must be a mapping")),
        ("model", _("it must be a mapping")),
        ("value_error", _("it must be a number such as 0.40 or 15/28")),
        ("is_instance_of", _("it must be a number such as 0.40 or 15/28")),
        ("none_required", _("it must be empty")),
    )


def _find(problem: str, texts: Iterable[tuple[str, str]], otherwise: str) -> str:
    return next((text for part, text in texts if part in problem), otherwise)


def of_csv(problem: str) -> str:
    """What is wrong with a row, by what the reader of the library says."""
    texts = (
        ("field limit", _("a cell holds more than 131,072 characters")),
        ("unexpected end", _("a double quote is opened and never closed")),
        ("expected after", _("a character stands after a closing double quote")),
    )
    return _find(problem, texts, _("the quotes or line ends are not as CSV wants them"))


def of_yaml(problem: str) -> str:
    """What is wrong with a line, by what the reader of the library says."""
    texts = (
        ("mapping values are not allowed", _("a colon too many; put the text in quotes")),
        ("could not find expected ':'", _("a colon is missing after the key")),
        ("']'", _("a square bracket is not closed, or a comma is missing")),
        ("'}'", _("a curly bracket is not closed, or a comma is missing")),
        ("start any token", _("a tab, or a sign that needs quotes around the text")),
        ("unexpected end", _("a quote is opened and never closed")),
        ("end of stream", _("a quote is opened and never closed")),
        ("control characters", _("a character that is no text")),
        ("not allowed", _("a character that is no text")),
        ("escape", _("a backslash that means nothing; use single quotes")),
        ("Unicode", _("a backslash that means nothing; use single quotes")),
        ("expected", _("the indent or the list signs do not fit the lines above")),
    )
    return _find(problem, texts, _("it does not follow the rules of YAML"))
