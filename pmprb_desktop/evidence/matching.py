"""From names of files and folders to items, as units write them.

Pure: it sees names, never the disk. Each part of a file's path may name a piece of a code, and
the pieces together lead to an item. Every liberty taken on the way has a cost; what is cheap and
unambiguous is sure, the rest a guess or nothing.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pmprb_desktop.evidence.codes import CodeTree, Labels, label_of, words_of
from pmprb_desktop.evidence.runs import DOUBTFUL, Run, inner_runs, leading_run, shortened
from pmprb_desktop.i18n import _

_AND: Final = re.compile(r"\s*[,&+;]\s*|\s+(?:dan|serta|and)\s+", re.IGNORECASE)
_TO: Final = re.compile(
    r"-|–|\s+s\.?\s?/?d\.?\s+|\s+sampai(?:\s+dengan)?\s+|\s+hingga\s+", re.IGNORECASE
)
_LONGEST: Final = 400
_MOST_CODES: Final = 40


@dataclass(frozen=True, slots=True)
class Reading:
    """What the names say: items (``sure`` or guessed), or only the ``node`` that they lie in."""

    codes: tuple[str, ...] = ()
    sure: bool = False
    node: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Place:
    """A node that the names so far can mean; ``covered`` of its labels were written somewhere."""

    node: Labels
    cost: int = 0
    covered: int = 0

    @property
    def firm(self) -> bool:
        return self.cost < DOUBTFUL and self.covered >= min(3, len(self.node))


@dataclass(frozen=True, slots=True)
class _Found:
    place: _Place
    end: int
    """Where in the name the code ends."""


_Places = dict[Labels, _Place]
_ANYWHERE: Final[_Places] = {(): _Place(())}


def read_names(tree: CodeTree, folders: Sequence[str], stem: str) -> Reading:
    """What the names of the folders (outermost first) and of the file (no ending) say."""
    places = _ANYWHERE
    for folder in folders:
        places = _enter(tree, places, _clean(folder))
    name = _clean(stem)
    alone = _find(tree, _ANYWHERE, name)
    if alone is not None and not alone.place.firm:
        alone = None
    here = _best(places, tree.nodes)
    if here is not None and here.firm and here.node in tree.items:
        if alone is None:
            return Reading((tree.items[here.node],), sure=True, reason=_("Folder of the item."))
        found: _Found | None = alone if alone.place.node == here.node else None
    else:
        found = _find(tree, places, name)
    if found is not None and not _contradicts(found, alone):
        complete = alone is not None and alone.place.node == found.place.node
        return _result(tree, name, found, complete=complete)
    if alone is not None:
        codes, _sure = _more(tree, name, alone)
        return Reading(codes, reason=_("The folder belongs to another item than the name."))
    return _compact(tree, name) or _only_node(tree, places, name)


def _contradicts(found: _Found, alone: _Found | None) -> bool:
    """Whether the name has a whole code of its own, of which the folders leave only a part."""
    if alone is None or alone.place.node == found.place.node:
        return False
    return not found.place.firm or found.end < alone.end


def _clean(name: str) -> str:
    return unicodedata.normalize("NFKC", name[:_LONGEST]).strip()


def _result(tree: CodeTree, name: str, found: _Found, *, complete: bool) -> Reading:
    codes, certain = _more(tree, name, found)
    if complete:
        reason = _("Item code in the file name.")
    else:
        reason = _("Item code put together from folder and file name.")
    return Reading(codes, found.place.firm and certain, reason=reason)


def _advance(tree: CodeTree, places: _Places, run: Run) -> tuple[_Places, Run | None]:
    """The nodes that a run of labels leads to from here, by its longest beginning that does."""
    for part in shortened(run):
        reached: _Places = {}
        for node, spelling in tree.places(part.labels, area=part.area).items():
            for place in places.values():
                step = _step(place, node, len(part.words), spelling + part.cost)
                known = reached.get(node)
                if step is not None and (known is None or step.cost < known.cost):
                    reached[node] = step
        if reached:
            return reached, part
    return {}, None


def _step(place: _Place, node: Labels, labels: int, cost: int) -> _Place | None:
    depth = len(place.node)
    if node[:depth] != place.node:
        return None
    if not depth:  # people leave out what is the same everywhere
        return _Place(node, cost, labels)
    skipped = max(0, len(node) - labels - depth)
    said_again = 6 if node == place.node and labels == 1 else 0
    covered = max(labels, place.covered + len(node) - depth - skipped)
    return _Place(node, place.cost + cost + 3 * skipped + said_again, covered)


def _enter(tree: CodeTree, places: _Places, name: str) -> _Places:
    """Go into a folder: by its labels, by its title, or nowhere when it says nothing."""
    run = leading_run(tree, name)
    candidates = [run] if run is not None else []
    reached: _Places = {}
    for candidate in (*candidates, *inner_runs(tree, name)):
        reached, used = _advance(tree, places, candidate)
        if used is not None:
            break
    rest = name if run is None else name[run.words[-1].end :]
    titled = tree.titled(name) or _shortened_title(tree, places, rest)
    if titled:
        both = {
            node: place
            for node, place in reached.items()
            if any(node[: len(title)] == title for title in titled)
        }
        reached = both or _by_title(places, titled) or reached
    return reached or places


def _shortened_title(tree: CodeTree, places: _Places, text: str) -> list[Labels]:
    """A title cut short, such as "Tim": one word is enough only below something known."""
    begun = [
        node
        for node in tree.begun(text)
        if any(len(at) < len(node) and node[: len(at)] == at for at in places)
    ]
    enough = () not in places or " " in text.strip()
    return begun if enough and len(begun) == 1 else []


def _by_title(places: _Places, titled: Iterable[Labels]) -> _Places:
    reached: _Places = {}
    for title in titled:
        for place in places.values():
            if title[: len(place.node)] == place.node:
                covered = max(place.covered, min(2, len(title)))
                reached[title] = _Place(title, place.cost, covered + (1 if place.node else 0))
            elif place.node[: len(title)] == title:
                reached[place.node] = place
    return reached


def _best(places: _Places, among: Iterable[Labels]) -> _Place | None:
    """The cheapest of these nodes, if no other one is as cheap."""
    wanted = sorted(
        (places[node] for node in among if node in places), key=lambda place: place.cost
    )
    if not wanted or (len(wanted) > 1 and wanted[1].cost == wanted[0].cost):
        return None
    return wanted[0]


def _find(tree: CodeTree, places: _Places, name: str) -> _Found | None:
    """The one item that labels in a file's name lead to."""
    lead = leading_run(tree, name)
    doubtful: _Found | None = None
    taken = (0, 0)
    for run in (*([lead] if lead is not None else []), *inner_runs(tree, name)):
        if taken[0] <= run.words[0].start and run.words[-1].end <= taken[1]:
            continue  # a piece of a code that was read as a whole already
        reached, used = _advance(tree, places, run)
        if used is not None and len(used.words) >= 3:
            taken = (used.words[0].start, used.words[-1].end)
        place = _best(reached, tree.items)
        if place is None or used is None:
            continue
        found = _Found(place, used.words[-1].end)
        if place.firm:
            return found
        doubtful = doubtful or found
    return doubtful


def _more(tree: CodeTree, name: str, found: _Found) -> tuple[tuple[str, ...], bool]:
    """All items of a name such as ``1.i.a, b dan 1.ii.c``; a range ``a-c`` is not certain."""
    codes = [found.place.node]
    end = found.end
    certain = True
    while len(codes) < _MOST_CODES:
        joined = _AND.match(name, end)
        span = None if joined else _TO.match(name, end)
        link = joined or span
        after = None if link is None else _next_item(tree, name, link.end(), codes[-1])
        if after is None:
            break
        node, end = after
        if span is not None:
            between = _siblings_between(tree, codes[-1], node)
            if not between:
                break
            codes.extend(between)
            certain = False
        elif node not in codes:
            codes.append(node)
    return tuple(tree.items[node] for node in codes), certain


def _next_item(tree: CodeTree, name: str, start: int, last: Labels) -> tuple[Labels, int] | None:
    run = leading_run(tree, name, start)
    if run is None or run.words[0].start != start:
        return None
    for part in shortened(run):
        if part.cost:
            continue
        whole = _best(_advance_exactly(tree, part), tree.items)
        if whole is not None and whole.firm:
            return whole.node, part.words[-1].end
    for node in tree.items:
        if node[:-1] == last[:-1] and label_of(node[-1]) == run.labels[0]:
            return node, run.words[0].end
    return None


def _advance_exactly(tree: CodeTree, part: Run) -> _Places:
    reached, used = _advance(tree, _ANYWHERE, part)
    return reached if used is not None and len(used.words) == len(part.words) else {}


def _siblings_between(tree: CodeTree, first: Labels, last: Labels) -> list[Labels]:
    """The items after ``first`` up to ``last``, both of one parent; empty when they are not."""
    row = [node for node in tree.items if node[:-1] == first[:-1]]
    if first not in row or last not in row:
        return []
    return row[row.index(first) + 1 : row.index(last) + 1]


def _compact(tree: CodeTree, name: str) -> Reading | None:
    """``1ia``: the labels of one item without anything between them."""
    for word in words_of(name):
        text = word.text.casefold()
        if not 3 <= len(text) <= 20 or not re.search(r"\d", text) or text.isdecimal():
            continue
        fitting = [code for node, code in tree.items.items() if text in _glued(node)]
        if len(fitting) == 1:
            return Reading((fitting[0],), reason=_("Item code written without dots."))
    return None


def _glued(node: Labels) -> Iterator[str]:
    for start in range(len(node) - min(3, len(node)) + 1):
        yield "".join(label_of(label) for label in node[start:])


def _only_node(tree: CodeTree, places: _Places, name: str) -> Reading:
    """No item, but perhaps a sub-area (suggested as a page) or something above it."""
    run = leading_run(tree, name)
    reached = _advance(tree, places, run)[0] if run is not None else {}
    inner = [node for node in tree.nodes if node not in tree.items]
    place = _best(reached, inner) or _best(places, inner)
    if place is None or place.covered < min(2, len(place.node)):
        return Reading(reason=_("No item code in the names."))
    code = tree.nodes[place.node]
    if place.node in tree.pages:
        return Reading(node=code, reason=_("Only the sub-area is named; choose the item."))
    return Reading(node=code, reason=_("Only the area is named; choose the item."))
