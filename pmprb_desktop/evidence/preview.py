"""Pictures of evidence: pages of PDF files and photos, within hard bounds.

Files come from anywhere, so nothing here raises on what is inside them. Every function may be
called from a worker thread; PDF work is done one at a time, since its library asks for that.
"""

import io
import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from pmprb_desktop.evidence import media
from pmprb_desktop.i18n import _

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_PIXELS: Final = 50_000_000
MAX_SIDE: Final = 4_000
MAX_PAGES: Final = 5_000
REDUCED_SIDE: Final = 2_000
_MAX_IMAGE_BYTES: Final = 150_000_000
_MOST_OBJECTS: Final = 5_000

_FORMATS: Final = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/gif": "GIF",
    "image/bmp": "BMP",
    "image/tiff": "TIFF",
    "image/webp": "WEBP",
}
_MANY_FRAMES: Final = frozenset({"image/tiff"})

_log = logging.getLogger(__name__)
_pdf_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class PageImage:
    """A picture: rows from top to bottom, 3 or 4 bytes a pixel, nothing between the rows."""

    width: int
    height: int
    mode: Literal["RGB", "RGBA"]
    data: bytes


@dataclass(frozen=True, slots=True)
class PreviewUnavailable:
    """There is no picture; ``reason`` is a sentence for people."""

    reason: str


class _Refused(Exception):  # noqa: N818  (never leaves this module)
    pass


def can_preview(media_type: str) -> bool:
    """Whether a kind of file is shown inside the program at all."""
    return media_type == media.PDF or media_type in _FORMATS


def page_count(path: Path, media_type: str) -> int | None:
    """Pages of a PDF or TIFF, 1 for other pictures; None when that cannot be told."""
    try:
        if media_type == media.PDF:
            with _pdf(path) as document:
                return len(document)
        if media_type in _MANY_FRAMES:
            with _image(path, media_type) as image:
                return sum(1 for _frame in islice(_frames(image), MAX_PAGES))
        if media_type in _FORMATS:
            with _image(path, media_type):
                return 1
    except Exception as error:  # noqa: BLE001  (libraries raise anything on broken files)
        _log.info("no page count: %s", type(error).__name__)
    return None


def page_image(
    path: Path, media_type: str, page: int = 0, longest_side: int = 1_600
) -> PageImage | PreviewUnavailable:
    """Page ``page`` (from 0) scaled so that its longest side has ``longest_side`` pixels.

    Photos are turned upright and never enlarged; ``longest_side`` is kept within 16 … 4,000.
    """
    side = max(16, min(longest_side, MAX_SIDE))
    try:
        if media_type == media.PDF:
            with _pdf(path) as document:
                return _render(document, page, side)
        if media_type in _FORMATS:
            with _image(path, media_type) as image:
                return _scale(image, page, side)
    except _Refused as refused:
        return PreviewUnavailable(str(refused))
    except Exception as error:  # noqa: BLE001  (libraries raise anything on broken files)
        _log.info("no preview: %s", type(error).__name__)
        return PreviewUnavailable(_("This file cannot be shown; it may be damaged."))
    return PreviewUnavailable(_("Files of this kind are not shown here."))


def thumbnail(
    path: Path, media_type: str, longest_side: int = 128
) -> PageImage | PreviewUnavailable:
    """A small picture of the first page."""
    return page_image(path, media_type, 0, longest_side)


def reduced(path: Path) -> bytes | None:
    """A photo as a smaller JPEG, upright, longest side 2,000 px, without its metadata.

    None when it is no photo, broken, or would not become smaller.
    """
    try:
        with _image(path, *_FORMATS) as image:
            if image.format == "GIF" or _frame_count(image) > 1:
                return None
            if max(image.size) <= REDUCED_SIDE and image.getexif().get(0x0112, 1) == 1:
                return None
            small = _upright(image, REDUCED_SIDE)
            if small.mode == "RGBA":
                return None  # a drawing or a screen shot with holes, not a photo
            target = io.BytesIO()
            small.save(target, "JPEG", quality=85, optimize=True)
    except Exception as error:  # noqa: BLE001  (libraries raise anything on broken files)
        _log.info("not reduced: %s", type(error).__name__)
        return None
    data = target.getvalue()
    return data if len(data) < path.stat().st_size else None


@contextmanager
def _pdf(path: Path) -> Iterator[Any]:
    import pypdfium2

    with _pdf_lock:
        try:
            document = pypdfium2.PdfDocument(path)
        except pypdfium2.PdfiumError as error:
            if "password" in str(error).casefold():
                raise _Refused(_("This file is protected by a password.")) from error
            raise
        try:
            yield document
        finally:
            document.close()


def _render(document: Any, number: int, side: int) -> PageImage:
    if not 0 <= number < len(document):
        raise _Refused(_("There is no such page."))
    page = document[number]
    try:
        width, height = page.get_size()
        if not (0 < width < 1e6 and 0 < height < 1e6):
            raise _Refused(_("This page is too large to be shown here."))
        _refuse_huge_pictures(page)
        # both sides within the bound, and at least one pixel however thin the page is
        scale = min(side / max(width, height), 20.0)
        if min(width, height) * scale < 1:
            raise _Refused(_("This page is too large to be shown here."))
        bitmap = page.render(scale=scale, rev_byteorder=True)
        try:
            picture = bitmap.to_pil().convert("RGB")
            return PageImage(picture.width, picture.height, "RGB", picture.tobytes())
        finally:
            bitmap.close()
    finally:
        page.close()


def _refuse_huge_pictures(page: Any) -> None:
    """A page can hold a picture that needs gigabytes once it is unpacked."""
    from pypdfium2 import raw

    found = page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=8)
    for entry in islice(found, _MOST_OBJECTS):
        width, height = entry.get_px_size()
        if width * height <= MAX_PIXELS:
            continue
        bits = entry.get_metadata().bits_per_pixel if width * height <= 4 * MAX_PIXELS else 32
        if width * height * max(1, bits) // 8 > _MAX_IMAGE_BYTES:
            raise _Refused(_("This page is too large to be shown here."))


@contextmanager
def _image(path: Path, *media_types: str) -> Iterator["Image"]:
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    warnings.filterwarnings("error", category=Image.DecompressionBombWarning)
    formats = [_FORMATS[media_type] for media_type in media_types]
    try:
        image = Image.open(path, formats=formats)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _Refused(_too_many_pixels()) from error
    with image:
        _check_pixels(image)
        yield image


def _too_many_pixels() -> str:
    return _("This picture has more than 50 million pixels and is not shown here.")


def _check_pixels(image: "Image") -> None:
    if image.width * image.height > MAX_PIXELS:
        raise _Refused(_too_many_pixels())


def _frames(image: "Image") -> Iterator[int]:
    number = 0
    while True:
        try:
            image.seek(number)
        except EOFError:
            return
        yield number
        number += 1


def _frame_count(image: "Image") -> int:
    return sum(1 for _frame in islice(_frames(image), 2)) if image.format == "TIFF" else 1


def _scale(image: "Image", number: int, side: int) -> PageImage:
    if number:
        if not 0 < number < MAX_PAGES or image.format != "TIFF":
            raise _Refused(_("There is no such page."))
        try:
            image.seek(number)
        except EOFError:
            raise _Refused(_("There is no such page.")) from None
        _check_pixels(image)
    small = _upright(image, side)
    return PageImage(
        small.width, small.height, "RGBA" if small.mode == "RGBA" else "RGB", small.tobytes()
    )


def _upright(image: "Image", side: int) -> "Image":
    """Scaled down, turned as the camera was held, and in RGB, or RGBA where it has holes."""
    from PIL import Image, ImageOps

    orientation = image.getexif().get(0x0112, 1)
    if image.format == "JPEG":
        image.draft("RGB", (side, side))
    holes = image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info
    picture: Image.Image = image
    if picture.mode.startswith("I") or picture.mode == "F":
        # 16 bits of grey: keep the upper eight
        picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    picture = picture.convert("RGBA" if holes else "RGB")
    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    if orientation != 1:
        picture.getexif()[0x0112] = orientation
        picture = ImageOps.exif_transpose(picture)
    return picture
