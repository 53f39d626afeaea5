"""Mistaken and hostile rubric files: each fault is named with its place, nothing is raised."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmprb_desktop import reasons
from pmprb_desktop import rubric as rubric_package
from pmprb_desktop.rubric import loader
from pmprb_desktop.rubric.loader import check

GOOD = """\
format: pmprb-rubric/1
id: uji
edition: '3'
title: Instrumen uji
short_title: Uji
regulation: Aturan uji
for_level: unit
weight: '100'
blank_policy: zero
reconstruction: false
provenance: Dibuat untuk pengujian
confidence: high
terminology:
  pemda: {kepala: kepala daerah}
  kl: {kepala: menteri}
areas: ['1', '2']
predicates:
  - {name: A, above: '80'}
  - {name: B, above: '60'}
  - {name: C}
pass_marks:
  - name: Lulus
    marks:
      - {minimum: '75'}
      - {area: '1', share: '0.6'}
      - {node: P, minimum: '40'}
checks:
  - {id: urut, item: P.b, not_better_than: P.a, message: Terlalu baik}
nodes:
  - code: P
    title: Pengungkit
    level: area
    weight: '60'
    area: '1'
    items:
      - code: P.a
        kind: choice
        text: Ada tim yang ditetapkan {kepala}
        options:
          - {key: Ya, score: '1', text: Sudah}
          - {key: Tidak, score: '0', text: Belum}
      - code: P.b
        kind: choice
        text: Tim bekerja
        gate: {kind: zero_when, item: P.a, answers: [Tidak]}
        options:
          - {key: A, score: '1', text: Semua}
          - {key: B, score: '0.5', text: Sebagian}
          - {key: C, score: '0', text: Belum}
      - code: P.c
        kind: choice
        text: Hasil kerja dipakai
        gate: {kind: multiply, item: P.b}
        options:
          - {key: A, score: '1', text: Semua}
          - {key: C, score: '0', text: Belum}
    children:
      - code: P.k
        title: Kelompok
        level: group
        items:
          - code: P.k.a
            kind: ratio
            text: Bagian yang selesai
            inputs:
              - {name: selesai, label: Selesai}
              - {name: semua, label: Semua}
            numerator: [selesai]
            denominator: [semua]
          - code: P.k.b
            kind: count
            text: Jumlah kegiatan
            inputs: [{name: kegiatan, label: Kegiatan}]
  - code: H
    title: Hasil
    level: component
    weight: '40'
    children:
      - code: H.1
        title: Survei
        level: subarea
        weight: '40'
        area: '2'
        items:
          - code: H.1.a
            kind: index
            text: Nilai survei
            maximum: '4'
            weight: '15'
          - code: H.1.b
            kind: lookup
            text: Opini
            weight: '15'
            options:
              - {key: WTP, points: '3', text: Wajar}
              - {key: TW, points: '0', text: Tidak wajar}
          - code: H.1.c
            kind: decline
            text: Pelanggaran turun
            weight: '10'
            inputs:
              - {name: lalu, label: Tahun lalu}
              - {name: ini, label: Tahun ini}
            last: [lalu]
            this: [ini]
"""

ITEM_B = "        gate: {kind: zero_when, item: P.a, answers: [Tidak]}\n"

GROUP = "        level: group\n"
EMPTY_CHILD = "        children: [{code: P.k.x, title: X, level: area, weight: '1'}]\n"
SECOND_CHECK = "  - {id: urut, item: P.c, not_better_than: P, message: X}\n"

OMITTED = "omitted: [{{code: {}, title: X, note: Y}}]\n"

# What is replaced by what, the rule that must be found, and a part of its place.
MISTAKES: list[tuple[str, str, str, str]] = [
    # YAML itself
    ("kind: ratio", "kind: &x ratio", "YAML_ALIAS", "line"),
    ("kind: ratio", "kind: *x", "YAML_ALIAS", "line"),
    ("level: area", "<<: *base", "YAML_ALIAS", "line"),
    ("text: Tim bekerja", "text: !!python/object:os.system x", "YAML_TAG", "line"),
    ("text: Tim bekerja", "text: !mine x", "YAML_TAG", "line"),
    ("weight: '60'", "weight: !!float 60", "YAML_TAG", "line"),
    ("level: area", "level: area\n    level: area", "YAML_DUPLICATE_KEY", "line 33"),
    ("id: uji", "id: uji\nid: uji", "YAML_DUPLICATE_KEY", "line 3"),
    ("level: area", "? [level]\n    : area", "YAML_KEY", "line 32"),
    ("level: area", "level: [area", "YAML_SYNTAX", "line"),
    ("level: area", "level: \tarea\n\tx: y", "YAML_SYNTAX", "line"),
    ("level: area", "level: '\x00'", "YAML_SYNTAX", ""),
    ("weight: '100'", "weight: '100'\n---\nx: y", "YAML_DOCUMENTS", ""),
    # Types and keys
    ("format: pmprb-rubric/1", "format: pmprb-rubric/2", "SCHEMA_TYPE", "format (line 1)"),
    ("title: Instrumen uji", "title: ''", "SCHEMA_TYPE", "title (line 4)"),
    ("title: Instrumen uji", "title:", "SCHEMA_TYPE", "title (line 4)"),
    ("title: Instrumen uji", "title: true", "SCHEMA_TYPE", "title (line 4)"),
    ("title: Instrumen uji", "title: [x]", "SCHEMA_TYPE", "title (line 4)"),
    ("title: Instrumen uji", "title: " + "x" * 301, "SCHEMA_TYPE", "title (line 4)"),
    ("id: uji\n", "id: Uji Coba\n", "SCHEMA_TYPE", "id (line 2)"),
    ("edition: '3'", "edition: '0'", "SCHEMA_TYPE", "edition (line 3)"),
    ("edition: '3'", "edition: ٣", "SCHEMA_TYPE", "edition (line 3)"),
    ("edition: '3'", "edition: " + "9" * 5000, "SCHEMA_TYPE", "edition (line 3)"),
    ("for_level: unit", "for_level: pusat", "SCHEMA_TYPE", "for_level (line 7)"),
    ("blank_policy: zero", "blank_policy: maybe", "SCHEMA_TYPE", "blank_policy (line 9)"),
    ("reconstruction: false", "reconstruction: perhaps", "SCHEMA_TYPE", "reconstruction"),
    ("weight: '60'", "weight: 6e1", "SCHEMA_TYPE", "P nodes[0]/weight (line 33)"),
    ("weight: '60'", "weight: .inf", "SCHEMA_TYPE", "P nodes[0]/weight"),
    ("weight: '60'", "weight: 60/0", "SCHEMA_TYPE", "P nodes[0]/weight"),
    ("weight: '60'", "weight: " + "6" * 5000, "SCHEMA_TYPE", "P nodes[0]/weight"),
    ("weight: '60'", "weight: ٦٠", "SCHEMA_TYPE", "P nodes[0]/weight"),
    ("weight: '60'", "weight: {a: b}", "SCHEMA_TYPE", "P nodes[0]/weight"),
    ("level: area", "level: branch", "SCHEMA_TYPE", "P nodes[0]/level (line 32)"),
    ("level: area", "nevel: area", "SCHEMA_UNKNOWN_KEY", "P nodes[0]/nevel (line 32)"),
    ("level: area", "nevel: area", "SCHEMA_MISSING_KEY", "P nodes[0]/level (line 30)"),
    ("{minimum: '75'}", "{minimum: '75', colour: red}", "SCHEMA_UNKNOWN_KEY", "pass_marks[0]"),
    ("code: P.b", "kode: P.b", "SCHEMA_MISSING_KEY", "P nodes[0]/items[1]/code"),
    ("code: P.b", "code: P b", "SCHEMA_TYPE", "nodes[0]/items[1]/code"),
    ("code: P.b", "code: " + "P" * 41, "SCHEMA_TYPE", "nodes[0]/items[1]/code"),
    ("code: P.b\n        kind: choice", "code: P.b", "ITEM_KIND_UNKNOWN", "P.b nodes[0]/items[1]"),
    ("kind: index", "kind: essay", "ITEM_KIND_UNKNOWN", "H.1.a"),
    ("kind: multiply", "kind: divide", "ITEM_KIND_UNKNOWN", "P.c nodes[0]/items[2]/gate"),
    ("answers: [Tidak]", "answers: []", "SCHEMA_TYPE", "P.b nodes[0]/items[1]/gate/answers"),
    ("{key: B, score: '0.5', text", "{key: B, text", "OPTION_WITHOUT_SCORE", "P.b nodes[0]/items"),
    ("{key: TW, points: '0', text", "{key: TW, text", "OPTION_WITHOUT_SCORE", "H.1.b"),
    ("{key: B, score", "{key: '', score", "SCHEMA_TYPE", "P.b nodes[0]/items[1]/options[1]/key"),
    ("numerator: [selesai]", "numerator: []", "SCHEMA_TYPE", "P.k.a"),
    ("numerator: [selesai]", "numerator: selesai", "SCHEMA_TYPE", "P.k.a"),
    ("{name: selesai, label", "{name: Jumlah Selesai, label", "SCHEMA_TYPE", "P.k.a"),
    ("nodes:\n", "nodes: []\nmore:\n", "SCHEMA_TYPE", "nodes"),
    # Sense
    ("code: P.b", "code: p.A", "CODE_DUPLICATE", "p.A"),
    ("code: P.k\n", "code: P.c\n", "CODE_DUPLICATE", "P.c"),
    ("weight: '60'", "weight: '61'", "WEIGHT_SUM", "weight"),
    ("weight: '100'", "weight: '99'", "WEIGHT_SUM", "weight"),
    ("    weight: '40'\n    children", "    weight: '39'\n    children", "WEIGHT_SUM", "H"),
    ("weight: '10'", "weight: '9.99'", "WEIGHT_SUM", "H.1"),
    ("text: Tim bekerja", "text: Tim bekerja\n        weight: '60'", "WEIGHT_SUM", "P"),
    ("    weight: '60'\n", "", "WEIGHT_MISSING", "P"),
    ("level: area\n    weight: '60'", "level: group", "WEIGHT_MISSING", "P"),
    ("weight: '60'", "weight: '-60'", "WEIGHT_RANGE", "P"),
    ("weight: '10'", "weight: '0'", "WEIGHT_RANGE", "H.1.c"),
    ("text: Jumlah kegiatan", "text: Jumlah\n            weight: '1'", "WEIGHT_COUNT", "P.k.b"),
    ("text: Bagian yang", "weight: '1'\n            text: Bagian yang", "WEIGHT_IN_GROUP", "P.k"),
    (GROUP, GROUP + EMPTY_CHILD, "NODE_EMPTY", "P.k.x"),
    (GROUP, GROUP + EMPTY_CHILD, "GROUP_CHILD", "P.k"),
    ("level: group", "level: subarea", "NODE_MIXED", "P"),
    ("code: H.1.b", "code: P.a", "CODE_DUPLICATE", "P.a"),
    ("maximum: '4'", "maximum: '0'", "SCALE_RANGE", "H.1.a"),
    ("maximum: '4'", "minimum: '5'\n            maximum: '4'", "SCALE_RANGE", "H.1.a"),
    ("maximum: '4'", "minimum: '-1'\n            maximum: '4'", "SCALE_RANGE", "H.1.a"),
    ("{name: semua, label", "{name: selesai, label", "INPUT_DUPLICATE", "P.k.a"),
    ("last: [lalu]", "last: [lalu, lalu]", "INPUT_DUPLICATE", "H.1.c"),
    ("denominator: [semua]", "denominator: [seluruh]", "INPUT_UNKNOWN", "P.k.a"),
    ("this: [ini]", "this: [itu]", "INPUT_UNKNOWN", "H.1.c"),
    ("code: P.k.b", "code: P.k.a.semua", "INPUT_CODE", "P.k.a"),
    ("kind: ratio", "kind: ratio\n            zero_denominator: '2'", "ZERO_DENOMINATOR", "P.k.a"),
    ("{key: B, score", "{key: a, score", "OPTION_DUPLICATE", "P.b"),
    ("text: Sebagian}", "text: Sebagian, aliases: [c]}", "OPTION_DUPLICATE", "P.b"),
    ("{key: B, score: '0.5'", "{key: B, score: '1.5'", "OPTION_SCORE", "P.b"),
    ("{key: B, score: '0.5'", "{key: B, score: '-0.5'", "OPTION_SCORE", "P.b"),
    ("points: '0'", "points: '-1'", "OPTION_SCORE", "H.1.b"),
    ("{key: Ya, score: '1'", "{key: Ya, score: '0.9'", "OPTION_BEST", "P.a"),
    ("points: '3'", "points: '0'", "OPTION_BEST", "H.1.b"),
    ("points: '0'", "points: '1'", "OPTION_WORST", "H.1.b"),
    ("{key: Tidak, score: '0'", "{key: Tidak, score: '0.1'", "OPTION_WORST", "P.a"),
    ("areas: ['1', '2']", "areas: ['1', '2', '2']", "AREA_DUPLICATE", "areas"),
    ("area: '2'", "area: '9'", "AREA_UNKNOWN", "H.1"),
    ("level: component", "level: component\n    area: '2'", "AREA_NESTED", "H.1"),
    ("item: P.b}", "item: P.z}", "GATE_UNKNOWN", "P.c"),
    ("item: P.b}", "item: P.k}", "GATE_UNKNOWN", "P.c"),
    ("item: P.b}", "item: P.k.b}", "GATE_TARGET", "P.c"),
    ("answers: [Tidak]", "answers: [Belum]", "GATE_ANSWER", "P.b"),
    ("item: P.a, answers: [Tidak]", "item: H.1.a, answers: [Tidak]", "GATE_ANSWER", "P.b"),
    ("answers: [Tidak]", "answers: [Ya]", "GATE_BEST", "P.b"),
    ("item: P.a, answers: [Tidak]", "item: H.1.b, answers: [WTP]", "GATE_BEST", "P.b"),
    (ITEM_B, "        gate: {kind: multiply, item: P.b}\n", "GATE_LOOP", "P.b"),
    (ITEM_B, "        gate: {kind: multiply, item: P.c}\n", "GATE_LOOP", "P.c"),
    ("not_better_than: P.a", "not_better_than: P.z", "CHECK_UNKNOWN", "urut"),
    ("item: P.b, not_better", "item: P, not_better", "CHECK_UNKNOWN", "urut"),
    ("nodes:\n", SECOND_CHECK + "nodes:\n", "CHECK_DUPLICATE", "urut"),
    ("{node: P, minimum: '40'}", "{node: Z, minimum: '40'}", "MARK_INVALID", "pass_marks/Lulus"),
    ("{node: P, minimum: '40'}", "{node: P.k, minimum: '40'}", "MARK_INVALID", "Lulus"),
    ("{node: P, minimum: '40'}", "{node: P.a, minimum: '1'}", "MARK_INVALID", "Lulus"),
    ("{node: P, minimum: '40'}", "{node: P}", "MARK_INVALID", "Lulus"),
    ("{node: P, minimum: '40'}", "{node: P, area: '1', share: '1'}", "MARK_INVALID", "Lulus"),
    ("{area: '1', share: '0.6'}", "{area: '3', share: '0.6'}", "MARK_INVALID", "Lulus"),
    ("{minimum: '75'}", "{minimum: '75', share: '0.75'}", "MARK_INVALID", "Lulus"),
    ("{minimum: '75'}", "{minimum: '500'}", "MARK_RANGE", "pass_marks/Lulus"),
    ("{minimum: '75'}", "{minimum: '-1'}", "MARK_RANGE", "pass_marks/Lulus"),
    ("{minimum: '75'}", "{share: '2'}", "MARK_RANGE", "pass_marks/Lulus"),
    ("{area: '1', share: '0.6'}", "{area: '1', share: '0'}", "MARK_RANGE", "pass_marks/Lulus"),
    ("{area: '1', share: '0.6'}", "{area: '1', minimum: '61'}", "MARK_RANGE", "Lulus"),
    ("{node: P, minimum: '40'}", "{node: P, minimum: '60.1'}", "MARK_RANGE", "Lulus"),
    ("{node: P, minimum: '40'}", "{node: H.1.a, minimum: '16'}", "MARK_RANGE", "Lulus"),
    ("above: '80'", "above: '120'", "PREDICATE_RANGE", "predicates"),
    ("above: '60'", "above: '-1'", "PREDICATE_RANGE", "predicates"),
    ("{name: C}", "{name: a}", "PREDICATE_DUPLICATE", "predicates"),
    ("not_better_than: P.a", "not_better_than: P.b", "CHECK_SELF", "urut"),
    ("not_better_than: P.a", "not_better_than: P.k.b", "CHECK_COUNT", "urut"),
    ("item: P.b, not_better", "item: P.k.b, not_better", "CHECK_COUNT", "urut"),
    ("nodes:\n", OMITTED.format("h.1") + "nodes:\n", "OMITTED_KNOWN", "h.1"),
    ("nodes:\n", OMITTED.format("P.a") + "nodes:\n", "OMITTED_KNOWN", "P.a"),
    ("title: Instrumen uji", 'title: "Uji\\e[31m"', "TEXT_CONTROL", "title (line 4)"),
    ("text: Tim bekerja", 'text: "Tim\\0"', "TEXT_CONTROL", "P.b nodes[0]/items[1]/text"),
    ("text: Tim bekerja", 'text: "Tim\\r"', "TEXT_CONTROL", "P.b nodes[0]/items[1]/text"),
    ("text: Tim bekerja", 'text: "Tim\\x9b"', "TEXT_CONTROL", "P.b nodes[0]/items[1]/text"),
    ("text: Tim bekerja", "text: Tim \u202ebekerja", "TEXT_CONTROL", "P.b nodes[0]/items[1]"),
    ("text: Tim bekerja", "text: Tim \u2066bekerja", "TEXT_CONTROL", "P.b nodes[0]/items[1]"),
    ("name: Lulus", 'name: "Lulus\\a"', "TEXT_CONTROL", "pass_marks[0]/name"),
    ("kepala: menteri", 'kepala: "\\e]0;x"', "TEXT_CONTROL", "terminology/kl/kepala"),
    ("level: area", '"\\e[0m": area', "TEXT_CONTROL", "P nodes[0] (line 30)"),
    ("weight: '100'", "weight: '50'", "PREDICATE_WEIGHT", "predicates"),
    ("above: '60'", "above: '80'", "PREDICATE_ORDER", "predicates"),
    ("{name: C}", "{name: C, above: '0'}", "PREDICATE_ORDER", "predicates"),
    ("{name: B, above: '60'}", "{name: B}", "PREDICATE_ORDER", "predicates"),
    ("  kl: {kepala: menteri}\n", "", "TERM_INCOMPLETE", "terminology"),
    ("kl: {kepala: menteri}", "kl: {ketua: menteri}", "TERM_INCOMPLETE", "terminology"),
    ("text: Tim bekerja", "text: Tim {ketua}", "TERM_UNKNOWN", "P.b"),
    ("message: Terlalu baik", "message: 'Ada {ketua}'", "TERM_UNKNOWN", "urut"),
]  # fmt: skip


def test_the_good_file_is_good() -> None:
    """The text that the cases below change has no fault."""
    found = check(GOOD.encode())
    assert found.findings == ()
    assert found.rubric is not None
    assert found.rubric.edition == "uji@3"
    assert check(b"\xef\xbb\xbf" + GOOD.encode()).findings == ()
    assert check(GOOD.replace("\n", "\r\n").encode()).findings == ()


@pytest.mark.parametrize(("old", "new", "rule", "place"), MISTAKES)
def test_mistakes_are_named_with_their_place(old: str, new: str, rule: str, place: str) -> None:
    """One change in the good file, one fault by name at the right place."""
    assert old in GOOD
    found = check(GOOD.replace(old, new, 1).encode())
    assert found.rubric is None
    assert all(entry.message and entry.severity == "error" for entry in found.findings)
    places = [entry.path for entry in found.findings if entry.rule == rule]
    assert places, [entry.rule for entry in found.findings]
    assert any(_at(place, path) for path in places), places


def _at(place: str, path: str) -> bool:
    # English or Indonesian, the number of a line is the same.
    return place.replace("line", "").strip(" )") in re.sub("line|baris", "", path)


def test_line_ends_and_tabs_are_text() -> None:
    """What people write over several lines stays allowed."""
    text = GOOD.replace("text: Tim bekerja", 'text: "Tim\\n\\tbekerja \u200f\u00e9"')
    assert check(text.encode()).findings == ()


def test_a_gate_names_the_kinds_of_gates() -> None:
    """Not those of items."""
    found = check(GOOD.replace("kind: multiply", "kind: divide", 1).encode())
    (entry,) = found.findings
    assert "multiply, zero_when" in entry.message
    assert "choice" not in entry.message


def test_one_bad_option_is_one_fault() -> None:
    """The list of options does not seem too short because of it; a short one still is."""
    bad = GOOD.replace("{key: Tidak, score: '0', text: Belum}", "{key: Tidak, text: Belum}", 1)
    assert [entry.rule for entry in check(bad.encode()).findings] == ["OPTION_WITHOUT_SCORE"]
    short = GOOD.replace("          - {key: Tidak, score: '0', text: Belum}\n", "", 1)
    assert [entry.rule for entry in check(short.encode()).findings] == ["SCHEMA_TYPE"]


_FOREIGN = re.compile(
    r"Input|should|valid|String|Tuple|NoneType|dict\b|Extra|Value|expected|found|python", re.ASCII
)


@pytest.mark.parametrize(("old", "new", "rule", "place"), MISTAKES)
def test_no_sentence_is_a_librarys(old: str, new: str, rule: str, place: str) -> None:
    """What pydantic and the YAML reader say in English never stands in a sentence."""
    for entry in check(GOOD.replace(old, new, 1).encode()).findings:
        assert not _FOREIGN.search(entry.message.partition("(")[2] or entry.message), entry
        assert "\x1b" not in entry.message + entry.path


def test_every_pydantic_fault_has_words() -> None:
    """Known names of faults get a sentence of their own, unknown ones a general one."""
    known: dict[str, dict[str, object]] = {
        "string_type": {}, "int_type": {}, "int_parsing": {}, "bool_type": {}, "bool_parsing": {},
        "string_pattern_mismatch": {"pattern": "x"}, "string_too_short": {"min_length": 1},
        "string_too_long": {"max_length": 7}, "too_short": {"min_length": 2},
        "too_long": {"max_length": 12}, "greater_than_equal": {"ge": 1},
        "less_than_equal": {"le": 9}, "literal_error": {"expected": "'a' or 'b'"},
        "list_type": {}, "tuple_type": {}, "dict_type": {}, "model_type": {},
        "value_error": {"error": ValueError("x")},
    }  # fmt: skip
    general = reasons.of_schema("never_heard_of")
    for kind, context in known.items():
        assert reasons.of_schema(kind, context) != general
    assert reasons.of_schema("too_short") == general
    assert "'a', 'b'" in reasons.of_schema("literal_error", known["literal_error"])


def test_a_node_of_records_only() -> None:
    """A weight needs something that is scored."""
    start = GOOD.index("        items:\n          - code: H.1.a")
    count = "        items: [{code: H.1.a, kind: count, text: X, inputs: [{name: x, label: X}]}]\n"
    found = check((GOOD[:start] + count).encode())
    assert [(entry.rule, entry.path) for entry in found.findings] == [("NODE_UNSCORED", "H.1")]


def _chain(length: int) -> str:
    items = "".join(
        f"      - {{code: P.z{n}, kind: choice, text: X, gate: {{kind: multiply, item: "
        f"{f'P.z{n - 1}' if n else 'P.c'}}}, options: [{{key: A, score: '1', text: A}}, "
        "{key: B, score: '0', text: B}]}\n"
        for n in range(length)
    )
    mark = "    children:\n      - code: P.k"
    return GOOD.replace(mark, items + mark, 1)


def test_gates_may_rest_on_each_other_for_a_while() -> None:
    """A long chain of gates is refused before anything follows it."""
    assert check(_chain(18).encode()).findings == ()
    assert [e.rule for e in check(_chain(20).encode()).findings] == ["GATE_CHAIN"] * 2
    found = check(_chain(6000).encode())
    assert {entry.rule for entry in found.findings} == {"GATE_CHAIN"}
    assert len(found.findings) == loader.MOST_FINDINGS


def test_every_fault_is_listed() -> None:
    """Several mistakes in one file are all found at once."""
    text = GOOD.replace("area: '2'", "area: '9'").replace("maximum: '4'", "maximum: '0'")
    text = text.replace("item: P.b}", "item: P.z}")
    rules = {entry.rule for entry in check(text.encode()).findings}
    assert rules == {"AREA_UNKNOWN", "SCALE_RANGE", "GATE_UNKNOWN"}


BOMB = "a: &a [x]\n" + "".join(f"b{n}: &b{n} [*a, *a, *a, *a, *a]\n" for n in range(20))
DEEP_NODES = GOOD[: GOOD.index("nodes:\n")] + "nodes: [" + (
    "{code: N, title: N, level: area, weight: '100', children: [" * 60
)  # fmt: skip


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "YAML_EMPTY"),
        (b"\n# only a comment\n", "YAML_EMPTY"),
        (b"just a word", "SCHEMA_TYPE"),
        (b"- a list", "SCHEMA_TYPE"),
        (b"{}", "SCHEMA_MISSING_KEY"),
        (b"\xff\xfe\x00", "YAML_ENCODING"),
        (GOOD.encode("utf-16"), "YAML_ENCODING"),
        (GOOD.encode() + b"\xc3", "YAML_ENCODING"),
        (BOMB.encode(), "YAML_ALIAS"),
        (b"[" * 1_000_000, "YAML_TOO_DEEP"),
        (b"{a: " * 1_000_000, "YAML_TOO_DEEP"),
        (b"- " * 1_000_000, "YAML_TOO_DEEP"),
        (DEEP_NODES.encode(), "YAML_TOO_DEEP"),
        (b"x" * (10 * 1024 * 1024), "YAML_TOO_LARGE"),
        (b"- a\n" * 500_000, "YAML_TOO_LARGE"),
        (b"a: 'unfinished", "YAML_SYNTAX"),
        (b"a: b: c", "YAML_SYNTAX"),
        (b"%TAG ! tag:x,2026:\n--- !y z", "YAML_TAG"),
        (b'a: "\\ud800"', "YAML_SYNTAX"),
        (b"\x00", "YAML_SYNTAX"),
    ],
)
def test_hostile_files(data: bytes, rule: str) -> None:
    """Bombs, depth, size and broken bytes end in one finding, and soon."""
    start = time.perf_counter()
    found = check(data)
    assert time.perf_counter() - start < 5
    assert {entry.rule for entry in found.findings} == {rule}
    assert found.rubric is None


def test_many_faults_are_bounded() -> None:
    """A file of nothing but faults is listed up to a bound."""
    found = check(("checks:\n" + "- {x: y}\n" * 50_000).encode())
    assert len(found.findings) == loader.MOST_FINDINGS


def test_many_checks_take_no_square_of_time() -> None:
    """Thousands of entries are looked at once each."""
    start = GOOD.index("nodes:\n")
    more = "".join(
        f"  - {{id: c{n}, item: P.b, not_better_than: P.a, message: X}}\n" for n in range(20_000)
    )
    before = time.perf_counter()
    assert check((GOOD[:start] + more + GOOD[start:]).encode()).findings == ()
    assert time.perf_counter() - before < 5


def _rules_in_code() -> set[str]:
    folder = Path(rubric_package.__file__).parent
    text = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    rules = set(re.findall(r'"([A-Z]+_[A-Z_]+)"', text))
    return {rule for rule in rules if not rule.startswith("RUBRIC_")}


def test_every_rule_has_a_case() -> None:
    """No rule of the checker is without a file that breaks it."""
    cases = {rule for _old, _new, rule, _place in MISTAKES} | {
        "NODE_UNSCORED",
        "GATE_CHAIN",
        "YAML_EMPTY",
        "YAML_TOO_DEEP",
        "YAML_TOO_LARGE",
        "YAML_ENCODING",
    }
    assert _rules_in_code() - cases == set()
    assert len(MISTAKES) >= 60


_LINES = GOOD.splitlines(keepends=True)


@st.composite
def _mutated(draw: st.DrawFn) -> bytes:
    lines = list(_LINES)
    for _turn in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        match draw(st.integers(0, 4)):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, draw(st.sampled_from(_LINES)))
            case 2:
                lines[at] = " " * draw(st.integers(0, 6)) + lines[at].lstrip()
            case 3:
                key, colon, _value = lines[at].partition(":")
                lines[at] = f"{key}{colon} {draw(_VALUES)}\n"
            case _:
                cut = draw(st.integers(0, len(lines[at])))
                lines[at] = lines[at][:cut] + draw(st.text(max_size=3)) + lines[at][cut:]
    return "".join(lines).encode(errors="replace")


_VALUES = st.sampled_from(
    ["", "null", "true", "[]", "{}", "-1", "1/0", "'\\'", "0x10", "[[]]", "{a: {b: c}}", "P.a", "|"]
) | st.text(max_size=5)


@settings(max_examples=300, deadline=None)
@given(data=_mutated())
def test_no_mutation_raises(data: bytes) -> None:
    """A changed file gives an edition or findings, never an exception."""
    found = check(data)
    assert (found.rubric is None) == bool(found.findings)


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=100))
def test_no_bytes_raise(data: bytes) -> None:
    """Bytes that are no rubric give findings, never an exception."""
    assert check(data).findings
