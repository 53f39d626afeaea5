"""The tree of item codes, and which of its nodes a few labels can mean.

A code is a path (``A``, ``I``, ``1``, ``i``, ``a``). Roman and Arabic numbers stand for each other
where the tree has numbers; a letter is never a number.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

Labels = tuple[str, ...]

_ROMAN: Final = re.compile(r"x{0,3}(?:ix|iv|v?i{0,3})")
_WORD: Final = re.compile(r"[^\W_]+")

_ROMANS: Final = {
    value: tens * "x" + ones
    for tens in range(4)
    for unit, ones in enumerate(("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"))
    if (value := tens * 10 + unit)
}


def roman(text: str) -> int:
    """Value of a Roman number up to 39, 0 for anything else."""
    if not text or not _ROMAN.fullmatch(text):
        return 0
    values = [{"i": 1, "v": 5, "x": 10}[letter] for letter in text]
    return sum(
        -value if any(later > value for later in values[at + 1 :]) else value
        for at, value in enumerate(values)
    )


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a name and what stands between it and the word before."""

    text: str
    gap: str
    start: int
    end: int


def label_of(text: str) -> str:
    """A label as it is compared: lower case, a number without leading zeros."""
    folded = text.casefold()
    return folded.lstrip("0") or "0" if folded.isdecimal() else folded


def words_of(name: str) -> tuple[Word, ...]:
    """The words of a name with their places."""
    found: list[Word] = []
    before = 0
    for match in _WORD.finditer(name):
        found.append(Word(match[0], name[before : match.start()], match.start(), match.end()))
        before = match.end()
    return tuple(found)


def plain(text: str) -> str:
    """Letters and digits of a title, lower case, single spaces."""
    return " ".join(word.text.casefold() for word in words_of(text))


@dataclass(slots=True)
class CodeTree:
    """All codes as paths, with the nodes above them and the titles of those."""

    codes: Sequence[str]
    titles: Mapping[str, str] = field(default_factory=dict)
    nodes: dict[Labels, str] = field(default_factory=dict, init=False)
    items: dict[Labels, str] = field(default_factory=dict, init=False)
    pages: set[Labels] = field(default_factory=set, init=False)
    values: dict[Labels, tuple[int, ...]] = field(default_factory=dict, init=False)
    known: set[str] = field(default_factory=set, init=False)
    named: dict[str, list[Labels]] = field(default_factory=dict, init=False)
    _cache: dict[tuple[Labels, bool], dict[Labels, int]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        children: dict[Labels, set[str]] = {}
        for code in self.codes:
            parts = tuple(code.split("."))
            self.items[parts] = code
            self.pages.add(parts[:-1])
            for length in range(1, len(parts) + 1):
                self.nodes[parts[:length]] = ".".join(parts[:length])
                children.setdefault(parts[: length - 1], set()).add(parts[length - 1])
        self.pages -= set(self.items)
        is_roman = {
            above: all(roman(label.casefold()) for label in labels)
            for above, labels in children.items()
        }
        for node in self.nodes:
            self.values[node] = tuple(
                _value(label, as_roman=is_roman[node[:at]]) for at, label in enumerate(node)
            )
            self.known.update(_spellings(node, self.values[node]))
        for code, title in self.titles.items():
            parts = tuple(code.split("."))
            if parts in self.nodes and parts not in self.items and plain(title):
                self.named.setdefault(plain(title), []).append(parts)

    def places(self, labels: Labels, *, area: bool = False) -> dict[Labels, int]:
        """Nodes whose path ends with these labels → cost of the spelling.

        ``area``: the word "area" stands before them, so that the first is a number.
        """
        key = (labels, area)
        if key not in self._cache:
            self._cache[key] = self._places(labels, area=area)
        return self._cache[key]

    def _places(self, labels: Labels, *, area: bool) -> dict[Labels, int]:
        found: dict[Labels, int] = {}
        count = len(labels)
        for node, values in self.values.items():
            if len(node) < count:
                continue
            cost = 0
            for given, label, value in zip(labels, node[-count:], values[-count:], strict=True):
                step = _spelling_cost(given, label, value)
                if step is None:
                    break
                cost += step
            else:
                # "AREA I" is the first area, whatever letters the tree uses for it
                wrong_kind = area and not node[-count].isdecimal()
                found[node] = cost + (6 if wrong_kind else 0)
        return found

    def titled(self, name: str) -> list[Labels]:
        """Nodes whose title a folder carries."""
        text = plain(name)
        exact = self.named.get(text)
        if exact:
            return exact
        padded = f" {text} "
        return [
            node
            for title, nodes in self.named.items()
            if len(title) >= 6 and f" {title} " in padded
            for node in nodes
        ]

    def begun(self, text: str) -> list[Labels]:
        """Nodes whose title begins with these words."""
        start = f"{plain(text)} "
        if len(start) <= 3:
            return []
        return [
            node
            for title, nodes in self.named.items()
            if f"{title} ".startswith(start)
            for node in nodes
        ]


def _value(label: str, *, as_roman: bool) -> int:
    if label.isdecimal():
        return int(label)
    return roman(label.casefold()) if as_roman else 0


def _spellings(node: Labels, values: tuple[int, ...]) -> Iterable[str]:
    for label, value in zip(node, values, strict=True):
        yield label_of(label)
        if value:
            yield str(value)
            yield _ROMANS.get(value, str(value))


def _spelling_cost(given: str, label: str, value: int) -> int | None:
    if given == label_of(label):
        return 0
    if not value:
        return None
    as_number = int(given) if given.isdecimal() and len(given) <= 4 else roman(given)
    return 2 if as_number == value else None
