"""Small things that went wrong in a trial by strangers, each with what is right."""

import json
import os
import re
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from pmprb_desktop.cli import output, run
from pmprb_desktop.errors import UserError
from pmprb_desktop.unit import targets
from tests.cli.test_cli_unit import Program
from tests.unit.kit import SECRET, pdf

INIT = ("init", "--role", "unit", "--unit-code", "U", "--unit-name", "Unit")


@pytest.fixture
def pmprb(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Program:
    return Program(tmp_path / "kerja", capsys)


@pytest.fixture
def key(pmprb: Program, small: Path) -> str:
    """A blank assessment of the small edition."""
    pmprb(*INIT, "--person", "Asesor Satu")
    assessment: str = pmprb("new", "--rubric", small, "--year", 2026)["assessment"]
    return assessment


def wrong(pmprb: Program, *arguments: object) -> str:
    """Run a command that is wrong usage; the rule of the document."""
    found = pmprb(*arguments, status=2)
    assert found["ok"] is False
    rule: str = found["error"]["rule"]
    return rule


def damage(pmprb: Program, sql: str) -> None:
    connection = sqlite3.connect(pmprb.folder / "workspace.db")
    with connection:
        connection.execute(sql)
    connection.close()


def test_a_failed_init_leaves_nothing(
    pmprb: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sandi").write_text(SECRET)
    arguments = (*INIT, "--passphrase-file", tmp_path / "sandi")

    def early(*_args: object, **_options: object) -> None:
        raise UserError("CLOCK_BEFORE_BUILD", "the clock is wrong")

    with monkeypatch.context() as patched:
        patched.setattr("pmprb_desktop.package.keys.make_key", early)
        pmprb.refused("CLOCK_BEFORE_BUILD", *arguments)
        assert not pmprb.folder.exists()
        pmprb.folder.mkdir()
        (pmprb.folder / "catatan.txt").write_text("x")
        pmprb.refused("CLOCK_BEFORE_BUILD", *arguments)
    assert [path.name for path in pmprb.folder.iterdir()] == ["catatan.txt"]
    pmprb(*arguments)
    assert pmprb("identity", "show")["protection"] == "passphrase"


def test_an_init_that_was_cut_off_is_finished(pmprb: Program, tmp_path: Path) -> None:
    (tmp_path / "sandi").write_text(SECRET)
    pmprb(*INIT)
    damage(pmprb, "DELETE FROM unit_key")
    pmprb.refused("WORKSPACE_EXISTS", *INIT[:-1], "Lain")
    pmprb(*INIT, "--passphrase-file", tmp_path / "sandi")
    assert pmprb("identity", "show")["protection"] == "passphrase"
    pmprb.refused("WORKSPACE_EXISTS", *INIT)


def test_what_does_not_go_together_is_wrong_use(pmprb: Program, key: str, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf(1))
    assert wrong(pmprb, "attach", key, "A.1", tmp_path / "a.pdf", "--dry-run") == "ATTACH_WHAT"
    assert wrong(pmprb, "attach", key, "A.1", "--folder", tmp_path) == "ATTACH_WHAT"
    assert wrong(pmprb, "attach", key, "--folder", tmp_path, "--label", "x") == "ATTACH_WHAT"
    assert pmprb("evidence", "list", key)["evidence"] == []
    assert wrong(pmprb, "answer", key, "A.1") == "ANSWER_WHAT"
    assert wrong(pmprb, "answer", key, "A.1", "--note", "q\udcff") == "USAGE"
    assert wrong(pmprb, *INIT, "--nip", "1") == "PERSON_WHO"
    assert wrong(pmprb, "seal", key) == "USAGE"


def test_options_stand_anywhere(pmprb: Program, key: str, tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(pdf(1))
    base = ["--data-dir", str(pmprb.folder)]
    for arguments in (
        ["attach", ".", "A.1", "--json", str(file)],
        ["attach", ".", "A.1", "--label", "L", str(file)],
        ["attach", ".", "--json", "A.1", str(file), str(file)],
        ["attach", "--json", ".", "A.1", str(file)],
        ["answer", ".", "A.2", "--note", "x", "A"],
        ["answer", ".", "A.2", "--json", "A"],
        ["answer", ".", "--note", "-", "A.2", "--", "A"],
        ["person", "add", "--fills", "Asesor Dua", "--nip", ""],
    ):
        assert run([*base, *arguments]) == 0, arguments
    assert pmprb("status", key)["answered"] == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["seal", "x"], "belum disebut: -o/--output"),
        (["init", "--role", "boss"], "bukan salah satu dari"),
        (["new", "--year", "soon"], "bukan bilangan bulat"),
        (["status", "--jso"], "tidak dikenal: --jso"),
        (["seal", "-o"], "-o/--output memerlukan nilai"),
        (["nonsense"], "bukan salah satu dari"),
    ],
)
def test_wrong_use_is_said_in_the_language_of_the_screen(
    pmprb: Program, arguments: list[str], words: str
) -> None:
    pmprb.text("--language", "id", *arguments, status=2)
    assert words in pmprb.err
    assert not re.search(r"usage:|argument|required|unrecognized", pmprb.err)
    pmprb.text("--language", "id", "seal", "--help")
    said = pmprb.text("--language", "id", "seal", "--help")
    assert not re.search(r"usage:|options:|show this|positional", said)
    pmprb.text("--language", "en", "rubric", "list")


def test_control_characters_are_made_visible(
    pmprb: Program, capsys: pytest.CaptureFixture[str]
) -> None:
    hostile = "A\x1b[31;1mSAH\x1b]0;x\x07\x9b\u202efdp\u2066\u2028\udc80\nB"
    seen = output.visible(hostile)
    assert seen == "A\\x1b[31;1mSAH\\x1b]0;x\\x07\\x9b\\u202efdp\\u2066\\u2028\\udc80 B"
    output.say_json({"name": hostile + "\x7f"})
    said = capsys.readouterr().out
    assert said.isascii()
    assert json.loads(said) == {"name": hostile + "\x7f"}
    pmprb.text("status", "\x1b[2J", status=1)
    assert "\x1b" not in pmprb.err
    pmprb.text("\x1b[2J", status=2)
    assert "\x1b" not in pmprb.err


def test_a_failed_seal_leaves_the_entries_open(pmprb: Program, key: str, tmp_path: Path) -> None:
    (tmp_path / "SK.pdf").write_bytes(pdf("SK"))
    (entry,) = pmprb("attach", key, "A.1", tmp_path / "SK.pdf")["evidence"]
    blob = pmprb.folder / "blobs" / entry["sha256"][:2] / entry["sha256"]
    blob.chmod(0o600)
    blob.write_bytes(b"?" * entry["bytes"])
    pmprb.refused("EVIDENCE_DAMAGED", "seal", key, "-o", tmp_path, "--provisional")
    assert pmprb("status", key)["state"] == "draft"
    pmprb("attach", key, "A.1", tmp_path / "SK.pdf")


def test_the_target_is_looked_at_before_sealing(
    pmprb: Program, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "berkas").write_text("x")
    seal = ("seal", key, "--provisional", "-o")
    pmprb.refused("TARGET_UNWRITABLE", *seal, tmp_path / "berkas")
    pmprb.refused("TARGET_MISSING", *seal, tmp_path / "tidak" / "ada")
    media = tmp_path / "media"
    (media / "akun").mkdir(parents=True)
    monkeypatch.setattr(targets, "MOUNT_FOLDERS", {media.as_posix()})
    monkeypatch.setattr(targets, "ACCOUNT_MOUNTS", {media.as_posix()})
    for folder in (media / "stik", media / "akun" / "stik"):
        pmprb.refused("TARGET_MISSING", *seal, folder)
        assert not folder.exists()
    assert pmprb("status", key)["state"] == "draft"

    def full(*_args: object, **_options: object) -> None:
        raise UserError("TARGET_FULL", "the stick is full", next_step="Use another.")

    with monkeypatch.context() as patched:
        patched.setattr("pmprb_desktop.unit.exporting.write_package", full)
        error = pmprb.refused("TARGET_FULL", *seal, tmp_path)["error"]
    assert f"pmprb export {key[:8]}" in error["next_step"]
    assert Path(pmprb("export", key, "-o", tmp_path)["path"]).is_file()


def test_files_are_written_only_where_a_folder_is(pmprb: Program, key: str, tmp_path: Path) -> None:
    away = tmp_path / "tidak" / "ada"
    pmprb.refused("TARGET_MISSING", "answers", "export", key, away / "x.csv")
    pmprb.refused("TARGET_MISSING", "identity", "certificate", "-o", away / "x.pem")
    pmprb.refused("TARGET_MISSING", "backup", "-o", away / "x.zip")
    pmprb.refused("TARGET_IS_FOLDER", "backup", "-o", ".")
    pmprb.refused("TARGET_IS_FOLDER", "identity", "certificate", "-o", tmp_path)
    pmprb.refused("ANSWERS_FORMAT", "answers", "export", key, tmp_path / "x.yaml")
    assert not away.parent.exists()
    assert not list((pmprb.folder / "staging").glob("*"))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_what_holds_the_key_is_private(pmprb: Program, key: str, tmp_path: Path) -> None:
    assert key
    (tmp_path / "sandi").write_text(SECRET)
    pmprb("backup", "-o", tmp_path / "x.zip")
    export = ("identity", "export", "-o", tmp_path / "x.p12", "--password-file")
    pmprb(*export, tmp_path / "sandi")
    for name in ("x.zip", "x.p12"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_a_reader_that_leaves_early_is_no_error(pmprb: Program, key: str) -> None:
    assert key
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        done = subprocess.run(
            [sys.executable, "-m", "pmprb_desktop", "rubric", "show", "pmprb-2020-unit"],
            stdout=pipe, stderr=subprocess.PIPE, timeout=60, check=False,
        )  # fmt: skip
    assert done.stderr == b""


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes with names there")
def test_pipes_and_devices_are_no_files(pmprb: Program, key: str, tmp_path: Path) -> None:
    pipe = tmp_path / "pipa"
    os.mkfifo(pipe)
    package = pmprb("seal", key, "-o", tmp_path, "--provisional")["path"]
    new = tmp_path / "lain"
    for strange in (pipe, Path("/dev/zero"), tmp_path):
        pmprb.refused("FILE_UNREADABLE", "rubric", "check", strange)
        pmprb.refused("FILE_UNREADABLE", "identity", "restore", strange)
        pmprb.refused("FILE_UNREADABLE", "verify", strange)
        pmprb.refused("FILE_UNREADABLE", "restore", strange)
        pmprb.refused("FILE_UNREADABLE", *INIT, "--p12", strange, "--data-dir", new)
        pmprb.refused("CERTIFICATE_UNREADABLE", "verify", package, "--trust", strange)
        pmprb.refused("PASSPHRASE_FILE", "identity", "passphrase", "--new-passphrase-file", strange)
        pmprb.refused("PASSPHRASE_FILE", "identity", "show", "--passphrase-file", strange)
    (tmp_path / "nul").write_bytes(bytes(4096))
    pmprb.refused(
        "PASSPHRASE_FILE", "identity", "passphrase", "--new-passphrase-file", tmp_path / "nul"
    )
    assert not new.exists()
    missing = pmprb.refused("FILE_UNREADABLE", "verify", tmp_path / "tidak ada")
    assert "not there" in missing["error"]["message"]


@pytest.mark.parametrize(
    ("sql", "verbs", "place"),
    [
        ("UPDATE answer SET inputs='{bad'", ("status", "check"), "A.2"),
        ("UPDATE answer SET inputs='[1]'", ("status", "check"), "A.2"),
        ("UPDATE answer SET inputs='{\"a\": 1}'", ("status", "check"), "A.2"),
        ("UPDATE assessment SET state='xyz'", ("status", "check"), ""),
    ],
)
def test_damaged_rows_are_named(
    pmprb: Program, key: str, sql: str, verbs: tuple[str, ...], place: str
) -> None:
    pmprb("answer", key, "A.2", "B")
    damage(pmprb, sql)
    for verb in verbs:
        assert pmprb.refused("WORKSPACE_DAMAGED", verb, key)["error"]["path"] == (place or key)


def test_an_answer_that_was_edited_behind_the_trail_is_noticed(pmprb: Program, key: str) -> None:
    pmprb("answer", key, "A.2", "B", "--note", "x")
    pmprb("answer", key, "A.3", "C")
    pmprb("undo", key)
    assert pmprb("trail", "verify", key)["ok"] is True
    damage(pmprb, "UPDATE answer SET value='A' WHERE code='A.2'")
    report = pmprb("trail", "verify", key, status=1)
    assert (report["ok"], report["differs"], report["first_fault"]) == (False, ["A.2"], None)
    assert "A.2" in pmprb.text("trail", "verify", key, status=1)


def test_warnings_about_a_file_of_answers_are_printed(
    pmprb: Program, key: str, small: Path, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text("code,answer,notes\nA.2,B,hilang\n")
    assert "notes" in pmprb.text("answers", "import", key, tmp_path / "a.csv")
    assert "notes" in pmprb.text("score", "--rubric", small, "--answers", tmp_path / "a.csv")


def test_the_same_bytes_again_are_told(pmprb: Program, key: str, tmp_path: Path) -> None:
    for name in ("satu.pdf", "dua.pdf"):
        (tmp_path / name).write_bytes(pdf("sama"))
    assert pmprb("attach", key, "A.1", tmp_path / "satu.pdf")["notes"] == []
    again = pmprb("attach", key, "A.2", tmp_path / "dua.pdf", "--label", "Surat")
    assert again["evidence"][0]["label"] == "Surat"
    assert len(again["notes"]) == 1
    assert "dua.pdf" in again["notes"][0]
    third = pmprb("attach", key, "A.2", tmp_path / "satu.pdf", "--label", "Lain")
    assert third["evidence"][0]["label"] == "Surat"
    assert "Surat" in third["notes"][0]
    assert "Surat" in pmprb.text("attach", key, "A.2", tmp_path / "dua.pdf")
    assert pmprb("trail", "verify", key)["ok"] is True


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes with names there")
def test_a_folder_tells_what_is_left_out(pmprb: Program, key: str, tmp_path: Path) -> None:
    folder = tmp_path / "bukti"
    folder.mkdir()
    (folder / "A.1 SK.pdf").write_bytes(pdf(1))
    (folder / "A.2 jalan.sh").write_text("#!/bin/sh\n")
    (folder / "Thumbs.db").write_bytes(b"x")
    (folder / "A.3 tautan.pdf").symlink_to(folder / "A.1 SK.pdf")
    os.mkfifo(folder / "A.4 pipa.pdf")
    dry = pmprb("attach", key, "--folder", folder, "--dry-run", status=1)
    refused = {entry["path"]: entry["rule"] for entry in dry["refused"]}
    assert refused["A.2 jalan.sh"] == "EVIDENCE_PROGRAM"
    assert refused["A.3 tautan.pdf"] == "EVIDENCE_LINK"
    assert refused["A.4 pipa.pdf"] == "EVIDENCE_SPECIAL"
    assert {entry["path"] for entry in dry["left_out"]} == {*refused, "Thumbs.db"}
    said = pmprb.text("attach", key, "--folder", folder, status=1)
    assert "Thumbs.db" in said
    assert "jalan.sh" in said


def test_only_pages_are_minutes(pmprb: Program, key: str, tmp_path: Path) -> None:
    pmprb("lock", key)
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    (tmp_path / "a.pdf").write_bytes(pdf(1))
    pmprb.refused("APPROVAL_KIND", "approve", key, tmp_path / "a.pdf", tmp_path / "a.csv")
    assert len(pmprb("approve", key, tmp_path / "a.pdf")["approvals"]) == 1
    pmprb("seal", key, "-o", tmp_path, "--provisional")
    error = pmprb.refused("NOT_LOCKED", "approve", key, tmp_path / "a.pdf")["error"]
    assert "Unlock" in error["next_step"]


def test_damaged_files_are_named_and_do_not_stop_the_others(
    pmprb: Program, key: str, tmp_path: Path
) -> None:
    assert "No evidence" in pmprb.text("evidence", "export", key, "-o", tmp_path)
    for number in (1, 2, 3):
        (tmp_path / f"{number}.pdf").write_bytes(pdf(number))
        done = pmprb("attach", key, f"A.{number}", tmp_path / f"{number}.pdf")
        if number == 1:
            digest = done["evidence"][0]["sha256"]
    blob = pmprb.folder / "blobs" / digest[:2] / digest
    blob.chmod(0o600)
    blob.write_bytes(b"?" * blob.stat().st_size)
    found = pmprb.refused("EVIDENCE_EXPORT_INCOMPLETE", "evidence", "export", key, "-o",
                          tmp_path / "keluar")  # fmt: skip
    assert len(found["findings"]) == 1
    assert len(list((tmp_path / "keluar").rglob("*.pdf"))) == 2
    pmprb.refused("TARGET_UNWRITABLE", "evidence", "export", key, "-o", tmp_path / "1.pdf")
    told = pmprb("backup", "-o", tmp_path / "x.zip", status=1)
    assert told["damaged_names"] == {digest: "1.pdf"}
    assert "1.pdf" in pmprb.text("backup", "-o", tmp_path / "x.zip", status=1)


def test_small_words(pmprb: Program, key: str, tmp_path: Path) -> None:
    assert key
    pmprb("person", "add", "Kepala Unit", "--role", "unit_head")
    assert "unit_head" not in pmprb.text("person", "list")
    (pmprb.folder / "workspace.open").write_text("2026-05-31T02:42:10Z")
    pmprb("status")
    assert "–" not in pmprb.err
    pmprb("backup", "-o", tmp_path / "x.zip")
    whole = (tmp_path / "x.zip").read_bytes()
    (tmp_path / "x.zip").write_bytes(whole[: len(whole) // 2])
    other = Program(tmp_path / "baru", pmprb.capsys)
    error = other.refused("RESTORE_BROKEN", "restore", tmp_path / "x.zip")["error"]
    assert "backup" in error["next_step"]
