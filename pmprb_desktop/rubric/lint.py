"""What must hold in an edition beyond the types of its fields; every fault with its place."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Final

from pmprb_desktop.errors import Finding
from pmprb_desktop.i18n import _
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

_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")


def findings(content: RubricFile) -> list[Finding]:
    """Every fault of an edition whose fields have the right types."""
    items = {item.code: item for node in content.nodes for item in node.own_items()}
    nodes = dict(_walk(content.nodes))
    found: list[Finding] = []
    found += _codes(content)
    found += _tree(content)
    for item in items.values():
        found += _item(item)
    found += _areas(content, items, nodes)
    found += _gates(items)
    found += _references(content, items, nodes)
    found += _predicates(content)
    found += _words(content, items, nodes)
    return found


def _walk(nodes: Sequence[Node]) -> Iterator[tuple[str, Node]]:
    for node in nodes:
        yield node.code, node
        yield from _walk(node.children)


def _codes(content: RubricFile) -> Iterator[Finding]:
    seen: set[str] = set()
    codes = [code for code, _node in _walk(content.nodes)]
    codes += [item.code for node in content.nodes for item in node.own_items()]
    for code in codes:
        if code.casefold() in seen:
            yield Finding("CODE_DUPLICATE", code, _("The code stands more than once."))
        seen.add(code.casefold())


def _tree(content: RubricFile) -> Iterator[Finding]:
    total = sum((node.weight or Fraction(0) for node in content.nodes), Fraction(0))
    if total != content.weight:
        yield _sum_fault("weight", content.weight, total)
    for code, node in _walk(content.nodes):
        yield from _node(code, node)


def _sum_fault(place: str, weight: Fraction, total: Fraction) -> Finding:
    message = _("The parts weigh {total} together, but the whole weighs {weight}.")
    return Finding("WEIGHT_SUM", place, message.format(total=total, weight=weight))


def _node(code: str, node: Node) -> Iterator[Finding]:
    if not node.children and not node.items:
        yield Finding("NODE_EMPTY", code, _("The node has neither items nor children."))
        return
    if node.weight is None and node.level != "group":
        yield Finding("WEIGHT_MISSING", code, _("Only a group may be without weight."))
    if node.weight is not None and node.weight <= 0:
        yield Finding("WEIGHT_RANGE", code, _("A weight must be above zero."))
    for item in node.items:
        if item.weight is not None and item.weight <= 0:
            yield Finding("WEIGHT_RANGE", item.code, _("A weight must be above zero."))
        if item.weight is not None and item.kind == "count":
            yield Finding("WEIGHT_COUNT", item.code, _("A count is not scored: it has no weight."))
    scored = [item for item in node.items if item.kind != "count"]
    parts = [entry.weight for entry in (*scored, *node.children)]
    weighted = sum((weight for weight in parts if weight is not None), Fraction(0))
    if node.weight is None:
        if any(weight is not None for weight in parts):
            message = _("A group without weight cannot hold parts with a weight.")
            yield Finding("WEIGHT_IN_GROUP", code, message)
    elif None not in parts and parts and weighted != node.weight:
        yield _sum_fault(code, node.weight, weighted)
    elif None in parts and weighted >= node.weight:
        message = _("The parts with a weight leave nothing for those without one.")
        yield Finding("WEIGHT_SUM", code, message)
    if node.level == "group" and any(child.level != "group" for child in node.children):
        yield Finding("GROUP_CHILD", code, _("A group can only hold items and groups."))
    if node.level != "group" and scored and any(c.level != "group" for c in node.children):
        message = _("Items and branches cannot stand side by side; use a group.")
        yield Finding("NODE_MIXED", code, message)


def _item(item: AnyItem) -> Iterator[Finding]:
    if isinstance(item, ChoiceItem):
        yield from _scores(item, [option.score for option in item.options], Fraction(1))
    elif isinstance(item, LookupItem):
        yield from _scores(item, [option.points for option in item.options], None)
    elif isinstance(item, IndexItem) and not 0 <= item.minimum < item.maximum:
        yield Finding("SCALE_RANGE", item.code, _("The scale must rise from 0 or more."))
    names = input_names(item)
    for name in {name for name in names if names.count(name) > 1}:
        message = _("The input “{name}” stands more than once.").format(name=name)
        yield Finding("INPUT_DUPLICATE", item.code, message)
    used: Sequence[str] = ()
    if isinstance(item, RatioItem):
        used = (*item.numerator, *item.denominator)
        if item.zero_denominator not in (0, 1):
            message = _("A zero denominator gives a score of 0 or 1.")
            yield Finding("ZERO_DENOMINATOR", item.code, message)
    elif isinstance(item, DeclineItem):
        used = (*item.last, *item.this)
    for name in sorted(set(used) - set(names)):
        message = _("The input “{name}” is not among the inputs.").format(name=name)
        yield Finding("INPUT_UNKNOWN", item.code, message)


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


def _areas(
    content: RubricFile, items: Mapping[str, AnyItem], nodes: Mapping[str, Node]
) -> Iterator[Finding]:
    keys = content.areas
    if len(set(keys)) != len(keys):
        yield Finding("AREA_DUPLICATE", "areas", _("An area key stands more than once."))
    for code, entry in (*nodes.items(), *items.items()):
        if entry.area is not None and entry.area not in keys:
            message = _("The area “{key}” is not in the list of areas.").format(key=entry.area)
            yield Finding("AREA_UNKNOWN", code, message)


def _gates(items: Mapping[str, AnyItem]) -> Iterator[Finding]:
    for item in items.values():
        gate = item.gate
        if gate is None:
            continue
        target = items.get(gate.item)
        if target is None:
            message = _("The gate points to “{code}”, which is not an item here.")
            yield Finding("GATE_UNKNOWN", item.code, message.format(code=gate.item))
            continue
        if target.kind == "count":
            yield Finding("GATE_TARGET", item.code, _("A gate cannot rest on an unscored item."))
        if isinstance(gate, ZeroGate):
            keys = (
                {option.key for option in target.options}
                if isinstance(target, ChoiceItem | LookupItem)
                else set()
            )
            for answer in gate.answers:
                if answer not in keys:
                    message = _("“{answer}” is no option of {code}.")
                    text = message.format(answer=answer, code=gate.item)
                    yield Finding("GATE_ANSWER", item.code, text)
        if _loops(item.code, items):
            yield Finding("GATE_LOOP", item.code, _("The gates run in a circle."))


def _loops(start: str, items: Mapping[str, AnyItem]) -> bool:
    seen: set[str] = set()
    at: str | None = start
    while at is not None and at in items:
        if at in seen:
            return at == start
        seen.add(at)
        gate = items[at].gate
        at = gate.item if gate is not None else None
    return False


def _references(
    content: RubricFile, items: Mapping[str, AnyItem], nodes: Mapping[str, Node]
) -> Iterator[Finding]:
    ids = [check.id for check in content.checks]
    for check in content.checks:
        if ids.count(check.id) > 1:
            yield Finding("CHECK_DUPLICATE", check.id, _("The check stands more than once."))
        if check.item not in items or (
            check.not_better_than not in items and check.not_better_than not in nodes
        ):
            yield Finding("CHECK_UNKNOWN", check.id, _("The check names a code that is not here."))
    for group in content.pass_marks:
        for mark in group.marks:
            known = (mark.node is None or mark.node in nodes or mark.node in items) and (
                mark.area is None or mark.area in content.areas
            )
            one = (mark.minimum is None) != (mark.share is None)
            if not known or not one or (mark.node is not None and mark.area is not None):
                message = _("A pass mark needs a known node or area, and a minimum or a share.")
                yield Finding("MARK_INVALID", f"pass_marks/{group.name}", message)


def _predicates(content: RubricFile) -> Iterator[Finding]:
    if not content.predicates:
        return
    if content.weight != 100:
        message = _("Predicates need an edition that weighs 100.")
        yield Finding("PREDICATE_WEIGHT", "predicates", message)
    bounds = [entry.above for entry in content.predicates]
    inner = [bound for bound in bounds[:-1] if bound is not None]
    falling = all(a > b for a, b in zip(inner, inner[1:], strict=False))
    if bounds[-1] is not None or len(inner) != len(bounds) - 1 or not falling:
        message = _("Predicates fall from the highest bound; only the last has none.")
        yield Finding("PREDICATE_ORDER", "predicates", message)


def _words(
    content: RubricFile, items: Mapping[str, AnyItem], nodes: Mapping[str, Node]
) -> Iterator[Finding]:
    sets = [set(words) for words in content.terminology.values()]
    known = set.intersection(*sets) if len(sets) == 2 else set()
    if any(words != known for words in sets):
        message = _("Both kinds of government need the same words.")
        yield Finding("TERM_INCOMPLETE", "terminology", message)
    texts: list[tuple[str, str]] = []
    collect: Callable[[str, str], None] = lambda code, text: texts.append((code, text))  # noqa: E731
    for code, node in nodes.items():
        for text in (node.title, node.guidance, *node.evidence, *node.pitfalls):
            collect(code, text)
    for code, item in items.items():
        for text in (item.text, item.guidance, *item.evidence, *item.pitfalls):
            collect(code, text)
        if isinstance(item, ChoiceItem | LookupItem):
            for option in item.options:
                collect(code, option.text)
    for code, text in texts:
        for name in _PLACEHOLDER.findall(text):
            if name not in known:
                message = _("The word “{name}” is not in the terminology.").format(name=name[:40])
                yield Finding("TERM_UNKNOWN", code, message)
