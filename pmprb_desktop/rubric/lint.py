"""What must hold in an edition beyond the types of its fields; every fault with its place."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from pmprb_desktop.errors import Finding
from pmprb_desktop.i18n import _
from pmprb_desktop.reasons import plain
from pmprb_desktop.rubric import lint_labels
from pmprb_desktop.rubric.model import (
    AnyItem,
    ChoiceItem,
    DeclineItem,
    IndexItem,
    LookupItem,
    Node,
    RatioItem,
    RubricFile,
    ZeroGate,
    input_names,
)

LONGEST_GATES: Final = 20
_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class _Parts:
    """An edition with its nodes and items by code."""

    content: RubricFile
    nodes: Mapping[str, Node]
    items: Mapping[str, AnyItem]


def findings(content: RubricFile) -> Iterator[Finding]:
    """Yield every fault of an edition whose fields have the right types."""
    nodes = {node.code: node for node in _walk(content.nodes)}
    items = {item.code: item for node in content.nodes for item in node.own_items()}
    parts = _Parts(content, nodes, items)
    yield from _codes(content)
    yield from _tree(content)
    for item in items.values():
        yield from _item(item)
    yield from _input_codes(items)
    yield from _areas(parts)
    for item in items.values():
        yield from _gate(item, items)
    yield from lint_labels.findings(content, nodes, items)
    yield from _words(parts)


def _walk(nodes: Sequence[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _walk(node.children)


def _codes(content: RubricFile) -> Iterator[Finding]:
    seen: set[str] = set()
    codes = [node.code for node in _walk(content.nodes)]
    codes += [item.code for node in content.nodes for item in node.own_items()]
    for code in codes:
        if code.casefold() in seen:
            yield Finding("CODE_DUPLICATE", code, _("The code stands more than once."))
        seen.add(code.casefold())


def _tree(content: RubricFile) -> Iterator[Finding]:
    total = sum((node.weight or Fraction(0) for node in content.nodes), Fraction(0))
    if total != content.weight:
        yield _sum_fault("weight", content.weight, total)
    for node in content.nodes:
        if node.weight is None and node.level == "group":
            yield Finding("WEIGHT_MISSING", node.code, _("A group at the top needs a weight."))
    for node in _walk(content.nodes):
        if not node.children and not node.items:
            message = _("The node has neither items nor children.")
            yield Finding("NODE_EMPTY", node.code, message)
        else:
            yield from _weights(node)
            yield from _sums(node)
            yield from _levels(node)


def _sum_fault(place: str, weight: Fraction, total: Fraction) -> Finding:
    message = _("The parts weigh {total} together, but the whole weighs {weight}.")
    return Finding("WEIGHT_SUM", place, message.format(total=total, weight=weight))


def _weights(node: Node) -> Iterator[Finding]:
    if node.weight is None and node.level != "group":
        yield Finding("WEIGHT_MISSING", node.code, _("Only a group may be without weight."))
    entries: tuple[Node | AnyItem, ...] = (node, *node.items)
    for entry in entries:
        if entry.weight is not None and entry.weight <= 0:
            yield Finding("WEIGHT_RANGE", entry.code, _("A weight must be above zero."))
    for item in node.items:
        if item.weight is not None and item.kind == "count":
            yield Finding("WEIGHT_COUNT", item.code, _("A count is not scored: it has no weight."))


def _scored(node: Node) -> bool:
    return any(item.kind != "count" for item in node.own_items())


def _sums(node: Node) -> Iterator[Finding]:
    """Compare the weights of what is scored in a node with the node's own."""
    parts = [item.weight for item in node.items if item.kind != "count"]
    parts += [c.weight for c in node.children if c.weight is not None or _scored(c)]
    weighted = sum((weight for weight in parts if weight is not None), Fraction(0))
    if node.weight is None:
        if any(weight is not None for weight in parts):
            message = _("A group without weight cannot hold parts with a weight.")
            yield Finding("WEIGHT_IN_GROUP", node.code, message)
    elif not parts:
        message = _("The node has a weight, but nothing in it is scored.")
        yield Finding("NODE_UNSCORED", node.code, message)
    elif None not in parts and weighted != node.weight:
        yield _sum_fault(node.code, node.weight, weighted)
    elif None in parts and weighted >= node.weight:
        message = _("The parts with a weight leave nothing for those without one.")
        yield Finding("WEIGHT_SUM", node.code, message)


def _levels(node: Node) -> Iterator[Finding]:
    branches = [child for child in node.children if child.level != "group"]
    if node.level == "group" and branches:
        yield Finding("GROUP_CHILD", node.code, _("A group can only hold items and groups."))
    if node.level != "group" and node.items and branches:
        message = _("Items and branches cannot stand side by side; use a group.")
        yield Finding("NODE_MIXED", node.code, message)


def _item(item: AnyItem) -> Iterator[Finding]:
    if isinstance(item, ChoiceItem):
        yield from _scores(item, [option.score for option in item.options], Fraction(1))
    elif isinstance(item, LookupItem):
        yield from _scores(item, [option.points for option in item.options], None)
    elif isinstance(item, IndexItem) and not 0 <= item.minimum < item.maximum:
        yield Finding("SCALE_RANGE", item.code, _("The scale must rise from 0 or more."))
    names = input_names(item)
    lists: Sequence[Sequence[str]] = ()
    if isinstance(item, RatioItem):
        lists = (item.numerator, item.denominator)
        if item.zero_denominator not in (0, 1):
            message = _("A zero denominator gives a score of 0 or 1.")
            yield Finding("ZERO_DENOMINATOR", item.code, message)
    elif isinstance(item, DeclineItem):
        lists = (item.last, item.this)
    for name in sorted({name for given in (names, *lists) for name in _repeated(given)}):
        message = _("The input “{name}” stands more than once.").format(name=name)
        yield Finding("INPUT_DUPLICATE", item.code, message)
    for name in sorted({name for given in lists for name in given} - set(names)):
        message = _("The input “{name}” is not among the inputs.").format(name=name)
        yield Finding("INPUT_UNKNOWN", item.code, message)


def _repeated(names: Sequence[str]) -> set[str]:
    seen: set[str] = set()
    return {name for name in names if name in seen or seen.add(name)}  # type: ignore[func-returns-value]


def _scores(
    item: ChoiceItem | LookupItem, scores: Sequence[Fraction], best: Fraction | None
) -> Iterator[Finding]:
    spellings = [
        spelling.casefold() for option in item.options for spelling in (option.key, *option.aliases)
    ]
    if len(set(spellings)) != len(spellings):
        yield Finding("OPTION_DUPLICATE", item.code, _("Two options have the same key."))
    if min(scores) < 0 or (best is not None and max(scores) > best):
        yield Finding("OPTION_SCORE", item.code, _("A score lies between 0 and 1."))
    if max(scores) <= 0 or (best is not None and max(scores) < best):
        yield Finding("OPTION_BEST", item.code, _("No option gives the full score."))
    if min(scores) > 0:
        yield Finding("OPTION_WORST", item.code, _("No option gives a score of 0."))


def _input_codes(items: Mapping[str, AnyItem]) -> Iterator[Finding]:
    """Find inputs whose row in an answer file would be taken for another item's."""
    codes = {code.casefold() for code in items}
    for item in items.values():
        for name in input_names(item):
            if f"{item.code}.{name}".casefold() in codes:
                message = _("The input “{name}” reads like the code of another item.")
                yield Finding("INPUT_CODE", item.code, message.format(name=name))


def _areas(parts: _Parts) -> Iterator[Finding]:
    keys = set(parts.content.areas)
    if len(keys) != len(parts.content.areas):
        yield Finding("AREA_DUPLICATE", "areas", _("An area key stands more than once."))
    entries: dict[str, Node | AnyItem] = {**parts.nodes, **parts.items}
    for code, entry in entries.items():
        if entry.area is not None and entry.area not in keys:
            message = _("The area “{key}” is not in the list of areas.").format(key=entry.area)
            yield Finding("AREA_UNKNOWN", code, message)
    for node in parts.content.nodes:
        yield from _nested_areas(node, inside=False)


def _nested_areas(node: Node, *, inside: bool) -> Iterator[Finding]:
    if inside and node.area is not None:
        message = _("The node lies in a node that has an area: it would count twice.")
        yield Finding("AREA_NESTED", node.code, message)
    for child in node.children:
        yield from _nested_areas(child, inside=inside or node.area is not None)


def _gate(item: AnyItem, items: Mapping[str, AnyItem]) -> Iterator[Finding]:
    gate = item.gate
    if gate is None:
        return
    target = items.get(gate.item)
    if target is None:
        message = _("The gate points to “{code}”, which is not an item here.")
        yield Finding("GATE_UNKNOWN", item.code, message.format(code=gate.item))
        return
    if target.kind == "count":
        yield Finding("GATE_TARGET", item.code, _("A gate cannot rest on an unscored item."))
    elif isinstance(gate, ZeroGate):
        yield from _gate_answers(item.code, gate, target)
    length = _gates_behind(item.code, items)
    if length is None:
        yield Finding("GATE_LOOP", item.code, _("The gates run in a circle."))
    elif length > LONGEST_GATES:
        message = _("More than {count} gates rest on each other.").format(count=LONGEST_GATES)
        yield Finding("GATE_CHAIN", item.code, message)


def _gate_answers(code: str, gate: ZeroGate, target: AnyItem) -> Iterator[Finding]:
    best: dict[str, bool] = {}
    if isinstance(target, ChoiceItem):
        best = {option.key: option.score == 1 for option in target.options}
    elif isinstance(target, LookupItem):
        best = {option.key: option.points == target.most for option in target.options}
    for answer in gate.answers:
        if answer not in best:
            message = _("“{answer}” is no option of {code}.")
            yield Finding("GATE_ANSWER", code, message.format(answer=answer, code=target.code))
        elif best[answer]:
            message = _("The best answer of {code} closes the gate: full marks are impossible.")
            yield Finding("GATE_BEST", code, message.format(code=target.code))


def _gates_behind(start: str, items: Mapping[str, AnyItem]) -> int | None:
    """Count the gates that a score rests on, no further than needed; None for a circle."""
    at = start
    for length in range(LONGEST_GATES + 2):
        gate = items[at].gate
        if gate is None or gate.item not in items:
            return length
        at = gate.item
        if at == start:
            return None
    return LONGEST_GATES + 1


def _words(parts: _Parts) -> Iterator[Finding]:
    sets = [set(words) for words in parts.content.terminology.values()]
    known = set.intersection(*sets) if len(sets) == 2 else set()
    if any(words != known for words in sets):
        message = _("Both kinds of government need the same words.")
        yield Finding("TERM_INCOMPLETE", "terminology", message)
    for code, text in _texts(parts):
        for name in _PLACEHOLDER.findall(text):
            if name not in known:
                message = _("The word “{name}” is not in the terminology.").format(name=plain(name))
                yield Finding("TERM_UNKNOWN", code, message)


def _texts(parts: _Parts) -> Iterator[tuple[str, str]]:
    """Yield every text that is shown with its words put in, and where it stands."""
    for code, node in parts.nodes.items():
        for text in (node.title, node.guidance, *node.evidence, *node.pitfalls):
            yield code, text
    for code, item in parts.items.items():
        for text in (item.text, item.guidance, *item.evidence, *item.pitfalls):
            yield code, text
        if isinstance(item, ChoiceItem | LookupItem):
            for option in item.options:
                yield code, option.text
    for check in parts.content.checks:
        yield check.id, check.message
