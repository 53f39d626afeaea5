"""A plain page: a header with a title, a column of content of limited width."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from pmprb_desktop.ui import theme
from pmprb_desktop.ui.widgets import ElidedLabel, Scroll, clear


class PageShell(QWidget):
    """Header above, scrolling column below."""

    def __init__(self, title: str, *, width: int = 980) -> None:
        super().__init__()
        self.first: QWidget | None = None
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.bar = QWidget()
        self.bar.setObjectName("topbar")
        self.bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.bar.setFixedHeight(70)
        self.bar_row = QHBoxLayout(self.bar)
        self.bar_row.setContentsMargins(20, 8, 20, 8)
        self.bar_row.setSpacing(10)
        self.title = ElidedLabel(title)
        self.title.setFont(theme.font(theme.BODY + 1, bold=True))
        self.subtitle = ElidedLabel()
        self.subtitle.setProperty("tone", "muted")
        self.subtitle.setFont(theme.font(theme.SMALL))
        self.names = QVBoxLayout()
        self.names.setSpacing(2)
        self.names.addStretch(1)
        self.names.addWidget(self.title)
        self.names.addWidget(self.subtitle)
        self.names.addStretch(1)
        self.subtitle.hide()
        self.bar_row.addLayout(self.names, 1)
        self.area = Scroll(margins=(24, 22, 24, 24))
        inner = QWidget()
        inner.setMaximumWidth(width)
        self.column = QVBoxLayout(inner)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(14)
        centre = QHBoxLayout()
        centre.addStretch(1)
        centre.addWidget(inner, 100)
        centre.addStretch(1)
        self.area.column.addLayout(centre, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(self.area, 1)

    def showEvent(self, event: QShowEvent) -> None:
        """Put the focus where work begins."""
        super().showEvent(event)
        if self.first is not None:
            self.first.setFocus()

    def say_below(self, text: str) -> None:
        """A second line in the header."""
        self.subtitle.set_full(text)
        self.subtitle.setVisible(bool(text))

    def clear(self) -> None:
        """Take all content away."""
        clear(self.column)
