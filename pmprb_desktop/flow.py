"""Order of the wizard's steps, decided without a window.

A *stop* is one page of the wizard: each page of the rubric, then the check page, then the page
where the entries are locked, approved and packed.
"""

import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from pmprb_desktop.rubric.model import AnyItem, ChoiceItem, LookupItem, Node, Rubric, page_items

Mark = Literal["empty", "partial", "complete", "repair"]


class Step(StrEnum):
    """Kinds of pages."""

    ITEMS = "items"
    CHECK = "check"
    PACKAGE = "package"


@dataclass(frozen=True, slots=True)
class Stop:
    """One page; ``page`` is the node of the rubric that an items page shows."""

    step: Step
    page: str | None = None


LAST_STEPS: Final = (Stop(Step.CHECK), Stop(Step.PACKAGE))


def stops(rubric: Rubric) -> tuple[Stop, ...]:
    """All pages in their order; the place in this tuple is the page's id."""
    return (*(Stop(Step.ITEMS, page.code) for page in rubric.pages), *LAST_STEPS)


def following(order: tuple[Stop, ...], at: int) -> int:
    """Id of the page after ``at``; -1 when it is the last."""
    return at + 1 if 0 <= at < len(order) - 1 else -1


def preceding(order: tuple[Stop, ...], at: int) -> int:
    """Id of the page before ``at``; -1 when it is the first."""
    return at - 1 if 0 < at < len(order) else -1


def stop_of(rubric: Rubric, order: tuple[Stop, ...], code: str | None) -> int:
    """Id of the page that shows an item or node; the first page for what is unknown."""
    if code is None:
        return 0
    page = rubric.page_of.get(code)
    if page is None:
        page = first_page(rubric, code)
    for index, stop in enumerate(order):
        if stop.page is not None and stop.page == page:
            return index
    return 0


def first_page(rubric: Rubric, code: str) -> str | None:
    """The first page at or below a node; the page around a group."""
    pages = {page.code for page in rubric.pages}
    for above in (code, *reversed(rubric.ancestors(code))):
        node = rubric.nodes.get(above)
        for below in _below(node) if node is not None else ():
            if below.code in pages:
                return below.code
    return None


def _below(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _below(child)


def ordered_items(rubric: Rubric) -> tuple[AnyItem, ...]:
    """Items in the order in which the pages show them."""
    return tuple(item for page in rubric.pages for item in page_items(page))


def next_open(codes: Iterable[str], wanted: Collection[str], after: str | None) -> str | None:
    """The next of ``codes`` that is ``wanted``, after ``after``, then from the start again."""
    order = list(codes)
    start = order.index(after) + 1 if after in order else 0
    for code in (*order[start:], *order[:start]):
        if code in wanted:
            return code
    return None


def mark(answered: int, items: int, *, repair: bool = False) -> Mark:
    """The mark of a node with so many of its items answered."""
    if repair:
        return "repair"
    if items and answered >= items:
        return "complete"
    return "partial" if answered else "empty"


def nodes_of(rubric: Rubric, codes: Iterable[str]) -> frozenset[str]:
    """The items themselves and all nodes above them."""
    found: set[str] = set()
    for code in codes:
        if code in rubric.parent:
            found.update((code, *rubric.ancestors(code)))
    return frozenset(found)


def tail(code: str, parent: str | None) -> str:
    """The part of a code that its parent does not have: ``A.I.1`` below ``A.I`` is ``1``."""
    return code[len(parent) + 1 :] if parent and code.startswith(f"{parent}.") else code


def tree_roots(rubric: Rubric) -> tuple[Node, ...]:
    """What stands at the top of the tree: a single root that only sums gives way to its parts."""
    roots = rubric.content.nodes
    if len(roots) == 1 and roots[0].children and not roots[0].items:
        return roots[0].children
    return roots


def folded(text: str) -> str:
    """A text for comparing: no case, no accents, one space between words."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def search_texts(
    rubric: Rubric, words: Callable[[str], str] = str, notes: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Item code → everything the search looks at: code, text, options, evidence, node titles."""
    found = {}
    for item in ordered_items(rubric):
        parts = [item.code, item.text, *item.evidence, (notes or {}).get(item.code, "")]
        if isinstance(item, ChoiceItem | LookupItem):
            parts += [option.text for option in item.options]
        parts += [rubric.nodes[above].title for above in rubric.ancestors(item.code)]
        found[item.code] = folded(words(" ".join(parts)))
    return found


def search(texts: Mapping[str, str], query: str) -> tuple[str, ...]:
    """Codes whose texts hold every word of the query; those whose code fits come first."""
    asked = folded(query).split()
    if not asked:
        return ()
    hits = [code for code, text in texts.items() if all(word in text for word in asked)]
    whole = folded(query)
    return tuple(sorted(hits, key=lambda code: whole not in folded(code)))
