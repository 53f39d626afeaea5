"""Makes and checks the detached signature over ``tagmanifest-sha256.txt``."""

import asyncio
import hashlib
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from pmprb_desktop.errors import Finding
from pmprb_desktop.i18n import _
from pmprb_desktop.package import cms, der, keys, layout
from pmprb_desktop.package.keys import UnitKey
from pmprb_desktop.package.rules import Findings

if TYPE_CHECKING:
    from cryptography import x509

_log = logging.getLogger(__name__)

_MIN_RSA: Final = 2048
_MAX_RSA: Final = 8192
# Extensions that may be critical, for openssl handles them; any other would stop it.
_CRITICAL: Final = {"2.5.29.15", "2.5.29.17", "2.5.29.19", "2.5.29.37"}
# UTF8, Numeric, Printable, Teletex, IA5, Universal and BMP strings.
_NAME_TAGS: Final = frozenset({0x0C, 0x12, 0x13, 0x14, 0x16, 0x1C, 0x1E})
_NETSCAPE_TYPE: Final = "2.16.840.1.113730.1.1"
_EMAIL_PROTECTION: Final = "1.3.6.1.5.5.7.3.4"


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """What a signature says. Nothing but ``findings`` is to be believed when one is an error."""

    findings: tuple[Finding, ...]
    fingerprint: str | None = None
    certificate_der: bytes | None = None
    signing_time: datetime | None = None

    @property
    def good(self) -> bool:
        """Whether the signature holds: no finding is an error."""
        return not any(one.severity == "error" for one in self.findings)


def sign(content: bytes, key: UnitKey, passphrase: str | None, signing_time: datetime) -> bytes:
    """A detached CAdES-B signature (CMS, DER) over ``content``."""
    from asn1crypto import keys as asn1_keys
    from asn1crypto import x509 as asn1_x509
    from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes, SimpleSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    private = keys.unlock(key, passphrase)
    store = SimpleCertificateStore()
    store.register_multiple([asn1_x509.Certificate.load(one) for one in key.chain])
    signer = SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(key.certificate_der),
        signing_key=asn1_keys.PrivateKeyInfo.load(keys.private_info(private)),
        cert_registry=store,
    )
    moment = signing_time.astimezone(UTC).replace(microsecond=0)
    signed = asyncio.run(
        signer.async_sign_general_data(
            content,
            "sha256",
            use_cades=True,
            signed_attr_settings=PdfCMSSignedAttributes(signing_time=moment),
        )
    )
    return bytes(signed.dump())


def check_signature(
    data: bytes, content: bytes, pinned: bytes | None, *, now: datetime | None = None
) -> SignatureReport:
    """Check a signature over ``content`` and give every finding; never raises.

    ``pinned`` is the certificate (DER) that must have signed; without it the signature is checked
    against the certificate that it brings, which says nothing about who that is.
    """
    found = Findings()
    try:
        return _check(data, content, pinned, now or datetime.now(UTC), found)
    except cms.ProfileError as error:
        found.add(error.rule, layout.SIGNATURE, _sentence(error.rule))
        _log.info("signature refused: %s", error)
    except der.DerError as error:
        found.add("SIGNATURE_NOT_DER", layout.SIGNATURE, _sentence("SIGNATURE_NOT_DER"))
        _log.info("signature refused: %s", error)
    except Exception as error:  # noqa: BLE001  (hostile bytes must not stop the program)
        found.add("SIGNATURE_MALFORMED", layout.SIGNATURE, _sentence("SIGNATURE_MALFORMED"))
        _log.info("signature refused: %s", type(error).__name__)
    return SignatureReport(found.tuple())


def _sentence(rule: str) -> str:
    sentences = {
        "SIGNATURE_TOO_LARGE": _("The signature is larger than 64 KiB."),
        "SIGNATURE_NOT_DER": _("The signature is damaged, or not in its one exact form (DER)."),
        "SIGNATURE_SIGNERS": _("The signature does not have exactly one signer."),
        "SIGNATURE_ATTACHED": _(
            "The signature carries its own content instead of standing beside it."
        ),
        "SIGNATURE_ALGORITHM": _(
            "The signature uses another method than SHA-256 with ECDSA or RSA."
        ),
        "SIGNATURE_ATTRIBUTES": _("The signed details are not the four that the format asks for."),
        "SIGNATURE_UNSIGNED_ATTRIBUTES": _("The signature carries details that are not signed."),
        "SIGNATURE_CRLS": _("The signature carries revocation lists."),
        "SIGNATURE_CERTIFICATES": _(
            "The signature does not bring its certificate, or brings too many."
        ),
        "SIGNATURE_CERTIFICATE": _(
            "The signature names another certificate than the one it brings."
        ),
    }
    return sentences.get(rule, _("The signature cannot be read."))


def _check(
    data: bytes, content: bytes, pinned: bytes | None, now: datetime, found: Findings
) -> SignatureReport:
    signature = cms.parse(data)
    certificate_der, certificate = _signer_certificate(signature)
    if hashlib.sha256(certificate_der).digest() != signature.certificate_digest or (
        signature.certificate_issuer not in (None, (signature.issuer, signature.serial))
    ):
        raise cms.ProfileError("SIGNATURE_CERTIFICATE", "it names another certificate")
    if pinned is not None and certificate_der != pinned:
        message = _("The package was signed with another certificate than the one expected.")
        found.add("CERTIFICATE_DIFFERS", layout.SIGNATURE, message)
    fault = _certificate_fault(certificate, certificate_der)
    if fault is not None:
        found.add(fault[0], layout.SIGNATURE, fault[1])
    elif not _verifies(certificate, signature):
        message = _("The signature is wrong: it does not fit the key that it names.")
        found.add("SIGNATURE_INVALID", layout.SIGNATURE, message)
    if hashlib.sha256(content).digest() != signature.message_digest:
        message = _("The package was changed after it was signed.")
        found.add("SIGNATURE_INVALID", layout.TAG_MANIFEST, message)
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        message = _("The dates of the certificate do not fit the date of this computer.")
        found.add("CERTIFICATE_DATES", layout.SIGNATURE, message, "warning")
    return SignatureReport(
        found.tuple(),
        keys.fingerprint(certificate_der),
        certificate_der,
        _time(*signature.signing_time),
    )


def _time(tag: int, text: bytes) -> datetime:
    """UTCTime or GeneralizedTime, whose form the DER reader has checked."""
    form = "%y%m%d%H%M%SZ" if tag == der.UTC_TIME else "%Y%m%d%H%M%SZ"
    moment = datetime.strptime(text.decode("ascii"), form).replace(tzinfo=UTC)
    if tag == der.UTC_TIME and moment.year >= 2050:
        moment = moment.replace(year=moment.year - 100)
    return moment


def _check_readable(certificate: "x509.Certificate", encoded: bytes) -> None:
    """Read every part of a certificate: what OpenSSL could not read must not pass here.

    Certificates beside the signer's are pinned by nothing, and ``cryptography`` puts off reading
    most of their parts until somebody asks.
    """
    certificate.public_key()
    parts = (certificate.subject, certificate.issuer, certificate.signature_algorithm_oid)
    len(certificate.extensions)
    fields = _to_be_signed(encoded)
    for name in (fields[2], fields[4]):
        values = [pair.children[1].tag for group in name.children for pair in group.children]
        if not _NAME_TAGS.issuperset(values) or not parts:
            raise cms.ProfileError("SIGNATURE_MALFORMED", "a name that is no text")


def _signer_certificate(signature: cms.Signature) -> "tuple[bytes, x509.Certificate]":
    """The one certificate that the signer names; all of them can be read."""
    from cryptography import x509

    matching = []
    for encoded in signature.certificates:
        issuer, serial = _names(encoded)
        certificate = x509.load_der_x509_certificate(encoded)
        _check_readable(certificate, encoded)
        if (issuer, serial) == (signature.issuer, signature.serial):
            matching.append((encoded, certificate))
    if len(matching) != 1:
        raise cms.ProfileError("SIGNATURE_CERTIFICATES", "the signer's certificate is missing")
    return matching[0]


def _to_be_signed(certificate_der: bytes) -> list[der.Node]:
    """The fields of a certificate after its version."""
    fields = der.parse(certificate_der).children[0].children
    return fields[1:] if fields[0].tag == 0xA0 else fields


def _names(certificate_der: bytes) -> tuple[bytes, bytes]:
    serial, _algorithm, issuer = _to_be_signed(certificate_der)[:3]
    if int.from_bytes(serial.content, "big", signed=True) <= 0:
        raise cms.ProfileError("SIGNATURE_MALFORMED", "a serial number that is not positive")
    return issuer.encoding, serial.encoding


def certificate_fault(certificate_der: bytes) -> tuple[str, str] | None:
    """Why a certificate cannot sign packages (rule and sentence), or None."""
    from cryptography import x509

    try:
        certificate = x509.load_der_x509_certificate(certificate_der)
        _check_readable(certificate, certificate_der)
        _names(certificate_der)
        return _certificate_fault(certificate, certificate_der)
    except Exception:  # noqa: BLE001  (certificates come from anywhere)
        return "KEY_UNSUITABLE", _("The certificate cannot be read.")


def _certificate_fault(
    certificate: "x509.Certificate", certificate_der: bytes
) -> tuple[str, str] | None:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    key = certificate.public_key()
    good_curve = isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)
    good_size = isinstance(key, rsa.RSAPublicKey) and _MIN_RSA <= key.key_size <= _MAX_RSA
    spki = _to_be_signed(certificate_der)[5].encoding
    plain = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if not (good_curve or good_size) or plain != spki:
        return "KEY_UNSUITABLE", _("The key is neither P-256 nor RSA of at least 2,048 bits.")
    for extension in certificate.extensions:
        value, dotted = extension.value, extension.oid.dotted_string
        if (extension.critical and dotted not in _CRITICAL) or dotted == _NETSCAPE_TYPE:
            return "KEY_USAGE", _("The certificate carries conditions that nobody can judge.")
        if isinstance(value, x509.KeyUsage) and not (
            value.digital_signature or value.content_commitment
        ):
            return "KEY_USAGE", _("The certificate is not meant for signing.")
        if isinstance(value, x509.ExtendedKeyUsage) and not any(
            usage.dotted_string == _EMAIL_PROTECTION for usage in value
        ):
            return "KEY_USAGE", _("The certificate is not meant for signing.")
    return None


def _verifies(certificate: "x509.Certificate", signature: cms.Signature) -> bool:
    """Whether the value is the key's signature over the signed attributes."""
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    key = certificate.public_key()
    kind = {cms.ECDSA_SHA256: ec.EllipticCurvePublicKey, cms.RSA: rsa.RSAPublicKey}
    return isinstance(key, kind.get(signature.algorithm, ())) and is_signed(
        certificate, signature.value, signature.signed_attributes
    )


def is_signed(certificate: "x509.Certificate", value: bytes, content: bytes) -> bool:
    """Whether ``value`` is the key's plain signature over ``content``, by SHA-256."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

    key = certificate.public_key()
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(value, content, ec.ECDSA(hashes.SHA256()))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(value, content, PKCS1v15(), hashes.SHA256())
        else:
            return False
    except InvalidSignature:
        return False
    return True
