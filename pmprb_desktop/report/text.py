"""Texts of people on paper: embedded fonts, no markup, nothing lost without a trace."""

import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal
from xml.sax.saxutils import escape

from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph

from pmprb_desktop import paths

if TYPE_CHECKING:
    from collections.abc import Iterable

REGULAR: Final = "PMPRBSans"
BOLD: Final = "PMPRBSans-Bold"
OBLIQUE: Final = "PMPRBSans-Oblique"
_FILES: Final = {
    REGULAR: "DejaVuSans.ttf",
    BOLD: "DejaVuSans-Bold.ttf",
    OBLIQUE: "DejaVuSans-Oblique.ttf",
}
MISSING: Final = "□"
_SPACES: Final = "\t\u00a0\u2007\u202f"
_SILENT: Final = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufe0e\ufe0f\ufeff")
"""Characters that show nothing by themselves: joiners, variation selectors, soft hyphens."""
_BREAKS: Final = str.maketrans(
    {"\r": "\n", "\x0b": "\n", "\x0c": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n"}
)
_ALIGN: Final[dict[str, Literal[0, 1, 2, 4]]] = {"left": 0, "center": 1, "right": 2, "justify": 4}
_LARGEST_CODE: Final = 0xFFFF
_NARROWEST: Final = 0.2
"""No run of text is on average narrower than this, in parts of the font size."""


@cache
def register_fonts() -> None:
    """Load the fonts once; the face of each knows which characters it has."""
    folder = paths.resources() / "fonts"
    for name, file in _FILES.items():
        pdfmetrics.registerFont(TTFont(name, str(folder / file)))
    for name in _FILES:
        pdfmetrics.registerFontFamily(name, normal=name, bold=BOLD, italic=OBLIQUE, boldItalic=BOLD)


@cache
def _known(font: str) -> frozenset[int]:
    register_fonts()
    face: Any = getattr(pdfmetrics.getFont(font), "face")  # noqa: B009  (the stub lacks it)
    return frozenset(code for code in face.charToGlyph if code <= _LARGEST_CODE)


def visible(text: str, font: str = REGULAR) -> str:
    """Spell a text as this font can show it; what it lacks becomes ``□``.

    Letters in fancy dress (full width, mathematical) become plain ones where that helps. Line
    breaks stay; control and bidi-control characters become visible.
    """
    known = _known(font)
    shown: list[str] = []
    for character in unicodedata.normalize("NFC", text.replace("\r\n", "\n").translate(_BREAKS)):
        if character == "\n" or (ord(character) in known and character.isprintable()):
            shown.append(character)
        elif character in _SPACES:
            shown.append(" ")
        elif character not in _SILENT:
            plain = unicodedata.normalize("NFKC", character)
            fits = all(ord(part) in known and part.isprintable() for part in plain)
            shown.append(plain if fits else MISSING)
    return "".join(shown)


def one_line(text: str, font: str = REGULAR) -> str:
    """Spell a text as this font can show it, on one line."""
    return " ".join(visible(text, font).split())


def width_of(text: str, font: str, size: float) -> float:
    """Width of a line in points."""
    register_fonts()
    return float(pdfmetrics.stringWidth(text, font, size))


def fitted(text: str, font: str, size: float, width: float) -> str:
    """One line cut with an ellipsis to ``width`` points."""
    line = one_line(text[:2000], font)
    if width_of(line, font, size) <= width:
        return line
    low, high = 0, len(line)
    while low < high:
        middle = (low + high + 1) // 2
        if width_of(f"{line[:middle].rstrip()}…", font, size) <= width:
            low = middle
        else:
            high = middle - 1
    return f"{line[:low].rstrip()}…"


@cache
def style(
    size: float = 9.0,
    font: str = REGULAR,
    align: str = "left",
    *,
    leading: float = 1.28,
    before: float = 0.0,
    after: float = 0.0,
    indent: float = 0.0,
    hanging: float = 0.0,
) -> ParagraphStyle:
    """Make a paragraph style; lengths in points, ``leading`` in parts of the size."""
    register_fonts()
    return ParagraphStyle(
        name=f"{font}-{size}-{align}",
        fontName=font,
        fontSize=size,
        leading=size * leading,
        alignment=_ALIGN[align],
        spaceBefore=before,
        spaceAfter=after,
        leftIndent=indent + hanging,
        firstLineIndent=-hanging,
        splitLongWords=1,
        allowWidows=0,
        allowOrphans=0,
    )


def markup(text: str, font: str = REGULAR) -> str:
    """Text of people as reportlab's markup: nothing in it is interpreted."""
    return escape(visible(text, font)).replace("\n", "<br/>")


def para(text: str, kind: ParagraphStyle) -> Paragraph:
    """Make a paragraph of plain text, wrapped and never cut."""
    return Paragraph(markup(text, kind.fontName), kind)


def bold_in(template: str, kind: ParagraphStyle, **fields: str) -> Paragraph:
    """Make a paragraph of a text of ours with its ``{fields}`` put in bold and escaped."""
    safe = {name: f"<b>{markup(value, BOLD)}</b>" for name, value in fields.items()}
    return Paragraph(markup(template, kind.fontName).format(**safe), kind)


def clipped(text: str, kind: ParagraphStyle, width: float, lines: int) -> Paragraph:
    """Make a paragraph of at most ``lines`` lines; a longer text ends with an ellipsis."""
    # No more can be shown than this, so that a book in a field costs no more than a page.
    room = int(lines * width / (kind.fontSize * _NARROWEST)) + 1
    return para(_clipped(text.strip()[: room + 1], kind, width, lines, room), kind)


@lru_cache(maxsize=512)
def _clipped(text: str, kind: ParagraphStyle, width: float, lines: int, room: int) -> str:
    start = "\n".join(text[:room].split("\n")[: lines + 1])
    whole = start == text
    most = lines * (width - kind.leftIndent)
    while width_of(one_line(start, kind.fontName), kind.fontName, kind.fontSize) > most:
        start, whole = start[: len(start) * 9 // 10], False
    if whole and line_count(para(start, kind), width) <= lines:
        return text
    low, high = 0, len(start)
    while low < high:
        middle = (low + high + 1) // 2
        if line_count(para(_cut(start, middle), kind), width) <= lines:
            low = middle
        else:
            high = middle - 1
    return _cut(start, low)


def _cut(text: str, length: int) -> str:
    return f"{text[:length].rstrip()} …"


def line_count(paragraph: Paragraph, width: float) -> int:
    """Lines of a paragraph in a column of ``width`` points."""
    inner = width - paragraph.style.leftIndent - paragraph.style.rightIndent
    return len(paragraph.breakLines(inner).lines)


def joined(parts: "Iterable[str]", separator: str = ", ") -> str:
    """Parts that are not empty, joined."""
    return separator.join(part for part in parts if part)
