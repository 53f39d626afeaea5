"""Odd and hostile input at the verbs: shown or refused, and never a package that cannot open."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pmprb_desktop import unit
from pmprb_desktop.errors import UserError
from pmprb_desktop.unit.texts import clean
from pmprb_desktop.values import PersonDraft
from tests.unit.kit import answers, fill, make_package, new_workspace, pdf, refused

RTL = "\u202efdp.exe\u202c \u200f\u061c"
ODD = (
    "",
    "\udc80 surrogate \ud800",
    "nul \x00 bell \x07 esc \x1b[31m",
    RTL,
    "e\u0301 \u212b \ufb01",  # decomposed, and characters that composing changes
    "baris\r\nkedua\rketiga\u2028keempat\u0085kelima",
    "👨‍👩‍👧 \U0010ffff \ufffe",
    '"},{"seq":1}\\',
    "</script> {0} %s {name} ../../etc/passwd",
    "x" * 20_000,
    "é" * 20_000,
)
any_text = st.text(st.characters(codec=None), max_size=200)


@pytest.fixture(scope="module")
def shared(
    tmp_path_factory: pytest.TempPathFactory, small: Path
) -> Iterator[tuple[unit.Workspace, str]]:
    with new_workspace(tmp_path_factory.mktemp("hostile") / "w") as ws:
        key = unit.new_assessment(ws, str(small), 2026).id
        fill(ws, key)
        yield ws, key


@given(text=any_text)
@settings(max_examples=60, deadline=None)
def test_kept_text_is_clean(text: str) -> None:
    kept = clean(text)
    kept.encode()
    assert clean(kept) == kept
    assert not {"\x00", "\r", "\x1b"} & set(kept)


@given(note=any_text, reason=any_text, label=any_text)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_text_is_kept_or_refused(
    shared: tuple[unit.Workspace, str], note: str, reason: str, label: str
) -> None:
    ws, key = shared
    unit.answer(ws, key, "A.3", note=note, reason=reason)
    assert answers(ws, key)["A.3"].note == clean(note)
    unit.relabel(ws, unit.evidence_list(ws, key)[0].id, label)
    assert unit.verify_trail(ws, key).ok


def test_a_package_full_of_odd_text_opens(tmp_path: Path, small: Path) -> None:
    """Every odd text in notes, labels, names of files and people: sealed, verified, continued."""
    with new_workspace(tmp_path / "w", name="Kecamatan \u202eTujuh 👨‍👩‍👧") as ws:
        key = unit.new_assessment(ws, str(small), 2026).id
        fill(ws, key)
        for code, text in zip(unit.worksheet(ws, key).rubric.items, ODD, strict=False):
            unit.answer(ws, key, code, note=text)
            blob = ws.blobs.ingest_bytes(pdf(code), f"{text[:4000]}.pdf")
            unit.attach(ws, key, [code], blob, text[:400])
        person = unit.add_person(ws, PersonDraft("Asesor \u202e e\u0301 \udc80"))
        unit.choose_person(ws, person.id)
        unit.answer(ws, key, "A.1", value="Tidak")
        before = unit.worksheet(ws, key)
        result = make_package(ws, key, tmp_path / "out")
    seen = unit.inspect(Path(result.path))
    assert [found.rule for found in seen.findings] == ["KEY_UNKNOWN"]
    with new_workspace(tmp_path / "dua") as ws:
        info = unit.continue_from(ws, Path(result.path))
        after = unit.worksheet(ws, info.id)
        assert after.answers == before.answers
        assert [(e.name, e.label, e.sha256) for e in after.evidence] == [
            (e.name, e.label, e.sha256) for e in before.evidence
        ]
        assert unit.verify_trail(ws, info.id).ok


def test_a_note_of_a_megabyte_is_refused(shared: tuple[unit.Workspace, str]) -> None:
    ws, key = shared
    before = answers(ws, key)["A.2"]
    error = refused("TEXT_TOO_LONG", unit.answer, ws, key, "A.2", note="x" * 1_000_000)
    assert "1000000" in error.message.replace(",", "").replace(".", "")
    assert answers(ws, key)["A.2"] == before


def test_names_of_4096_characters(shared: tuple[unit.Workspace, str]) -> None:
    ws, key = shared
    for length in (4096, 4097, 100_000):
        blob = ws.blobs.ingest_bytes(pdf(length), "n" * length + ".pdf")
        entry = unit.attach(ws, key, ["B.1"], blob)
        assert len(entry.name) <= 4096
        assert entry.name.endswith(".pdf")
    refused("TEXT_TOO_LONG", unit.relabel, ws, entry.id, "l" * 4096)
    refused("TEXT_TOO_LONG", unit.add_person, ws, PersonDraft("n" * 4096))


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "..\\..\\boot.ini", "CON", "a\x00b.pdf", ".."]
)
def test_names_are_never_paths(
    shared: tuple[unit.Workspace, str], tmp_path: Path, name: str
) -> None:
    ws, key = shared
    entry = unit.attach(ws, key, ["B.2"], ws.blobs.ingest_bytes(pdf(name), name))
    job = unit.plan_evidence_export(ws, key)
    unit.export_evidence(job, tmp_path / "keluar")
    inside = [path for path in (tmp_path / "keluar").rglob("*") if path.is_file()]
    assert len(inside) >= len(job.files)
    assert {path.name for path in tmp_path.iterdir()} == {"keluar"}
    assert "\x00" not in entry.name


def test_codes_with_dots_and_slashes_stay_in_the_folder(tmp_path: Path, small: Path) -> None:
    """A code such as ``A/../../x`` is allowed as text; the file name is made safe."""
    with new_workspace(tmp_path / "w", code="A/../../x .") as ws:
        key = unit.new_assessment(ws, str(small), 2026).id
        result = make_package(ws, key, tmp_path / "out", provisional=True, approval=None)
        assert Path(result.path).parent == tmp_path / "out"
        assert Path(result.path).name.startswith("PMPRB_A-x_2026_r1_")
        assert unit.inspect(Path(result.path)).valid


@given(value=any_text, inputs=st.dictionaries(any_text, any_text, max_size=3))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_answers_of_any_text_are_kept_or_refused(
    shared: tuple[unit.Workspace, str], value: str, inputs: dict[str, str]
) -> None:
    ws, key = shared
    rules = []
    for code in ("A.1", "A.5", "A.6", "B.3", value[:10]):
        try:
            unit.answer(ws, key, code, value=value, inputs=inputs)
        except UserError as error:
            rules.append(error.rule)
    assert all(rule.startswith(("ANSWER_", "ITEM_")) for rule in rules)
    unit.worksheet(ws, key)
