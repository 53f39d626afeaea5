"""Numbers and dates as Indonesian offices write them; English where that was chosen.

Names of months and number words belong to a language, not to the catalogue of texts, so they
stand here. Nothing depends on the locale or the time zone of the machine.
"""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal

from pmprb_desktop import i18n
from pmprb_desktop.scoring import rounded

Zone = Literal["WIB", "WITA", "WIT"]
ZONES: Final[dict[Zone, int]] = {"WIB": 7, "WITA": 8, "WIT": 9}
"""Time zone of Indonesia → hours ahead of UTC; none has summer time."""

_MONTHS: Final = {
    "id": (
        *("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus"),
        *("September", "Oktober", "November", "Desember"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June", "July", "August"),
        *("September", "October", "November", "December"),
    ),
}
_DAYS: Final = {
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_UNITS: Final = (
    *("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"),
    *("sepuluh", "sebelas"),
)
_LARGE: Final = (
    (1_000_000_000_000, "triliun"),
    (1_000_000_000, "miliar"),
    (1_000_000, "juta"),
    (1_000, "ribu"),
    (100, "ratus"),
    (10, "puluh"),
)
_MOST: Final = 10**15


def number_words(number: int) -> str:
    """Write a whole number below a quadrillion in Indonesian words: ``dua ribu dua puluh``."""
    if not 0 <= number < _MOST:
        message = "number_words takes 0 up to 10^15"
        raise ValueError(message)
    if number < len(_UNITS):
        return _UNITS[number]
    if number < 20:
        return f"{_UNITS[number - 10]} belas"
    size, name = next(entry for entry in _LARGE if entry[0] <= number)
    count, rest = divmod(number, size)
    if count == 1 and name in ("ribu", "ratus"):
        head = f"se{name}"
    else:
        head = f"{number_words(count)} {name}"
    return f"{head} {number_words(rest)}" if rest else head


def day_name(day: date) -> str:
    """Name of the day of the week."""
    return _DAYS[i18n.language()][day.weekday()]


def date_text(day: date) -> str:
    """``31 Mei 2026``."""
    return f"{day.day} {_MONTHS[i18n.language()][day.month - 1]} {day.year}"


def date_words(day: date) -> str:
    """``Senin, tanggal tiga puluh satu bulan Mei tahun dua ribu dua puluh enam``, as in minutes."""
    if i18n.language() != "id":
        return f"{day_name(day)}, {date_text(day)}"
    month = _MONTHS["id"][day.month - 1]
    return (
        f"{day_name(day)}, tanggal {number_words(day.day)} bulan {month} "
        f"tahun {number_words(day.year)}"
    )


def local_time(instant: str, zone: Zone = "WIB") -> datetime:
    """Read an RFC 3339 UTC instant of a payload as the time of a zone."""
    at = datetime.fromisoformat(instant)
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return at.astimezone(timezone(timedelta(hours=ZONES[zone]), zone))


def moment_text(instant: str, zone: Zone = "WIB") -> str:
    """``31 Mei 2026 10.42 WIB``."""
    at = local_time(instant, zone)
    return f"{date_text(at.date())} {at:%H.%M} {zone}"


def decimal_id(value: Decimal | Fraction | int, places: int = 2) -> str:
    """Write a number for display, rounded half up: ``1.234,50``; ``1,234.50`` in English."""
    number = rounded(Fraction(value), places)
    text = f"{number:,.{places}f}"
    if i18n.language() != "id":
        return text
    return text.translate(str.maketrans(",.", ".,"))


def percent_id(share: Decimal | Fraction | None, places: int = 2) -> str:
    """Write a share of 1 in percent, ``71,41%``; a dash where there is none."""
    return "–" if share is None else f"{decimal_id(Fraction(share) * 100, places)}%"


def plain_id(text: str) -> str:
    """Write a decimal string as it was typed, but grouped: ``1250000.5`` → ``1.250.000,5``.

    Text that is no number stays as it is.
    """
    whole, point, rest = text.partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    if not (digits.isascii() and digits.isdecimal() and (rest.isdecimal() or not point)):
        return text
    grouped = f"{int(digits):,}"
    if i18n.language() == "id":
        grouped, point = grouped.replace(",", "."), "," if point else ""
    return f"{sign}{grouped}{point}{rest}"


def nip_groups(nip: str) -> str:
    """Write a NIP of 18 digits in its groups of 8, 6, 1 and 3; anything else as it is."""
    if len(nip) != 18 or not (nip.isascii() and nip.isdecimal()):
        return nip
    return f"{nip[:8]} {nip[8:14]} {nip[14]} {nip[15:]}"


def content_code(digest: str) -> str:
    """*Kode isian*: the first 8 characters of a content digest in 2 groups of 4."""
    return f"{digest[:4]} {digest[4:8]}" if digest else ""
