"""Layout and manifests: a closed set of files, listed one way."""

from collections.abc import Iterable

import pytest

from pmprb_desktop.package import layout, manifest
from pmprb_desktop.package.rules import Findings, shown

FRAME = [*layout.TAG_FILES, layout.TAG_MANIFEST, layout.SIGNATURE]
NEEDED = [layout.ASSESSMENT, layout.TRAIL, layout.RUBRIC, layout.SUMMARY, layout.MINUTES]
SUBMISSION = [*FRAME, *NEEDED]
DIGEST = "0123456789abcdef" * 4


def rules(found: Findings) -> set[str]:
    """Names of the rules that were broken."""
    return {finding.rule for finding in found.tuple()}


def checked(paths: Iterable[str], kind: str | None) -> set[str]:
    """Rules that a set of files breaks."""
    found = Findings()
    layout.check_files(paths, kind, found)
    return rules(found)


@pytest.mark.parametrize(
    "path",
    [
        "data/evidence/000001.pdf",
        "data/evidence/000002.7z",
        "data/report/summary.pdf",
        "data/report/minutes.pdf",
        "data/approval/000001.jpg",
    ],
)
def test_files_of_a_submission(path: str) -> None:
    """A submission may hold evidence, reports and approvals."""
    assert checked([*SUBMISSION, path], "submission") == set()


@pytest.mark.parametrize(
    "path",
    [
        "data/evidence/1.pdf",
        "data/evidence/000001",
        "data/evidence/000001.tar.gz",
        "data/evidence/000001.toolongending",
        "data/evidence/sub/000001.pdf",
        "data/approval/a.pdf",
        "data/report/other.pdf",
        "data/receipt.json",
        "data/other.txt",
        "readme.txt",
        "fetch.txt",
        "manifest-md5.txt",
        "tagmanifest-sha512.txt",
        "signatures/other.p7s",
        "metadata/other.json",
        "data/evidence/000001.pdf/x",
    ],
)
def test_other_files_are_refused(path: str) -> None:
    """Whatever is not of the set is refused, also files that BagIt would allow."""
    assert checked([*SUBMISSION, path], "submission") == {"LAYOUT_UNKNOWN_FILE"}


@pytest.mark.parametrize("kind", sorted(layout.RECORD_FILES))
def test_other_kinds_hold_their_record(kind: str) -> None:
    """Each other kind holds its one document and nothing of a submission."""
    record = layout.RECORD_FILES[kind]
    assert checked([*FRAME, record], kind) == set()
    assert checked(FRAME, kind) == {"LAYOUT_MISSING_FILE"}
    assert checked([*FRAME, record, layout.ASSESSMENT], kind) == {"LAYOUT_UNKNOWN_FILE"}
    assert checked([*FRAME, record, layout.TRAIL], None) == set()


def test_assignment_hands_out_a_rubric() -> None:
    """An assignment may carry the edition; an evidence part only evidence."""
    record = layout.RECORD_FILES["assignment"]
    assert checked([*FRAME, record, layout.RUBRIC], "assignment") == set()
    assert checked([*FRAME, "data/evidence/000007.pdf"], "evidence-part") == set()
    assert checked([*FRAME, layout.RUBRIC], "evidence-part") == {"LAYOUT_UNKNOWN_FILE"}


@pytest.mark.parametrize("missing", NEEDED)
def test_missing_payload_is_named(missing: str) -> None:
    """What a submission needs is missed by name."""
    found = Findings()
    layout.check_files([path for path in SUBMISSION if path != missing], "submission", found)
    assert [(one.rule, one.path) for one in found.tuple()] == [("LAYOUT_MISSING_FILE", missing)]


@pytest.mark.parametrize("missing", FRAME)
def test_missing_frame_is_named(missing: str) -> None:
    """Without a tag file or signature nothing further is believed."""
    found = Findings()
    assert not layout.check_frame({path: 5 for path in FRAME if path != missing}, found)
    assert [(one.rule, one.path) for one in found.tuple()] == [("LAYOUT_MISSING_FILE", missing)]


@pytest.mark.parametrize("path", [*FRAME, layout.ASSESSMENT, layout.RECORD_FILES["receipt"]])
def test_documents_have_limits(path: str) -> None:
    """Files that are read as a whole have a size at most."""
    found = Findings()
    sizes = dict.fromkeys(FRAME, 5) | {path: layout.SIZE_LIMITS[path] + 1}
    assert not layout.check_frame(sizes, found)
    assert rules(found) == {"LAYOUT_FILE_TOO_LARGE"}


def test_capital_letters_do_not_make_two_files() -> None:
    """Two names that one Windows folder cannot hold are named, should a name get this far."""
    found = checked([*SUBMISSION, "data/evidence/000001.pdf", "data/evidence/000001.PDF"], None)
    assert "LAYOUT_DUPLICATE_FILE" in found


TOP = "pkg-44444444-4444-4444-8444-444444444444"


@pytest.mark.parametrize(
    "names",
    [
        [],
        ["bagit.txt"],
        ["pkg-1/bagit.txt"],
        [f"{TOP.upper()}/bagit.txt"],
        [f"{TOP}x/bagit.txt"],
        [f"{TOP}/bagit.txt", "bagit.txt"],
        [f"{TOP}/bagit.txt", TOP.replace("-8", "-9") + "/bagit.txt"],
    ],
)
def test_one_top_folder(names: list[str]) -> None:
    """Everything lies in one folder, named after the package."""
    found = Findings()
    top = layout.top_folder(names, found)
    assert rules(found) == {"LAYOUT_TOP_FOLDER"}
    assert top in (None, TOP)
    assert layout.top_folder([f"{TOP}/a", f"{TOP}/b/c"], Findings()) == TOP
    assert layout.package_id(TOP) == TOP[4:]


GOOD = f"{DIGEST}  data/a.txt\n".encode()


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (GOOD[:-1], "MANIFEST_MALFORMED"),
        (GOOD.replace(b"  ", b" "), "MANIFEST_MALFORMED"),
        (GOOD.replace(b"  ", b" *"), "MANIFEST_MALFORMED"),
        (GOOD.replace(b"  ", b"\t"), "MANIFEST_MALFORMED"),
        (GOOD.replace(b"\n", b"\r\n"), "MANIFEST_MALFORMED"),
        (GOOD.upper(), "MANIFEST_MALFORMED"),
        (GOOD + b"\n", "MANIFEST_MALFORMED"),
        (GOOD[1:], "MANIFEST_MALFORMED"),
        (b"\xef\xbb\xbf" + GOOD, "MANIFEST_MALFORMED"),
        (GOOD.replace(b"data/", b"../data/"), "MANIFEST_MALFORMED"),
        (GOOD.replace(b"data/", b"/data/"), "MANIFEST_MALFORMED"),
        (GOOD.replace(b"data/", b"data/%0a"), "MANIFEST_MALFORMED"),
        (GOOD + GOOD, "MANIFEST_DUPLICATE"),
        (GOOD + GOOD.replace(b"0123", b"3210"), "MANIFEST_DUPLICATE"),
    ],
)
def test_manifest_has_one_form(data: bytes, rule: str) -> None:
    """A line is 64 lower-case digits, two spaces and a path; each path once."""
    found = Findings()
    manifest.read(data, layout.MANIFEST, found)
    assert rules(found) == {rule}


def test_manifest_is_read_as_written() -> None:
    """Reading gives back what was written, in the same order."""
    found = Findings()
    entries = {"data/b.txt": DIGEST, "data/a.txt": DIGEST[::-1]}
    assert manifest.read(manifest.write(entries.items()), "x", found) == entries
    assert manifest.read(b"", "x", found) == {}
    assert found.tuple() == ()


def test_manifest_and_files_agree() -> None:
    """A listed file that is missing and a file that is not listed are named."""
    found = Findings()
    manifest.compare({"data/a": DIGEST, "data/../../x": DIGEST}, ["data/a", "data/b"], "x", found)
    assert [(one.rule, one.path) for one in found.tuple()] == [
        ("MANIFEST_FILE_MISSING", "data/../../x"),
        ("MANIFEST_FILE_UNLISTED", "data/b"),
    ]


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"Payload-Oxum: 5.2", "BAG_INFO_MALFORMED"),
        (b"Payload-Oxum:5.2\n", "BAG_INFO_MALFORMED"),
        (b"Payload-Oxum: 5.2\nPayload-Oxum: 5.2\n", "BAG_INFO_MALFORMED"),
        (b"Payload-Oxum: 5.2\n folded\n", "BAG_INFO_MALFORMED"),
        (b"Payload-Oxum: 5.2\nX: \xff\n", "BAG_INFO_MALFORMED"),
        (b"Payload-Oxum: 5.3\n", "PAYLOAD_OXUM"),
        (b"Payload-Oxum: 6.2\n", "PAYLOAD_OXUM"),
        (b"Payload-Oxum: 05.2\n", "PAYLOAD_OXUM"),
        (b"Bagging-Date: 2026-01-01\n", "PAYLOAD_OXUM"),
    ],
)
def test_bag_info_is_strict(data: bytes, rule: str) -> None:
    """Labels stand once, on one line; the oxum is that of the payload."""
    found = Findings()
    manifest.check_oxum(manifest.read_bag_info(data, found), 2, 5, found)
    assert rule in rules(found)


def test_bagit_has_one_content() -> None:
    """The declaration is compared byte by byte."""
    found = Findings()
    manifest.check_bagit(manifest.BAGIT_TEXT, found)
    assert found.tuple() == ()
    manifest.check_bagit(manifest.BAGIT_TEXT.replace(b"1.0", b"0.97"), found)
    assert rules(found) == {"BAGIT_MALFORMED"}


def test_findings_have_an_end() -> None:
    """A report has a length at most, and still says that there was an error."""
    found = Findings(limit=3)
    for number in range(5):
        found.add("A", str(number), "x", "warning")
    assert found.full
    assert not found.refused
    found.add("B", "", "x")
    assert len(found.tuple()) == 3
    assert found.refused


@pytest.mark.parametrize("name", [b"a\x1b[31m", b"\xff\xfe", "a\u202eb", "\ud800", "x" * 500])
def test_hostile_names_are_shown_safely(name: bytes | str) -> None:
    """No control or direction character of a hostile name reaches a screen."""
    text = shown(name)
    assert text.rstrip("…").isascii()
    assert text.isprintable()
    assert len(text) <= 121
