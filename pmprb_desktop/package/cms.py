"""Takes a detached CMS signature apart (RFC 5652, CAdES-B) and refuses all but one profile.

What is looked at here is the form alone; ``signing`` does the arithmetic.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pmprb_desktop.package import der
from pmprb_desktop.package.der import Node

MAX_BYTES: Final = 64 << 10
MAX_CERTIFICATES: Final = 5

SIGNED_DATA: Final = der.oid("1.2.840.113549.1.7.2")
DATA: Final = der.oid("1.2.840.113549.1.7.1")
SHA256: Final = der.oid("2.16.840.1.101.3.4.2.1")
ECDSA_SHA256: Final = der.oid("1.2.840.10045.4.3.2")
RSA: Final = der.oid("1.2.840.113549.1.1.1")
RSA_SHA256: Final = der.oid("1.2.840.113549.1.1.11")

CONTENT_TYPE: Final = der.oid("1.2.840.113549.1.9.3")
MESSAGE_DIGEST: Final = der.oid("1.2.840.113549.1.9.4")
SIGNING_TIME: Final = der.oid("1.2.840.113549.1.9.5")
SIGNING_CERTIFICATE_V2: Final = der.oid("1.2.840.113549.1.9.16.2.47")
_ATTRIBUTES: Final = {CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_TIME, SIGNING_CERTIFICATE_V2}

_NULL: Final = der.element(der.NULL)
_ONE: Final = der.integer(1)
_CONTEXT_0: Final = 0xA0
_CONTEXT_1: Final = 0xA1
_DIRECTORY_NAME: Final = 0xA4


class ProfileError(ValueError):
    """The signature is not of the profile; ``rule`` says in what."""

    def __init__(self, rule: str, reason: str) -> None:
        super().__init__(reason)
        self.rule = rule


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature of the right form, not yet verified."""

    certificates: tuple[bytes, ...]
    issuer: bytes
    serial: bytes
    algorithm: bytes
    signed_attributes: bytes
    message_digest: bytes
    signing_time: tuple[int, bytes]
    certificate_digest: bytes
    certificate_issuer: tuple[bytes, bytes] | None
    value: bytes


def _need(condition: bool, rule: str, reason: str) -> None:
    if not condition:
        raise ProfileError(rule, reason)


def _shape(node: Node, tag: int, tags: Sequence[int], reason: str) -> list[Node]:
    """The children of an element that must have exactly these tags."""
    good = node.tag == tag and [child.tag for child in node.children] == list(tags)
    _need(good, "SIGNATURE_MALFORMED", reason)
    return node.children


def parse(data: bytes) -> Signature:
    """Read a signature; raises ProfileError, or DerError when it is not DER."""
    _need(len(data) <= MAX_BYTES, "SIGNATURE_TOO_LARGE", "more than 64 KiB")
    content_type, wrapped = _shape(
        der.parse(data), der.SEQUENCE, (der.OID, _CONTEXT_0), "no ContentInfo"
    )
    _need(content_type.encoding == SIGNED_DATA, "SIGNATURE_MALFORMED", "no SignedData")
    (signed,) = _shape(wrapped, _CONTEXT_0, (der.SEQUENCE,), "no SignedData")
    tags = [child.tag for child in signed.children]
    _need(_CONTEXT_1 not in tags, "SIGNATURE_CRLS", "revocation lists inside")
    _need(_CONTEXT_0 in tags, "SIGNATURE_CERTIFICATES", "no certificates inside")
    version, digests, content, certificates, signers = _shape(
        signed,
        der.SEQUENCE,
        (der.INTEGER, der.SET, der.SEQUENCE, _CONTEXT_0, der.SET),
        "SignedData of another form",
    )
    _need(version.encoding == _ONE, "SIGNATURE_MALFORMED", "SignedData of another version")
    _need(len(signers.children) == 1, "SIGNATURE_SIGNERS", "not exactly one signer")
    _need(
        len(digests.children) == 1 and _is_algorithm(digests.children[0], SHA256),
        "SIGNATURE_ALGORITHM",
        "a digest other than SHA-256",
    )
    _need(len(content.children) == 1, "SIGNATURE_ATTACHED", "the content is inside")
    _need(content.children[0].encoding == DATA, "SIGNATURE_MALFORMED", "content of another type")
    return _signer(signers.children[0], _certificates(certificates))


def _certificates(node: Node) -> tuple[bytes, ...]:
    count = len(node.children)
    _need(
        0 < count <= MAX_CERTIFICATES and all(one.tag == der.SEQUENCE for one in node.children),
        "SIGNATURE_CERTIFICATES",
        "not one to five X.509 certificates",
    )
    _need(der.is_sorted(node.children), "SIGNATURE_NOT_DER", "certificates out of order")
    return tuple(one.encoding for one in node.children)


def _is_algorithm(node: Node, wanted: bytes) -> bool:
    """AlgorithmIdentifier without parameters or with NULL."""
    return node.tag == der.SEQUENCE and node.content in (wanted, wanted + _NULL)


def _signer(node: Node, certificates: tuple[bytes, ...]) -> Signature:
    tags = [child.tag for child in node.children]
    _need(_CONTEXT_1 not in tags, "SIGNATURE_UNSIGNED_ATTRIBUTES", "unsigned attributes inside")
    _need(_CONTEXT_0 in tags, "SIGNATURE_ATTRIBUTES", "no signed attributes")
    version, signer, digest, attributes, algorithm, value = _shape(
        node,
        der.SEQUENCE,
        (
            der.INTEGER,
            der.SEQUENCE,
            der.SEQUENCE,
            _CONTEXT_0,
            der.SEQUENCE,
            der.OCTET_STRING,
        ),
        "SignerInfo of another form",
    )
    _need(version.encoding == _ONE, "SIGNATURE_MALFORMED", "SignerInfo of another version")
    issuer, serial = _shape(
        signer, der.SEQUENCE, (der.SEQUENCE, der.INTEGER), "signer not named by its issuer"
    )
    _need(_is_algorithm(digest, SHA256), "SIGNATURE_ALGORITHM", "a digest other than SHA-256")
    values = _signed_attributes(attributes)
    time = values[SIGNING_TIME]
    _need(
        time.tag in (der.UTC_TIME, der.GENERALIZED_TIME), "SIGNATURE_ATTRIBUTES", "no signing time"
    )
    message_digest = values[MESSAGE_DIGEST]
    _need(
        message_digest.tag == der.OCTET_STRING and len(message_digest.content) == 32,
        "SIGNATURE_ATTRIBUTES",
        "no SHA-256 message digest",
    )
    certificate_digest, certificate_issuer = _signing_certificate(values[SIGNING_CERTIFICATE_V2])
    return Signature(
        certificates=certificates,
        issuer=issuer.encoding,
        serial=serial.encoding,
        algorithm=_signature_algorithm(algorithm),
        # What is signed is the attributes as a SET, not under the tag they travel with.
        signed_attributes=bytes((der.SET,)) + attributes.encoding[1:],
        message_digest=message_digest.content,
        signing_time=(time.tag, time.content),
        certificate_digest=certificate_digest,
        certificate_issuer=certificate_issuer,
        value=value.content,
    )


def _signature_algorithm(node: Node) -> bytes:
    if node.content == ECDSA_SHA256:
        return ECDSA_SHA256
    if node.content in (RSA + _NULL, RSA_SHA256 + _NULL):
        return RSA
    raise ProfileError("SIGNATURE_ALGORITHM", "neither ECDSA nor RSA with SHA-256")


def _signed_attributes(node: Node) -> dict[bytes, Node]:
    """The four attributes of the profile, each once and with one value."""
    values: dict[bytes, Node] = {}
    for attribute in node.children:
        kind, held = _shape(
            attribute, der.SEQUENCE, (der.OID, der.SET), "an attribute of another form"
        )
        _need(
            kind.encoding not in values and len(held.children) == 1,
            "SIGNATURE_ATTRIBUTES",
            "an attribute more than once",
        )
        values[kind.encoding] = held.children[0]
    _need(
        values.keys() == _ATTRIBUTES,
        "SIGNATURE_ATTRIBUTES",
        "signed attributes other than the four of the profile",
    )
    _need(der.is_sorted(node.children), "SIGNATURE_NOT_DER", "attributes out of order")
    _need(values[CONTENT_TYPE].encoding == DATA, "SIGNATURE_ATTRIBUTES", "content of another type")
    return values


def _signing_certificate(node: Node) -> tuple[bytes, tuple[bytes, bytes] | None]:
    """Digest, and issuer with serial, of the one certificate that the signer names (RFC 5035)."""
    rule, reason = "SIGNATURE_ATTRIBUTES", "signing certificate of another form"
    _need(
        node.tag == der.SEQUENCE
        and [child.tag for child in node.children] == [der.SEQUENCE]
        and [child.tag for child in node.children[0].children] == [der.SEQUENCE],
        rule,
        reason,
    )
    fields = node.children[0].children[0].children
    tags = [field.tag for field in fields]
    # SHA-256 is the default of the hash algorithm, and DER leaves a default out.
    _need(tags in ([der.OCTET_STRING], [der.OCTET_STRING, der.SEQUENCE]), rule, reason)
    if len(fields) == 1:
        return fields[0].content, None
    names = fields[1].children
    _need([name.tag for name in names] == [der.SEQUENCE, der.INTEGER], rule, reason)
    _need([name.tag for name in names[0].children] == [_DIRECTORY_NAME], rule, reason)
    return fields[0].content, (names[0].children[0].content, names[1].encoding)
