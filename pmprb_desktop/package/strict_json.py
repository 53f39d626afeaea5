"""JSON that has one meaning only: what two readers could take differently is refused."""

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from pmprb_desktop.errors import Finding, UserError
from pmprb_desktop.i18n import _
from pmprb_desktop.package.rules import shown
from pmprb_desktop.reasons import BIDI, CONTROL

_BOM: Final = b"\xef\xbb\xbf"
_MAX_DIGITS: Final = 18
_SMALL: Final = 32 << 10
_CONTAINERS: Final = (dict, list)
_BRACKETS: Final = b"[]{}"
_NOT_BRACKETS: Final = bytes(set(range(256)) - set(_BRACKETS))
# One that is never ended reaches to the end: so one pass is enough, whatever the bytes are.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_ESCAPES: Final = re.compile(r"\\[ubfr]")
_CONTROL: Final = re.compile(f"[{CONTROL}]")
_HIDDEN: Final = re.compile(f"[{BIDI}]")
_SUSPECT: Final = re.compile(f"[\x7f-\x9f{BIDI}]")
_FREE_TEXT: Final = frozenset({"note", "reason"})
"""Members that hold what people wrote at length: any direction of reading may stand in them."""
_INNERMOST = re.compile(rb"\[\]|\{\}")


@dataclass(frozen=True, slots=True)
class JsonLimits:
    """What a document may be at most; ``tokens`` counts brackets, commas and colons.

    ``members`` is for one object, ``inner`` for a list that stands below the topmost object's.
    """

    size: int = 32 << 20
    depth: int = 16
    tokens: int = 1_000_000
    members: int = 256
    inner: int = 2_000


DEFAULT: Final = JsonLimits()


class _Refused(Exception):  # noqa: N818  (never leaves this module)
    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message


def loads(data: bytes, path: str = "", limits: JsonLimits = DEFAULT) -> Any:
    """The value of a document; raises UserError with the rule that it breaks."""
    value, findings = read(data, path, limits)
    if findings:
        first = findings[0]
        raise UserError(first.rule, first.message, path=path, findings=findings)
    return value


def read(
    data: bytes, path: str = "", limits: JsonLimits = DEFAULT
) -> tuple[Any, tuple[Finding, ...]]:
    """The value of a document and no findings, or None and what is wrong with it.

    UTF-8 without BOM, NFC, no duplicate keys, no number that is not finite or has more digits
    than a 64-bit integer, no half of a surrogate pair, no NUL, no control characters but line end
    and tab, nothing in names that turns the reading direction, bounded size and depth.
    """
    try:
        return _read(data, limits), ()
    except _Refused as refused:
        return None, (Finding(refused.rule, path, refused.message),)


def _read(data: bytes, limits: JsonLimits) -> Any:
    _check_bytes(data, limits)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _Refused("JSON_ENCODING", _("The text is not valid UTF-8.")) from error
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        raise _Refused("JSON_NOT_NFC", _("The text is not in Unicode's composed form (NFC)."))
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        message = _("This is not JSON: line {line}, column {column}.")
        raise _Refused(
            "JSON_SYNTAX", message.format(line=error.lineno, column=error.colno)
        ) from error
    except RecursionError as error:
        raise _deep() from error
    plain = text.isascii()
    if _ESCAPES.search(text) or ("\x7f" in text if plain else _SUSPECT.search(text)):
        _check_strings(value)
    if len(data) > _SMALL:
        _check_lengths(value, limits)
    return value


def _check_bytes(data: bytes, limits: JsonLimits) -> None:
    if len(data) > limits.size or sum(map(data.count, (b"[", b"{", b",", b":"))) > limits.tokens:
        raise _Refused("JSON_TOO_LARGE", _("The document is larger than the format allows."))
    if data.startswith(_BOM):
        raise _Refused("JSON_BOM", _("The text begins with a byte order mark."))
    if data.count(b"[") + data.count(b"{") > limits.depth:
        _check_depth(data, limits.depth)


def _check_lengths(value: Any, limits: JsonLimits) -> None:
    """No object and no inner list is so long that the faults in it would fill the memory."""
    todo = [(value, 0)] if type(value) in _CONTAINERS else []
    while todo:
        one, level = todo.pop()
        held: Iterable[Any] = one
        if isinstance(one, dict):
            too_long = len(one) > limits.members
            held = one.values()
        else:
            too_long = level > 1 and len(one) > limits.inner
        if too_long:
            raise _Refused("JSON_TOO_LARGE", _("The document is larger than the format allows."))
        todo.extend((each, level + 1) for each in held if type(each) in _CONTAINERS)


def _check_depth(data: bytes, depth: int) -> None:
    """Count brackets outside of strings; text that is no JSON at all is found by the parser."""
    brackets = _STRING.sub(b"", data).translate(None, _NOT_BRACKETS)
    rest = brackets
    for _level in range(depth):
        rest = _INNERMOST.sub(b"", rest)
        if not rest:
            return
    level = 0
    for bracket in brackets:
        level += 1 if bracket in b"[{" else -1
        if level > depth:
            raise _deep()


def _deep() -> _Refused:
    return _Refused("JSON_DEEP", _("The document is nested deeper than the format allows."))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        seen: set[str] = set()
        for key, _value in pairs:
            if key in seen:
                message = _("The key “{key}” stands twice in one object.")
                raise _Refused("JSON_DUPLICATE_KEY", message.format(key=shown(key, 40)))
            seen.add(key)
    return value


def _constant(_text: str) -> NoReturn:
    raise _Refused("JSON_NUMBER", _("A number is not finite or too large."))


def _integer(text: str) -> int:
    if len(text.lstrip("-")) > _MAX_DIGITS:
        _constant(text)
    return int(text)


def _decimal(text: str) -> float:
    value = float(text)
    if value - value != 0:
        _constant(text)
    return value


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_constant=_constant,
    parse_int=_integer,
    parse_float=_decimal,
)


def _check_strings(value: Any) -> None:
    """Look at each string after its escapes were undone."""
    todo = [(value, False)]
    while todo:
        one, free = todo.pop()
        if isinstance(one, dict):
            todo.extend((key, False) for key in one)
            todo.extend((held, key in _FREE_TEXT) for key, held in one.items())
        elif isinstance(one, list):
            todo.extend((held, free) for held in one)
        elif isinstance(one, str):
            _check_string(one, free=free)


def _check_string(text: str, *, free: bool) -> None:
    odd = _CONTROL.search(text)
    if odd is None and text.isascii():
        return
    if any("\ud800" <= char <= "\udfff" for char in text):
        message = _("A text holds half of a character (a lone surrogate).")
        raise _Refused("JSON_SURROGATE", message)
    if "\0" in text:
        raise _Refused("JSON_NUL", _("A text holds the character NUL."))
    odd = odd or (None if free else _HIDDEN.search(text))
    if odd is not None:
        message = _("The text holds a hidden character that is not allowed ({name}).")
        raise _Refused("JSON_CONTROL", message.format(name=f"U+{ord(odd[0]):04X}"))
    if not unicodedata.is_normalized("NFC", text):
        raise _Refused("JSON_NOT_NFC", _("The text is not in Unicode's composed form (NFC)."))
