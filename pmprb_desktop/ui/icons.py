"""Own drawings, tinted with the colour they are shown in."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap

from pmprb_desktop import paths
from pmprb_desktop.ui import theme

_SCALES = (1.0, 1.25, 1.5, 2.0)


def icon(name: str, tint: str = "text", size: int = 20) -> QIcon:
    """The drawing ``resources/icons/<name>.svg`` in the colour of a token."""
    return _icon(name, theme.color(tint).name(), theme.color("muted").name(), size)


def pixmap(name: str, tint: str = "text", size: int = 20, ratio: float = 1.0) -> QPixmap:
    """The same as a pixmap, for painting."""
    return _draw(name, theme.color(tint).name(), size, ratio)


def app_icon() -> QIcon:
    """The icon of the program, in its own colours."""
    made = QIcon()
    for size in (16, 24, 32, 48, 64, 128):
        made.addPixmap(_render("app", size, 1.0))
    return made


@lru_cache(maxsize=256)
def _icon(name: str, color: str, disabled: str, size: int) -> QIcon:
    made = QIcon()
    for scale in _SCALES:
        made.addPixmap(_draw(name, color, size, scale), QIcon.Mode.Normal)
        made.addPixmap(_draw(name, disabled, size, scale), QIcon.Mode.Disabled)
    return made


@lru_cache(maxsize=1024)
def _draw(name: str, color: str, size: int, ratio: float) -> QPixmap:
    drawn = _render(name, size, ratio)
    painter = QPainter(drawn)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(drawn.rect(), QColor(color))
    painter.end()
    return drawn


def _render(name: str, size: int, ratio: float) -> QPixmap:
    from PySide6.QtSvg import QSvgRenderer

    data = (paths.resources() / "icons" / f"{name}.svg").read_bytes()
    made = QPixmap(QSize(size, size) * ratio)
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    QSvgRenderer(QByteArray(data)).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return made
