"""Seals a bag: header, manifests and signature for payload files that lie elsewhere."""

import json
import unicodedata
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from pmprb_desktop.errors import Finding, UserError
from pmprb_desktop.i18n import _
from pmprb_desktop.package import layout, manifest, signing, v1
from pmprb_desktop.package.bag import HeaderDraft, PayloadFile, SealedBag
from pmprb_desktop.package.export import file_name, package_size, size_hint, write_package
from pmprb_desktop.package.keys import UnitKey

__all__ = [
    "HeaderDraft",
    "PayloadFile",
    "SealedBag",
    "file_name",
    "json_bytes",
    "package_size",
    "seal_bag",
    "size_hint",
    "write_package",
]


def json_bytes(value: Mapping[str, Any]) -> bytes:
    """A JSON document as packages hold it: UTF-8, NFC, one line end at its end."""
    text = json.dumps(_composed(value), ensure_ascii=False, indent=1, allow_nan=False)
    return (text + "\n").encode()


def _composed(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Mapping):
        return {_composed(key): _composed(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [_composed(held) for held in value]
    return value


def seal_bag(
    draft: HeaderDraft,
    files: Sequence[PayloadFile],
    key: UnitKey,
    passphrase: str | None,
    *,
    now: datetime | None = None,
) -> SealedBag:
    """Make the tag files and sign them; reads no payload, for sizes and digests are known.

    Raises UserError SEAL_PATH for a file that this kind of package does not hold.
    """
    moment = now or datetime.now(UTC)
    ordered = sorted(files, key=lambda file: layout.order(file.path))
    _check_paths(draft.kind, ordered)
    header = _header(draft, ordered, key, moment)
    tags: dict[str, bytes] = {
        layout.BAG_INFO: manifest.bag_info(header),
        layout.BAGIT: manifest.BAGIT_TEXT,
        layout.MANIFEST: manifest.write((file.path, file.sha256) for file in ordered),
        layout.HEADER: json_bytes(header.model_dump(mode="json")),
    }
    tag_manifest = manifest.write(
        (path, sha256(tags[path]).hexdigest()) for path in layout.TAG_FILES
    )
    tags[layout.TAG_MANIFEST] = tag_manifest
    signature = signing.sign(tag_manifest, key, passphrase, moment)
    report = signing.check_signature(signature, tag_manifest, key.certificate_der, now=moment)
    if not report.good:
        raise _bad_key(report.findings)
    digest = sha256(tag_manifest).hexdigest()
    return SealedBag(header.package_id, digest, MappingProxyType(tags), signature, header)


def _check_paths(kind: str, files: Sequence[PayloadFile]) -> None:
    paths = [file.path for file in files]
    missing = set(layout.required(kind)).difference(paths)
    wrong = [path for path in paths if not layout.is_payload_path(path, kind)]
    if missing or wrong or len(set(paths)) != len(paths):
        path = (sorted(missing) + wrong + paths)[0]
        raise UserError(
            "SEAL_PATH",
            _("The package cannot be made: {path} does not belong there, or is missing.").format(
                path=path
            ),
            path=path,
        )


def _bad_key(findings: tuple[Finding, ...]) -> UserError:
    return UserError(
        "SEAL_SIGNATURE",
        _("The package could not be signed: the key and its certificate do not fit."),
        safe=_("Your answers and evidence are safe."),
        next_step=_("Replace the unit key, then make the package again."),
        findings=findings,
    )


def _header(
    draft: HeaderDraft, files: Sequence[PayloadFile], key: UnitKey, now: datetime
) -> v1.Header:
    """The whole header, in the order in which its members are written."""
    return v1.Header(
        format=v1.FORMAT,
        minor=v1.MINOR,
        kind=draft.kind,
        package_id=draft.package_id or str(uuid.uuid4()),
        assessment_id=draft.assessment_id,
        revision=draft.revision,
        previous=draft.previous,
        merged_from=list(draft.merged_from),
        content_digest=draft.content_digest,
        trail=draft.trail,
        key_seq=draft.key_seq,
        installation_id=draft.installation_id,
        unit=draft.unit,
        year=draft.year,
        state=draft.state,
        approval=draft.approval,
        rubric=draft.rubric,
        key=v1.KeyRef(spki_sha256=key.fingerprint, label=key.label),
        created_at=draft.created_at or now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        recipient=draft.recipient,
        part=draft.part,
        payload=v1.PayloadTotals(files=len(files), bytes=sum(file.size for file in files)),
        evidence=list(draft.evidence),
    )
