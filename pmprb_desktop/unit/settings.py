"""Small settings of a workspace, and the letterhead of its prints."""

import base64
import json
from typing import Final

from pmprb_desktop.errors import UserError
from pmprb_desktop.i18n import _
from pmprb_desktop.unit.damage import kept_json
from pmprb_desktop.unit.texts import clean, line
from pmprb_desktop.unit.workspace import Workspace
from pmprb_desktop.values import LetterheadInfo

LOGO_LIMIT: Final = 512 * 1024
_SETTING_LIMIT: Final = 1_000_000


def setting(ws: Workspace, key: str, default: str = "") -> str:
    """A small setting of this workspace."""
    with ws.transaction() as repo:
        return repo.setting(key, default)


def set_setting(ws: Workspace, key: str, value: str) -> None:
    """Keep a small setting in this workspace."""
    with ws.transaction() as repo:
        repo.set_setting(key, clean(value, _SETTING_LIMIT))


def letterhead(ws: Workspace) -> LetterheadInfo:
    """What stands on top of prints."""
    return parse_letterhead(setting(ws, "letterhead", "{}"))


def parse_letterhead(text: str) -> LetterheadInfo:
    """The letterhead out of its setting."""
    kept = kept_json(text, "letterhead")
    logo = kept.get("logo")
    return LetterheadInfo(
        lines=tuple(kept.get("lines", ())),
        address=kept.get("address", ""),
        number=kept.get("number", ""),
        place=kept.get("place", ""),
        logo=base64.b64decode(logo) if logo else None,
    )


def set_letterhead(ws: Workspace, head: LetterheadInfo) -> LetterheadInfo:
    """Keep what stands on top of prints; a logo is a PNG or JPEG of at most 512 KiB."""
    if head.logo is not None and (
        len(head.logo) > LOGO_LIMIT
        or not head.logo.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"))
    ):
        raise UserError(
            "LOGO_INVALID",
            _("The logo must be a PNG or JPEG picture of at most 512 KiB."),
            safe=_("The letterhead was not changed."),
            next_step=_("Choose a smaller picture."),
        )
    kept = {
        "lines": [line(entry) for entry in head.lines if line(entry)],
        "address": line(head.address),
        "number": line(head.number),
        "place": line(head.place),
        "logo": base64.b64encode(head.logo).decode() if head.logo else None,
    }
    set_setting(ws, "letterhead", json.dumps(kept, ensure_ascii=False))
    return letterhead(ws)
