from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from pmprb_desktop import i18n
from pmprb_desktop.report import words


@pytest.fixture(autouse=True)
def indonesian() -> Iterator[None]:
    """Every test here speaks Indonesian unless it says otherwise."""
    before = i18n.language()
    i18n.use_language("id")
    yield
    i18n.use_language(before)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "nol"),
        (1, "satu"),
        (10, "sepuluh"),
        (11, "sebelas"),
        (12, "dua belas"),
        (19, "sembilan belas"),
        (20, "dua puluh"),
        (31, "tiga puluh satu"),
        (100, "seratus"),
        (111, "seratus sebelas"),
        (999, "sembilan ratus sembilan puluh sembilan"),
        (1000, "seribu"),
        (1999, "seribu sembilan ratus sembilan puluh sembilan"),
        (2000, "dua ribu"),
        (2026, "dua ribu dua puluh enam"),
        (11_000, "sebelas ribu"),
        (100_001, "seratus ribu satu"),
        (1_000_000, "satu juta"),
        (1_001_000, "satu juta seribu"),
        (2_000_000_000, "dua miliar"),
        (3_000_000_000_000, "tiga triliun"),
    ],
)
def test_number_words(number: int, text: str) -> None:
    """Numbers read as one says them, with se- for one hundred and one thousand."""
    assert words.number_words(number) == text


@pytest.mark.parametrize("number", [-1, 10**15])
def test_number_words_bounds(number: int) -> None:
    """What has no words here is refused."""
    with pytest.raises(ValueError, match="number_words"):
        words.number_words(number)


@pytest.mark.parametrize(
    ("day", "name", "number", "month", "year"),
    [
        (date(2026, 6, 1), "Senin", "satu", "Juni", "dua ribu dua puluh enam"),
        (date(2026, 5, 31), "Minggu", "tiga puluh satu", "Mei", "dua ribu dua puluh enam"),
        (date(2024, 2, 29), "Kamis", "dua puluh sembilan", "Februari", "dua ribu dua puluh empat"),
        (date(2010, 1, 10), "Minggu", "sepuluh", "Januari", "dua ribu sepuluh"),
        (date(2011, 11, 11), "Jumat", "sebelas", "November", "dua ribu sebelas"),
        (date(2000, 12, 20), "Rabu", "dua puluh", "Desember", "dua ribu"),
        (date(2045, 8, 17), "Kamis", "tujuh belas", "Agustus", "dua ribu empat puluh lima"),
        (date(2100, 10, 2), "Sabtu", "dua", "Oktober", "dua ribu seratus"),
    ],
)
def test_date_words(day: date, name: str, number: str, month: str, year: str) -> None:
    """Dates stand in words as minutes want them."""
    want = f"{name}, tanggal {number} bulan {month} tahun {year}"
    assert words.date_words(day) == want


def test_every_day_of_a_year_has_words() -> None:
    """No day of a year lacks words, and no two days share them."""
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]
    assert len({words.date_words(day) for day in days}) == 365
    assert len({words.date_text(day) for day in days}) == 365


def test_english_dates() -> None:
    """English is there for those who chose it."""
    i18n.use_language("en")
    assert words.date_words(date(2026, 5, 31)) == "Sunday, 31 May 2026"
    assert words.decimal_id(Fraction(12345, 10)) == "1,234.50"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(7140628571428572, 10**14), "71,41"),
        (Fraction(1, 200), "0,01"),
        (Fraction(-1, 200), "-0,01"),
        (Fraction(2, 3), "0,67"),
        (Decimal("36.30"), "36,30"),
        (1234567, "1.234.567,00"),
    ],
)
def test_decimals(value: Fraction | Decimal | int, text: str) -> None:
    """Decimals are rounded half up and have a comma."""
    assert words.decimal_id(value) == text


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("1250000.5", "1.250.000,5"),
        ("0.10", "0,10"),
        ("-3", "-3"),
        ("12345678901234567890", "12.345.678.901.234.567.890"),
        ("–", "–"),
        ("=1+1", "=1+1"),
        ("", ""),
    ],
)
def test_typed_numbers_stay_exact(typed: str, text: str) -> None:
    """Numbers that people typed are grouped, never rounded."""
    assert words.plain_id(typed) == text


def test_nip_groups() -> None:
    """A NIP is read in groups; what is no NIP stays as it is."""
    assert words.nip_groups("197503122000031002") == "19750312 200003 1 002"
    assert words.nip_groups("12345") == "12345"
    assert words.nip_groups("") == ""


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("WIB", "31 Mei 2026 23.30 WIB"),
        ("WITA", "1 Juni 2026 00.30 WITA"),
        ("WIT", "1 Juni 2026 01.30 WIT"),
    ],
)
def test_moments_are_local(zone: words.Zone, text: str) -> None:
    """A moment shows the day and hour of its zone."""
    assert words.moment_text("2026-05-31T16:30:00Z", zone) == text


def test_code_and_percent() -> None:
    """The code has 2 groups of 4; no share is a dash."""
    assert words.content_code("0123456789abcdef") == "0123 4567"
    assert words.content_code("") == ""
    assert words.percent_id(Fraction(5, 8)) == "62,50%"
    assert words.percent_id(None) == "–"
