"""Order of the wizard's steps, without a window."""

import pytest

from pmprb_desktop import flow
from pmprb_desktop.rubric import loader
from pmprb_desktop.rubric.model import Rubric


@pytest.fixture(scope="module")
def rubric() -> Rubric:
    return loader.load("pmprb-2020-unit")


def test_every_page_then_the_check_then_the_package(rubric: Rubric) -> None:
    order = flow.stops(rubric)
    assert [stop.page for stop in order[:-2]] == [page.code for page in rubric.pages]
    assert order[-2:] == (flow.Stop(flow.Step.CHECK), flow.Stop(flow.Step.PACKAGE))


def test_one_walks_through_all_stops_and_back(rubric: Rubric) -> None:
    order = flow.stops(rubric)
    at, seen = 0, [0]
    while (at := flow.following(order, at)) >= 0:
        seen.append(at)
    assert seen == list(range(len(order)))
    assert flow.preceding(order, 0) == -1
    assert flow.preceding(order, 3) == 2


def test_every_item_has_its_stop(rubric: Rubric) -> None:
    order = flow.stops(rubric)
    for code in rubric.items:
        assert order[flow.stop_of(rubric, order, code)].page == rubric.page_of[code]
    assert flow.stop_of(rubric, order, "no.such.code") == 0
    assert flow.stop_of(rubric, order, None) == 0


def test_a_node_leads_to_its_first_page(rubric: Rubric) -> None:
    assert flow.first_page(rubric, "A.III") == next(
        page.code for page in rubric.pages if page.code.startswith("A.III.")
    )
    assert flow.first_page(rubric, "A.I.1.ii") == "A.I.1.ii"


def test_next_open_goes_round() -> None:
    assert flow.next_open("abcd", {"a", "c"}, "b") == "c"
    assert flow.next_open("abcd", {"a"}, "b") == "a"
    assert flow.next_open("abcd", {"b"}, "b") == "b"
    assert flow.next_open("abcd", set(), "b") is None
    assert flow.next_open("abcd", {"a", "d"}, None) == "a"


def test_marks() -> None:
    assert flow.mark(0, 3) == "empty"
    assert flow.mark(1, 3) == "partial"
    assert flow.mark(3, 3) == "complete"
    assert flow.mark(3, 3, repair=True) == "repair"
    assert flow.mark(0, 0) == "empty"


def test_the_nodes_above_an_item_are_marked_too(rubric: Rubric) -> None:
    found = flow.nodes_of(rubric, ["A.I.1.ii.b", "unknown"])
    assert found == {"A.I.1.ii.b", "A.I.1.ii", "A.I.1", "A.I", "A"}


def test_the_single_root_gives_way(rubric: Rubric) -> None:
    assert [node.code for node in flow.tree_roots(rubric)] == ["A.I", "A.III"]
    assert flow.tail("A.I.1", "A.I") == "1"
    assert flow.tail("B", "A") == "B"


def test_search_finds_words_in_any_order_and_codes_first(rubric: Rubric) -> None:
    texts = flow.search_texts(rubric)
    assert flow.search(texts, "a.i.1.II.B")[0] == "A.I.1.ii.b"
    words = rubric.items["A.I.1.ii.b"].text.split()[:3]
    assert "A.I.1.ii.b" in flow.search(texts, " ".join(reversed(words)).upper())
    assert flow.search(texts, "   ") == ()
    assert flow.search(texts, "kata-yang-tidak-ada") == ()


def test_comparing_ignores_case_accents_and_spaces() -> None:
    assert flow.folded("  É\tlan  ") == "e lan"
