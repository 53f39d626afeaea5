"""Colours, fonts and style sheet; light and dark follow the system."""

from dataclasses import asdict, dataclass
from functools import cache
from string import Template
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from pmprb_desktop import paths


@dataclass(frozen=True, slots=True)
class Tokens:
    """One set of colours; every pair that stands on each other keeps WCAG AA."""

    bg: str
    surface: str
    line: str
    edge: str
    text: str
    muted: str
    primary: str
    primary_ink: str
    tint: str
    ok: str
    warn: str
    bad: str
    warn_ground: str
    bad_ground: str


LIGHT: Final = Tokens(
    bg="#F4F6F8",
    surface="#FFFFFF",
    line="#D7DEE5",
    edge="#7C8996",
    text="#17212B",
    muted="#566573",
    primary="#0B5C8A",
    primary_ink="#FFFFFF",
    tint="#E6F1F7",
    ok="#1B7F4B",
    warn="#9A5B00",
    bad="#B3261E",
    warn_ground="#FFF4DF",
    bad_ground="#FDECEA",
)
DARK: Final = Tokens(
    bg="#12181E",
    surface="#1B242D",
    line="#33414E",
    edge="#6F8292",
    text="#E8EDF2",
    muted="#9FB0BF",
    primary="#5FB3DE",
    primary_ink="#06202F",
    tint="#17364A",
    ok="#5CC98F",
    warn="#F0B45A",
    bad="#F28B82",
    warn_ground="#3A2E17",
    bad_ground="#40211F",
)

BODY: Final = 10.5
SMALL: Final = 9.75
TITLE: Final = 15.0
FIGURE: Final = 17.0

RADIUS_CARD: Final = 10
RADIUS_CONTROL: Final = 7
RING: Final = 2


class Theme(QObject):
    """The colours in use; tells everyone when the system changes between light and dark."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.tokens = LIGHT

    @property
    def dark(self) -> bool:
        """Whether the dark set is in use."""
        return self.tokens is DARK

    def color(self, name: str) -> QColor:
        """A token as a colour."""
        return QColor(getattr(self.tokens, name))

    def follow(self, scheme: Qt.ColorScheme) -> None:
        """Take the set that fits the system's scheme and restyle the program."""
        self.tokens = DARK if scheme == Qt.ColorScheme.Dark else LIGHT
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.setPalette(_palette(self.tokens))
            app.setStyleSheet(_style_sheet(self.tokens))
        self.changed.emit()


@cache
def theme() -> Theme:
    """The one theme of this process."""
    return Theme()


def color(name: str) -> QColor:
    """Short for ``theme().color(name)``, for painting."""
    return theme().color(name)


def install(app: QApplication) -> None:
    """Fusion, our fonts and colours, now and whenever the system changes its mind."""
    app.setStyle("Fusion")
    app.setFont(font())
    hints = QGuiApplication.styleHints()
    hints.colorSchemeChanged.connect(theme().follow)
    theme().follow(hints.colorScheme())


def font(points: float = BODY, *, bold: bool = False) -> QFont:
    """The system's own typeface in one of our sizes."""
    made = QFont(_family())
    made.setPointSizeF(points)
    made.setBold(bold)
    return made


@cache
def _family() -> str:
    return QGuiApplication.font().family()


def _palette(tokens: Tokens) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for name, value in (
        (role.Window, tokens.bg),
        (role.WindowText, tokens.text),
        (role.Base, tokens.surface),
        (role.AlternateBase, tokens.bg),
        (role.Text, tokens.text),
        (role.PlaceholderText, tokens.muted),
        (role.Button, tokens.surface),
        (role.ButtonText, tokens.text),
        (role.BrightText, tokens.bad),
        (role.Highlight, tokens.primary),
        (role.HighlightedText, tokens.primary_ink),
        (role.Link, tokens.primary),
        (role.LinkVisited, tokens.primary),
        (role.ToolTipBase, tokens.surface),
        (role.ToolTipText, tokens.text),
        (role.Accent, tokens.primary),
        (role.Light, tokens.surface),
        (role.Midlight, tokens.line),
        (role.Mid, tokens.line),
        (role.Dark, tokens.edge),
        (role.Shadow, tokens.edge),
    ):
        palette.setColor(name, QColor(value))
    for name in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, QColor(tokens.muted))
    return palette


@cache
def _template() -> Template:
    return Template((paths.resources() / "style.qss").read_text(encoding="utf-8"))


def _style_sheet(tokens: Tokens) -> str:
    return _template().substitute(
        asdict(tokens),
        icons=(paths.resources() / "icons").as_posix(),
        mode="dark" if tokens is DARK else "light",
    )
