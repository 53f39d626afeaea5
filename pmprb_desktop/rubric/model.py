"""A rubric edition: the weighted tree of an LKE, frozen.

The file format is ``pmprb-rubric/1``. Weights and scores are exact fractions; in a file they are
written as decimals (``0.40``) or fractions (``15/28``). Nothing here knows any one instrument.
"""

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Literal, assert_never

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

FORMAT = "pmprb-rubric/1"

_NUMBER = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,12}|/[1-9][0-9]{0,11})?")


def exact(value: object) -> Fraction:
    """Read a weight or score: ``"2"``, ``"0.40"`` or ``"15/28"``; never a float."""
    if isinstance(value, Fraction):
        return value
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return Fraction(value)
    message = "must be a number such as 0.40 or 15/28"
    raise ValueError(message)


def _edition(value: object) -> object:
    """Read an edition number that stands as text, since numbers of a file do."""
    if isinstance(value, str) and re.fullmatch(r"[1-9][0-9]{0,3}", value):
        return int(value)
    return value


Exact = Annotated[Fraction, BeforeValidator(exact)]
Edition = Annotated[int, BeforeValidator(_edition), Field(ge=1, le=9999, strict=True)]
Code = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9]+(\.[A-Za-z0-9]+){0,9}$", max_length=40)
]
InputName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,19}$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=4000, strip_whitespace=True)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
Confidence = Literal["high", "medium", "low"]
Scope = Literal["unit", "central"]
Level = Literal["component", "aspect", "area", "subarea", "group"]
Layer = Literal["self", "reviewed", "agreed"]
LAYERS: tuple[Layer, ...] = ("self", "reviewed", "agreed")
Government = Literal["pemda", "kl"]


class Frozen(BaseModel):
    """Base of every part of a rubric: no unknown keys, no changes."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Option(Frozen):
    """One choice of an item; ``aliases`` are other spellings that answer files may use."""

    key: Key
    score: Exact
    text: Text
    aliases: tuple[Title, ...] = ()


class PointOption(Frozen):
    """One choice of a lookup item; its score is ``points`` as a share of the largest points."""

    key: Key
    points: Exact
    text: Text
    aliases: tuple[Title, ...] = ()


class Input(Frozen):
    """A number that the assessor fills in: a count, rupiah."""

    name: InputName
    label: Title
    unit: str = ""


class MultiplyGate(Frozen):
    """The item's score is multiplied by the (already gated) score of another item."""

    kind: Literal["multiply"] = "multiply"
    item: Code


class ZeroGate(Frozen):
    """The item scores 0 when another item has one of these answers, or none yet."""

    kind: Literal["zero_when"] = "zero_when"
    item: Code
    answers: Annotated[tuple[Key, ...], Field(min_length=1)]


Gate = Annotated[MultiplyGate | ZeroGate, Field(discriminator="kind")]


class BaseItem(Frozen):
    """What every item (butir) has, whatever its kind.

    ``weight``: an item with a weight of its own counts by that weight instead of in the average.
    ``scope``: who fills it. ``provenance`` and ``confidence`` fall back to those of the node.
    """

    code: Code
    text: Text
    weight: Exact | None = None
    area: Key | None = None
    scope: Scope | None = None
    required: bool = True
    not_applicable: bool = False
    gate: Gate | None = None
    guidance: str = Field(default="", max_length=4000)
    evidence: tuple[Text, ...] = ()
    pitfalls: tuple[Text, ...] = ()
    provenance: str = ""
    confidence: Confidence | None = None


class ChoiceItem(BaseItem):
    """Ya/Tidak, A/B/C, A-D, A-E: the options carry their scores."""

    kind: Literal["choice"]
    options: Annotated[tuple[Option, ...], Field(min_length=2, max_length=12)]


class LookupItem(BaseItem):
    """Points per choice, as a share of the largest: the audit opinion."""

    kind: Literal["lookup"]
    options: Annotated[tuple[PointOption, ...], Field(min_length=2, max_length=12)]

    @cached_property
    def most(self) -> Fraction:
        """The largest points of any option."""
        return max(option.points for option in self.options)


class RatioItem(BaseItem):
    """Sum of the numerator inputs / sum of the denominator inputs, at most 1.

    ``zero_denominator``: the score (0 or 1) when the denominator is zero.
    """

    kind: Literal["ratio"]
    inputs: Annotated[tuple[Input, ...], Field(min_length=1, max_length=24)]
    numerator: Annotated[tuple[InputName, ...], Field(min_length=1)]
    denominator: Annotated[tuple[InputName, ...], Field(min_length=1)]
    zero_denominator: Exact = Fraction(0)


class DeclineItem(BaseItem):
    """1 if both years are 0; else max(0, (last - this) / last); 0 when only last is 0."""

    kind: Literal["decline"]
    inputs: Annotated[tuple[Input, ...], Field(min_length=2, max_length=24)]
    last: Annotated[tuple[InputName, ...], Field(min_length=1)]
    this: Annotated[tuple[InputName, ...], Field(min_length=1)]


class IndexItem(BaseItem):
    """value / maximum. A value outside the scale is refused; 0 always means that there is none."""

    kind: Literal["index"]
    minimum: Exact = Fraction(0)
    maximum: Exact
    unit: str = ""


class CountItem(BaseItem):
    """Not scored: numbers for the record."""

    kind: Literal["count"]
    inputs: Annotated[tuple[Input, ...], Field(min_length=1, max_length=24)]


Item = Annotated[
    ChoiceItem | LookupItem | RatioItem | DeclineItem | IndexItem | CountItem,
    Field(discriminator="kind"),
]
AnyItem = ChoiceItem | LookupItem | RatioItem | DeclineItem | IndexItem | CountItem
KINDS = ("choice", "lookup", "ratio", "decline", "index", "count")


class Node(Frozen):
    """A branch of the tree: component, aspect, area, sub-area or group.

    With ``children`` its score is their sum; with ``items`` (and groups among ``children``) it is
    the average of what has no weight of its own, times the weight that is left for it, plus what
    has a weight. A group may be without weight: it is averaged first and counts as one item.
    """

    code: Code
    title: Title
    level: Level
    weight: Exact | None = None
    area: Key | None = None
    scope: Scope | None = None
    guidance: str = Field(default="", max_length=4000)
    evidence: tuple[Text, ...] = ()
    pitfalls: tuple[Text, ...] = ()
    provenance: str = ""
    confidence: Confidence | None = None
    children: tuple["Node", ...] = ()
    items: tuple[Item, ...] = ()

    def own_items(self) -> Iterator[AnyItem]:
        """Every item of this node and of all below, in the order of the worksheet."""
        yield from self.items
        for child in self.children:
            yield from child.own_items()


class Predicate(Frozen):
    """A name for a total score above a bound (open below); the last has no bound."""

    name: Title
    above: Exact | None = None


class PassMark(Frozen):
    """The least score of a node, or the least share of an area's weight, for a label."""

    node: Code | None = None
    area: Key | None = None
    minimum: Exact | None = None
    share: Exact | None = None


class PassMarkSet(Frozen):
    """Marks that all must be met for a label such as WBK."""

    name: Title
    marks: Annotated[tuple[PassMark, ...], Field(min_length=1)]


class Check(Frozen):
    """Warns when an item is answered better than another item, or a node's average, allows."""

    id: InputName
    item: Code
    not_better_than: Code
    message: Text


class Omitted(Frozen):
    """A part of the paper form that is filled elsewhere; shown in the tree, never scored."""

    code: Code
    title: Title
    note: Text


class LayerLabels(Frozen):
    """What the three layers of answers are called in this instrument."""

    self: Title = "Nilai mandiri"
    reviewed: Title = "Nilai TPI"
    agreed: Title = "Konsensus"


class RubricFile(Frozen):
    """The content of one rubric file."""

    format: Literal["pmprb-rubric/1"]
    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+){0,6}$", max_length=60)]
    edition: Edition
    title: Title
    short_title: Title
    regulation: Title
    for_level: Scope
    weight: Exact
    blank_policy: Literal["zero", "skip"]
    reconstruction: bool
    reconstruction_note: str = Field(default="", max_length=2000)
    provenance: Text
    confidence: Confidence
    layers: LayerLabels = LayerLabels()
    terminology: Mapping[Government, Mapping[InputName, Title]] = Field(default_factory=dict)
    areas: tuple[Key, ...] = ()
    predicates: tuple[Predicate, ...] = ()
    pass_marks: tuple[PassMarkSet, ...] = ()
    checks: tuple[Check, ...] = ()
    omitted: tuple[Omitted, ...] = ()
    nodes: Annotated[tuple[Node, ...], Field(min_length=1)]


class Rubric:
    """A loaded edition with its digest and the look-ups that the rest of the program needs."""

    def __init__(self, content: RubricFile, *, digest: str, source: bytes) -> None:
        self.content = content
        self.digest = digest
        self.source = source
        self.nodes: dict[str, Node] = {}
        self.items: dict[str, AnyItem] = {}
        self.parent: dict[str, str | None] = {}
        self.area_of: dict[str, str | None] = {}
        self.scope_of: dict[str, Scope] = {}
        for node in content.nodes:
            self._index(node, None, None, content.for_level)

    def _index(self, node: Node, parent: str | None, area: str | None, scope: Scope) -> None:
        area = node.area or area
        scope = node.scope or scope
        self.nodes[node.code] = node
        self.parent[node.code] = parent
        self.area_of[node.code] = area
        self.scope_of[node.code] = scope
        for item in node.items:
            self.items[item.code] = item
            self.parent[item.code] = node.code
            self.area_of[item.code] = item.area or area
            self.scope_of[item.code] = item.scope or scope
        for child in node.children:
            self._index(child, node.code, area, scope)

    @cached_property
    def area_titles(self) -> Mapping[str, str]:
        """Area of change → its title, that of the first node that belongs to it."""
        titles: dict[str, str] = {}
        for node in self.nodes.values():
            if node.area is not None:
                titles.setdefault(node.area, node.title)
        return {key: titles.get(key, key) for key in self.content.areas}

    @property
    def id(self) -> str:
        """The bare id, without edition."""
        return self.content.id

    @property
    def edition(self) -> str:
        """``id@n``."""
        return f"{self.content.id}@{self.content.edition}"

    @cached_property
    def pages(self) -> tuple[Node, ...]:
        """The nodes that one fills: each one with items of its own or in its groups, in order.

        Groups are shown inside the page of the node that holds them.
        """
        return tuple(node for root in self.content.nodes for node in _pages(root))

    @cached_property
    def page_of(self) -> dict[str, str]:
        """Item code → code of the page that shows it."""
        return {item.code: page.code for page in self.pages for item in page_items(page)}

    @cached_property
    def scored_items(self) -> tuple[AnyItem, ...]:
        """Every item that carries a score, in the order of the worksheet."""
        return tuple(item for item in self.items.values() if item.kind != "count")

    @cached_property
    def required_items(self) -> tuple[AnyItem, ...]:
        """Every item without which nothing is sealed as final.

        What only the centre answers does not hold up a unit.
        """
        mine = self.content.for_level
        return tuple(
            item
            for item in self.items.values()
            if item.required and (mine == "central" or self.scope_of[item.code] == mine)
        )

    def ancestors(self, code: str) -> tuple[str, ...]:
        """Codes from the root down to the parent of a node or item."""
        found: list[str] = []
        at = self.parent.get(code)
        while at is not None:
            found.append(at)
            at = self.parent[at]
        return tuple(reversed(found))

    def provenance_of(self, code: str) -> tuple[str, Confidence]:
        """Where a node or item comes from and how sure that is, inherited where it is silent."""
        entry: BaseItem | Node = self.items[code] if code in self.items else self.nodes[code]
        provenance, confidence = entry.provenance, entry.confidence
        for above in reversed(self.ancestors(code)):
            node = self.nodes[above]
            provenance = provenance or node.provenance
            confidence = confidence or node.confidence
        return provenance or self.content.provenance, confidence or self.content.confidence

    def words(self, text: str, government: Government = "pemda") -> str:
        """Put the words of local government or of a ministry in for the ``{names}`` of a text."""
        for name, word in self.content.terminology.get(government, {}).items():
            text = text.replace("{" + name + "}", word)
        return text


def page_items(page: Node) -> Iterator[AnyItem]:
    """Yield the items that one page shows: its own and those of its groups."""
    yield from page.items
    for child in page.children:
        if child.level == "group":
            yield from page_items(child)


def _pages(node: Node) -> Iterator[Node]:
    if node.items or any(child.level == "group" for child in node.children):
        yield node
    for child in node.children:
        if child.level != "group":
            yield from _pages(child)


def input_names(item: AnyItem) -> tuple[str, ...]:
    """Names of the number inputs of an item; none for choices, lookups and indices."""
    match item:
        case RatioItem() | DeclineItem() | CountItem():
            return tuple(entry.name for entry in item.inputs)
        case ChoiceItem() | LookupItem() | IndexItem():
            return ()
        case _:
            assert_never(item)


def find_option(item: ChoiceItem | LookupItem, given: str) -> str | None:
    """Find the key that a spelling means (``a`` → ``A``, ``Y`` → ``Ya``, an alias), or None."""
    wanted = given.strip().casefold()
    for option in item.options:
        if wanted in {option.key.casefold(), *(alias.casefold() for alias in option.aliases)}:
            return option.key
    initials: dict[str, list[str]] = {}
    for option in item.options:
        initials.setdefault(option.key[0].casefold(), []).append(option.key)
    matches = initials.get(wanted, [])
    return matches[0] if len(matches) == 1 else None
