"""Every verb that a unit needs, as scripts call it: one JSON document, stable keys, exit status."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pmprb_desktop import i18n
from pmprb_desktop.cli import run
from tests.unit.kit import OTHER_SECRET, SECRET, pdf

RUBRIC_ITEMS = {"pmprb-2020-unit": 118, "pmprb-2020-instansi": 141, "rb-2014": 151}


class Program:
    """The command line inside this process, on one workspace folder."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capsys = capsys
        self.err = ""

    def text(self, *arguments: object, status: int = 0) -> str:
        """Run a command without ``--json`` and give what it printed."""
        self.capsys.readouterr()
        given = ["--data-dir", str(self.folder), *map(str, arguments)]
        assert run(given) == status, self.capsys.readouterr()
        said = self.capsys.readouterr()
        self.err = said.err
        return said.out

    def __call__(self, *arguments: object, status: int = 0) -> dict[str, Any]:
        """Run a command with ``--json`` and give its one document."""
        found: dict[str, Any] = json.loads(self.text("--json", *arguments, status=status))
        return found

    def refused(self, rule: str, *arguments: object) -> dict[str, Any]:
        """Run a command that must be refused by this rule."""
        found = self(*arguments, status=1)
        assert found["ok"] is False
        assert found["error"]["rule"] == rule
        assert rule in self.err, "the reason is printed for people too"
        return found


@pytest.fixture
def pmprb(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Program:
    return Program(tmp_path / "kerja", capsys)


@pytest.fixture
def ready(pmprb: Program, small: Path) -> tuple[Program, str]:
    """A workspace with one blank assessment of the small edition."""
    pmprb("init", "--role", "unit", "--unit-code", "KEC-07", "--unit-name", "Kecamatan Tujuh",
          "--person", "Asesor Satu")  # fmt: skip
    return pmprb, pmprb("new", "--rubric", small, "--year", 2026)["assessment"]


def fill_file(pmprb: Program, key: str, target: Path) -> Path:
    """Answers to the small edition, as a CSV file."""
    rows = {
        "A.1": "Ya", "A.2": "B", "A.3": "C", "A.4": "E", "A.5.part": "3", "A.5.whole": "4",
        "A.6.last_year": "4", "A.6.this_year": "1", "B.1": "A", "B.2": "Tidak", "B.3": "85,5",
        "B.4": "B", "B.5": "C", "B.6": "A",
    }  # fmt: skip
    with target.open("w", newline="", encoding="utf-8-sig") as handle:
        writer = csv.writer(handle, delimiter=";")
        writer.writerow(["code", "answer", "note"])
        writer.writerows([code, value, "catatan"] for code, value in rows.items())
    pmprb("answers", "import", key, target)
    return target


def test_init_makes_workspace_and_key(pmprb: Program) -> None:
    made = pmprb("init", "--role", "unit", "--unit-code", "KEC-07", "--unit-name", "Kecamatan",
                 "--person", "Asesor Satu", "--nip", "19850101 201001 1 001")  # fmt: skip
    assert made["workspace"] == str(pmprb.folder)
    shown = pmprb("identity", "show")
    assert shown["fingerprint"] == made["fingerprint"]
    assert shown["unit"] == {"code": "KEC-07", "name": "Kecamatan"}
    people = pmprb("person", "list")
    assert people["people"][0]["nip"] == "198501012010011001"
    assert people["fills"] == people["people"][0]["id"]
    pmprb.refused("WORKSPACE_EXISTS", "init", "--role", "unit", "--unit-code", "A",
                  "--unit-name", "B")  # fmt: skip


def test_init_that_cannot_make_the_key_makes_nothing(
    pmprb: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ("init", "--role", "unit", "--unit-code", "U", "--unit-name", "Unit")
    monkeypatch.setenv("PMPRB_PASSPHRASE", "pendek")
    pmprb.refused("PASSPHRASE_WEAK", *arguments)
    monkeypatch.delenv("PMPRB_PASSPHRASE")
    (tmp_path / "bad.p12").write_bytes(b"nothing")
    pmprb.refused("KEY_UNREADABLE", *arguments, "--p12", tmp_path / "bad.p12")
    pmprb.refused("FILE_UNREADABLE", *arguments, "--p12", tmp_path / "none.p12")
    pmprb(*arguments)


def test_common_options_stand_before_or_after(pmprb: Program, tmp_path: Path) -> None:
    for number, order in enumerate((0, 1)):
        folder = str(tmp_path / f"w{number}")
        options = ["--data-dir", folder, "--json"]
        verb = ["init", "--role", "unit", "--unit-code", "U", "--unit-name", "Unit"]
        pmprb.capsys.readouterr()
        assert run([*options, *verb] if order else [*verb, *options]) == 0
        assert json.loads(pmprb.capsys.readouterr().out)["workspace"] == folder
        assert run(["person", "--data-dir", folder, "list", "--json"]) == 0
        assert json.loads(pmprb.capsys.readouterr().out)["people"] == []


def test_the_environment_names_the_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PMPRB_DATA_DIR", str(tmp_path / "env"))
    assert run(["init", "--role", "unit", "--unit-code", "U", "--unit-name", "Unit", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["workspace"] == str(tmp_path / "env")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["identity"],
        ["init", "--role", "boss", "--unit-code", "A", "--unit-name", "B"],
        ["new", "--rubric", "rb-2014"],
        ["new", "--rubric", "rb-2014", "--year", "soon"],
        ["seal", "x"],
        ["attach", "x"],
        ["answer", "x", "A.1", "--input", "novalue"],
        ["identity", "passphrase"],
        ["status", "--jso"],
        ["seal", "x", "-o", "y", "--passphrase", "geheim"],
    ],
)
def test_wrong_usage_leaves_with_2(pmprb: Program, arguments: list[str]) -> None:
    assert pmprb.text(*arguments, status=2) == ""
    assert pmprb.err


def test_help_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    assert "seal" in capsys.readouterr().out
    assert run(["seal", "--help"]) == 0
    assert run(["--version"]) == 0


def test_language_is_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--language", "id", "--help"]) == 0
    indonesian = capsys.readouterr().out
    assert run(["--help", "--language=en"]) == 0
    assert capsys.readouterr().out != indonesian
    assert i18n.language() == "en"


def test_no_workspace_is_refused_and_not_made(pmprb: Program) -> None:
    for verb in (["status"], ["person", "list"], ["identity", "show"], ["check", "x"]):
        pmprb.refused("WORKSPACE_MISSING", *verb)
    assert not pmprb.folder.exists()


def test_filling_and_status(ready: tuple[Program, str]) -> None:
    pmprb, key = ready
    before = pmprb("status", key)
    assert (before["answered"], before["required"], before["total"]) == (0, 11, "0")
    saved = pmprb("answer", key[:8], "A.2", "b", "--note", "Ada SK")
    assert saved["saved"] is True
    assert (saved["answer"], saved["note"], saved["total"]) == ("B", "Ada SK", "0.5")
    pmprb("answer", ".", "A.5", "--input", "part=3", "--input", "whole=4")
    merged = pmprb("answer", ".", "A.5", "--input", "part=1")
    assert merged["inputs"] == {"part": "1", "whole": "4"}
    away = pmprb("answer", ".", "A.3", "Tidak Berlaku", "--reason", "Tidak ada")
    assert away["not_applicable"] is True
    assert pmprb("answer", ".", "A.2", "")["answer"] is None
    assert pmprb("undo", ".") == {"changed": True, "code": "A.2", "answer": "B"}
    assert pmprb("redo", ".") == {"changed": True, "code": "A.2", "answer": None}
    for _step in range(9):
        pmprb("undo", ".")
    assert pmprb("undo", ".") == {"changed": False}
    assert [entry["assessment"] for entry in pmprb("status")["assessments"]] == [key]
    assert "Kecamatan Tujuh" in pmprb.text("status", key)
    pmprb.refused("ANSWER_OPTION_UNKNOWN", "answer", ".", "A.2", "Q")
    pmprb.refused("ITEM_UNKNOWN", "answer", ".", "Q", "A")
    pmprb.refused("ASSESSMENT_UNKNOWN", "answer", "nobody", "A.2", "A")
    pmprb.refused("ASSESSMENT_UNKNOWN", "status", "\udc80")


def test_an_ambiguous_name_is_refused(ready: tuple[Program, str], small: Path) -> None:
    pmprb, key = ready
    other = pmprb("new", "--rubric", small, "--year", 2027)["assessment"]
    pmprb.refused("ASSESSMENT_AMBIGUOUS", "status", ".")
    pmprb.refused("ASSESSMENT_AMBIGUOUS", "status", "")
    assert pmprb("status", other)["year"] == 2027
    assert pmprb("status", key.upper())["year"] == 2026


def test_answers_in_and_out(ready: tuple[Program, str], tmp_path: Path) -> None:
    pmprb, key = ready
    fill_file(pmprb, key, tmp_path / "in.csv")
    total = pmprb("status", key)["total"]
    for name in ("out.csv", "out.json"):
        out = pmprb("answers", "export", key, tmp_path / name)
        assert out["saved"] == 12
        assert pmprb("answers", "import", key, tmp_path / name)["saved"] == 0
    pmprb("answer", key, "A.2", "C")
    assert pmprb("answers", "import", key, tmp_path / "out.json")["saved"] == 1
    assert pmprb("status", key)["total"] == total
    (tmp_path / "bad.csv").write_text("code,answer\nA.2,Q\nZ,A\nA.1,Tidak\n")
    refused = pmprb.refused("ANSWERS_INVALID", "answers", "import", key, tmp_path / "bad.csv")
    assert len(refused["findings"]) >= 2
    assert pmprb("status", key)["total"] == total
    pmprb("answers", "import", key, tmp_path / "none.csv", status=1)


def test_evidence(ready: tuple[Program, str], tmp_path: Path) -> None:
    pmprb, key = ready
    (tmp_path / "SK.pdf").write_bytes(pdf("SK"))
    (tmp_path / "jahat.exe").write_bytes(b"MZ" + bytes(100))
    (tmp_path / "kosong.pdf").write_bytes(b"")
    done = pmprb("attach", key, "A.1", tmp_path / "SK.pdf", "--label", "Surat")
    (entry,) = done["evidence"]
    assert (entry["name"], entry["label"], entry["items"]) == ("SK.pdf", "Surat", ["A.1"])
    assert entry["bytes"] == len(pdf("SK"))
    some = pmprb("attach", key, "A.2", tmp_path / "jahat.exe", tmp_path / "kosong.pdf",
                 tmp_path / "none", tmp_path / "SK.pdf", status=1)  # fmt: skip
    assert [one["rule"] for one in some["refused"]] == [
        "EVIDENCE_EXECUTABLE", "EVIDENCE_EMPTY", "EVIDENCE_UNREADABLE",
    ]  # fmt: skip
    assert some["evidence"][0]["items"] == ["A.1", "A.2"]
    pmprb("attach", key, "A.1", "--link", "https://example.org/x")
    listed = pmprb("evidence", "list", key)["evidence"]
    assert [one["kind"] for one in listed] == ["file", "link"]
    pmprb.refused("ITEM_UNKNOWN", "attach", key, "Q", tmp_path / "SK.pdf")
    out = pmprb("evidence", "export", key, "-o", tmp_path / "keluar")
    assert out["files"] == len(list((tmp_path / "keluar").rglob("*.pdf")))
    assert "Surat" in pmprb.text("evidence", "list", key)


def test_a_folder_of_evidence(ready: tuple[Program, str], tmp_path: Path) -> None:
    pmprb, key = ready
    folder = tmp_path / "bukti"
    (folder / "A").mkdir(parents=True)
    (folder / "A.1 SK.pdf").write_bytes(pdf(1))
    (folder / "A" / "A.2 notulen.pdf").write_bytes(pdf(2))
    (folder / "foto.pdf").write_bytes(pdf(3))
    dry = pmprb("attach", key, "--folder", folder, "--dry-run")
    assert (dry["dry_run"], dry["evidence"]) == (True, [])
    found = {match["path"]: match["items"] for match in dry["matches"]}
    assert found["A.1 SK.pdf"] == ["A.1"]
    assert found["foto.pdf"] == []
    assert pmprb("evidence", "list", key)["evidence"] == []
    done = pmprb("attach", key, "--folder", folder)
    assert [entry["items"] for entry in done["evidence"]] == [["A.1"], ["A.2"]] or (
        [entry["items"] for entry in done["evidence"]] == [["A.2"], ["A.1"]]
    )


def test_check_names_what_is_missing(ready: tuple[Program, str], tmp_path: Path) -> None:
    pmprb, key = ready
    blank = pmprb("check", key, status=1)
    assert {entry["code"] for entry in blank["errors"]} == {"REQUIRED_BLANK"}
    fill_file(pmprb, key, tmp_path / "in.csv")
    filled = pmprb("check", key)
    assert (filled["ok"], filled["errors"]) == (True, [])
    assert all(entry["code"] and entry["message"] for entry in filled["warnings"])
    (tmp_path / "SK.pdf").write_bytes(pdf("SK"))
    (entry,) = pmprb("attach", key, "A.1", tmp_path / "SK.pdf")["evidence"]
    blob = pmprb.folder / "blobs" / entry["sha256"][:2] / entry["sha256"]
    blob.write_bytes(b"?" * entry["bytes"])
    assert pmprb("check", key, status=1)["errors"][0]["code"] == "EVIDENCE_DAMAGED"


def test_lock_approve_seal_export_verify(
    ready: tuple[Program, str], tmp_path: Path, small: Path
) -> None:
    pmprb, key = ready
    fill_file(pmprb, key, tmp_path / "in.csv")
    locked = pmprb("lock", key)
    assert locked["state"] == "locked"
    assert len(locked["content_digest"]) == 64
    pmprb.refused("ASSESSMENT_LOCKED", "answer", key, "A.1", "Ya")
    assert pmprb("unlock", key)["state"] == "draft"
    pmprb("lock", key)
    (tmp_path / "BA.pdf").write_bytes(pdf("BA"))
    assert pmprb("approve", key, tmp_path / "BA.pdf")["approvals"][0]["name"] == "BA.pdf"
    sealed = pmprb("seal", key, "-o", tmp_path / "stik", "--approval", "scan")
    assert set(sealed) >= {
        "path", "package_id", "revision", "digest", "content_digest", "fingerprint", "files",
        "bytes",
    }  # fmt: skip
    assert (sealed["revision"], sealed["state"]) == (1, "final")
    assert sealed["bytes"] == Path(sealed["path"]).stat().st_size
    again = pmprb("export", key, "-o", tmp_path / "stik dua")
    assert again["digest"] == sealed["digest"]
    assert Path(again["path"]).read_bytes() == Path(sealed["path"]).read_bytes()
    pmprb.refused("ALREADY_SEALED", "seal", key, "-o", tmp_path / "stik")
    assert pmprb("trail", "verify", key)["ok"] is True
    unknown = pmprb("verify", sealed["path"])
    assert (unknown["valid"], unknown["trusted"], unknown["kind"]) == (True, False, "submission")
    assert (unknown["key"], unknown["digest"]) == (sealed["fingerprint"], sealed["digest"])
    assert [entry["rule"] for entry in unknown["findings"]] == ["KEY_UNKNOWN"]
    pem = tmp_path / "unit.pem"
    assert pmprb("identity", "certificate", "-o", pem)["path"] == str(pem)
    known = pmprb("verify", sealed["path"], "--trust", pem)
    assert (known["trusted"], known["findings"]) == (True, [])
    assert known["total"] == pmprb("status", key)["total"]
    assert sealed["digest"] in pmprb.text("verify", sealed["path"])
    bad = tmp_path / "rusak.pmprb"
    data = bytearray(Path(sealed["path"]).read_bytes())
    data[len(data) // 2] ^= 1
    bad.write_bytes(data)
    broken = pmprb("verify", bad, status=1)
    assert broken["valid"] is False
    assert broken["findings"]
    pmprb("verify", tmp_path / "none.pmprb", status=1)
    pmprb.refused("CERTIFICATE_UNREADABLE", "verify", sealed["path"], "--trust", bad)
    other = Program(tmp_path / "laptop baru", pmprb.capsys)
    other("init", "--role", "unit", "--unit-code", "KEC-07", "--unit-name", "Kecamatan Tujuh")
    unknown_key = other.refused("KEY_UNKNOWN", "open", sealed["path"])
    assert pmprb("identity", "show")["phone_code"] in unknown_key["error"]["message"]
    opened = other("open", sealed["path"], "--trust", pem)
    assert (opened["assessment"], opened["revision"]) == (key, 2)
    assert opened["signed_by"]["fingerprint"] == sealed["fingerprint"]
    assert (opened["signed_by"]["own"], opened["signed_by"]["trusted"]) == (False, True)
    other.refused("ASSESSMENT_EXISTS", "open", sealed["path"], "--any-key")
    other.refused("PACKAGE_REFUSED", "open", bad)


def test_a_package_of_another_key_is_named(ready: tuple[Program, str], tmp_path: Path) -> None:
    pmprb, key = ready
    sealed = pmprb("seal", key, "-o", tmp_path, "--provisional")
    other = Program(tmp_path / "laptop ketiga", pmprb.capsys)
    other("init", "--role", "unit", "--unit-code", "KEC-07", "--unit-name", "Kecamatan Tujuh")
    said = other.text("open", sealed["path"], "--any-key")
    assert "KEY_UNKNOWN" in said
    assert sealed["fingerprint"] in said


def test_a_provisional_package(ready: tuple[Program, str], tmp_path: Path) -> None:
    pmprb, key = ready
    refused = pmprb.refused("CHECK_FAILED", "seal", key, "-o", tmp_path, "--approval", "later")
    assert {entry["rule"] for entry in refused["findings"]} == {"REQUIRED_BLANK"}
    pmprb.refused("NOT_SEALED", "export", key, "-o", tmp_path)
    sealed = pmprb("seal", key, "-o", tmp_path, "--provisional")
    assert sealed["state"] == "provisional"
    assert pmprb("verify", sealed["path"])["state"] == "provisional"
    assert pmprb("status", key)["state"] == "sent_provisional"


def test_reports(ready: tuple[Program, str], tmp_path: Path) -> None:
    pmprb, key = ready
    for kind, paper in (("summary", "A4"), ("minutes", "F4")):
        target = tmp_path / f"{kind}.pdf"
        assert pmprb("report", key, kind, "-o", target, "--paper", paper)["path"] == str(target)
        assert target.read_bytes().startswith(b"%PDF")
    pmprb.refused("REPORT_FORMAT", "report", key, "summary", "-o", tmp_path / "x.xlsx")
    (tmp_path / "berkas").write_text("x")
    pmprb("report", key, "summary", "-o", tmp_path / "berkas" / "x.pdf", status=1)


def test_the_passphrase_comes_from_a_file_or_the_environment(
    pmprb: Program, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in (("satu", SECRET), ("dua", OTHER_SECRET), ("lemah", "abc")):
        (tmp_path / name).write_text(text + "\r\nbaris lain\n", encoding="utf-8")
    pmprb("init", "--role", "unit", "--unit-code", "U", "--unit-name", "Unit",
          "--passphrase-file", tmp_path / "satu")  # fmt: skip
    assert pmprb("identity", "show")["protection"] == "passphrase"
    key = pmprb("new", "--rubric", small, "--year", 2026)["assessment"]
    seal = ("seal", key, "-o", tmp_path / "stik", "--provisional")
    pmprb.refused("PASSPHRASE_NEEDED", *seal)
    pmprb.refused("PASSPHRASE_WRONG", *seal, "--passphrase-file", tmp_path / "dua")
    pmprb.refused("PASSPHRASE_FILE", *seal, "--passphrase-file", tmp_path / "tidak ada")
    change = ("identity", "passphrase", "--new-passphrase-file")
    pmprb.refused("PASSPHRASE_NEEDED", *change, tmp_path / "dua")
    monkeypatch.setenv("PMPRB_PASSPHRASE", SECRET)
    pmprb.refused("PASSPHRASE_WEAK", *change, tmp_path / "lemah")
    assert pmprb(*change, tmp_path / "dua")["protection"] == "passphrase"
    pmprb.refused("PASSPHRASE_WRONG", *seal)
    monkeypatch.setenv("PMPRB_PASSPHRASE", OTHER_SECRET)
    assert pmprb(*seal)["revision"] == 1
    for text in (SECRET, OTHER_SECRET):
        assert text not in pmprb.err
    assert pmprb("identity", "passphrase", "--remove")["protection"] == "file"
    monkeypatch.delenv("PMPRB_PASSPHRASE")
    pmprb("unlock", key)
    assert pmprb(*seal)["revision"] == 2


def test_keys_out_in_and_replaced(ready: tuple[Program, str], tmp_path: Path) -> None:
    pmprb, _key = ready
    (tmp_path / "p12pw").write_text(SECRET)
    first = pmprb("identity", "show")["fingerprint"]
    p12 = tmp_path / "unit.p12"
    assert pmprb("identity", "export", "-o", p12, "--password-file", tmp_path / "p12pw")["path"]
    letter = tmp_path / "surat.pdf"
    replaced = pmprb("identity", "replace", "--reason", "Laptop hilang", "--letter", letter)
    assert replaced["old"] == first != replaced["fingerprint"]
    assert letter.read_bytes().startswith(b"%PDF")
    back = pmprb("identity", "restore", p12, "--password-file", tmp_path / "p12pw")
    assert back["fingerprint"] == first
    states = {entry["fingerprint"]: entry["state"] for entry in pmprb("identity", "show")["keys"]}
    assert states == {first: "active", replaced["fingerprint"]: "retired"}
    other = Program(tmp_path / "lain", pmprb.capsys)
    made = other("init", "--role", "unit", "--unit-code", "KEC-07", "--unit-name", "Kecamatan",
                 "--p12", p12, "--p12-password-file", tmp_path / "p12pw")  # fmt: skip
    assert made["fingerprint"] == first
    assert pmprb.text("identity", "certificate").startswith("-----BEGIN CERTIFICATE-----")


def test_the_card_of_a_key(ready: tuple[Program, str], tmp_path: Path) -> None:
    pmprb, _key = ready
    made = pmprb("identity", "card", "-o", tmp_path / "stik")
    shown = pmprb("identity", "show")
    assert (made["fingerprint"], made["phone_code"]) == (shown["fingerprint"], shown["phone_code"])
    pem = tmp_path / "unit.pem"
    pmprb("identity", "certificate", "-o", pem)
    seen = pmprb("verify", made["path"], "--trust", pem)
    assert (seen["valid"], seen["trusted"], seen["kind"]) == (True, True, "enrolment")
    assert (seen["digest"], seen["package_id"]) == (made["digest"], made["package_id"])
    assert seen["unit"] == {"code": "KEC-07", "name": "Kecamatan Tujuh"}
    assert made["phone_code"] in pmprb.text("identity", "card", "-o", tmp_path / "stik")
    pmprb.refused("UNIT_UNKNOWN", "identity", "card", "-o", tmp_path, "--unit", "X")


def test_the_old_key_vouches_for_the_new_one(ready: tuple[Program, str], tmp_path: Path) -> None:
    pmprb, _key = ready
    for name, text in (("satu", SECRET), ("dua", OTHER_SECRET)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    replace = ("identity", "replace", "--reason", "Laptop diganti")
    rotate = (*replace, "--rotation", tmp_path / "stik")
    pem = tmp_path / "lama.pem"
    pmprb("identity", "certificate", "-o", pem)
    first = pmprb(*rotate, "--passphrase-file", tmp_path / "satu")
    assert first["rotation"] in first["note"]
    seen = pmprb("verify", first["rotation"], "--trust", pem)
    assert (seen["trusted"], seen["kind"], seen["key"]) == (True, "rotation", first["old"])
    pmprb.refused("PASSPHRASE_WRONG", *rotate, "--old-passphrase-file", tmp_path / "dua")
    second = pmprb(*rotate, "--old-passphrase-file", tmp_path / "satu",
                   "--passphrase-file", tmp_path / "dua")  # fmt: skip
    assert (second["old"], second["protection"]) == (first["fingerprint"], "passphrase")
    assert second["rotation"] != first["rotation"]
    letter = tmp_path / "surat.pdf"
    lost = pmprb(*rotate, "--letter", letter)
    assert (lost["rotation"], lost["old"]) == (None, second["fingerprint"])
    assert "letter" in lost["note"]
    assert letter.read_bytes().startswith(b"%PDF")
    plain = pmprb(*replace)
    assert plain["rotation"] is None
    assert "note" not in plain
    given = ["--data-dir", str(pmprb.folder), *replace, "--old-passphrase-file", "x"]
    assert run(given) == 2


def test_people(ready: tuple[Program, str]) -> None:
    pmprb, _key = ready
    head = pmprb("person", "add", "Kepala Unit", "--role", "unit_head", "--nip",
                 "197503122000031002", "--acting", "Plt.", "--position", "Camat")  # fmt: skip
    assert (head["role"], head["acting"]) == ("unit_head", "Plt.")
    second = pmprb("person", "add", "Asesor Dua", "--fills")
    assert pmprb("person", "list")["fills"] == second["id"]
    assert "Kepala Unit" in pmprb.text("person", "list")
    pmprb.refused("NIP_INVALID", "person", "add", "X", "--nip", "12")


def test_backup_and_restore(ready: tuple[Program, str], tmp_path: Path) -> None:
    pmprb, key = ready
    pmprb("answer", key, "A.1", "Ya")
    target = tmp_path / "cadangan.zip"
    made = pmprb("backup", "-o", target)
    assert (made["path"], made["bytes"], made["damaged"]) == (
        str(target), target.stat().st_size, [],
    )  # fmt: skip
    other = Program(tmp_path / "baru", pmprb.capsys)
    restored = other("restore", target)
    assert restored["workspace"] == str(other.folder)
    assert restored["assessments"][0]["assessment"] == key
    assert other("status", key)["answered"] == 1
    other.refused("RESTORE_NOT_EMPTY", "restore", target)
    target.write_bytes(target.read_bytes()[:-1])
    Program(tmp_path / "rusak", pmprb.capsys)("restore", target, status=1)
    assert not (tmp_path / "rusak").exists()


def test_a_crash_is_told_on_standard_error(ready: tuple[Program, str]) -> None:
    pmprb, key = ready
    pmprb("answer", key, "A.1", "Ya")
    (pmprb.folder / "workspace.open").write_text("2026-05-31T02:42:10Z")
    assert pmprb("status", key)["answered"] == 1
    assert "A.1" in pmprb.err
    pmprb("status", key)
    assert pmprb.err == ""


def test_editions_without_a_workspace(pmprb: Program, tmp_path: Path, small: Path) -> None:
    listed = pmprb("rubric", "list")["rubrics"]
    assert {entry["id"] for entry in listed} == set(RUBRIC_ITEMS)
    assert all(set(entry) >= {"id", "edition", "title", "items", "weight"} for entry in listed)
    shown = pmprb("rubric", "show", "pmprb-2020-unit")
    assert (shown["weight"], len(shown["items"])) == ("36.3", RUBRIC_ITEMS["pmprb-2020-unit"])
    assert {entry["kind"] for entry in shown["items"]} >= {"choice", "ratio"}
    assert pmprb("rubric", "check", small)["findings"] == []
    (tmp_path / "bad.yaml").write_text("format: pmprb-rubric/1\nid: x\n")
    assert pmprb("rubric", "check", tmp_path / "bad.yaml", status=1)["findings"]
    assert not pmprb.folder.exists()
    for edition in RUBRIC_ITEMS:
        assert pmprb.text("rubric", "show", edition)


def test_scoring_a_file(pmprb: Program, small: Path, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("code,answer,note\nA.1,Ya,\nB.3,50,\n")
    found = pmprb("score", "--rubric", small, "--answers", tmp_path / "a.csv")
    assert set(found) >= {"total", "predicate", "nodes", "items"}
    assert {entry["code"]: entry["score"] for entry in found["nodes"]}["A"] == "1"
    assert {entry["code"]: entry["score"] for entry in found["items"]}["B.3"] == "0.5"
    assert "Total" in pmprb.text("score", "--rubric", small, "--answers", tmp_path / "a.csv")


def test_demo_is_practice(pmprb: Program) -> None:
    made = pmprb("demo", "--headless")
    assert (made["practice"], made["workspace"]) == (True, str(pmprb.folder))
    assert pmprb("demo", "--headless")["assessment"] == made["assessment"]
    assert "PRACTICE" in pmprb.text("status")


@pytest.mark.parametrize("arguments", [["--json", "status"], ["status", "--json"]])
def test_the_program_itself(ready: tuple[Program, str], arguments: list[str]) -> None:
    """As another process: UTF-8 whatever the console says, one document, nothing else."""
    pmprb, key = ready
    environment = {**os.environ, "PMPRB_DATA_DIR": str(pmprb.folder), "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        [sys.executable, "-m", "pmprb_desktop", *arguments],
        capture_output=True, env=environment, timeout=60, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout)["assessments"][0]["assessment"] == key
    assert done.stderr == b""


def test_progress_goes_to_standard_error(
    ready: tuple[Program, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pmprb, _key = ready
    isatty: Callable[[], bool] = lambda: True  # noqa: E731
    monkeypatch.setattr(sys.stderr, "isatty", isatty)
    pmprb("backup", "-o", tmp_path / "x.zip")
    assert "100 %" in pmprb.err


def test_the_self_check_passes(pmprb: Program) -> None:
    found = pmprb("self-check")
    assert found["ok"] is True, found
