"""Names are shown as given and never become a path as they are."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmprb_desktop.evidence import ExportItem, display_name, export_plan, file_name, safe_component

FORBIDDEN = set('<>:"/\\|?*') | {chr(number) for number in range(32)}
RESERVED = {"CON", "PRN", "AUX", "NUL"} | {f"{p}{n}" for p in ("COM", "LPT") for n in range(10)}
ANY_TEXT = st.text(st.characters(), max_size=300) | st.sampled_from(
    ["CON", "nul.pdf", "aux.tar.gz", "com1", "x.", " . ", "..", "a/../../b", "C:\\x", "\ud800"]
)


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("SK Tim.pdf", "SK Tim.pdf"),
        ("gambar\u202efdp.exe", "gambarfdp.exe"),
        ("a\u200b\u2066b\ufeff.pdf", "ab.pdf"),
        ("a\ud800b.pdf", "a\ufffdb.pdf"),
        ("a\x00\x1bb", "a\ufffd\ufffdb"),
        ("baris\nbaru\t.pdf", "baris baru .pdf"),
        ("cafe\u0301.pdf", "café.pdf"),
        ("CON", "CON"),
        ("../../etc/passwd", "../../etc/passwd"),
        ("", "tanpa nama"),
        ("\u202e", "tanpa nama"),
        ("👩‍🏫 rapat.jpg", "👩‍🏫 rapat.jpg"),
    ],
)
def test_what_is_shown(given_name: str, shown: str) -> None:
    """Any Unicode is shown; what hides or turns text is not."""
    assert display_name(given_name) in {shown, "unnamed" if shown == "tanpa nama" else shown}


def test_4096_characters_are_kept_and_more_are_cut_before_the_ending() -> None:
    """The package format holds 4,096 characters."""
    assert display_name("x" * 4092 + ".pdf") == "x" * 4092 + ".pdf"
    longer = display_name("x" * 9000 + ".pdf")
    assert len(longer) == 4096
    assert longer.endswith("x.pdf")


@given(ANY_TEXT)
def test_a_shown_name_can_be_stored(name: str) -> None:
    """UTF-8, NFC, one line, 1 to 4,096 characters."""
    shown = display_name(name)
    assert json.loads(json.dumps(shown).encode()) == shown
    assert unicodedata.is_normalized("NFC", shown)
    assert 1 <= len(shown) <= 4096
    assert not any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in shown)


def check_component(part: str) -> None:
    """One part of a path as Windows and Linux want it."""
    assert part
    assert not FORBIDDEN & set(part)
    assert part == part.rstrip(". ")
    assert part.partition(".")[0].rstrip().upper() not in RESERVED
    assert len(part) <= 120
    assert len(part.encode()) <= 255
    assert part not in {".", ".."}


@given(ANY_TEXT, st.integers(10, 120))
def test_a_component_is_safe_on_windows(name: str, limit: int) -> None:
    """No reserved word, sign, length or ending."""
    part = safe_component(name, limit=limit)
    check_component(part)
    assert len(part) <= limit


@given(
    st.lists(
        st.tuples(
            ANY_TEXT,
            st.sampled_from(["application/pdf", "image/jpeg", "application/octet-stream"]),
            st.lists(
                st.sampled_from(["A.I.1.i.a", "A.I.1.i.b", "A.II.1", "CON.1", "1", "aux.b.c.d"]),
                max_size=3,
            ),
        ),
        max_size=12,
    )
)
def test_an_exported_folder_is_safe_and_unique(
    entries: list[tuple[str, str, list[str]]],
) -> None:
    """Every path can be written anywhere, and none overwrites another."""
    plan = export_plan(ExportItem("0" * 64, n, m, tuple(codes)) for n, m, codes in entries)
    assert len(plan) == sum(max(1, len(set(codes))) for _n, _m, codes in entries)
    for form in (str.casefold, str.upper):
        assert len({form(str(file.relative)) for file in plan}) == len(plan)
    for file in plan:
        assert not file.relative.is_absolute()
        for part in file.relative.parts:
            check_component(part)


def test_export_looks_like_the_worksheet() -> None:
    """Area, sub-area, then the code before the name; one copy under each item."""
    plan = export_plan(
        [
            ExportItem("a" * 64, "SK Tim.pdf", "application/pdf", ("A.I.1.i.a", "A.I.1.ii.b")),
            ExportItem("b" * 64, "sk tim.PDF", "application/pdf", ("A.I.1.i.a",)),
            ExportItem("c" * 64, "IPAK", "application/pdf", ("B.1.a",)),
        ]
    )
    assert [str(file.relative) for file in plan] == [
        "A.I.1/A.I.1.i/A.I.1.i.a - SK Tim.pdf",
        "A.I.1/A.I.1.ii/A.I.1.ii.b - SK Tim.pdf",
        "A.I.1/A.I.1.i/A.I.1.i.a - sk tim (2).PDF",
        "B.1/B.1.a - IPAK.pdf",
    ]


@pytest.mark.parametrize(
    ("name", "media_type", "written"),
    [
        ("SK.pdf", "application/pdf", "SK.pdf"),
        ("SK", "application/pdf", "SK.pdf"),
        ("SK.jpg", "application/pdf", "SK.jpg.pdf"),
        ("SK.exe", "application/pdf", "SK.exe_.pdf"),
        ("SK.exe", "application/octet-stream", "SK.exe_"),
        ("SK.exe .", "", "SK.exe_"),
        ("1.i.a", "image/jpeg", "1.i.a.jpg"),
    ],
)
def test_a_written_name_opens_as_what_it_is(name: str, media_type: str, written: str) -> None:
    """A viewer goes by the ending, so the ending goes by the content."""
    assert file_name(name, media_type) == written
