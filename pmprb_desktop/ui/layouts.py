"""A layout that breaks its lines."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


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

    def itemAt(self, index: int) -> QLayoutItem | None:
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
    def _place(row: list[tuple[QLayoutItem, int, QSize]], y: int, line: int, *, move: bool) -> None:
        if move:
            for entry, x, size in row:
                entry.setGeometry(QRect(QPoint(x, y + (line - size.height()) // 2), size))
