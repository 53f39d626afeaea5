"""The left side of the wizard: search, filters, tree or results."""

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QLineEdit,
    QListView,
    QStackedWidget,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from pmprb_desktop import flow
from pmprb_desktop.i18n import _, ngettext
from pmprb_desktop.ui.form import allow
from pmprb_desktop.ui.layouts import FlowLayout
from pmprb_desktop.ui.result_list import ResultDelegate, ResultModel, matching
from pmprb_desktop.ui.sheet import Sheet
from pmprb_desktop.ui.widgets import Button, wrapped
from pmprb_desktop.ui.wizard_tree import CODE, TreeDelegate, TreeModel


class SidePanel(QWidget):
    """Jumps anywhere: a node, an item, a last step."""

    node_chosen = Signal(str)
    item_chosen = Signal(str)
    step_chosen = Signal(object)

    def __init__(self, sheet: Sheet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sheet = sheet
        self.setObjectName("side")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._opened: list[QModelIndex] = []
        self._texts: dict[str, str] | None = None
        self.search = _Search()
        self.search.textChanged.connect(self._on_filter)
        self.search.down.connect(self._on_down)
        self.search.left.connect(self.clear)
        self.blank = self._chip()
        self.repair = self._chip()
        self.flagged = self._chip()
        self.model = TreeModel(sheet, self)
        self.tree = _Tree()
        self.tree.setModel(self.model)
        self.tree.setItemDelegate(TreeDelegate(self.tree))
        self.tree.activated.connect(self._on_activated)
        self.tree.clicked.connect(self._on_activated)
        self.results = QListView()
        self.results.setObjectName("results")
        self.results.setAccessibleName(_("Items found"))
        self.found = ResultModel(sheet, self)
        self.results.setModel(self.found)
        self.results.setItemDelegate(ResultDelegate(self.results))
        self.results.setUniformItemSizes(True)
        self.results.clicked.connect(self._on_result)
        self.results.activated.connect(self._on_result)
        self.nothing = wrapped(_("Nothing found. Try fewer letters."), tone="muted")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.nothing.setContentsMargins(8, 8, 8, 8)
        self.stack = QStackedWidget()
        for widget in (self.tree, self.results, self.nothing):
            self.stack.addWidget(widget)
        self._lay_out()
        sheet.answer_saved.connect(self._on_answer)
        sheet.reloaded.connect(self.refresh)
        self.refresh()

    def _lay_out(self) -> None:
        chips = FlowLayout(gap=6)
        for chip in (self.blank, self.repair, self.flagged):
            chips.addWidget(chip)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 7, 8)
        layout.setSpacing(6)
        layout.addWidget(self.search)
        layout.addLayout(chips)
        layout.addWidget(self.stack, 1)

    def _chip(self) -> Button:
        chip = Button("", role="chip")
        chip.setCheckable(True)
        chip.toggled.connect(self._on_filter)
        return chip

    def refresh(self) -> None:
        """Count and mark everything anew."""
        blank, flagged = len(self.sheet.blank()), len(self.sheet.flagged())
        repair = len(self.sheet.corrections)
        self.blank.setText(_("Unanswered {count}").format(count=blank))
        self.repair.setText(_("To correct {count}").format(count=repair))
        self.flagged.setText(_("Look again {count}").format(count=flagged))
        for chip, count in ((self.repair, repair), (self.flagged, flagged)):
            chip.setVisible(count > 0 or chip.isChecked())
        done = not blank and not self.blank.isChecked()
        allow(self.blank, _("Every item is answered") if done else "")
        self.model.refresh()
        self.tree.viewport().update()

    def show_place(self, stop: flow.Stop) -> None:
        """Mark the page that is open."""
        if stop.page is not None:
            index = self.model.index_of_code(stop.page)
        else:
            index = self.model.index_of_step(stop.step)
        above = _above(index)
        for entry_index in self._opened:
            if entry_index not in above:
                self.tree.collapse(entry_index)
        self._opened = [entry for entry in above if not self.tree.isExpanded(entry)]
        for entry_index in above:
            self.tree.expand(entry_index)
        self.tree.selectionModel().setCurrentIndex(
            index, QItemSelectionModel.SelectionFlag.ClearAndSelect
        )
        self.tree.scrollTo(index)

    def focus_search(self) -> None:
        """Ctrl+F."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def clear(self) -> None:
        """Back to the tree."""
        self.search.clear()
        for chip in (self.blank, self.repair, self.flagged):
            chip.setChecked(False)

    def _on_filter(self) -> None:
        wanted = []
        if self.blank.isChecked():
            wanted.append(self.sheet.blank())
        if self.repair.isChecked():
            wanted.append(frozenset(self.sheet.corrections))
        if self.flagged.isChecked():
            wanted.append(self.sheet.flagged())
        query = self.search.text()
        if not query.strip() and not wanted:
            self.stack.setCurrentWidget(self.tree)
            return
        if self._texts is None:
            self._texts = flow.search_texts(self.sheet.rubric, self.sheet.words)
        codes = matching(self._texts, query, wanted)
        self.found.show_codes(codes)
        self.stack.setCurrentWidget(self.results if codes else self.nothing)
        self.results.setAccessibleDescription(
            ngettext("{count} item found", "{count} items found", len(codes)).format(
                count=len(codes)
            )
        )
        if codes:
            self.results.setCurrentIndex(self.found.index(0))

    def _on_answer(self, _change: object) -> None:
        self.refresh()
        self.results.viewport().update()

    def _on_down(self) -> None:
        widget = self.stack.currentWidget()
        if widget is self.results:
            self._on_result(self.results.currentIndex())
        elif widget is not None:
            widget.setFocus()

    def _on_activated(self, index: QModelIndex) -> None:
        entry = self.model.entry(index)
        if entry.step in (flow.Step.CHECK, flow.Step.PACKAGE):
            self.step_chosen.emit(entry.step)
        elif entry.enabled and entry.code:
            self.node_chosen.emit(entry.code)

    def _on_result(self, index: QModelIndex) -> None:
        code = index.data(CODE)
        if code:
            self.item_chosen.emit(code)


def _above(index: QModelIndex) -> list[QModelIndex]:
    found = []
    at = index.parent() if index.isValid() else index
    while isinstance(at, QModelIndex) and at.isValid():
        found.append(at)
        at = at.parent()
    return found


class _Tree(QTreeView):
    """The view of the tree."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("tree")
        self.setHeaderHidden(True)
        self.setIndentation(14)
        self.setUniformRowHeights(True)
        self.setExpandsOnDoubleClick(False)
        self.setAccessibleName(_("Tree of the worksheet"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter jumps also where the platform does not say so."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.activated.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)


class _Search(QLineEdit):
    """The search box: Enter and arrow down go to the results, Escape leaves."""

    down = Signal()
    left = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__()
        del parent
        self.setPlaceholderText(_("Search code or words (Ctrl+F)"))
        self.setAccessibleName(_("Search code or words"))
        self.setClearButtonEnabled(True)
        self.setMaxLength(100)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that leave the box."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down) and (
            not event.modifiers()
        ):
            self.down.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
