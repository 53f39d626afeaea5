"""Text that people typed, before it is kept: normalised, without what a database cannot bind."""

import re
import unicodedata
from typing import Final

from pmprb_desktop.errors import UserError
from pmprb_desktop.i18n import _
from pmprb_desktop.reasons import BIDI

_TURNING: Final = re.compile(f"[{BIDI}]")
NOTE_LIMIT = 20_000
LINE_LIMIT = 500


def clean(text: str, limit: int = NOTE_LIMIT) -> str:
    """NFC text without control characters and lone surrogates; too long a text is refused."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(
        char for char in text if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs")
    )
    kept = unicodedata.normalize("NFC", kept)
    if len(kept) > limit:
        raise UserError(
            "TEXT_TOO_LONG",
            _("The text has {count} characters; at most {limit} fit.").format(
                count=len(kept), limit=limit
            ),
            safe=_("What was saved before is still there."),
            next_step=_("Shorten it, or attach it as a file."),
        )
    return kept


def line(text: str, limit: int = LINE_LIMIT) -> str:
    """One line of text: a name, a label. What would turn the writing direction is dropped."""
    return " ".join(_TURNING.sub("", clean(text, limit)).split())
