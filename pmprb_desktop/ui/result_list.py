"""Items found by the search or left by a filter: model, drawing, and what matches."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QObject, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from pmprb_desktop import flow
from pmprb_desktop.ui import theme
from pmprb_desktop.ui.painting import paint_mark
from pmprb_desktop.ui.sheet import Sheet
from pmprb_desktop.ui.wizard_tree import CODE, MARK, ROOT, Index


class ResultModel(QAbstractListModel):
    """Items found by the search or left by a filter."""

    def __init__(self, sheet: Sheet, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sheet = sheet
        self.codes: tuple[str, ...] = ()

    def show_codes(self, codes: Iterable[str]) -> None:
        """Show these items."""
        codes = tuple(codes)
        if codes != self.codes:
            self.beginResetModel()
            self.codes = codes
            self.endResetModel()

    def rowCount(self, parent: Index = ROOT) -> int:
        """Number of items."""
        return 0 if parent.isValid() else len(self.codes)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Code and text of an item."""
        if not index.isValid() or index.row() >= len(self.codes):
            return None
        code = self.codes[index.row()]
        if role == CODE:
            return code
        item = self._sheet.rubric.items[code]
        text = self._sheet.words(item.text)
        if role == MARK:
            done = "complete" if self._sheet.is_answered(item) else "empty"
            return "repair" if code in self._sheet.corrections else done
        return {
            int(Qt.ItemDataRole.DisplayRole): text,
            int(Qt.ItemDataRole.ToolTipRole): f"{code} {text}",
            int(Qt.ItemDataRole.AccessibleTextRole): f"{code} {text}",
        }.get(int(role))


class ResultDelegate(QStyledItemDelegate):
    """Two lines: mark and code, then the text."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Room for two lines."""
        del index
        return QSize(120, option.fontMetrics.height() * 2 + 16)  # type: ignore[attr-defined]

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One result."""
        rect: QRect = option.rect  # type: ignore[attr-defined]
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.color("tint"))
        metrics = QFontMetrics(theme.font())
        box = QRectF(rect.left() + 6, rect.top() + 8, 14, 14)
        paint_mark(painter, box, index.data(MARK))
        painter.setPen(theme.color("muted"))
        painter.setFont(theme.font(theme.SMALL))
        line = metrics.height()
        top = QRect(rect.left() + 28, rect.top() + 6, rect.width() - 34, line)
        painter.drawText(top, Qt.AlignmentFlag.AlignVCenter, index.data(CODE))
        painter.setPen(theme.color("text"))
        painter.setFont(theme.font())
        below = top.translated(0, line + 2)
        cut = metrics.elidedText(index.data(), Qt.TextElideMode.ElideRight, below.width())
        painter.drawText(below, Qt.AlignmentFlag.AlignVCenter, cut)
        painter.restore()


def matching(
    texts_of: Mapping[str, str], query: str, wanted: Sequence[frozenset[str]]
) -> tuple[str, ...]:
    """Codes that fit the search and every filter that is on."""
    codes = flow.search(texts_of, query) if query.strip() else tuple(texts_of)
    return tuple(code for code in codes if all(code in group for group in wanted))
