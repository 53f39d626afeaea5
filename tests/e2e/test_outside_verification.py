"""The four lines of the package format, on a package that the program made.

Anyone can verify a package without this program: with unzip, openssl, sha256sum and bagit.
"""

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from pmprb_desktop.cli import run
from tests.unit.kit import pdf

TOOLS = ("openssl", "sha256sum", "unzip")
pytestmark = pytest.mark.skipif(
    any(shutil.which(tool) is None for tool in TOOLS), reason=f"needs {', '.join(TOOLS)}"
)
OPENSSL = (
    "openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER",
    "-in", "signatures/tagmanifest-sha256.txt.p7s", "-content", "tagmanifest-sha256.txt",
    "-CAfile", "../unit.pem", "-out", "/dev/null",
)  # fmt: skip
SUMS = ("sha256sum", "--strict", "-c")


def command(*arguments: object) -> None:
    """One command of the program that must succeed."""
    assert run([str(argument) for argument in arguments]) == 0


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory, small: Path) -> Path:
    """A folder with ``P.pmprb`` and ``unit.pem``, made with the command line alone."""
    folder = tmp_path_factory.mktemp("outside")
    at = ("--data-dir", folder / "w")
    command(*at, "init", "--role", "unit", "--unit-code", "KEC-07", "--unit-name", "Kecamatan")
    command(*at, "new", "--rubric", small, "--year", 2026)
    for number in range(3):
        (folder / f"SK {number}.pdf").write_bytes(pdf(number))
        command(*at, "attach", ".", f"A.{number + 1}", folder / f"SK {number}.pdf")
    command(*at, "answer", ".", "A.1", "Ya", "--note", "catatan dengan é dan 👍")
    command(*at, "seal", ".", "-o", folder / "out", "--provisional")
    (sealed,) = (folder / "out").glob("*.pmprb")
    sealed.rename(folder / "P.pmprb")
    command(*at, "identity", "certificate", "-o", folder / "unit.pem")
    return folder


def unpacked(package: Path, tmp_path: Path) -> Path:
    """The bag, unpacked with ``unzip`` beside the certificate."""
    shutil.copy(package / "unit.pem", tmp_path)
    subprocess.run(["unzip", "-q", str(package / "P.pmprb")], cwd=tmp_path, check=True)
    (bag,) = tmp_path.glob("pkg-*")
    return bag


def passes(bag: Path, *arguments: str) -> bool:
    done = subprocess.run(arguments, cwd=bag, capture_output=True, timeout=60, check=False)
    return done.returncode == 0


def test_the_four_lines_pass(package: Path, tmp_path: Path) -> None:
    bag = unpacked(package, tmp_path)
    assert passes(bag, *OPENSSL)
    assert passes(bag, *SUMS, "tagmanifest-sha256.txt")
    assert passes(bag, *SUMS, "manifest-sha256.txt")
    assert passes(bag, sys.executable, "-m", "bagit", "--validate", ".")


def test_the_four_lines_notice_a_change(package: Path, tmp_path: Path) -> None:
    bag = unpacked(package, tmp_path)
    entries = bag / "data" / "assessment.json"
    entries.write_bytes(entries.read_bytes().replace(b'"Ya"', b'"Tidak"'))
    assert not passes(bag, *SUMS, "manifest-sha256.txt")
    assert not passes(bag, sys.executable, "-m", "bagit", "--validate", ".")
    tags = bag / "tagmanifest-sha256.txt"
    tags.write_bytes(tags.read_bytes().replace(b"a", b"b", 1))
    assert not passes(bag, *OPENSSL)


def test_another_key_does_not_vouch_for_it(package: Path, tmp_path: Path) -> None:
    bag = unpacked(package, tmp_path)
    other = tmp_path / "other"
    command("--data-dir", other, "init", "--role", "unit", "--unit-code", "X", "--unit-name", "Y")
    command("--data-dir", other, "identity", "certificate", "-o", tmp_path / "unit.pem")
    assert not passes(bag, *OPENSSL)


def test_the_bag_says_what_it_is(package: Path) -> None:
    """Names and header in the open, for whoever has nothing but a ZIP program."""
    with zipfile.ZipFile(package / "P.pmprb") as archive:
        assert archive.testzip() is None
        top = archive.namelist()[0].split("/")[0]
        header = json.loads(archive.read(f"{top}/metadata/package.json"))
        names = {name.removeprefix(f"{top}/") for name in archive.namelist()}
    assert header["format"] == "pmprb-package/1"
    assert f"pkg-{header['package_id']}" == top
    assert (header["kind"], header["state"], header["unit"]["code"]) == (
        "submission",
        "provisional",
        "KEC-07",
    )
    assert names == {
        "bag-info.txt", "bagit.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt",
        "metadata/package.json", "signatures/tagmanifest-sha256.txt.p7s", "data/assessment.json",
        "data/trail.jsonl", "data/rubric.yaml", "data/report/summary.pdf",
        "data/report/minutes.pdf", *(f"data/evidence/00000{n}.pdf" for n in (1, 2, 3)),
    }  # fmt: skip
