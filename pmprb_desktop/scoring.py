"""From answers to scores: pure, exact, and the same everywhere.

Formulas are those of the field (``Scores`` in the documentation of the LKE): a sub-area is the
average of its item scores times its weight; everything above is a sum; gates multiply or zero.
All numbers are fractions; decimals exist only at input and display.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Final, assert_never

from pmprb_desktop.rubric.model import (
    AnyItem,
    ChoiceItem,
    CountItem,
    DeclineItem,
    IndexItem,
    LookupItem,
    MultiplyGate,
    Node,
    PassMark,
    RatioItem,
    Rubric,
    input_names,
)

_DECIMAL: Final = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,12})?")
ZERO: Final = Fraction(0)
ONE: Final = Fraction(1)


@dataclass(frozen=True, slots=True)
class Answer:
    """What stands in one item: an option key or an index value, inputs, or "tidak berlaku".

    Numbers are decimal strings as typed (decimal point), so that nothing is rounded on the way.
    """

    value: str | None = None
    inputs: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    not_applicable: bool = False


BLANK: Final = Answer()


@dataclass(frozen=True, slots=True)
class ItemScore:
    """Score of one item, 0 to 1, with the reason where it is not simply the answer's own.

    ``raw`` is the score before gates; ``score`` is None for a blank, a not applicable or a record
    item. ``points`` and ``weight`` are set for an item with a weight of its own.
    """

    code: str
    answered: bool
    raw: Fraction | None
    score: Fraction | None
    gated_by: str | None = None
    not_applicable: bool = False
    weight: Fraction | None = None
    points: Fraction | None = None


@dataclass(frozen=True, slots=True)
class NodeScore:
    """Score of a node in points of its weight.

    ``weight`` is the nominal maximum (None for a group without one, whose ``score`` is 0 to 1);
    ``available`` the part of it that is applicable. ``answered`` and ``items`` count scored items.
    """

    code: str
    title: str
    weight: Fraction | None
    available: Fraction
    score: Fraction
    answered: int
    items: int
    children: tuple["NodeScore", ...] = ()

    @property
    def share(self) -> Fraction | None:
        """Score ÷ available weight, 0 to 1; None when nothing of it is applicable."""
        return self.score / self.available if self.available else None


@dataclass(frozen=True, slots=True)
class MarkResult:
    """One pass mark: what is asked, what is there."""

    label: str
    mark: PassMark
    needed: Fraction
    score: Fraction

    @property
    def met(self) -> bool:
        """Whether the exact score reaches the mark."""
        return self.score >= self.needed


@dataclass(frozen=True, slots=True)
class Score:
    """The whole result of one layer of answers."""

    total: Fraction
    weight: Fraction
    available: Fraction
    answered: int
    items: int
    predicate: str | None
    roots: tuple[NodeScore, ...]
    nodes: Mapping[str, NodeScore]
    item_scores: Mapping[str, ItemScore]
    marks: tuple[MarkResult, ...] = ()

    @property
    def share(self) -> Fraction | None:
        """Total ÷ available weight."""
        return self.total / self.available if self.available else None


def decimal(text: str) -> Fraction | None:
    """Read a non-negative decimal number with a point, exactly; None when it is not one."""
    return Fraction(text) if _DECIMAL.fullmatch(text) else None


def in_scale(item: IndexItem, value: Fraction) -> bool:
    """Whether a value lies on the scale of an index; 0 always does and means none."""
    return not value or item.minimum <= value <= item.maximum


def is_answered(item: AnyItem, answer: Answer) -> bool:
    """Whether an item counts as answered: its choice, its value, or all its inputs are there.

    What does not fit the item (an option it does not have, a number outside its scale, "not
    applicable" where the edition does not allow it) is refused when it is entered; should it get
    here all the same, the item is as good as blank.
    """
    if answer.not_applicable:
        return item.not_applicable
    match item:
        case ChoiceItem() | LookupItem():
            return any(option.key == answer.value for option in item.options)
        case IndexItem():
            value = decimal(answer.value or "")
            return value is not None and in_scale(item, value)
        case RatioItem() | DeclineItem() | CountItem():
            return all(
                decimal(answer.inputs.get(name, "")) is not None for name in input_names(item)
            )
        case _:
            assert_never(item)


def _total(inputs: Mapping[str, str], names: Iterable[str]) -> Fraction:
    return sum((Fraction(inputs[name]) for name in names), ZERO)


def _choice(item: AnyItem, answer: Answer) -> Fraction:
    assert isinstance(item, ChoiceItem)
    return next(option.score for option in item.options if option.key == answer.value)


def _lookup(item: AnyItem, answer: Answer) -> Fraction:
    assert isinstance(item, LookupItem)
    return next(o.points for o in item.options if o.key == answer.value) / item.most


def _ratio(item: AnyItem, answer: Answer) -> Fraction:
    assert isinstance(item, RatioItem)
    denominator = _total(answer.inputs, item.denominator)
    if not denominator:
        return item.zero_denominator
    return min(ONE, _total(answer.inputs, item.numerator) / denominator)


def _decline(item: AnyItem, answer: Answer) -> Fraction:
    assert isinstance(item, DeclineItem)
    last, this = _total(answer.inputs, item.last), _total(answer.inputs, item.this)
    if not last:
        return ZERO if this else ONE
    return max(ZERO, (last - this) / last)


def _index(item: AnyItem, answer: Answer) -> Fraction:
    assert isinstance(item, IndexItem)
    return Fraction(answer.value or "0") / item.maximum


RULES: Final[Mapping[str, Callable[[AnyItem, Answer], Fraction] | None]] = {
    "choice": _choice,
    "lookup": _lookup,
    "ratio": _ratio,
    "decline": _decline,
    "index": _index,
    "count": None,
}
"""Item kind → its rule; None for kinds that are never scored."""


@dataclass(frozen=True, slots=True)
class _Part:
    """An item or child of a node: in points with a weight of its own, else a share of 0 to 1.

    ``score`` is None where a blank one is left out of the average.
    """

    weight: Fraction | None
    available: Fraction
    score: Fraction | None


class _Sums:
    """Parts with a weight add up; the others are averaged and share the weight that is left."""

    def __init__(self, weight: Fraction | None, parts: Sequence[_Part]) -> None:
        weighted = [part for part in parts if part.weight is not None]
        applicable = [part for part in parts if part.weight is None and part.available]
        self.shares = [part.score for part in applicable if part.score is not None]
        self.available = sum((part.available for part in weighted), ZERO)
        self.score = sum((part.score or ZERO for part in weighted), ZERO)
        left = ONE if weight is None else weight
        left -= sum((part.weight or ZERO for part in weighted), ZERO)
        if applicable:
            self.available += left
        if self.shares:
            self.score += left * sum(self.shares, ZERO) / len(self.shares)


class _Scorer:
    """One run over the answers; holds what gates need of other items."""

    def __init__(self, rubric: Rubric, answers: Mapping[str, Answer]) -> None:
        self.rubric = rubric
        self.answers = answers
        self.skip_blank = rubric.content.blank_policy == "skip"
        self.item_scores: dict[str, ItemScore] = {}
        self.nodes: dict[str, NodeScore] = {}
        self.without_score: set[str] = set()

    def item(self, code: str) -> ItemScore:
        """Score an item, its gate first; editions are free of gate loops."""
        known = self.item_scores.get(code)
        if known is None:
            known = self.item_scores[code] = self._score(self.rubric.items[code])
        return known

    def _score(self, item: AnyItem) -> ItemScore:
        answer = self.answers.get(item.code, BLANK)
        answered = is_answered(item, answer)
        if answered and answer.not_applicable:
            return ItemScore(item.code, True, None, None, None, True, item.weight, None)
        rule = RULES[item.kind]
        if rule is None or not answered:
            points = ZERO if item.weight is not None else None
            return ItemScore(item.code, answered, None, None, None, False, item.weight, points)
        raw = rule(item, answer)
        score, gated_by = self._gate(item, raw)
        points = None if item.weight is None else score * item.weight
        return ItemScore(item.code, True, raw, score, gated_by, False, item.weight, points)

    def _gate(self, item: AnyItem, raw: Fraction) -> tuple[Fraction, str | None]:
        gate = item.gate
        if gate is None:
            return raw, None
        target = self.item(gate.item)
        if target.not_applicable:
            return raw, None
        if isinstance(gate, MultiplyGate):
            score = raw * (target.score or ZERO)
        else:
            closed = not target.answered or self.answers[gate.item].value in gate.answers
            score = ZERO if closed else raw
        return score, gate.item if score != raw else None

    def node(self, node: Node) -> NodeScore:
        """Score a node, its children first."""
        children = tuple(self.node(child) for child in node.children)
        items = [self.item(item.code) for item in node.items if item.kind != "count"]
        parts = [self._item_part(entry) for entry in items]
        parts += [self._child_part(child) for child in children]
        sums = _Sums(node.weight, parts)
        if not sums.shares:
            self.without_score.add(node.code)
        result = NodeScore(
            node.code,
            node.title,
            node.weight,
            sums.available,
            sums.score,
            sum(entry.answered for entry in items) + sum(child.answered for child in children),
            len(items) + sum(child.items for child in children),
            children,
        )
        self.nodes[node.code] = result
        return result

    def _item_part(self, entry: ItemScore) -> _Part:
        if entry.weight is not None:
            available = ZERO if entry.not_applicable else entry.weight
            return _Part(entry.weight, available, entry.points or ZERO)
        available = ZERO if entry.not_applicable else ONE
        blank = None if self.skip_blank else ZERO
        return _Part(None, available, blank if entry.score is None else entry.score)

    def _child_part(self, child: NodeScore) -> _Part:
        skipped = child.weight is None and self.skip_blank and child.code in self.without_score
        return _Part(child.weight, child.available, None if skipped else child.score)


def score(rubric: Rubric, answers: Mapping[str, Answer]) -> Score:
    """Score one layer of answers; answers of unknown codes do not count.

    Sources of the formulas: the LKE of PermenPANRB 14/2014, 26/2020, 88/2021 and 90/2021.
    """
    scorer = _Scorer(rubric, answers)
    roots = tuple(scorer.node(node) for node in rubric.content.nodes)
    for item in rubric.items:
        scorer.item(item)
    total = sum((root.score for root in roots), ZERO)
    return Score(
        total=total,
        weight=rubric.content.weight,
        available=sum((root.available for root in roots), ZERO),
        answered=sum(root.answered for root in roots),
        items=sum(root.items for root in roots),
        predicate=predicate(rubric, total),
        roots=roots,
        nodes=scorer.nodes,
        item_scores=scorer.item_scores,
        marks=_marks(rubric, scorer.nodes, scorer.item_scores, total),
    )


def predicate(rubric: Rubric, total: Fraction) -> str | None:
    """Predikat of an exact total: each bound is open below; None where there is none."""
    for entry in rubric.content.predicates:
        if entry.above is None or total > entry.above:
            return entry.name
    return None


def _marks(
    rubric: Rubric,
    nodes: Mapping[str, NodeScore],
    items: Mapping[str, ItemScore],
    total: Fraction,
) -> tuple[MarkResult, ...]:
    areas: dict[str, list[NodeScore]] = {}
    for code, node in rubric.nodes.items():
        if node.area is not None and node.weight is not None:
            areas.setdefault(node.area, []).append(nodes[code])
    results = []
    for group in rubric.content.pass_marks:
        for mark in group.marks:
            if mark.area is not None:
                members = areas.get(mark.area, [])
                have = sum((member.score for member in members), ZERO)
                full = sum((member.weight or ZERO for member in members), ZERO)
            elif mark.node is not None and mark.node in nodes:
                have, full = nodes[mark.node].score, nodes[mark.node].weight or ZERO
            elif mark.node is not None:
                entry = items[mark.node]
                have, full = entry.points or ZERO, entry.weight or ZERO
            else:
                have, full = total, rubric.content.weight
            needed = mark.minimum if mark.minimum is not None else (mark.share or ZERO) * full
            results.append(MarkResult(group.name, mark, needed, have))
    return tuple(results)


def rounded(value: Fraction, places: int = 2) -> Decimal:
    """Round a fraction for display: half up, as the field does."""
    quantum = Decimal(1).scaleb(-places)
    scaled = value * 10**places
    whole, rest = divmod(abs(scaled.numerator), scaled.denominator)
    whole += 2 * rest >= scaled.denominator
    sign = -1 if scaled < 0 else 1
    return (Decimal(sign * whole) * quantum).quantize(quantum, rounding=ROUND_HALF_UP)


def decimal_text(value: Fraction, places: int = 12) -> str:
    """Write a fraction for JSON and CSV: at most ``places`` decimals, no trailing zeros."""
    text = f"{rounded(value, places):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
