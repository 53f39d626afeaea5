"""A PDF from flowables: paper, margins, footer, watermark, bookmarks and fixed metadata."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, Final, Literal

from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph

from pmprb_desktop import NAME, __version__, i18n
from pmprb_desktop.i18n import _
from pmprb_desktop.report.text import BOLD, REGULAR, fitted, markup, one_line, width_of

Paper = Literal["A4", "F4"]
PAPERS: Final[dict[Paper, tuple[float, float]]] = {
    "A4": (210 * mm, 297 * mm),
    "F4": (215 * mm, 330 * mm),
}
_FOOTER_SIZE: Final = 7.0
_FOOTER_ROOM: Final = 9 * mm


@dataclass(frozen=True, slots=True)
class Meta:
    """What the file says of itself. ``created`` is an RFC 3339 instant of the content."""

    title: str
    author: str
    subject: str
    created: str
    footer: str = ""
    watermark: str = ""


@dataclass(frozen=True, slots=True)
class Area:
    """Margins of a page in points."""

    left: float = 20 * mm
    right: float = 18 * mm
    top: float = 15 * mm
    bottom: float = 12 * mm


def text_width(paper: Paper, area: Area) -> float:
    """Width between the margins in points."""
    return PAPERS[paper][0] - area.left - area.right


def text_height(paper: Paper, area: Area) -> float:
    """Height between the margins, above the footer, in points."""
    return PAPERS[paper][1] - area.top - area.bottom - _FOOTER_ROOM


class Heading(Paragraph):
    """A line that is also a bookmark of the file."""

    def __init__(self, text: str, kind: ParagraphStyle, level: int = 0, label: str = "") -> None:
        super().__init__(markup(text, kind.fontName), kind)
        self._level = level
        self._label = one_line(label or text)[:200]

    def draw(self) -> None:
        """Paint the line and set the bookmark."""
        canvas: Any = self.canv
        number = getattr(canvas, "_bookmarks_set", 0) + 1
        canvas._bookmarks_set = number  # noqa: SLF001  (our own mark on the canvas)
        key = f"section-{number}"
        canvas.bookmarkHorizontal(key, 0, self.height)
        canvas.addOutlineEntry(self._label, key, self._level, closed=self._level > 0)
        super().draw()


@dataclass(frozen=True, slots=True)
class _Stamp:
    """Stands for reportlab's time stamp, so that the file's date is that of its content."""

    t: float
    YMDhms: tuple[int, ...]
    dhh: int = 0
    dmm: int = 0


class _Document(BaseDocTemplate):
    """One frame per page, a footer with the page of pages below it."""

    def __init__(self, out: BytesIO, meta: Meta, paper: Paper, area: Area, pages: int) -> None:
        super().__init__(
            out,
            pagesize=PAPERS[paper],
            title=one_line(meta.title)[:500],
            author=one_line(meta.author)[:500],
            subject=one_line(meta.subject)[:500],
            creator=f"{NAME} {__version__}",
            producer=NAME,
            lang=i18n.language(),
            invariant=1,
            pageCompression=1,
        )
        self.meta = meta
        self.pages = pages
        self.area = area
        frame = Frame(
            area.left,
            area.bottom + _FOOTER_ROOM,
            text_width(paper, area),
            text_height(paper, area),
            leftPadding=0,
            rightPadding=0,
            topPadding=0,
            bottomPadding=0,
        )
        self.addPageTemplates(PageTemplate(id="page", frames=[frame], onPage=self._on_page))

    def _on_page(self, canvas: Canvas, _document: Any) -> None:
        width, height = _size_of(canvas)
        if self.meta.watermark:
            _watermark(canvas, self.meta.watermark, width, height)
        area = self.area
        base = area.bottom
        canvas.saveState()
        canvas.setLineWidth(0.4)
        canvas.line(area.left, base + 10, width - area.right, base + 10)
        page = _("Page {page} of {pages}").format(page=canvas.getPageNumber(), pages=self.pages)
        end = width - area.right
        canvas.setFont(REGULAR, _FOOTER_SIZE)
        canvas.drawRightString(end, base, page)
        room = end - width_of(page, REGULAR, _FOOTER_SIZE) - area.left - 12
        canvas.drawString(area.left, base, fitted(self.meta.footer, REGULAR, _FOOTER_SIZE, room))
        canvas.restoreState()

    def beforeDocument(self) -> None:
        """Fix what would otherwise be the clock's: date and identity of the file."""
        at = datetime.fromisoformat(self.meta.created).astimezone(UTC)
        canvas: Any = self.canv
        document = canvas._doc  # noqa: SLF001  (reportlab has no other way to set a date)
        document._timeStamp = _Stamp(at.timestamp(), tuple(at.timetuple())[:6])  # noqa: SLF001
        document.signature = hashlib.md5(usedforsecurity=False)
        self.canv.setViewerPreference("DisplayDocTitle", "true")
        self.canv.showOutline()


def _size_of(canvas: Canvas) -> tuple[float, float]:
    """Size of the canvas's page in points."""
    size: tuple[float, float] = getattr(canvas, "_pagesize")  # noqa: B009  (the stub lacks it)
    return size


def _watermark(canvas: Canvas, word: str, width: float, height: float) -> None:
    """Paint a large word across the page, pale enough to read over, below everything else."""
    size = width * 0.82 / max(1.0, width_of(word, BOLD, 1.0))
    canvas.saveState()
    canvas.translate(width / 2, height / 2)
    canvas.rotate(52)
    canvas.setFont(BOLD, size)
    canvas.setFillGray(0.9)
    canvas.drawCentredString(0, -size * 0.35, word)
    canvas.restoreState()


def build(story: Callable[[], Iterable[Flowable]], meta: Meta, paper: Paper, area: Area) -> bytes:
    """Make the bytes of the PDF; the same story and meta give the same bytes.

    ``story`` is called again when there is more than one page: the foot of the first page must
    know how many follow.
    """
    data, pages = _built(story(), meta, paper, area, 1)
    return data if pages == 1 else _built(story(), meta, paper, area, pages)[0]


def _built(
    story: Iterable[Flowable], meta: Meta, paper: Paper, area: Area, pages: int
) -> tuple[bytes, int]:
    out = BytesIO()
    document = _Document(out, meta, paper, area, pages)
    document.build(list(story))
    return out.getvalue(), document.page
