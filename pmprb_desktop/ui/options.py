"""One option of an item: a radio button that paints its row, wraps its meaning, shows its score."""

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QRadioButton, QSizePolicy, QWidget

from pmprb_desktop.ui import theme
from pmprb_desktop.ui.painting import rounded_box

_LEFT = 40
_GAP = 18
_RIGHT = 14
_LEAST = 32


class OptionRow(QRadioButton):
    """A choice; arrows move between rows without choosing, Space, Enter or a click choose."""

    def __init__(self, key: str, meaning: str, score: str, key_width: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.key = key
        self.meaning = meaning
        self.score = score
        self._key_width = key_width
        self.setAutoExclusive(False)
        self.setFont(theme.font())
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def nextCheckState(self) -> None:
        """The row shows what is saved; only the card checks it."""

    def hasHeightForWidth(self) -> bool:
        """The meaning wraps."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Height with the wrapped meaning."""
        flags = Qt.TextFlag.TextWordWrap
        room = QRect(0, 0, max(self._room(width), 40), 10_000)
        needed = self.fontMetrics().boundingRect(room, flags, self.meaning).height()
        return max(_LEAST, needed + 14)

    def sizeHint(self) -> QSize:
        """A comfortable width."""
        return QSize(420, _LEAST)

    def minimumSizeHint(self) -> QSize:
        """The meaning wraps, so little is needed."""
        return QSize(220, _LEAST)

    def hitButton(self, pos: QPoint) -> bool:
        """The whole row can be clicked."""
        return self.rect().contains(pos)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter chooses as Space does; arrows are left to the editor; letters to the card."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.click()
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Box, ring, key, meaning, score."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen, focused = self.isChecked(), self.hasFocus()
        hover = self.underMouse() and self.isEnabled()
        rounded_box(
            painter,
            self.rect(),
            ground="tint" if chosen else "surface",
            border="primary" if chosen or focused else "edge" if hover else "line",
            width=2.0 if chosen or focused else 1.0,
        )
        if chosen and focused:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("primary"), 1.0))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(4, 4, -4, -4), 4, 4)
        self._paint_ring(painter, chosen=chosen)
        self._paint_words(painter)

    def _paint_ring(self, painter: QPainter, *, chosen: bool) -> None:
        ring = QRectF(14, (self.height() - 16) / 2, 16, 16)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if chosen:
            painter.setPen(QPen(theme.color("primary"), 5.0))
            painter.drawEllipse(ring.adjusted(2, 2, -2, -2))
        else:
            painter.setPen(QPen(theme.color("edge" if self.isEnabled() else "line"), 1.6))
            painter.drawEllipse(ring)

    def _paint_words(self, painter: QPainter) -> None:
        middle = Qt.AlignmentFlag.AlignVCenter
        height = self.height()
        ink = "text" if self.isEnabled() or self.isChecked() else "muted"
        painter.setPen(theme.color(ink))
        painter.setFont(theme.font(bold=True))
        painter.drawText(QRect(_LEFT, 0, self._key_width, height), middle, self.key)
        painter.setFont(self.font())
        left = _LEFT + self._key_width + _GAP
        box = QRect(left, 0, self._room(self.width()), height)
        painter.drawText(box, middle | Qt.TextFlag.TextWordWrap, self.meaning)
        painter.setPen(theme.color("muted"))
        painter.setFont(theme.font(theme.SMALL))
        side = QRect(0, 0, self.width() - _RIGHT, height)
        painter.drawText(side, middle | Qt.AlignmentFlag.AlignRight, self.score)

    def _room(self, width: int) -> int:
        side = QFontMetrics(theme.font(theme.SMALL)).horizontalAdvance(self.score)
        return width - _LEFT - self._key_width - _GAP - side - _RIGHT - 16


def key_width(keys: list[str]) -> int:
    """Width of the column of keys, so that the meanings stand below each other."""
    metrics = QFontMetrics(theme.font(bold=True))
    return max(22, *(metrics.horizontalAdvance(key) for key in keys))
