"""What a unit says about its keys: the enrolment card, and the rotation that proves a new key."""

import base64
import binascii

from pmprb_desktop.i18n import _
from pmprb_desktop.package import documents, keys, layout, signing, v1
from pmprb_desktop.package.keys import UnitKey
from pmprb_desktop.package.rules import Findings


def enrolment(
    key: UnitKey, unit: v1.UnitRef, installation_id: str, created_at: str
) -> v1.Enrolment:
    """The card of a key."""
    return v1.Enrolment(
        format=v1.ENROLMENT_FORMAT,
        minor=v1.MINOR,
        unit=unit,
        installation_id=installation_id,
        certificate=keys.certificate_pem(key.certificate_der).decode(),
        fingerprint=key.fingerprint,
        phone_code=keys.phone_code(key.fingerprint),
        label=key.label,
        created_at=created_at,
    )


def rotation(
    old_fingerprint: str,
    new: UnitKey,
    secret: str | None,
    *,
    unit: v1.UnitRef,
    installation_id: str,
    reason: str,
    rotated_at: str,
) -> v1.Rotation:
    """The step from an old key to ``new``, which ``secret`` opens for its proof."""
    text = proof_text(unit.code, old_fingerprint, new.fingerprint, rotated_at)
    return v1.Rotation(
        format=v1.ROTATION_FORMAT,
        minor=v1.MINOR,
        unit=unit,
        installation_id=installation_id,
        old_fingerprint=old_fingerprint,
        new_certificate=keys.certificate_pem(new.certificate_der).decode(),
        new_fingerprint=new.fingerprint,
        reason=reason,
        rotated_at=rotated_at,
        proof=base64.b64encode(_sign(text, new, secret)).decode(),
    )


def proof_text(unit_code: str, old: str, new: str, rotated_at: str) -> bytes:
    """The exact bytes that the new key signs."""
    lines = (v1.ROTATION_FORMAT, unit_code, old, new, rotated_at)
    return "".join(f"{line}\n" for line in lines).encode()


def _sign(content: bytes, key: UnitKey, secret: str | None) -> bytes:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

    private = keys.unlock(key, secret)
    if isinstance(private, ec.EllipticCurvePrivateKey):
        return private.sign(content, ec.ECDSA(hashes.SHA256()))
    return private.sign(content, PKCS1v15(), hashes.SHA256())


def check(
    record: v1.Enrolment | v1.Rotation, header: v1.Header, signer: bytes | None, found: Findings
) -> None:
    """A card or rotation against its header and the certificate that signed it.

    ``signer`` is None when the signature cannot be read: then it has its own finding.
    """
    card = isinstance(record, v1.Enrolment)
    rule, path = ("ENROLMENT", layout.ENROLMENT) if card else ("ROTATION", layout.ROTATION)
    for name in ("unit", "installation_id"):
        if getattr(record, name) != getattr(header, name):
            message = _("The key's document and the header do not agree on “{member}”.")
            found.add(f"{rule}_MISMATCH", path, message.format(member=name))
    moment = record.created_at if isinstance(record, v1.Enrolment) else record.rotated_at
    if not documents.is_instant(moment):
        message = _("The key's document gives a date that does not exist.")
        found.add(f"{rule}_TIME", path, message)
    if isinstance(record, v1.Enrolment):
        _check_card(record, header, signer, found)
    else:
        _check_rotation(record, signer, found)


def _check_card(
    record: v1.Enrolment, header: v1.Header, signer: bytes | None, found: Findings
) -> None:
    path = layout.ENROLMENT
    if signer is not None and (
        record.certificate.encode() != keys.certificate_pem(signer)
        or record.fingerprint != keys.fingerprint(signer)
    ):
        message = _("The card shows another key than the one that signed it.")
        found.add("ENROLMENT_KEY", path, message)
    if record.phone_code != keys.phone_code(record.fingerprint):
        message = _("The code to read out is not that of the key on the card.")
        found.add("ENROLMENT_CODE", path, message)
    if record.label != header.key.label:
        message = _("The key's document and the header do not agree on “{member}”.")
        found.add("ENROLMENT_MISMATCH", path, message.format(member="label"))


def _check_rotation(record: v1.Rotation, signer: bytes | None, found: Findings) -> None:
    path = layout.ROTATION
    if signer is not None and record.old_fingerprint != keys.fingerprint(signer):
        message = _("The key that is replaced is not the one that signed.")
        found.add("ROTATION_KEY", path, message)
    if record.old_fingerprint == record.new_fingerprint:
        found.add("ROTATION_KEY", path, _("Old and new key are the same."))
    certificate_der = _decoded(record.new_certificate)
    if certificate_der is None:
        message = _("The certificate of the new key is not in its one exact form (PEM).")
        found.add("ROTATION_CERTIFICATE", path, message)
        return
    fault = signing.certificate_fault(certificate_der)
    if fault is not None:
        found.add("ROTATION_CERTIFICATE", path, fault[1])
        return
    if record.new_fingerprint != keys.fingerprint(certificate_der):
        message = _("The fingerprint of the new key is not that of its certificate.")
        found.add("ROTATION_KEY", path, message)
    if not _is_proven(record, certificate_der):
        message = _("The new key does not prove that it takes the place of the old one.")
        found.add("ROTATION_PROOF", path, message)


def _decoded(pem: str) -> bytes | None:
    """The certificate (DER) of a text that is PEM exactly as this program writes it."""
    try:
        found = base64.b64decode("".join(pem.splitlines()[1:-1]), validate=True)
    except binascii.Error:
        return None
    return found if keys.certificate_pem(found).decode() == pem else None


def _is_proven(record: v1.Rotation, certificate_der: bytes) -> bool:
    from cryptography import x509

    try:
        proof = base64.b64decode(record.proof, validate=True)
    except binascii.Error:
        return False
    # Two texts that decode to one signature would be two meanings of one document.
    if base64.b64encode(proof).decode() != record.proof:
        return False
    loaded = x509.load_der_x509_certificate(certificate_der)
    text = proof_text(
        record.unit.code, record.old_fingerprint, record.new_fingerprint, record.rotated_at
    )
    return signing.is_signed(loaded, proof, text)
