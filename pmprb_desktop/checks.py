"""What is missing or odd in an assessment before it is sealed; never a score."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Final

from pmprb_desktop.answers import normalise
from pmprb_desktop.errors import Severity, UserError
from pmprb_desktop.i18n import _, ngettext
from pmprb_desktop.rubric.model import AnyItem, Government, RatioItem, Rubric, input_names
from pmprb_desktop.scoring import BLANK, ONE, ZERO, Answer, ItemScore, Score, is_answered
from pmprb_desktop.scoring import score as scored

MANY_ITEMS: Final = 10
"""A file that proves more items than this needs a look."""
BIG_CHANGE: Final = Fraction(1, 2)
"""Change of an item's score (0 to 1) against last year that needs a note."""
MANY_NOT_APPLICABLE: Final = Fraction(1, 10)
"""Share of the items that may be "not applicable" without a look, beyond two of them."""
LARGE_FOR_MAIL: Final = 100_000_000
"""Bytes: what e-mail and chat still carry."""
LARGE_FOR_STICK: Final = 4 * 1024**3 - 1
"""Bytes: the largest file of a FAT32 stick."""

_ORDER: Final[Mapping[Severity, int]] = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class EvidenceFacts:
    """What the checks need to know of one piece of evidence; a link has no digest."""

    id: str
    sha256: str | None
    name: str
    is_link: bool
    bytes: int


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """One thing to repair (error), to look at (warning) or to know (info).

    ``code`` is a stable rule name, ``item`` the code of the item to jump to, empty where the
    finding is about the whole assessment.
    """

    code: str
    item: str
    message: str
    severity: Severity


@dataclass(frozen=True)
class _Case:
    """The assessment under examination."""

    rubric: Rubric
    answers: Mapping[str, Answer]
    notes: Mapping[str, str]
    reasons: Mapping[str, str]
    evidence: Mapping[str, Sequence[EvidenceFacts]]
    damaged: frozenset[str]
    last_year: Mapping[str, Answer]
    score: Score
    government: Government
    refused: dict[str, UserError] = field(default_factory=dict)

    @cached_property
    def last_scores(self) -> Mapping[str, ItemScore]:
        return scored(self.rubric, self.last_year).item_scores if self.last_year else {}

    @cached_property
    def required(self) -> frozenset[str]:
        return frozenset(item.code for item in self.rubric.required_items)

    def at_top(self, item: AnyItem) -> bool:
        return self.score.item_scores[item.code].raw == ONE


def check(
    rubric: Rubric,
    answers: Mapping[str, Answer],
    *,
    notes: Mapping[str, str],
    reasons: Mapping[str, str],
    evidence: Mapping[str, Sequence[EvidenceFacts]],
    damaged: Collection[str],
    last_year: Mapping[str, Answer] | None = None,
    score: Score | None = None,
    government: Government = "pemda",
) -> tuple[CheckFinding, ...]:
    """Examine an assessment; errors stand in the way of a final package, the rest does not.

    ``notes``, ``reasons`` and ``evidence`` are by item code; ``damaged`` holds the SHA-256 of
    evidence whose content has changed or gone; ``score`` spares a second computation;
    ``government`` chooses the words of the edition's own messages.
    """
    case = _Case(
        rubric,
        answers,
        notes,
        reasons,
        evidence,
        frozenset(damaged),
        last_year or {},
        score or scored(rubric, answers),
        government,
    )
    found = [
        finding
        for item in rubric.items.values()
        for rule in _ITEM_RULES
        for finding in rule(case, item)
    ]
    found += [finding for rule in _WHOLE_RULES for finding in rule(case)]
    return tuple(sorted(found, key=lambda finding: _ORDER[finding.severity]))


def _fits(case: _Case, item: AnyItem) -> Iterator[CheckFinding]:
    """Look for answers that the edition would refuse, say after a change of edition."""
    answer = case.answers.get(item.code, BLANK)
    try:
        normalise(item, answer.value, answer.inputs, not_applicable=answer.not_applicable)
    except UserError as error:
        case.refused[item.code] = error
        rule = "NOT_APPLICABLE_REFUSED" if answer.not_applicable else "INPUT_OUT_OF_RANGE"
        yield CheckFinding(rule, item.code, error.message, "error")


def _blank(case: _Case, item: AnyItem) -> Iterator[CheckFinding]:
    answer = case.answers.get(item.code, BLANK)
    if is_answered(item, answer) or item.code in case.refused:
        return
    given = [name for name in input_names(item) if answer.inputs.get(name)]
    missing = [name for name in input_names(item) if name not in given]
    if item.code in case.required:
        message = _("The item has not been answered yet.")
        if given:
            message = _("These numbers are still missing: {names}.")
            message = message.format(names=_labels(item, missing))
        yield CheckFinding("REQUIRED_BLANK", item.code, message, "error")
    elif given:
        message = _("These numbers are still missing: {names}.")
        text = message.format(names=_labels(item, missing))
        yield CheckFinding("INPUT_INCOMPLETE", item.code, text, "warning")


def _labels(item: AnyItem, names: Sequence[str]) -> str:
    labels = {entry.name: entry.label for entry in getattr(item, "inputs", ())}
    return ", ".join(labels.get(name, name) for name in names)


def _reason(case: _Case, item: AnyItem) -> Iterator[CheckFinding]:
    answer = case.answers.get(item.code, BLANK)
    if answer.not_applicable and not case.reasons.get(item.code, "").strip():
        message = _("“Not applicable” needs a reason.")
        yield CheckFinding("REASON_MISSING", item.code, message, "error")


def _damage(case: _Case, item: AnyItem) -> Iterator[CheckFinding]:
    yield from _damaged_pieces(case, item.code, item.code)


def _loose_damage(case: _Case) -> Iterator[CheckFinding]:
    """Look at evidence that stands at no item of the edition: it travels all the same."""
    for code in case.evidence:
        if code not in case.rubric.items:
            yield from _damaged_pieces(case, code, "")


def _damaged_pieces(case: _Case, code: str, item: str) -> Iterator[CheckFinding]:
    for piece in case.evidence.get(code, ()):
        if piece.sha256 in case.damaged:
            message = _("The evidence “{name}” is damaged or gone; attach the file again.")
            text = message.format(name=piece.name)
            yield CheckFinding("EVIDENCE_DAMAGED", item, text, "error")


def _proof(case: _Case, item: AnyItem) -> Iterator[CheckFinding]:
    if not case.at_top(item):
        return
    pieces = case.evidence.get(item.code, ())
    if not pieces:
        message = _("The best answer stands here without evidence.")
        yield CheckFinding("TOP_WITHOUT_EVIDENCE", item.code, message, "warning")
    elif all(piece.is_link for piece in pieces):
        message = _("The best answer rests on a link alone, which nobody can open offline.")
        yield CheckFinding("ONLY_LINK", item.code, message, "warning")


def _gate(case: _Case, item: AnyItem) -> Iterator[CheckFinding]:
    entry = case.score.item_scores[item.code]
    if entry.gated_by is not None and entry.raw and not entry.score:
        message = _("The answer counts 0 because of the answer to {code}.")
        text = message.format(code=entry.gated_by)
        yield CheckFinding("GATE_CLOSED", item.code, text, "info")


def _ratio(case: _Case, item: AnyItem) -> Iterator[CheckFinding]:
    if not isinstance(item, RatioItem) or case.score.item_scores[item.code].raw is None:
        return
    inputs = case.answers[item.code].inputs
    above, below = (
        sum((Fraction(inputs[name]) for name in names), ZERO)
        for names in (item.numerator, item.denominator)
    )
    if above and not below:
        message = _("The number to divide by is 0, yet the part of it is not.")
        yield CheckFinding("RATIO_WITHOUT_WHOLE", item.code, message, "warning")
    elif above > below:
        message = _("The part is larger than the whole; the score stops at 100 %.")
        yield CheckFinding("RATIO_ABOVE_ONE", item.code, message, "warning")


def _decimals(case: _Case, item: AnyItem) -> Iterator[CheckFinding]:
    """Look for "1.250" where 1,250 was meant: three decimals, or part of a person."""
    inputs = case.answers.get(item.code, BLANK).inputs
    for entry in getattr(item, "inputs", ()):
        whole, _point, decimals = inputs.get(entry.name, "").partition(".")
        countable = bool(entry.unit) and entry.unit.casefold() not in ("rupiah", "rp", "%")
        if len(decimals) == 3 or (countable and decimals.strip("0")):
            message = _("“{name}” is {whole} and a part; were thousands meant? Leave out the mark.")
            text = message.format(name=entry.label, whole=whole)
            yield CheckFinding("INPUT_DECIMALS", item.code, text, "warning")


def _change(case: _Case, item: AnyItem) -> Iterator[CheckFinding]:
    if item.code not in case.last_year or case.notes.get(item.code, "").strip():
        return
    now, before = case.score.item_scores[item.code].raw, case.last_scores[item.code].raw
    if now is not None and before is not None and abs(now - before) >= BIG_CHANGE:
        message = _("The score changed much against last year; a note should say why.")
        yield CheckFinding("CHANGE_WITHOUT_NOTE", item.code, message, "warning")


def _allowed(case: _Case) -> Iterator[CheckFinding]:
    """Apply the checks of the edition, on scores before gates."""
    for entry in case.rubric.content.checks:
        own = case.score.item_scores[entry.item].raw
        other = case.score.item_scores.get(entry.not_better_than)
        node = case.score.nodes.get(entry.not_better_than)
        limit = other.raw if other is not None else None
        if node is not None and node.answered == node.items:
            limit = node.share
        if own is not None and limit is not None and own > limit:
            message = case.rubric.words(entry.message, case.government)
            yield CheckFinding("BETTER_THAN_ALLOWED", entry.item, message, "warning")


def _shared_files(case: _Case) -> Iterator[CheckFinding]:
    places: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    for code in case.rubric.items:
        pieces = {piece.sha256 or piece.id: piece.name for piece in case.evidence.get(code, ())}
        for key, name in pieces.items():
            places.setdefault(key, []).append(code)
            names.setdefault(key, name)
    for key, codes in places.items():
        if len(codes) > MANY_ITEMS:
            message = _("“{name}” stands as evidence at {count} items.")
            text = message.format(name=names[key], count=len(codes))
            yield CheckFinding("SAME_FILE_MANY_ITEMS", codes[0], text, "warning")


def _not_applicable(case: _Case) -> Iterator[CheckFinding]:
    codes = [code for code, entry in case.score.item_scores.items() if entry.not_applicable]
    if len(codes) > 2 and len(codes) > MANY_NOT_APPLICABLE * len(case.score.item_scores):
        message = ngettext(
            "{count} item is marked as not applicable.",
            "{count} items are marked as not applicable.",
            len(codes),
        )
        text = message.format(count=len(codes))
        yield CheckFinding("NOT_APPLICABLE_MANY", codes[0], text, "warning")


def _all_top(case: _Case) -> Iterator[CheckFinding]:
    raws = [entry.raw for entry in case.score.item_scores.values() if entry.raw is not None]
    if len(raws) >= MANY_ITEMS and all(raw == ONE for raw in raws):
        message = _("Every item answered so far has the best answer.")
        yield CheckFinding("ALL_TOP", "", message, "warning")


def _size(case: _Case) -> Iterator[CheckFinding]:
    sizes = {
        piece.sha256: piece.bytes
        for pieces in case.evidence.values()
        for piece in pieces
        if piece.sha256 is not None
    }
    total = sum(sizes.values())
    if total > LARGE_FOR_STICK:
        message = _("The evidence is larger than 4 GB; a FAT32 stick cannot hold the package.")
        yield CheckFinding("PACKAGE_LARGE", "", message, "warning")
    elif total > LARGE_FOR_MAIL:
        message = _("The evidence is larger than 100 MB; e-mail and chat will not carry it.")
        yield CheckFinding("PACKAGE_LARGE", "", message, "info")


def _strangers(case: _Case) -> Iterator[CheckFinding]:
    for code in case.answers:
        if code not in case.rubric.items:
            message = _("There is an answer to {code}, which is not in this edition.")
            yield CheckFinding("ITEM_UNKNOWN", "", message.format(code=code), "warning")


_ITEM_RULES: Final[Sequence[Callable[[_Case, AnyItem], Iterator[CheckFinding]]]] = (
    _fits,
    _blank,
    _reason,
    _damage,
    _proof,
    _gate,
    _ratio,
    _decimals,
    _change,
)
_WHOLE_RULES: Final[Sequence[Callable[[_Case], Iterator[CheckFinding]]]] = (
    _loose_damage,
    _allowed,
    _shared_files,
    _not_applicable,
    _all_top,
    _size,
    _strangers,
)
