"""Answers: spellings, numbers, files of three kinds, and what comes back from them."""

import csv
import io
import json
import re
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pmprb_desktop.answers import (
    AnswerDraft,
    AnswersFile,
    normalise,
    normalise_number,
    read_file,
    write_csv,
    write_json,
)
from pmprb_desktop.errors import UserError
from pmprb_desktop.rubric import loader
from pmprb_desktop.rubric.model import Rubric
from pmprb_desktop.scoring import BLANK, Answer
from tests import rubric_kit as kit

LOOKUP = {
    "code": "A.f",
    "kind": "lookup",
    "text": "Opini",
    "options": [
        {"key": "WTP", "points": "3", "text": "Wajar", "aliases": ["Wajar Tanpa Pengecualian"]},
        {"key": "NA", "points": "0", "text": "Tidak ada"},
    ],
    "not_applicable": True,
}
SMALL = kit.rubric(
    kit.node(
        "A",
        "10",
        kit.choice("A.a", "YT"),
        kit.choice("A.b", "ABC", not_applicable=True),
        kit.ratio("A.c", not_applicable=True),
        kit.decline("A.d"),
        kit.index("A.e", "400", minimum="100"),
        LOOKUP,
        kit.numbers("A.g", "count", "visits"),
    )
)


def _rule(code: str, value: str | None, inputs: Mapping[str, str] | None = None) -> str:
    with pytest.raises(UserError) as caught:
        normalise(SMALL.items[code], value, inputs or {})
    assert code in caught.value.message
    assert caught.value.safe
    return caught.value.rule


# One answer


@pytest.mark.parametrize(
    ("code", "value", "expected"),
    [
        ("A.a", "ya", "Ya"), ("A.a", "Y", "Ya"), ("A.a", " t ", "Tidak"), ("A.b", "b", "B"),
        ("A.f", "wajar tanpa pengecualian", "WTP"), ("A.f", "w", "WTP"), ("A.f", "na", "NA"),
        ("A.e", "327,5", "327.5"), ("A.e", "0100.50", "100.50"), ("A.e", "0", "0"),
        ("A.e", "00", "0"), ("A.e", "400", "400"), ("A.a", "", None), ("A.e", "  ", None),
        ("A.e", None, None),
    ],
)  # fmt: skip
def test_normalise_value(code: str, value: str | None, expected: str | None) -> None:
    """Spellings become option keys, numbers plain decimals, nothing a blank."""
    assert normalise(SMALL.items[code], value, {}) == Answer(expected)


def test_normalise_inputs() -> None:
    """Inputs are plain decimals under their own names; blank ones are left out."""
    given_inputs = {
        "whole": " 2,50",
        " PART ": "007",
    }
    assert normalise(SMALL.items["A.c"], None, given_inputs).inputs == {
        "part": "7",
        "whole": "2.50",
    }
    assert normalise(SMALL.items["A.c"], "", {"part": " ", "whole": ""}) == BLANK
    assert list(normalise(SMALL.items["A.c"], None, given_inputs).inputs) == ["part", "whole"]


def test_normalise_not_applicable() -> None:
    """It replaces whatever else stands there, where the edition allows it."""
    allowed = normalise(SMALL.items["A.b"], "A", {}, not_applicable=True)
    assert allowed == Answer(not_applicable=True)
    with pytest.raises(UserError) as caught:
        normalise(SMALL.items["A.a"], None, {}, not_applicable=True)
    assert caught.value.rule == "ANSWER_NOT_APPLICABLE"


@pytest.mark.parametrize(
    ("code", "value", "rule"),
    [
        ("A.a", "maybe", "ANSWER_OPTION_UNKNOWN"),
        ("A.b", "D", "ANSWER_OPTION_UNKNOWN"),
        ("A.b", "A" * 5000, "ANSWER_OPTION_UNKNOWN"),
        ("A.b", "\ud800", "ANSWER_OPTION_UNKNOWN"),
        ("A.e", "99.99", "ANSWER_OUT_OF_SCALE"),
        ("A.e", "400.000000000001", "ANSWER_OUT_OF_SCALE"),
        ("A.e", "-1", "ANSWER_OUT_OF_SCALE"),
        ("A.e", "1e2", "ANSWER_NOT_A_NUMBER"),
        ("A.e", "٣٠٠", "ANSWER_NOT_A_NUMBER"),
        ("A.e", "NaN", "ANSWER_NOT_A_NUMBER"),
        ("A.e", "1.000,5", "ANSWER_NOT_A_NUMBER"),
        ("A.e", "300.", "ANSWER_NOT_A_NUMBER"),
        ("A.e", "0" * 9000, "ANSWER_NOT_A_NUMBER"),
        ("A.c", "5", "ANSWER_KIND"),
        ("A.d", "Ya", "ANSWER_KIND"),
        ("A.g", "5", "ANSWER_KIND"),
    ],
)
def test_normalise_refuses_value(code: str, value: str, rule: str) -> None:
    """What does not fit is refused by name."""
    assert _rule(code, value) == rule


@pytest.mark.parametrize(
    ("code", "inputs", "rule"),
    [
        ("A.c", {"part": "-1"}, "ANSWER_OUT_OF_SCALE"),
        ("A.c", {"part": "-0"}, "ANSWER_OUT_OF_SCALE"),
        ("A.c", {"part": "1.000.000"}, "ANSWER_NOT_A_NUMBER"),
        ("A.c", {"part": "1 000"}, "ANSWER_NOT_A_NUMBER"),
        ("A.c", {"part": "9" * 16}, "ANSWER_NOT_A_NUMBER"),
        ("A.c", {"part": "1." + "9" * 13}, "ANSWER_NOT_A_NUMBER"),
        ("A.c", {"visits": "1"}, "ANSWER_INPUT_UNKNOWN"),
        ("A.c", {"visits": ""}, "ANSWER_INPUT_UNKNOWN"),
        ("A.a", {"part": "1"}, "ANSWER_INPUT_UNKNOWN"),
        ("A.e", {"value": "1"}, "ANSWER_INPUT_UNKNOWN"),
    ],
)
def test_normalise_refuses_inputs(code: str, inputs: dict[str, str], rule: str) -> None:
    """Unknown inputs, negative numbers and numbers without bounds are refused by name."""
    assert _rule(code, None, inputs) == rule


@given(text=st.text(max_size=80))
@example("0" * 70)
def test_normalise_number_is_stable(text: str) -> None:
    """What comes out of it goes through it unchanged."""
    number = normalise_number(text)
    assert number is None or normalise_number(number) == number


@settings(max_examples=200)
@given(data=st.data())
def test_normalise_keeps_good_answers(data: st.DataObject) -> None:
    """An answer that fits comes back equal."""
    item = SMALL.items[data.draw(st.sampled_from(list(SMALL.items)))]
    answer = data.draw(kit.any_answer(item))
    again = normalise(item, answer.value, answer.inputs, not_applicable=answer.not_applicable)
    assert again == answer


# Files


def _read(text: str | bytes, name: str = "answers.csv", rubric: Rubric = SMALL) -> AnswersFile:
    return read_file(text.encode() if isinstance(text, str) else text, rubric, name=name)


FULL = (
    AnswerDraft("A.a", Answer("Ya"), 'ada, lengkap; "tiga" lampiran\r\nbaris dua'),
    AnswerDraft("A.b", Answer(not_applicable=True), "", "tidak ada layanan"),
    AnswerDraft("A.c", Answer(inputs={"part": "3", "whole": "12.5"}), "=1+1"),
    AnswerDraft("A.d", Answer(inputs={"last_year": "0"})),
    AnswerDraft("A.e", Answer("327.5"), "'=x"),
    AnswerDraft("A.f", Answer(not_applicable=True), "", "baru"),
    AnswerDraft("A.g", BLANK, "'Aisyiyah"),
)  # fmt: skip


@pytest.mark.parametrize("write", [write_csv, write_json])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_round_trip(write: object, mark: str) -> None:
    """Both formats hold everything, with and without a byte order mark."""
    assert callable(write)
    name = "a.json" if write is write_json else "a.csv"
    assert _read(mark + write(SMALL, FULL), name) == AnswersFile(FULL, ())
    assert _read(mark + write(SMALL, FULL), "") == AnswersFile(FULL, ())


_NOTE = st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12
) | st.from_regex(r"'{0,3}[=+@\t\r\n-]?[a-z\r\n\",;']{0,5}", fullmatch=True)


@settings(max_examples=300)
@given(data=st.data())
def test_round_trip_of_anything(data: st.DataObject) -> None:
    """Every answer and every note survives both formats."""
    drafts = tuple(
        AnswerDraft(code, data.draw(kit.any_answer(item)), data.draw(_NOTE), data.draw(_NOTE))
        for code, item in SMALL.items.items()
        if data.draw(st.booleans())
    )
    assert _read(write_csv(SMALL, drafts)).drafts == drafts
    assert _read(write_json(SMALL, drafts), "x.json") == AnswersFile(drafts, ())


@pytest.mark.parametrize("edition", list(loader.released()))
def test_round_trip_of_editions(edition: str) -> None:
    """A whole worksheet of each edition comes back as it went."""
    rubric = loader.load(edition)
    drafts = tuple(AnswerDraft(code, kit.best(item)) for code, item in rubric.items.items())
    assert _read(write_csv(rubric, drafts), rubric=rubric) == AnswersFile(drafts, ())
    assert _read(write_json(rubric, drafts), "x.json", rubric) == AnswersFile(drafts, ())


def test_formulas_are_disarmed() -> None:
    """No cell of a note starts like a formula."""
    notes = ["=1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "'=1", "＝1", "plain", "'plain"]
    drafts = [AnswerDraft("A.a", BLANK, note, note) for note in notes]
    rows = list(csv.reader(io.StringIO(write_csv(SMALL, drafts), newline="")))[1:]
    for row, note in zip(rows, notes, strict=True):
        assert not row[2].startswith(tuple("=+-@\t\r\n＝"))
        assert row[2] == row[3] == (note if note.endswith("plain") else "'" + note)


def test_unknown_codes_are_not_written() -> None:
    """Drafts of another edition are left out."""
    drafts = (AnswerDraft("Z.z", Answer("A")),)
    assert write_csv(SMALL, drafts) == "code,answer,note,reason\r\n"
    assert json.loads(write_json(SMALL, drafts))["answers"] == []


@pytest.mark.parametrize(
    "text",
    [
        'code,answer,note\nA.a,Ya,\nA.e,"327,5",cek\nA.c.part,3,\nA.c.whole,4,\n',
        "code;answer;note\nA.a;ya\nA.e;327,5;cek\nA.c.part;3;\nA.c.whole;4,0\n",
        "sep=;\r\nKode;Jawaban;Catatan\r\n\r\na.A;y;\r\nA.e;327.5;cek\r\na.c.PART;3\r\nA.c.whole;4",
        "note,answer,code\n,Y,A.a\ncek,327.5,A.e\n,4,A.c.whole\n,3,A.c.part\n",
    ],
)
def test_csv_as_people_make_it(text: str) -> None:
    """Comma or semicolon, comma or point, columns in any order, codes in any case."""
    found = _read(text)
    assert found.findings == ()
    assert [draft.code for draft in found.drafts] == ["A.a", "A.c", "A.e"]
    by_code = {draft.code: draft for draft in found.drafts}
    assert by_code["A.a"].answer == Answer("Ya")
    assert by_code["A.c"].answer.inputs["part"] == "3"
    assert by_code["A.e"] == AnswerDraft("A.e", Answer("327.5"), "cek")


def test_notes_and_blanks() -> None:
    """A note may stand alone; notes beside inputs come together at the item."""
    found = _read("code,answer,note\nA.a,,nanti\nA.b,,\nA.c,,satu\nA.c.part,,dua\n")
    assert found.findings == ()
    assert found.drafts == (
        AnswerDraft("A.a", BLANK, "nanti"),
        AnswerDraft("A.b", BLANK),
        AnswerDraft("A.c", BLANK, "satu\ndua"),
    )
    assert found.answers == {}


@pytest.mark.parametrize("word", ["tidak berlaku", "Tidak  Berlaku", "N/A", "na", "not applicable"])
def test_not_applicable_words(word: str) -> None:
    """An item that does not apply can be written in several ways."""
    assert _read(f"code,answer\nA.b,{word}\n").answers == {"A.b": Answer(not_applicable=True)}


def test_an_option_comes_before_the_word() -> None:
    """Where an option is called NA, NA means the option."""
    assert _read("code,answer\nA.f,na\n").answers == {"A.f": Answer("NA")}


@pytest.mark.parametrize(
    "value",
    [
        {"answers": [{"code": "A.a", "answer": "Ya"}, {"code": "A.e", "value": 327.5}]},
        [{"code": "A.a", "value": "y", "note": None}, {"code": "A.e", "answer": "327,5"}],
        {"A.a": "Ya", "A.e": 327.5},
        {"A.a": {"answer": "Ya", "score": "1"}, "A.e": {"value": "327.5"}},
        {"answers": {"A.a": "ya", "A.e": "327.5"}},
    ],
)
@pytest.mark.parametrize("name", ["a.json", "a.yaml", "a.yml", ""])
def test_json_and_yaml_shapes(value: object, name: str) -> None:
    """A list or a mapping, alone or under ``answers``, in JSON or YAML."""
    found = _read(json.dumps(value), name)
    assert found.findings == ()
    assert found.answers == {"A.a": Answer("Ya"), "A.e": Answer("327.5")}


def test_json_inputs_and_exemptions() -> None:
    """Inputs are a mapping of numbers or rows of their own; exemption is a flag or a word."""
    value = {
        "A.b": {"not_applicable": True, "reason": "x"},
        "A.c": {"inputs": {"part": 3, "whole": "4,5"}},
        "A.d.last_year": 5,
    }
    found = _read(json.dumps(value), "a.json")
    assert found.findings == ()
    assert found.answers == {
        "A.b": Answer(not_applicable=True),
        "A.c": Answer(inputs={"part": "3", "whole": "4.5"}),
        "A.d": Answer(inputs={"last_year": "5"}),
    }
    assert _read("A.b: {not_applicable: true}", "a.yaml").answers["A.b"].not_applicable


# Faults


def _faults(found: AnswersFile) -> list[tuple[str, str]]:
    return [(entry.rule, entry.path) for entry in found.findings]


@pytest.mark.parametrize(
    ("rows", "rule", "line"),
    [
        ("A.a,Ya\nZ.z,A", "ANSWER_CODE_UNKNOWN", 3),
        ("A.a.,Ya", "ANSWER_CODE_UNKNOWN", 2),
        (".,Ya", "ANSWER_CODE_UNKNOWN", 2),
        (",Ya", "ANSWER_CODE_MISSING", 2),
        ("A.a,Ya\n\nA.A,Tidak", "ANSWER_DUPLICATE", 4),
        ("A.c.part,1\na.c.Part,2", "ANSWER_DUPLICATE", 3),
        ("A.c.other,1", "ANSWER_INPUT_UNKNOWN", 2),
        ("A.a.part,1", "ANSWER_INPUT_UNKNOWN", 2),
        ("A.e,401", "ANSWER_OUT_OF_SCALE", 2),
        ("A.e,abc", "ANSWER_NOT_A_NUMBER", 2),
        ("A.c.part,-3", "ANSWER_OUT_OF_SCALE", 2),
        ("A.a,Z", "ANSWER_OPTION_UNKNOWN", 2),
        ("A.c,5", "ANSWER_KIND", 2),
        ("A.a,tidak berlaku", "ANSWER_NOT_APPLICABLE", 2),
        ("A.c,tidak berlaku\nA.c.part,1", "ANSWER_CONFLICT", 2),
        ('"A.a","Ya\n","x","",y', "ROW_TOO_LONG", 2),
        ('A.a,"Ya\nA.b,A', "ANSWERS_SYNTAX", 3),
        ('A.a,"Ya"x', "ANSWERS_SYNTAX", 2),
        ("A.a,Ya\nA.b,\xff", "ANSWERS_ENCODING", 3),
        ("A.a,Ya\nA.b,\0", "ANSWERS_ENCODING", 3),
        ("A.a,Ya,=" + "x" * 20_001, "ANSWER_NOTE_TOO_LONG", 2),
        ("A.a,Ya," + "x" * 200_000, "ANSWERS_SYNTAX", 2),
    ],
)
def test_csv_faults_have_their_line(rows: str, rule: str, line: int) -> None:
    """Every fault of a row is found, with the line on which the row starts."""
    found = _read(("code,answer,note,reason\n" + rows + "\n").encode("latin-1"))
    assert [entry.rule for entry in found.errors] == [rule]
    assert found.findings[0].path.rpartition(" ")[2] == str(line)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "COLUMN_MISSING"),
        ("\n\n", "COLUMN_MISSING"),
        ("A.a,Ya\n", "COLUMN_MISSING"),
        ("code,note\nA.a,x\n", "COLUMN_MISSING"),
        ("code,answer,kode\nA.a,Ya,\n", "COLUMN_DUPLICATE"),
        (b"\xff\xfec\0o\0d\0e\0", "ANSWERS_ENCODING"),
        (b"PK\x03\x04rest", "ANSWERS_FORMAT"),
        (b" " * (8 * 1024 * 1024 + 1), "ANSWERS_TOO_LARGE"),
    ],
)
def test_csv_that_is_none(text: str | bytes, rule: str) -> None:
    """A file that cannot be read at all says so once."""
    found = _read(text)
    assert [entry.rule for entry in found.findings] == [rule]
    assert found.drafts == ()


def test_workbook_by_name() -> None:
    """A workbook is named as such, not as broken text."""
    assert _faults(_read("x", "lke.XLSX")) == [("ANSWERS_FORMAT", "")]


def test_faulty_items_are_left_out_and_the_rest_is_kept() -> None:
    """One bad input makes its item faulty, not the file unreadable."""
    found = _read("code,answer\nA.a,Ya\nA.c.part,x\nA.c.whole,4\nA.b,Q\n")
    assert [draft.code for draft in found.drafts] == ["A.a"]
    assert {entry.rule for entry in found.errors} == {
        "ANSWER_NOT_A_NUMBER",
        "ANSWER_OPTION_UNKNOWN",
    }


def test_warnings_do_not_stop() -> None:
    """A column that is not read and a note that looks like decimals are only pointed out."""
    found = _read("code,answer,note,nilai\nA.e,327,5,1\n")
    assert found.errors == ()
    assert [entry.rule for entry in found.findings] == ["COLUMN_UNKNOWN", "DECIMAL_COMMA"]
    assert found.drafts == (AnswerDraft("A.e", Answer("327"), "5"),)


def test_another_edition_is_pointed_out() -> None:
    """Codes mean different things in two editions."""
    text = write_json(SMALL, FULL).replace("uji@1", "uji@2")
    found = _read(text, "a.json")
    assert [(e.rule, e.severity) for e in found.findings] == [("RUBRIC_DIFFERENT", "warning")]
    assert found.drafts == FULL


@pytest.mark.parametrize(
    ("text", "rule", "place"),
    [
        ('[{"code": "A.a", "answer": "Z"}]', "ANSWER_OPTION_UNKNOWN", "A.a"),
        ('[{"answer": "Ya"}]', "ANSWER_CODE_MISSING", "answers[0]"),
        ('[{"code": null}]', "ANSWER_CODE_MISSING", "answers[0]"),
        ('[["A.a", "Ya"]]', "ANSWER_TYPE", "answers[0]"),
        ('{"A.a": ["Ya"]}', "ANSWER_TYPE", "A.a"),
        ('{"A.a": true}', "ANSWER_TYPE", "A.a"),
        ('{"A.a": {"answer": "Ya", "note": {}}}', "ANSWER_TYPE", "A.a"),
        ('{"A.a": {"answer": "Ya", "note": "\\u0000"}}', "ANSWER_TYPE", "A.a"),
        ('{"A.c": {"inputs": [1]}}', "ANSWER_TYPE", "A.c"),
        ('{"A.b": {"not_applicable": "ya"}}', "ANSWER_TYPE", "A.b"),
        ('{"A.c.part": {"answer": "1", "inputs": {"whole": "1"}}}', "ANSWER_TYPE", "A.c.part"),
        ('{"A.a": {"answr": "Ya"}}', "ANSWER_KEY_UNKNOWN", "A.a"),
        ('{"A.a": {"answer": "Ya", "value": "Tidak"}}', "ANSWER_CONFLICT", "A.a"),
        ('{"A.b": {"answer": "A", "not_applicable": true}}', "ANSWER_CONFLICT", "A.b"),
        ('{"A.c": {"inputs": {"part": "1", "PART": "2"}}}', "ANSWER_DUPLICATE", "A.c"),
        ('{"A.a": "Ya", "a.a": "Ya"}', "ANSWER_DUPLICATE", "a.a"),
        ('{"A.a": "Ya", "A.a": "Ya"}', "ANSWERS_DUPLICATE_KEY", "A.a"),
        ('{"A.e": NaN}', "ANSWERS_SYNTAX", ""),
        ('{"A.e": -Infinity}', "ANSWERS_SYNTAX", ""),
        ('{"A.e": 1e400}', "ANSWER_NOT_A_NUMBER", "A.e"),
        ('{"A.e": ' + "9" * 5000 + "}", "ANSWER_NOT_A_NUMBER", "A.e"),
        ('{"A.a": "\\ud800"}', "ANSWERS_ENCODING", ""),
        ('{"\\udfff": "A"}', "ANSWERS_ENCODING", ""),
        ("[" * 100_000, "ANSWERS_SYNTAX", ""),
        ('{"A.a": "Ya"', "ANSWERS_SYNTAX", None),
        ('"Ya"', "ANSWERS_SHAPE", ""),
        ("null", "ANSWERS_SHAPE", ""),
        (b'{"A.a": "\xff"}', "ANSWERS_ENCODING", None),
    ],
)
def test_json_faults(text: str | bytes, rule: str, place: str | None) -> None:
    """Strict JSON: every fault is named with its code or place."""
    found = _read(text, "a.json")
    assert [entry.rule for entry in found.findings] == [rule]
    assert place is None or found.findings[0].path == place


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("A.a: &x Ya\nA.b: *x", "YAML_ALIAS"),
        ("A.a: !!python/name:os.system x", "YAML_TAG"),
        ("A.a: Ya\nA.a: Ya", "YAML_DUPLICATE_KEY"),
        ("A.a: true", "ANSWER_TYPE"),
        ("- A.a", "ANSWER_TYPE"),
        ("A.z: A", "ANSWER_CODE_UNKNOWN"),
        ("", "YAML_EMPTY"),
        ("Ya", "ANSWERS_SHAPE"),
        ("[" * 5000, "YAML_TOO_DEEP"),
    ],
)
def test_yaml_faults(text: str, rule: str) -> None:
    """YAML is read as plainly as rubric files are."""
    assert [entry.rule for entry in _read(text, "a.yaml").findings] == [rule]


def test_faults_are_bounded() -> None:
    """A file of nothing but faults does not flood the screen."""
    found = _read("code,answer\n" + "Z,1\n" * 5000)
    assert len(found.findings) == 1001
    assert found.findings[-1].rule == "ANSWERS_MANY_FAULTS"


def _seconds(data: bytes, name: str = "a.csv") -> tuple[float, list[str]]:
    start = time.perf_counter()
    found = read_file(data, SMALL, name=name)
    return time.perf_counter() - start, [entry.rule for entry in found.findings]


@pytest.mark.parametrize(
    "data",
    [b"\n" * (8 << 20), b"code,answer\n" + b"\n" * 8_000_000, b"\r\n" * (4 << 20)],
)
def test_blank_lines_cost_little(data: bytes) -> None:
    """Eight megabytes of nothing are refused at once."""
    seconds, rules = _seconds(data)
    assert rules == ["ANSWERS_TOO_LARGE"]
    assert seconds < 2


def test_reading_stops_when_all_is_wrong() -> None:
    """Half a million unknown rows are not looked at one by one."""
    for row in (b"Z,1\n", b",1\n", b"A.a,Ya\n"):
        seconds, rules = _seconds(b"code,answer\n" + row * 500_000)
        assert rules[-1] == "ANSWERS_MANY_FAULTS"
        assert seconds < 1


def test_findings_stand_in_the_order_of_the_lines() -> None:
    """Whatever is found only at the end stands where its row is."""
    text = "code,answer\nA.a,X\nZ.z,1\nA.c.part,x\nA.b,Q\nA.e,9999\n"
    lines = [entry.path.rpartition(" ")[2] for entry in _read(text).findings]
    assert lines == ["2", "3", "4", "5", "6"]


def test_too_many_digits_are_named_as_such() -> None:
    """Such a number is a number, only a longer one than the worksheet holds."""
    for value in ("1." + "9" * 13, "9" * 16, "-1," + "0" * 20):
        with pytest.raises(UserError) as caught:
            normalise(SMALL.items["A.e"], value, {})
        assert caught.value.rule == "ANSWER_NOT_A_NUMBER"
        assert "15" in caught.value.message
        assert "12" in caught.value.message


def test_nul_in_a_note_is_named() -> None:
    """It is a text, but holds what no text holds."""
    (found,) = _read('{"A.a": {"answer": "Ya", "note": "\\u0000"}}', "a.json").findings
    assert "NUL" in found.message


def test_the_code_stands_once() -> None:
    """The place is the code already, so the sentence does not begin with it."""
    (found,) = _read('{"A.a": "Z"}', "a.json").findings
    assert found.path == "A.a"
    assert not found.message.startswith("A.a")
    (found,) = _read("code,answer\nA.a,Z\n").findings
    assert found.message.startswith("A.a: ")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("code,answer\nA.a," + "x" * 200_000, "a.csv"), ('code,answer\nA.a,"Ya', "a.csv"),
        ('code,answer\nA.a,"Ya"x', "a.csv"), ("code,answer\nA.a,Ya\rA.b", "a.csv"),
        ('{"A.a": }', "a.json"), ('{"A.a": "x', "a.json"), ("a: b: c", "a.yaml"),
        ("a: [b", "a.yaml"), ("a: {b", "a.yaml"), ("a: 'b", "a.yaml"), ("a: @b", "a.yaml"),
        ('a: "\\q"', "a.yaml"), ("a: !foo b", "a.yaml"), ("a\nb: c", "a.yaml"),
        ("a:\n  - b\n c", "a.yaml"), ('a: "\\ud800"', "a.yaml"),
    ],
)  # fmt: skip
def test_no_sentence_is_a_librarys(text: str, name: str) -> None:
    """What the readers of CSV, JSON and YAML say in English is never shown."""
    for found in _read(text, name).findings:
        foreign = re.search(
            r"field|larger|limit|Expecting|Unterminated|mapping|expected|while|python|token|escape",
            found.message,
        )
        assert foreign is None, found.message


def test_files_from_disk(tmp_path: Path) -> None:
    """A file, a missing one, a folder and an impossible name."""
    path = tmp_path / "jawaban.csv"
    path.write_bytes(write_csv(SMALL, FULL).encode("utf-8-sig"))
    assert read_file(path, SMALL) == AnswersFile(FULL, ())
    for bad in (tmp_path, tmp_path / "none.csv", Path("x\0y"), Path("x" * 5000)):
        assert _faults(read_file(bad, SMALL)) == [("ANSWERS_UNREADABLE", "")]


@settings(max_examples=300)
@given(
    data=st.binary(max_size=200)
    | st.text(st.sampled_from("code,answer;note\nA.abce 'Y\"{}[]:-0123"), max_size=200).map(
        str.encode
    ),
    name=st.sampled_from(["a.csv", "a.json", "a.yaml", "a.txt", ""]),
    head=st.sampled_from([b"", b"code,answer,note\n", b'{"answers": ']),
)
def test_no_bytes_raise(data: bytes, name: str, head: bytes) -> None:
    """Whatever stands in a file, reading it gives drafts or findings."""
    found = read_file(head + data, SMALL, name=name)
    assert all(draft.code in SMALL.items for draft in found.drafts)
    assert all(entry.rule and entry.message for entry in found.findings)
