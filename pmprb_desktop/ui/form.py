"""A form, and saying why something cannot be used now."""

from typing import Final

from PySide6.QtCore import QMargins, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFormLayout, QLabel, QWidget

from pmprb_desktop.i18n import _

LINE_HEIGHT: Final = 30
_ROOM: Final = QMargins(0, 0, 4, 0)


class Caption(QLabel):
    """The name of a field; Qt measures one with an underlined key a little too narrow."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setMinimumHeight(LINE_HEIGHT)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def sizeHint(self) -> QSize:
        """Room for the last letter, whatever the font's hinting makes of it."""
        hint = super().sizeHint()
        return hint.grownBy(_ROOM) if self.text() else hint

    def minimumSizeHint(self) -> QSize:
        """The whole text."""
        return self.sizeHint()


class Form(QFormLayout):
    """Captions at the left, fields at the right."""

    def __init__(self, parent: QWidget | None = None, *, gap: int = 10) -> None:
        super().__init__(parent)
        self.setHorizontalSpacing(16)
        self.setVerticalSpacing(gap)
        self.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)

    def add(self, caption: str, field: QWidget, *, buddy: QWidget | None = None) -> None:
        """A row; the caption's key goes to the buddy, or to the field itself."""
        name = Caption(caption)
        target = buddy or field
        if target.focusPolicy() != Qt.FocusPolicy.NoFocus:
            name.setBuddy(target)
        self.addRow(name, field)


def allow(widget: QWidget, obstacle: str = "", tip: str = "") -> None:
    """Enable a widget, or disable it and say why; ``tip`` is what it says while it is enabled."""
    widget.setEnabled(not obstacle)
    widget.setToolTip(obstacle or tip)
    widget.setAccessibleDescription(obstacle)


def allow_action(action: QAction, obstacle: str = "") -> None:
    """The same for an entry of a menu, where the reason stands in the entry itself."""
    action.setEnabled(not obstacle)
    if obstacle:
        action.setText(_("{action} – {reason}").format(action=action.text(), reason=obstacle))
