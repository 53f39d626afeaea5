"""What must hold where an edition judges scores: its checks, pass marks, predicates."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import pairwise

from pmprb_desktop.errors import Finding
from pmprb_desktop.i18n import _
from pmprb_desktop.reasons import plain
from pmprb_desktop.rubric.model import AnyItem, Node, PassMark, RubricFile

Nodes = Mapping[str, Node]
Items = Mapping[str, AnyItem]


def findings(content: RubricFile, nodes: Nodes, items: Items) -> Iterator[Finding]:
    """Yield every fault of the checks, marks, predicates and the list of what is left out."""
    yield from _checks(content, nodes, items)
    for group in content.pass_marks:
        for mark in group.marks:
            yield from _mark(mark, f"pass_marks/{plain(group.name)}", content, nodes, items)
    yield from _predicates(content)
    yield from _omitted(content, nodes, items)


def _checks(content: RubricFile, nodes: Nodes, items: Items) -> Iterator[Finding]:
    seen: set[str] = set()
    unscored = {code for code, item in items.items() if item.kind == "count"}
    unscored |= {
        code
        for code, node in nodes.items()
        if all(item.kind == "count" for item in node.own_items())
    }
    known = nodes.keys() | items.keys()
    for check in content.checks:
        if check.id in seen:
            yield Finding("CHECK_DUPLICATE", check.id, _("The check stands more than once."))
        seen.add(check.id)
        if check.item not in items or check.not_better_than not in known:
            yield Finding("CHECK_UNKNOWN", check.id, _("The check names a code that is not here."))
        elif check.item == check.not_better_than:
            yield Finding("CHECK_SELF", check.id, _("The check compares an item with itself."))
        elif unscored & {check.item, check.not_better_than}:
            yield Finding("CHECK_COUNT", check.id, _("The check compares what has no score."))


def _mark(
    mark: PassMark, place: str, content: RubricFile, nodes: Nodes, items: Items
) -> Iterator[Finding]:
    full = _full(mark, content, nodes, items)
    if full is None or (mark.minimum is None) == (mark.share is None):
        message = _(
            "A pass mark needs a known area, or a node or item with a weight, and either "
            "a minimum or a share."
        )
        yield Finding("MARK_INVALID", place, message)
    elif mark.share is not None and not 0 < mark.share <= 1:
        message = _("The share of a pass mark lies above 0 and is at most 1.")
        yield Finding("MARK_RANGE", place, message)
    elif mark.minimum is not None and not 0 < mark.minimum <= full:
        message = _("The minimum of this pass mark lies above 0 and is at most {full}.")
        yield Finding("MARK_RANGE", place, message.format(full=full))


def _full(mark: PassMark, content: RubricFile, nodes: Nodes, items: Items) -> Fraction | None:
    """The most that the marked part can score, or None when the mark points to nothing."""
    if mark.area is not None:
        if mark.node is not None or mark.area not in content.areas:
            return None
        weights = [node.weight for node in nodes.values() if node.area == mark.area]
        return sum((weight for weight in weights if weight is not None), Fraction(0))
    if mark.node is None:
        return content.weight
    entry = nodes.get(mark.node) or items.get(mark.node)
    return None if entry is None else entry.weight


def _predicates(content: RubricFile) -> Iterator[Finding]:
    if not content.predicates:
        return
    if content.weight != 100:
        message = _("Predicates need an edition that weighs 100.")
        yield Finding("PREDICATE_WEIGHT", "predicates", message)
    bounds = [entry.above for entry in content.predicates]
    inner = [bound for bound in bounds[:-1] if bound is not None]
    falling = all(above > below for above, below in pairwise(inner))
    if bounds[-1] is not None or len(inner) != len(bounds) - 1 or not falling:
        message = _("Predicates fall from the highest bound; only the last has none.")
        yield Finding("PREDICATE_ORDER", "predicates", message)
    if any(not 0 <= bound < 100 for bound in bounds if bound is not None):
        message = _("The bound of a predicate lies from 0 to below 100.")
        yield Finding("PREDICATE_RANGE", "predicates", message)
    if len({entry.name.casefold() for entry in content.predicates}) != len(bounds):
        message = _("Two predicates have the same name.")
        yield Finding("PREDICATE_DUPLICATE", "predicates", message)


def _omitted(content: RubricFile, nodes: Nodes, items: Items) -> Iterator[Finding]:
    known = {code.casefold() for code in (*nodes, *items)}
    for entry in content.omitted:
        if entry.code.casefold() in known:
            message = _("What is left out has the code of something that is filled here.")
            yield Finding("OMITTED_KNOWN", entry.code, message)
        known.add(entry.code.casefold())
