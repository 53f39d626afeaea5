"""One editor per kind of item: options, numbers with their computed share, an index."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pmprb_desktop.i18n import _
from pmprb_desktop.rubric.model import (
    AnyItem,
    ChoiceItem,
    IndexItem,
    LookupItem,
    Option,
    PointOption,
    find_option,
)
from pmprb_desktop.ui import texts
from pmprb_desktop.ui.editor import Editor
from pmprb_desktop.ui.numbers_editor import IndexEditor, NumbersEditor
from pmprb_desktop.ui.options import OptionRow, key_width
from pmprb_desktop.ui.sheet import Sheet
from pmprb_desktop.values import AnswerInfo


class ChoiceEditor(Editor):
    """Options as rows; one of them is reached with Tab, the others with the arrow keys."""

    def __init__(self, sheet: Sheet, item: AnyItem) -> None:
        super().__init__(sheet, item)
        assert isinstance(item, ChoiceItem | LookupItem)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(9)
        width = key_width([option.key for option in item.options])
        self.rows: list[OptionRow] = []
        for option in item.options:
            shown = texts.number(_score_of(item, option))
            row = OptionRow(option.key, sheet.words(option.text), shown, width, self)
            row.setAccessibleName(
                _("{key}: {meaning}, score {score}").format(
                    key=option.key, meaning=row.meaning, score=shown
                )
            )
            row.clicked.connect(self._on_clicked)
            self.rows.append(row)
            layout.addWidget(row)
        self._rove(None)

    def show_answer(self, answer: AnswerInfo) -> None:
        """Check the saved option."""
        value = None if answer.not_applicable else answer.value
        for row in self.rows:
            row.setChecked(row.key == value)
        self._rove(value)

    def set_editable(self, editable: bool) -> None:
        """Grey the rows when nothing may change."""
        for row in self.rows:
            row.setEnabled(editable)

    def take_key(self, text: str) -> str | None:
        """``a`` → A, ``y`` → Ya."""
        assert isinstance(self.item, ChoiceItem | LookupItem)
        key = find_option(self.item, text)
        if key is not None:
            self.row(key).setFocus(Qt.FocusReason.ShortcutFocusReason)
        return key

    def row(self, key: str) -> OptionRow:
        """The row of an option."""
        return next(row for row in self.rows if row.key == key)

    def first_input(self) -> QWidget:
        """The chosen row, else the first."""
        return next((row for row in self.rows if row.isChecked()), self.rows[0])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move between the rows and choose nothing."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        focused = next((i for i, row in enumerate(self.rows) if row.hasFocus()), None)
        if step is None or focused is None or event.modifiers():
            event.ignore()
            return
        target = min(max(focused + step, 0), len(self.rows) - 1)
        self.rows[target].setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_clicked(self) -> None:
        row = self.sender()
        if isinstance(row, OptionRow):
            self.edited.emit({"value": row.key})

    def _rove(self, value: str | None) -> None:
        stop = next((row for row in self.rows if row.key == value), self.rows[0])
        for row in self.rows:
            row.setFocusPolicy(
                Qt.FocusPolicy.StrongFocus if row is stop else Qt.FocusPolicy.ClickFocus
            )


def _score_of(item: ChoiceItem | LookupItem, option: Option | PointOption) -> Fraction:
    if isinstance(option, PointOption):
        return option.points / item.most if isinstance(item, LookupItem) else Fraction(0)
    return option.score


EDITORS: Final[Mapping[str, type[Editor]]] = {
    "choice": ChoiceEditor,
    "lookup": ChoiceEditor,
    "ratio": NumbersEditor,
    "decline": NumbersEditor,
    "index": IndexEditor,
    "count": NumbersEditor,
}
"""Item kind → its editor; the same kinds as ``scoring.RULES``."""


def editor_of(sheet: Sheet, item: AnyItem) -> Editor:
    """The editor for an item."""
    return EDITORS[item.kind](sheet, item)


def short_answer(item: AnyItem, answer: AnswerInfo | None) -> str:
    """An answer in few characters: ``B``, ``75 %``, ``–``."""
    if answer is None:
        return "–"
    if answer.not_applicable:
        return _("n/a")
    if isinstance(item, ChoiceItem | LookupItem):
        return answer.value or "–"
    if isinstance(item, IndexItem):
        return texts.typed(answer.value) if answer.value else "–"
    shown = [texts.typed(value) for value in answer.inputs.values() if value]
    return " / ".join(shown) or "–"
