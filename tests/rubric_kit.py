"""What tests of rubrics, scores and answers share: extreme answers and hand-made rubrics."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from pmprb_desktop.rubric import lint
from pmprb_desktop.rubric.model import (
    AnyItem,
    ChoiceItem,
    CountItem,
    DeclineItem,
    IndexItem,
    LookupItem,
    RatioItem,
    Rubric,
    RubricFile,
    input_names,
)
from pmprb_desktop.scoring import Answer, Score, decimal_text

CHOICES: Mapping[str, Mapping[str, str]] = {
    "YT": {"Ya": "1", "Tidak": "0"},
    "ABC": {"A": "1", "B": "0.5", "C": "0"},
    "ABCD": {"A": "1", "B": "0.67", "C": "0.33", "D": "0"},
    "ABCDE": {"A": "1", "B": "0.75", "C": "0.5", "D": "0.25", "E": "0"},
}


def choice(code: str, kind: str = "ABC", **more: object) -> dict[str, Any]:
    """Make a choice item in the form of a rubric file."""
    options = [{"key": k, "score": s, "text": f"Pilihan {k}"} for k, s in CHOICES[kind].items()]
    return {"code": code, "kind": "choice", "text": f"Butir {code}", "options": options, **more}


def numbers(code: str, kind: str, *names: str, **more: object) -> dict[str, Any]:
    """Make an item with number inputs in the form of a rubric file."""
    inputs = [{"name": name, "label": name, "unit": "orang"} for name in names]
    return {"code": code, "kind": kind, "text": f"Butir {code}", "inputs": inputs, **more}


def ratio(code: str, **more: object) -> dict[str, Any]:
    """Make a ratio of ``part`` and ``whole``."""
    sides = {"numerator": ["part"], "denominator": ["whole"]}
    return numbers(code, "ratio", "part", "whole", **sides, **more)


def decline(code: str, **more: object) -> dict[str, Any]:
    """Make a decline from ``last_year`` to ``this_year``."""
    sides = {"last": ["last_year"], "this": ["this_year"]}
    return numbers(code, "decline", "last_year", "this_year", **sides, **more)


def index(code: str, maximum: str = "100", **more: object) -> dict[str, Any]:
    """Make an index item in the form of a rubric file."""
    return {
        "code": code, "kind": "index", "text": f"Butir {code}", "maximum": maximum, **more
    }  # fmt: skip


def node(code: str, weight: str | None, *parts: dict[str, Any], **more: object) -> dict[str, Any]:
    """Make a node of items and children, told apart by whether they have a kind."""
    return {
        "code": code,
        "title": f"Bagian {code}",
        "level": "group" if weight is None else "subarea",
        "weight": weight,
        "items": [part for part in parts if "kind" in part],
        "children": [part for part in parts if "kind" not in part],
        **more,
    }


def group(code: str, weight: str | None, *parts: dict[str, Any], **more: object) -> dict[str, Any]:
    """Make a group, with or without weight."""
    return node(code, weight, *parts, level="group", **more)


def content(*nodes: dict[str, Any], weight: str = "10", **more: object) -> dict[str, Any]:
    """Make the content of a rubric file."""
    return {
        "format": "pmprb-rubric/1",
        "id": "uji",
        "edition": "1",
        "title": "Instrumen uji",
        "short_title": "Uji",
        "regulation": "Tidak ada",
        "for_level": "unit",
        "weight": weight,
        "blank_policy": "zero",
        "reconstruction": False,
        "provenance": "Dibuat untuk pengujian",
        "confidence": "high",
        "nodes": list(nodes),
        **more,
    }


def rubric(*nodes: dict[str, Any], weight: str = "10", **more: object) -> Rubric:
    """Make a rubric that has no faults."""
    made = RubricFile.model_validate(content(*nodes, weight=weight, **more))
    assert not list(lint.findings(made))
    return Rubric(made, digest="0" * 64, source=b"")


def best(item: AnyItem) -> Answer:
    """Answer that gives the full score."""
    match item:
        case ChoiceItem():
            return Answer(max(item.options, key=lambda option: option.score).key)
        case LookupItem():
            return Answer(max(item.options, key=lambda option: option.points).key)
        case IndexItem():
            return Answer(decimal_text(item.maximum))
        case RatioItem():
            return Answer(inputs=_numbers(item, item.numerator, "24", "1"))
        case DeclineItem():
            return Answer(inputs=_numbers(item, item.last, "5", "0"))
        case CountItem():
            return Answer(inputs=_numbers(item, (), "1", "1"))


def worst(item: AnyItem) -> Answer:
    """Answer that gives nothing."""
    match item:
        case ChoiceItem():
            return Answer(min(item.options, key=lambda option: option.score).key)
        case LookupItem():
            return Answer(min(item.options, key=lambda option: option.points).key)
        case IndexItem():
            return Answer("0")
        case RatioItem():
            return Answer(inputs=_numbers(item, item.numerator, "0", "1"))
        case DeclineItem():
            return Answer(inputs=_numbers(item, item.this, "5", "1"))
        case CountItem():
            return Answer(inputs=_numbers(item, (), "0", "0"))


def _numbers(item: AnyItem, chosen: Sequence[str], number: str, other: str) -> dict[str, str]:
    return {name: number if name in chosen else other for name in input_names(item)}


_AMOUNTS = st.one_of(
    st.integers(0, 40).map(str),
    st.decimals(0, 10**6, places=2, allow_nan=False).map(lambda number: f"{number:f}"),
)


def any_answer(item: AnyItem) -> st.SearchStrategy[Answer]:
    """Every answer that the item accepts, blank ones among them."""
    given: st.SearchStrategy[Answer]
    match item:
        case ChoiceItem() | LookupItem():
            given = st.sampled_from([option.key for option in item.options]).map(Answer)
        case IndexItem():
            low, high = (int(100 * bound) for bound in (item.minimum, item.maximum))
            steps = st.integers(low, high) | st.just(0)
            given = steps.map(lambda step: Answer(decimal_text(Fraction(step, 100))))
        case RatioItem() | DeclineItem() | CountItem():
            given = st.fixed_dictionaries(
                {}, optional=dict.fromkeys(input_names(item), _AMOUNTS)
            ).map(lambda inputs: Answer(inputs=inputs))
    choices = [given, st.just(Answer())]
    if item.not_applicable:
        choices.append(st.just(Answer(not_applicable=True)))
    return st.one_of(*choices)


def some_answers(edition: Rubric) -> st.SearchStrategy[dict[str, Answer]]:
    """Every worksheet of an edition, filled in part."""
    every = {code: any_answer(item) for code, item in edition.items.items()}
    return st.fixed_dictionaries({}, optional=every)


def points(result: Score, code: str) -> Fraction:
    """Score of a node or item as a worksheet prints it."""
    if code in result.nodes:
        return result.nodes[code].score
    entry = result.item_scores[code]
    found = entry.points if entry.weight is not None else entry.score
    assert found is not None
    return found
