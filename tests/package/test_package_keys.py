"""Unit keys: made, kept, imported and exported; other programs read them."""

import hashlib
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PublicFormat,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID

from pmprb_desktop import BUILD_DATE
from pmprb_desktop.errors import UserError
from pmprb_desktop.package import der, keys, signing
from tests.package import cms_builder as build
from tests.package.builders import INSTALLATION, NOW, PASSPHRASE, plain_key, unit_key

PASSWORD = b"kata sandi berkas"


def openssl(*command: str | Path, folder: Path) -> str:
    """What openssl prints."""
    result = subprocess.run(
        ["openssl", *map(str, command)], cwd=folder, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def rule_of(call: Any, *arguments: Any, **named: Any) -> str:
    """The rule under which a call is refused."""
    with pytest.raises(UserError) as caught:
        call(*arguments, **named)
    return caught.value.rule


def test_certificate_is_of_the_profile() -> None:
    """CA:FALSE, for signatures, ten years, named after office and installation."""
    key = unit_key()
    certificate = x509.load_der_x509_certificate(key.certificate_der)
    extensions = certificate.extensions
    assert extensions.get_extension_for_class(x509.BasicConstraints).value.ca is False
    usage = extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature
    assert usage.content_commitment
    assert not usage.key_cert_sign
    assert certificate.not_valid_before_utc <= NOW
    assert certificate.not_valid_after_utc.year == NOW.year + 10
    subject = certificate.subject.rfc4514_string()
    assert "KEC-01" in subject
    assert "Kecamatan Contoh" in subject
    assert INSTALLATION in subject
    assert certificate.subject == certificate.issuer
    assert signing.certificate_fault(key.certificate_der) is None
    assert keys.fingerprint(key.certificate_der) == key.fingerprint
    spki = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert hashlib.sha256(spki).hexdigest() == key.fingerprint


@pytest.mark.parametrize("name", ["", "  ", "x" * 600, "baris\nkedua\x00", "Dinas Pendidikan — é"])
def test_any_office_name_makes_a_certificate(name: str) -> None:
    """Names that no certificate may hold are shortened and put on one line."""
    key = keys.make_key(name, name, INSTALLATION, None, now=NOW)
    assert signing.certificate_fault(key.certificate_der) is None


def test_no_key_while_the_clock_is_wrong() -> None:
    """Before the program's build date no key is made; a leap day is no trouble."""
    early = BUILD_DATE - timedelta(seconds=1)
    assert rule_of(keys.make_key, "1", "x", "i", None, now=early) == "CLOCK_BEFORE_BUILD"
    leap = datetime(2028, 2, 29, tzinfo=UTC)
    certificate = keys.make_key("1", "x", "i", None, now=leap).certificate_der
    end = x509.load_der_x509_certificate(certificate).not_valid_after_utc
    assert (end.year, end.month, end.day) == (2038, 2, 28)


def test_key_at_rest_is_scrypt_and_others_read_it(tmp_path: Path) -> None:
    """PKCS#8 with PBES2 and scrypt of the fixed cost, readable by openssl and cryptography."""
    key = unit_key()
    (tmp_path / "key.pem").write_bytes(key.private)
    (tmp_path / "pass").write_text(PASSPHRASE)
    shown = openssl("asn1parse", "-in", "key.pem", folder=tmp_path)
    for part in ("PBES2", "scrypt", ":4000", ":08", ":05", "aes-256-cbc"):
        assert part in shown
    text = openssl("pkey", "-in", "key.pem", "-passin", "file:pass", "-text", folder=tmp_path)
    assert "prime256v1" in text
    loaded = load_pem_private_key(key.private, PASSPHRASE.encode())
    assert isinstance(loaded, ec.EllipticCurvePrivateKey)
    assert keys.unlock(key, PASSPHRASE).private_numbers() == loaded.private_numbers()
    assert key.private != keys.change_passphrase(key, PASSPHRASE, PASSPHRASE).private


def test_encrypted_form_is_der() -> None:
    """The written container is strict DER."""
    assert der.parse(keys.encrypt_pkcs8(b"isi", b"rahasia")).tag == der.SEQUENCE


@pytest.mark.parametrize("wrong", ["", "salah", None, PASSPHRASE + " "])
def test_wrong_passphrase_is_said(wrong: str | None) -> None:
    """A wrong or missing passphrase is told from a damaged key."""
    assert rule_of(keys.unlock, unit_key(), wrong) == "PASSPHRASE_WRONG"


def test_key_without_passphrase_opens_with_any() -> None:
    """A key that is bound to the machine instead carries no passphrase of its own."""
    assert keys.unlock(plain_key(), None).key_size == 256
    assert keys.unlock(plain_key(), "apa saja").key_size == 256
    damaged = keys.UnitKey(b"-----BEGIN PRIVATE KEY-----\nAA==\n", b"", "", "")
    assert rule_of(keys.unlock, damaged, None) == "KEY_UNREADABLE"


def test_passphrase_can_be_changed() -> None:
    """The same key opens with the new passphrase and no longer with the old one."""
    changed = keys.change_passphrase(unit_key(), PASSPHRASE, "empat kata yang baru")
    assert rule_of(keys.unlock, changed, PASSPHRASE) == "PASSPHRASE_WRONG"
    assert keys.unlock(changed, "empat kata yang baru").key_size == 256
    assert changed.fingerprint == unit_key().fingerprint


@pytest.mark.parametrize("text", ["", "pendek", "sebelas 123", "a b c d", "tiga kata ya"[:10]])
def test_weak_passphrase_is_refused(text: str) -> None:
    """Shorter than twelve characters and fewer than four words is refused."""
    assert rule_of(keys.check_passphrase, text) == "PASSPHRASE_WEAK"


@pytest.mark.parametrize("text", ["dua belas 12", "a1b2c3d4e5f6", "ini itu di ke", "ab cd ef gh"])
def test_good_passphrase_is_accepted(text: str) -> None:
    """Twelve characters, or four words, are enough."""
    keys.check_passphrase(text)


def test_exported_pkcs12_is_read_by_openssl_and_back(tmp_path: Path) -> None:
    """A PKCS#12 file carries key and certificate to another program and back."""
    key = unit_key()
    data = keys.export_pkcs12(key, PASSPHRASE, PASSWORD.decode())
    (tmp_path / "key.p12").write_bytes(data)
    (tmp_path / "pass").write_bytes(PASSWORD)
    shown = openssl("pkcs12", "-in", "key.p12", "-passin", "file:pass", "-nodes", folder=tmp_path)
    assert "BEGIN PRIVATE KEY" in shown
    assert "BEGIN CERTIFICATE" in shown
    back = keys.import_pkcs12(data, PASSWORD.decode(), "frasa sandi lain")
    assert back.fingerprint == key.fingerprint
    assert back.certificate_der == key.certificate_der
    assert keys.unlock(back, "frasa sandi lain").key_size == 256
    assert rule_of(keys.export_pkcs12, key, PASSPHRASE, "pendek") == "PASSPHRASE_WEAK"


def bundle(key: Any, *extensions: Any, others: tuple[bytes, ...] = ()) -> bytes:
    """A PKCS#12 file of a key with a self-signed certificate."""
    certificate = x509.load_der_x509_certificate(build.certificate(key, *extensions))
    chain = [x509.load_der_x509_certificate(other) for other in others]
    return pkcs12.serialize_key_and_certificates(
        b"x", key, certificate, chain or None, BestAvailableEncryption(PASSWORD)
    )


def test_rsa_can_be_imported() -> None:
    """An RSA key of an issuing office comes with its chain and signs."""
    key = rsa.generate_private_key(65537, 2048)
    issuer = plain_key(1).certificate_der
    taken = keys.import_pkcs12(bundle(key, others=(issuer,)), PASSWORD.decode(), None)
    assert taken.chain == (issuer,)
    data = signing.sign(b"isi", taken, None, NOW)
    report = signing.check_signature(data, b"isi", taken.certificate_der, now=NOW)
    assert report.findings == ()
    assert report.fingerprint == taken.fingerprint


def test_chain_counts_for_the_limit() -> None:
    """However long the chain of a file is, signatures stay within five certificates."""
    others = tuple(plain_key(number).certificate_der for number in range(1, 7))
    taken = keys.import_pkcs12(
        bundle(rsa.generate_private_key(65537, 2048), others=others), PASSWORD.decode(), None
    )
    data = signing.sign(b"isi", taken, None, NOW)
    assert signing.check_signature(data, b"isi", None, now=NOW).good


SERVER = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])


@pytest.mark.parametrize(
    "data",
    [
        lambda: bundle(rsa.generate_private_key(65537, 1024)),  # noqa: S505
        lambda: bundle(ec.generate_private_key(ec.SECP384R1())),
        lambda: bundle(ed25519.Ed25519PrivateKey.generate()),
        lambda: bundle(ec.generate_private_key(ec.SECP256R1()), (SERVER, False)),
        lambda: pkcs12.serialize_key_and_certificates(
            b"x", None, x509.load_der_x509_certificate(plain_key().certificate_der), None,
            BestAvailableEncryption(PASSWORD),
        ),
        lambda: pkcs12.serialize_key_and_certificates(
            b"x", ec.generate_private_key(ec.SECP256R1()), None, None,
            BestAvailableEncryption(PASSWORD),
        ),
    ],
    ids=["rsa 1024", "p-384", "ed25519", "for servers", "no key", "no certificate"],
)  # fmt: skip
def test_unsuitable_pkcs12_is_refused(data: Any) -> None:
    """Keys that receivers would refuse are not taken in."""
    assert rule_of(keys.import_pkcs12, data(), PASSWORD.decode(), None) == "KEY_UNSUITABLE"


def test_unreadable_pkcs12_is_refused() -> None:
    """A wrong password and a file of another kind are told apart."""
    good = bundle(ec.generate_private_key(ec.SECP256R1()))
    assert rule_of(keys.import_pkcs12, good, "salah", None) == "PASSPHRASE_WRONG"
    assert rule_of(keys.import_pkcs12, good[:-9], PASSWORD.decode(), None) == "KEY_UNREADABLE"
    assert rule_of(keys.import_pkcs12, b"bukan", None, None) == "KEY_UNREADABLE"
    assert rule_of(keys.import_pkcs12, bytes(2 << 20), None, None) == "KEY_UNREADABLE"


def test_unencrypted_pkcs12_is_taken() -> None:
    """A file without a password opens without one."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = x509.load_der_x509_certificate(build.certificate(key))
    data = pkcs12.serialize_key_and_certificates(b"x", key, certificate, None, NoEncryption())
    assert keys.import_pkcs12(data, None, None, "Kantor").label == "Kantor"


def test_phone_code() -> None:
    """Eight groups of five digits and two check digits, made from the fingerprint."""
    fingerprint = "ff" * 32
    number = int(fingerprint, 16) % 10**40
    code = keys.phone_code(fingerprint).split(" ")
    assert [len(group) for group in code] == [5] * 8 + [2]
    assert int("".join(code[:8])) == number
    assert int(code[8]) == number % 97
    assert keys.phone_code("0" * 64) == " ".join(["00000"] * 8 + ["00"])


def test_certificate_as_pem(tmp_path: Path) -> None:
    """The certificate for outside verification is PEM that openssl reads."""
    (tmp_path / "unit.pem").write_bytes(keys.certificate_pem(unit_key().certificate_der))
    assert "KEC-01" in openssl("x509", "-in", "unit.pem", "-noout", "-subject", folder=tmp_path)
