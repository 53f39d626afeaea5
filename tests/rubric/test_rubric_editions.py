"""The editions that ship: counts, weights, gates and what every item carries."""

import hashlib
import re
import subprocess
import sys
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest

from pmprb_desktop import paths
from pmprb_desktop.rubric import loader
from pmprb_desktop.rubric.model import (
    ChoiceItem,
    IndexItem,
    LookupItem,
    MultiplyGate,
    Rubric,
    ZeroGate,
)

OWN_WORDS = Path(__file__).parents[3] / "shared" / "tools" / "own_words.py"
EDITIONS = tuple(loader.released())
AREAS = tuple("12345678")

# Weight of each area of change: instansi and unit, Pemenuhan (A.I) and Reform (A.III).
WEIGHTS = {
    ("pmprb-2020-instansi@1", "A.I"): "2.00 2.00 3.00 2.50 3.00 2.50 2.50 2.50",
    ("pmprb-2020-instansi@1", "A.III"): "3.00 3.00 4.50 3.75 4.50 3.75 3.75 3.75",
    ("pmprb-2020-unit@1", "A.I"): "2.00 1.00 2.00 1.00 1.40 2.50 2.20 2.50",
    ("pmprb-2020-unit@1", "A.III"): "3.00 2.00 1.50 3.75 2.00 3.75 1.95 3.75",
    ("rb-2014@1", "A"): "5 5 6 5 15 6 12 6",
}


@pytest.fixture(params=EDITIONS)
def edition(request: pytest.FixtureRequest) -> Rubric:
    """Each released edition."""
    return loader.load(str(request.param))


def _below(edition: Rubric, code: str) -> int:
    return sum(1 for _item in edition.nodes[code].own_items())


def test_counts_and_totals() -> None:
    """Each edition has its items and its weight."""
    unit = loader.load("pmprb-2020-unit@1")
    assert (_below(unit, "A.I"), _below(unit, "A.III"), len(unit.items)) == (90, 28, 118)
    assert unit.content.weight == Fraction("36.30")
    assert unit.content.for_level == "unit"
    instansi = loader.load("pmprb-2020-instansi@1")
    assert _below(instansi, "A.I") == 146
    assert _below(instansi, "A.II") == 10
    assert _below(instansi, "B") == 7
    assert instansi.content.weight == 100
    model_2014 = loader.load("rb-2014@1")
    assert (_below(model_2014, "A"), _below(model_2014, "B")) == (146, 5)
    assert model_2014.content.weight == 100


@pytest.mark.parametrize(("name", "branch"), WEIGHTS)
def test_area_weights_are_exact(name: str, branch: str) -> None:
    """Areas weigh what the regulation gives them, to the last digit."""
    edition = loader.load(name)
    areas = edition.nodes[branch].children
    assert [area.code for area in areas] == [f"{branch}.{number}" for number in AREAS]
    assert [area.area for area in areas] == list(AREAS)
    expected = [Fraction(weight) for weight in WEIGHTS[name, branch].split()]
    assert [area.weight for area in areas] == expected


@pytest.mark.parametrize(
    ("name", "weights"),
    [
        ("pmprb-2020-instansi@1", {"A": "60", "A.I": "20", "A.II": "10", "A.III": "30", "B": "40"}),
        ("pmprb-2020-unit@1", {"A.I": "14.60", "A.III": "21.70"}),
        ("rb-2014@1", {"A": "60", "B": "40", "B.I": "20", "B.II": "10", "B.III": "10"}),
    ],
)
def test_tree_weights_are_exact(name: str, weights: dict[str, str]) -> None:
    """Components and aspects weigh what the regulation gives them."""
    nodes = loader.load(name).nodes
    assert {code: nodes[code].weight for code in weights} == {
        code: Fraction(weight) for code, weight in weights.items()
    }


def test_hasil_antara() -> None:
    """Ten indices of weight 1, each with its scale and its area."""
    edition = loader.load("pmprb-2020-instansi@1")
    codes = [f"A.II.{number}" for number in range(1, 11)]
    found = [edition.items[code] for code in codes]
    assert all(isinstance(item, IndexItem) and item.weight == 1 for item in found)
    scales = [item.maximum for item in found if isinstance(item, IndexItem)]
    assert scales == [100, 100, 100, 100, 400, 100, 100, 5, 5, 100]
    assert "".join(edition.area_of[code] or "-" for code in codes) == "4444556778"


def test_results_2020() -> None:
    """Hasil: the opinion by points of 3, the rest by their scales."""
    edition = loader.load("pmprb-2020-instansi@1")
    found = list(edition.nodes["B"].own_items())
    assert [item.weight for item in found] == [3, 7, 10, 10, 5, 2, 3]
    scales = [item.maximum for item in found if isinstance(item, IndexItem)]
    assert scales == [100, 4, 4, 100, 100, 4]
    (opinion,) = (item for item in found if isinstance(item, LookupItem))
    points = {option.key: option.points for option in opinion.options}
    assert points == {
        "WTP": 3, "WTP-DPP": Fraction("2.5"), "WDP": 2, "TMP": Fraction("1.5"), "TW": 1, "TIDAK": 0
    }  # fmt: skip


@pytest.mark.parametrize(("name", "start"), [("pmprb-2020-instansi@1", "A.I"), ("rb-2014@1", "A")])
def test_gates_are_the_seven(name: str, start: str) -> None:
    """Two gates close on one answer, five multiply; there are no others."""
    edition = loader.load(name)
    gates = {code: item.gate for code, item in edition.items.items() if item.gate is not None}
    closing = ZeroGate(item=f"{start}.1.ii.a", answers=("Tidak",))
    assert gates == {
        f"{start}.1.ii.d": closing,
        f"{start}.1.ii.e": closing,
        f"{start}.5.iv.c": MultiplyGate(item=f"{start}.5.iv.b"),
        f"{start}.5.iv.d": MultiplyGate(item=f"{start}.5.iv.c"),
        f"{start}.5.iv.e": MultiplyGate(item=f"{start}.5.iv.d"),
        f"{start}.8.iv.b": MultiplyGate(item=f"{start}.8.iv.a"),
        f"{start}.8.iv.c": MultiplyGate(item=f"{start}.8.iv.a"),
    }


def test_unit_edition_has_no_gates() -> None:
    """The unit's worksheet multiplies nothing."""
    unit = loader.load("pmprb-2020-unit@1")
    assert all(item.gate is None for item in unit.items.values())
    assert unit.content.predicates == ()


def test_policies_and_reconstruction() -> None:
    """The 2014 model skips blanks and is exact; 2020 counts them 0 and says what it is."""
    assert loader.load("rb-2014@1").content.blank_policy == "skip"
    for name in ("pmprb-2020-instansi@1", "pmprb-2020-unit@1"):
        content = loader.load(name).content
        assert content.blank_policy == "zero"
        assert content.reconstruction
        assert content.reconstruction_note


def test_every_page_helps(edition: Rubric) -> None:
    """Each sub-area that one fills has guidance and examples of evidence."""
    for page in edition.pages:
        assert len(page.guidance) > 40, page.code
        assert page.evidence, page.code


def test_every_item_says_where_it_comes_from(edition: Rubric) -> None:
    """Provenance and confidence are known for each item and node."""
    for code in (*edition.items, *edition.nodes):
        provenance, confidence = edition.provenance_of(code)
        assert provenance, code
        assert confidence in ("high", "medium", "low"), code


def test_options_differ(edition: Rubric) -> None:
    """No item offers the same text twice, and options fall from best to worst."""
    for item in edition.items.values():
        options = getattr(item, "options", ())
        texts = Counter(option.text.casefold() for option in options)
        assert max(texts.values(), default=1) == 1, item.code
        values: list[Fraction] = []
        if isinstance(item, ChoiceItem):
            values = [option.score for option in item.options]
        elif isinstance(item, LookupItem):
            values = [option.points for option in item.options]
        assert values == sorted(values, reverse=True), item.code


def test_area_titles_and_pages(edition: Rubric) -> None:
    """All eight areas have a title; every item lies on exactly one page."""
    assert tuple(edition.area_titles) == AREAS
    assert all(title not in AREAS for title in edition.area_titles.values())
    assert edition.page_of.keys() == edition.items.keys()
    shown = [code for code, page in edition.page_of.items() if page in edition.ancestors(code)]
    assert len(shown) == len(edition.items)


def test_words_are_put_in(edition: Rubric) -> None:
    """Both kinds of government get texts without open places."""
    for government in ("pemda", "kl"):
        for item in edition.items.values():
            text = edition.words(item.text, government)
            assert not re.search(r"[{}]", text), item.code


@pytest.mark.parametrize("name", EDITIONS)
def test_files_are_kept_as_bytes(name: str) -> None:
    """Files are called after their edition, have LF line ends and are known by their digest."""
    path = loader.released()[name]
    data = path.read_bytes()
    edition = loader.load(name)
    assert edition.edition == name
    assert edition.source == data
    assert edition.digest == hashlib.sha256(data).hexdigest()
    assert b"\r" not in data
    assert data.endswith(b"\n")


@pytest.mark.skipif(not OWN_WORDS.exists(), reason="the shared folder is not beside the project")
def test_texts_are_our_own() -> None:
    """No text stands word for word in the reference."""
    files = [str(path) for path in sorted(paths.rubrics().glob("*.yaml"))]
    done = subprocess.run(
        [sys.executable, str(OWN_WORDS), *files], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
