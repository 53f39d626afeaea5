"""Small parts that several pages share."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLayoutItem,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from pmprb_desktop.ui import icons, theme

Qt_H = Qt.Orientation.Horizontal


class IconButton(QToolButton):
    """A button of one drawing, with a name for those who cannot see it."""

    def __init__(self, drawing: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drawing = drawing
        self._token = "muted"
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setIconSize(QSize(20, 20))
        self.setFixedSize(32, 32)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._tint()

    def set_token(self, token: str) -> None:
        """Show the drawing in another colour."""
        self._token = token
        self._tint()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the change between light and dark."""
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()
        super().changeEvent(event)

    def _tint(self) -> None:
        self.setIcon(icons.icon(self._drawing, self._token))


class Button(QPushButton):
    """A push button that never becomes a dialog's default by chance; optionally with a drawing."""

    def __init__(
        self,
        text: str,
        on_click: Callable[[], object] | None = None,
        *,
        role: str = "",
        drawing: str = "",
        name: str = "",
    ) -> None:
        super().__init__(f" {text}" if drawing and text else text)
        self.setAutoDefault(False)
        if drawing:
            self.setAccessibleName(text.replace("&", ""))
        self._drawing = drawing
        self._role = role
        if role:
            self.setProperty("role", role)
        if name:
            self.setAccessibleName(name)
        if on_click is not None:
            self.clicked.connect(lambda _checked=False: on_click())
        if role == "link":
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._tint()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the change between light and dark."""
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()
        super().changeEvent(event)

    def _tint(self) -> None:
        if self._drawing:
            token = {"primary": "primary_ink", "link": "primary"}.get(self._role, "text")
            self.setIcon(icons.icon(self._drawing, token))


def label(text: str = "", *, tone: str = "", points: float = 0, bold: bool = False) -> QLabel:
    """A plain text label; user data is never read as markup."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if tone:
        made.setProperty("tone", tone)
    if points or bold:
        made.setFont(theme.font(points or theme.BODY, bold=bold))
    return made


def wrapped(text: str = "", *, tone: str = "", points: float = 0, bold: bool = False) -> QLabel:
    """A label that breaks its lines."""
    made = label(text, tone=tone, points=points, bold=bold)
    made.setWordWrap(True)
    policy = made.sizePolicy()
    policy.setHorizontalPolicy(QSizePolicy.Policy.Expanding)
    made.setSizePolicy(policy)
    return made


def set_tone(widget: QWidget, tone: str) -> None:
    """Give a label another colour of the style sheet."""
    if widget.property("tone") != tone:
        widget.setProperty("tone", tone)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class ElidedLabel(QLabel):
    """One line that is cut with … when there is no room; the whole text is its tool tip."""

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self._full = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.set_full(text)

    def set_full(self, text: str) -> None:
        """Show this text, cut where needed."""
        self._full = text
        self.setAccessibleName(text)
        self._fit()

    def full(self) -> str:
        """The whole text."""
        return self._full

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut the text anew."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        cut = self.fontMetrics().elidedText(
            self._full, Qt.TextElideMode.ElideRight, max(self.width(), 0)
        )
        self.setText(cut)
        self.setToolTip(self._full if cut != self._full else "")


class Card(QFrame):
    """A rounded surface with a border; the border is the focus ring while focus is inside."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.active = False

    def set_active(self, active: bool) -> None:
        """Show or hide the ring."""
        if self.active != active:
            self.active = active
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Surface and border."""
        del event
        painter = QPainter(self)
        rounded_box(
            painter,
            self.rect(),
            ground="surface",
            border="primary" if self.active else "line",
            width=2.0 if self.active else 1.0,
            radius=theme.RADIUS_CARD,
        )


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


class Notice(QFrame):
    """A tinted line with a drawing and words: never colour alone."""

    def __init__(self, text: str, kind: str = "warning", *, drawing: str = "") -> None:
        super().__init__()
        self._kind = kind
        self._mark = QLabel()
        self._mark.setFixedSize(20, 20)
        self._drawing = drawing or kind
        self.text = wrapped(text)
        self.text.setMinimumHeight(20)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(12, 6, 12, 6)
        self.row.setSpacing(10)
        self.row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        self.row.addWidget(self.text, 1)
        self._tint()

    def set_text(self, text: str) -> None:
        """Say something else."""
        self.text.setText(text)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the change between light and dark."""
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The tinted ground."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color(_GROUNDS[self._kind]))
        painter.drawRoundedRect(QRectF(self.rect()), 6, 6)

    def _tint(self) -> None:
        token = _INKS[self._kind]
        self._mark.setPixmap(icons.pixmap(self._drawing, token, 20, self.devicePixelRatioF()))
        set_tone(self.text, {"warning": "warn", "error": "bad", "done": "ok"}.get(self._kind, ""))


_GROUNDS = {"warning": "warn_ground", "error": "bad_ground", "info": "tint", "done": "tint"}
_INKS = {"warning": "warn", "error": "bad", "info": "primary", "done": "ok"}


class Ring(QWidget):
    """A ring of progress with the percentage inside."""

    def __init__(self, size: int = 64) -> None:
        super().__init__()
        self._share = 0.0
        self._text = ""
        self.setFixedSize(size, size)

    def set_share(self, share: float, text: str) -> None:
        """Show 0 to 1."""
        self._share = min(max(share, 0.0), 1.0)
        self._text = text
        self.setAccessibleName(text)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Track, arc and text."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(4, 4, -4, -4)
        painter.setPen(QPen(theme.color("line"), 6))
        painter.drawEllipse(box)
        pen = QPen(theme.color("ok" if self._share >= 1 else "primary"), 6)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        if self._share > 0:
            painter.drawArc(box, 90 * 16, -round(self._share * 360 * 16))
        painter.setPen(theme.color("text"))
        painter.setFont(theme.font(theme.SMALL, bold=True))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)


class FlowLayout(QLayout):
    """Widgets side by side, going on in the next line where there is no room."""

    def __init__(self, parent: QWidget | None = None, *, gap: int = 8) -> None:
        super().__init__(parent)
        self._entries: list[QLayoutItem] = []
        self._gap = gap
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        """Take an entry."""
        self._entries.append(item)

    def insert_widget(self, index: int, widget: QWidget) -> None:
        """Put a widget at a place."""
        self.addWidget(widget)
        self._entries.insert(index, self._entries.pop())
        self.invalidate()

    def count(self) -> int:
        """Number of entries."""
        return len(self._entries)

    def itemAt(self, index: int) -> QLayoutItem | None:  # type: ignore[override]
        """The entry at a place."""
        return self._entries[index] if 0 <= index < len(self._entries) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # type: ignore[override]
        """Remove the entry at a place."""
        return self._entries.pop(index) if 0 <= index < len(self._entries) else None

    def expandingDirections(self) -> Qt.Orientation:
        """Takes no more room than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """Lines depend on the width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Height of all lines."""
        return self._arrange(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        """Place everything."""
        super().setGeometry(rect)
        self._arrange(rect, move=True)

    def sizeHint(self) -> QSize:
        """Wish: one line."""
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        """At least the widest entry."""
        size = QSize()
        for entry in self._entries:
            size = size.expandedTo(entry.minimumSize())
        return size

    def _arrange(self, rect: QRect, *, move: bool) -> int:
        x, y, line = rect.x(), rect.y(), 0
        row: list[tuple[QLayoutItem, int, QSize]] = []
        for entry in self._entries:
            if entry.isEmpty():
                continue
            size = entry.sizeHint()
            size.setWidth(min(size.width(), max(rect.width(), 1)))
            if row and x + size.width() > rect.right() + 1:
                self._place(row, y, line, move=move)
                x, y, line, row = rect.x(), y + line + self._gap, 0, []
            row.append((entry, x, size))
            x += size.width() + self._gap
            line = max(line, size.height())
        self._place(row, y, line, move=move)
        return y + line - rect.y()

    @staticmethod
    def _place(
        row: list[tuple[QLayoutItem, int, QSize]], y: int, line: int, *, move: bool
    ) -> None:
        if move:
            for entry, x, size in row:
                entry.setGeometry(QRect(QPoint(x, y + (line - size.height()) // 2), size))


class Scroll(QScrollArea):
    """A vertically scrolling column of widgets."""

    def __init__(self, *, gap: int = 14, margins: tuple[int, int, int, int] = (24, 14, 24, 18)) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.body = QWidget()
        self.body.setObjectName("scroll")
        self.column = QVBoxLayout(self.body)
        self.column.setContentsMargins(*margins)
        self.column.setSpacing(gap)
        self.setWidget(self.body)
        self.verticalScrollBar().setSingleStep(24)


def clear(layout: QLayout) -> None:
    """Remove and delete all widgets of a layout."""
    while layout.count():
        entry = layout.takeAt(0)
        if entry is None:
            return
        widget = entry.widget()
        inner = entry.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            clear(inner)


def path_of_check(box: QRectF) -> QPainterPath:
    """A check mark inside a box."""
    path = QPainterPath()
    path.moveTo(box.left() + box.width() * 0.27, box.top() + box.height() * 0.53)
    path.lineTo(box.left() + box.width() * 0.43, box.top() + box.height() * 0.69)
    path.lineTo(box.left() + box.width() * 0.74, box.top() + box.height() * 0.35)
    return path


def paint_mark(painter: QPainter, box: QRectF, mark: str, share: float = 0.0) -> None:
    """The mark of a node: ``empty`` ring, ``partial`` pie, ``complete`` check, ``repair`` triangle."""
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
    painter.drawLine(QPoint(round(x), round(top + height * 0.38)), QPoint(round(x), round(top + height * 0.62)))
    painter.drawPoint(QPoint(round(x), round(top + height * 0.80)))


def _round_pen(color: QColor, width: float) -> QPen:
    return QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
