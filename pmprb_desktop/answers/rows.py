"""The three file formats of answers → plain rows; nothing here knows an item."""

import csv
import io
import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

from pmprb_desktop.answers.values import shown
from pmprb_desktop.answers.writing import unguarded
from pmprb_desktop.errors import Finding
from pmprb_desktop.i18n import _
from pmprb_desktop.reasons import of_csv
from pmprb_desktop.rubric.model import Rubric
from pmprb_desktop.rubric.yaml_source import SourceError, parse

MOST_ROWS: Final = 50_000
MOST_HEADING: Final = 10_000

_COLUMNS: Final = {
    "code": "code",
    "kode": "code",
    "answer": "answer",
    "jawaban": "answer",
    "note": "note",
    "catatan": "note",
    "reason": "reason",
    "alasan": "reason",
}
_KEYS: Final = frozenset({"code", "answer", "value", "inputs", "note", "reason", "not_applicable"})
# What the program itself writes beside an answer elsewhere; it says nothing about the answer.
_PASSED_OVER: Final = frozenset(
    {"score", "text", "title", "weight", "points", "layer", "author", "at", "review_later"}
)


class Fault(Exception):  # noqa: N818  (carries a finding, never shown as an error itself)
    """The file cannot be read as answers at all."""

    def __init__(self, rule: str, place: str, message: str) -> None:
        super().__init__(message)
        self.finding = Finding(rule, place, message)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file, as it stands there; ``faulty`` when a finding about it went before."""

    place: str
    code: str
    answer: str = ""
    note: str = ""
    reason: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)
    not_applicable: bool = False
    faulty: bool = False


def _text(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = _("line {line}").format(line=data.count(b"\n", 0, error.start) + 1)
        message = _("The file is not UTF-8 text; save it as “CSV UTF-8”.")
        raise Fault("ANSWERS_ENCODING", place, message) from error
    at = text.find("\0")
    if at >= 0:
        place = _("line {line}").format(line=text.count("\n", 0, at) + 1)
        message = _("The file holds characters that are no text.")
        raise Fault("ANSWERS_ENCODING", place, message)
    return text


# CSV


def csv_rows(data: bytes) -> Iterator[Row | Finding]:
    """Rows of a CSV file with a heading; ``,`` or ``;`` parts the columns."""
    text = _text(data)
    first = next(iter(text.lstrip()[:MOST_HEADING].splitlines()), "")
    delimiter = ";" if first.count(";") > first.count(",") else ","
    if first.strip().casefold() in ("sep=,", "sep=;"):
        delimiter = first.strip()[-1]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    columns: Sequence[str] | None = None
    line = 1
    try:
        for number, cells in enumerate(reader):
            start, line = line, reader.line_num + 1
            if number >= MOST_ROWS:
                message = _("The file has more than {count} rows.").format(count=MOST_ROWS)
                raise Fault("ANSWERS_TOO_LARGE", "", message)
            if not any(cell.strip() for cell in cells):
                continue
            place = _("line {line}").format(line=start)
            if columns is not None:
                yield from _csv_row(columns, cells, place, delimiter)
            elif not (len(cells) <= 2 and cells[0].strip().casefold().startswith("sep=")):
                columns = yield from _csv_columns(cells, place)
    except csv.Error as error:
        place = _("line {line}").format(line=max(line, reader.line_num))
        message = _("The CSV is broken: {problem}.").format(problem=of_csv(str(error)))
        raise Fault("ANSWERS_SYNTAX", place, message) from error
    if columns is None:
        _missing("code", "")


def _missing(name: str, place: str) -> NoReturn:
    message = _("The column “{name}” is missing; needed are code and answer, then note, reason.")
    raise Fault("COLUMN_MISSING", place, message.format(name=name))


def _csv_columns(cells: Sequence[str], place: str) -> Generator[Finding, None, Sequence[str]]:
    columns = [_COLUMNS.get(cell.strip().casefold(), "") for cell in cells]
    for name in ("code", "answer"):
        if name not in columns:
            _missing(name, place)
    for name, cell in zip(columns, cells, strict=True):
        if name and columns.count(name) > 1:
            message = _("The column “{name}” stands more than once.")
            raise Fault("COLUMN_DUPLICATE", place, message.format(name=name))
        if not name and cell.strip():
            message = _("The column “{name}” is not read.").format(name=shown(cell))
            yield Finding("COLUMN_UNKNOWN", place, message, "warning")
    return columns


def _csv_row(
    columns: Sequence[str], cells: Sequence[str], place: str, delimiter: str
) -> Iterator[Row | Finding]:
    faulty = any(cell.strip() for cell in cells[len(columns) :])
    if faulty:
        message = _(
            "The row has more cells than the heading; put a text or number that holds “{sign}” "
            "in double quotes."
        )
        yield Finding("ROW_TOO_LONG", place, message.format(sign=delimiter))
    row = {name: cell for name, cell in zip(columns, cells, strict=False) if name}
    answer, note = row.get("answer", ""), row.get("note", "")
    if delimiter == "," and _digits(answer) and _digits(note) and len(columns) > 2:
        message = _("Is “{note}” a note? A number with a decimal comma needs double quotes here.")
        yield Finding("DECIMAL_COMMA", place, message.format(note=shown(note)), "warning")
    yield Row(
        place,
        row.get("code", ""),
        unguarded(answer),
        unguarded(note),
        unguarded(row.get("reason", "")),
        faulty=faulty,
    )


def _digits(text: str) -> bool:
    return text.strip().isdecimal()


# JSON and YAML


def json_rows(data: bytes, rubric: Rubric) -> Iterator[Row | Finding]:
    """Rows of a JSON file; numbers are taken as they are written, never as floats."""
    text = _text(data)
    try:
        value = json.loads(
            text,
            parse_float=str,
            parse_int=str,
            parse_constant=_constant,
            object_pairs_hook=_object,
        )
        json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        place = _("line {line}").format(line=error.lineno)
        message = _(
            "The JSON is broken at character {column} of this line: look for quotes, commas and "
            "brackets there."
        ).format(column=error.colno)
        raise Fault("ANSWERS_SYNTAX", place, message) from error
    except UnicodeEncodeError as error:
        message = _("The JSON holds half of a character (a lone surrogate).")
        raise Fault("ANSWERS_ENCODING", "", message) from error
    except RecursionError as error:
        raise Fault("ANSWERS_SYNTAX", "", _("The file is nested too deeply.")) from error
    yield from _document(value, rubric)


def _constant(name: str) -> NoReturn:
    message = _("“{name}” is not a number in JSON.").format(name=name)
    raise Fault("ANSWERS_SYNTAX", "", message)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            message = _("The key “{key}” stands twice.").format(key=shown(key))
            raise Fault("ANSWERS_DUPLICATE_KEY", shown(key), message)
        found[key] = value
    return found


def yaml_rows(data: bytes, rubric: Rubric) -> Iterator[Row | Finding]:
    """Rows of a YAML file of plain mappings, lists and strings."""
    try:
        value, _lines = parse(data)
    except SourceError as error:
        fault = error.finding
        raise Fault(fault.rule, fault.path, fault.message) from error
    yield from _document(value, rubric)


def _document(value: Any, rubric: Rubric) -> Iterator[Row | Finding]:
    if isinstance(value, dict) and isinstance(value.get("answers"), list | dict):
        edition = value.get("rubric")
        if isinstance(edition, str) and edition not in (rubric.edition, rubric.id):
            message = _("The answers were written for {other}, not for {edition}.")
            text = message.format(other=shown(edition), edition=rubric.edition)
            yield Finding("RUBRIC_DIFFERENT", "rubric", text, "warning")
        value = value["answers"]
    if isinstance(value, list):
        for index, entry in enumerate(value):
            place = f"answers[{index}]"
            if isinstance(entry, dict):
                yield from _record(entry, place)
            else:
                yield Finding("ANSWER_TYPE", place, _("An answer here is a mapping with a code."))
    elif isinstance(value, dict):
        for code, entry in value.items():
            if isinstance(entry, dict):
                yield from _record({"code": code, **entry}, shown(code))
            else:
                yield from _record({"code": code, "answer": entry}, shown(code))
    else:
        message = _("The file holds neither a list nor a mapping of answers.")
        raise Fault("ANSWERS_SHAPE", "", message)


def _record(entry: Mapping[str, Any], place: str) -> Iterator[Row | Finding]:
    code = entry.get("code")
    if not isinstance(code, str):
        yield Finding("ANSWER_CODE_MISSING", place, _("The row has no code."))
        return
    place = shown(code) or place
    faults: list[Finding] = []
    for key in sorted(entry.keys() - _KEYS - _PASSED_OVER):
        message = _("The key “{key}” is unknown here.").format(key=shown(key))
        faults.append(Finding("ANSWER_KEY_UNKNOWN", place, message))
    texts = {
        key: _string(entry.get(key), key, place, faults)
        for key in ("answer", "value", "note", "reason")
    }
    if texts["answer"] and texts["value"] and texts["answer"] != texts["value"]:
        message = _("“answer” and “value” say different things.")
        faults.append(Finding("ANSWER_CONFLICT", place, message))
    inputs = entry.get("inputs") or {}
    if not isinstance(inputs, dict):
        faults.append(Finding("ANSWER_TYPE", place, _("“inputs” is a mapping of numbers.")))
        inputs = {}
    not_applicable = entry.get("not_applicable") or False
    if not isinstance(not_applicable, bool):
        message = _("“not_applicable” is true or false.")
        faults.append(Finding("ANSWER_TYPE", place, message))
        not_applicable = False
    numbers = {name: _string(number, name, place, faults) for name, number in inputs.items()}
    yield from faults
    yield Row(
        place,
        code,
        texts["answer"] or texts["value"],
        texts["note"],
        texts["reason"],
        numbers,
        not_applicable,
        faulty=bool(faults),
    )


def _string(value: Any, key: str, place: str, faults: list[Finding]) -> str:
    if value is None:
        return ""
    if isinstance(value, str) and "\0" not in value:
        return value
    message = _("“{key}” is a text or a number.").format(key=shown(key))
    if isinstance(value, str):
        message = _("“{key}” holds a character that is no text (NUL).").format(key=shown(key))
    faults.append(Finding("ANSWER_TYPE", place, message))
    return ""
