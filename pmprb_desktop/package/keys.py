"""The unit's key: made, kept, read, imported and exported.

A P-256 key with a self-signed certificate that names the office and the installation, not a
person. At rest it is PKCS#8 under PBES2 with scrypt, which openssl reads as well.
"""

import hashlib
import os
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import pmprb_desktop
from pmprb_desktop.errors import UserError
from pmprb_desktop.i18n import _
from pmprb_desktop.package import der

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    PrivateKey = EllipticCurvePrivateKey | RSAPrivateKey

MIN_PASSPHRASE: Final = 12
MIN_WORDS: Final = 4
MAX_CHAIN: Final = 4
"""Certificates that may travel beside the signer's own."""

_YEARS: Final = 10
_SCRYPT_N: Final = 1 << 14
_SCRYPT_R: Final = 8
_SCRYPT_P: Final = 5
_PBES2: Final = "1.2.840.113549.1.5.13"
_SCRYPT: Final = "1.3.6.1.4.1.11591.4.11"
_AES_256_CBC: Final = "2.16.840.1.101.3.4.1.42"
_MAX_NAME: Final = 64  # X.520 allows no longer names in a certificate
_MAX_PKCS12: Final = 1 << 20
_PKCS12_ROUNDS: Final = 200_000


@dataclass(frozen=True, slots=True)
class UnitKey:
    """A key with its certificate. ``private`` is PKCS#8 in PEM, encrypted unless it says so.

    ``fingerprint`` is the SHA-256 (hex) of the public key's SubjectPublicKeyInfo; ``label`` is for
    people; ``chain`` holds the certificates (DER) of the office that issued an imported one.
    """

    private: bytes
    certificate_der: bytes
    fingerprint: str
    label: str
    chain: tuple[bytes, ...] = ()


def check_passphrase(passphrase: str) -> None:
    """Raise UserError unless it has 12 characters or four words."""
    words = re.findall(r"[^\W_]{2,}", passphrase)
    if len(passphrase) < MIN_PASSPHRASE and len(words) < MIN_WORDS:
        raise UserError(
            "PASSPHRASE_WEAK",
            _("The passphrase is too short."),
            next_step=_("Use at least 12 characters, or four words."),
        )


def make_key(
    unit_code: str,
    unit_name: str,
    installation_id: str,
    passphrase: str | None,
    *,
    now: datetime | None = None,
) -> UnitKey:
    """Make a new P-256 key and its certificate, valid for ten years.

    Raises UserError CLOCK_BEFORE_BUILD while the clock stands before this program was built.
    """
    from cryptography.hazmat.primitives.asymmetric import ec

    moment = (now or datetime.now(UTC)).replace(microsecond=0)
    if moment < pmprb_desktop.BUILD_DATE:
        raise UserError(
            "CLOCK_BEFORE_BUILD",
            _("The clock of this computer is wrong: it shows {date}.").format(
                date=moment.date().isoformat()
            ),
            safe=_("Your answers are safe; only the unit key was not made."),
            next_step=_("Set date and time in the system's settings, then try again."),
        )
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _certificate(key, _subject(unit_code, unit_name, installation_id), moment)
    return _unit_key(key, certificate, passphrase, f"{unit_code} {unit_name}"[:200])


def _subject(unit_code: str, unit_name: str, installation_id: str) -> "x509.Name":
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    def text(value: str) -> str:
        kept = "".join(char if char.isprintable() else " " for char in value)
        return " ".join(kept.split())[:_MAX_NAME].strip() or "-"

    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, text(unit_code)),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, text(installation_id)),
            x509.NameAttribute(NameOID.COMMON_NAME, text(unit_name)),
        ]
    )


def _certificate(
    key: "EllipticCurvePrivateKey", subject: "x509.Name", now: datetime
) -> "x509.Certificate":
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    public = key.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        # A day back: the receiver's clock may be behind this one.
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(_years_later(now, _YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(key, hashes.SHA256())
    )


def _years_later(moment: datetime, years: int) -> datetime:
    try:
        return moment.replace(year=moment.year + years)
    except ValueError:  # 29 February
        return moment.replace(year=moment.year + years, day=28)


def _unit_key(
    key: "PrivateKey",
    certificate: "x509.Certificate",
    passphrase: str | None,
    label: str,
    chain: tuple[bytes, ...] = (),
) -> UnitKey:
    from cryptography.hazmat.primitives.serialization import Encoding

    encoded = certificate.public_bytes(Encoding.DER)
    return UnitKey(_pem(key, passphrase), encoded, fingerprint(encoded), label, chain)


def private_info(key: "PrivateKey") -> bytes:
    """PKCS#8 (DER) of a key, not encrypted: for memory only."""
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def _pem(key: "PrivateKey", passphrase: str | None) -> bytes:
    plain = private_info(key)
    if passphrase is None:
        return _armour("PRIVATE KEY", plain)
    return _armour("ENCRYPTED PRIVATE KEY", encrypt_pkcs8(plain, passphrase.encode()))


def _armour(label: str, data: bytes) -> bytes:
    import base64

    text = base64.b64encode(data).decode()
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return "\n".join((f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", "")).encode()


def certificate_pem(certificate_der: bytes) -> bytes:
    """A certificate as PEM, which openssl takes as ``-CAfile``."""
    return _armour("CERTIFICATE", certificate_der)


def encrypt_pkcs8(plain: bytes, passphrase: bytes) -> bytes:
    """EncryptedPrivateKeyInfo: PBES2 (RFC 8018), scrypt N=2^14 r=8 p=5 (RFC 7914), AES-256-CBC.

    Written by hand because ``cryptography`` does not write scrypt; openssl reads no higher N.
    """
    from cryptography.hazmat.primitives import padding
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    salt, vector = os.urandom(16), os.urandom(16)
    secret = hashlib.scrypt(
        passphrase, salt=salt, n=_SCRYPT_N, r=_SCRYPT_R, p=_SCRYPT_P, maxmem=1 << 26, dklen=32
    )
    padder = padding.PKCS7(128).padder()
    encryptor = Cipher(algorithms.AES(secret), modes.CBC(vector)).encryptor()
    sealed = encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()
    numbers = b"".join(map(der.integer, (_SCRYPT_N, _SCRYPT_R, _SCRYPT_P)))
    kdf = der.element(
        der.SEQUENCE,
        der.oid(_SCRYPT),
        der.element(der.SEQUENCE, der.element(der.OCTET_STRING, salt), numbers),
    )
    cipher = der.element(der.SEQUENCE, der.oid(_AES_256_CBC), der.element(der.OCTET_STRING, vector))
    scheme = der.element(der.SEQUENCE, der.oid(_PBES2), der.element(der.SEQUENCE, kdf, cipher))
    return der.element(der.SEQUENCE, scheme, der.element(der.OCTET_STRING, sealed))


def unlock(unit_key: UnitKey, passphrase: str | None) -> "PrivateKey":
    """The private key in memory; raises UserError PASSPHRASE_WRONG or KEY_UNREADABLE."""
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    encrypted = b"ENCRYPTED" in unit_key.private[:40]
    secret = passphrase.encode() if encrypted and passphrase is not None else None
    try:
        key = load_pem_private_key(unit_key.private, secret)
    except TypeError as error:
        raise _wrong_passphrase() from error
    except Exception as error:
        if encrypted:
            raise _wrong_passphrase() from error
        raise _unreadable() from error
    return _suitable(key)


def change_passphrase(unit_key: UnitKey, old: str | None, new: str | None) -> UnitKey:
    """The same key under another passphrase."""
    return replace(unit_key, private=_pem(unlock(unit_key, old), new))


def _wrong_passphrase() -> UserError:
    return UserError(
        "PASSPHRASE_WRONG",
        _("The passphrase does not open the key."),
        safe=_("Nothing was changed."),
        next_step=_("Look at capital letters and try again."),
    )


def _unreadable() -> UserError:
    return UserError(
        "KEY_UNREADABLE",
        _("The key cannot be read: the file is damaged or is no key."),
        safe=_("Nothing was changed."),
        next_step=_("Choose another file, or make a new key."),
    )


def _unsuitable(reason: str) -> UserError:
    return UserError(
        "KEY_UNSUITABLE",
        reason,
        safe=_("Nothing was changed."),
        next_step=_("Use a P-256 key or an RSA key of at least 2,048 bits, meant for signing."),
    )


def _suitable(key: object) -> "PrivateKey":
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    if isinstance(key, rsa.RSAPrivateKey) and 2048 <= key.key_size <= 8192:
        return key
    raise _unsuitable(_("This kind of key is not accepted."))


def import_pkcs12(
    data: bytes, password: str | None, passphrase: str | None, label: str = ""
) -> UnitKey:
    """Take a key from a PKCS#12 file and keep it under ``passphrase``."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
    from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

    from pmprb_desktop.package import signing

    if len(data) > _MAX_PKCS12:
        raise _unreadable()
    try:
        bundle = load_pkcs12(data, None if password is None else password.encode())
    except Exception as error:
        raise (_wrong_passphrase() if _is_der(data) else _unreadable()) from error
    if bundle.key is None or bundle.cert is None:
        raise _unsuitable(_("The file holds no key together with its certificate."))
    key = _suitable(bundle.key)
    certificate = bundle.cert.certificate
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if certificate.public_key().public_bytes(*form) != key.public_key().public_bytes(*form):
        raise _unsuitable(_("The certificate in the file is that of another key."))
    reason = signing.certificate_fault(certificate.public_bytes(Encoding.DER))
    if reason is not None:
        raise _unsuitable(reason[1])
    chain = tuple(other.certificate.public_bytes(Encoding.DER) for other in bundle.additional_certs)
    name = label or certificate.subject.rfc4514_string()[:200]
    return _unit_key(key, certificate, passphrase, name, chain[:MAX_CHAIN])


def _is_der(data: bytes) -> bool:
    try:
        der.parse(data)
    except der.DerError:
        return False
    return True


def export_pkcs12(unit_key: UnitKey, passphrase: str | None, password: str) -> bytes:
    """The key with its certificate as a PKCS#12 file under ``password``."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.serialization import PrivateFormat, pkcs12

    check_passphrase(password)
    key = unlock(unit_key, passphrase)
    encryption = (
        PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(_PKCS12_ROUNDS)
        .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
        .hmac_hash(hashes.SHA256())
        .build(password.encode())
    )
    return pkcs12.serialize_key_and_certificates(
        unit_key.label.encode(),
        key,
        x509.load_der_x509_certificate(unit_key.certificate_der),
        [x509.load_der_x509_certificate(other) for other in unit_key.chain] or None,
        encryption,
    )


def fingerprint(certificate_der: bytes) -> str:
    """SHA-256 (hex) of the certificate's SubjectPublicKeyInfo: what a key is known by."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = x509.load_der_x509_certificate(certificate_der).public_key()
    spki = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(spki).hexdigest()


def phone_code(key_fingerprint: str) -> str:
    """A fingerprint to read out: 8 groups of 5 digits and 2 check digits (the number mod 97)."""
    number = int(key_fingerprint, 16) % 10**40
    digits = f"{number:040d}"
    groups = [digits[at : at + 5] for at in range(0, 40, 5)]
    return " ".join((*groups, f"{number % 97:02d}"))
