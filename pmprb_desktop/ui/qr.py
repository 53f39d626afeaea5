"""A QR code as a widget that stays sharp at any scaling."""

from typing import Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from pmprb_desktop.i18n import _

QUIET = 4


class QrWidget(QWidget):
    """Black on white, also in the dark: cameras want it so."""

    def __init__(self, text: str, side: int = 168) -> None:
        super().__init__()
        self.modules = matrix(text)
        self.setFixedSize(side, side)
        self.setAccessibleName(_("QR code of the content code"))
        self.setToolTip(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        """All dark modules."""
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("white"))
        count = len(self.modules) + 2 * QUIET
        step = self.width() / count
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("black"))
        for y, line in enumerate(self.modules):
            for x, dark in enumerate(line):
                if dark:
                    box = QRectF((x + QUIET) * step, (y + QUIET) * step, step + 0.2, step + 0.2)
                    painter.drawRect(box)


def matrix(text: str) -> tuple[tuple[bool, ...], ...]:
    """The modules of a QR code."""
    from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

    code: Any = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(text)
    code.make()
    places = range(code.getModuleCount())
    return tuple(tuple(bool(code.isDark(row, column)) for column in places) for row in places)
