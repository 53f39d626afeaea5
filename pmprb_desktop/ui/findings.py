"""What the check found, as a list that paints itself."""

from typing import Any, Final

from PySide6.QtCore import QAbstractListModel, QObject, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from pmprb_desktop.checks import CheckFinding
from pmprb_desktop.i18n import _
from pmprb_desktop.ui import icons, theme
from pmprb_desktop.ui.wizard_tree import ROOT, Index

FINDING: Final = Qt.ItemDataRole.UserRole + 1
_KINDS: Final = {
    "error": ("error", "bad"),
    "warning": ("warning", "warn"),
    "info": ("info", "primary"),
}


class FindingModel(QAbstractListModel):
    """Findings, errors first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.findings: tuple[CheckFinding, ...] = ()

    def show(self, findings: tuple[CheckFinding, ...]) -> None:
        """Show these findings."""
        if findings != self.findings:
            self.beginResetModel()
            self.findings = findings
            self.endResetModel()

    def rowCount(self, parent: Index = ROOT) -> int:
        """Number of findings."""
        return 0 if parent.isValid() else len(self.findings)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A finding and its words."""
        if not index.isValid():
            return None
        finding = self.findings[index.row()]
        if role == FINDING:
            return finding
        if role == Qt.ItemDataRole.DisplayRole:
            return finding.message
        if role == Qt.ItemDataRole.AccessibleTextRole:
            kind = {"error": _("Error"), "warning": _("Warning"), "info": _("Note")}
            return f"{kind[finding.severity]} {finding.item}: {finding.message}"
        return None


class FindingDelegate(QStyledItemDelegate):
    """Drawing, code, and the wrapped sentence."""

    def __init__(self, view: QListView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Height of the wrapped sentence."""
        metrics = option.fontMetrics  # type: ignore[attr-defined]
        width = max(self._view.viewport().width(), 160)
        room = QRect(0, 0, width - 50, 2000)
        text = metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, index.data())
        code = metrics.height() if index.data(FINDING).item else 0
        return QSize(120, text.height() + code + 16)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One finding."""
        rect: QRect = option.rect  # type: ignore[attr-defined]
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        finding: CheckFinding = index.data(FINDING)
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.color("tint"))
        drawing, token = _KINDS[finding.severity]
        mark = icons.pixmap(drawing, token, 18, painter.device().devicePixelRatio())
        painter.drawPixmap(rect.left() + 8, rect.top() + 8, mark)
        painter.setFont(theme.font())
        line = painter.fontMetrics().height()
        room = rect.adjusted(36, 8, -10, -6)
        if finding.item:
            painter.setPen(theme.color("muted"))
            painter.drawText(room, Qt.AlignmentFlag.AlignTop, finding.item)
            room = room.adjusted(0, line, 0, 0)
        painter.setPen(theme.color("text"))
        painter.drawText(room, Qt.TextFlag.TextWordWrap, finding.message)
        painter.restore()
