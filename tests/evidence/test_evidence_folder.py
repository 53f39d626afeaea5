"""Folders as units really keep them are matched to items; what is unsure says so."""

import os
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmprb_desktop.errors import UserError
from pmprb_desktop.evidence import (
    BlobStore,
    ExportItem,
    Reading,
    export_plan,
    match_folder,
    match_names,
)
from tests.evidence import evidence_samples as samples

_TREE = {
    "A.I.1.i": "abc", "A.I.1.ii": "abc", "A.I.1.iv": "ab", "A.I.2.i": "ab", "A.I.3.i": "ab",
    "A.I.4.i": "abc", "A.I.5.i": "abcd", "A.I.5.v": "abcdef", "A.I.5.viii": "a", "A.I.7.i": "abcd",
    "A.I.7.ii": "abcdef", "A.I.7.vi": "a", "A.I.8.iv": "abc",
    "A.III.1.a": "12", "A.III.1.b": "1", "A.III.2.a": "1", "A.III.7.c": "12", "A.III.8.a": "12",
    "A.II": "123", "B.1": "ab",
}  # fmt: skip
CODES = [f"{above}.{last}" for above, labels in _TREE.items() for last in labels]
TITLES = {
    "A": "Pengungkit", "A.I": "Pemenuhan", "A.III": "Reform", "B": "Hasil",
    "A.I.1": "Manajemen Perubahan", "A.III.1": "Manajemen Perubahan",
    "A.I.1.i": "Tim Reformasi Birokrasi", "A.I.1.ii": "Road Map Reformasi Birokrasi",
    "A.I.5": "Penataan Sistem Manajemen SDM Aparatur", "A.I.5.v": "Penetapan kinerja individu",
    "A.I.7": "Penguatan Pengawasan", "A.III.7": "Penguatan Pengawasan",
    "A.I.7.i": "Gratifikasi", "A.I.7.ii": "Penerapan SPIP",
    "A.I.8": "Peningkatan Kualitas Pelayanan Publik",
}  # fmt: skip

SURE = {
    "1.i.a SK TIM.pdf": "A.I.1.i.a",
    "A.I.1.i.a - x.pdf": "A.I.1.i.a",
    "a.i.1.I.A notula.PDF": "A.I.1.i.a",
    "1_i_a SK.pdf": "A.I.1.i.a",
    "1-i-a SK.pdf": "A.I.1.i.a",
    "1 i a SK.pdf": "A.I.1.i.a",
    "(1.i.a) SK.pdf": "A.I.1.i.a",
    "[A.I.1.i.a] SK.pdf": "A.I.1.i.a",
    "1_i_a": "A.I.1.i.a",
    "1.i.a": "A.I.1.i.a",
    "1.1.a SK.pdf": "A.I.1.i.a",
    "01.i.a SK.pdf": "A.I.1.i.a",
    "5.8.a SIMPEG.pdf": "A.I.5.viii.a",
    "8.IV.a Survei kepuasan.pdf": "A.I.8.iv.a",
    "BUTIR A.I.5.viii.a.pdf": "A.I.5.viii.a",
    "Bukti dukung 1.i.a SK.pdf": "A.I.1.i.a",
    "SK TIM 1.i.a.pdf": "A.I.1.i.a",
    "SK Tim (1.i.a) final.pdf": "A.I.1.i.a",
    "1.i.a SK 2020.pdf": "A.I.1.i.a",
    "1.i.a SK (2).pdf": "A.I.1.i.a",
    "1.i.a 1.jpg": "A.I.1.i.a",
    "1.i.a I Made rapat.jpg": "A.I.1.i.a",
    "1.a.1 Agen perubahan.xlsx": "A.III.1.a.1",
    "A.III.7.c.2 LHKASN.pdf": "A.III.7.c.2",
    "A.II.2 SPBE.pdf": "A.II.2",
    "B.1.a Opini BPK.pdf": "B.1.a",
    "AREA I/1.i.a SK.pdf": "A.I.1.i.a",
    "AREA I/i. Tim/a SK.pdf": "A.I.1.i.a",
    "Area VII/vi/a ZI.pdf": "A.I.7.vi.a",
    "area 1 manajemen perubahan/II/b.pdf": "A.I.1.ii.b",
    "1. Manajemen Perubahan/i. Tim/a SK.pdf": "A.I.1.i.a",
    "Manajemen Perubahan/Tim/a SK.pdf": "A.I.1.i.a",
    "Pemenuhan/Manajemen Perubahan/Road Map/b.pdf": "A.I.1.ii.b",
    "I. Pemenuhan/1/i/a.pdf": "A.I.1.i.a",
    "A/I/1/i/a.pdf": "A.I.1.i.a",
    "III. Reform/1/a/1 Agen.pdf": "A.III.1.a.1",
    "7. PENGUATAN PENGAWASAN/ii. Penerapan SPIP/d.pdf": "A.I.7.ii.d",
    "7/2/d Peta risiko.pdf": "A.I.7.ii.d",
    "Gratifikasi/7.i.b.pdf": "A.I.7.i.b",
    "Penguatan Pengawasan/Gratifikasi/c. Evaluasi.pdf": "A.I.7.i.c",
    "5. SDM/Penetapan kinerja individu/f.pdf": "A.I.5.v.f",
    "1.i.a/SK Tim.pdf": "A.I.1.i.a",
    "1.i.a/1. SK.pdf": "A.I.1.i.a",
    "1.i.a/Foto/IMG_20200531_104210.jpg": "A.I.1.i.a",
    "1.i.a/1.i.a SK.pdf": "A.I.1.i.a",
    "Foto/1.i.a rapat.jpg": "A.I.1.i.a",
    "A.I.1/A.I.1.i/A.I.1.i.a - SK.pdf": "A.I.1.i.a",
    "1.i.a, 1.i.b SK.pdf": "A.I.1.i.a A.I.1.i.b",
    "1.i.a & b SK.pdf": "A.I.1.i.a A.I.1.i.b",
    "1.i.a dan 1.ii.c.pdf": "A.I.1.i.a A.I.1.ii.c",
    "1.i.a, b, c.pdf": "A.I.1.i.a A.I.1.i.b A.I.1.i.c",
}
GUESSED = {
    "1ia SK Tim.pdf": "A.I.1.i.a",
    "AI1ia.pdf": "A.I.1.i.a",
    "1.i.a-c SK.pdf": "A.I.1.i.a A.I.1.i.b A.I.1.i.c",
    "1.i.a s.d. b SK.pdf": "A.I.1.i.a A.I.1.i.b",
    "AREA 2/1.i.a SK.pdf": "A.I.1.i.a",
    "1.i.a/1.i.b foto.jpg": "A.I.1.i.b",
    "I.1.a SK.pdf": "A.I.1.i.a",
    "A.I.1.i - a SK.pdf": "A.I.1.i.a",
}
PAGES = {
    "1.i SK.pdf": "A.I.1.i",
    "1.1.1 SK.pdf": "A.I.1.i",
    "1.i.z foto.pdf": "A.I.1.i",
    "A.I.1.i/SK Tim.pdf": "A.I.1.i",
    "AREA I/i/SK Tim.pdf": "A.I.1.i",
    "Tim Reformasi Birokrasi/SK Tim.pdf": "A.I.1.i",
    "A.III.1.a Agen.pdf": "A.III.1.a",
}
NOTHING = (
    "SK Tim.pdf",
    "a SK.pdf",
    "1. SK.pdf",
    "9.i.a.pdf",
    "A.I.1/SK.pdf",
    "2020-05-31 Notulen.pdf",
    "31 Mei 2020.pdf",
    "5 Mei 2020 rapat.pdf",
    "1.2.2020 undangan.pdf",
    "IMG_20200531_104210.jpg",
    "WhatsApp Image 2020-05-31 at 10.42.10.jpeg",
    "SK No. 12 Tahun 2020.pdf",
    "Scan0001.pdf",
    "Bukti dukung/Foto kegiatan/DSC_0012.JPG",
    "Draf 9.8.7.docx",
)


def read(relative: str) -> Reading:
    """What one path says."""
    return match_names([relative], CODES, TITLES)[0]


@pytest.mark.parametrize(("relative", "codes"), SURE.items())
def test_sure(relative: str, codes: str) -> None:
    """Names that leave no doubt."""
    reading = read(relative)
    assert (reading.codes, reading.sure) == (tuple(codes.split()), True)
    assert reading.reason


@pytest.mark.parametrize(("relative", "codes"), GUESSED.items())
def test_guessed(relative: str, codes: str) -> None:
    """Names that a person should look at."""
    reading = read(relative)
    assert (reading.codes, reading.sure) == (tuple(codes.split()), False)
    assert reading.reason


@pytest.mark.parametrize(("relative", "node"), PAGES.items())
def test_only_a_page_is_suggested(relative: str, node: str) -> None:
    """With the sub-area alone no item is chosen."""
    reading = read(relative)
    assert (reading.codes, reading.node) == ((), node)


@pytest.mark.parametrize("relative", NOTHING)
def test_no_item(relative: str) -> None:
    """Dates, times, numbers of decrees and cameras are no codes."""
    reading = read(relative)
    assert reading.codes == ()
    assert reading.node in {None, "A.I.1"}


def test_the_chosen_folder_may_carry_the_code() -> None:
    """People choose the folder of one area; it only ever helps."""
    for root, relative, code in (
        ("A.I.1 Manajemen Perubahan", "i. Tim/a SK.pdf", "A.I.1.i.a"),
        ("1.i.a", "SK.pdf", "A.I.1.i.a"),
        ("2. Bukti", "1.i.a SK.pdf", "A.I.1.i.a"),
    ):
        assert match_names([relative], CODES, TITLES, root=root)[0].codes == (code,)


def test_codes_of_other_instruments() -> None:
    """Codes are read through the tree of the edition, whatever it looks like."""
    codes = ["1.1.1", "1.1.2", "1.2.1", "2.1.1"]
    expected = {
        "1.1.2 Renstra.pdf": (("1.1.2",), True),
        "1/1/1 Renstra.pdf": (("1.1.1",), True),
        "1. Perencanaan/1.2/1.2.1.pdf": (("1.2.1",), True),
        "Versi 1.1.2.pdf": (("1.1.2",), False),
        "1.1 Renstra.pdf": ((), False),
    }
    found = match_names(list(expected), codes)
    assert [(entry.codes, entry.sure) for entry in found] == list(expected.values())


@given(
    st.lists(st.text(st.characters(exclude_characters="/"), min_size=1, max_size=30), min_size=1)
)
def test_any_names_are_read(parts: list[str]) -> None:
    """Nonsense never raises and never claims an item that is not there."""
    reading = read("/".join(parts))
    assert set(reading.codes) <= set(CODES)


@given(st.sampled_from(CODES), st.sampled_from(["SK Tim.pdf", "1.jpg", "a, b.pdf", "12 Mei.pdf"]))
def test_an_exported_name_comes_back_to_its_item(code: str, name: str) -> None:
    """Export and attaching that folder again are inverse."""
    file = export_plan([ExportItem("0" * 64, name, "", (code,))])[0]
    reading = read(str(file.relative))
    assert (reading.codes, reading.sure) == ((code,), True)


def test_a_folder_is_walked_without_links_and_system_files(tmp_path: Path) -> None:
    """What is left out is listed with its reason."""
    folder = tmp_path / "Bukti"
    (folder / "1. Manajemen Perubahan" / "i. Tim").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / "__MACOSX").mkdir()
    for name in (
        "1. Manajemen Perubahan/i. Tim/a SK.pdf", "1.i.b.pdf", "10 lain.pdf", "2 lain.pdf",
        "Thumbs.db", "desktop.ini", ".DS_Store", "~$nota.docx", "._x.pdf", "unduh.crdownload",
        ".git/config", "__MACOSX/x.pdf", "pasang.exe",
    ):  # fmt: skip
        (folder / name).write_bytes(b"isi")
    (folder / "kosong.pdf").write_bytes(b"")
    (folder / "luar").symlink_to(tmp_path)
    (folder / "tautan.pdf").symlink_to(folder / "1.i.b.pdf")
    os.mkfifo(folder / "pipa")
    with (folder / "besar.mp4").open("wb") as big:
        big.truncate(1024**3 + 1)
    plan = match_folder(folder, CODES, TITLES)
    assert [(m.relative, m.codes, m.confidence) for m in plan.matches] == [
        ("1. Manajemen Perubahan/i. Tim/a SK.pdf", ("A.I.1.i.a",), "sure"),
        ("1.i.b.pdf", ("A.I.1.i.b",), "sure"),
        ("2 lain.pdf", (), "none"),
        ("10 lain.pdf", (), "none"),
    ]
    assert [m.path.read_bytes() for m in plan.matches] == [b"isi"] * 4
    assert {m.bytes for m in plan.matches} == {3}
    reasons = {entry.relative: entry.reason for entry in plan.left_out}
    hidden = ("Thumbs.db", "desktop.ini", ".DS_Store", "~$nota.docx", "._x.pdf",
              "unduh.crdownload", ".git", "__MACOSX")  # fmt: skip
    assert reasons == {
        **dict.fromkeys(hidden, "hidden"),
        "luar": "link",
        "tautan.pdf": "link",
        "pipa": "special",
        "pasang.exe": "program",
        "kosong.pdf": "empty",
        "besar.mp4": "too_large",
    }
    assert not plan.truncated


def test_a_folder_that_cannot_be_listed_is_an_error(tmp_path: Path) -> None:
    """A stick that was pulled out."""
    with pytest.raises(UserError) as caught:
        match_folder(tmp_path / "hilang", CODES)
    assert caught.value.rule == "EVIDENCE_FOLDER_UNREADABLE"


def test_a_bottomless_folder_is_cut(tmp_path: Path) -> None:
    """Depth is bounded, and the plan says so."""
    deep = tmp_path.joinpath("a", *["x"] * 30)
    deep.mkdir(parents=True)
    (deep / "1.i.a.pdf").write_bytes(b"x")
    plan = match_folder(tmp_path / "a", CODES)
    assert plan.matches == ()
    assert plan.truncated


@pytest.mark.skipif(sys.platform == "win32", reason="such names exist on Linux only")
def test_names_that_are_no_text_are_shown_and_opened(tmp_path: Path) -> None:
    """The path stays as it is; only what is shown is cleaned."""
    folder = tmp_path / "Bukti"
    folder.mkdir()
    path = os.fsencode(folder) + b"/1.i.a \xff\xe2\x80\xae.pdf"
    with open(path, "wb") as file:  # noqa: PTH123  (bytes)
        file.write(samples.pdf())
    match = match_folder(folder, CODES).matches[0]
    assert match.relative.encode()
    assert match.codes == ("A.I.1.i.a",)
    assert BlobStore(tmp_path / "ws").ingest(match.path).media_type == "application/pdf"


def test_a_thousand_names_are_quick() -> None:
    """A whole stick is matched while one watches."""
    names = [f"{code[4:]} bukti nomor {number}.pdf" for code in CODES for number in range(25)]
    start = time.perf_counter()
    match_names(names, CODES, TITLES)
    assert time.perf_counter() - start < 5
