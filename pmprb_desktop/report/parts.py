"""Pieces that several reports share: letterhead, tables of scores, code with QR, chart, lists."""

from collections.abc import Sequence
from typing import Any, Final

from reportlab.graphics.barcode.qr import QrCode
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Spacer, Table

from pmprb_desktop.i18n import _, ngettext
from pmprb_desktop.report import chart as charts
from pmprb_desktop.report.logo import LOGO_SIDE, logo_image
from pmprb_desktop.report.text import BOLD, REGULAR, clipped, fitted, para, style
from pmprb_desktop.report.view import Letterhead, ReportView, ScoreRow
from pmprb_desktop.report.words import decimal_id

HEAD_FILL: Final = 0.9
LINE: Final = 0.4
BLANK_LINE: Final = "." * 40

Commands = list[tuple[Any, ...]]


def plain_table(
    rows: Sequence[Sequence[Any]],
    widths: Sequence[float],
    commands: Sequence[tuple[Any, ...]] = (),
    *,
    repeat: int = 0,
    pad: float = 0.0,
    split: bool = True,
    least: float = 0.0,
) -> Table:
    """Make a table without lines and padding but those asked for.

    A row that is too tall for a page splits unless ``split`` is off; ``least`` is the height that
    every row but the head has at least.
    """
    base: Commands = [
        ("FONT", (0, 0), (-1, -1), REGULAR, 8),
        ("LEFTPADDING", (0, 0), (-1, -1), pad),
        ("RIGHTPADDING", (0, 0), (-1, -1), pad),
        ("TOPPADDING", (0, 0), (-1, -1), pad / 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), pad / 2),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ]
    return Table(
        [list(row) for row in rows],
        colWidths=list(widths),
        style=[*base, *commands],
        repeatRows=repeat,
        splitInRow=int(split),
        minRowHeights=[0.0, *[least] * (len(rows) - 1)] if least else None,
        hAlign="LEFT",
    )


def grid_table(
    rows: Sequence[Sequence[Any]],
    widths: Sequence[float],
    commands: Sequence[tuple[Any, ...]] = (),
    *,
    pad: float = 3.0,
    least: float = 0.0,
) -> Table:
    """Make a ruled table whose first row is its head and comes again on every page."""
    lines: Commands = [
        ("GRID", (0, 0), (-1, -1), LINE, "black"),
        ("BACKGROUND", (0, 0), (-1, 0), (HEAD_FILL, HEAD_FILL, HEAD_FILL)),
        ("VALIGN", (0, 0), (-1, 0), "MIDDLE"),
    ]
    return plain_table(
        rows, widths, [*lines, *commands], repeat=1, pad=pad, split=False, least=least
    )


def letterhead(head: Letterhead, width: float) -> list[Flowable]:
    """Logo, lines of the office and address over a double rule; nothing where nothing is set."""
    if not (head.lines or head.address or head.logo):
        return []
    logo = logo_image(head.logo) if head.logo else None
    side = (LOGO_SIDE + 4 * mm) if logo is not None else 0.0
    room = width - 2 * side
    lines: list[Flowable] = []
    for index, line in enumerate(head.lines[:4]):
        last = index == min(len(head.lines), 4) - 1
        size = 13.0 if last else 11.0
        lines.append(clipped(line, style(size, BOLD, "center", leading=1.2), room, 2))
    if head.address:
        lines.append(clipped(head.address, style(8, align="center", before=2), room, 2))
    row = [logo or "", lines, ""]
    table = plain_table(
        [row],
        [side, room, side],
        [
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
            ("LINEBELOW", (0, 0), (-1, -1), 1.6, "black"),
        ],
    )
    return [table, _Rule(width), Spacer(1, 8)]


class _Rule(Flowable):
    """The thin line below the thick one of a letterhead."""

    def __init__(self, width: float) -> None:
        super().__init__()
        self.width = width
        self.height = 2.0

    def draw(self) -> None:
        """Paint it."""
        self.canv.setLineWidth(0.5)
        self.canv.line(0, 0, self.width, 0)


def score_table(
    rows: Sequence[ScoreRow], view: ReportView, width: float, *, size: float = 8.0, lines: int = 4
) -> Table:
    """Weight, score and % per component and area, the total below."""
    number = size * 5.2
    code = size * 5.4
    title = width - code - 3 * number
    cell, strong = style(size, leading=1.2), style(size, BOLD, leading=1.2)
    right, right_strong = style(size, align="right"), style(size, BOLD, align="right")
    middle = style(size, BOLD, "center")
    head = [_("Code"), _("Component and area"), _("Weight"), _("Score"), "%"]
    table: list[list[Any]] = [[para(text, middle) for text in head]]
    top = min((row.depth for row in rows), default=0)
    for row in rows:
        kind, numbers = (cell, right) if row.level == "area" else (strong, right_strong)
        step = (row.depth - top) * size * 0.7
        indented = style(size, kind.fontName, leading=1.2, indent=step)
        table.append(
            [
                clipped(row.code, kind, code - 5, 2),
                clipped(row.title, indented, title - 5, lines),
                para(_weight(row), numbers),
                para(decimal_id(row.score), numbers),
                para(_percent(row.share), numbers),
            ]
        )
    total = [view.weight, view.total]
    cells: list[Any] = [para(_("Total"), strong), ""]
    cells += [para(decimal_id(value), right_strong) for value in total]
    table.append([*cells, para(_percent(view.share), right_strong)])
    shade = (HEAD_FILL, HEAD_FILL, HEAD_FILL)
    return grid_table(
        table,
        [code, title, number, number, number],
        [("SPAN", (0, -1), (1, -1)), ("BACKGROUND", (0, -1), (-1, -1), shade)],
        pad=size * 0.3,
    )


def _weight(row: ScoreRow) -> str:
    """Write the weight; where a part of it does not apply, the applicable part too."""
    if row.available == row.weight:
        return decimal_id(row.weight)
    return f"{decimal_id(row.weight)} ({decimal_id(row.available)})"


def _percent(share: Any) -> str:
    return "–" if share is None else decimal_id(share * 100)


class ChartBox(Flowable):
    """The shapes of a chart, painted as they are."""

    def __init__(self, chart: charts.Chart) -> None:
        super().__init__()
        self.chart = chart
        self.width, self.height = chart.width, chart.height

    def draw(self) -> None:
        """Paint every shape in order."""
        for shape in self.chart.shapes:
            draw_shape(self.canv, shape)


def draw_shape(canvas: Canvas, shape: charts.Shape) -> None:
    """One shape of a chart on a PDF canvas."""
    canvas.saveState()
    if isinstance(shape, charts.Label):
        font = BOLD if shape.bold else REGULAR
        canvas.setFont(font, shape.size)
        paint = {
            "start": canvas.drawString,
            "middle": canvas.drawCentredString,
            "end": canvas.drawRightString,
        }[shape.anchor]
        paint(*shape.at, fitted(shape.text, font, shape.size, 1000))
    elif isinstance(shape, charts.Dot):
        canvas.circle(*shape.centre, shape.radius, stroke=0, fill=1)
    else:
        path = canvas.beginPath()
        path.moveTo(*shape.points[0])
        for point in shape.points[1:]:
            path.lineTo(*point)
        if shape.closed:
            path.close()
        canvas.setLineWidth(shape.width)
        canvas.setLineJoin(1)
        if shape.dashed:
            canvas.setDash(2.4, 1.8)
        canvas.setStrokeGray(shape.stroke or 0.0)
        canvas.setFillGray(1.0 if shape.fill is None else shape.fill)
        filled, stroked = shape.fill is not None, shape.stroke is not None
        canvas.drawPath(path, stroke=int(stroked), fill=int(filled))
    canvas.restoreState()


def area_chart(view: ReportView, width: float, height: float, size: float = 6.0) -> ChartBox:
    """Make the chart of the areas of a view."""
    areas = [
        charts.Area(f"{area.key} {area.title}", area.share, area.last, short=area.key)
        for area in view.areas[: charts.MOST_FOR_RADAR]
    ]
    return ChartBox(charts.area_chart(areas, width, height, size))


def integrity_sentence() -> str:
    """Say what the code is and what it is not; stands on every print."""
    return _(
        "This code protects the integrity of the file and is not a certified electronic signature."
    )


def code_box(view: ReportView, width: float, side: float = 25 * mm) -> Flowable:
    """*Kode isian*, the whole digest as text and QR, and the sentence about it."""
    if not view.code:
        note = _("Draft: the entries are not locked, so there is no content code yet.")
        return para(note, style(8))
    digest = view.options.content_digest
    room = width - side - 6
    words: list[Flowable] = [
        para(_("Content code"), style(8)),
        para(view.code, style(15, BOLD, leading=1.25)),
        para(f"SHA-256 {digest[:32]}\n{digest[32:]}", style(6, before=1, after=2)),
        para(integrity_sentence(), style(7, leading=1.2)),
    ]
    return plain_table(
        [[words, qr(digest, side)]], [room, side + 6], [("VALIGN", (0, 0), (0, 0), "MIDDLE")]
    )


def qr(text: str, side: float) -> Flowable:
    """Make a QR code of medium redundancy, with its quiet zone."""
    code = QrCode(text, qrLevel="M", width=side, height=side)
    code.hAlign = "RIGHT"
    return code


def shortened(entries: Sequence[str], most: int) -> list[str]:
    """Keep the first entries; the rest as a number."""
    if len(entries) <= most:
        return list(entries)
    rest = len(entries) - most
    more = ngettext("… and {count} more", "… and {count} more", rest).format(count=rest)
    return [*entries[:most], more]
