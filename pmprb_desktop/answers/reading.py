"""Answer files as people bring them: CSV, JSON or YAML; every fault is a finding with its place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import Final

from pmprb_desktop.answers.rows import Fault, Row, csv_rows, json_rows, yaml_rows
from pmprb_desktop.answers.values import NOT_APPLICABLE, AnswerDraft, normalise, shown
from pmprb_desktop.errors import Finding, UserError
from pmprb_desktop.i18n import _
from pmprb_desktop.rubric.model import AnyItem, ChoiceItem, LookupItem, Rubric, find_option
from pmprb_desktop.scoring import Answer

MOST_BYTES: Final = 8 * 1024 * 1024
MOST_NOTE: Final = 20_000
MOST_FINDINGS: Final = 1000


@dataclass(frozen=True, slots=True)
class AnswersFile:
    """What a file of answers says, in the order of the worksheet, and what is wrong with it.

    ``drafts`` leaves out every item with a fault, so that the rest can be shown; nothing should
    be taken in while there are ``errors``.
    """

    drafts: tuple[AnswerDraft, ...]
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that stand in the way of using the file."""
        return tuple(entry for entry in self.findings if entry.severity == "error")

    @property
    def answers(self) -> Mapping[str, Answer]:
        """Item code → answer, blank ones left out."""
        return {d.code: d.answer for d in self.drafts if d.answer != Answer()}


def read_file(source: Path | bytes, rubric: Rubric, *, name: str = "") -> AnswersFile:
    """Read the answers for an edition from a file, or from bytes that came from ``name``.

    The ending says what it is (.csv, .json, .yaml, .yml); without a known ending the content
    does. Raises nothing.
    """
    try:
        if isinstance(source, Path):
            name, source = name or source.name, _bytes(source)
        collector = _Collector(rubric)
        for row in _rows(source, name, rubric):
            collector.add(row)
            if collector.full:
                break
    except Fault as fault:
        return AnswersFile((), (fault.finding,))
    return collector.finish()


def _bytes(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise Fault("ANSWERS_UNREADABLE", "", _("There is no such file of answers."))
        with path.open("rb") as handle:
            return handle.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        message = _("The file of answers cannot be read.")
        raise Fault("ANSWERS_UNREADABLE", "", message) from error


def _rows(data: bytes, name: str, rubric: Rubric) -> Iterator[Row | Finding]:
    if len(data) > MOST_BYTES:
        raise Fault("ANSWERS_TOO_LARGE", "", _("The file is larger than 8 MiB."))
    ending = name.rpartition(".")[2].casefold() if "." in name else ""
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")) or ending in ("xlsx", "xls", "ods"):
        message = _("A workbook cannot be read as answers; save the sheet as “CSV UTF-8”.")
        raise Fault("ANSWERS_FORMAT", "", message)
    if ending in ("yaml", "yml"):
        return yaml_rows(data, rubric)
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if ending == "json" or (ending != "csv" and start in (b"{", b"[")):
        return json_rows(data, rubric)
    return csv_rows(data)


@dataclass(slots=True)
class _Entry:
    """What the rows so far say about one item."""

    item: AnyItem
    place: str
    order: int
    value: str = ""
    inputs: dict[str, str] = field(default_factory=dict)
    not_applicable: bool = False
    notes: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    faulty: bool = False


class _Collector:
    """Puts the rows of a file together, item by item."""

    def __init__(self, rubric: Rubric) -> None:
        self.rubric = rubric
        self.codes = {code.casefold(): code for code in rubric.items}
        self.entries: dict[str, _Entry] = {}
        self.seen: dict[str, str] = {}
        self.findings: list[tuple[int, Finding]] = []
        self.order = 0

    @property
    def full(self) -> bool:
        """Whether so much is wrong that reading on would help nobody."""
        return len(self.findings) >= MOST_FINDINGS

    def add(self, row: Row | Finding) -> None:
        self.order += 1
        if isinstance(row, Finding):
            self.find(row)
        else:
            self.take(row)

    def find(self, finding: Finding, order: int | None = None) -> None:
        if not self.full:
            self.findings.append((self.order if order is None else order, finding))

    def fault(self, rule: str, place: str, message: str, order: int | None = None) -> None:
        """Note a fault; where the place is the code, the sentence does not say it again."""
        self.find(Finding(rule, place, message.removeprefix(f"{place}: ")), order)

    def take(self, row: Row) -> None:
        code, input_name = self._resolve(row.code)
        if code is None:
            self._unknown(row)
            return
        known = f"{code}.{input_name}" if input_name else code
        if known in self.seen:
            message = _("{code} stands more than once; it was already at {place}.")
            text = message.format(code=known, place=self.seen[known])
            self.fault("ANSWER_DUPLICATE", row.place, text)
            self.entries[code].faulty = True
            return
        self.seen[known] = row.place
        entry = self.entries.setdefault(code, self._begin(code, row.place))
        if row.faulty:
            entry.faulty = True
        self._texts(entry, row)
        if input_name:
            self._input(entry, input_name, row)
        else:
            entry.value = row.answer
            entry.not_applicable = row.not_applicable
            for name, number in row.inputs.items():
                self._add_input(entry, name, number, row.place)

    def _begin(self, code: str, place: str) -> _Entry:
        return _Entry(self.rubric.items[code], place, self.order)

    def _resolve(self, given: str) -> tuple[str | None, str]:
        wanted = given.strip().casefold()
        if wanted in self.codes:
            return self.codes[wanted], ""
        start, _dot, name = wanted.rpartition(".")
        return (self.codes.get(start), name) if name else (None, "")

    def _unknown(self, row: Row) -> None:
        if not row.code.strip():
            self.fault("ANSWER_CODE_MISSING", row.place, _("The row has no code."))
            return
        message = _("{edition} has no item “{code}”.")
        text = message.format(edition=self.rubric.edition, code=shown(row.code))
        self.fault("ANSWER_CODE_UNKNOWN", row.place, text)

    def _texts(self, entry: _Entry, row: Row) -> None:
        for text, into in ((row.note, entry.notes), (row.reason, entry.reasons)):
            if len(text) > MOST_NOTE:
                message = _("{code}: a note may have at most 20,000 characters.")
                text_ = message.format(code=entry.item.code)
                self.fault("ANSWER_NOTE_TOO_LONG", row.place, text_)
                entry.faulty = True
            elif text:
                into.append(text)

    def _input(self, entry: _Entry, name: str, row: Row) -> None:
        if row.inputs or row.not_applicable:
            message = _("{code}: the row of an input holds one number.")
            self.fault("ANSWER_TYPE", row.place, message.format(code=shown(row.code)))
            entry.faulty = True
            return
        self._add_input(entry, name, row.answer, row.place)

    def _add_input(self, entry: _Entry, name: str, number: str, place: str) -> None:
        """Check one input at once, so that its fault has its own place."""
        try:
            normalise(entry.item, None, {name: number})
        except UserError as error:
            self.fault(error.rule, place, error.message)
            entry.faulty = True
            return
        if name.strip().casefold() in entry.inputs:
            message = _("{code}: the input “{name}” stands more than once.")
            text = message.format(code=entry.item.code, name=shown(name))
            self.fault("ANSWER_DUPLICATE", place, text)
            entry.faulty = True
            return
        entry.inputs[name.strip().casefold()] = number

    def finish(self) -> AnswersFile:
        drafts = [
            draft
            for code in self.rubric.items
            if code in self.entries and (draft := self._draft(self.entries[code])) is not None
        ]
        found = [finding for _order, finding in sorted(self.findings, key=itemgetter(0))]
        if self.full:
            message = _("Reading stopped after {count} faults; there may be more.")
            text = message.format(count=MOST_FINDINGS)
            found.append(Finding("ANSWERS_MANY_FAULTS", "", text))
        return AnswersFile(tuple(drafts), tuple(found))

    def _draft(self, entry: _Entry) -> AnswerDraft | None:
        item = entry.item
        value: str | None = entry.value
        not_applicable = entry.not_applicable
        if _says_not_applicable(item, entry.value):
            value, not_applicable = None, True
        if not_applicable and (
            (value or "").strip() or any(n.strip() for n in entry.inputs.values())
        ):
            message = _("{code}: an item that does not apply cannot have an answer as well.")
            text = message.format(code=item.code)
            self.fault("ANSWER_CONFLICT", entry.place, text, entry.order)
            return None
        try:
            answer = normalise(item, value, entry.inputs, not_applicable=not_applicable)
        except UserError as error:
            self.fault(error.rule, entry.place, error.message, entry.order)
            return None
        if entry.faulty:
            return None
        return AnswerDraft(item.code, answer, "\n".join(entry.notes), "\n".join(entry.reasons))


def _says_not_applicable(item: AnyItem, value: str) -> bool:
    if isinstance(item, ChoiceItem | LookupItem) and find_option(item, value) is not None:
        return False
    return " ".join(value.casefold().split()) in NOT_APPLICABLE
