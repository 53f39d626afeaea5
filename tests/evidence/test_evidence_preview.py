"""Pictures within bounds; broken and hostile files give none, and never an exception."""

import io
import struct
import threading
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pmprb_desktop.evidence import (
    PageImage,
    PreviewUnavailable,
    can_preview,
    page_count,
    page_image,
    reduced,
    thumbnail,
)
from tests.evidence import evidence_samples as samples


def put(folder: Path, data: bytes) -> Path:
    """Write a file as the store keeps it: without an ending."""
    path = folder / "blob"
    path.write_bytes(data)
    return path


def shown(result: PageImage | PreviewUnavailable) -> PageImage:
    """The picture, with as many bytes as it has pixels."""
    assert isinstance(result, PageImage), result
    pixel = 4 if result.mode == "RGBA" else 3
    assert len(result.data) == result.width * result.height * pixel
    return result


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds almost nothing."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))
        )

    head = struct.pack(">LLBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def test_pages_of_a_pdf(tmp_path: Path) -> None:
    """Counted, and drawn at the size that was asked for."""
    path = put(tmp_path, samples.pdf(pages=3))
    assert page_count(path, "application/pdf") == 3
    page = shown(page_image(path, "application/pdf", 2, 800))
    assert page.height == 800
    assert 560 <= page.width <= 570
    assert set(page.data) == {255}
    assert isinstance(page_image(path, "application/pdf", 3, 800), PreviewUnavailable)
    assert isinstance(page_image(path, "application/pdf", -1, 800), PreviewUnavailable)


@pytest.mark.parametrize(("width", "height"), [(200, 200_000), (1_000_000, 1_000_000), (1, 3)])
def test_a_page_of_any_size_stays_within_bounds(tmp_path: Path, width: int, height: int) -> None:
    """A page may claim kilometres."""
    result = page_image(put(tmp_path, samples.pdf(1, width, height)), "application/pdf", 0, 10**9)
    if isinstance(result, PageImage):
        assert max(shown(result).width, result.height) <= 4_001


def test_a_pdf_with_a_picture_bomb_is_not_drawn(tmp_path: Path) -> None:
    """A few bytes can unpack to gigabytes."""
    body = zlib.compress(b"\0" * 10_000)
    picture = (
        b"4 0 obj\n<< /Type /XObject /Subtype /Image /Width 30000 /Height 30000"
        b" /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /FlateDecode"
        b" /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (len(body), body)
    )
    drawing = b"q 200 0 0 200 0 0 cm /I Do Q"
    data = (
        b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
        b"2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
        b"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 5 0 R"
        b" /Resources << /XObject << /I 4 0 R >> >> >>\nendobj\n"
        + picture
        + b"5 0 obj\n<< /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (len(drawing), drawing)
        + b"trailer\n<< /Root 1 0 R /Size 6 >>\n%%EOF\n"
    )
    path = put(tmp_path, data)
    assert page_count(path, "application/pdf") == 1
    assert isinstance(thumbnail(path, "application/pdf"), PreviewUnavailable)
    path.write_bytes(data.replace(b"30000", b"50   "))
    shown(thumbnail(path, "application/pdf"))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP"])
def test_pictures(tmp_path: Path, kind: str) -> None:
    """Scaled down, never up."""
    path = put(tmp_path, samples.picture(kind, (400, 300)))
    media_type = f"image/{kind.lower()}"
    assert can_preview(media_type)
    assert page_count(path, media_type) == 1
    small = shown(thumbnail(path, media_type, 100))
    assert (small.width, small.height) == (100, 75)
    large = shown(page_image(path, media_type, 0, 3_000))
    assert (large.width, large.height) == (400, 300)
    assert large.data[0] < 40
    assert 120 < large.data[2] < 150
    assert isinstance(page_image(path, media_type, 1, 100), PreviewUnavailable)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "I", "CMYK", "F"])
def test_every_colour_mode(tmp_path: Path, mode: str) -> None:
    """Holes stay holes, all else becomes RGB."""
    kind = "TIFF" if mode in {"CMYK", "F", "I"} else "PNG"
    path = put(tmp_path, samples.picture(kind, (20, 10), mode))
    result = shown(page_image(path, f"image/{kind.lower()}", 0, 100))
    assert result.mode == ("RGBA" if mode in {"LA", "RGBA"} else "RGB")


def test_sixteen_bits_of_grey_keep_their_shades(tmp_path: Path) -> None:
    """The upper eight bits count."""
    target = io.BytesIO()
    Image.new("I;16", (4, 4), 128 * 256).save(target, "PNG")
    result = shown(page_image(put(tmp_path, target.getvalue()), "image/png", 0, 100))
    assert set(result.data) == {128}


def _turned(orientation: int) -> dict[str, Any]:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return {"exif": exif.tobytes()}


def test_photos_are_turned_upright(tmp_path: Path) -> None:
    """As the camera was held."""
    path = put(tmp_path, samples.picture("JPEG", (400, 300), **_turned(6)))
    result = shown(page_image(path, "image/jpeg", 0, 200))
    assert (result.width, result.height) == (150, 200)


def test_pages_of_a_tiff(tmp_path: Path) -> None:
    """Scanners write several into one file."""
    pages = [Image.new("RGB", (20 + number, 10), "white") for number in range(3)]
    target = io.BytesIO()
    pages[0].save(target, "TIFF", save_all=True, append_images=pages[1:])
    path = put(tmp_path, target.getvalue())
    assert page_count(path, "image/tiff") == 3
    assert shown(page_image(path, "image/tiff", 2, 100)).width == 22
    assert isinstance(page_image(path, "image/tiff", 3, 100), PreviewUnavailable)


@pytest.mark.parametrize(("width", "height"), [(60_000, 60_000), (10_000, 5_001), (2**31 - 1, 1)])
def test_pixel_bombs_are_refused_by_their_header(tmp_path: Path, width: int, height: int) -> None:
    """Nothing of more than 50 million pixels is unpacked."""
    path = put(tmp_path, png_header(width, height))
    result = page_image(path, "image/png", 0, 100)
    assert isinstance(result, PreviewUnavailable)
    assert result.reason
    assert page_count(path, "image/png") is None
    assert reduced(path) is None


@pytest.mark.parametrize(("name", "data", "media_type", "_flags"), samples.ACCEPTED)
def test_no_kind_of_file_raises(
    tmp_path: Path, name: str, data: bytes, media_type: str, _flags: object
) -> None:
    """Whole, cut short, or under a wrong type."""
    for content in (data, data[: len(data) // 2], data + b"x", b"", b"\0" * 100):
        path = put(tmp_path, content)
        for claimed in {media_type, "application/pdf", "image/jpeg", "image/tiff"}:
            page_count(path, claimed)
            assert page_image(path, claimed, 0, 64)
        reduced(path)


def test_web_pages_and_drawings_are_never_shown(tmp_path: Path) -> None:
    """They can contain scripts."""
    for media_type in ("text/html", "image/svg+xml", "image/heic", "video/mp4"):
        assert not can_preview(media_type)
        path = put(tmp_path, samples.picture("PNG"))
        assert isinstance(thumbnail(path, media_type), PreviewUnavailable)
        assert page_count(path, media_type) is None


def test_a_missing_file_gives_no_picture(tmp_path: Path) -> None:
    """Also without a file nothing raises."""
    for media_type in ("application/pdf", "image/png"):
        assert isinstance(thumbnail(tmp_path / "hilang", media_type), PreviewUnavailable)
        assert page_count(tmp_path / "hilang", media_type) is None


def test_many_threads_draw_at_once(tmp_path: Path) -> None:
    """The window asks from worker threads."""
    path = put(tmp_path, samples.pdf(8))
    results: list[PageImage | PreviewUnavailable] = []
    threads = [
        threading.Thread(
            target=lambda n=number: results.append(page_image(path, "application/pdf", n, 120))
        )
        for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([shown(result) for result in results]) == 8


def _noise(size: tuple[int, int]) -> Image.Image:
    return Image.effect_noise(size, 80).convert("RGB")


def test_a_large_photo_is_reduced_and_turned(tmp_path: Path) -> None:
    """Longest side 2,000 pixels, upright, smaller, without the camera's notes."""
    target = io.BytesIO()
    _noise((3000, 1500)).save(target, "JPEG", quality=95, **_turned(8))
    data = reduced(put(tmp_path, target.getvalue()))
    assert data is not None
    with Image.open(io.BytesIO(data)) as small:
        assert small.format == "JPEG"
        assert small.size == (1000, 2000)
        assert not small.getexif()


@pytest.mark.parametrize(
    "data",
    [
        samples.picture("JPEG", (400, 300)),
        samples.picture("GIF", (3000, 10)),
        samples.picture("PNG", (3000, 10), "RGBA"),
        samples.pdf(),
        b"",
    ],
)
def test_what_gains_nothing_is_not_reduced(tmp_path: Path, data: bytes) -> None:
    """Small photos, drawings, documents."""
    assert reduced(put(tmp_path, data)) is None
