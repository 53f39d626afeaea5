"""Values around a bag: what goes in, what sealing makes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import BinaryIO

from pmprb_desktop.package import layout, v1


@dataclass(frozen=True, slots=True)
class PayloadFile:
    """A file below ``data/``: its path in the bag, and how to open its content for reading."""

    path: str
    size: int
    sha256: str
    opener: Callable[[], BinaryIO]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderDraft:
    """The header's members that sealing does not find out by itself.

    ``package_id`` and ``created_at`` are made when they are left out.
    """

    kind: v1.Kind
    key_seq: int
    installation_id: str
    unit: v1.UnitRef | None = None
    year: int | None = None
    assessment_id: str | None = None
    revision: int | None = None
    previous: str | None = None
    merged_from: tuple[str, ...] = ()
    content_digest: str | None = None
    trail: v1.TrailHead | None = None
    state: v1.State | None = None
    approval: v1.Approval | None = None
    rubric: v1.RubricRef | None = None
    recipient: str | None = None
    part: v1.Part | None = None
    evidence: tuple[v1.FileRecord, ...] = ()
    package_id: str | None = None
    created_at: str | None = None


@dataclass(frozen=True, slots=True)
class SealedBag:
    """What sealing makes, and what exporting again needs: keep ``tag_files`` and ``signature``.

    ``tag_files``: path → bytes of the four tag files and the tag manifest. ``digest`` is the
    package's identity: SHA-256 of the tag manifest.
    """

    package_id: str
    digest: str
    tag_files: Mapping[str, bytes]
    signature: bytes
    header: v1.Header = field(repr=False)

    @classmethod
    def restore(cls, tag_files: Mapping[str, bytes], signature: bytes) -> "SealedBag":
        """Put together again what was kept at sealing."""
        header = v1.Header.model_validate_json(tag_files[layout.HEADER], strict=True)
        digest = sha256(tag_files[layout.TAG_MANIFEST]).hexdigest()
        return cls(header.package_id, digest, dict(tag_files), signature, header)
