"""Finds words in a name that could be labels of an item code, in a row."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from pmprb_desktop.evidence.codes import CodeTree, Labels, Word, label_of, words_of

_NOISE_WORDS: Final = (
    "area perubahan komponen aspek sub subarea butir item poin point kode lampiran lamp bukti "
    "dukung data folder indikator kriteria lke pmprb zi rb sakip soal bagian kelompok"
)
_NOISE: Final = frozenset(_NOISE_WORDS.split())
_MONTH_WORDS: Final = (
    "januari februari pebruari maret april mei juni juli agustus september oktober november "
    "nopember desember jan feb peb mar apr jun jul agu agt ags sep sept okt nov nop des"
)
_MONTHS: Final = frozenset(_MONTH_WORDS.split())
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_TIGHT: Final = re.compile(r"[._\-]{1,2}")
_JOIN: Final = re.compile(r"[\s._\-()\[\]]{1,4}")
DOUBTFUL: Final = 4
"""A cost from which a match is a guess only."""


@dataclass(frozen=True, slots=True)
class Run:
    """Words in a row that could be labels.

    ``area``: the word "area" stands before them. ``loose``: labels from this one on stand apart.
    ``cost``: how doubtful it is that the row means a code at all.
    """

    words: tuple[Word, ...]
    cost: int = 0
    area: bool = False
    loose: int = 99

    @property
    def labels(self) -> Labels:
        """The labels as the tree spells them."""
        return tuple(label_of(word.text) for word in self.words)


def leading_run(tree: CodeTree, name: str, start: int = 0) -> Run | None:
    """The labels at the beginning of a name (from ``start`` on), behind words such as "butir"."""
    words = [word for word in words_of(name) if word.start >= start]
    at = 0
    while at < len(words) and words[at].text.casefold() in _NOISE:
        at += 1
    area = "area" in (word.text.casefold() for word in words[:at])
    end = at
    while end < len(words) and label_of(words[end].text) in tree.known:
        if end > at and not _JOIN.fullmatch(words[end].gap):
            break
        end += 1
    row = words[at:end]
    if row and end < len(words):
        row = _without_date(row, words[end])
    return Run(tuple(row), area=area, loose=_loose(row)) if row else None


def inner_runs(tree: CodeTree, name: str) -> Iterator[Run]:
    """Rows of three labels or more anywhere in a name, without spaces inside; longest first."""
    words = words_of(name)
    rows: list[list[Word]] = [[]]
    for word in words:
        fits = label_of(word.text) in tree.known
        if not fits or not rows[-1] or not _TIGHT.fullmatch(word.gap):
            rows.append([])
        if fits:
            rows[-1].append(word)
    for row in rows:
        for length in range(len(row), 2, -1):
            for start in range(len(row) - length + 1):
                part = tuple(row[start : start + length])
                numbers = all(word.text.isdecimal() for word in part)
                # 10.42.10 is a time and 1.2.3 a version as well
                yield Run(part, cost=DOUBTFUL if numbers else 0)


def shortened(run: Run) -> Iterator[Run]:
    """The run and its beginnings, longest first; labels that stand apart make it doubtful."""
    for length in range(len(run.words), 0, -1):
        cost = run.cost + (DOUBTFUL if length > run.loose else 0)
        yield replace(run, words=run.words[:length], cost=cost)


def _without_date(row: list[Word], following: Word) -> list[Word]:
    numeric = row[-1].text.isdecimal()
    if numeric and following.text.casefold() in _MONTHS:
        return row[:-1]
    if _YEAR.fullmatch(following.text) and all(word.text.isdecimal() for word in row):
        return []
    return row


def _loose(row: list[Word]) -> int:
    tight_before = False
    for at, word in enumerate(row[1:], start=1):
        tight = bool(_TIGHT.fullmatch(word.gap))
        if tight_before and not tight:
            return at
        tight_before = tight_before or tight
    return 99
