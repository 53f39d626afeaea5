"""The signature: one profile, and never anything that openssl would refuse."""

import functools
import random
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given, settings
from hypothesis import strategies as st

from pmprb_desktop.package import cms, der, keys, signing
from pmprb_desktop.package.signing import SignatureReport
from tests.package import cms_builder as build
from tests.package.builders import NOW, PASSPHRASE, plain_key, unit_key
from tests.package.cms_builder import Recipe

CONTENT = b"daftar berkas\n"


@functools.cache
def private(kind: str) -> Any:
    """A private key of a kind, made once."""
    match kind:
        case "p256":
            return keys.unlock(plain_key(), None)
        case "p384":
            return ec.generate_private_key(ec.SECP384R1())
        case "k1":
            return ec.generate_private_key(ec.SECP256K1())
        case "ed25519":
            return ed25519.Ed25519PrivateKey.generate()
        case _:
            return rsa.generate_private_key(65537, int(kind[3:]))


def recipe(**changes: Any) -> Recipe:
    """A good signature of the unit's key, with some parts changed."""
    parts = {"content": CONTENT, "key": private("p256"), "certificate": plain_key().certificate_der}
    return Recipe(**(parts | changes))


def check(data: bytes, content: bytes = CONTENT, pinned: bytes | None = None) -> SignatureReport:
    """Check at the moment of the tests."""
    return signing.check_signature(data, content, pinned, now=NOW)


def rules(report: SignatureReport) -> set[str]:
    """Names of the rules that were broken."""
    return {finding.rule for finding in report.findings}


def openssl(data: bytes, certificate: bytes, folder: Path, content: bytes = CONTENT) -> bool:
    """Whether openssl accepts the signature, trusting this certificate."""
    (folder / "s.p7s").write_bytes(data)
    (folder / "content").write_bytes(content)
    (folder / "unit.pem").write_bytes(keys.certificate_pem(certificate))
    command = (
        "openssl cms -verify -cades -binary -inform DER -in s.p7s -content content "
        f"-CAfile unit.pem -out /dev/null -attime {int(NOW.timestamp())}"
    )
    return (
        subprocess.run(command.split(), cwd=folder, capture_output=True, check=False).returncode
        == 0
    )


def test_own_signature_is_good(tmp_path: Path) -> None:
    """What the program signs is of the profile, here and for openssl."""
    key = unit_key()
    data = signing.sign(CONTENT, key, PASSPHRASE, NOW)
    report = check(data, pinned=key.certificate_der)
    assert report.findings == ()
    assert report.good
    assert report.fingerprint == key.fingerprint
    assert report.certificate_der == key.certificate_der
    assert report.signing_time == NOW
    assert openssl(data, key.certificate_der, tmp_path)


def test_hand_made_signature_is_good(tmp_path: Path) -> None:
    """The recipe that the hostile cases start from is good here and for openssl."""
    data = recipe().build()
    assert check(data, pinned=plain_key().certificate_der).findings == ()
    assert openssl(data, plain_key().certificate_der, tmp_path)


@pytest.mark.parametrize("size", ["rsa2048", "rsa3072"])
def test_rsa_is_accepted(size: str, tmp_path: Path) -> None:
    """RSA from 2,048 bits on is accepted."""
    key = private(size)
    certificate = build.certificate(key)
    data = recipe(key=key, certificate=certificate).build()
    assert check(data, pinned=certificate).findings == ()
    assert openssl(data, certificate, tmp_path)


def test_asn1crypto_writes_the_same_bytes() -> None:
    """Read and written again by another library, a good signature stays as it is."""
    from asn1crypto import cms as other

    data = signing.sign(CONTENT, plain_key(), None, NOW)
    read = other.ContentInfo.load(data, strict=True)
    assert read.native
    assert read.dump(force=True) == data


SHA1_ALGORITHM = der.element(der.SEQUENCE, build.SHA1)
OTHER_ATTRIBUTE = build.attribute(der.oid("1.2.840.113549.1.9.15"), der.element(der.SEQUENCE))
DIGEST = der.element(der.OCTET_STRING, bytes(32))
SHORT_DIGEST = der.element(der.OCTET_STRING, bytes(20))
ZONED_TIME = der.element(der.UTC_TIME, b"261124024210+0700")


def _other_ess() -> bytes:
    return build.signing_certificate(build.ess_id(plain_key(1).certificate_der))


def _own_ess(**parts: Any) -> bytes:
    return build.ess_id(plain_key().certificate_der, **parts)


def _key_id() -> bytes:
    return der.element(0x80, bytes(20))


def _pss() -> bytes:
    return der.element(der.SEQUENCE, der.oid("1.2.840.113549.1.1.10"), der.element(der.SEQUENCE))


CASES: dict[str, tuple[Callable[[], dict[str, Any]], str]] = {
    "two signers": (lambda: {"signers": 2}, "SIGNATURE_SIGNERS"),
    "no signer": (lambda: {"signers": 0}, "SIGNATURE_SIGNERS"),
    "attached": (lambda: {"attached": CONTENT}, "SIGNATURE_ATTACHED"),
    "attached other": (lambda: {"attached": b"lain"}, "SIGNATURE_ATTACHED"),
    "crls": (lambda: {"crls": build.CRL}, "SIGNATURE_CRLS"),
    "unsigned attributes": (
        lambda: {"unsigned": OTHER_ATTRIBUTE},
        "SIGNATURE_UNSIGNED_ATTRIBUTES",
    ),
    "empty unsigned attributes": (lambda: {"unsigned": b""}, "SIGNATURE_UNSIGNED_ATTRIBUTES"),
    "no certificates": (lambda: {"certificates": ()}, "SIGNATURE_CERTIFICATES"),
    "six certificates": (
        lambda: {"certificates": [plain_key(n).certificate_der for n in range(6)]},
        "SIGNATURE_CERTIFICATES",
    ),
    "certificate of another": (
        lambda: {"certificates": [plain_key(1).certificate_der]},
        "SIGNATURE_CERTIFICATES",
    ),
    "certificate twice": (
        lambda: {"certificates": [plain_key().certificate_der] * 2},
        "SIGNATURE_CERTIFICATES",
    ),
    "certificate not X.509": (
        lambda: {"certificates": [plain_key().certificate_der, der.element(0xA1)]},
        "SIGNATURE_CERTIFICATES",
    ),
    "damaged second certificate": (
        lambda: {"certificates": [plain_key().certificate_der, der.element(der.SEQUENCE)]},
        "SIGNATURE_MALFORMED",
    ),
    "no signed attributes": (lambda: {"attributes": False}, "SIGNATURE_ATTRIBUTES"),
    "no content type": (lambda: {"without": [cms.CONTENT_TYPE]}, "SIGNATURE_ATTRIBUTES"),
    "no digest": (lambda: {"without": [cms.MESSAGE_DIGEST]}, "SIGNATURE_ATTRIBUTES"),
    "no time": (lambda: {"without": [cms.SIGNING_TIME]}, "SIGNATURE_ATTRIBUTES"),
    "no signing certificate": (
        lambda: {"without": [cms.SIGNING_CERTIFICATE_V2]},
        "SIGNATURE_ATTRIBUTES",
    ),
    "one attribute more": (lambda: {"more_attributes": [OTHER_ATTRIBUTE]}, "SIGNATURE_ATTRIBUTES"),
    "digest twice": (
        lambda: {"more_attributes": [build.attribute(cms.MESSAGE_DIGEST, DIGEST)]},
        "SIGNATURE_ATTRIBUTES",
    ),
    "two digests in one": (lambda: {"digest_values": [DIGEST, DIGEST]}, "SIGNATURE_ATTRIBUTES"),
    "no value": (lambda: {"time_values": []}, "SIGNATURE_ATTRIBUTES"),
    "short digest": (lambda: {"digest_values": [SHORT_DIGEST]}, "SIGNATURE_ATTRIBUTES"),
    "digest of other bytes": (lambda: {"digest_values": [DIGEST]}, "SIGNATURE_INVALID"),
    "other content type": (lambda: {"type_values": [cms.SIGNED_DATA]}, "SIGNATURE_ATTRIBUTES"),
    "other inner type": (lambda: {"inner_type": cms.SIGNED_DATA}, "SIGNATURE_MALFORMED"),
    "enveloped": (
        lambda: {"content_type": der.oid("1.2.840.113549.1.7.3")},
        "SIGNATURE_MALFORMED",
    ),
    "time with zone": (lambda: {"time_values": [ZONED_TIME]}, "SIGNATURE_NOT_DER"),
    "time that is none": (
        lambda: {"time_values": [der.element(der.UTC_TIME, b"269924024210Z")]},
        "SIGNATURE_MALFORMED",
    ),
    "time as number": (lambda: {"time_values": [der.integer(5)]}, "SIGNATURE_ATTRIBUTES"),
    "sha-1": (lambda: {"digest_algorithms": [SHA1_ALGORITHM]}, "SIGNATURE_ALGORITHM"),
    "two digest algorithms": (
        lambda: {"digest_algorithms": [SHA1_ALGORITHM, build.SHA256_ALGORITHM]},
        "SIGNATURE_ALGORITHM",
    ),
    "no digest algorithm": (lambda: {"digest_algorithms": []}, "SIGNATURE_ALGORITHM"),
    "signer's sha-1": (lambda: {"signer_digest": SHA1_ALGORITHM}, "SIGNATURE_ALGORITHM"),
    "other algorithm": (lambda: {"algorithm": _pss()}, "SIGNATURE_ALGORITHM"),
    "algorithm of another key": (lambda: {"algorithm": build.RSA}, "SIGNATURE_INVALID"),
    "version 3": (lambda: {"version": 3}, "SIGNATURE_MALFORMED"),
    "signer version 3": (lambda: {"signer_version": 3}, "SIGNATURE_MALFORMED"),
    "signer by key id": (lambda: {"signer_id": _key_id()}, "SIGNATURE_MALFORMED"),
    "attributes out of order": (lambda: {"sort": False}, "SIGNATURE_NOT_DER"),
    "other signing certificate": (
        lambda: {"certificate_values": [_other_ess()]},
        "SIGNATURE_CERTIFICATE",
    ),
    "two signing certificates": (
        lambda: {"certificate_values": [build.signing_certificate(_own_ess(), _own_ess())]},
        "SIGNATURE_ATTRIBUTES",
    ),
    "no certificate named": (
        lambda: {"certificate_values": [build.signing_certificate()]},
        "SIGNATURE_ATTRIBUTES",
    ),
    "signing policy": (
        lambda: {
            "certificate_values": [
                build.signing_certificate(_own_ess(), policies=der.element(der.SEQUENCE))
            ]
        },
        "SIGNATURE_ATTRIBUTES",
    ),
    "default spelt out": (
        lambda: {
            "certificate_values": [
                build.signing_certificate(_own_ess(algorithm=build.SHA256_ALGORITHM))
            ]
        },
        "SIGNATURE_ATTRIBUTES",
    ),
    "another's key": (lambda: {"key": keys.unlock(plain_key(1), None)}, "SIGNATURE_INVALID"),
    "too large": (
        lambda: {"more_attributes": [der.element(der.SEQUENCE, bytes(70_000))]},
        "SIGNATURE_TOO_LARGE",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_signature_off_profile_is_refused(case: str) -> None:
    """Each part of the profile has its rule, also where the rest is signed properly."""
    make, rule = CASES[case]
    report = check(recipe(**make()).build(), pinned=plain_key().certificate_der)
    assert rule in rules(report)
    assert not report.good


def usage(**flags: bool) -> x509.KeyUsage:
    """A KeyUsage of these flags alone."""
    known = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
        "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**(dict.fromkeys(known, False) | flags))


SERVER = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
ANY = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE])
EMAIL = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.5"), b"\x05\x00")
NETSCAPE = x509.UnrecognizedExtension(
    x509.ObjectIdentifier("2.16.840.1.113730.1.1"), b"\x03\x02\x06\x40"
)
CERTIFICATES: dict[str, tuple[str, list[tuple[x509.ExtensionType, bool]], str]] = {
    "p-384": ("p384", [], "KEY_UNSUITABLE"),
    "secp256k1": ("k1", [], "KEY_UNSUITABLE"),
    "rsa 1024": ("rsa1024", [], "KEY_UNSUITABLE"),
    "ed25519": ("ed25519", [], "KEY_UNSUITABLE"),
    "for encryption": ("p256", [(usage(key_agreement=True), True)], "KEY_USAGE"),
    "for authorities": ("p256", [(usage(key_cert_sign=True), True)], "KEY_USAGE"),
    "for servers": ("p256", [(SERVER, False)], "KEY_USAGE"),
    "for anything": ("p256", [(ANY, False)], "KEY_USAGE"),
    "unknown condition": ("p256", [(UNKNOWN, True)], "KEY_USAGE"),
    "netscape": ("p256", [(NETSCAPE, False)], "KEY_USAGE"),
}


@pytest.mark.parametrize("case", CERTIFICATES)
def test_unsuitable_certificate_is_refused(case: str) -> None:
    """Weak keys, other curves and certificates for other ends are refused."""
    kind, extensions, rule = CERTIFICATES[case]
    certificate = build.certificate(private(kind), *extensions)
    report = check(recipe(key=private(kind), certificate=certificate).build(), pinned=certificate)
    assert rule in rules(report)
    fault = signing.certificate_fault(certificate)
    assert fault is not None
    assert fault[0] == rule


def test_suitable_certificates_are_accepted(tmp_path: Path) -> None:
    """Certificates for signing, with or without usages, are accepted as by openssl."""
    cases: list[list[tuple[x509.ExtensionType, bool]]] = [
        [],
        [(usage(digital_signature=True), True)],
        [(usage(content_commitment=True), True)],
        [(EMAIL, False)],
        [(UNKNOWN, False)],
        [(x509.BasicConstraints(ca=True, path_length=None), True)],
    ]
    for extensions in cases:
        certificate = build.certificate(private("p256"), *extensions)
        data = recipe(certificate=certificate).build()
        assert check(data, pinned=certificate).findings == ()
        assert openssl(data, certificate, tmp_path)
    assert signing.certificate_fault(b"x") is not None


def test_compressed_point_is_refused() -> None:
    """A public key in another encoding would have another fingerprint: refused."""
    key = private("p256")
    certificate = build.certificate(key)
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    form = (Encoding.X962, PublicFormat.UncompressedPoint)
    point = key.public_key().public_bytes(*form)
    short = key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    root = der.parse(certificate)

    def write(node: der.Node) -> bytes:
        if node.tag == der.BIT_STRING and node.content == b"\0" + point:
            return der.element(der.BIT_STRING, b"\0" + short)
        if node.children:
            return der.element(node.tag, *map(write, node.children))
        return node.encoding

    fault = signing.certificate_fault(write(root))
    assert fault is not None
    assert fault[0] == "KEY_UNSUITABLE"


def test_changed_content_is_found() -> None:
    """Tampered content is found although the signature over the attributes holds."""
    data = recipe().build()
    report = check(data, CONTENT + b"x", plain_key().certificate_der)
    assert rules(report) == {"SIGNATURE_INVALID"}


def test_certificate_must_be_the_pinned_one() -> None:
    """A look-alike certificate, even of the same key, is not the pinned one."""
    data = recipe(certificate=build.certificate(private("p256"))).build()
    assert rules(check(data, pinned=plain_key().certificate_der)) == {"CERTIFICATE_DIFFERS"}
    assert check(data).good


@pytest.mark.parametrize("shift", [timedelta(days=-3), timedelta(days=3700)])
def test_dates_are_a_warning(shift: timedelta) -> None:
    """A clock outside the certificate's dates is a warning: old laptops lose their clock."""
    pinned = plain_key().certificate_der
    report = signing.check_signature(recipe().build(), CONTENT, pinned, now=NOW + shift)
    assert [(one.rule, one.severity) for one in report.findings] == [
        ("CERTIFICATE_DATES", "warning")
    ]
    assert report.good


@pytest.mark.parametrize(
    "data", [b"", b"\x30", b"\x30\x80\0\0", b"\x30\x03\x02\x01\x00", b"PK", bytes(99)]
)
def test_other_bytes_are_no_signature(data: bytes) -> None:
    """Bytes that are no signature give a finding."""
    assert not check(data).good


def test_bytes_behind_the_signature_are_refused() -> None:
    """Nothing may follow the signature."""
    assert rules(check(recipe().build() + b"\0")) == {"SIGNATURE_NOT_DER"}


DER_FAULTS = {
    "long form": "308100",
    "leading zero in length": "30820001" + "00",
    "indefinite": "30800000",
    "huge length": "3085ffffffffff",
    "integer padding": "02020001",
    "negative padding": "0202ff80",
    "empty integer": "0200",
    "boolean": "010101",
    "null with content": "050100",
    "oid padding": "0603800101",
    "oid cut": "060181",
    "empty oid": "0600",
    "unused bits": "03020180" + "",
    "unused bits set": "030204ff",
    "too many unused bits": "03020900",
    "no unused bits": "0300",
    "constructed text": "2c020c00",
    "constructed octets": "24020400",
    "primitive sequence": "1000",
    "primitive set": "1100",
    "set order": "3106020102020101",
    "high tag": "1f0100",
    "end of content": "0000",
    "time without seconds": "170b" + b"2611240242Z".hex(),
    "time with fraction": "1811" + b"20261124024210.5Z".hex(),
    "cut": "3003020101"[:8],
    "deep": "",
}


@pytest.mark.parametrize("case", DER_FAULTS)
def test_other_encodings_are_not_der(case: str) -> None:
    """BER that is not DER is refused."""
    data = bytes.fromhex(DER_FAULTS[case])
    if case == "deep":
        for _level in range(40):
            data = der.element(der.SEQUENCE, data)
    if case == "unused bits":
        assert der.parse(data).content == b"\x01\x80"
        return
    with pytest.raises(der.DerError):
        der.parse(data)


@settings(max_examples=200, deadline=None)
@given(data=st.binary(max_size=40))
def test_der_is_one_encoding(data: bytes) -> None:
    """What is read as DER is written as the same bytes."""

    def write(node: der.Node) -> bytes:
        if node.children:
            return der.element(node.tag, *map(write, node.children))
        return der.element(node.tag, node.content)

    try:
        root = der.parse(data)
    except der.DerError:
        return
    assert write(root) == data


def test_serial_number_is_positive() -> None:
    """A certificate without a positive serial number is refused without a warning."""
    good = der.parse(build.certificate(private("p256")))
    for number in (b"\0", b"\x80", b"\xff\x01"):
        fields = [child.encoding for child in good.children[0].children]
        fields[1] = der.element(der.INTEGER, number)
        rest = [child.encoding for child in good.children[1:]]
        certificate = der.element(der.SEQUENCE, der.element(der.SEQUENCE, *fields), *rest)
        assert rules(check(recipe(certificate=certificate).build())) == {"SIGNATURE_MALFORMED"}


def test_nothing_that_openssl_refuses_is_accepted(tmp_path: Path) -> None:
    """Of many changed signatures, none is accepted here and refused by openssl."""
    source = random.Random(20261124)
    pinned = plain_key().certificate_der
    good = recipe().build()
    asked = 0
    for turn in range(1500):
        change = build.mutate_tree if turn % 2 else build.mutate_bytes
        data = change(good, source)
        for one in (pinned, None):
            report = check(data, pinned=one)
            if report.good and data != good:
                assert report.certificate_der is not None
                assert openssl(data, report.certificate_der, tmp_path), data.hex()
        if turn % 7 == 0:
            asked += 1
            if not openssl(data, pinned, tmp_path):
                assert not check(data, pinned=pinned).good
    assert asked > 200


def test_changed_companions_are_refused_or_harmless(tmp_path: Path) -> None:
    """Certificates beside the signer's may be others, but none that openssl stumbles over."""
    source = random.Random(7)
    pinned, other = plain_key().certificate_der, plain_key(1).certificate_der
    accepted = 0
    for turn in range(900):
        change = build.mutate_tree if turn % 3 else build.mutate_bytes
        data = recipe(certificates=[pinned, change(other, source)]).build()
        if check(data, pinned=pinned).good:
            accepted += 1
            assert openssl(data, pinned, tmp_path), data.hex()
    assert accepted > 50
