"""The card for the office, and the key that vouches for the one after it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pmprb_desktop import unit
from pmprb_desktop.errors import UserError
from pmprb_desktop.package import v1
from pmprb_desktop.package.verify import verify_package
from pmprb_desktop.unit import clock, key_packages
from pmprb_desktop.unit.unit_keys import replace_identity
from tests.unit.kit import OTHER_SECRET, SECRET, make_package, refused


def test_the_card_holds_the_key(workspace: unit.Workspace, tmp_path: Path) -> None:
    made = unit.enrolment_card(workspace, tmp_path / "stik")
    entry = unit.identity(workspace)
    assert (made.fingerprint, made.bytes) == (entry.fingerprint, Path(made.path).stat().st_size)
    seen = unit.inspect(Path(made.path), [entry.certificate_der])
    assert (seen.valid, seen.verification.trusted, seen.findings) == (True, True, ())
    record = seen.verification.record
    assert isinstance(record, v1.Enrolment)
    assert record.unit == v1.UnitRef(code="KEC-07", name="Kecamatan Tujuh")
    assert record.installation_id == unit.info(workspace).installation_id
    assert (record.phone_code, record.label) == (entry.phone_code, entry.label)
    assert record.certificate.encode() == unit.certificate_pem(workspace)


def test_every_package_of_a_key_has_its_number(
    workspace: unit.Workspace, filled: str, tmp_path: Path
) -> None:
    unit.enrolment_card(workspace, tmp_path)
    result = make_package(workspace, filled, tmp_path)
    last = unit.enrolment_card(workspace, tmp_path)
    numbers = []
    for path in (result.path, last.path):
        header = verify_package(Path(path)).header
        assert header is not None
        numbers.append(header.key_seq)
    assert numbers == [2, 3]
    assert unit.identity(workspace).key_seq == 3


def test_the_card_is_that_of_the_unit(workspace: unit.Workspace, tmp_path: Path) -> None:
    unit.add_unit(workspace, "PKM-02", "Puskesmas Dua")
    made = unit.enrolment_card(workspace, tmp_path, "PKM-02")
    assert made.fingerprint == unit.identity(workspace, "PKM-02").fingerprint
    refused("UNIT_UNKNOWN", unit.enrolment_card, workspace, tmp_path, "X")
    (tmp_path / "berkas").write_text("x")
    refused("TARGET_UNWRITABLE", unit.enrolment_card, workspace, tmp_path / "berkas" / "x")


def test_a_card_is_no_assessment_to_continue(workspace: unit.Workspace, tmp_path: Path) -> None:
    made = unit.enrolment_card(workspace, tmp_path)
    with pytest.raises(UserError):
        unit.continue_from(workspace, Path(made.path))


def test_the_old_key_vouches_for_the_new_one(workspace: unit.Workspace, tmp_path: Path) -> None:
    old = unit.identity(workspace)
    done = unit.rotate_identity(workspace, "Laptop diganti", tmp_path, SECRET)
    assert done.package is not None
    assert done.package.path in done.note
    assert done.package.fingerprint == old.fingerprint
    assert done.change.old is not None
    assert (done.change.old.fingerprint, done.change.old.state) == (old.fingerprint, "retired")
    seen = verify_package(Path(done.package.path), [old.certificate_der])
    assert (seen.trusted, seen.findings) == (True, ())
    record = seen.record
    assert isinstance(record, v1.Rotation)
    new = unit.identity(workspace)
    assert (record.old_fingerprint, record.new_fingerprint) == (old.fingerprint, new.fingerprint)
    assert record.new_certificate.encode() == unit.certificate_pem(workspace)
    assert record.reason == "Laptop diganti"
    assert [entry.key_seq for entry in unit.identities(workspace)] == [1, 0]
    assert unit.enrolment_card(workspace, tmp_path, passphrase=SECRET).fingerprint == (
        new.fingerprint
    )


def test_a_key_under_a_passphrase_vouches_too(workspace: unit.Workspace, tmp_path: Path) -> None:
    unit.set_passphrase(workspace, SECRET)
    first = unit.rotate_identity(workspace, "", tmp_path, OTHER_SECRET)
    assert first.package is not None, "the passphrase of this session opens the old key"
    workspace.passphrases.clear()
    before = unit.identities(workspace)
    wrong = {"old_passphrase": SECRET}
    refused("PASSPHRASE_WRONG", unit.rotate_identity, workspace, "", tmp_path, **wrong)
    assert unit.identities(workspace) == before
    second = unit.rotate_identity(workspace, "", tmp_path, old_passphrase=OTHER_SECRET)
    assert second.package is not None
    assert second.package.fingerprint == first.change.new.fingerprint


@pytest.mark.parametrize("given", [None, OTHER_SECRET])
def test_a_key_that_does_not_open_leaves_the_letter(
    workspace: unit.Workspace, tmp_path: Path, given: str | None
) -> None:
    old = unit.set_passphrase(workspace, SECRET)
    workspace.passphrases.clear()
    done = unit.rotate_identity(workspace, "Kata sandi hilang", tmp_path / "stik", given)
    assert done.package is None
    assert "letter" in done.note
    assert not (tmp_path / "stik").exists()
    assert done.change.old is not None
    assert done.change.old.fingerprint == old.fingerprint
    assert unit.identity(workspace).fingerprint == done.change.new.fingerprint


def test_without_a_key_before_there_is_nothing_to_rotate(
    workspace: unit.Workspace, tmp_path: Path
) -> None:
    done = unit.rotate_identity(workspace, "", tmp_path)
    assert (done.change.old, done.package) == (None, None)
    assert "letter" not in done.note


def test_what_cannot_be_written_replaces_nothing(
    workspace: unit.Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit.identity(workspace)
    before = unit.identities(workspace)
    secrets = sorted((workspace.path / "keys").iterdir())
    (tmp_path / "berkas").write_text("x")
    target = tmp_path / "stik"
    rotate = (unit.rotate_identity, workspace, "")
    refused("TARGET_UNWRITABLE", *rotate, tmp_path / "berkas" / "x")
    refused("PASSPHRASE_WEAK", *rotate, target, "pendek")
    refused("UNIT_UNKNOWN", *rotate, target, None, "X")
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", lambda: datetime(1999, 12, 31, tzinfo=UTC))
        refused("CLOCK_BEFORE_BUILD", *rotate, target)
    with monkeypatch.context() as patch:
        patch.setattr(key_packages, "verify_package", lambda path, _trust: verify_package(path))
        refused("EXPORT_NOT_VERIFIED", *rotate, target)
    with monkeypatch.context() as patch:
        patch.setattr(key_packages, "verify_package", broken)
        with pytest.raises(OSError, match="torn out"):
            unit.rotate_identity(workspace, "", target)
    assert unit.identities(workspace) == before
    assert sorted((workspace.path / "keys").iterdir()) == secrets
    assert not list(target.glob("*.pmprb*"))


def broken(*_given: object) -> None:
    raise OSError("torn out")


def test_a_package_of_a_key_that_was_not_kept_is_taken_back(
    workspace: unit.Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The package is written before the database says so; when that fails, it goes again."""
    before = unit.identity(workspace)
    written: list[Path] = []

    def failing(*given: object, **named: object) -> None:
        replace_identity(*given, **named)  # type: ignore[arg-type]
        written.extend(tmp_path.glob("*.pmprb"))
        raise OSError("drive full")

    monkeypatch.setattr(key_packages, "replace_identity", failing)
    with pytest.raises(OSError, match="drive full"):
        unit.rotate_identity(workspace, "", tmp_path)
    assert len(written) == 1
    assert not written[0].exists()
    assert before.fingerprint in {entry.fingerprint for entry in unit.identities(workspace)}
