"""Opens a package in the order of trust: file, archive, signature, manifests, contents.

Nothing that stands in the package is believed before the step that vouches for it, and every
finding is reported, not only the first.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final

from pmprb_desktop.errors import Cancelled, Finding, UserError
from pmprb_desktop.i18n import _
from pmprb_desktop.package import (
    contents,
    documents,
    key_records,
    layout,
    manifest,
    signing,
    v1,
)
from pmprb_desktop.package.archive import Archive, Limits, open_archive
from pmprb_desktop.package.contents import VerifiedMember
from pmprb_desktop.package.rules import Findings
from pmprb_desktop.package.trail import TrailReader

__all__ = ["Verification", "VerifiedMember", "read_member", "verify_package"]

Progress = Callable[[int, int], None]
Cancel = Callable[[], bool]

_CHUNK: Final = 1 << 20
_CRC_BELOW: Final = 1 << 20
"""Larger payload files are judged by their SHA-256 alone: a checksum more costs a quarter."""
_PDF: Final = b"%PDF-"
_DOCUMENTS: Final = frozenset({layout.ASSESSMENT, *layout.RECORD_FILES.values()})


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found about a package.

    ``valid``: intact and well-formed, whoever signed. ``trusted``: valid, and signed by one of the
    certificates given. ``key`` is the fingerprint, ``digest`` the package's identity. ``members``
    are the payload files by their path in the bag; they were hashed when ``deep`` is true.
    ``record`` is what a package about a key says: a card or a rotation.
    """

    valid: bool
    trusted: bool
    kind: v1.Kind | None
    key: str | None
    certificate_der: bytes | None
    signing_time: datetime | None
    digest: str | None
    header: v1.Header | None = field(repr=False)
    assessment: v1.Assessment | None = field(repr=False)
    findings: tuple[Finding, ...]
    members: Mapping[str, VerifiedMember] = field(repr=False)
    deep: bool
    record: v1.Enrolment | v1.Rotation | None = field(default=None, repr=False)


def verify_package(
    path: Path,
    trust: Sequence[bytes] = (),
    *,
    deep: bool = True,
    progress: Progress | None = None,
    cancelled: Cancel | None = None,
    limits: Limits | None = None,
    now: datetime | None = None,
) -> Verification:
    """Verify a package; hostile or damaged ones give findings, never an exception.

    ``trust``: certificates (DER) that are pinned. Without ``deep`` the evidence is not hashed.
    Raises Cancelled when ``cancelled()`` says so.
    """
    opening = _Opening(trust, deep=deep, progress=progress, cancelled=cancelled, now=now)
    try:
        with open_archive(path, limits) as archive:
            opening.run(archive)
    except UserError as error:
        opening.refuse(error)
    except OSError as error:
        message = _("The file cannot be read: {reason}.")
        opening.found.add(
            "ARCHIVE_UNREADABLE", path.name, message.format(reason=error.strerror or error)
        )
    return opening.result()


class _Opening:
    """One verification, step by step."""

    def __init__(
        self,
        trust: Sequence[bytes],
        *,
        deep: bool,
        progress: Progress | None,
        cancelled: Cancel | None,
        now: datetime | None,
    ) -> None:
        self.found = Findings()
        self._trust = trust
        self._deep = deep
        self._progress = progress
        self._cancelled = cancelled
        self._now = now
        self._report: signing.SignatureReport | None = None
        self._digest: str | None = None
        self._header: v1.Header | None = None
        self._assessment: v1.Assessment | None = None
        self._record: v1.Enrolment | v1.Rotation | None = None
        self._members: dict[str, VerifiedMember] = {}
        self._done = 0
        self._total = 0

    def refuse(self, error: UserError) -> None:
        """Take over what stopped the reading."""
        self.found.extend(error.findings or (Finding(error.rule, error.path, error.message),))

    def result(self) -> Verification:
        """The verdict over everything found."""
        valid = not self.found.refused
        report = self._report
        certificate = report.certificate_der if report is not None else None
        return Verification(
            valid=valid,
            trusted=valid and certificate is not None and certificate in self._trust,
            kind=self._header.kind if self._header is not None else None,
            key=report.fingerprint if report is not None else None,
            certificate_der=certificate,
            signing_time=report.signing_time if report is not None else None,
            digest=self._digest,
            header=self._header,
            assessment=self._assessment,
            findings=self.found.tuple(),
            members=MappingProxyType(self._members),
            deep=self._deep,
            record=self._record,
        )

    def run(self, archive: Archive) -> None:
        """From the archive's frame to the last payload byte."""
        top = layout.top_folder(archive.members, self.found)
        if top is None:
            return
        cut = len(top) + 1
        sizes = {
            name[cut:]: member.size
            for name, member in archive.members.items()
            if name.startswith(top + "/")
        }
        if not layout.check_frame(sizes, self.found):
            layout.check_files(sizes, None, self.found)
            return
        tags = {
            path: archive.read(f"{top}/{path}")
            for path in (*layout.TAG_FILES, layout.TAG_MANIFEST, layout.SIGNATURE)
        }
        self._check_signature(tags)
        digests = self._check_manifests(tags, sizes)
        self._members = {
            path: VerifiedMember(sizes[path], digest)
            for path, digest in digests.items()
            if path in sizes and path.startswith(layout.PAYLOAD)
        }
        self._check_header(tags[layout.HEADER], sizes, layout.package_id(top))
        self._check_payload(archive, top)

    def _check_signature(self, tags: Mapping[str, bytes]) -> None:
        data = tags[layout.TAG_MANIFEST]
        self._digest = hashlib.sha256(data).hexdigest()
        report = signing.check_signature(tags[layout.SIGNATURE], data, None, now=self._now)
        self._report = report
        self.found.extend(report.findings)
        if report.certificate_der is not None and report.certificate_der not in self._trust:
            message = _("The key that signed is not among the trusted ones.")
            self.found.add("KEY_UNKNOWN", layout.SIGNATURE, message, "warning")

    def _check_manifests(
        self, tags: Mapping[str, bytes], sizes: Mapping[str, int]
    ) -> dict[str, str]:
        """Tag files against the tag manifest; the payload's digests as the manifest has them."""
        found = self.found
        listed = manifest.read(tags[layout.TAG_MANIFEST], layout.TAG_MANIFEST, found)
        manifest.compare(listed, layout.TAG_FILES, layout.TAG_MANIFEST, found)
        for path in layout.TAG_FILES:
            if path in listed and hashlib.sha256(tags[path]).hexdigest() != listed[path]:
                message = _("The file {path} was changed.").format(path=path)
                found.add("TAG_DIGEST", path, message)
        manifest.check_bagit(tags[layout.BAGIT], found)
        digests = manifest.read(tags[layout.MANIFEST], layout.MANIFEST, found)
        payload = [path for path in sizes if path.startswith(layout.PAYLOAD)]
        manifest.compare(digests, payload, layout.MANIFEST, found)
        labels = manifest.read_bag_info(tags[layout.BAG_INFO], found)
        manifest.check_oxum(labels, len(payload), sum(sizes[path] for path in payload), found)
        return digests

    def _check_header(self, data: bytes, sizes: Mapping[str, int], package_id: str) -> None:
        header = documents.read_header(data, layout.HEADER, self.found)
        layout.check_files(sizes, header.kind if header is not None else None, self.found)
        if header is not None:
            self._header = header
            key = self._report.fingerprint if self._report is not None else None
            contents.check_header(header, package_id, key, self._members, self.found)

    def _check_payload(self, archive: Archive, top: str) -> None:
        """Hash the payload in one pass, and read those files that are documents on the way."""
        names = [path for path in self._members if self._deep or path in layout.SIZE_LIMITS]
        self._total = sum(self._members[path].size for path in names)
        buffer = bytearray(max(1, min(_CHUNK, archive.size)))
        for path in names:
            try:
                self._check_member(archive, f"{top}/{path}", path, buffer)
            except UserError as error:
                self.refuse(error)

    def _check_member(self, archive: Archive, name: str, path: str, buffer: bytearray) -> None:
        digest = hashlib.sha256()
        pieces: list[bytes] = []
        report = path in layout.REPORTS
        newer = self._header is not None and self._header.minor > v1.MINOR
        trail = TrailReader(newer=newer)

        def take(piece: memoryview) -> None:
            if self._cancelled is not None and self._cancelled():
                raise Cancelled
            digest.update(piece)
            if path == layout.TRAIL:
                trail.feed(piece)
            elif path in _DOCUMENTS or (report and not pieces):
                pieces.append(bytes(piece))
            if self._progress is not None:
                self._done += len(piece)
                self._progress(self._done, self._total)

        size, expected = self._members[path]
        archive.feed(name, take, buffer=buffer, crc=size <= _CRC_BELOW)
        if digest.hexdigest() != expected:
            message = _("The file was changed after it was put in the package.")
            self.found.add("PAYLOAD_DIGEST", path, message)
        elif path == layout.TRAIL:
            self._check_trail(trail)
        elif path in _DOCUMENTS:
            self._document(path, b"".join(pieces))
        elif report and not b"".join(pieces).startswith(_PDF):
            found = self.found
            found.add("REPORT_NOT_PDF", path, _("A print in the package is not a PDF file."))

    def _document(self, path: str, data: bytes) -> None:
        if path == layout.ASSESSMENT:
            self._assessment = documents.read_assessment(data, path, self.found)
            if self._assessment is not None and self._header is not None:
                contents.check_assessment(self._assessment, self._header, self.found)
        elif path in {layout.ENROLMENT, layout.ROTATION}:
            self._key_record(path, data)
        else:
            documents.read_record(data, path, self.found)

    def _key_record(self, path: str, data: bytes) -> None:
        read = documents.read_rotation if path == layout.ROTATION else documents.read_enrolment
        record = self._record = read(data, path, self.found)
        if record is not None and self._header is not None and self._report is not None:
            signer = self._report.certificate_der
            key_records.check(record, self._header, signer, self.found)

    def _check_trail(self, trail: TrailReader) -> None:
        trail.finish()
        self.found.extend(trail.findings)
        if self._header is not None and not trail.findings:
            contents.check_trail(self._header, trail.count, trail.head.hex(), self.found)


def read_member(
    path: Path, verification: Verification, name: str, chunk: int = _CHUNK
) -> Iterator[bytes]:
    """Give a payload file of a verified package in pieces, hashed again on the way.

    ``name`` is its path in the bag. The last piece is followed by UserError PAYLOAD_DIGEST when
    the file is no longer the one that was verified: keep nothing before the end is reached.
    """
    header = verification.header
    if not verification.valid or header is None:
        raise ValueError("only verified packages are read")
    wanted = verification.members[name]
    digest = hashlib.sha256()
    with open_archive(path) as archive:
        member = archive.members.get(f"{layout.TOP_PREFIX}{header.package_id}/{name}")
        if member is not None and member.size == wanted.size:
            for piece in archive.stream(member.name, chunk):
                digest.update(piece)
                yield piece
    if digest.hexdigest() != wanted.sha256 or member is None or member.size != wanted.size:
        raise UserError(
            "PAYLOAD_DIGEST",
            _("The package was changed while it was being read."),
            safe=_("Nothing was taken from it."),
            next_step=_("Copy the package again from where it came from."),
            path=name,
        )
