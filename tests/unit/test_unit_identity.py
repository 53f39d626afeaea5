"""The unit's key: made without questions, opened as promised, replaced when lost."""

import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail
from keyring.errors import KeyringError, PasswordDeleteError

from pmprb_desktop import unit
from pmprb_desktop.package import keys
from pmprb_desktop.unit import clock
from pmprb_desktop.unit.unit_keys import signing_key
from tests.unit.kit import OTHER_SECRET, SECRET, answers, make_package, new_workspace, refused


class AccountStore(KeyringBackend):  # type: ignore[misc]
    """The secret store of an account, in memory."""

    priority = 1.0

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.broken = False

    def get_password(self, service: str, username: str) -> str | None:
        """Find it."""
        if self.broken:
            raise KeyringError("locked")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep it."""
        if self.broken:
            raise KeyringError("locked")
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Drop it."""
        if (service, username) not in self.kept:
            raise PasswordDeleteError(username)
        del self.kept[service, username]


@pytest.fixture
def account() -> Iterator[AccountStore]:
    """An account with a secret store."""
    store = AccountStore()
    keyring.set_keyring(store)
    yield store
    keyring.set_keyring(fail.Keyring())


def secrets_of(ws: unit.Workspace) -> list[str]:
    return sorted(path.name for path in (ws.path / "keys").glob("*"))


def test_a_key_is_made_without_questions(workspace: unit.Workspace) -> None:
    assert unit.info(workspace).units[0].fingerprint is None
    made = unit.identity(workspace)
    assert made == unit.identity(workspace)
    assert unit.info(workspace).units[0].fingerprint == made.fingerprint
    assert (made.protection, made.state, made.key_seq) == ("file", "active", 0)
    assert "passphrase" in made.protection_note
    assert made.phone_code == keys.phone_code(made.fingerprint)
    (name,) = secrets_of(workspace)
    mode = (workspace.path / "keys" / name).stat().st_mode
    assert mode & 0o077 == 0
    pem = unit.certificate_pem(workspace)
    assert pem.startswith(b"-----BEGIN CERTIFICATE-----")
    assert signing_key(workspace, "KEC-07").key.fingerprint == made.fingerprint


def test_the_key_is_bound_to_the_account_where_there_is_a_store(
    tmp_path: Path, account: AccountStore
) -> None:
    with new_workspace(tmp_path / "w") as ws:
        assert unit.identity(ws).protection == "account"
        assert len(account.kept) == 1
        assert secrets_of(ws) == []
        signing_key(ws, "KEC-07")
        account.broken = True
        refused("KEY_LOST", signing_key, ws, "KEC-07")
        account.broken = False
        account.kept.clear()
        refused("KEY_LOST", signing_key, ws, "KEC-07")


def test_a_store_that_does_not_work_falls_back_to_a_file(
    tmp_path: Path, account: AccountStore
) -> None:
    account.broken = True
    with new_workspace(tmp_path / "w") as ws:
        assert unit.identity(ws).protection == "file"
        assert len(secrets_of(ws)) == 1


def test_a_passphrase_takes_the_secret_out_of_the_account(
    tmp_path: Path, account: AccountStore
) -> None:
    with new_workspace(tmp_path / "w") as ws:
        unit.identity(ws)
        assert unit.set_passphrase(ws, SECRET).protection == "passphrase"
        assert account.kept == {}


def test_a_passphrase_is_asked_for(tmp_path: Path) -> None:
    with new_workspace(tmp_path / "w") as ws:
        unit.identity(ws)
        assert len(secrets_of(ws)) == 1
        refused("PASSPHRASE_WEAK", unit.set_passphrase, ws, "pendek")
        changed = unit.set_passphrase(ws, SECRET)
        assert (changed.protection, secrets_of(ws)) == ("passphrase", [])
        signing_key(ws, "KEC-07")  # known until the program ends
    with unit.open_workspace(tmp_path / "w") as ws:
        refused("PASSPHRASE_NEEDED", signing_key, ws, "KEC-07")
        refused("PASSPHRASE_NEEDED", unit.set_passphrase, ws, None)
        refused("PASSPHRASE_WRONG", signing_key, ws, "KEC-07", OTHER_SECRET)
        refused("PASSPHRASE_NEEDED", signing_key, ws, "KEC-07")
        signing_key(ws, "KEC-07", SECRET)
        signing_key(ws, "KEC-07")
        unit.set_passphrase(ws, OTHER_SECRET, SECRET)
        refused("PASSPHRASE_WRONG", signing_key, ws, "KEC-07", SECRET)
        assert unit.set_passphrase(ws, None, OTHER_SECRET).protection == "file"
        assert unit.set_passphrase(ws, None).protection == "file"
    with unit.open_workspace(tmp_path / "w") as ws:
        signing_key(ws, "KEC-07")
        signing_key(ws, "KEC-07", "not needed here")


def test_answers_stay_readable_without_the_passphrase(tmp_path: Path, small: Path) -> None:
    with new_workspace(tmp_path / "w") as ws:
        unit.identity(ws, passphrase=SECRET)
        key = unit.new_assessment(ws, str(small), 2026).id
        unit.answer(ws, key, "A.1", value="Ya")
    with unit.open_workspace(tmp_path / "w") as ws:
        assert answers(ws, key)["A.1"].value == "Ya"
        refused("PASSPHRASE_NEEDED", unit.plan_seal, ws, key, provisional=True)
        assert unit.worksheet(ws, key).info.state == "draft"


def test_a_lost_secret_says_what_to_do(workspace: unit.Workspace) -> None:
    unit.identity(workspace)
    shutil.rmtree(workspace.path / "keys")
    error = refused("KEY_LOST", signing_key, workspace, "KEC-07")
    assert error.next_step


def test_replacing_a_key_keeps_what_was_sealed(
    workspace: unit.Workspace, filled: str, tmp_path: Path
) -> None:
    first = make_package(workspace, filled, tmp_path / "satu")
    change = unit.replace_identity(workspace, "Laptop hilang", SECRET)
    assert change.old is not None
    assert (change.old.fingerprint, change.old.state) == (first.fingerprint, "retired")
    assert (change.new.state, change.new.protection, change.reason) == (
        "active",
        "passphrase",
        "Laptop hilang",
    )
    assert [entry.state for entry in unit.identities(workspace)] == ["retired", "active"]
    again = unit.export(unit.plan_export(workspace, filled), tmp_path / "dua")
    assert Path(again.path).read_bytes() == Path(first.path).read_bytes()
    unit.unlock(workspace, filled)
    second = make_package(workspace, filled, tmp_path / "tiga")
    assert second.fingerprint == change.new.fingerprint
    letter = BytesIO()
    unit.key_letter(workspace, change, letter)
    assert letter.getvalue().startswith(b"%PDF")


def test_a_wrong_clock_makes_no_key_and_stops_no_answer(
    workspace: unit.Workspace, blank: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(1999, 12, 31, 23, 59, tzinfo=UTC))
    error = refused("CLOCK_BEFORE_BUILD", unit.identity, workspace)
    assert "1999" in error.message
    refused("CLOCK_BEFORE_BUILD", unit.plan_seal, workspace, blank, provisional=True)
    change = unit.answer(workspace, blank, "A.1", value="Ya", note="jam salah")
    assert change.at == "1999-12-31T23:59:00Z"
    assert unit.info(workspace).units[0].fingerprint is None
    assert unit.collect_garbage(workspace) == 0
    monkeypatch.undo()
    unit.identity(workspace)
    assert answers(workspace, blank)["A.1"].note == "jam salah"


def test_export_and_restore_give_the_same_key(
    workspace: unit.Workspace, filled: str, tmp_path: Path
) -> None:
    first = make_package(workspace, filled, tmp_path / "satu")
    refused("PASSPHRASE_WEAK", unit.export_identity, workspace, "pendek")
    data = unit.export_identity(workspace, OTHER_SECRET)
    assert unit.restore_identity(workspace, data, OTHER_SECRET).fingerprint == first.fingerprint
    unit.replace_identity(workspace, "salah pencet")
    back = unit.restore_identity(workspace, data, OTHER_SECRET, SECRET)
    assert (back.fingerprint, back.state, back.key_seq) == (first.fingerprint, "active", 1)
    assert len(unit.identities(workspace)) == 2
    with new_workspace(tmp_path / "lain") as ws:
        refused("PASSPHRASE_WRONG", unit.restore_identity, ws, data, SECRET)
        refused("KEY_UNREADABLE", unit.restore_identity, ws, b"nothing", OTHER_SECRET)
        refused("PASSPHRASE_WEAK", unit.restore_identity, ws, data, OTHER_SECRET, "pendek")
        assert unit.identities(ws) == ()
        assert unit.restore_identity(ws, data, OTHER_SECRET).fingerprint == first.fingerprint
        signing_key(ws, "KEC-07")


def openssl(*arguments: str, folder: Path) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
def test_a_key_made_by_openssl_signs(
    workspace: unit.Workspace, filled: str, tmp_path: Path
) -> None:
    openssl(
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
        "-keyout", "key.pem", "-out", "cert.pem", "-days", "3650", "-subj", "/CN=Kantor Contoh",
        "-addext", "basicConstraints=critical,CA:FALSE",
        "-addext", "keyUsage=critical,digitalSignature,nonRepudiation", folder=tmp_path,
    )  # fmt: skip
    openssl(
        "pkcs12", "-export", "-inkey", "key.pem", "-in", "cert.pem", "-out", "unit.p12",
        "-passout", f"pass:{SECRET}", folder=tmp_path,
    )  # fmt: skip
    data = (tmp_path / "unit.p12").read_bytes()
    refused("PASSPHRASE_WRONG", unit.try_identity, data, OTHER_SECRET, None)
    taken = unit.restore_identity(workspace, data, SECRET)
    assert "Kantor Contoh" in taken.label
    result = make_package(workspace, filled, tmp_path / "out")
    seen = unit.inspect(Path(result.path), [taken.certificate_der])
    assert seen.valid
    assert seen.verification.trusted
    assert seen.verification.key == taken.fingerprint


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
def test_openssl_reads_the_exported_key(workspace: unit.Workspace, tmp_path: Path) -> None:
    (tmp_path / "unit.p12").write_bytes(unit.export_identity(workspace, SECRET))
    openssl(
        "pkcs12", "-in", "unit.p12", "-nodes", "-passin", f"pass:{SECRET}", "-out", "all.pem",
        folder=tmp_path,
    )  # fmt: skip
    assert unit.certificate_pem(workspace) in (tmp_path / "all.pem").read_bytes()


def test_every_unit_has_a_key_of_its_own(workspace: unit.Workspace) -> None:
    unit.add_unit(workspace, "PKM-02", "Puskesmas Dua")
    first, second = unit.identity(workspace), unit.identity(workspace, "PKM-02")
    assert first.unit_code == "KEC-07"
    assert (second.unit_code, second.unit_name) == ("PKM-02", "Puskesmas Dua")
    assert first.fingerprint != second.fingerprint
    refused("UNIT_UNKNOWN", unit.identity, workspace, "NONE")
    refused("UNIT_UNKNOWN", unit.identity, workspace, "\udc80")
