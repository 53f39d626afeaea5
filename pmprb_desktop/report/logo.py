"""The logo of a letterhead: checked before it is used, made small and plain for paper."""

import logging
from io import BytesIO
from typing import Any, Final

from reportlab.lib.units import mm
from reportlab.platypus import Image

from pmprb_desktop.errors import UserError
from pmprb_desktop.i18n import _

_log = logging.getLogger(__name__)

LOGO_MOST_BYTES: Final = 4 * 1024 * 1024
LOGO_MOST_PIXELS: Final = 25_000_000
LOGO_SIDE: Final = 20 * mm
_LOGO_DOTS: Final = 600


def check_logo(data: bytes) -> None:
    """Refuse a logo that no letterhead could show."""
    if _opened_logo(data) is None:
        raise UserError(
            "LOGO_INVALID",
            _("The logo is not a PNG or JPEG image of at most 4 MB."),
            safe=_("The letterhead stays as it was."),
            next_step=_("Save the logo as PNG or JPEG and choose it again."),
        )


def _opened_logo(data: bytes) -> Any:
    from PIL import Image as Pictures

    if len(data) > LOGO_MOST_BYTES:
        return None
    try:
        picture = Pictures.open(BytesIO(data), formats=("PNG", "JPEG"))
        if not 0 < picture.width * picture.height <= LOGO_MOST_PIXELS:
            return None
        picture.load()
    except (
        *(OSError, ValueError, SyntaxError),
        *(Pictures.DecompressionBombError, Pictures.DecompressionBombWarning),
    ):
        return None
    return picture


def logo_image(data: bytes) -> Image | None:
    """Flatten the logo on white and reduce it to what paper can show."""
    from PIL import Image as Pictures

    picture = _opened_logo(data)
    if picture is None:
        _log.warning("the logo of the letterhead cannot be used and is left out")
        return None
    picture = picture.convert("RGBA")
    picture.thumbnail((_LOGO_DOTS, _LOGO_DOTS))
    ground = Pictures.new("RGB", picture.size, "white")
    ground.paste(picture, mask=picture.getchannel("A"))
    out = BytesIO()
    ground.save(out, "PNG")
    out.seek(0)
    scale = LOGO_SIDE / max(ground.size)
    width, height = ground.width * scale, ground.height * scale
    return Image(out, width=width, height=height)
