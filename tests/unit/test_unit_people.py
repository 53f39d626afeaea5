"""Workspace, units, people, settings."""

from pathlib import Path

import pytest

from pmprb_desktop import unit
from pmprb_desktop.unit.settings import LOGO_LIMIT
from pmprb_desktop.values import LetterheadInfo, PersonDraft
from tests.unit.kit import PNG, fill, refused

NIP = "19850101 201001 1 001"


def test_a_new_folder_is_not_set_up(tmp_path: Path) -> None:
    with unit.open_workspace(tmp_path / "w") as ws:
        info = unit.info(ws)
        assert (info.is_set_up, info.units, info.person, info.last_backup) == (
            False,
            (),
            None,
            None,
        )
        refused("WORKSPACE_EMPTY", unit.new_assessment, ws, "rb-2014", 2026)
        refused("WORKSPACE_EMPTY", unit.add_person, ws, PersonDraft("Asesor Satu"))
        refused("WORKSPACE_EMPTY", unit.add_unit, ws, "KEC-07", "Kecamatan")
        refused("UNIT_UNKNOWN", unit.identity, ws)
        assert unit.assessments(ws) == ()
        assert unit.people(ws) == ()


def test_setting_up_happens_once(workspace: unit.Workspace) -> None:
    info = unit.info(workspace)
    assert (info.is_set_up, info.role, info.government) == (True, "unit", "pemda")
    assert [(entry.code, entry.name) for entry in info.units] == [("KEC-07", "Kecamatan Tujuh")]
    assert info.person is not None
    assert info.person.name == "Asesor Satu"
    refused("WORKSPACE_EXISTS", unit.setup, workspace, "unit", "A", "B")
    assert unit.info(workspace) == info


@pytest.mark.parametrize(
    "code", ["", " ", "../etc", "/etc", "-x", "a" * 60, "KEC\n07;", "a\\b", "<b>", "\udc80"]
)
def test_odd_unit_codes_are_refused(tmp_path: Path, code: str) -> None:
    with unit.open_workspace(tmp_path / "w") as ws:
        refused("UNIT_CODE_INVALID", unit.setup, ws, "unit", code, "Nama")
        assert not unit.info(ws).is_set_up


def test_a_unit_needs_a_name(tmp_path: Path) -> None:
    with unit.open_workspace(tmp_path / "w") as ws:
        refused("UNIT_NAME_MISSING", unit.setup, ws, "unit", "KEC-07", " \n ")
        refused("TEXT_TOO_LONG", unit.setup, ws, "unit", "KEC-07", "n" * 4096)
        refused("TEXT_TOO_LONG", unit.setup, ws, "unit", "k" * 4096, "Nama")
        person = PersonDraft(" ")
        refused("PERSON_NAME_MISSING", unit.setup, ws, "unit", "KEC-07", "Nama", person)
        assert not unit.info(ws).is_set_up, "all or nothing"


def test_people_are_kept_as_typed(workspace: unit.Workspace) -> None:
    head = unit.add_person(
        workspace,
        PersonDraft(
            "Kepala  Unit, S.Sos.\n",
            nip=NIP,
            rank="Pembina (IV/a)",
            position="Camat",
            acting="Plt.",
            role="unit_head",
            since="2026-01-31",
            until="2026-12-31",
        ),
    )
    assert (head.name, head.nip, head.acting) == (
        "Kepala Unit, S.Sos.",
        "198501012010011001",
        "Plt.",
    )
    person = unit.info(workspace).person
    assert person is not None
    assert person.name == "Asesor Satu", "the head does not fill"
    assert unit.people(workspace)[-1] == head
    assert unit.people(workspace, "KEC-07")[-1] == head
    assert unit.people(workspace, "\udc80") == ()
    assert unit.choose_person(workspace, head.id) == head
    refused("PERSON_UNKNOWN", unit.choose_person, workspace, "nobody")
    refused("PERSON_UNKNOWN", unit.choose_person, workspace, "\udc80")


@pytest.mark.parametrize(
    ("draft", "rule"),
    [
        (PersonDraft(""), "PERSON_NAME_MISSING"),
        (PersonDraft("\udc80\x00"), "PERSON_NAME_MISSING"),
        (PersonDraft("n" * 501), "TEXT_TOO_LONG"),
        (PersonDraft("A", nip="123"), "NIP_INVALID"),
        (PersonDraft("A", nip="١٩٨٥٠١٠١٢٠١٠٠١١٠٠١"), "NIP_INVALID"),
        (PersonDraft("A", nip="\udc80"), "NIP_INVALID"),
        (PersonDraft("A", since="31-01-2026"), "DATE_INVALID"),
        (PersonDraft("A", since="2026-02-30"), "DATE_INVALID"),
        (PersonDraft("A", until="2026-W01-1"), "DATE_INVALID"),
        (PersonDraft("A", until="٢٠٢٦-٠١-٠١"), "DATE_INVALID"),
    ],
)
def test_odd_people_are_refused(workspace: unit.Workspace, draft: PersonDraft, rule: str) -> None:
    before = unit.people(workspace)
    refused(rule, unit.add_person, workspace, draft)
    assert unit.people(workspace) == before


def test_one_laptop_serves_several_units(workspace: unit.Workspace, small: Path) -> None:
    unit.add_unit(workspace, "PKM-02", "Puskesmas Dua")
    unit.add_unit(workspace, "PKM-02", "Nama lain")
    assert [entry.name for entry in unit.info(workspace).units] == [
        "Kecamatan Tujuh",
        "Puskesmas Dua",
    ]
    other = unit.add_person(workspace, PersonDraft("Asesor Dua"), "PKM-02")
    assert unit.people(workspace, "PKM-02") == (other,)
    refused("UNIT_UNKNOWN", unit.add_person, workspace, PersonDraft("X"), "NONE")
    refused("UNIT_UNKNOWN", unit.new_assessment, workspace, str(small), 2026, "NONE")
    first = unit.new_assessment(workspace, str(small), 2026)
    second = unit.new_assessment(workspace, str(small), 2026, "PKM-02")
    assert (first.unit_code, second.unit_code) == ("KEC-07", "PKM-02")
    refused("ASSESSMENT_EXISTS", unit.new_assessment, workspace, str(small), 2026, "PKM-02")
    unit.choose_person(workspace, other.id)
    unit.answer(workspace, second.id, "A.1", value="Ya")
    assert unit.worksheet(workspace, first.id).info.answered == 0
    unit.lock(workspace, second.id)
    document = unit.plan_report(workspace, second.id, "summary").document
    assert document.unit.code == "PKM-02"
    assert [person.name for person in document.people] == ["Asesor Dua"]


@pytest.mark.parametrize("year", [0, 1999, 2101, -2026])
def test_odd_years_are_refused(workspace: unit.Workspace, small: Path, year: int) -> None:
    refused("YEAR_INVALID", unit.new_assessment, workspace, str(small), year)


def test_editions(workspace: unit.Workspace, small: Path, tmp_path: Path) -> None:
    """One name, one content; what an assessment was begun with stays with it."""
    refused("RUBRIC_UNKNOWN", unit.new_assessment, workspace, "no-such", 2026)
    key = unit.new_assessment(workspace, str(small), 2026).id
    changed = tmp_path / "uji@1.yaml"
    text = small.read_text(encoding="utf-8")
    changed.write_text(text.replace("Instrumen uji", "Instrumen lain"), encoding="utf-8")
    refused("EDITION_DIFFERS", unit.new_assessment, workspace, str(changed), 2027)
    workspace.cache.clear()
    assert unit.worksheet(workspace, key).rubric.source == small.read_bytes()
    assert unit.rubric_list()[0].for_level == "unit"
    assert {entry.id for entry in unit.rubric_list()} >= {"pmprb-2020-unit", "rb-2014"}


def test_last_year_stands_beside_this_year(workspace: unit.Workspace, small: Path) -> None:
    old = unit.new_assessment(workspace, str(small), 2025).id
    fill(workspace, old, evidence=0)
    new = unit.new_assessment(workspace, str(small), 2026).id
    sheet = unit.worksheet(workspace, new)
    assert sheet.last_year == unit.worksheet(workspace, old).answers
    assert sheet.last_year_score == unit.worksheet(workspace, old).score
    assert unit.worksheet(workspace, old).last_year == {}
    practice = unit.new_assessment(workspace, str(small), 2026, practice=True).id
    assert unit.worksheet(workspace, practice).last_year == {}
    assert [info.id for info in unit.assessments(workspace)] == [new, old, practice]


def test_settings_and_letterhead(workspace: unit.Workspace) -> None:
    assert unit.setting(workspace, "zone", "WIB") == "WIB"
    unit.set_setting(workspace, "zone", "WITA")
    unit.set_setting(workspace, "odd", "a\udc80\x00b")
    assert unit.setting(workspace, "zone") == "WITA"
    assert unit.setting(workspace, "odd") == "ab"
    assert unit.letterhead(workspace) == LetterheadInfo()
    head = LetterheadInfo(
        ("PEMERINTAH KABUPATEN", "KECAMATAN TUJUH"), "Jl. Satu", "1/2", "Kota", PNG
    )
    assert unit.set_letterhead(workspace, head) == unit.letterhead(workspace) == head
    for logo in (b"GIF89a", b"", PNG + bytes(LOGO_LIMIT)):
        refused("LOGO_INVALID", unit.set_letterhead, workspace, LetterheadInfo(logo=logo))
    assert unit.letterhead(workspace) == head


def test_the_help_page_reads_out_what_matters(workspace: unit.Workspace, filled: str) -> None:
    unit.note_error(workspace, "E-1234 \udc80")
    plain = unit.help_info(workspace)
    assert (plain.edition, plain.revision, plain.content_code) == ("", None, "")
    assert (plain.last_error, plain.data_dir) == ("E-1234 ", str(workspace.path))
    digest = unit.lock(workspace, filled).content_digest
    assert digest
    told = unit.help_info(workspace, filled)
    assert (told.edition, told.revision) == ("uji@1", 1)
    assert told.content_code == f"{digest[:4]} {digest[4:8]}"


def test_a_crash_is_recovered_and_told(tmp_path: Path, small: Path) -> None:
    """The mark of an open workspace and a half-written file are what a crash leaves."""
    with unit.open_workspace(tmp_path / "w") as ws:
        unit.setup(ws, "unit", "U", "Unit")
        key = unit.new_assessment(ws, str(small), 2026).id
        change = unit.answer(ws, key, "A.1", value="Ya")
    (tmp_path / "w" / "workspace.open").write_text("2026-05-31T02:42:10Z")
    (tmp_path / "w" / "staging").mkdir(exist_ok=True)
    (tmp_path / "w" / "staging" / "half.part").write_bytes(b"half")
    with unit.open_workspace(tmp_path / "w") as ws:
        found = ws.recovery
        assert found is not None
        assert (found.stopped_after, found.last_answer, found.last_answer_at, found.answers) == (
            "2026-05-31T02:42:10Z",
            "A.1",
            change.at,
            1,
        )
        assert (found.discarded_files, found.database_sound) == (1, True)
        assert list((tmp_path / "w" / "staging").iterdir()) == []
    with unit.open_workspace(tmp_path / "w") as ws:
        assert ws.recovery is None


def test_folders_are_proposed() -> None:
    assert unit.propose_data_dirs()
    assert unit.on_network(Path("//server/share"))
    assert not unit.on_network(Path("/home/kantor"))


def test_free_room(workspace: unit.Workspace) -> None:
    assert unit.free_bytes(workspace) > 0
