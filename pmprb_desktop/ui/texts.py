"""Numbers, sizes, dates and times as they are written on the screen."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Final

from pmprb_desktop.i18n import _, language, ngettext

_MONTHS: Final = {
    "id": "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember",
    "en": "January February March April May June July August September October November December",
}


def number(value: Fraction | Decimal | int, places: int = 2) -> str:
    """``1234.5`` → ``1.234,50``, rounded half up."""
    from pmprb_desktop.scoring import rounded

    text = f"{rounded(Fraction(value), places):,f}"
    if language() == "en":
        return text
    return text.translate({ord(","): ".", ord("."): ","})


def percent(share: Fraction | None, places: int = 1) -> str:
    """A share of 0 to 1 as ``66,6 %``; a dash when there is none."""
    return "–" if share is None else f"{number(share * 100, places)} %"


def typed(text: str) -> str:
    """A decimal string of the store as people type it: ``1250000.5`` → ``1.250.000,5``."""
    whole, point, rest = text.partition(".")
    if language() == "en" or not whole.isdecimal() or (point and not rest.isdecimal()):
        return text
    grouped = number(int(whole), 0)
    return f"{grouped},{rest}" if rest else grouped


def untyped(text: str) -> str:
    """What people type as a decimal string: ``1.250.000,5`` → ``1250000.5``; ``1.5`` stays."""
    plain = text.strip().replace("\u00a0", "").replace(" ", "")
    if "," in plain:
        return plain.replace(".", "").replace(",", ".")
    head, *groups = plain.split(".")
    thousands = groups and 1 <= len(head) <= 3 and all(len(group) == 3 for group in groups)
    return head + "".join(groups) if thousands and head != "0" else plain


def size(count: int) -> str:
    """Bytes as ``0,4 MB``, ``38 MB``, ``1,9 GB``."""
    for limit, unit in ((10**9, "GB"), (10**6, "MB")):
        if count >= limit:
            places = 1 if count < 10 * limit else 0
            return f"{number(Fraction(count, limit), places)} {unit}"
    if count >= 100_000:
        return f"{number(Fraction(count, 10**6), 1)} MB"
    return f"{number(Fraction(max(count, 0) + 999, 1000).__floor__(), 0)} KB"


def moment(instant: str) -> datetime:
    """An RFC 3339 instant in the local zone."""
    return datetime.fromisoformat(instant).astimezone()


def clock(instant: str | None = None) -> str:
    """Local time as ``10.42``."""
    at = moment(instant) if instant else datetime.now(UTC).astimezone()
    return f"{at:%H.%M}" if language() == "id" else f"{at:%H:%M}"


def day(value: str | date) -> str:
    """A date or instant as ``31 Mei 2026``."""
    if isinstance(value, str):
        value = moment(value).date() if "T" in value else date.fromisoformat(value)
    month = _MONTHS[language()].split()[value.month - 1]
    return f"{value.day} {month} {value.year}"


def when(instant: str) -> str:
    """An instant as "today 09.10" or "31 Mei 2026 09.10"."""
    at = moment(instant)
    days = (datetime.now(UTC).astimezone().date() - at.date()).days
    if days == 0:
        return _("today {time}").format(time=clock(instant))
    if days == 1:
        return _("yesterday {time}").format(time=clock(instant))
    return f"{day(at.date())} {clock(instant)}"


def ago(instant: str) -> str:
    """How long since an instant, in days."""
    days = max((datetime.now(UTC).astimezone().date() - moment(instant).date()).days, 0)
    if days == 0:
        return _("today")
    return ngettext("{count} day ago", "{count} days ago", days).format(count=days)


def days_left(deadline: str) -> int:
    """Days from today to a deadline; negative when it has passed."""
    last = moment(deadline).date() if "T" in deadline else date.fromisoformat(deadline)
    return (last - datetime.now(UTC).astimezone().date()).days


def deadline_words(deadline: str) -> str:
    """A deadline in words: "12 days left", "last day", "3 days late"."""
    left = days_left(deadline)
    if left == 0:
        return _("last day")
    if left < 0:
        return ngettext("{count} day late", "{count} days late", -left).format(count=-left)
    return ngettext("{count} day left", "{count} days left", left).format(count=left)


def one_line(text: str, limit: int = 60) -> str:
    """A text cut to one short line; the middle goes, so that a file's ending stays visible."""
    flat = " ".join(text.split())
    if len(flat) <= limit:
        return flat
    tail = limit // 3
    return f"{flat[: limit - tail - 1]}…{flat[-tail:]}"
