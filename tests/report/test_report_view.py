from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from pmprb_desktop import i18n
from pmprb_desktop.report import LastYear, Options, choose_signers, make_view
from pmprb_desktop.rubric import loader
from pmprb_desktop.scoring import Answer, score
from tests.factories import assessment, evidence, head, person, uuid

EDITIONS = sorted(loader.released())
DAY = date(2026, 5, 31)


@pytest.fixture(autouse=True)
def indonesian() -> None:
    """Reports are Indonesian."""
    i18n.use_language("id")


@pytest.mark.parametrize("edition", EDITIONS)
def test_scores_are_those_of_the_answers(edition: str) -> None:
    """The view shows what scoring says, whatever the payload claims."""
    rubric = loader.load(edition)
    made = assessment(rubric)
    answers = {a.code: Answer(a.value, a.inputs, a.not_applicable) for a in made.answers}
    want = score(rubric, answers)
    view = make_view(rubric, made)
    assert (view.total, view.weight, view.predicate) == (want.total, want.weight, want.predicate)
    assert {row.code: row.score for row in view.rows} == {
        row.code: want.nodes[row.code].score for row in view.rows
    }
    codes = [item.code for s in view.sections for page in s.pages for item in page.items]
    assert sorted(codes) == sorted(rubric.items)
    assert [area.key for area in view.areas] == list(rubric.content.areas)


def test_areas_join_their_nodes() -> None:
    """An area of the 2020 unit edition is the sum of Pemenuhan and Reform."""
    rubric = loader.load("pmprb-2020-unit")
    view = make_view(rubric, assessment(rubric, fill="best"))
    assert [area.share for area in view.areas] == [1] * 8
    assert sum(area.available for area in view.areas) == Fraction("36.3")
    assert view.areas[0].available == 5


def test_notable_things() -> None:
    """What the head must see is found: blanks, bare best answers, gates, what does not apply."""
    rubric = loader.load("pmprb-2020-instansi")
    absent = next(code for code, item in rubric.items.items() if item.not_applicable)
    given: dict[str, Any] = {
        "A.I.1.ii.a": "Tidak",
        absent: {"value": None, "inputs": {}, "not_applicable": True, "reason": "Tidak ada."},
    }
    made = assessment(rubric, given, fill="best")
    made = made.model_copy(
        update={
            "answers": [a for a in made.answers if a.code != "A.I.1.i.b"],
            "evidence": [
                evidence(1, ["A.I.1.i.a", "A.I.1.i.a"]),
                evidence(2, ["A.I.1.i.c"], kind="link", url="https://example.go.id", path=None),
            ],
        }
    )
    view = make_view(rubric, made)
    notable = view.notable
    assert notable.unanswered == ("A.I.1.i.b",)
    assert "A.I.1.i.a" not in notable.best_without_evidence
    assert "A.I.1.i.c" not in notable.best_without_evidence
    assert "A.I.1.iii.a" in notable.best_without_evidence
    assert ("A.I.1.ii.d", "A.I.1.ii.a") in notable.gated
    assert notable.not_applicable == ((absent, "Tidak ada."),)
    assert notable.lowest[0].key == "1"
    assert (view.counts.files, view.counts.links, view.counts.not_applicable) == (1, 1, 1)


def test_state_and_watermark() -> None:
    """Practice wins over provisional, and both are written across the page."""
    rubric = loader.load("rb-2014")
    plain = assessment(rubric)
    assert make_view(rubric, plain).watermark == ""
    assert make_view(rubric, plain, Options(provisional=True)).state == "provisional"
    practice = plain.model_copy(update={"practice": True})
    assert make_view(rubric, practice, Options(provisional=True)).state == "practice"


def test_dates_are_of_the_zone() -> None:
    """Minutes bear the local day of locking unless another is given."""
    rubric = loader.load("rb-2014")
    late = assessment(rubric, locked_at="2026-05-31T16:30:00Z")
    assert make_view(rubric, late).signed_on == DAY
    assert make_view(rubric, late, Options(zone="WIT")).signed_on == date(2026, 6, 1)
    given = Options(signed_on=date(2026, 6, 3))
    assert make_view(rubric, late, given).signed_on == date(2026, 6, 3)


def test_last_year_reaches_the_areas() -> None:
    """Last year's shares stand beside this year's."""
    rubric = loader.load("rb-2014")
    last = LastYear(2025, Fraction(60), Fraction(100), {"2": Fraction(1, 4)})
    view = make_view(rubric, assessment(rubric), Options(last_year=last))
    assert [area.last for area in view.areas[:3]] == [None, Fraction(1, 4), None]
    assert last.share == Fraction(3, 5)


def test_inputs_are_printed_as_typed() -> None:
    """Counts and rupiah are grouped and never rounded."""
    rubric = loader.load("pmprb-2020-unit")
    item = next(item for item in rubric.items.values() if item.kind == "ratio")
    names = [entry.name for entry in item.inputs]
    inputs = dict.fromkeys(names, "1250000.25")
    view = make_view(rubric, assessment(rubric, {item.code: {"inputs": inputs}}))
    rows = {i.code: i for s in view.sections for page in s.pages for i in page.items}
    assert "1.250.000,25" in rows[item.code].answer


def test_acting_head_signs() -> None:
    """Plt. signs before the head; a.n. names the head in whose name it is; the past do not sign."""
    regular = head()
    acting = head(id=uuid(1), acting="Plt.", since="2026-05-01")
    gone = head(id=uuid(2), until="2026-01-31")
    assert choose_signers([acting, regular, gone], DAY, frozenset()).head == acting
    assert choose_signers([gone, regular], DAY, frozenset()).head == regular
    assert choose_signers([gone], DAY, frozenset()).head is None
    deputy = head(id=uuid(3), acting="a.n.", position="Sekretaris")
    signers = choose_signers([deputy, regular], DAY, frozenset())
    assert (signers.head, signers.principal) == (deputy, regular)


def test_assessors_who_left_are_listed_if_they_answered() -> None:
    """Whoever answered stands in the minutes, though somebody else took over since."""
    wrote = person(1, until="2026-03-01")
    idle = person(2, until="2026-03-01")
    later = person(3, since="2026-07-01")
    now = person(4)
    signers = choose_signers([wrote, idle, later, now], DAY, frozenset({wrote.id}))
    assert signers.assessors == (wrote, now)
