"""Names of files: shown as people gave them, written only in a form that Windows can hold."""

import re
import unicodedata
from collections.abc import Callable
from typing import Final

from pmprb_desktop.evidence import media
from pmprb_desktop.i18n import _

MAX_NAME: Final = 4096
MAX_COMPONENT: Final = 120

_SURROGATES: Final = re.compile(r"[\ud800-\udfff]")
_SPACES: Final = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]")
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# Marks that turn the reading direction or cannot be seen: with them "fdp.exe" looks like "exe.pdf".
_HIDDEN: Final = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\u206a-\u206f\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_FORBIDDEN: Final = re.compile(r'[<>:"/\\|?*]')
_RESERVED: Final = frozenset(
    {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"}
    | {f"{port}{digit}" for port in ("COM", "LPT") for digit in "0123456789¹²³"}
)


def display_name(name: str) -> str:
    """A name that can be stored, printed and read: at most 4,096 characters, never a path.

    Lone surrogates and control characters become U+FFFD, line breaks a space; marks that change
    the reading direction are left out.
    """
    text = _SURROGATES.sub("\ufffd", name)
    text = _HIDDEN.sub("", text)
    text = _CONTROLS.sub("\ufffd", _SPACES.sub(" ", text))
    text = unicodedata.normalize("NFC", text).strip()
    if not text:
        return _("unnamed")
    return _cut(text, MAX_NAME, lambda part: len(part) <= MAX_NAME)


def safe_component(name: str, *, limit: int = MAX_COMPONENT) -> str:
    """One part of a path that Windows, FAT32 and Linux can hold.

    At most ``limit`` UTF-16 units and twice as many bytes; the ending is kept where there is one.
    """
    text = _FORBIDDEN.sub("_", display_name(name))
    text = " ".join(text.split()).lstrip(". ")
    text = _trim(text)
    text = _trim(_cut(text, limit, lambda part: _fits(part, limit)))
    if text.partition(".")[0].rstrip().upper() in _RESERVED:
        text = _trim(_cut(f"_{text}", limit, lambda part: _fits(part, limit)))
    return text or "_"


def file_name(name: str, media_type: str = "") -> str:
    """A display name with an ending that fits the content and starts nothing.

    ``surat.exe`` that is a PDF becomes ``surat.exe_.pdf``; a PDF without ending gets one.
    """
    text = display_name(name).rstrip(". ")
    if media.refused_ending(text):
        text += "_"
    fitting = media.ENDINGS.get(media_type, ())
    if fitting and media.ending(text) not in fitting:
        text += f".{fitting[0]}"
    return text


def unique_key(name: str) -> str:
    """What two names must not share inside one folder, on any file system."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name.upper()).casefold())


def _trim(text: str) -> str:
    return text.rstrip(". ")


def _fits(text: str, limit: int) -> bool:
    return len(text.encode("utf-16-le")) <= 2 * limit and len(text.encode()) <= 2 * limit


def split_ending(name: str) -> tuple[str, str]:
    """``("SK Tim", ".pdf")``; only short endings of letters and digits count as such."""
    stem, dot, last = name.rpartition(".")
    if dot and stem and last.isalnum() and last.isascii() and len(last) <= 8:
        return stem, f".{last}"
    return name, ""


def _cut(text: str, limit: int, fits: Callable[[str], bool]) -> str:
    if fits(text):
        return text
    stem, tail = split_ending(text)
    stem = stem[:limit]
    while stem and not fits(f"{stem.rstrip('. ')}{tail}"):
        stem = stem[:-1]
    return f"{stem.rstrip('. ')}{tail}"
