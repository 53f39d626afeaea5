import hashlib
import re
from dataclasses import replace
from datetime import date
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from reportlab.graphics.barcode.qr import QrCode

from pmprb_desktop import i18n
from pmprb_desktop.errors import UserError
from pmprb_desktop.i18n import ngettext
from pmprb_desktop.report import (
    REPORTS,
    KeyChange,
    KeyLetter,
    LastYear,
    Letterhead,
    Options,
    ReportView,
    Signers,
    make_view,
    render,
    render_bytes,
)
from pmprb_desktop.report.logo import check_logo
from pmprb_desktop.report.pdf import PAPERS
from pmprb_desktop.report.words import decimal_id, nip_groups
from pmprb_desktop.rubric import loader
from tests.factories import assessment, evidence, head, person, uuid

EDITIONS = sorted(loader.released())
DIGEST = hashlib.sha256(b"entries").hexdigest()
NASTY = "<b>tebal</b> & <para> {unit} %s =cmd|'/C calc'!A0 &nbsp; </font>"


@pytest.fixture(autouse=True)
def indonesian() -> None:
    """Reports are Indonesian."""
    i18n.use_language("id")


def _view(edition: str = "pmprb-2020-unit", options: Any = None, **changes: Any) -> ReportView:
    rubric = loader.load(edition)
    given = options or Options(content_digest=DIGEST, place="Kota Contoh", number="061/1/2026")
    return make_view(rubric, assessment(rubric, **changes), given)


def _texts(data: bytes) -> list[str]:
    with pypdfium2.PdfDocument(data) as document:
        return [_page_text(page) for page in document]


def _page_text(page: Any) -> str:
    text = page.get_textpage()
    try:
        return str(text.get_text_bounded())
    finally:
        text.close()


def _flat(data: bytes) -> str:
    """All text without white space, so that line breaks do not matter."""
    return re.sub(r"\s+", "", "".join(_texts(data)))


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("kind", REPORTS)
def test_every_report_of_every_edition(edition: str, kind: Any) -> None:
    """Every report renders every edition with its codes, scores, people and page numbers."""
    view = _view(edition)
    data = render_bytes(kind, view)
    text = _flat(data)
    assert "UnitContoh" in text
    assert f"NIP{_squeezed(nip_groups(head().nip))}" in text.replace(":", "")
    pages = _texts(data)
    for number, page in enumerate(pages, 1):
        assert f"Halaman {number} dari {len(pages)}" in page
    if kind == "key_letter":
        return
    assert _squeezed(view.code) in text
    assert DIGEST in text
    assert "bukantandatanganelektroniktersertifikasi" in text
    assert "19850101201001" in text
    for row in view.rows:
        assert row.code in text
        assert decimal_id(row.score) in text
    assert decimal_id(view.total) in text


@pytest.mark.parametrize("edition", EDITIONS)
def test_minutes_list_every_item(edition: str) -> None:
    """The annex has every item with its score under a head that comes again on every page."""
    view = _view(edition)
    data = render_bytes("minutes", view)
    text = _flat(data)
    for section in view.sections:
        for page in section.pages:
            for item in page.items:
                assert item.code in text
    annex = [page for page in _texts(data) if "Butir" in page]
    assert len(annex) > 3
    assert all("Catatan, bukti dukung" in page for page in annex)


@pytest.mark.parametrize("paper", ["A4", "F4"])
@pytest.mark.parametrize("kind", REPORTS)
def test_paper(kind: Any, paper: Any) -> None:
    """Every page has the size of its paper to a tenth of a millimetre."""
    with pypdfium2.PdfDocument(render_bytes(kind, _view(), paper=paper)) as document:
        for page in document:
            assert page.get_size() == pytest.approx(PAPERS[paper], abs=0.3)


@pytest.mark.parametrize(
    ("options", "practice", "word"),
    [
        (Options(content_digest=DIGEST, provisional=True), False, "SEMENTARA"),
        (Options(content_digest=DIGEST), True, "LATIHAN"),
    ],
)
@pytest.mark.parametrize("kind", ["summary", "minutes"])
def test_watermark(kind: Any, options: Options, practice: bool, word: str) -> None:
    """A provisional or practice print says so on every page, a final one on none."""
    marked = render_bytes(kind, _view(options=options, practice=practice))
    assert all(word in page for page in _texts(marked))
    assert word not in _flat(render_bytes(kind, _view()))


def test_minutes_speak_in_words() -> None:
    """The opening sentence has the date in words, the place and what was filled."""
    text = _flat(render_bytes("minutes", _view()))
    day = "Pada hari ini Minggu, tanggal tiga puluh satu bulan Mei tahun dua ribu dua puluh enam"
    assert _squeezed(f"{day}, bertempat di Kota Contoh, kami yang bertanda tangan") in text
    assert _squeezed("Mengetahui,") in text
    assert _squeezed("Kota Contoh, 31 Mei 2026") in text
    assert "pmprb-2020-unit@1" in text


def test_predicate_or_share() -> None:
    """An edition of 100 has its predicate, a unit's edition its share."""
    best = _view("rb-2014", fill="best")
    assert _squeezed("Predikat AA") in _flat(render_bytes("summary", best))
    assert _squeezed("dengan predikat AA") in _flat(render_bytes("minutes", best))
    unit = _view(fill="best")
    assert _squeezed("Porsi dari bobot") in _flat(render_bytes("summary", unit))
    assert "Predikat" not in _flat(render_bytes("summary", unit))


def test_reconstruction_is_said() -> None:
    """A print of a reconstructed edition says so, one of another edition does not."""
    for kind in ("summary", "minutes"):
        rebuilt = _flat(render_bytes(kind, _view()))
        assert _squeezed("Edisi ini disusun ulang") in rebuilt
        official = _flat(render_bytes(kind, _view("rb-2014")))
        assert "disusunulang" not in official


def _long(letter: str) -> str:
    return letter * 500


@pytest.mark.parametrize(
    ("letter", "paper"), [("W", "A4"), ("wi ", "A4"), ("<&", "A4"), ("Nama ", "F4")]
)
@pytest.mark.parametrize("edition", EDITIONS)
def test_summary_is_one_page(edition: str, letter: str, paper: Any) -> None:
    """One page, whatever people write: 500-character names, 20,000-character reasons."""
    rubric = loader.load(edition)
    long = _long(letter)[:500]
    people = [person(n, id=uuid(50 + n), name=long, rank=long, position=long) for n in range(1, 40)]
    absent: dict[str, Any] = {
        code: {"value": None, "inputs": {}, "not_applicable": True, "reason": (long * 40)[:20000]}
        for code, item in rubric.items.items()
        if item.not_applicable
    }
    last = LastYear(2025, Fraction(20), Fraction(36), {"1": Fraction(1, 3)}, (long,) * 30)
    made = assessment(
        rubric,
        absent,
        fill="best",
        people=[*people, head(name=long, rank=long, position=long)],
        unit={"code": long[:60], "name": long},
    )
    options = Options(
        content_digest=DIGEST,
        provisional=True,
        letterhead=Letterhead((long,) * 9, long * 4),
        number=long,
        place=long,
        last_year=last,
    )
    pages = _texts(render_bytes("summary", make_view(rubric, made, options), paper=paper))
    assert len(pages) == 1
    assert f"{DIGEST[:4]} {DIGEST[4:8]}" in pages[0]
    rest = len(people) - 4
    more = ngettext("… and {count} more", "… and {count} more", rest).split("{count}")[0].strip()
    assert more in pages[0]


@pytest.mark.parametrize("letter", ["W", "Nama "])
def test_long_names_are_whole_in_the_minutes(letter: str) -> None:
    """Names, ranks and positions of 500 characters wrap; nothing of them is lost."""
    rubric = loader.load("pmprb-2020-unit")
    long = _long(letter)[:500]
    named = {
        field: f"{field}{number}{long}"[:500]
        for number, field in enumerate(("name", "rank", "position"))
    }
    made = assessment(
        rubric,
        people=[person(1, **named), head(name=named["name"]), person(2)],
        unit={"code": "1", "name": f"unit{long}"[:500]},
    )
    text = _flat(render_bytes("minutes", make_view(rubric, made)))
    for value in named.values():
        assert text.count(_squeezed(value)) == 1 + (value == named["name"])
    assert _squeezed(f"unit{long}"[:500]) in text


def test_nothing_is_markup() -> None:
    """Whatever people write is printed as they wrote it."""
    rubric = loader.load("pmprb-2020-unit")
    code = next(iter(rubric.items))
    made = assessment(
        rubric,
        {code: {"note": NASTY}},
        people=[person(1, name=NASTY), head(name=NASTY, position=NASTY)],
        unit={"code": "<&>", "name": NASTY},
    )
    last = LastYear(2025, Fraction(1), Fraction(2), {}, (NASTY,))
    options = Options(
        content_digest=DIGEST,
        letterhead=Letterhead((NASTY,), NASTY),
        number=NASTY,
        place=NASTY,
        last_year=last,
        recipient=NASTY,
        key_change=KeyChange(new_code=NASTY, old_code=NASTY, reason=NASTY),
    )
    view = make_view(rubric, made, options)
    for kind in REPORTS:
        text = _flat(render_bytes(kind, view))
        assert text.count(_squeezed(NASTY)) >= 3
    assert _flat(render_bytes("minutes", view)).count(_squeezed(NASTY)) >= 6


def test_characters_the_font_lacks_are_visible() -> None:
    """Emoji, CJK, control and bidi characters become a box; accents and Greek stay."""
    rubric = loader.load("pmprb-2020-unit")
    code = next(iter(rubric.items))
    note = "a😀b漢c\x00d\u202ee\ud800f é αβ ﬁ 𝐁𝐢 \u200bg\ufe0f"
    name = "Ñandú\tœuvre\n😀"
    made = assessment(
        rubric, {code: {"note": note.replace("\ud800", "")}}, people=[head(name=name)]
    )
    view = make_view(rubric, made)
    page = replace(view.sections[0].pages[0].items[0], note=note)
    pages = (replace(view.sections[0].pages[0], items=(page,)),)
    view = replace(view, sections=(replace(view.sections[0], pages=pages),))
    text = "\n".join(_texts(render_bytes("minutes", view)))
    assert "a□b□c□d□e□f é αβ" in text
    assert "Bi g" in text
    assert "Ñandú œuvre" in text


def test_note_of_a_thousand_lines() -> None:
    """A long note is shortened in the annex and says so by an ellipsis."""
    rubric = loader.load("pmprb-2020-unit")
    codes = list(rubric.items)[:3]
    notes = ("\n".join(f"baris {n}" for n in range(1000)), "x" * 20000, "\n" * 5000 + "akhir")
    given = {code: {"note": note} for code, note in zip(codes, notes, strict=True)}
    pages = _texts(render_bytes("minutes", make_view(rubric, assessment(rubric, given))))
    text = "".join(pages)
    assert "baris 9 …" in text
    assert "baris 10" not in text
    assert "akhir" in text
    assert len(pages) < 15


def test_rows_of_people_split_over_pages() -> None:
    """Forty assessors fill several pages, each under the table's head, nobody lost."""
    rubric = loader.load("pmprb-2020-unit")
    people = [person(1, id=uuid(n), name=f"Asesor Nomor {n}") for n in range(1, 41)]
    pages = _texts(render_bytes("minutes", make_view(rubric, assessment(rubric, people=people))))
    signing = [page for page in pages if "Asesor Nomor" in page]
    assert len(signing) >= 3
    assert all("Tanda tangan" in page for page in signing)
    assert all(any(f"Asesor Nomor {n}" in page for page in signing) for n in range(1, 41))


def test_draft_has_no_code() -> None:
    """A draft that was never locked prints no code and says that it is a draft."""
    view = _view(options=Options())
    for kind in ("summary", "minutes"):
        text = _flat(render_bytes(kind, view))
        assert _squeezed("isian belum dikunci") in text


def test_fonts_are_embedded() -> None:
    """Every font that shows text is a subset of the shipped ones, inside the file."""
    for kind in REPORTS:
        data = render_bytes(kind, _view())
        bases = set(re.findall(rb"/BaseFont /([A-Za-z0-9+-]+)", data))
        shown = {base for base in bases if b"DejaVu" in base}
        assert any(b"Bold" in base for base in shown)
        assert data.count(b"/FontFile2") >= len(shown)
        assert bases - shown <= {b"Helvetica"}  # named by the library, used by no text


def test_file_says_what_it_is() -> None:
    """Title, author, language, date of the content and bookmarks are set."""
    data = render_bytes("minutes", _view())
    with pypdfium2.PdfDocument(data) as document:
        meta = document.get_metadata_dict()
        marks = [mark.get_title() for mark in document.get_toc()]
    assert meta["Title"] == "Berita acara – PMPRB 2020 – unit kerja – Unit Contoh – 2026"
    assert meta["Author"] == "Unit Contoh"
    assert meta["CreationDate"].startswith("D:20260531024210")
    assert b"/Lang (id)" in data
    assert marks[0] == "Berita acara"
    assert "Lampiran" in marks
    assert "A.I.1 Manajemen Perubahan" in marks


def test_same_view_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rendering again gives the identical file, whatever the environment's clock is told."""
    view = _view()
    first = {kind: render_bytes(kind, view) for kind in REPORTS}
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    assert {kind: render_bytes(kind, view) for kind in REPORTS} == first


def test_qr_holds_the_whole_digest() -> None:
    """The modules printed are those of a QR of the whole digest."""
    data = render_bytes("summary", _view())
    code = QrCode(DIGEST, qrLevel="M")
    code.qr.make()
    modules = code.qr.modules
    size = len(modules)
    with pypdfium2.PdfDocument(data) as document:
        picture = document[0].render(scale=6, grayscale=True).to_pil()
    width, height = picture.size
    box = picture.crop((int(width * 0.7), int(height * 0.6), width, height))
    found = _find_modules(box, size)
    assert found == [[bool(cell) for cell in row] for row in modules]


def _find_modules(picture: Any, size: int) -> list[list[bool]]:
    """Read a QR by its module grid: the square of finder patterns is looked for by its corner."""
    dark = picture.point(lambda value: 255 if value < 128 else 0)
    pixels = dark.load()
    side = 25 / 25.4 * 72 * 6
    module = side / (size + 8)
    for y in range(dark.height - int(side * 0.85)):
        for x in range(dark.width - int(side * 0.8)):
            if pixels[x, y] and _finder(pixels, x, y, module):
                return [
                    [
                        bool(pixels[int(x + (c + 0.5) * module), int(y + (r + 0.5) * module)])
                        for c in range(size)
                    ]
                    for r in range(size)
                ]
    return []


def _finder(pixels: Any, x: int, y: int, module: float) -> bool:
    """Whether a finder pattern of a QR has its corner here."""
    wanted = ("1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111")
    return all(
        bool(pixels[int(x + (c + 0.5) * module), int(y + (r + 0.5) * module)]) == (cell == "1")
        for r, row in enumerate(wanted)
        for c, cell in enumerate(row)
    )


def test_black_and_white() -> None:
    """No report uses a colour."""
    for kind in REPORTS:
        with pypdfium2.PdfDocument(render_bytes(kind, _view())) as document:
            picture = document[0].render(scale=1).to_pil().convert("RGB")
        assert all(max(c) - min(c) <= 2 for _count, c in picture.getcolors(1 << 20) or [])


def test_room_for_signature_and_stamp() -> None:
    """Between the office and the name of the head lie at least 35 mm."""
    data = render_bytes("minutes", _view())
    with pypdfium2.PdfDocument(data) as document:
        for page in document:
            text = page.get_textpage()
            above = _bottom_of(text, "Mengetahui,")
            name = _bottom_of(text, "Kepala Contoh")
            if above is not None and name is not None:
                assert above - name > 35 / 25.4 * 72 + 12
                return
    pytest.fail("the block of the head is not on one page")


def _bottom_of(text: Any, wanted: str) -> float | None:
    found = text.search(wanted).get_next()
    return None if found is None else float(text.get_charbox(found[0])[1])


@pytest.mark.parametrize(
    ("changes", "lines"),
    [
        ({"acting": "Plt."}, ["Plt. Kepala Unit,"]),
        (
            {"acting": "a.n.", "position": "Sekretaris", "id": uuid(5)},
            ["a.n. Kepala Unit", "Sekretaris,"],
        ),
    ],
)
def test_acting_forms(changes: dict[str, Any], lines: list[str]) -> None:
    """Plt. and a.n. stand before the office as letters want it."""
    people = [person(1), head(**changes)]
    if changes["acting"] == "a.n.":
        people.append(head())
    pages = _texts(render_bytes("minutes", _view(people=people)))
    text = next(page for page in pages if "Mengetahui" in page)
    assert all(line in text for line in lines)


def test_nobody_known() -> None:
    """Without people the lines are blank, to be filled in by hand."""
    view = _view(people=[])
    for kind in REPORTS:
        assert "....." in _flat(render_bytes(kind, view)) or kind == "summary"


def test_key_letter_needs_no_assessment() -> None:
    """The letter has both codes and the new key's digest, and can be made by itself."""
    change = KeyChange(
        new_code="12345 67890 12345 67890 12345 67890 12345 67890 12",
        old_code="98765 43210 98765 43210 98765 43210 98765 43210 98",
        new_digest=DIGEST,
        reason="laptop lama hilang",
        since=date(2026, 5, 2),
    )
    letter = KeyLetter(
        "7.01",
        "Unit Contoh",
        Signers((), head()),
        date(2026, 5, 3),
        Options(key_change=change, recipient="Kepala Bagian Organisasi"),
    )
    text = _flat(render_bytes("key_letter", letter))
    for wanted in (change.new_code, change.old_code, DIGEST, "2 Mei 2026", "laptop lama hilang"):
        assert _squeezed(wanted) in text
    assert _squeezed("Yth. Kepala Bagian Organisasi") in text
    with pytest.raises(TypeError):
        render_bytes("summary", letter)


def _png(size: tuple[int, int] = (40, 60), **changes: Any) -> bytes:
    from PIL import Image

    out = BytesIO()
    Image.new("RGBA", size, (0, 0, 0, 128)).save(out, changes.get("format", "PNG"))
    return out.getvalue()


def test_logo_is_shown_or_left_out() -> None:
    """A PNG logo is drawn; what is no picture is left out and the letterhead stays."""
    heads = [Letterhead(("INSTANSI",), logo=logo) for logo in (None, _png(), b"no picture")]
    found = []
    for letterhead in heads:
        view = _view(options=Options(content_digest=DIGEST, letterhead=letterhead))
        data = render_bytes("summary", view)
        assert "INSTANSI" in _flat(data)
        found.append(data.count(b"/Subtype /Image"))
    assert found == [0, 1, 0]


@pytest.mark.parametrize(
    "logo",
    [
        b"",
        b"GIF89a",
        _png()[:60],
        _png(format="TIFF"),
        _png((6000, 6000)),
        b"\x89PNG" + bytes(5 << 20),
    ],
)
def test_logo_refused(logo: bytes) -> None:
    """A logo that is no small PNG or JPEG is refused when it is set."""
    with pytest.raises(UserError) as caught:
        check_logo(logo)
    assert caught.value.rule == "LOGO_INVALID"


def test_render_to_file_and_stream(tmp_path: Path) -> None:
    """A file is written whole, a stream gets the same bytes, and nothing else is left."""
    view, target, stream = _view(), tmp_path / "ringkasan.pdf", BytesIO()
    render("summary", view, target)
    render("summary", view, stream)
    assert target.read_bytes() == stream.getvalue() == render_bytes("summary", view)
    assert [path.name for path in tmp_path.iterdir()] == ["ringkasan.pdf"]


def test_render_to_a_place_that_is_not_there(tmp_path: Path) -> None:
    """A place that cannot be written to is an error with a way out."""
    with pytest.raises(UserError) as caught:
        render("summary", _view(), tmp_path / "none" / "x.pdf")
    assert caught.value.rule == "REPORT_UNWRITABLE"
    assert caught.value.next_step


def test_blank_assessment() -> None:
    """Nothing answered, nobody named, nothing attached: every report still renders."""
    for edition in EDITIONS:
        view = _view(edition, fill="blank", people=[], evidence=[evidence(1, [])])
        for kind in REPORTS:
            assert _texts(render_bytes(kind, view))
        assert _squeezed("Butir belum dijawab") in _flat(render_bytes("summary", view))
