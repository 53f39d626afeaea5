"""What is pointed out before sealing: errors, warnings and things to know."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmprb_desktop.checks import CheckFinding, EvidenceFacts, check
from pmprb_desktop.rubric import loader
from pmprb_desktop.rubric.model import Rubric
from pmprb_desktop.scoring import Answer, score
from tests import rubric_kit as kit

SHA = "a" * 64
FILE = EvidenceFacts("1", SHA, "SK tim.pdf", False, 1000)
LINK = EvidenceFacts("2", None, "laman", True, 0)
YES, NO = Answer("Ya"), Answer("Tidak")
EXEMPT = Answer(not_applicable=True)

SMALL = kit.rubric(
    kit.node(
        "A",
        "10",
        kit.choice("A.a", "YT"),
        kit.choice("A.b", "ABC", not_applicable=True),
        kit.ratio("A.c", required=False),
        kit.index("A.d", "4", gate={"kind": "zero_when", "item": "A.a", "answers": ["Tidak"]}),
    ),
    checks=[
        {"id": "item", "item": "A.b", "not_better_than": "A.d", "message": "B di atas D"},
        {"id": "node", "item": "A.b", "not_better_than": "A", "message": "B di atas rata-rata"},
    ],
)
DONE: Mapping[str, Answer] = {
    "A.a": YES,
    "A.b": Answer("B"),
    "A.c": Answer(inputs={"part": "1", "whole": "2"}),
    "A.d": Answer("3"),
}
PROOF: Mapping[str, Sequence[EvidenceFacts]] = {"A.a": [FILE]}


def _check(
    answers: Mapping[str, Answer] | None = None, rubric: Rubric = SMALL, **more: Any
) -> tuple[CheckFinding, ...]:
    facts: dict[str, Any] = {"notes": {}, "reasons": {}, "evidence": PROOF, "damaged": (), **more}
    return check(rubric, {**DONE, **(answers or {})}, **facts)


def _rules(found: Sequence[CheckFinding]) -> list[tuple[str, str, str]]:
    return [(entry.code, entry.item, entry.severity) for entry in found]


def test_a_good_assessment_is_silent() -> None:
    """Nothing is said where there is nothing to say."""
    assert _check() == ()
    assert _check(score=score(SMALL, DONE)) == ()


BLANK_CODES = ("A.a", "A.b", "A.d")


def test_required_blanks() -> None:
    """Each required blank is an error; one that is not required is none."""
    found = check(SMALL, {}, notes={}, reasons={}, evidence={}, damaged=())
    assert _rules(found) == [("REQUIRED_BLANK", code, "error") for code in BLANK_CODES]


def test_missing_inputs() -> None:
    """A half-filled item names the number that is missing."""
    found = _check({"A.c": Answer(inputs={"part": "1"})})
    assert _rules(found) == [("INPUT_INCOMPLETE", "A.c", "warning")]
    assert "whole" in found[0].message
    needed = kit.rubric(kit.node("A", "10", kit.ratio("A.c")))
    found = _check({"A.c": Answer(inputs={"part": "1"})}, needed, evidence={})
    assert ("REQUIRED_BLANK", "A.c", "error") in _rules(found)


def test_the_centres_items_do_not_hold_up_a_unit() -> None:
    """What only the centre answers may be blank in a unit's worksheet."""
    made = kit.rubric(
        kit.node("A", "6", kit.choice("A.a", "YT")),
        kit.node("B", "4", kit.index("B.a"), scope="central"),
    )
    found = check(made, {"A.a": NO}, notes={}, reasons={}, evidence={}, damaged=())
    assert found == ()


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("A.a", Answer("Z")),
        ("A.d", Answer("4.01")),
        ("A.d", Answer("x")),
        ("A.c", Answer("5")),
        ("A.c", Answer(inputs={"part": "-1", "whole": "1"})),
        ("A.c", Answer(inputs={"part": "1", "whole": "1", "more": "1"})),
    ],
)
def test_out_of_range(code: str, answer: Answer) -> None:
    """An answer that the edition would refuse is one error, not a blank as well."""
    found = [e for e in _check({code: answer}) if e.item == code and e.severity == "error"]
    assert _rules(found) == [("INPUT_OUT_OF_RANGE", code, "error")]


def test_not_applicable() -> None:
    """It needs a reason, and leave of the edition."""
    assert _rules(_check({"A.b": EXEMPT})) == [("REASON_MISSING", "A.b", "error")]
    assert _rules(_check({"A.b": EXEMPT}, reasons={"A.b": " "}))[0][0] == "REASON_MISSING"
    assert _check({"A.b": EXEMPT}, reasons={"A.b": "tidak ada layanan"}) == ()
    found = _check({"A.d": EXEMPT}, reasons={"A.d": "x"})
    assert ("NOT_APPLICABLE_REFUSED", "A.d", "error") in _rules(found)


def test_damaged_evidence() -> None:
    """Each place of a damaged file is an error, also one that stands at no item."""
    found = _check(evidence={**PROOF, "A.b": [FILE], "": [FILE]}, damaged={SHA})
    assert [e.item for e in found if e.code == "EVIDENCE_DAMAGED"] == ["A.a", "A.b", ""]
    assert FILE.name in found[0].message


def test_top_answers_need_proof() -> None:
    """The best answer needs a file; a link alone is weak."""
    assert _rules(_check(evidence={})) == [("TOP_WITHOUT_EVIDENCE", "A.a", "warning")]
    assert _rules(_check(evidence={"A.a": [LINK]})) == [("ONLY_LINK", "A.a", "warning")]
    assert _check(evidence={"A.a": [LINK, FILE]}) == ()


def test_better_than_allowed() -> None:
    """The edition's own checks compare with an item or with the average of a node."""
    found = _check({"A.b": Answer("A")}, evidence={**PROOF, "A.b": [FILE]})
    assert _rules(found) == [("BETTER_THAN_ALLOWED", "A.b", "warning")] * 2
    assert {entry.message for entry in found} == {"B di atas D", "B di atas rata-rata"}
    equal = {"A.b": Answer("A"), "A.d": Answer("4")}
    found = _check(equal, evidence={**PROOF, "A.b": [FILE], "A.d": [FILE]})
    assert [entry.message for entry in found] == ["B di atas rata-rata"]


def test_blank_neighbours_are_not_compared() -> None:
    """A blank beside it makes no answer too good."""
    found = _check({"A.b": Answer("A"), "A.d": Answer()}, evidence={**PROOF, "A.b": [FILE]})
    assert _rules(found) == [("REQUIRED_BLANK", "A.d", "error")]


def test_words_of_the_edition() -> None:
    """Messages of an edition speak to local government or to a ministry."""
    made = kit.rubric(
        kit.node("A", "10", kit.choice("A.a", "YT"), kit.choice("A.b", "YT")),
        terminology={"pemda": {"kepala": "bupati"}, "kl": {"kepala": "menteri"}},
        checks=[{"id": "x", "item": "A.a", "not_better_than": "A.b", "message": "{kepala}"}],
    )
    for government, word in (("pemda", "bupati"), ("kl", "menteri")):
        answers = {"A.a": YES, "A.b": NO}
        found = check(
            made, answers, notes={}, reasons={}, evidence=PROOF, damaged=(),
            government=government,  # type: ignore[arg-type]
        )  # fmt: skip
        assert [entry.message for entry in found] == [word]


def test_closed_gate() -> None:
    """An answer that a gate takes away is something to know."""
    found = _check({"A.a": NO})
    assert ("GATE_CLOSED", "A.d", "info") in _rules(found)
    assert "A.a" in found[-1].message


@pytest.mark.parametrize(
    ("part", "whole", "rules"),
    [
        ("3", "2", ["RATIO_ABOVE_ONE"]),
        ("3", "0", ["RATIO_WITHOUT_WHOLE"]),
        ("0", "0", []),
        ("1", "2", []),
    ],
)
def test_ratios(part: str, whole: str, rules: list[str]) -> None:
    """A part larger than its whole needs a look."""
    answer = Answer(inputs={"part": part, "whole": whole})
    found = _check({"A.c": answer}, evidence={**PROOF, "A.c": [FILE]})
    assert [entry.code for entry in found] == rules


@pytest.mark.parametrize(
    ("number", "asked"), [("1.250", True), ("1.5", True), ("1.0", False), ("1250", False)]
)
def test_thousands(number: str, asked: bool) -> None:
    """A count with decimals may be a thousands separator."""
    answer = Answer(inputs={"part": "1", "whole": number})
    found = _check({"A.c": answer}, evidence={**PROOF, "A.c": [FILE]})
    assert ("INPUT_DECIMALS" in {entry.code for entry in found}) == asked


def test_change_without_note() -> None:
    """A jump of half the score or more needs a note."""
    last = {"A.a": NO, "A.b": Answer("A"), "A.d": Answer("2.5")}
    expected = [("CHANGE_WITHOUT_NOTE", code, "warning") for code in ("A.a", "A.b")]
    assert _rules(_check(last_year=last)) == expected
    assert _check(last_year=last, notes={"A.a": "tim baru", "A.b": "x"}) == ()
    assert _check(last_year={"A.a": Answer()}) == ()


def test_one_file_everywhere() -> None:
    """One file at more than ten items needs a look, once."""
    made = kit.rubric(kit.node("A", "10", *(kit.choice(f"A.{n}", "ABC") for n in range(11))))
    answers = {code: Answer("B") for code in made.items}

    def found(count: int) -> list[tuple[str, str, str]]:
        places = {code: [FILE, FILE] for code in list(made.items)[:count]}
        return _rules(check(made, answers, notes={}, reasons={}, evidence=places, damaged=()))

    assert found(10) == []
    assert found(11) == [("SAME_FILE_MANY_ITEMS", "A.0", "warning")]


def test_many_exemptions_and_all_best() -> None:
    """More than a tenth exempt, and nothing but best answers, need a look."""
    parts = [kit.choice(f"A.{n}", "YT", not_applicable=True) for n in range(20)]
    made = kit.rubric(kit.node("A", "10", *parts))
    reasons = dict.fromkeys(made.items, "x")
    proof = {code: [EvidenceFacts(code, code * 20, code, False, 1)] for code in made.items}

    def found(exempt: int) -> list[str]:
        answers = {c: EXEMPT if n < exempt else YES for n, c in enumerate(made.items)}
        answers["A.19"] = NO
        listed = check(made, answers, notes={}, reasons=reasons, evidence=proof, damaged=())
        return [entry.code for entry in listed]

    assert found(2) == []
    assert found(3) == ["NOT_APPLICABLE_MANY"]
    best = dict.fromkeys(made.items, YES)
    listed = check(made, best, notes={}, reasons={}, evidence=proof, damaged=())
    assert _rules(listed) == [("ALL_TOP", "", "warning")]


@pytest.mark.parametrize(
    ("size", "rules"),
    [
        (100_000_000, []),
        (100_000_001, [("PACKAGE_LARGE", "", "info")]),
        (4 * 1024**3, [("PACKAGE_LARGE", "", "warning")]),
    ],
)
def test_size(size: int, rules: list[tuple[str, str, str]]) -> None:
    """Size is counted once per content, against mail and against a FAT32 stick."""
    big = EvidenceFacts("9", "b" * 64, "video.mp4", False, size)
    assert _rules(_check(evidence={"A.a": [big, big], "A.b": [big, LINK]})) == rules


def test_answers_of_another_edition() -> None:
    """An answer to a code that is not here is pointed out."""
    assert _rules(_check({"Z.z": YES})) == [("ITEM_UNKNOWN", "", "warning")]


def test_order_of_findings() -> None:
    """Errors come first, then warnings, then what is only to know, each in worksheet order."""
    found = _check({"A.a": NO, "A.b": Answer(), "A.c": Answer(inputs={"part": "3", "whole": "2"})})
    assert [entry.severity for entry in found] == ["error", "warning", "warning", "info"]
    assert [entry.item for entry in found] == ["A.b", "A.c", "A.c", "A.d"]


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_checks_never_raise(data: st.DataObject) -> None:
    """Any worksheet can be checked; a full and fitting one has no error."""
    edition = loader.load(data.draw(st.sampled_from(list(loader.released()))))
    answers = {code: kit.best(item) for code, item in edition.items.items()}
    wild = st.builds(Answer, st.none() | st.text(max_size=3), st.just({"x": "y"}), st.booleans())
    changes = data.draw(st.dictionaries(st.sampled_from(list(answers)), wild, max_size=5))

    def found(given_answers: Mapping[str, Answer]) -> set[str]:
        listed = check(
            edition, given_answers, notes={}, reasons={}, evidence={}, damaged=(), last_year=changes
        )
        return {entry.item for entry in listed if entry.severity == "error"}

    assert found(answers) == set()
    assert found({**answers, **changes}) == changes.keys()
    assert found({}) == {item.code for item in edition.required_items}
