"""Scores: a real worksheet to the last decimal, and what must hold for every worksheet."""

import csv
import time
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmprb_desktop import paths, scoring
from pmprb_desktop.answers import read_file
from pmprb_desktop.rubric import loader
from pmprb_desktop.rubric.model import KINDS, Rubric, input_names
from pmprb_desktop.scoring import Answer, decimal_text, predicate, rounded, score
from tests import rubric_kit as kit

DATA = Path(__file__).parent / "data"
GOLDEN = Path(__file__).parents[2] / "shared" / "golden" / "rb_2014_model_evaluated_2015.csv"
EDITIONS = tuple(loader.released())
TOLERANCE = Fraction(1, 10**9)
YES, NO = Answer("Ya"), Answer("Tidak")
NOT_APPLICABLE = Answer(not_applicable=True)


@pytest.fixture(params=EDITIONS)
def edition(request: pytest.FixtureRequest) -> Rubric:
    """Each released edition."""
    return loader.load(str(request.param))


# A real worksheet


def _close(have: Fraction, text: str) -> bool:
    return abs(have - Fraction(text)) <= TOLERANCE


def test_real_worksheet_gives_every_score() -> None:
    """A ministry's evaluation of 2015 comes out the same, item by item and node by node."""
    edition = loader.load("rb-2014@1")
    given_answers = read_file(DATA / "rb_2014_evaluated.csv", edition)
    assert given_answers.findings == ()
    result = score(edition, given_answers.answers)
    with (DATA / "rb_2014_scores.csv").open(newline="", encoding="utf-8") as handle:
        expected = {row["code"]: row["score"] for row in csv.DictReader(handle)}
    assert expected.keys() == edition.items.keys() | edition.nodes.keys()
    wrong = [c for c, text in expected.items() if not _close(kit.points(result, c), text)]
    assert wrong == []
    assert _close(result.total, "71.40628571428572")
    assert result.predicate == "BB"
    assert (result.answered, result.items) == (151, 151)


def _golden_rows(edition: Rubric) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Rows of the worksheet that carry a score, with the code that each has in the edition."""
    items = iter(edition.items)
    roots = [root.code for root in edition.content.nodes]
    nodes = iter([code for code in edition.nodes if code not in roots])
    totals = iter([*roots, ""])
    with GOLDEN.open(newline="", encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            if row["answer_type"]:
                yield next(items), row
            elif row["label"].startswith(("TOTAL", "NILAI EVALUASI")):
                yield next(totals), row
            elif row["score"]:
                yield next(nodes), row


@pytest.mark.skipif(not GOLDEN.exists(), reason="the shared folder is not beside the project")
def test_real_worksheet_at_its_source() -> None:
    """The worksheet as it was published: its weights, answers and scores, row by row."""
    edition = loader.load("rb-2014@1")
    rows = list(_golden_rows(edition))
    text = "\n".join(
        ["code;answer", *(f"{code};{row['answer']}" for code, row in rows if row["answer_type"])]
    )
    result = score(edition, read_file(text.encode(), edition).answers)
    assert {code for code, _row in rows} == edition.items.keys() | edition.nodes.keys() | {""}
    for code, row in rows:
        have = kit.points(result, code) if code else result.total
        assert _close(have, row["score"]), (code, row)
        if row["weight"] and code in edition.nodes:
            assert edition.nodes[code].weight == Fraction(row["weight"])


# What holds for every edition


def test_all_best_gives_the_weight_of_every_node(edition: Rubric) -> None:
    """Full marks everywhere are the weight, for items, nodes and the whole."""
    result = score(edition, {code: kit.best(item) for code, item in edition.items.items()})
    assert result.total == result.weight == result.available == edition.content.weight
    for code, entry in result.nodes.items():
        assert entry.score == entry.available == (edition.nodes[code].weight or 1)
    assert {entry.score for entry in result.item_scores.values()} <= {Fraction(1), None}
    assert result.answered == result.items == len(edition.scored_items)
    assert all(mark.met for mark in result.marks)


def test_all_worst_gives_nothing(edition: Rubric) -> None:
    """The worst answers give 0 in every node, and everything counts as answered."""
    result = score(edition, {code: kit.worst(item) for code, item in edition.items.items()})
    assert result.total == 0
    assert {entry.score for entry in result.nodes.values()} == {0}
    assert result.answered == result.items


def test_blank_gives_nothing(edition: Rubric) -> None:
    """An empty worksheet scores 0 out of the whole weight."""
    result = score(edition, {})
    assert result.total == 0
    assert result.answered == 0
    assert result.available == result.weight
    assert result.share == 0


def test_everything_not_applicable_leaves_the_tree() -> None:
    """Where all may be left out, nothing is left to score: no share, no division by zero."""
    every = kit.node("A", "10", kit.choice("A.a", "YT", not_applicable=True))
    result = score(kit.rubric(every), {"A.a": NOT_APPLICABLE})
    assert result.total == result.available == 0
    assert result.share is None
    assert result.nodes["A"].share is None
    assert result.answered == 1


def _filled(edition: Rubric) -> st.SearchStrategy[dict[str, Answer]]:
    """Draw a worksheet: blank, best or worst, with up to 40 answers changed."""
    bases = st.sampled_from(
        [
            {},
            {code: kit.best(item) for code, item in edition.items.items()},
            {code: kit.worst(item) for code, item in edition.items.items()},
        ]
    )
    one = st.sampled_from(list(edition.items)).flatmap(
        lambda code: st.tuples(st.just(code), kit.any_answer(edition.items[code]))
    )
    return st.builds(lambda base, changes: {**base, **dict(changes)}, bases, st.lists(one))


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_children_sum_to_parents(data: st.DataObject) -> None:
    """A node of nodes is the sum of its children; scores lie between 0 and what is available."""
    edition = loader.load(data.draw(st.sampled_from(EDITIONS)))
    result = score(edition, data.draw(_filled(edition)))
    assert result.total == sum(root.score for root in result.roots)
    for code, entry in result.nodes.items():
        assert 0 <= entry.score <= entry.available <= (entry.weight or 1)
        if entry.children and not edition.nodes[code].items:
            assert entry.score == sum(child.score for child in entry.children)
            assert entry.available == sum(child.available for child in entry.children)
            assert entry.answered == sum(child.answered for child in entry.children)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_better_answer_never_costs(data: st.DataObject) -> None:
    """Raising one answered item lowers no other item, no node and not the total."""
    edition = loader.load(data.draw(st.sampled_from(EDITIONS)))
    answers = data.draw(_filled(edition))
    code = data.draw(st.sampled_from(list(edition.items)))
    kinds = kit.any_answer(edition.items[code])
    pair = [
        score(edition, {**answers, code: data.draw(kinds)})
        for _turn in range(2)
    ]  # fmt: skip
    pair.sort(key=lambda result: result.item_scores[code].raw or Fraction(0))
    low, high = pair
    if low.item_scores[code].raw is None or high.item_scores[code].raw is None:
        return
    assert low.total <= high.total
    for other in edition.nodes:
        assert low.nodes[other].score <= high.nodes[other].score
    for other in edition.items:
        before, after = low.item_scores[other].score, high.item_scores[other].score
        assert (before or 0) <= (after or 0)


@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_order_of_answers_does_not_matter(data: st.DataObject) -> None:
    """The same answers in another order give an equal result."""
    edition = loader.load(data.draw(st.sampled_from(EDITIONS)))
    answers = data.draw(_filled(edition))
    shuffled = dict(data.draw(st.permutations(list(answers.items()))))
    assert score(edition, shuffled) == score(edition, answers)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_what_does_not_fit_counts_as_blank(data: st.DataObject) -> None:
    """Answers that no entry would let through score nothing and raise nothing."""
    edition = loader.load(data.draw(st.sampled_from(EDITIONS)))
    code = data.draw(st.sampled_from(list(edition.items)))
    wild = st.text(max_size=6) | st.sampled_from(["-1", "1e9", "NaN", "101", "٣", "1/2", "Z"])
    names = st.sampled_from([*input_names(edition.items[code]), "other"])
    answer = Answer(
        data.draw(st.none() | wild),
        data.draw(st.dictionaries(names, wild)),
        data.draw(st.booleans()),
    )
    result = score(edition, {code: answer, "NO.SUCH": answer})
    raw = result.item_scores[code].raw
    assert raw is None or 0 <= raw <= 1
    assert 0 <= result.total <= result.weight


# Kinds of items


def _one(item: dict[str, object], answer: Answer) -> scoring.ItemScore:
    return score(kit.rubric(kit.node("A", "10", item)), {"A.a": answer}).item_scores["A.a"]


@pytest.mark.parametrize(("kind", "options"), kit.CHOICES.items())
def test_choices_carry_their_scores(kind: str, options: Mapping[str, str]) -> None:
    """Options score as their decimals say, not as thirds."""
    for key, text in options.items():
        assert _one(kit.choice("A.a", kind), Answer(key)).score == Fraction(text)


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [("1", "4", "1/4"), ("5", "4", "1"), ("0", "4", "0"), ("0.5", "1.5", "1/3"), ("3", "0", "0")],
)
def test_ratio(part: str, whole: str, expected: str) -> None:
    """A ratio is capped at 1; a zero denominator gives what the item says."""
    answer = Answer(inputs={"part": part, "whole": whole})
    assert _one(kit.ratio("A.a"), answer).score == Fraction(expected)


def test_ratio_of_sums_and_zero_denominator() -> None:
    """Both sides may be sums; a zero denominator may give the full score."""
    item = kit.numbers(
        "A.a", "ratio", "p", "q", "r", numerator=["p"], denominator=["q", "r"], zero_denominator="1"
    )
    assert _one(item, Answer(inputs={"p": "2", "q": "1", "r": "3"})).score == Fraction(1, 2)
    assert _one(item, Answer(inputs={"p": "0", "q": "0", "r": "0"})).score == 1


@pytest.mark.parametrize(
    ("last", "this", "expected"),
    [("0", "0", "1"), ("0", "3", "0"), ("4", "1", "3/4"), ("4", "6", "0"), ("4", "0", "1")],
)
def test_decline(last: str, this: str, expected: str) -> None:
    """Fewer cases than last year score their share; none at all is full, a rise is 0."""
    answer = Answer(inputs={"last_year": last, "this_year": this})
    assert _one(kit.decline("A.a"), answer).score == Fraction(expected)


def test_partly_filled_inputs_are_blank() -> None:
    """One of two numbers is no answer yet."""
    entry = _one(kit.ratio("A.a"), Answer(inputs={"part": "1"}))
    assert not entry.answered
    assert entry.score is None


def test_index_is_value_by_maximum() -> None:
    """Merit of 100-400 counts as value/400; 0 means none, what is off the scale is blank."""
    merit = kit.index("A.a", "400", minimum="100")
    assert _one(merit, Answer("100")).score == Fraction(1, 4)
    assert _one(merit, Answer("327.5")).score == Fraction(131, 160)
    assert _one(merit, Answer("0")).score == 0
    assert not _one(merit, Answer("99.99")).answered
    assert not _one(merit, Answer("400.01")).answered


@pytest.mark.parametrize(
    ("key", "share"),
    [
        ("WTP", "1"),
        ("WTP-DPP", "5/6"),
        ("WDP", "2/3"),
        ("TMP", "1/2"),
        ("TW", "1/3"),
        ("TIDAK", "0"),
    ],
)
def test_audit_opinion(key: str, share: str) -> None:
    """The opinion counts by its points of 3."""
    result = score(loader.load("rb-2014@1"), {"B.II.2": Answer(key)})
    assert result.item_scores["B.II.2"].score == Fraction(share)
    assert result.item_scores["B.II.2"].points == 3 * Fraction(share)


def test_count_is_for_the_record() -> None:
    """A count has no score and changes no average."""
    count = kit.numbers("A.b", "count", "visits")
    made = kit.rubric(kit.node("A", "10", kit.choice("A.a", "YT"), count))
    result = score(made, {"A.a": YES, "A.b": Answer(inputs={"visits": "7"})})
    assert result.total == 10
    assert result.item_scores["A.b"] == scoring.ItemScore("A.b", True, None, None)
    assert (result.answered, result.items) == (1, 1)


def test_every_kind_has_a_rule() -> None:
    """The registry of rules names every kind of item."""
    assert tuple(scoring.RULES) == KINDS


# Trees


def _two(policy: str, **answers: Answer) -> Fraction:
    pair = kit.node("A", "10", kit.choice("A.a", "YT"), kit.choice("A.b", "YT"))
    made = kit.rubric(pair, blank_policy=policy)
    return score(made, {f"A.{name}": answer for name, answer in answers.items()}).total


def test_blank_policy() -> None:
    """A blank counts 0 or is left out of the average, as the edition says."""
    assert _two("zero", a=YES) == 5
    assert _two("skip", a=YES) == 10
    assert _two("skip", a=NO) == 0
    assert _two("skip") == _two("zero") == 0


def test_groups_with_and_without_weight() -> None:
    """A group without weight counts as one item, one with weight by that weight."""
    made = kit.rubric(
        kit.node(
            "A",
            "10",
            kit.choice("A.a", "YT"),
            kit.group("A.p", None, kit.choice("A.p.a", "YT"), kit.choice("A.p.b", "YT")),
            kit.group("A.q", "4", kit.choice("A.q.a", "YT")),
        )
    )
    assert score(made, {"A.a": YES}).total == 3
    assert score(made, {"A.p.a": YES}).total == Fraction(3, 2)
    assert score(made, {"A.p.a": YES}).nodes["A.p"].score == Fraction(1, 2)
    assert score(made, {"A.q.a": YES}).total == 4
    assert made.pages == (made.nodes["A"],)
    assert set(made.page_of.values()) == {"A"}


def test_nested_groups() -> None:
    """A group in a group is averaged first, then again."""
    inner = kit.group("A.p.q", None, kit.choice("A.p.q.a", "YT"), kit.choice("A.p.q.b", "YT"))
    outer = kit.group("A.p", None, kit.choice("A.p.a", "YT"), inner)
    made = kit.rubric(kit.node("A", "10", kit.choice("A.a", "YT"), outer))
    assert score(made, {"A.p.q.a": YES}).total == Fraction(10, 8)
    assert score(made, {"A.p.a": YES}).total == Fraction(10, 4)


def test_items_with_weight() -> None:
    """An item with a weight counts by it; the others share what is left."""
    weighted = kit.choice("A.a", "YT", weight="4")
    made = kit.rubric(
        kit.node("A", "10", weighted, kit.choice("A.b", "YT"), kit.choice("A.c", "YT"))
    )
    result = score(made, {"A.a": YES, "A.b": YES})
    assert result.total == 7
    assert result.item_scores["A.a"].points == 4
    assert score(made, {}).item_scores["A.a"].points == 0


def test_a_group_of_blanks_and_exemptions_is_skipped() -> None:
    """Under ``skip`` a group counts only once something in it has a score."""
    group = kit.group(
        "A.p", None, kit.choice("A.p.a", "YT", not_applicable=True), kit.choice("A.p.b", "YT")
    )
    made = kit.rubric(kit.node("A", "10", kit.choice("A.a", "YT"), group), blank_policy="skip")
    assert score(made, {"A.a": YES, "A.p.a": NOT_APPLICABLE}).total == 10
    assert score(made, {"A.a": YES, "A.p.a": NOT_APPLICABLE, "A.p.b": NO}).total == 5


def _exemptible() -> Rubric:
    return kit.rubric(
        kit.node("A", "6", kit.choice("A.a", "YT", not_applicable=True), kit.choice("A.b", "YT")),
        kit.node("B", "4", kit.choice("B.a", "YT", not_applicable=True)),
    )


def test_not_applicable_leaves_the_average() -> None:
    """An exempt item leaves the average; the weight stays as long as one item is left."""
    result = score(_exemptible(), {"A.a": NOT_APPLICABLE, "A.b": YES})
    assert result.nodes["A"].score == result.nodes["A"].available == 6


def test_an_exempt_node_leaves_with_its_weight() -> None:
    """A node whose items are all exempt takes its weight along; both maxima are known."""
    result = score(_exemptible(), {"B.a": NOT_APPLICABLE, "A.a": YES, "A.b": YES})
    assert result.total == result.available == 6
    assert result.weight == 10
    assert result.share == 1


def test_not_applicable_needs_leave() -> None:
    """Where the edition does not allow it, "not applicable" is as good as blank."""
    result = score(_exemptible(), {"A.b": NOT_APPLICABLE, "A.a": YES})
    assert result.nodes["A"].score == 3
    assert not result.item_scores["A.b"].answered


def test_exempt_item_with_weight_takes_it_along() -> None:
    """An exempt item with a weight of its own leaves with that weight."""
    parts = (kit.choice("A.a", "YT", weight="4", not_applicable=True), kit.choice("A.b", "YT"))
    result = score(kit.rubric(kit.node("A", "10", *parts)), {"A.a": NOT_APPLICABLE, "A.b": YES})
    assert result.total == result.available == 6


# Gates


def _gated(gate: dict[str, object], **more: object) -> Rubric:
    parts = (
        kit.choice("A.a", "ABC", not_applicable=True),
        kit.choice("A.b", "ABC", gate=gate),
        kit.choice("A.c", "ABC", gate={"kind": "multiply", "item": "A.b"}),
    )
    return kit.rubric(kit.node("A", "9", *parts), weight="9", **more)


MULTIPLY: dict[str, object] = {"kind": "multiply", "item": "A.a"}
ZERO_WHEN: dict[str, object] = {"kind": "zero_when", "item": "A.a", "answers": ["C"]}


def _gate_scores(made: Rubric, *keys: str | None) -> list[Fraction | None]:
    answers = {
        f"A.{name}": Answer(key) for name, key in zip("abc", keys, strict=True) if key is not None
    }
    found = score(made, answers).item_scores
    return [found[f"A.{name}"].score for name in "abc"]


def test_gates_multiply_along_the_chain() -> None:
    """A gate takes the score of its item after that item's own gate."""
    half = Fraction(1, 2)
    assert _gate_scores(_gated(MULTIPLY), "B", "B", "A") == [half, half**2, half**2]
    assert _gate_scores(_gated(MULTIPLY), "A", "A", "A") == [1, 1, 1]


def test_gate_on_given_answers_gives_zero() -> None:
    """One closing answer, or none yet, makes the gated item 0."""
    assert _gate_scores(_gated(ZERO_WHEN), "C", "A", "A") == [0, 0, 0]
    assert _gate_scores(_gated(ZERO_WHEN), "B", "A", "A") == [Fraction(1, 2), 1, 1]


@pytest.mark.parametrize("gate", [MULTIPLY, ZERO_WHEN])
@pytest.mark.parametrize("policy", ["zero", "skip"])
def test_gate_on_a_blank_item_gives_zero(gate: dict[str, object], policy: str) -> None:
    """A blank item opens no gate, whatever happens to blanks in averages."""
    made = _gated(gate, blank_policy=policy)
    assert _gate_scores(made, None, "A", "A") == [None, 0, 0]
    entry = score(made, {"A.b": Answer("A")}).item_scores["A.b"]
    assert entry.raw == 1
    assert entry.gated_by == "A.a"


def test_gate_on_an_exempt_item_is_open() -> None:
    """What does not apply cannot hold anything back."""
    result = score(_gated(MULTIPLY), {"A.a": NOT_APPLICABLE, "A.b": Answer("A")})
    assert result.item_scores["A.b"].score == 1


# Predicates, marks, display


@pytest.mark.parametrize(
    ("total", "name"),
    [
        ("100", "AA"), ("90.01", "AA"), ("90", "A"), ("80.01", "A"), ("80", "BB"),
        ("70.01", "BB"), ("70.00", "B"), ("60.000001", "B"), ("60", "CC"), ("50.01", "CC"),
        ("50", "C"), ("30.01", "C"), ("30", "D"), ("0", "D"),
    ],
)  # fmt: skip
def test_predicate_bounds(total: str, name: str) -> None:
    """Bounds are open below and closed above, and judge the exact total."""
    assert predicate(loader.load("rb-2014@1"), Fraction(total)) == name


def test_unit_edition_has_no_predicate() -> None:
    """A unit's worksheet has no official predicate."""
    assert score(loader.load("pmprb-2020-unit@1"), {}).predicate is None


def test_pass_marks() -> None:
    """Marks hold for the whole, a node, an item with weight and an area over several nodes."""
    marks = [
        {"minimum": "7"},
        {"node": "A", "share": "0.5"},
        {"node": "B.a", "minimum": "2"},
        {"area": "1", "share": "3/5"},
    ]
    made = kit.rubric(
        kit.node("A", "6", kit.choice("A.a", "YT"), kit.choice("A.b", "YT"), area="1"),
        kit.node("B", "4", kit.choice("B.a", "ABC", weight="4"), area="1"),
        areas=["1"],
        pass_marks=[{"name": "Lulus", "marks": marks}],
    )
    result = score(made, {"A.a": YES, "A.b": NO, "B.a": Answer("B")})
    assert [mark.needed for mark in result.marks] == [7, 3, 2, 6]
    assert [mark.score for mark in result.marks] == [5, 3, 2, 5]
    assert [mark.met for mark in result.marks] == [False, True, True, False]
    assert {mark.label for mark in result.marks} == {"Lulus"}


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        ("0.005", 2, "0.01"), ("0.00499999", 2, "0.00"), ("71.40628571428572", 2, "71.41"),
        ("2.5", 0, "3"), ("-0.005", 2, "-0.01"), ("2/3", 4, "0.6667"), ("100", 2, "100.00"),
    ],
)  # fmt: skip
def test_rounding_half_up(value: str, places: int, text: str) -> None:
    """Display rounds half away from zero, as people do."""
    assert f"{rounded(Fraction(value), places):f}" == text


@pytest.mark.parametrize(
    ("value", "text"), [("100", "100"), ("0.40", "0.4"), ("1/3", "0.333333333333"), ("0", "0")]
)
def test_decimal_text(value: str, text: str) -> None:
    """Numbers in files have no trailing zeros, and whole ones keep theirs."""
    assert decimal_text(Fraction(value)) == text


@pytest.mark.parametrize("text", ["", "-1", "1,5", "1e3", "٣", "1.", ".5", "1/2", " 1", "9" * 16])
def test_decimal_refuses(text: str) -> None:
    """Only plain digits with a point are a number."""
    assert scoring.decimal(text) is None


def test_speed() -> None:
    """All scores of 250 items are there within 5 ms."""
    areas = [
        kit.node(
            f"A{n}",
            "1",
            *(kit.choice(f"A{n}.{m}", "ABCDE") for m in range(15)),
            *(kit.ratio(f"A{n}.r{m}") for m in range(10)),
        )
        for n in range(10)
    ]
    made = kit.rubric(*areas)
    answers = {code: kit.best(item) for code, item in made.items.items()}
    assert len(answers) == 250
    times = []
    for _turn in range(20):
        start = time.perf_counter()
        score(made, answers)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.005


def test_released_folder_is_not_empty() -> None:
    """The editions above are the ones that ship."""
    assert set(EDITIONS) >= {"pmprb-2020-instansi@1", "pmprb-2020-unit@1", "rb-2014@1"}
    assert paths.rubrics().is_dir()
