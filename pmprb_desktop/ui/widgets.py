"""Small parts that several pages share."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from pmprb_desktop.ui import icons, theme
from pmprb_desktop.ui.painting import rounded_box


class IconButton(QToolButton):
    """A button of one drawing, with a name for those who cannot see it."""

    def __init__(self, drawing: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drawing = drawing
        self._tint_name = "muted"
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setIconSize(QSize(20, 20))
        self.setFixedSize(32, 32)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._tint()

    def set_token(self, token: str) -> None:
        """Show the drawing in another colour."""
        self._tint_name = token
        self._tint()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the change between light and dark."""
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()
        super().changeEvent(event)

    def _tint(self) -> None:
        self.setIcon(icons.icon(self._drawing, self._tint_name))


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

    def set_role(self, role: str) -> None:
        """Make it the primary one, or an ordinary one."""
        if role != self._role:
            self._role = role
            self.setProperty("role", role)
            self.style().unpolish(self)
            self.style().polish(self)
            self._tint()

    def setText(self, text: str) -> None:
        """Other words, as far from the drawing as the first ones."""
        super().setText(f" {text}" if self._drawing and text else text)

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


def wide_box() -> QComboBox:
    """A combo box that takes the room there is instead of that of its longest entry."""
    made = QComboBox()
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setMinimumContentsLength(24)
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

    def set_text(self, text: str, drawing: str = "") -> None:
        """Say something else, with another drawing where one is given."""
        self.text.setText(text)
        if drawing and drawing != self._drawing:
            self._drawing = drawing
            self._tint()

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


class Scroll(QScrollArea):
    """A vertically scrolling column of widgets."""

    def __init__(
        self, *, gap: int = 14, margins: tuple[int, int, int, int] = (24, 14, 24, 18)
    ) -> None:
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
