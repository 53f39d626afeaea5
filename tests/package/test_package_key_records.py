"""Packages about a key: the card, the rotation, and a rule for each way of being wrong."""

import base64
import functools
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pmprb_desktop.package import key_records, keys, layout, seal, signing, v1
from pmprb_desktop.package.keys import UnitKey
from pmprb_desktop.package.seal import HeaderDraft
from pmprb_desktop.package.verify import Verification, verify_package
from tests.package.builders import (
    ASSESSMENT,
    INSTALLATION,
    NOW,
    NOW_TEXT,
    PACKAGE,
    RUBRIC_REF,
    UNIT,
    Submission,
    contents,
    edit_json,
    payload_file,
    plain_key,
    raw_package,
    resign,
    retag,
)

Document = dict[str, Any]
OTHER_ID = "55555555-5555-4555-8555-555555555555"
SHA = "ab" * 32


def package(record: v1.Enrolment | v1.Rotation, key: UnitKey | None = None) -> Submission:
    """A package with this document alone."""
    kind: v1.Kind = "enrolment" if isinstance(record, v1.Enrolment) else "rotation"
    draft = HeaderDraft(
        kind=kind,
        key_seq=3,
        installation_id=INSTALLATION,
        unit=UNIT,
        package_id=PACKAGE,
        created_at=NOW_TEXT,
    )
    data = seal.json_bytes(record.model_dump(mode="json"))
    return Submission(draft, (payload_file(layout.RECORD_FILES[kind], data),), key or plain_key())


def card(key: UnitKey | None = None) -> v1.Enrolment:
    return key_records.enrolment(key or plain_key(), UNIT, INSTALLATION, NOW_TEXT)


def rotation(new: UnitKey | None = None, unit: v1.UnitRef = UNIT) -> v1.Rotation:
    return key_records.rotation(
        plain_key().fingerprint,
        new or plain_key(1),
        None,
        unit=unit,
        installation_id=INSTALLATION,
        reason="Laptop diganti",
        rotated_at=NOW_TEXT,
    )


@functools.cache
def rsa_key() -> UnitKey:
    """An RSA key with a certificate of its own."""
    return _foreign("rsa")


def _foreign(kind: str) -> UnitKey:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    if kind == "rsa":
        key = rsa.generate_private_key(65537, 2048)
    else:
        key = ec.generate_private_key(ec.SECP384R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Kantor Contoh")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=365))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    encoded = made.public_bytes(Encoding.DER)
    return UnitKey(private, encoded, keys.fingerprint(encoded), "Kantor Contoh")


def check(files: Mapping[str, bytes], folder: Path) -> Verification:
    path = folder / "paket.pmprb"
    path.write_bytes(raw_package(files))
    return verify_package(path, [plain_key().certificate_der], now=NOW)


def rules(result: Verification) -> set[str]:
    return {finding.rule for finding in result.findings}


@pytest.mark.parametrize("key", [plain_key, rsa_key])
def test_round_trip_of_a_card(key: Callable[[], UnitKey], tmp_path: Path) -> None:
    made = card(key())
    path = package(made, key()).write(tmp_path)
    assert path.name.startswith("PMPRB_KEC-01_enrolment_")
    result = verify_package(path, [key().certificate_der], now=NOW)
    assert result.findings == ()
    assert (result.valid, result.trusted, result.kind) == (True, True, "enrolment")
    assert result.record == made
    assert made.phone_code == keys.phone_code(result.key or "")
    assert list(result.members) == [layout.ENROLMENT]


@pytest.mark.parametrize("key", [lambda: plain_key(1), rsa_key], ids=["ecdsa", "rsa"])
def test_round_trip_of_a_rotation(key: Callable[[], UnitKey], tmp_path: Path) -> None:
    made = rotation(key())
    path = package(made).write(tmp_path)
    assert path.name.startswith("PMPRB_KEC-01_rotation_")
    result = verify_package(path, [plain_key().certificate_der], now=NOW, deep=False)
    assert result.findings == ()
    assert (result.valid, result.trusted, result.kind) == (True, True, "rotation")
    assert isinstance(result.record, v1.Rotation)
    assert result.record == made
    assert (result.key, made.new_fingerprint) == (plain_key().fingerprint, key().fingerprint)


def test_the_proof_is_over_exactly_these_lines() -> None:
    text = f"pmprb-rotation/1\nKEC-é\n{SHA}\n{'cd' * 32}\n{NOW_TEXT}\n"
    assert key_records.proof_text("KEC-é", SHA, "cd" * 32, NOW_TEXT) == text.encode("utf-8")


def changed(path: str, change: Callable[[Document], object], files: Mapping[str, bytes]) -> Any:
    """The document after a change, with digests, totals and signature made to fit."""
    return fitted(files, path, edit_json(files[path], change))


def fitted(files: Mapping[str, bytes], path: str, data: bytes) -> dict[str, bytes]:
    result = dict(files) | {path: data}
    result[layout.BAG_INFO] = b"Payload-Oxum: %d.1\n" % len(data)
    result[layout.HEADER] = edit_json(
        result[layout.HEADER], lambda value: value.update(payload={"files": 1, "bytes": len(data)})
    )
    return resign(result)


def put(name: str, value: object) -> Callable[[Document], object]:
    return lambda document: document.update({name: value})


def proven(**members: object) -> Callable[[Document], object]:
    """Other members in a rotation that the new key signs anew: a dishonest pair of keys."""

    def change(document: Document) -> None:
        document.update(members)
        text = key_records.proof_text(
            document["unit"]["code"], document["old_fingerprint"], document["new_fingerprint"],
            document["rotated_at"],
        )  # fmt: skip
        document["proof"] = base64.b64encode(key_records._sign(text, plain_key(1), None)).decode()

    return change


def proof_by(key: Callable[[], UnitKey]) -> Callable[[Document], object]:
    """The proof of another key than the new one."""
    return lambda document: document.update(
        proof=rotation(key()).proof if key is rsa_key else base64.b64encode(
            key_records._sign(
                key_records.proof_text(
                    UNIT.code, document["old_fingerprint"], document["new_fingerprint"], NOW_TEXT
                ),
                key(),
                None,
            )
        ).decode()
    )  # fmt: skip


def pem(key: UnitKey) -> str:
    return keys.certificate_pem(key.certificate_der).decode()


def loose_base64(document: Document) -> None:
    """The same proof in another text: bits after the last byte that nobody reads."""
    text = document["proof"].rstrip("=")
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    last = alphabet[alphabet.index(text[-1]) ^ 1]
    document["proof"] = text[:-1] + last + "=" * (-len(text) % 4)


CARD_CASES: dict[str, tuple[Callable[[Document], object], str]] = {
    "certificate of another key": (
        lambda value: value.update(certificate=pem(plain_key(1))),
        "ENROLMENT_KEY",
    ),
    "another key altogether": (
        lambda value: value.update(card(plain_key(1)).model_dump(mode="json")),
        "ENROLMENT_KEY",
    ),
    "another fingerprint": (
        lambda value: value.update(fingerprint=SHA, phone_code=keys.phone_code(SHA)),
        "ENROLMENT_KEY",
    ),
    "two certificates": (
        lambda value: value.update(certificate=value["certificate"] * 2),
        "JSON_SCHEMA",
    ),
    "certificate in one long line": (
        lambda value: value.update(certificate=value["certificate"].replace("\n", "")),
        "JSON_SCHEMA",
    ),
    "certificate broken at other places": (
        lambda value: value.update(certificate=rewrapped(value["certificate"])),
        "ENROLMENT_KEY",
    ),
    "another code to read out": (
        lambda value: value.update(phone_code=keys.phone_code(SHA)),
        "ENROLMENT_CODE",
    ),
    "code of another form": (put("phone_code", "12345"), "JSON_SCHEMA"),
    "another unit": (put("unit", {"code": "KEC-02", "name": UNIT.name}), "ENROLMENT_MISMATCH"),
    "another installation": (put("installation_id", OTHER_ID), "ENROLMENT_MISMATCH"),
    "another label": (put("label", "Kantor lain"), "ENROLMENT_MISMATCH"),
    "date that is none": (put("created_at", "2026-02-30T00:00:00Z"), "ENROLMENT_TIME"),
    "unknown member": (put("lain", 1), "JSON_UNKNOWN_MEMBER"),
    "missing member": (lambda value: value.pop("certificate"), "JSON_MISSING_MEMBER"),
    "newer format": (put("format", "pmprb-enrolment/2"), "FORMAT_UNKNOWN"),
    "format of the other": (put("format", "pmprb-rotation/1"), "FORMAT_UNKNOWN"),
}


def rewrapped(text: str) -> str:
    lines = text.splitlines()
    body = "".join(lines[1:-1])
    cut = [body[at : at + 60] for at in range(0, len(body), 60)]
    return "\n".join((lines[0], *cut, lines[-1], ""))


ROTATION_CASES: dict[str, tuple[Callable[[Document], object], str]] = {
    "signed by another than the old key": (proven(old_fingerprint=SHA), "ROTATION_KEY"),
    "to another fingerprint": (proven(new_fingerprint=SHA), "ROTATION_KEY"),
    "to itself": (
        lambda value: value.update(rotation(plain_key()).model_dump(mode="json")),
        "ROTATION_KEY",
    ),
    "certificate of another key": (
        lambda value: value.update(new_certificate=pem(plain_key(2))),
        "ROTATION_KEY",
    ),
    "key of another curve": (
        lambda value: value.update(new_certificate=pem(_foreign("p384"))),
        "ROTATION_CERTIFICATE",
    ),
    "certificate that is none": (
        lambda value: value.update(new_certificate=keys.certificate_pem(b"0" * 90).decode()),
        "ROTATION_CERTIFICATE",
    ),
    "certificate with something behind it": (
        lambda value: value.update(
            new_certificate=keys.certificate_pem(plain_key(1).certificate_der + b"0").decode()
        ),
        "ROTATION_CERTIFICATE",
    ),
    "certificate broken at other places": (
        lambda value: value.update(new_certificate=rewrapped(value["new_certificate"])),
        "ROTATION_CERTIFICATE",
    ),
    "certificate with a stray equals sign": (
        lambda value: value.update(
            new_certificate=value["new_certificate"].replace("\nMI", "\nM=", 1)
        ),
        "ROTATION_CERTIFICATE",
    ),
    "proof of the old key": (proof_by(plain_key), "ROTATION_PROOF"),
    "proof of another kind of key": (proof_by(rsa_key), "ROTATION_PROOF"),
    "proof of another time": (put("rotated_at", "2026-05-31T02:42:10Z"), "ROTATION_PROOF"),
    "proof for another unit": (
        lambda value: value.update(
            proof=rotation(unit=v1.UnitRef(code="KEC-02", name="X")).proof,
        ),
        "ROTATION_PROOF",
    ),
    "proof that is no base64": (put("proof", "AAAAA"), "ROTATION_PROOF"),
    "proof in a second text": (loose_base64, "ROTATION_PROOF"),
    "no proof": (put("proof", ""), "JSON_SCHEMA"),
    "another unit": (
        proven(unit={"code": "KEC-02", "name": UNIT.name}),
        "ROTATION_MISMATCH",
    ),
    "another installation": (put("installation_id", OTHER_ID), "ROTATION_MISMATCH"),
    "date that is none": (proven(rotated_at="2026-02-30T00:00:00Z"), "ROTATION_TIME"),
    "unknown member": (put("lain", 1), "JSON_UNKNOWN_MEMBER"),
    "missing member": (lambda value: value.pop("proof"), "JSON_MISSING_MEMBER"),
    "newer format": (put("format", "pmprb-rotation/2"), "FORMAT_UNKNOWN"),
}


@pytest.mark.parametrize("case", CARD_CASES)
def test_wrong_card_is_refused(case: str, tmp_path: Path) -> None:
    change, rule = CARD_CASES[case]
    result = check(changed(layout.ENROLMENT, change, contents(package(card()))), tmp_path)
    assert not result.valid
    extra = {"ENROLMENT_MISMATCH"} if case == "another key altogether" else set()
    assert rules(result) == {rule} | extra


@pytest.mark.parametrize("case", ROTATION_CASES)
def test_wrong_rotation_is_refused(case: str, tmp_path: Path) -> None:
    change, rule = ROTATION_CASES[case]
    result = check(changed(layout.ROTATION, change, contents(package(rotation()))), tmp_path)
    assert not result.valid
    assert rule in rules(result)
    assert all(finding.message for finding in result.findings)


@pytest.mark.parametrize("make", [card, rotation])
def test_members_of_a_higher_minor_are_ignored(make: Callable[[], Any], tmp_path: Path) -> None:
    made = contents(package(make()))
    path = next(path for path in made if path.startswith("data/"))
    newer = changed(path, lambda value: value.update(minor=1, baru={"a": 1}), made)
    result = check(newer, tmp_path)
    assert result.findings == ()
    assert result.record is not None


UNUSED: dict[str, object] = {
    "assessment_id": ASSESSMENT,
    "revision": 1,
    "previous": SHA,
    "merged_from": [SHA],
    "content_digest": SHA,
    "trail": {"count": 1, "head": SHA},
    "year": 2026,
    "state": "final",
    "approval": "none",
    "rubric": RUBRIC_REF.model_dump(),
    "part": {"group": OTHER_ID, "index": 1, "count": 2},
}


@pytest.mark.parametrize("name", UNUSED)
@pytest.mark.parametrize("make", [card, rotation])
def test_unused_members_of_the_header_are_null(
    make: Callable[[], Any], name: str, tmp_path: Path
) -> None:
    files = contents(package(make()))
    header = edit_json(files[layout.HEADER], put(name, UNUSED[name]))
    result = check(retag(files | {layout.HEADER: header}), tmp_path)
    assert rules(result) == {"HEADER_UNUSED"}


def test_header_needs_a_unit(tmp_path: Path) -> None:
    files = contents(package(card()))
    header = edit_json(files[layout.HEADER], put("unit", None))
    result = check(retag(files | {layout.HEADER: header}), tmp_path)
    assert rules(result) == {"HEADER_MEMBER", "ENROLMENT_MISMATCH"}


def test_the_document_belongs_to_the_kind(tmp_path: Path) -> None:
    files = contents(package(card()))
    files[layout.HEADER] = edit_json(files[layout.HEADER], put("kind", "rotation"))
    assert rules(check(retag(files), tmp_path)) >= {"LAYOUT_UNKNOWN_FILE", "LAYOUT_MISSING_FILE"}


def test_a_long_document_is_refused_before_it_is_read(tmp_path: Path) -> None:
    files = contents(package(card()))
    longer = fitted(files, layout.ENROLMENT, files[layout.ENROLMENT] + b" " * (64 << 10))
    assert "LAYOUT_FILE_TOO_LARGE" in rules(check(longer, tmp_path))


def test_a_card_whose_signature_is_rubbish(tmp_path: Path) -> None:
    """No exception, and nothing is said about a key that is not there."""
    for made in (card(), rotation()):
        files = contents(package(made)) | {layout.SIGNATURE: b"0" * 99}
        assert rules(check(files, tmp_path)) == {"SIGNATURE_NOT_DER"}


def test_a_certificate_that_openssl_cannot_read_is_unsuitable() -> None:
    """What could not sign a package later is refused before it is trusted."""
    assert signing.certificate_fault(plain_key().certificate_der) is None
    broken = bytearray(plain_key().certificate_der)
    at = broken.index(b"KEC-01")
    broken[at - 2] = 0x02  # a name that is a number
    fault = signing.certificate_fault(bytes(broken))
    assert fault is not None
    assert fault[0] == "KEY_UNSUITABLE"


TOOLS = ("openssl", "sha256sum", "unzip")


@pytest.mark.skipif(any(shutil.which(tool) is None for tool in TOOLS), reason="needs openssl")
@pytest.mark.parametrize("make", [card, rotation, lambda: rotation(rsa_key())])
def test_anyone_can_verify_them_outside(make: Callable[[], Any], tmp_path: Path) -> None:
    """The four lines of the format, and openssl over the lines of the proof."""
    record = make()
    path = package(record).write(tmp_path)
    (tmp_path / "unit.pem").write_text(pem(plain_key()))
    run(tmp_path, "unzip", "-q", path.name)
    (bag,) = tmp_path.glob("pkg-*")
    run(
        bag, "openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER",
        "-in", "signatures/tagmanifest-sha256.txt.p7s", "-content", "tagmanifest-sha256.txt",
        "-CAfile", "../unit.pem", "-out", "/dev/null",
    )  # fmt: skip
    for name in ("tagmanifest-sha256.txt", "manifest-sha256.txt"):
        run(bag, "sha256sum", "--strict", "-c", name)
    run(bag, sys.executable, "-m", "bagit", "--validate", ".")
    if isinstance(record, v1.Enrolment):
        return
    said = json.loads((bag / "data" / "rotation.json").read_text(encoding="utf-8"))
    (tmp_path / "new.pem").write_text(said["new_certificate"])
    (tmp_path / "proof").write_bytes(base64.b64decode(said["proof"]))
    lines = (said["unit"]["code"], said["old_fingerprint"], said["new_fingerprint"])
    text = "\n".join(("pmprb-rotation/1", *lines, said["rotated_at"], ""))
    (tmp_path / "text").write_bytes(text.encode())
    public = run(tmp_path, "openssl", "x509", "-in", "new.pem", "-pubkey", "-noout")
    (tmp_path / "new.pub").write_bytes(public)
    spki = run(tmp_path, "openssl", "pkey", "-pubin", "-in", "new.pub", "-outform", "DER")
    assert hashlib.sha256(spki).hexdigest() == said["new_fingerprint"]
    run(tmp_path, "openssl", "dgst", "-sha256", "-verify", "new.pub", "-signature", "proof", "text")


def run(folder: Path, *arguments: str) -> bytes:
    return subprocess.run(arguments, cwd=folder, check=True, capture_output=True).stdout
