"""A whole folder of evidence: matched to items by code, corrected, then attached."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QCompleter,
    QDialog,
    QFileDialog,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from pmprb_desktop.errors import UserError
from pmprb_desktop.i18n import _, ngettext
from pmprb_desktop.ui import messages, tasks, texts, theme
from pmprb_desktop.ui.attaching import attach_in_background, copy_into_store
from pmprb_desktop.ui.dialog import dialog_buttons
from pmprb_desktop.ui.form import allow
from pmprb_desktop.ui.sheet import Sheet
from pmprb_desktop.ui.widgets import Button, label

if TYPE_CHECKING:
    from pmprb_desktop.evidence import FolderPlan

FILE, ITEM, STATE = range(3)
_CODE: Final = re.compile(r"[A-Za-z0-9]+(?:\.[A-Za-z0-9]+)+")


def pick_folder(parent: QWidget, sheet: Sheet) -> None:
    """Ask for a folder, then show what belongs where."""
    dialog = QFileDialog(parent, _("Folder with evidence"))
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.fileSelected.connect(lambda name: FolderDialog(parent, sheet, Path(name)).open())
    dialog.open()


class FolderDialog(QDialog):
    """A row per file; the item can be corrected, a row can be left out."""

    def __init__(self, parent: QWidget, sheet: Sheet, folder: Path) -> None:
        super().__init__(parent)
        self.sheet = sheet
        self.plan: FolderPlan | None = None
        self.setWindowTitle(_("Attach a whole folder"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(min(1040, parent.width() - 60), min(600, parent.height() - 30))
        self.words = label(_("Reading {folder} …").format(folder=texts.one_line(str(folder), 70)))
        self.words.setWordWrap(True)
        self.table = QTableWidget(0, 3)
        self.table.setAccessibleName(_("Files of the folder and their items"))
        self.table.setHorizontalHeaderLabels([_("File"), _("Item"), _("How sure")])
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(34)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.setItemDelegateForColumn(ITEM, _CodeDelegate(sheet, self.table))
        self.table.setTabKeyNavigation(False)
        head = self.table.horizontalHeader()
        head.setSectionResizeMode(FILE, QHeaderView.ResizeMode.Stretch)
        head.resizeSection(ITEM, 240)
        head.resizeSection(STATE, 260)
        self.table.itemChanged.connect(self._on_item)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(10)
        layout.addWidget(self.words)
        layout.addWidget(self.table, 1)
        layout.addWidget(
            label(
                _(
                    "Double-click an item's code to correct it; several codes with commas. "
                    "Untick what should not be attached."
                ),
                tone="muted",
                points=theme.SMALL,
            )
        )
        layout.addLayout(dialog_buttons(self, _("&Attach"), self._on_ok))
        main = self.findChild(Button, "main")
        assert main is not None
        self.main: Button = main
        allow(self.main, _("The folder is still being read"))
        self._read(folder)

    def _read(self, folder: Path) -> None:
        rubric = self.sheet.rubric
        codes = tuple(rubric.items)
        titles = {code: node.title for code, node in rubric.nodes.items()}

        def work(_job: tasks.Job) -> "FolderPlan":
            from pmprb_desktop.evidence import match_folder

            return match_folder(folder, codes, titles)

        task = tasks.run(work, parent=self, done=self.show_plan, refused=self._on_refused)
        task.cancelled.connect(self.reject)
        messages.Progress(self, task, _("Reading the folder"))

    def _on_refused(self, error: UserError) -> None:
        messages.show_error(self.parentWidget(), error)
        self.reject()

    def show_plan(self, plan: "FolderPlan") -> None:
        """Fill the table."""
        self.plan = plan
        self.table.blockSignals(True)
        self.table.setRowCount(len(plan.matches))
        for at, match in enumerate(plan.matches):
            file = QTableWidgetItem(f"{match.relative} · {texts.size(match.bytes)}")
            file.setToolTip(match.relative)
            file.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable)
            on = bool(match.codes)
            file.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
            item = QTableWidgetItem(", ".join(match.codes))
            state = QTableWidgetItem(self._state(match.confidence, match.node))
            state.setToolTip(match.reason)
            state.setFlags(Qt.ItemFlag.ItemIsEnabled)
            for column, cell in ((FILE, file), (ITEM, item), (STATE, state)):
                self.table.setItem(at, column, cell)
        self.table.blockSignals(False)
        self._count()

    @staticmethod
    def _state(confidence: str, node: str | None) -> str:
        if confidence == "sure":
            return _("✓ code in the name")
        if confidence == "guess" and node:
            return _("? choose an item of {node}").format(node=node)
        if confidence == "guess":
            return _("? a guess, please look")
        return _("– no code found")

    def _on_item(self, cell: QTableWidgetItem) -> None:
        if cell.column() == ITEM:
            codes, unknown = self._codes(cell.row())
            self.table.blockSignals(True)
            state = self.table.item(cell.row(), STATE)
            file = self.table.item(cell.row(), FILE)
            if state is not None:
                state.setText(
                    _("✗ there is no item {code}").format(code=unknown[0])
                    if unknown
                    else _("✓ chosen by you")
                )
            if file is not None:
                on = bool(codes) and not unknown
                file.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
            self.table.blockSignals(False)
        self._count()

    def _codes(self, row: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        cell = self.table.item(row, ITEM)
        text = cell.text() if cell else ""
        by_fold = {code.casefold(): code for code in self.sheet.rubric.items}
        given = list(dict.fromkeys(_CODE.findall(text))) or text.split()[:1]
        known = tuple(by_fold[part.casefold()] for part in given if part.casefold() in by_fold)
        return known, tuple(part for part in given if part.casefold() not in by_fold)

    def _chosen(self) -> list[tuple[Path, tuple[str, ...]]]:
        chosen = []
        for at, match in enumerate(self.plan.matches if self.plan else ()):
            file = self.table.item(at, FILE)
            codes, _unknown = self._codes(at)
            if file is not None and file.checkState() == Qt.CheckState.Checked and codes:
                chosen.append((match.path, codes))
        return chosen

    def _count(self) -> None:
        if self.plan is None:
            return
        count, total = len(self._chosen()), len(self.plan.matches)
        words = ngettext(
            "{count} of {total} file will be attached.",
            "{count} of {total} files will be attached.",
            total,
        ).format(count=count, total=total)
        if self.plan.left_out:
            words += " " + ngettext(
                "{count} system or hidden file is left out.",
                "{count} system or hidden files are left out.",
                len(self.plan.left_out),
            ).format(count=len(self.plan.left_out))
        self.words.setText(words)
        self.main.setText(
            ngettext("&Attach {count} file", "&Attach {count} files", count).format(count=count)
        )
        allow(self.main, "" if count else _("No file has an item yet: type its code in the table"))

    def _on_ok(self) -> None:
        chosen = self._chosen()
        if not chosen:
            return
        owner = self.parentWidget() or self
        title = ngettext("Copying {count} file", "Copying {count} files", len(chosen))
        attach_in_background(
            owner, self.sheet, copy_into_store(self.sheet, chosen), title.format(count=len(chosen))
        )
        self.accept()


class _CodeDelegate(QStyledItemDelegate):
    """Types codes with a list of items to choose from."""

    def __init__(self, sheet: Sheet, parent: QWidget) -> None:
        super().__init__(parent)
        self._lines = [f"{item.code} {sheet.words(item.text)}" for item in sheet.items]

    def createEditor(
        self,
        parent: QWidget,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> QWidget:
        """A line with completion over codes and texts."""
        del option, index
        line = QLineEdit(parent)
        line.setAccessibleName(_("Item"))
        completer = QCompleter(self._lines, line)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.popup().setMinimumWidth(QFontMetrics(theme.font()).averageCharWidth() * 70)
        line.setCompleter(completer)
        return line
