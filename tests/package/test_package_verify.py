"""Verification: the order of trust, and a rule for each way of being wrong."""

import errno
import json
import re
import tracemalloc
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pmprb_desktop.errors import Cancelled, UserError
from pmprb_desktop.package import archive, documents, layout, seal, v1
from pmprb_desktop.package.rules import Findings
from pmprb_desktop.package.verify import Verification, read_member, verify_package
from tests.package import builders
from tests.package.builders import (
    NOW,
    TOP,
    contents,
    edit_json,
    payload_file,
    plain_key,
    raw_package,
    resign,
    retag,
    submission,
)

Files = dict[str, bytes]
EVIDENCE = "data/evidence/000001.pdf"


@pytest.fixture(scope="module")
def good() -> Mapping[str, bytes]:
    """Files of one good submission; never changed in place."""
    return contents(submission())


def check(files: Mapping[str, bytes], folder: Path, **options: Any) -> Verification:
    """Verify these files as a package."""
    path = folder / "paket.pmprb"
    path.write_bytes(raw_package(files))
    return verify_package(path, [plain_key().certificate_der], now=NOW, **options)


def rules(result: Verification) -> set[str]:
    """Names of the rules that were broken."""
    return {finding.rule for finding in result.findings}


def test_good_package(good: Mapping[str, bytes], tmp_path: Path) -> None:
    """A good package is valid and trusted, and everything in it is at hand."""
    result = check(good, tmp_path)
    assert result.findings == ()
    assert result.valid
    assert result.trusted
    assert result.deep
    assert result.kind == "submission"
    assert result.key == plain_key().fingerprint
    assert result.signing_time == NOW
    assert result.header is not None
    assert result.header.unit == builders.UNIT
    assert result.assessment is not None
    assert len(result.assessment.answers) == 4
    assert result.members[EVIDENCE].size == len(good[EVIDENCE])
    assert set(result.members) == {path for path in good if path.startswith("data/")}


def test_unknown_key_is_valid_but_not_trusted(good: Mapping[str, bytes], tmp_path: Path) -> None:
    """A package of an unknown key is valid with a warning."""
    path = tmp_path / "p"
    path.write_bytes(raw_package(good))
    result = verify_package(path, [plain_key(1).certificate_der], now=NOW)
    assert result.valid
    assert not result.trusted
    assert [(one.rule, one.severity) for one in result.findings] == [("KEY_UNKNOWN", "warning")]


def header(change: Callable[[dict[str, Any]], object]) -> Callable[[Files], Files]:
    """A change of the header, signed anew."""
    return lambda files: retag(files | {layout.HEADER: edit_json(files[layout.HEADER], change)})


def entries(change: Callable[[dict[str, Any]], object]) -> Callable[[Files], Files]:
    """A change of the entries, with digests, totals and signature made anew."""

    def make(files: Files) -> Files:
        return rebuilt(files, {layout.ASSESSMENT: edit_json(files[layout.ASSESSMENT], change)})

    return make


def rebuilt(files: Files, changed: Mapping[str, bytes]) -> Files:
    """The package with other payload files, everything about them made to fit."""
    import hashlib

    merged = {**changed, **{path: data for path, data in files.items() if path not in changed}}
    payload = {path: data for path, data in merged.items() if path.startswith("data/")}
    size, count = sum(map(len, payload.values())), len(payload)

    def fit(value: dict[str, Any]) -> None:
        value["payload"] = {"files": count, "bytes": size}
        value["content_digest"] = hashlib.sha256(payload[layout.ASSESSMENT]).hexdigest()

    merged[layout.HEADER] = edit_json(merged[layout.HEADER], fit)
    merged[layout.BAG_INFO] = b"Payload-Oxum: %d.%d\n" % (size, count)
    return resign(merged)


def put(path: str, value: Any) -> Callable[[dict[str, Any]], object]:
    """Set a member, ``a/0/b`` going down."""

    def change(target: Any) -> None:
        *way, last = path.split("/")
        for step in way:
            target = target[int(step) if step.isdigit() else step]
        target[last] = value

    return change


def without(path: str) -> Callable[[Files], Files]:
    """One file fewer, listed nowhere, signed anew."""
    return lambda files: resign({name: data for name, data in files.items() if name != path})


def tag(path: str, change: Callable[[bytes], bytes]) -> Callable[[Files], Files]:
    """A change of a tag file, signed anew."""
    return lambda files: retag(files | {path: change(files[path])})


def plain(path: str, data: bytes) -> Callable[[Files], Files]:
    """Other bytes of one file, nothing else made to fit."""
    return lambda files: files | {path: data}


def resigned(files: Files) -> Files:
    """The package with other evidence, signed anew."""
    return resign(plain(EVIDENCE, b"x")(files))


OTHER_ID = "55555555-5555-4555-8555-555555555555"
SHA = "ab" * 32

CASES: dict[str, tuple[Callable[[Files], Files], str]] = {
    # what somebody without the key can do
    "evidence changed": (plain(EVIDENCE, b"%PDF-1.4 palsu!"), "PAYLOAD_DIGEST"),
    "entries changed": (plain(layout.ASSESSMENT, b"{}"), "PAYLOAD_DIGEST"),
    "trail changed": (plain(layout.TRAIL, b""), "PAYLOAD_DIGEST"),
    "rubric changed": (plain(layout.RUBRIC, b"lain"), "PAYLOAD_DIGEST"),
    "bagit changed": (plain(layout.BAGIT, b"BagIt-Version: 0.97\n"), "TAG_DIGEST"),
    "header changed": (plain(layout.HEADER, b"{}"), "TAG_DIGEST"),
    "manifest changed": (
        lambda files: files | {layout.MANIFEST: resigned(files)[layout.MANIFEST]},
        "TAG_DIGEST",
    ),
    "tag manifest changed": (
        lambda files: files | {layout.TAG_MANIFEST: resigned(files)[layout.TAG_MANIFEST]},
        "SIGNATURE_INVALID",
    ),
    "signature of another package": (
        lambda files: files | {layout.SIGNATURE: contents(submission(year=2025))[layout.SIGNATURE]},
        "SIGNATURE_INVALID",
    ),
    "signature is rubbish": (plain(layout.SIGNATURE, b"0" * 99), "SIGNATURE_NOT_DER"),
    "one file more": (
        lambda files: {"data/evidence/000009.pdf": b"x", **files},
        "MANIFEST_FILE_UNLISTED",
    ),
    "one file fewer": (
        lambda files: {path: data for path, data in files.items() if path != EVIDENCE},
        "MANIFEST_FILE_MISSING",
    ),
    "file of no kind": (lambda files: {"data/x.txt": b"x", **files}, "LAYOUT_UNKNOWN_FILE"),
    "fetch file": (lambda files: files | {"fetch.txt": b"x"}, "LAYOUT_UNKNOWN_FILE"),
    # what a dishonest or faulty signer can do
    "no signature": (
        lambda files: {path: data for path, data in files.items() if path != layout.SIGNATURE},
        "LAYOUT_MISSING_FILE",
    ),
    "no entries": (without(layout.ASSESSMENT), "LAYOUT_MISSING_FILE"),
    "no trail": (without(layout.TRAIL), "LAYOUT_MISSING_FILE"),
    "large header": (tag(layout.BAG_INFO, lambda data: data * 500), "LAYOUT_FILE_TOO_LARGE"),
    "bagit of another version": (
        tag(layout.BAGIT, lambda data: data.replace(b"1.0", b"0.97")),
        "BAGIT_MALFORMED",
    ),
    "oxum": (
        tag(layout.BAG_INFO, lambda data: data.replace(b"Oxum: ", b"Oxum: 1")),
        "PAYLOAD_OXUM",
    ),
    "bag-info": (tag(layout.BAG_INFO, lambda data: data + b"x\n"), "BAG_INFO_MALFORMED"),
    "manifest in capitals": (tag(layout.MANIFEST, bytes.upper), "MANIFEST_MALFORMED"),
    "manifest twice": (tag(layout.MANIFEST, lambda data: data * 2), "MANIFEST_DUPLICATE"),
    "manifest with traversal": (
        tag(layout.MANIFEST, lambda data: data + b"0" * 64 + b"  ../bag-evil/x\n"),
        "MANIFEST_MALFORMED",
    ),
    "manifest with a tag file": (
        tag(layout.MANIFEST, lambda data: data + b"0" * 64 + b"  bagit.txt\n"),
        "MANIFEST_FILE_MISSING",
    ),
    "manifest too short": (
        tag(layout.MANIFEST, lambda data: data[data.index(b"\n") + 1 :]),
        "MANIFEST_FILE_UNLISTED",
    ),
    "header of a newer format": (header(put("format", "pmprb-package/2")), "FORMAT_UNKNOWN"),
    "header of another format": (header(put("format", "lain")), "FORMAT_UNKNOWN"),
    "header without format": (header(lambda value: value.pop("format")), "FORMAT_UNKNOWN"),
    "header is a list": (tag(layout.HEADER, lambda _data: b"[]"), "JSON_SCHEMA"),
    "header with a bom": (tag(layout.HEADER, lambda data: b"\xef\xbb\xbf" + data), "JSON_BOM"),
    "header with a key twice": (
        tag(layout.HEADER, lambda data: b'{"year":2026,' + data.lstrip()[1:]),
        "JSON_DUPLICATE_KEY",
    ),
    "header with 1e400": (
        tag(layout.HEADER, lambda data: data.replace(b'"year": 2026', b'"year": 1e400')),
        "JSON_NUMBER",
    ),
    "header with a surrogate": (
        tag(layout.HEADER, lambda data: data.replace(b"Kecamatan", b"\\ud800")),
        "JSON_SURROGATE",
    ),
    "header not composed": (
        tag(layout.HEADER, lambda data: data.replace(b"Kecamatan", "e\u0301".encode())),
        "JSON_NOT_NFC",
    ),
    "unknown member": (header(put("lain", 1)), "JSON_UNKNOWN_MEMBER"),
    "unknown member inside": (header(put("unit/lain", 1)), "JSON_UNKNOWN_MEMBER"),
    "missing member": (header(lambda value: value.pop("previous")), "JSON_MISSING_MEMBER"),
    "unknown kind": (header(put("kind", "undangan")), "KIND_UNKNOWN"),
    "year as text": (header(put("year", "2026")), "JSON_SCHEMA"),
    "year with a point": (header(put("year", 2026.0)), "JSON_SCHEMA"),
    "revision 0": (header(put("revision", 0)), "JSON_SCHEMA"),
    "revision true": (header(put("revision", True)), "JSON_SCHEMA"),
    "digest in capitals": (header(put("previous", SHA.upper())), "JSON_SCHEMA"),
    "state": (header(put("state", "selesai")), "JSON_SCHEMA"),
    "other package id": (header(put("package_id", OTHER_ID)), "HEADER_PACKAGE_ID"),
    "other key": (header(put("key/spki_sha256", SHA)), "HEADER_KEY"),
    "other payload": (header(put("payload/files", 1)), "HEADER_PAYLOAD"),
    "no revision": (header(put("revision", None)), "HEADER_MEMBER"),
    "no unit": (header(put("unit", None)), "HEADER_MEMBER"),
    "no trail head": (header(put("trail", None)), "HEADER_MEMBER"),
    "no state": (header(put("state", None)), "HEADER_MEMBER"),
    "date that is none": (header(put("created_at", "2026-02-30T00:00:00Z")), "HEADER_TIME"),
    "part": (
        header(put("part", {"group": OTHER_ID, "index": 3, "count": 2})),
        "HEADER_PART",
    ),
    "scan without scan": (header(put("approval", "scan")), "HEADER_APPROVAL"),
    "recipient without encryption": (header(put("recipient", "age1xyz")), "HEADER_RECIPIENT"),
    "summary that is a program": (
        lambda files: rebuilt(files, {layout.SUMMARY: b"MZ not pdf"}),
        "REPORT_NOT_PDF",
    ),
    "empty minutes": (lambda files: rebuilt(files, {layout.MINUTES: b""}), "REPORT_NOT_PDF"),
    "unit name that writes on the screen": (
        header(put("unit/name", "X\x1b[31;1mSAH TEPERCAYA\x1b]0;pwn\x07")),
        "JSON_CONTROL",
    ),
    "unit name that reads backwards": (header(put("unit/name", "\u202ehas")), "JSON_CONTROL"),
    "note that writes on the screen": (
        entries(put("answers/0/note", "x\x1b[2J")),
        "JSON_CONTROL",
    ),
    "other entries": (header(put("content_digest", SHA)), "CONTENT_DIGEST"),
    "other rubric": (header(put("rubric/digest", SHA)), "RUBRIC_DIGEST"),
    "shorter trail": (header(put("trail/count", 2)), "TRAIL_HEAD"),
    "other trail": (header(put("trail/head", SHA)), "TRAIL_HEAD"),
    "evidence not in the list": (header(lambda value: value["evidence"].pop()), "EVIDENCE_INDEX"),
    "evidence twice": (
        header(lambda value: value["evidence"].append(value["evidence"][0])),
        "EVIDENCE_INDEX",
    ),
    "evidence missing": (
        header(put("evidence/0/path", "data/evidence/000077.pdf")),
        "EVIDENCE_INDEX",
    ),
    "evidence of another size": (header(put("evidence/0/bytes", 5)), "EVIDENCE_INDEX"),
    "evidence of another digest": (header(put("evidence/0/sha256", SHA)), "EVIDENCE_INDEX"),
    "evidence as approval": (header(put("evidence/0/role", "approval")), "EVIDENCE_INDEX"),
    "evidence of other items": (header(put("evidence/0/items", ["B.1"])), "ASSESSMENT_EVIDENCE"),
    "kind without this payload": (header(put("kind", "receipt")), "LAYOUT_UNKNOWN_FILE"),
    "entries of a newer format": (
        entries(put("format", "pmprb-assessment/2")),
        "FORMAT_UNKNOWN",
    ),
    "entries with an unknown member": (entries(put("lain", 1)), "JSON_UNKNOWN_MEMBER"),
    "entries without answers": (
        entries(lambda value: value.pop("answers")),
        "JSON_MISSING_MEMBER",
    ),
    "answer with a float": (entries(put("answers/0/value", 0.5)), "JSON_SCHEMA"),
    "flag as number": (entries(put("answers/0/review_later", 1)), "JSON_SCHEMA"),
    "input as number": (entries(put("answers/0/inputs", {"a": 5})), "JSON_SCHEMA"),
    "entries of another unit": (entries(put("unit/code", "KEC-02")), "ASSESSMENT_MISMATCH"),
    "entries of another revision": (entries(put("revision", 2)), "ASSESSMENT_MISMATCH"),
    "entries of another assessment": (
        entries(put("assessment_id", OTHER_ID)),
        "ASSESSMENT_MISMATCH",
    ),
    "entries of another year": (entries(put("year", 2025)), "ASSESSMENT_MISMATCH"),
    "entries of another rubric": (entries(put("rubric/id", "lain@1")), "ASSESSMENT_MISMATCH"),
    "practice passed off": (entries(put("practice", True)), "ASSESSMENT_MISMATCH"),
    "answer twice": (
        entries(lambda value: value["answers"].append(value["answers"][0])),
        "ASSESSMENT_DUPLICATE",
    ),
    "person twice": (
        entries(lambda value: value["people"].append(value["people"][0])),
        "ASSESSMENT_DUPLICATE",
    ),
    "unknown author": (entries(put("answers/0/author", OTHER_ID)), "ASSESSMENT_REFERENCE"),
    "unknown collector": (entries(put("evidence/0/added_by", OTHER_ID)), "ASSESSMENT_REFERENCE"),
    "answer at no time": (
        entries(put("answers/0/at", "2026-13-01T00:00:00Z")),
        "ASSESSMENT_TIME",
    ),
    "evidence of the entries missing": (
        entries(put("evidence/0/path", "data/evidence/000077.pdf")),
        "ASSESSMENT_EVIDENCE",
    ),
    "evidence of the entries differs": (
        entries(put("evidence/0/sha256", SHA)),
        "ASSESSMENT_EVIDENCE",
    ),
    "evidence without its entry": (
        entries(lambda value: value["evidence"].pop()),
        "ASSESSMENT_EVIDENCE",
    ),
    "link with a file": (entries(put("evidence/0/kind", "link")), "ASSESSMENT_EVIDENCE"),
    "trail with a gap": (
        lambda files: rebuilt(
            files, {layout.TRAIL: files[layout.TRAIL].replace(b'"seq": 2', b'"seq": 3')}
        ),
        "TRAIL_SEQUENCE",
    ),
    "trail with a row of another form": (
        lambda files: rebuilt(
            files, {layout.TRAIL: files[layout.TRAIL].replace(b'"action"', b'"tindakan"')}
        ),
        "TRAIL_ROW",
    ),
    "trail that is no json": (
        lambda files: rebuilt(files, {layout.TRAIL: b"x\n"}),
        "TRAIL_MALFORMED",
    ),
    "trail cut": (
        lambda files: rebuilt(files, {layout.TRAIL: files[layout.TRAIL][:-1]}),
        "TRAIL_MALFORMED",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_wrong_package_is_refused(case: str, good: Mapping[str, bytes], tmp_path: Path) -> None:
    """Each way of being wrong has its rule; no finding is without a sentence."""
    make, rule = CASES[case]
    result = check(make(dict(good)), tmp_path)
    assert not result.valid
    assert not result.trusted
    assert rule in rules(result)
    assert all(finding.message for finding in result.findings)


def test_helpers_make_good_packages(good: Mapping[str, bytes], tmp_path: Path) -> None:
    """The ways in which the cases above are made add no fault of their own."""
    for make in (header(lambda _value: None), entries(lambda _value: None)):
        assert check(make(dict(good)), tmp_path).findings == ()
    assert check(resign(good), tmp_path).findings == ()


def test_all_findings_are_given(good: Mapping[str, bytes], tmp_path: Path) -> None:
    """A broken signature does not hide what else is wrong."""
    files = dict(good) | {EVIDENCE: b"x", layout.SIGNATURE: b"x", "data/x.txt": b""}
    files[layout.HEADER] = edit_json(files[layout.HEADER], put("key_seq", 7))
    assert rules(check(files, tmp_path)) >= {
        "SIGNATURE_NOT_DER", "PAYLOAD_DIGEST", "LAYOUT_UNKNOWN_FILE", "TAG_DIGEST",
        "MANIFEST_FILE_UNLISTED", "PAYLOAD_OXUM",
    }  # fmt: skip


def test_members_of_a_higher_minor_are_ignored(good: Mapping[str, bytes], tmp_path: Path) -> None:
    """Unknown members are ignored when the minor version is higher, wherever they stand."""

    def newer(value: dict[str, Any]) -> None:
        value["minor"] = 1
        value["baru"] = {"a": [1]}
        if "key" in value:
            value["key"]["baru"] = 1
            value["evidence"][0]["baru"] = "x"

    for make in (header(newer), entries(newer)):
        result = check(make(dict(good)), tmp_path)
        assert result.findings == ()
        assert result.assessment is not None


def test_practice_and_provisional(tmp_path: Path) -> None:
    """Practice says so in both places; a provisional one may lack evidence that follows."""
    made = submission(state="practice", assessment={"practice": True})
    assert verify_package(made.write(tmp_path), now=NOW).valid
    late = {
        "id": OTHER_ID, "kind": "file", "name": "menyusul.pdf", "bytes": 5, "sha256": SHA,
        "items": ["A.I.1.1"], "added_at": builders.NOW_TEXT,
    }  # fmt: skip
    given = {"evidence": [late]}
    final = submission({}, assessment=given)
    assert rules(verify_package(final.write(tmp_path), now=NOW)) >= {"ASSESSMENT_EVIDENCE"}
    provisional = submission({}, assessment=given, state="provisional")
    assert verify_package(provisional.write(tmp_path), now=NOW).valid


def test_links_and_approvals(tmp_path: Path) -> None:
    """A link needs no file; a scanned approval stands in the header's list."""
    link = {
        "id": OTHER_ID, "kind": "link", "name": "Laman", "url": "https://contoh.go.id",
        "items": ["A.I.1.1"], "added_at": builders.NOW_TEXT,
    }  # fmt: skip
    scan = payload_file("data/approval/000001.pdf", b"%PDF-1.4 berita acara")
    record = v1.FileRecord(
        path=scan.path, name="BA.pdf", media_type="application/pdf", bytes=scan.size,
        sha256=scan.sha256, items=[], role="approval",
    )  # fmt: skip
    made = submission({}, assessment={"evidence": [link]}, approval="scan", more=(record,))
    made = made.with_file(scan.path, b"%PDF-1.4 berita acara")
    assert verify_package(made.write(tmp_path), [made.key.certificate_der], now=NOW).trusted
    for silent in ("none", "later"):
        other = replace(made, draft=replace(made.draft, approval=silent, package_id=OTHER_ID))
        (tmp_path / silent).mkdir()
        result = verify_package(other.write(tmp_path / silent), now=NOW)
        assert rules(result) == {"HEADER_APPROVAL", "KEY_UNKNOWN"}


@pytest.mark.parametrize("report", layout.REPORTS)
def test_prints_belong_to_a_submission(
    report: str, good: Mapping[str, bytes], tmp_path: Path
) -> None:
    """What people signed on paper is in the package, as a PDF file."""
    files = {path: data for path, data in good.items() if path != report}
    result = check(rebuilt(files, {}), tmp_path)
    assert [(one.rule, one.path) for one in result.findings] == [("LAYOUT_MISSING_FILE", report)]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (put("year", "2026"), "year"),
        (put("answers/0/code", "A B"), "answers/0/code"),
        (put("answers/0/note", 5), "answers/0/note"),
        (put("people/0/role", "raja"), "people/0/role"),
        (put("answers/0/inputs", []), "answers/0/inputs"),
        (lambda value: value["answers"].append(value["answers"][0]), "A.I.1.1 (self)"),
    ],
)
def test_reasons_are_in_our_words(
    change: Callable[[dict[str, Any]], object],
    words: str,
    good: Mapping[str, bytes],
    tmp_path: Path,
) -> None:
    """No sentence of a library and nothing of the language it is written in."""
    (found,) = check(entries(change)(dict(good)), tmp_path).findings
    assert words in found.message
    assert not re.search(r"Input|should|String|dict|\('", found.message)


def test_quick_look_reads_documents_only(good: Mapping[str, bytes], tmp_path: Path) -> None:
    """Without depth the evidence is not hashed, everything else is looked at."""
    files = dict(good) | {EVIDENCE: b"%PDF-1.4 palsu!"}
    result = check(files, tmp_path, deep=False)
    assert result.valid
    assert not result.deep
    assert result.assessment is not None
    damaged = files | {layout.ASSESSMENT: b"{}"}
    assert "PAYLOAD_DIGEST" in rules(check(damaged, tmp_path, deep=False))


def test_progress_and_cancel(tmp_path: Path) -> None:
    """Progress ends at the whole payload; a cancelled verification raises."""
    made = submission({"pdf": b"x" * 3_000_000})
    path = made.write(tmp_path)
    seen: list[tuple[int, int]] = []
    verify_package(path, progress=lambda *both: seen.append(both), now=NOW)
    total = sum(file.size for file in made.files)
    assert seen[-1] == (total, total)
    with pytest.raises(Cancelled):
        verify_package(path, cancelled=lambda: True, now=NOW)


def test_large_member_is_judged_by_its_digest(tmp_path: Path) -> None:
    """A large file that was damaged is found although its checksum is not computed."""
    path = submission({"pdf": b"x" * 3_000_000}).write(tmp_path)
    data = bytearray(path.read_bytes())
    data[data.index(b"xxxxxxxx") + 1_500_000] = 0
    path.write_bytes(data)
    assert rules(verify_package(path, now=NOW)) >= {"PAYLOAD_DIGEST"}


def test_small_member_with_a_wrong_checksum(good: Mapping[str, bytes], tmp_path: Path) -> None:
    """What an unpacker would complain about is refused here as well."""
    rows = [
        builders.RawEntry(f"{TOP}/{path}".encode(), data, crc=1 if path == EVIDENCE else None)
        for path, data in good.items()
    ]
    path = tmp_path / "p"
    path.write_bytes(builders.raw_zip(rows))
    assert "ARCHIVE_CRC" in rules(verify_package(path, now=NOW))


def test_other_files_give_findings(tmp_path: Path) -> None:
    """Whatever is not a package at all is a finding, not an exception."""
    text = tmp_path / "x.pmprb"
    text.write_text("bukan paket")
    assert rules(verify_package(text)) == {"ARCHIVE_END_MISSING"}
    assert rules(verify_package(tmp_path)) == {"ARCHIVE_NOT_REGULAR"}
    assert rules(verify_package(tmp_path / "tidak-ada")) == {"ARCHIVE_UNREADABLE"}
    text.write_bytes(raw_package({"bagit.txt": b"x"}, top="folder"))
    assert rules(verify_package(text)) == {"LAYOUT_TOP_FOLDER"}


def test_reading_fault_is_a_finding(
    good: Mapping[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stick that fails while it is read gives a finding."""

    def fail(*_arguments: object, **_named: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(archive.Archive, "feed", fail)
    assert rules(check(good, tmp_path)) == {"ARCHIVE_UNREADABLE"}


def test_members_are_streamed_again(good: Mapping[str, bytes], tmp_path: Path) -> None:
    """Verified files are given in pieces; a change in between is found at their end."""
    result = check(good, tmp_path)
    path = tmp_path / "paket.pmprb"
    assert b"".join(read_member(path, result, EVIDENCE, chunk=4)) == good[EVIDENCE]
    with pytest.raises(KeyError):
        list(read_member(path, result, "data/lain"))
    path.write_bytes(raw_package(dict(good) | {EVIDENCE: b"%PDF-1.4 conto?"}))
    with pytest.raises(UserError) as caught:
        list(read_member(path, result, EVIDENCE))
    assert caught.value.rule == "PAYLOAD_DIGEST"
    path.write_bytes(raw_package({"bagit.txt": b""}))
    with pytest.raises(UserError):
        list(read_member(path, result, EVIDENCE))
    bad = check(dict(good) | {EVIDENCE: b"x"}, tmp_path)
    with pytest.raises(ValueError, match="verified"):
        list(read_member(path, bad, EVIDENCE))


def counts(result: Verification) -> tuple[object, ...]:
    """Everything about a package that anybody acts upon."""
    header_text = result.header.model_dump_json() if result.header else None
    entries_text = result.assessment.model_dump_json() if result.assessment else None
    return result.digest, result.key, header_text, entries_text, dict(result.members)


@pytest.fixture(scope="module")
def small() -> bytes:
    """One small package as bytes."""
    return raw_package(contents(submission({"pdf": b"%PDF"}, answers=1)))


@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_every_changed_byte_is_refused_or_counts_nothing(
    data: st.DataObject, small: bytes, tmp_path: Path
) -> None:
    """Wherever a byte is changed: refused, or nothing that counts is different."""
    trust = [plain_key().certificate_der]
    path = tmp_path / "p.pmprb"
    path.write_bytes(small)
    before = verify_package(path, trust, now=NOW)
    assert before.trusted
    changed = bytearray(small)
    place = data.draw(st.integers(0, len(small) - 1))
    changed[place] ^= data.draw(st.integers(1, 255))
    path.write_bytes(changed)
    after = verify_package(path, trust, now=NOW)
    if after.valid:
        assert after.trusted
        assert counts(after) == counts(before)
    else:
        assert all(finding.message for finding in after.findings)


def test_bytes_that_count_for_nothing_are_few(small: bytes, tmp_path: Path) -> None:
    """Only dates, modes and versions of ZIP headers may differ, and in both headers alike."""
    path = tmp_path / "p.pmprb"
    valid = []
    for place in range(0, len(small), 5):
        changed = bytearray(small)
        changed[place] ^= 0x04
        path.write_bytes(changed)
        if verify_package(path, now=NOW).valid:
            valid.append(place)
    start = small.index(b"PK\x01\x02")
    assert all(place > start for place in valid)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    noise=st.lists(st.tuples(st.integers(0, 20_000), st.binary(max_size=4)), max_size=6),
    cut=st.integers(0, 20_000),
)
def test_noise_never_crashes(
    noise: list[tuple[int, bytes]], cut: int, small: bytes, tmp_path: Path
) -> None:
    """Any damage gives a verdict."""
    changed = bytearray(small)
    for place, piece in noise:
        at = place % len(changed)
        changed[at : at + len(piece)] = piece
    path = tmp_path / "p.pmprb"
    path.write_bytes(changed[: cut or None] if cut % 3 == 0 else changed)
    result = verify_package(path, now=NOW)
    assert result.valid or result.findings


def test_large_package_is_valid(tmp_path: Path) -> None:
    """Many answers and evidence files are looked at in another way, with the same result."""
    made = submission({f"{n}.pdf": b"%PDF" for n in range(400)}, answers=400)
    result = verify_package(made.write(tmp_path), [made.key.certificate_der], now=NOW)
    assert result.findings == ()
    assert result.trusted
    wrong = entries(put("answers/300/layer", "lain"))(contents(made))
    findings = check(wrong, tmp_path).findings
    assert [one.rule for one in findings] == ["JSON_SCHEMA"]
    assert "answers/300/layer" in findings[0].message


@pytest.mark.parametrize(
    "body",
    [
        b'"answers":[' + b"0," * 400_000 + b"0]",
        b'"answers":[' + b"{}," * 200_000 + b"{}]",
        b'"answers":[{"inputs":{' + b'"a":"1",' * 1 + b'"b":[' + b"0," * 200_000 + b"0]}}]",
        b",".join(b'"k%d":0' % number for number in range(100_000)),
    ],
)
def test_document_full_of_faults_costs_little(body: bytes) -> None:
    """A document of a million faults does not fill the memory with their descriptions."""
    data = b'{"format":"pmprb-assessment/1","minor":0,' + body + b"}"
    found = Findings()
    tracemalloc.start()
    assert documents.read_assessment(data, layout.ASSESSMENT, found) is None
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.refused
    assert len(found.tuple()) <= 60
    assert peak < 100 << 20


def test_json_written_is_the_one_read() -> None:
    """Texts are composed when they are written, so that they are not refused when read."""
    data = seal.json_bytes({"a": "e\u0301", "b": [{"e\u0301": ("x",)}], "c": None})
    assert json.loads(data) == {"a": "é", "b": [{"é": ["x"]}], "c": None}
