"""Builds packages for tests: good ones by sealing, and any other by hand."""

import functools
import hashlib
import io
import json
import struct
import uuid
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pmprb_desktop import BUILD_DATE
from pmprb_desktop.package import keys, layout, seal, trail, v1
from pmprb_desktop.package.keys import UnitKey
from pmprb_desktop.package.seal import HeaderDraft, PayloadFile, SealedBag

NOW = BUILD_DATE + timedelta(hours=2, minutes=42, seconds=10)
NOW_TEXT = NOW.strftime("%Y-%m-%dT%H:%M:%SZ")
PASSPHRASE = "rahasia untuk pengujian"  # noqa: S105  (of keys that live for one test run)
UNIT = v1.UnitRef(code="KEC-01", name="Kecamatan Contoh")
RUBRIC_BYTES = b"format: pmprb-rubric/1\nid: contoh-2020\n"
RUBRIC_REF = v1.RubricRef(id="contoh-2020@1", digest=hashlib.sha256(RUBRIC_BYTES).hexdigest())
INSTALLATION = "11111111-1111-4111-8111-111111111111"
PERSON = "22222222-2222-4222-8222-222222222222"
ACTOR = {"id": PERSON, "name": "Asesor Satu"}
ASSESSMENT = "33333333-3333-4333-8333-333333333333"
PACKAGE = "44444444-4444-4444-8444-444444444444"
TOP = f"pkg-{PACKAGE}"


@functools.cache
def unit_key(number: int = 0) -> UnitKey:
    """A unit key, the same for each number within one run; its passphrase is PASSPHRASE."""
    return keys.make_key(UNIT.code, f"{UNIT.name} {number}", INSTALLATION, PASSPHRASE, now=NOW)


@functools.cache
def plain_key(number: int = 0) -> UnitKey:
    """The same key without a passphrase, for tests that sign often."""
    return keys.change_passphrase(unit_key(number), PASSPHRASE, None)


def payload_file(path: str, data: bytes) -> PayloadFile:
    """A payload file whose content is in memory."""
    digest = hashlib.sha256(data).hexdigest()
    return PayloadFile(path, len(data), digest, lambda: io.BytesIO(data))


def trail_bytes(rows: int = 3) -> tuple[bytes, v1.TrailHead]:
    """A trail of that many rows, with its head."""
    lines = [
        json.dumps({"seq": seq, "at": NOW_TEXT, "actor": ACTOR, "action": "answer"}).encode()
        for seq in range(1, rows + 1)
    ]
    count, head = trail.verify(lines)
    return b"".join(line + b"\n" for line in lines), v1.TrailHead(count=count, head=head)


def assessment_object(answers: int = 4, evidence: Sequence[v1.FileRecord] = ()) -> dict[str, Any]:
    """``data/assessment.json`` as an object."""
    return {
        "format": v1.ASSESSMENT_FORMAT,
        "minor": v1.MINOR,
        "assessment_id": ASSESSMENT,
        "revision": 1,
        "unit": UNIT.model_dump(),
        "year": 2026,
        "rubric": RUBRIC_REF.model_dump(),
        "government": "pemda",
        "practice": False,
        "locked_at": NOW_TEXT,
        "people": [{"id": PERSON, "name": "Asesor Satu", "role": "assessor"}],
        "answers": [
            {
                "code": f"A.I.1.{number}",
                "value": "Ya",
                "note": "Sudah sesuai rencana kerja tahunan.",
                "author": PERSON,
                "at": NOW_TEXT,
            }
            for number in range(1, answers + 1)
        ],
        "evidence": [
            {
                "id": str(uuid.uuid5(uuid.NAMESPACE_URL, record.path)),
                "kind": "file",
                "name": record.name,
                "media_type": record.media_type,
                "bytes": record.bytes,
                "sha256": record.sha256,
                "path": record.path,
                "items": list(record.items),
                "added_by": PERSON,
                "added_at": NOW_TEXT,
            }
            for record in evidence
        ],
        "scores": {
            "total": "30.5",
            "weight": "36.3",
            "available": "36.3",
            "answered": answers,
            "items": answers,
            "nodes": [],
        },
    }


@dataclass(frozen=True)
class Submission:
    """A draft and its files, before sealing; change it with ``with_file`` or ``replace``."""

    draft: HeaderDraft
    files: tuple[PayloadFile, ...]
    key: UnitKey = field(default_factory=plain_key)

    def with_file(self, path: str, data: bytes) -> "Submission":
        """The same with one more file, or with another content of one."""
        kept = tuple(file for file in self.files if file.path != path)
        return replace(self, files=(*kept, payload_file(path, data)))

    def seal(self) -> SealedBag:
        """The sealed bag."""
        return seal.seal_bag(self.draft, self.files, self.key, None, now=NOW)

    def write(self, folder: Path) -> Path:
        """The package as a file."""
        return seal.write_package(self.seal(), self.files, folder)


def submission(
    evidence: Mapping[str, bytes] | None = None,
    *,
    answers: int = 4,
    key: UnitKey | None = None,
    assessment: Mapping[str, Any] | None = None,
    more: Sequence[v1.FileRecord] = (),
    **draft: Any,
) -> Submission:
    """A good submission. ``evidence``: ending → content; ``more`` records for the header.

    ``assessment`` replaces members of the entries, ``draft`` members of the header.
    """
    given = (
        {"pdf": b"%PDF-1.4 contoh", "jpg": b"\xff\xd8\xff contoh"} if evidence is None else evidence
    )
    records, files = [], []
    for number, (ending, data) in enumerate(given.items(), 1):
        path = f"{layout.EVIDENCE_FOLDER}{number:06}.{ending.rsplit('.', 1)[-1]}"
        files.append(payload_file(path, data))
        records.append(
            v1.FileRecord(
                path=path,
                name=f"Bukti nomor {number}.{ending}",
                media_type="application/octet-stream",
                bytes=len(data),
                sha256=hashlib.sha256(data).hexdigest(),
                items=[f"A.I.1.{number}"],
                role="evidence",
            )
        )
    entries = seal.json_bytes(assessment_object(answers, records) | dict(assessment or {}))
    rows, head = trail_bytes()
    members: dict[str, Any] = {
        "kind": "submission",
        "key_seq": 1,
        "installation_id": INSTALLATION,
        "unit": UNIT,
        "year": 2026,
        "assessment_id": ASSESSMENT,
        "revision": 1,
        "content_digest": hashlib.sha256(entries).hexdigest(),
        "trail": head,
        "state": "final",
        "approval": "none",
        "rubric": RUBRIC_REF,
        "evidence": (*records, *more),
        "package_id": PACKAGE,
        "created_at": NOW_TEXT,
    }
    return Submission(
        HeaderDraft(**(members | draft)),
        (
            payload_file(layout.ASSESSMENT, entries),
            payload_file(layout.TRAIL, rows),
            payload_file(layout.RUBRIC, RUBRIC_BYTES),
            payload_file(layout.SUMMARY, b"%PDF-1.4 ringkasan"),
            payload_file(layout.MINUTES, b"%PDF-1.4 berita acara"),
            *files,
        ),
        key or plain_key(),
    )


def contents(made: Submission) -> dict[str, bytes]:
    """Path in the bag → bytes of a sealed submission, signature last."""
    sealed = made.seal()
    files = {file.path: file.opener().read() for file in made.files}
    ordered = {path: files[path] for path in sorted(files, key=layout.order)}
    tags = {path: sealed.tag_files[path] for path in (*layout.TAG_FILES, layout.TAG_MANIFEST)}
    return {**ordered, **tags, layout.SIGNATURE: sealed.signature}


def resign(files: Mapping[str, bytes], *, key: UnitKey | None = None) -> dict[str, bytes]:
    """Manifests and signature made anew over changed files: what a dishonest signer could do."""
    from pmprb_desktop.package import signing

    result = dict(files)
    payload = [path for path in files if path.startswith("data/")]
    if layout.MANIFEST in files:
        result[layout.MANIFEST] = _lines(payload, files)
    return retag(result, key=key, signing_time=NOW, sign=signing.sign)


def retag(
    files: Mapping[str, bytes],
    *,
    key: UnitKey | None = None,
    signing_time: datetime = NOW,
    sign: Callable[[bytes, UnitKey, str | None, datetime], bytes] | None = None,
) -> dict[str, bytes]:
    """Tag manifest and signature made anew, the payload manifest left as it is."""
    from pmprb_desktop.package import signing

    result = dict(files)
    result[layout.TAG_MANIFEST] = _lines(layout.TAG_FILES, files=result)
    maker = sign or signing.sign
    result[layout.SIGNATURE] = maker(
        result[layout.TAG_MANIFEST], key or plain_key(), None, signing_time
    )
    return result


def _lines(paths: Sequence[str], files: Mapping[str, bytes]) -> bytes:
    digests = ((hashlib.sha256(files[path]).hexdigest(), path) for path in paths)
    return "".join(f"{digest}  {path}\n" for digest, path in digests).encode()


def edit_json(data: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    """A JSON document after ``change`` was applied to its object."""
    value = json.loads(data)
    change(value)
    return json.dumps(value, ensure_ascii=False).encode()


@dataclass
class RawEntry:
    """One ZIP entry, every field of which can be set wrongly; None: as it should be."""

    name: bytes
    data: bytes = b""
    local_name: bytes | None = None
    flags: int = 0
    local_flags: int | None = None
    method: int = 0
    time: int = 0
    date: int = 33
    local_date: int | None = None
    crc: int | None = None
    local_crc: int | None = None
    size: int | None = None
    packed: int | None = None
    local_size: int | None = None
    local_packed: int | None = None
    extra: bytes = b""
    local_extra: bytes = b""
    comment: bytes = b""
    disk: int = 0
    internal: int = 0
    external: int = 0o100644 << 16
    system: int = 3
    needed: int = 20
    local_needed: int | None = None
    offset: int | None = None
    before: bytes = b""
    after: bytes = b""
    signature: bytes = b"PK\x03\x04"
    central_signature: bytes = b"PK\x01\x02"


def raw_zip(
    entries: Sequence[RawEntry],
    *,
    comment: bytes = b"",
    before_directory: bytes = b"",
    after_directory: bytes = b"",
    trailer: bytes = b"",
    prefix: bytes = b"",
    count: int | None = None,
    end: Mapping[int, int] | None = None,
    zip64: bytes | bool = False,
) -> bytes:
    """A ZIP file made by hand; ``end`` overrides fields of the end record by their place."""
    body = bytearray(prefix)
    directory = bytearray()
    for entry in entries:
        body += entry.before
        start = len(body)
        crc = zlib.crc32(entry.data) if entry.crc is None else entry.crc
        size = len(entry.data) if entry.size is None else entry.size
        packed = size if entry.packed is None else entry.packed
        local_name = entry.name if entry.local_name is None else entry.local_name
        body += entry.signature + struct.pack(
            "<HHHHHIIIHH",
            entry.needed if entry.local_needed is None else entry.local_needed,
            entry.flags if entry.local_flags is None else entry.local_flags,
            entry.method,
            entry.time,
            entry.date if entry.local_date is None else entry.local_date,
            crc if entry.local_crc is None else entry.local_crc,
            packed if entry.local_packed is None else entry.local_packed,
            size if entry.local_size is None else entry.local_size,
            len(local_name),
            len(entry.local_extra),
        )
        body += local_name + entry.local_extra + entry.data + entry.after
        directory += entry.central_signature + struct.pack(
            "<BBHHHHHIIIHHHHHII",
            20, entry.system, entry.needed, entry.flags, entry.method, entry.time, entry.date,
            crc, packed, size, len(entry.name), len(entry.extra), len(entry.comment), entry.disk,
            entry.internal, entry.external, start if entry.offset is None else entry.offset,
        )  # fmt: skip
        directory += entry.name + entry.extra + entry.comment
    body += before_directory
    place = len(body)
    body += directory + after_directory
    number = len(entries) if count is None else count
    fields = [0, 0, number, number, len(directory), place, len(comment)]
    if zip64:
        body += (
            zip64 if isinstance(zip64, bytes) else zip64_end(number, directory, place, len(body))
        )
    for at, value in (end or {}).items():
        fields[at] = value
    body += b"PK\x05\x06" + struct.pack("<HHHHIIH", *fields) + comment + trailer
    return bytes(body)


def zip64_end(count: int, directory: bytes | bytearray, place: int, position: int) -> bytes:
    """ZIP64 end record and its locator."""
    record = b"PK\x06\x06" + struct.pack(
        "<QBBHIIQQQQ", 44, 45, 3, 45, 0, 0, count, count, len(directory), place
    )
    return record + b"PK\x06\x07" + struct.pack("<IQI", 0, position, 1)


def raw_package(files: Mapping[str, bytes], top: str = TOP) -> bytes:
    """The files as an archive of the profile, whatever is in them."""
    return raw_zip([RawEntry(f"{top}/{path}".encode(), data) for path, data in files.items()])
