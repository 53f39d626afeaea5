"""Strict JSON: one meaning, or a finding."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmprb_desktop.errors import UserError
from pmprb_desktop.package import seal, strict_json
from pmprb_desktop.package.strict_json import JsonLimits

REFUSED = {
    "bom": (b'\xef\xbb\xbf{"a":1}', "JSON_BOM"),
    "latin-1": (b'{"a":"\xe9"}', "JSON_ENCODING"),
    "utf-16": ('{"a":1}'.encode("utf-16"), "JSON_ENCODING"),
    "overlong": (b'{"a":"\xc0\xaf"}', "JSON_ENCODING"),
    "raw surrogate": (b'{"a":"\xed\xa0\x80"}', "JSON_ENCODING"),
    "empty": (b"", "JSON_SYNTAX"),
    "cut short": (b'{"a":', "JSON_SYNTAX"),
    "two documents": (b"{}{}", "JSON_SYNTAX"),
    "comment": (b"{} // x", "JSON_SYNTAX"),
    "single quotes": (b"{'a':1}", "JSON_SYNTAX"),
    "trailing comma": (b"[1,]", "JSON_SYNTAX"),
    "raw line end": (b'["a\nb"]', "JSON_SYNTAX"),
    "form feed": (b"\x0c[]", "JSON_SYNTAX"),
    "leading zero": (b"[01]", "JSON_SYNTAX"),
    "duplicate key": (b'{"a":1,"a":1}', "JSON_DUPLICATE_KEY"),
    "duplicate key inside": (b'[{"x":{"a":1,"b":2,"a":3}}]', "JSON_DUPLICATE_KEY"),
    "escaped duplicate key": (b'{"a":1,"\\u0061":1}', "JSON_DUPLICATE_KEY"),
    "nan": (b"[NaN]", "JSON_NUMBER"),
    "infinity": (b"[Infinity]", "JSON_NUMBER"),
    "minus infinity": (b"[-Infinity]", "JSON_NUMBER"),
    "1e400": (b"[1e400]", "JSON_NUMBER"),
    "-1e400": (b"[-1e400]", "JSON_NUMBER"),
    "long integer": (b"[" + b"9" * 30 + b"]", "JSON_NUMBER"),
    "very long integer": (b"[" + b"9" * 5000 + b"]", "JSON_NUMBER"),
    "lone surrogate": (b'["\\ud800"]', "JSON_SURROGATE"),
    "surrogates reversed": (b'["\\udc00\\ud800"]', "JSON_SURROGATE"),
    "surrogate in a key": (b'{"\\udfff":1}', "JSON_SURROGATE"),
    "nul": (b'["a\\u0000"]', "JSON_NUL"),
    "decomposed": ('["e\u0301"]'.encode(), "JSON_NOT_NFC"),
    "decomposed by escape": (b'["e\\u0301"]', "JSON_NOT_NFC"),
    "decomposed key": ('{"e\u0301":1}'.encode(), "JSON_NOT_NFC"),
    "compatibility jamo": ('["\u1100\u1161"]'.encode(), "JSON_NOT_NFC"),
    "deep": (b"[" * 17 + b"]" * 17, "JSON_DEEP"),
    "very deep": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "JSON_DEEP"),
    "deep and cut": (b"[" * 200_000, "JSON_DEEP"),
    "deep behind brackets in text": (
        b'["' + b"]" * 40 + b'"' + b",[" * 17 + b"]" * 18,
        "JSON_DEEP",
    ),
    "many tokens": (b"[" + b"0," * 1_000_001 + b"0]", "JSON_TOO_LARGE"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_ambiguous_json_is_refused(case: str) -> None:
    """Each ambiguity is refused under its rule."""
    data, rule = REFUSED[case]
    value, findings = strict_json.read(data, "x.json")
    assert value is None
    assert [finding.rule for finding in findings] == [rule]
    with pytest.raises(UserError) as caught:
        strict_json.loads(data)
    assert caught.value.rule == rule


def test_size_is_limited() -> None:
    """A document larger than the limit is not looked at."""
    findings = strict_json.read(b'["abc"]', limits=JsonLimits(size=6))[1]
    assert [finding.rule for finding in findings] == ["JSON_TOO_LARGE"]


def test_depth_limit_is_exact() -> None:
    """Sixteen levels pass, whatever brackets stand in texts."""
    data = b'[{"a":"]]]]}}}}[[[[{{{{\\"[","b":' + b"[" * 14 + b"]" * 14 + b"}]"
    assert strict_json.read(data)[1] == ()
    assert strict_json.read(b"[" + data + b"]")[1][0].rule == "JSON_DEEP"


def test_unended_texts_cost_one_pass() -> None:
    """A text that never ends is not looked at again and again."""
    start = time.process_time()
    for data in (b"[" * 20 + b'"\\' * 2_000_000, b"[" * 20 + b'"' * 3_000_001):
        assert strict_json.read(data)[1]
    assert time.process_time() - start < 4


def test_astral_characters_pass() -> None:
    """Characters beyond the first plane pass, raw and as pairs of escapes."""
    assert strict_json.loads('["\U0001f4ce", "\\ud83d\\udcce"]'.encode()) == ["\U0001f4ce"] * 2


HIDDEN = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters=HIDDEN)
    | st.sampled_from("\n\t\u2028")
)


@pytest.mark.parametrize("member", ["name", "note"])
@pytest.mark.parametrize("escaped", [False, True])
def test_control_characters_are_refused(member: str, *, escaped: bool) -> None:
    """Whatever steers a screen is no text, written as such or as an escape."""
    for number in (*range(1, 32), *range(0x7F, 0xA0)):
        if chr(number) in "\n\t" or (number < 32 and not escaped):
            continue
        data = json.dumps({member: f"x{chr(number)}y"}, ensure_ascii=escaped).encode()
        findings = strict_json.read(data)[1]
        assert [finding.rule for finding in findings] == ["JSON_CONTROL"], number
        assert f"U+{number:04X}" in findings[0].message


@pytest.mark.parametrize("escaped", [False, True])
def test_only_notes_may_turn_the_reading_direction(*, escaped: bool) -> None:
    """A name that reads backwards looks like another; in a long text it is what people typed."""
    for char in HIDDEN:
        for value in ({"unit": {"name": char}}, {"label": [char]}, {char: 1}, [char]):
            data = json.dumps(value, ensure_ascii=escaped).encode()
            assert [one.rule for one in strict_json.read(data)[1]] == ["JSON_CONTROL"]
        for member in ("note", "reason"):
            data = json.dumps([{member: f"é{char}"}], ensure_ascii=escaped).encode()
            assert strict_json.read(data)[1] == ()
    assert strict_json.read(json.dumps({"name": "a\n\tb \u200f"}).encode())[1] == ()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner),
    max_leaves=12,
)


@settings(max_examples=100, deadline=None)
@given(value=st.dictionaries(st.text(alphabet="abc"), json_values))
def test_what_is_written_is_read(value: dict[str, object]) -> None:
    """Documents that the program writes are strict JSON and mean the same."""
    data = seal.json_bytes(value)
    assert strict_json.loads(data, limits=JsonLimits(depth=64)) == json.loads(data)


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=60) | st.text('[]{}",:\\u0de1e.-', max_size=40).map(str.encode))
def test_any_bytes_give_a_value_or_a_finding(data: bytes) -> None:
    """Whatever comes: a value that Python's reader agrees on, or one finding."""
    value, findings = strict_json.read(data)
    if not findings:
        assert value == json.loads(data)
