"""The tree of the LKE at the left: model, drawing, search, filters."""

from dataclasses import dataclass, field
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from pmprb_desktop import flow
from pmprb_desktop.i18n import _
from pmprb_desktop.rubric.model import Node, Omitted
from pmprb_desktop.ui import texts, theme
from pmprb_desktop.ui.painting import paint_mark
from pmprb_desktop.ui.sheet import Sheet

Index = QModelIndex | QPersistentModelIndex
ROOT: Final = QModelIndex()
MARK: Final = Qt.ItemDataRole.UserRole + 1
SHARE: Final = Qt.ItemDataRole.UserRole + 2
SCORE: Final = Qt.ItemDataRole.UserRole + 3
CODE: Final = Qt.ItemDataRole.UserRole + 4
TAIL: Final = Qt.ItemDataRole.UserRole + 5


@dataclass(eq=False)
class Entry:
    """A line of the tree."""

    code: str
    tail: str
    title: str
    step: flow.Step | None = None
    enabled: bool = True
    parent: "Entry | None" = None
    children: list["Entry"] = field(default_factory=list)

    @property
    def row(self) -> int:
        """Its place among its siblings."""
        return self.parent.children.index(self) if self.parent else 0


def entries(sheet: Sheet) -> Entry:
    """The lines of the tree of a sheet, below an invisible root."""
    root = Entry("", "", "")
    rubric = sheet.rubric
    roots = flow.tree_roots(rubric)
    above = rubric.parent[roots[0].code]
    for node in roots:
        _add(sheet, root, node, above)
    for omitted in rubric.content.omitted:
        _add_omitted(root, omitted, above)
    root.children.append(Entry("", "", _("Check completeness"), flow.Step.CHECK, parent=root))
    root.children.append(
        Entry("", "", _("Lock and make the package"), flow.Step.PACKAGE, parent=root)
    )
    return root


def _add(sheet: Sheet, parent: Entry, node: Node, above: str | None) -> None:
    entry = Entry(node.code, flow.tail(node.code, above), sheet.words(node.title), parent=parent)
    parent.children.append(entry)
    if node.code in {page.code for page in sheet.rubric.pages}:
        entry.step = flow.Step.ITEMS
    for child in node.children:
        if child.level != "group":
            _add(sheet, entry, child, node.code)


def _add_omitted(root: Entry, omitted: Omitted, above: str | None) -> None:
    words = _("{title}: {note}").format(
        title=omitted.title, note=omitted.note[0].lower() + omitted.note[1:]
    )
    entry = Entry(omitted.code, flow.tail(omitted.code, above), words, enabled=False, parent=root)
    codes = [child.code for child in root.children]
    at = next((i for i, code in enumerate(codes) if code > omitted.code), len(codes))
    root.children.insert(at, entry)


class TreeModel(QAbstractItemModel):
    """Nodes of the rubric with mark and score, then the last steps."""

    def __init__(self, sheet: Sheet, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sheet = sheet
        self._root = entries(sheet)
        self.checked = False
        self._repair: frozenset[str] = frozenset()
        self._by_code: dict[str, Entry] = {}
        self._collect(self._root)
        self.refresh()

    def _collect(self, entry: Entry) -> None:
        if entry.code:
            self._by_code[entry.code] = entry
        for child in entry.children:
            self._collect(child)

    def refresh(self) -> None:
        """Show marks and scores as they are now."""
        self._repair = flow.nodes_of(self._sheet.rubric, self._sheet.corrections)
        self._tell(self._root)

    def _tell(self, entry: Entry) -> None:
        if not entry.children:
            return
        first, last = entry.children[0], entry.children[-1]
        self.dataChanged.emit(self.index_of(first), self.index_of(last))
        for child in entry.children:
            self._tell(child)

    def index_of(self, entry: Entry) -> QModelIndex:
        """The index of a line."""
        return QModelIndex() if entry is self._root else self.createIndex(entry.row, 0, entry)

    def index_of_code(self, code: str) -> QModelIndex:
        """The index of a node."""
        entry = self._by_code.get(code)
        return QModelIndex() if entry is None else self.index_of(entry)

    def index_of_step(self, step: flow.Step) -> QModelIndex:
        """The index of one of the last steps."""
        for entry in self._root.children:
            if entry.step is step:
                return self.index_of(entry)
        return QModelIndex()

    def entry(self, index: Index) -> Entry:
        """The line of an index."""
        if index.isValid():
            found = index.internalPointer()
            if isinstance(found, Entry):
                return found
        return self._root

    def index(self, row: int, column: int, parent: Index = ROOT) -> QModelIndex:
        """Qt's way down the tree."""
        children = self.entry(parent).children
        if column == 0 and 0 <= row < len(children):
            return self.createIndex(row, 0, children[row])
        return QModelIndex()

    def parent(self, index: Index) -> QModelIndex:  # type: ignore[override]
        """Qt's way up the tree."""
        above = self.entry(index).parent
        return QModelIndex() if above is None or above is self._root else self.index_of(above)

    def rowCount(self, parent: Index = ROOT) -> int:
        """Number of lines below a line."""
        return len(self.entry(parent).children)

    def columnCount(self, parent: Index = ROOT) -> int:
        """One column; the drawing puts the score at the right."""
        del parent
        return 1

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Parts that are filled elsewhere cannot be chosen."""
        if not self.entry(index).enabled:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a line says and shows."""
        entry = self.entry(index)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._spoken(entry, tip=role == Qt.ItemDataRole.ToolTipRole)
        if role in (SHARE, SCORE):
            score = self._sheet.node_score(entry.code) if entry.code and entry.enabled else None
            if role == SCORE:
                return texts.number(score.score) if score else ""
            return score.answered / score.items if score and score.items else 0.0
        return {
            int(Qt.ItemDataRole.DisplayRole): entry.title,
            int(CODE): entry.code,
            int(TAIL): entry.tail,
            int(MARK): self._mark(entry),
        }.get(int(role))

    def _mark(self, entry: Entry) -> str:
        if not entry.enabled:
            return ""
        if entry.step is flow.Step.CHECK:
            return "complete" if self.checked else "empty"
        if entry.step is flow.Step.PACKAGE:
            return "complete" if self._sheet.info.sealed_digest else "empty"
        score = self._sheet.node_score(entry.code)
        if score is None:
            return "empty"
        return flow.mark(score.answered, score.items, repair=entry.code in self._repair)

    def _spoken(self, entry: Entry, *, tip: bool) -> str:
        score = self._sheet.node_score(entry.code) if entry.code else None
        name = f"{entry.code} {entry.title}".strip()
        if score is None or not entry.enabled:
            return name
        state = {
            "empty": _("blank"),
            "partial": _("partly answered"),
            "complete": _("complete"),
            "repair": _("needs correction"),
        }[self._mark(entry)]
        said = _("{answered} of {items} items answered").format(
            answered=score.answered, items=score.items
        )
        points = texts.number(score.score)
        parts = [name, state, said, _("score {score}").format(score=points)]
        return "\n".join(parts) if tip else ", ".join(parts)


class TreeDelegate(QStyledItemDelegate):
    """Draws mark, code, title and, at the right edge, the score."""

    HEIGHT = 27

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Lines of one height."""
        del index
        return QSize(120, max(self.HEIGHT, option.fontMetrics.height() + 10))  # type: ignore[attr-defined]

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One line."""
        rect: QRect = option.rect  # type: ignore[attr-defined]
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            full = QRect(0, rect.top(), rect.right() + 1, rect.height())
            painter.fillRect(full, theme.color("tint"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, theme.color("bg"))
        mark = index.data(MARK)
        x = rect.left() + 2
        if mark:
            box = QRectF(x, rect.center().y() - 6.5, 15, 15)
            paint_mark(painter, box, mark, float(index.data(SHARE)))
            x += 22
        metrics = QFontMetrics(theme.font())
        painter.setFont(theme.font())
        score = index.data(SCORE)
        side = metrics.horizontalAdvance(score) + 14 if score else 6
        painter.setPen(theme.color("text" if mark else "muted"))
        line = Qt.AlignmentFlag.AlignVCenter
        tail = index.data(TAIL)
        if tail:
            width = metrics.horizontalAdvance(tail)
            painter.drawText(QRect(x, rect.top(), width + 2, rect.height()), line, tail)
            x += width + 9
        room = QRect(x, rect.top(), rect.right() - side - x, rect.height())
        title = metrics.elidedText(index.data(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, line, title)
        if score:
            room = QRect(rect.left(), rect.top(), rect.width() - 5, rect.height())
            painter.drawText(room, line | Qt.AlignmentFlag.AlignRight, score)
        painter.restore()
