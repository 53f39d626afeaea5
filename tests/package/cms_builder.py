"""Builds CMS signatures by hand: each part of the profile can be broken and still be signed."""

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import Encoding

from pmprb_desktop.package import cms, der
from tests.package.builders import NOW

NULL = der.element(der.NULL)
SHA256_ALGORITHM = der.element(der.SEQUENCE, cms.SHA256)
SHA1 = der.oid("1.3.14.3.2.26")
ECDSA = der.element(der.SEQUENCE, cms.ECDSA_SHA256)
RSA = der.element(der.SEQUENCE, cms.RSA, NULL)
CRL = der.element(der.SEQUENCE)


def attribute(oid: bytes, *values: bytes) -> bytes:
    """One CMS attribute."""
    return der.element(der.SEQUENCE, oid, der.element(der.SET, *values))


def names(certificate_der: bytes) -> tuple[bytes, bytes]:
    """Issuer and serial number as they are encoded in a certificate."""
    fields = der.parse(certificate_der).children[0].children[1:]
    return fields[2].encoding, fields[0].encoding


@dataclass
class Recipe:
    """How to build a signature; the defaults give a good one. None: leave the part out."""

    content: bytes
    key: Any
    certificate: bytes
    certificates: Sequence[bytes] | None = None
    version: int = 1
    signer_version: int = 1
    content_type: bytes = cms.SIGNED_DATA
    inner_type: bytes = cms.DATA
    attached: bytes | None = None
    crls: bytes | None = None
    unsigned: bytes | None = None
    digest_algorithms: Sequence[bytes] = (SHA256_ALGORITHM,)
    signer_digest: bytes = SHA256_ALGORITHM
    algorithm: bytes | None = None
    type_values: Sequence[bytes] = (cms.DATA,)
    digest_values: Sequence[bytes] | None = None
    time_values: Sequence[bytes] = field(
        default_factory=lambda: [der.element(der.UTC_TIME, NOW.strftime("%y%m%d%H%M%SZ").encode())]
    )
    certificate_values: Sequence[bytes] | None = None
    more_attributes: Sequence[bytes] = ()
    without: Sequence[bytes] = ()
    sort: bool = True
    attributes: bool = True
    signers: int = 1
    signer_id: bytes | None = None

    def build(self) -> bytes:
        """The ContentInfo."""
        parts = [der.integer(self.version), der.element(der.SET, *self.digest_algorithms)]
        inner = [self.inner_type]
        if self.attached is not None:
            inner.append(der.element(0xA0, der.element(der.OCTET_STRING, self.attached)))
        parts.append(der.element(der.SEQUENCE, *inner))
        held = (self.certificate,) if self.certificates is None else self.certificates
        if held:
            parts.append(der.element(0xA0, *(sorted(held) if self.sort else held)))
        if self.crls is not None:
            parts.append(der.element(0xA1, self.crls))
        parts.append(der.element(der.SET, *[self._signer()] * self.signers))
        signed = der.element(der.SEQUENCE, *parts)
        return der.element(der.SEQUENCE, self.content_type, der.element(0xA0, signed))

    def _signer(self) -> bytes:
        attributes = self._attributes() if self.attributes else []
        signed = b"".join(attributes)
        value = self._sign(der.element(der.SET, signed) if attributes else self.content)
        identity = self.signer_id
        if identity is None:
            identity = der.element(der.SEQUENCE, *names(self.certificate))
        parts = [der.integer(self.signer_version), identity, self.signer_digest]
        if attributes:
            parts.append(der.element(0xA0, signed))
        default = ECDSA if isinstance(self.key, ec.EllipticCurvePrivateKey) else RSA
        parts += [self.algorithm or default, der.element(der.OCTET_STRING, value)]
        if self.unsigned is not None:
            parts.append(der.element(0xA1, self.unsigned))
        return der.element(der.SEQUENCE, *parts)

    def _attributes(self) -> list[bytes]:
        digest = der.element(der.OCTET_STRING, hashlib.sha256(self.content).digest())
        values = {
            cms.CONTENT_TYPE: self.type_values,
            cms.MESSAGE_DIGEST: self.digest_values or [digest],
            cms.SIGNING_TIME: self.time_values,
            cms.SIGNING_CERTIFICATE_V2: self.certificate_values
            or [signing_certificate(ess_id(self.certificate))],
        }
        made = [attribute(oid, *held) for oid, held in values.items() if oid not in self.without]
        made += self.more_attributes
        return sorted(made) if self.sort else sorted(made, reverse=True)

    def _sign(self, data: bytes) -> bytes:
        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            return self.key.sign(data, ec.ECDSA(hashes.SHA256()))
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(data, PKCS1v15(), hashes.SHA256())
        return bytes(self.key.sign(data))


def ess_id(certificate_der: bytes, *, algorithm: bytes = b"", serial: bool = True) -> bytes:
    """ESSCertIDv2 of a certificate."""
    parts = [algorithm, der.element(der.OCTET_STRING, hashlib.sha256(certificate_der).digest())]
    if serial:
        issuer, number = names(certificate_der)
        general = der.element(der.SEQUENCE, der.element(0xA4, issuer))
        parts.append(der.element(der.SEQUENCE, general, number))
    return der.element(der.SEQUENCE, *parts)


def signing_certificate(*ids: bytes, policies: bytes = b"") -> bytes:
    """SigningCertificateV2 of some ESSCertIDv2."""
    return der.element(der.SEQUENCE, der.element(der.SEQUENCE, *ids), policies)


def certificate(
    key: Any, *extensions: tuple[x509.ExtensionType, bool], name: str = "Kecamatan Contoh"
) -> bytes:
    """A self-signed certificate with these extensions."""
    from datetime import timedelta

    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=3650))
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    edwards = not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey)
    return builder.sign(key, None if edwards else hashes.SHA256()).public_bytes(Encoding.DER)


def mutate_bytes(data: bytes, source: random.Random) -> bytes:
    """Change, insert, drop or swap a few bytes."""
    result = bytearray(data)
    for _turn in range(source.choice((1, 1, 1, 2, 3))):
        place = source.randrange(len(result) or 1)
        if not result:
            return b"\0"
        match source.randrange(5):
            case 0:
                result[place] = source.randrange(256)
            case 1:
                result[place] ^= 1 << source.randrange(8)
            case 2:
                result.insert(place, source.randrange(256))
            case 3:
                del result[place]
            case _:
                other = source.randrange(len(result))
                result[place], result[other] = result[other], result[place]
    return bytes(result)


def mutate_tree(data: bytes, source: random.Random) -> bytes:
    """Change one element and write the whole anew, so that all lengths fit again."""
    nodes: list[der.Node] = []

    def collect(node: der.Node) -> None:
        nodes.append(node)
        for child in node.children:
            collect(child)

    root = der.parse(data)
    collect(root)
    chosen, other = source.choice(nodes[1:]), source.choice(nodes[1:])
    content = chosen.content
    changed = source.choice(
        [
            b"",
            chosen.encoding * 2,
            other.encoding,
            chosen.encoding + other.encoding,
            der.element(source.choice((2, 3, 4, 5, 6, 0x30, 0x31, 0xA0, 0xA1)), content),
            der.element(chosen.tag, mutate_bytes(content or b"\0", source)),
        ]
    )

    def write(node: der.Node) -> bytes:
        if node is chosen:
            return changed
        if node.children:
            return der.element(node.tag, *map(write, node.children))
        return node.encoding

    return write(root)
