"""From an assessment to the view that all reports share: pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Final

from pmprb_desktop.i18n import _
from pmprb_desktop.package.v1 import AnswerRecord, Assessment, Layer, Person
from pmprb_desktop.report.view import (
    AreaRow,
    Counts,
    ItemRow,
    Notable,
    Options,
    Page,
    ReportView,
    ScoreRow,
    Section,
    Signers,
    State,
)
from pmprb_desktop.report.words import local_time, moment_text, plain_id
from pmprb_desktop.rubric.model import (
    AnyItem,
    CountItem,
    DeclineItem,
    Node,
    RatioItem,
    Rubric,
    page_items,
)
from pmprb_desktop.scoring import ONE, ZERO, Answer, NodeScore, Score, score

_TABLE_LEVELS: Final = ("component", "aspect", "area")
_LOWEST: Final = 3


def make_view(rubric: Rubric, assessment: Assessment, options: Options | None = None) -> ReportView:
    """Make the view of one assessment; scores are computed again from the answers of the layer."""
    options = options or Options()
    records = {
        record.code: record for record in assessment.answers if record.layer == options.layer
    }
    result = score(rubric, {code: _answer(record) for code, record in records.items()})
    maker = _Maker(rubric, assessment, options, records, result)
    content = rubric.content
    day = options.signed_on or local_time(assessment.locked_at, options.zone).date()
    areas = maker.areas()
    sections = maker.sections()
    return ReportView(
        unit_code=assessment.unit.code,
        unit_name=assessment.unit.name,
        title=content.title,
        short_title=content.short_title,
        regulation=content.regulation,
        edition=rubric.edition,
        rubric_digest=rubric.digest,
        reconstruction=content.reconstruction,
        reconstruction_note=content.reconstruction_note,
        layer_label=getattr(content.layers, options.layer),
        year=assessment.year,
        revision=assessment.revision,
        state=_state(assessment, options),
        locked_at=assessment.locked_at,
        locked_text=moment_text(assessment.locked_at, options.zone),
        signed_on=day,
        options=options,
        total=result.total,
        weight=result.weight,
        available=result.available,
        predicate=result.predicate,
        predicates=bool(content.predicates),
        rows=maker.rows(),
        areas=areas,
        sections=sections,
        notable=_notable(sections, areas),
        counts=_counts(assessment, records, result),
        signers=choose_signers(assessment.people, day, _authors(assessment, options.layer)),
    )


def _answer(record: AnswerRecord) -> Answer:
    return Answer(record.value, record.inputs, record.not_applicable)


def _state(assessment: Assessment, options: Options) -> State:
    if assessment.practice:
        return "practice"
    return "provisional" if options.provisional else "final"


def _authors(assessment: Assessment, layer: Layer) -> frozenset[str]:
    return frozenset(
        record.author
        for record in assessment.answers
        if record.author is not None and record.layer == layer
    )


def choose_signers(people: Sequence[Person], day: date, authors: frozenset[str]) -> Signers:
    """Who signs on ``day``: the assessors in office or with answers of theirs, and the head.

    Among several heads in office the acting one signs; "a.n." signs in the name of the other.
    """
    today = day.isoformat()

    def in_office(person: Person) -> bool:
        return (not person.since or person.since <= today) and (
            not person.until or person.until >= today
        )

    assessors = tuple(
        person
        for person in people
        if person.role in ("assessor", "coordinator")
        and (in_office(person) or person.id in authors)
    )
    heads = [person for person in people if person.role == "unit_head" and in_office(person)]
    acting = [person for person in heads if person.acting]
    head = next(reversed(acting or heads), None)
    principal = None
    if head is not None and head.acting == "a.n.":
        others = [person for person in heads if person.acting != "a.n."]
        principal = others[-1] if others else None
    return Signers(assessors, head, principal)


class _Maker:
    """Holds what the parts of the view need of each other."""

    def __init__(
        self,
        rubric: Rubric,
        assessment: Assessment,
        options: Options,
        records: Mapping[str, AnswerRecord],
        result: Score,
    ) -> None:
        self.rubric = rubric
        self.assessment = assessment
        self.options = options
        self.records = records
        self.result = result
        self.files: dict[str, int] = {}
        self.links: dict[str, int] = {}
        for entry in assessment.evidence:
            counter = self.files if entry.kind == "file" else self.links
            for code in set(entry.items):
                counter[code] = counter.get(code, 0) + 1

    def words(self, text: str) -> str:
        return self.rubric.words(text, self.assessment.government)

    def row(self, node: Node) -> ScoreRow:
        have: NodeScore = self.result.nodes[node.code]
        return ScoreRow(
            code=node.code,
            title=self.words(node.title),
            level=node.level,
            depth=len(self.rubric.ancestors(node.code)),
            weight=have.weight if have.weight is not None else ONE,
            available=have.available,
            score=have.score,
            answered=have.answered,
            items=have.items,
        )

    def rows(self) -> tuple[ScoreRow, ...]:
        """Components, aspects and areas; of a flat edition its sub-areas too."""
        nodes = [node for node in self.rubric.nodes.values() if node.weight is not None]
        upper = [node for node in nodes if node.level in _TABLE_LEVELS]
        if len(upper) < 3:
            upper = [node for node in nodes if node.level != "group"]
        return tuple(self.row(node) for node in upper)

    def areas(self) -> tuple[AreaRow, ...]:
        """Score per area over its topmost nodes; branches of the tree where none has an area."""
        members: dict[str, list[NodeScore]] = {key: [] for key in self.rubric.content.areas}
        for code, node in self.rubric.nodes.items():
            above = (self.rubric.nodes[upper].area for upper in self.rubric.ancestors(code))
            if node.area is not None and node.weight is not None and not any(above):
                members[node.area].append(self.result.nodes[code])
        found = [
            self._area(key, self.words(self.rubric.area_titles[key]), parts)
            for key, parts in members.items()
            if parts
        ]
        if not found:
            found = [
                self._area(node.code, self.words(node.title), [self.result.nodes[node.code]])
                for node in self._branches()
            ]
        return tuple(found)

    def _branches(self) -> Sequence[Node]:
        """Find the first level of the tree that has at least two nodes."""
        level: Sequence[Node] = self.rubric.content.nodes
        while len(level) == 1 and any(child.level != "group" for child in level[0].children):
            level = [child for child in level[0].children if child.level != "group"]
        return level

    def _area(self, key: str, title: str, parts: Sequence[NodeScore]) -> AreaRow:
        last = self.options.last_year
        return AreaRow(
            key=key,
            title=title,
            score=sum((part.score for part in parts), ZERO),
            available=sum((part.available for part in parts), ZERO),
            last=last.shares.get(key) if last is not None else None,
        )

    def sections(self) -> tuple[Section, ...]:
        """Gather the whole worksheet, its pages below their areas in order."""
        gathered: dict[str, list[Page]] = {}
        for node in self.rubric.pages:
            page = Page(self.row(node), tuple(self.item(item) for item in page_items(node)))
            gathered.setdefault(self._head_of(node), []).append(page)
        return tuple(
            Section(self.row(self.rubric.nodes[code]), tuple(pages))
            for code, pages in gathered.items()
        )

    def _head_of(self, page: Node) -> str:
        if page.level in _TABLE_LEVELS:
            return page.code
        ancestors = self.rubric.ancestors(page.code)
        return ancestors[-1] if ancestors else page.code

    def item(self, item: AnyItem) -> ItemRow:
        record = self.records.get(item.code)
        have = self.result.item_scores[item.code]
        return ItemRow(
            code=item.code,
            text=self.words(item.text),
            answer=_answer_text(item, record),
            score=have.score,
            note=record.note if record else "",
            reason=record.reason if record and record.not_applicable else "",
            answered=have.answered,
            required=item.required,
            not_applicable=have.not_applicable,
            gated_by=have.gated_by,
            best=have.raw == ONE,
            files=self.files.get(item.code, 0),
            links=self.links.get(item.code, 0),
        )


def _answer_text(item: AnyItem, record: AnswerRecord | None) -> str:
    if record is None:
        return ""
    if record.not_applicable:
        return _("Not applicable")
    if isinstance(item, RatioItem | DeclineItem | CountItem):
        return "\n".join(
            f"{entry.label}: {plain_id(record.inputs.get(entry.name, '–'))}"
            for entry in item.inputs
            if record.inputs
        )
    value = record.value or ""
    return plain_id(value) if item.kind == "index" else value


def _items(sections: Sequence[Section]) -> Iterator[ItemRow]:
    for section in sections:
        for page in section.pages:
            yield from page.items


def _notable(sections: Sequence[Section], areas: Sequence[AreaRow]) -> Notable:
    items = tuple(_items(sections))
    counted = [area for area in areas if area.share is not None and area.share < 1]
    return Notable(
        unanswered=tuple(item.code for item in items if item.required and not item.answered),
        best_without_evidence=tuple(
            item.code for item in items if item.best and not item.files and not item.links
        ),
        gated=tuple((item.code, item.gated_by) for item in items if item.gated_by is not None),
        not_applicable=tuple((item.code, item.reason) for item in items if item.not_applicable),
        lowest=tuple(sorted(counted, key=_share_of)[:_LOWEST]),
    )


def _share_of(area: AreaRow) -> Fraction:
    return area.share if area.share is not None else ONE


def _counts(assessment: Assessment, records: Mapping[str, AnswerRecord], result: Score) -> Counts:
    files = {entry.sha256: entry.bytes for entry in assessment.evidence if entry.kind == "file"}
    return Counts(
        items=result.items,
        answered=result.answered,
        not_applicable=sum(
            entry.not_applicable and code in result.item_scores for code, entry in records.items()
        ),
        files=len(files),
        links=sum(entry.kind == "link" for entry in assessment.evidence),
        bytes=sum(files.values()),
    )
