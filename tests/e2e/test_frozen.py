"""Files that version 0.1.0 made: whatever changes later, they open as they are."""

import shutil
import zipfile
from fractions import Fraction
from pathlib import Path

import pytest

from pmprb_desktop import unit
from pmprb_desktop.cli.packages import certificate
from tests.unit.kit import new_workspace

DATA = Path(__file__).parent.parent / "data"
PACKAGE = DATA / "v1-submission.pmprb"
DIGEST = "bf04c3fb0f7233b07caed646bcb91162e98916a23b338afb9784aa839e120f12"


def test_the_first_package_is_valid_and_trusted() -> None:
    seen = unit.inspect(PACKAGE, [certificate(DATA / "v1-unit.pem")])
    assert {entry.rule for entry in seen.findings} <= {"CERTIFICATE_DATES"}  # the clock may be off
    assert (seen.valid, seen.verification.trusted, seen.verification.digest) == (True, True, DIGEST)
    assert seen.score is not None
    assert seen.score.total == Fraction(14, 3)


def test_the_first_package_can_be_continued(tmp_path: Path) -> None:
    with new_workspace(tmp_path / "w") as ws:
        info = unit.continue_from(ws, PACKAGE)
        assert (info.revision, info.answered, info.evidence_count) == (2, 12, 4)
        assert unit.verify_trail(ws, info.id).ok


@pytest.mark.parametrize(
    ("member", "rule"),
    [
        ("data/assessment.json", "PAYLOAD_DIGEST"),
        ("data/trail.jsonl", "PAYLOAD_DIGEST"),
        ("data/rubric.yaml", "PAYLOAD_DIGEST"),
        ("data/evidence/000001.", "PAYLOAD_DIGEST"),
        ("metadata/package.json", "TAG_DIGEST"),
        ("manifest-sha256.txt", "TAG_DIGEST"),
        ("tagmanifest-sha256.txt", "SIGNATURE_INVALID"),
    ],
)
def test_a_changed_letter_is_named(tmp_path: Path, member: str, rule: str) -> None:
    with zipfile.ZipFile(PACKAGE) as archive:
        name = next(n for n in archive.namelist() if n.split("/", 1)[1].startswith(member))
        info = archive.getinfo(name)
    data = bytearray(PACKAGE.read_bytes())
    at = info.header_offset + 30 + len(name) + info.file_size // 2
    data[at] ^= 1
    changed = tmp_path / "changed.pmprb"
    changed.write_bytes(data)
    seen = unit.inspect(changed)
    assert not seen.valid
    assert {rule, "ARCHIVE_CRC"} & {entry.rule for entry in seen.findings}


def test_the_first_database_opens_with_its_answers(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    folder.mkdir()
    shutil.copy(DATA / "workspace-0001.db", folder / "workspace.db")
    with unit.open_workspace(folder, create=False) as ws:
        (info,) = unit.assessments(ws)
        assert (info.answered, info.total, info.state) == (12, Fraction(14, 3), "sent")
        assert info.sealed_digest == DIGEST
        assert unit.verify_trail(ws, info.id).ok
