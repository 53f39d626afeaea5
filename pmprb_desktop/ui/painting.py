"""What paints itself: rounded boxes and the marks of the tree."""

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from pmprb_desktop.ui import theme


def rounded_box(
    painter: QPainter,
    rect: QRect,
    *,
    ground: str | None,
    border: str,
    width: float = 1.0,
    radius: float = theme.RADIUS_CONTROL,
) -> None:
    """Paint a rounded box in tokens."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    inset = width / 2
    painter.setPen(QPen(theme.color(border), width))
    painter.setBrush(theme.color(ground) if ground else Qt.BrushStyle.NoBrush)
    box = QRectF(rect).adjusted(inset, inset, -inset, -inset)
    painter.drawRoundedRect(box, radius, radius)


def path_of_check(box: QRectF) -> QPainterPath:
    """A check mark inside a box."""
    path = QPainterPath()
    path.moveTo(box.left() + box.width() * 0.27, box.top() + box.height() * 0.53)
    path.lineTo(box.left() + box.width() * 0.43, box.top() + box.height() * 0.69)
    path.lineTo(box.left() + box.width() * 0.74, box.top() + box.height() * 0.35)
    return path


def paint_mark(painter: QPainter, box: QRectF, mark: str, share: float = 0.0) -> None:
    """The mark of a node: open ring, pie (``partial``), check, triangle (``repair``)."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if mark == "complete":
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("ok"))
        painter.drawEllipse(box)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(_round_pen(theme.color("surface"), box.width() * 0.13))
        painter.drawPath(path_of_check(box))
    elif mark == "repair":
        _paint_triangle(painter, box)
    else:
        token = "primary" if mark == "partial" else "muted"
        ring = box.adjusted(1, 1, -1, -1)
        painter.setPen(QPen(theme.color(token), 1.8))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(ring)
        if mark == "partial":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color(token))
            span = min(max(share, 0.12), 0.9)
            painter.drawPie(ring.adjusted(1.4, 1.4, -1.4, -1.4), 90 * 16, -round(span * 360 * 16))
    painter.restore()


def _paint_triangle(painter: QPainter, box: QRectF) -> None:
    path = QPainterPath()
    path.moveTo(box.center().x(), box.top() + 0.5)
    path.lineTo(box.right(), box.bottom() - 0.5)
    path.lineTo(box.left(), box.bottom() - 0.5)
    path.closeSubpath()
    painter.setPen(_round_pen(theme.color("bad"), 1.2))
    painter.setBrush(theme.color("bad"))
    painter.drawPath(path)
    painter.setPen(_round_pen(theme.color("surface"), 1.7))
    x, top, height = box.center().x(), box.top(), box.height()
    painter.drawLine(
        QPoint(round(x), round(top + height * 0.38)), QPoint(round(x), round(top + height * 0.62))
    )
    painter.drawPoint(QPoint(round(x), round(top + height * 0.80)))


def _round_pen(color: QColor, width: float) -> QPen:
    return QPen(
        color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    )
