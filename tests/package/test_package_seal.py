"""Sealing and exporting: identical bytes, whole or nothing, and outside tools agree."""

import errno
import hashlib
import io
import os
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO
from unittest import mock

import bagit
import pytest

from pmprb_desktop.errors import Cancelled, UserError
from pmprb_desktop.package import archive, export, keys, layout, seal, zip_writer
from pmprb_desktop.package.seal import PayloadFile, SealedBag
from pmprb_desktop.package.verify import verify_package
from tests.package import builders
from tests.package.builders import NOW, PASSPHRASE, payload_file, plain_key, submission, unit_key


def rule_of(call: Any, *arguments: Any, **named: Any) -> str:
    """The rule under which a call is refused."""
    with pytest.raises(UserError) as caught:
        call(*arguments, **named)
    assert caught.value.next_step or caught.value.rule == "SEAL_PATH"
    return caught.value.rule


def test_outside_tools_verify_a_package(tmp_path: Path) -> None:
    """The four lines of the format's description pass on a package that the program made."""
    key = keys.make_key("KEC-01", "Kecamatan Contoh", builders.INSTALLATION, PASSPHRASE)
    made = submission({"pdf": b"%PDF-1.4" * 5000, "jpg": b"\xff\xd8" * 900, "kosong.txt": b""})
    sealed = seal.seal_bag(made.draft, made.files, key, PASSPHRASE)
    path = seal.write_package(sealed, made.files, tmp_path)
    shutil.copy(path, tmp_path / "P.pmprb")
    (tmp_path / "unit.pem").write_bytes(keys.certificate_pem(key.certificate_der))
    script = """set -e
    unzip -q P.pmprb && cd pkg-*
    openssl cms -verify -cades -binary -inform DER -in signatures/tagmanifest-sha256.txt.p7s \
            -content tagmanifest-sha256.txt -CAfile ../unit.pem -out /dev/null
    sha256sum --strict -c tagmanifest-sha256.txt && sha256sum --strict -c manifest-sha256.txt
    """
    result = subprocess.run(
        ["sh", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    top = next(tmp_path.glob("pkg-*"))
    bagit.Bag(str(top)).validate()
    # The certificate can also be taken out of the signature.
    shown = subprocess.run(
        ["openssl", "pkcs7", "-inform", "DER", "-in", layout.SIGNATURE, "-print_certs"],
        cwd=top, capture_output=True, check=True,
    )  # fmt: skip
    assert b"BEGIN CERTIFICATE" in shown.stdout


def test_package_is_valid_and_complete(tmp_path: Path) -> None:
    """What was sealed is found again, in the fixed order, under the agreed name."""
    made = submission()
    sealed = made.seal()
    path = seal.write_package(sealed, made.files, tmp_path)
    assert path.name == f"PMPRB_KEC-01_2026_r1_{sealed.digest[:8]}.pmprb"
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
    assert path.stat().st_size == seal.package_size(sealed, made.files)
    result = verify_package(path, [plain_key().certificate_der], now=NOW)
    assert result.findings == ()
    assert result.trusted
    with archive.open_archive(path) as opened:
        names = [name.split("/", 1)[1] for name in opened.members]
    assert names == [
        layout.ASSESSMENT,
        layout.TRAIL,
        layout.RUBRIC,
        "data/evidence/000001.pdf",
        "data/evidence/000002.jpg",
        layout.SUMMARY,
        layout.MINUTES,
        *layout.TAG_FILES,
        layout.TAG_MANIFEST,
        layout.SIGNATURE,
    ]


def test_entries_are_plain(tmp_path: Path) -> None:
    """Entries have a fixed date, mode 0100644, no flags, and zipfile reads them."""
    with zipfile.ZipFile(submission().write(tmp_path)) as opened:
        assert opened.testzip() is None
        for info in opened.infolist():
            assert info.date_time == (1980, 1, 1, 0, 0, 0)
            assert info.external_attr == 0o100644 << 16
            assert (info.flag_bits, info.compress_type, info.create_system) == (0, 0, 3)
            assert info.extra == b""


def test_exporting_again_gives_identical_bytes(tmp_path: Path) -> None:
    """From what was kept at sealing the identical package is written again."""
    made = submission()
    sealed = made.seal()
    first = seal.write_package(sealed, made.files, tmp_path).read_bytes()
    restored = SealedBag.restore(dict(sealed.tag_files), sealed.signature)
    assert restored == sealed
    other = tmp_path / "stik"
    other.mkdir()
    again = seal.write_package(restored, tuple(reversed(made.files)), other)
    assert again.read_bytes() == first
    assert seal.write_package(restored, made.files, other).read_bytes() == first


def test_header_is_made() -> None:
    """Key, totals, number and time of the header come from sealing."""
    made = submission()
    draft = replace(made.draft, package_id=None, created_at=None)
    sealed = seal.seal_bag(draft, made.files, unit_key(), PASSPHRASE, now=NOW)
    header = sealed.header
    assert header.package_id == sealed.package_id != made.draft.package_id
    assert header.created_at == builders.NOW_TEXT
    assert header.key.spki_sha256 == unit_key().fingerprint
    assert header.payload.files == len(made.files)
    assert header.payload.bytes == sum(file.size for file in made.files)
    assert sealed.digest == hashlib.sha256(sealed.tag_files[layout.TAG_MANIFEST]).hexdigest()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("KEC-01", "PMPRB_KEC-01_2026_r1_0123abcd.pmprb"),
        ("../../etc", "PMPRB_etc_2026_r1_0123abcd.pmprb"),
        ("3.2/01: *", "PMPRB_3-2-01_2026_r1_0123abcd.pmprb"),
        ("—", "PMPRB_unit_2026_r1_0123abcd.pmprb"),
        ("x" * 60, f"PMPRB_{'x' * 40}_2026_r1_0123abcd.pmprb"),
    ],
)
def test_file_name_is_safe(code: str, expected: str) -> None:
    """Whatever a unit's code holds, the file's name suits every system."""
    header = submission().seal().header
    assert header.unit is not None
    unit = header.unit.model_copy(update={"code": code})
    named = header.model_copy(update={"unit": unit})
    assert seal.file_name(named, "0123abcd" * 8) == expected


def test_file_name_of_other_kinds() -> None:
    """Packages of other kinds say so in their name."""
    header = submission().seal().header
    update = {"kind": "receipt", "revision": None}
    assert seal.file_name(header.model_copy(update=update), "ab" * 32).startswith(
        "PMPRB_KEC-01_receipt_2026_"
    )
    update = {"kind": "registry", "unit": None, "year": None, "revision": None}
    assert seal.file_name(header.model_copy(update=update), "ab" * 32).startswith("PMPRB_registry_")


@pytest.mark.parametrize("path", ["data/evidence/x.pdf", "data/receipt.json", "bagit.txt"])
def test_only_known_files_are_sealed(path: str) -> None:
    """A file that receivers would refuse is refused at sealing."""
    assert rule_of(submission().with_file(path, b"x").seal) == "SEAL_PATH"


def test_missing_and_double_files_are_not_sealed() -> None:
    """A package without its entries, or with a file twice, is not sealed."""
    made = submission()
    fewer = tuple(file for file in made.files if file.path != layout.ASSESSMENT)
    assert rule_of(replace(made, files=fewer).seal) == "SEAL_PATH"
    assert rule_of(replace(made, files=(*made.files, made.files[0])).seal) == "SEAL_PATH"


def test_key_and_certificate_must_fit() -> None:
    """A key with the certificate of another is noticed at sealing, not by the receiver."""
    mixed = replace(plain_key(), certificate_der=plain_key(1).certificate_der)
    assert rule_of(submission(key=mixed).seal) == "SEAL_SIGNATURE"


def _other(file: PayloadFile, data: bytes) -> PayloadFile:
    return replace(file, opener=lambda: io.BytesIO(data))


class Broken(io.BytesIO):
    """A file on a bad disk."""

    def readinto(self, buffer: Any) -> int:
        """Fail as a bad disk does."""
        raise OSError(errno.EIO, "Input/output error")


def _missing() -> BinaryIO:
    raise FileNotFoundError


@pytest.mark.parametrize("fault", ["changed", "longer", "shorter", "empty", "broken", "missing"])
def test_changed_evidence_stops_the_export(fault: str, tmp_path: Path) -> None:
    """Evidence that is no longer what was sealed is found while writing; nothing is left."""
    made = submission({"pdf": b"x" * 3_000_000})
    place = next(at for at, file in enumerate(made.files) if "evidence" in file.path)
    file = made.files[place]
    wrong = {
        "changed": _other(file, b"y" + b"x" * 2_999_999),
        "longer": _other(file, b"x" * 3_000_001),
        "shorter": _other(file, b"x" * 2_000_000),
        "empty": _other(file, b""),
        "broken": replace(file, opener=Broken),
        "missing": replace(file, opener=_missing),
    }[fault]
    files = [*made.files[:place], wrong, *made.files[place + 1 :]]
    assert rule_of(seal.write_package, made.seal(), files, tmp_path) == "PAYLOAD_DIGEST"
    assert list(tmp_path.iterdir()) == []


def test_other_files_than_sealed_are_refused(tmp_path: Path) -> None:
    """Files that do not fit the manifest are refused before anything is written."""
    made = submission()
    sealed = made.seal()
    changed = made.with_file("data/evidence/000001.pdf", b"lain").files
    assert rule_of(seal.write_package, sealed, changed, tmp_path) == "PAYLOAD_DIGEST"
    assert rule_of(seal.write_package, sealed, made.files[1:], tmp_path) == "PAYLOAD_DIGEST"
    twice = (*made.files, made.files[0])
    assert rule_of(seal.write_package, sealed, twice, tmp_path) == "PAYLOAD_DIGEST"


def test_cancel_leaves_nothing(tmp_path: Path) -> None:
    """A cancelled export leaves no file, and an older package of the same name untouched."""
    made = submission({"pdf": b"x" * 5_000_000})
    path = made.write(tmp_path)
    before = path.read_bytes()
    answers = iter([False] * 8 + [True])
    with pytest.raises(Cancelled):
        seal.write_package(made.seal(), made.files, tmp_path, cancelled=lambda: next(answers))
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_progress_ends_at_the_whole(tmp_path: Path) -> None:
    """Progress rises and ends with the size of the file."""
    made = submission({"pdf": b"x" * 3_000_000})
    seen: list[tuple[int, int]] = []
    path = seal.write_package(
        made.seal(), made.files, tmp_path, progress=lambda *both: seen.append(both)
    )
    size = path.stat().st_size
    assert seen[-1] == (size, size)
    assert [done for done, _total in seen] == sorted(done for done, _total in seen)


def test_left_over_part_file_is_replaced(tmp_path: Path) -> None:
    """What a power cut left behind does not stop the next export."""
    made = submission()
    sealed = made.seal()
    name = seal.file_name(sealed.header, sealed.digest)
    (tmp_path / f"{name}.part").write_bytes(b"sisa")
    assert [seal.write_package(sealed, made.files, tmp_path)] == list(tmp_path.iterdir())


def test_full_disk_is_said_before(tmp_path: Path) -> None:
    """Without enough room nothing is begun."""
    made = submission()
    usage = shutil.disk_usage(tmp_path)
    with mock.patch("shutil.disk_usage", return_value=usage._replace(free=1000)):
        assert rule_of(seal.write_package, made.seal(), made.files, tmp_path) == "DISK_FULL"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("number", "total", "rule"),
    [
        (errno.ENOSPC, 100, "DISK_FULL"),
        (errno.ENOSPC, 5 << 30, "TARGET_TOO_LARGE"),
        (errno.EFBIG, 5 << 30, "TARGET_TOO_LARGE"),
        (errno.EDQUOT, 100, "DISK_FULL"),
        (errno.EROFS, 100, "TARGET_UNWRITABLE"),
        (errno.EACCES, 100, "TARGET_UNWRITABLE"),
        (errno.EIO, 100, "TARGET_UNWRITABLE"),
    ],
)
def test_faults_of_the_target_have_names(
    number: int, total: int, rule: str, tmp_path: Path
) -> None:
    """Whatever the system says while writing becomes a sentence, and nothing is left."""
    made = submission()
    usage = shutil.disk_usage(tmp_path)._replace(free=6 << 30)

    def fail(*_arguments: object) -> None:
        raise OSError(number, os.strerror(number))

    with (
        mock.patch("shutil.disk_usage", return_value=usage),
        mock.patch.object(export, "package_size", return_value=total),
        mock.patch.object(zip_writer.ZipWriter, "close", fail),
    ):
        assert rule_of(seal.write_package, made.seal(), made.files, tmp_path) == rule
    assert list(tmp_path.iterdir()) == []


def test_missing_folder_is_said(tmp_path: Path) -> None:
    """A stick that was pulled out is a sentence."""
    made = submission()
    target = tmp_path / "stik"
    assert rule_of(seal.write_package, made.seal(), made.files, target) == "TARGET_UNWRITABLE"


@pytest.fixture
def quick_waits() -> Iterator[None]:
    """No real waiting between attempts."""
    with mock.patch.object(export, "_REPLACE_WAITS", (0.0, 0.0, 0.0)):
        yield


@pytest.mark.usefixtures("quick_waits")
def test_virus_scanner_is_waited_for(tmp_path: Path) -> None:
    """A rename that is refused for a moment is tried again; for good, nothing is left."""
    made = submission()
    real, calls = Path.replace, []

    def flaky(self: Path, target: Path) -> Path:
        calls.append(target)
        if len(calls) < 3:
            raise PermissionError(errno.EACCES, "in use")
        return real(self, target)

    with mock.patch.object(Path, "replace", flaky):
        assert made.write(tmp_path).exists()
    assert len(calls) == 3
    other = tmp_path / "lain"
    other.mkdir()
    with mock.patch.object(Path, "replace", side_effect=PermissionError(errno.EACCES, "in use")):
        assert rule_of(made.write, other) == "TARGET_UNWRITABLE"
    assert list(other.iterdir()) == []


def test_hint_for_fat32() -> None:
    """Past 4 GiB a sentence warns of FAT32; below there is none."""
    assert seal.size_hint((4 << 30) - 1) is None
    assert seal.size_hint(4 << 30)


class Sparse(io.RawIOBase):
    """A file that skips over blocks of zeros instead of writing them."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._file = path.open("wb")

    def write(self, data: Any) -> int:
        """Write, or move on."""
        if len(data) >= 1 << 20:
            self._file.seek(len(data), os.SEEK_CUR)
            return len(data)
        return self._file.write(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place."""
        return self._file.seek(offset, whence)

    def close(self) -> None:
        """End the file."""
        self._file.close()
        super().close()


def test_zip64_is_written_only_when_needed(tmp_path: Path) -> None:
    """Sizes and places beyond 4 GiB get ZIP64 fields, in a form that other readers know."""
    path = tmp_path / "besar.zip"
    block = memoryview(bytes(1 << 26))
    members = [("a/kecil.txt", 5), ("a/besar.bin", (1 << 32) + (1 << 26)), ("a/akhir.txt", 5)]
    with Sparse(path) as file:
        writer = zip_writer.ZipWriter(file)  # type: ignore[arg-type]
        for name, size in members:
            pieces = [b"12345"] if size == 5 else (block for _turn in range(size >> 26))
            writer.add(name, size, pieces)
        writer.close()
    assert path.stat().st_size == zip_writer.archive_size(members)
    assert archive.scan(path) == ()
    with archive.open_archive(path) as opened, zipfile.ZipFile(path) as other:
        assert opened.read("a/akhir.txt") == b"12345" == other.read("a/akhir.txt")
        assert [(one.name, one.size) for one in opened.members.values()] == members
        infos = other.infolist()
        assert [info.CRC for info in infos] == [one.crc32 for one in opened.members.values()]
        assert [bool(info.extra) for info in infos] == [False, True, True]
    shown = subprocess.run(["unzip", "-l", path], capture_output=True, text=True, check=True)
    assert "3 files" in shown.stdout


def test_writer_holds_its_rules() -> None:
    """Names off the profile and contents of another size are refused by the writer itself."""
    for name, size, pieces in (("A", 1, [b"x"]), ("a", 2, [b"x"]), ("a", 1, [b"x", b"y"])):
        with pytest.raises(ValueError, match=r"name|size"):
            zip_writer.ZipWriter(io.BytesIO()).add(name, size, pieces)


def test_other_kinds_can_be_sealed(tmp_path: Path) -> None:
    """A package with one document of its kind is sealed and verified as well."""
    draft = seal.HeaderDraft(
        kind="receipt", key_seq=4, installation_id=builders.INSTALLATION, unit=builders.UNIT
    )
    files = [payload_file("data/receipt.json", seal.json_bytes({"digest": "00" * 32}))]
    sealed = seal.seal_bag(draft, files, plain_key(), None, now=NOW)
    result = verify_package(seal.write_package(sealed, files, tmp_path), now=NOW)
    assert result.valid
    assert result.kind == "receipt"


def test_time_of_creation_is_utc() -> None:
    """A moment in another zone is written as UTC."""
    from datetime import timedelta, timezone

    made = submission(created_at=None)
    local = datetime.fromtimestamp(NOW.timestamp(), timezone(timedelta(hours=7)))
    sealed = seal.seal_bag(made.draft, made.files, plain_key(), None, now=local)
    assert sealed.header.created_at == builders.NOW_TEXT
    assert NOW.tzinfo == UTC
