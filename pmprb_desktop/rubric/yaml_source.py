"""YAML as rubric files may use it: one document of plain mappings, lists and strings.

Numbers stay strings (weights are exact), ``true``/``false`` become bool, ``null`` None. Anchors,
aliases, tags and duplicate keys are refused, and size, depth and count are bounded, so a hostile
file costs no more than its own bytes.
"""

from typing import Any, Final

import yaml

from pmprb_desktop.errors import Finding
from pmprb_desktop.i18n import _
from pmprb_desktop.reasons import of_yaml, plain

MOST_BYTES: Final = 4 * 1024 * 1024
MOST_DEPTH: Final = 40
MOST_EVENTS: Final = 400_000

_PLAIN: Final = {"true": True, "false": False, "null": None, "~": None, "": None}
_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class SourceError(Exception):
    """The file cannot be read as a rubric at all; carries the finding."""

    def __init__(self, rule: str, message: str, line: int = 0) -> None:
        super().__init__(message)
        place = _("line {line}").format(line=line) if line else ""
        self.finding = Finding(rule, place, message)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


class _Builder:
    """Turns parser events into plain values and remembers the line of each."""

    def __init__(self, text: str) -> None:
        self.events = iter(yaml.parse(text, Loader=_Loader))
        self.count = 0
        self.lines: dict[tuple[str | int, ...], int] = {}

    def next(self) -> yaml.Event:
        self.count += 1
        event: yaml.Event = next(self.events)
        line = _line(event)
        if self.count > MOST_EVENTS:
            raise SourceError("YAML_TOO_LARGE", _("The file has too many entries."), line)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise SourceError("YAML_ALIAS", _("Anchors and aliases are not allowed."), line)
        if getattr(event, "tag", None) not in (None, "!"):
            raise SourceError(
                "YAML_TAG", _("A tag (a word after “!”) is not allowed; use quotes."), line
            )
        return event

    def document(self) -> Any:
        if not isinstance(self.next(), yaml.StreamStartEvent):  # pragma: no cover
            raise SourceError("YAML_SYNTAX", _("This is not YAML."))
        if isinstance(self.next(), yaml.StreamEndEvent):
            raise SourceError("YAML_EMPTY", _("The file is empty."))
        value = self.value(self.next(), ())
        self.next()
        if not isinstance(self.next(), yaml.StreamEndEvent):
            raise SourceError("YAML_DOCUMENTS", _("The file holds more than one document."))
        return value

    def value(self, event: yaml.Event, place: tuple[str | int, ...]) -> Any:
        line = _line(event)
        self.lines[place] = line
        if len(place) > MOST_DEPTH:
            raise SourceError("YAML_TOO_DEEP", _("The file is nested too deeply."), line)
        if isinstance(event, yaml.ScalarEvent):
            if not event.style and event.value in _PLAIN:
                return _PLAIN[event.value]
            return event.value
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(place)
        return self._mapping(place)

    def _sequence(self, place: tuple[str | int, ...]) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := self.next(), yaml.SequenceEndEvent):
            found.append(self.value(event, (*place, len(found))))
        return found

    def _mapping(self, place: tuple[str | int, ...]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := self.next(), yaml.MappingEndEvent):
            line = _line(event)
            if not isinstance(event, yaml.ScalarEvent):
                raise SourceError("YAML_KEY", _("A key must be a plain word."), line)
            if event.value in found:
                message = _("The key “{key}” stands twice.").format(key=plain(event.value, 80))
                raise SourceError("YAML_DUPLICATE_KEY", message, line)
            found[event.value] = self.value(self.next(), (*place, event.value))
        return found


def parse(data: bytes) -> tuple[Any, dict[tuple[str | int, ...], int]]:
    """Read the value of a YAML file and the line of each place in it.

    Raises :class:`SourceError` when the bytes are no YAML that a rubric may use.
    """
    if len(data) > MOST_BYTES:
        raise SourceError("YAML_TOO_LARGE", _("The file is larger than 4 MiB."))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise SourceError("YAML_ENCODING", _("The file is not UTF-8 text.")) from error
    builder = _Builder(text)
    try:
        return builder.document(), builder.lines
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = of_yaml(str(getattr(error, "problem", "") or error))
        message = _("The YAML is broken: {problem}.").format(problem=problem)
        raise SourceError("YAML_SYNTAX", message, mark.line + 1 if mark else 0) from error
    except RecursionError as error:
        raise SourceError("YAML_TOO_DEEP", _("The file is nested too deeply.")) from error
    except StopIteration as error:
        raise SourceError("YAML_SYNTAX", _("The YAML ends too early.")) from error
