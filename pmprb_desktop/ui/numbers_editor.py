"""Numbers of an item with what comes of them: ratio, decline, count, index."""

from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from pmprb_desktop import scoring
from pmprb_desktop.i18n import _
from pmprb_desktop.rubric.model import AnyItem, CountItem, DeclineItem, IndexItem, RatioItem
from pmprb_desktop.ui import texts, theme
from pmprb_desktop.ui.editor import Editor
from pmprb_desktop.ui.sheet import Sheet
from pmprb_desktop.ui.widgets import label
from pmprb_desktop.values import AnswerInfo

DEBOUNCE_MS: Final = 500


class NumberField(QLineEdit):
    """A number as people type it; says when it is left."""

    left = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.setMaxLength(40)
        self.setFixedWidth(190)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.installEventFilter(self)

    def decimal(self) -> str:
        """The number as a decimal string; empty when nothing is typed."""
        return texts.untyped(self.text())

    def set_decimal(self, value: str) -> None:
        """Show a decimal string the way people write it."""
        if not self.hasFocus() or self.decimal() != value:
            self.setText(texts.typed(value))

    def mark(self, *, wrong: bool) -> None:
        """Show that it was not taken."""
        if bool(self.property("wrong")) != wrong:
            self.setProperty("wrong", wrong)
            self.style().unpolish(self)
            self.style().polish(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell when focus goes."""
        if watched is self and event.type() == QEvent.Type.FocusOut:
            self.left.emit()
        return super().eventFilter(watched, event)


class NumbersEditor(Editor):
    """Numbers of a ratio, a decline or a count, with what comes of them."""

    def __init__(self, sheet: Sheet, item: AnyItem) -> None:
        super().__init__(sheet, item)
        self.fields: list[NumberField] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DEBOUNCE_MS)
        self._timer.timeout.connect(self.flush)
        self._saved: Mapping[str, str] = {}
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        for at, (name, caption, unit) in enumerate(self._inputs()):
            field = NumberField(name)
            words = label(sheet.words(caption))
            words.setWordWrap(True)
            words.setMinimumWidth(280)
            words.setBuddy(field)
            field.setAccessibleName(" ".join(part for part in (sheet.words(caption), unit) if part))
            field.textEdited.connect(self._on_typed)
            field.left.connect(self.flush)
            field.returnPressed.connect(self.flush)
            grid.addWidget(words, at, 0)
            grid.addWidget(field, at, 1)
            grid.addWidget(label(unit, tone="muted"), at, 2)
            self.fields.append(field)
        grid.setColumnStretch(3, 1)
        self.result = QLabel()
        self.result.setTextFormat(Qt.TextFormat.PlainText)
        self.result.setFont(theme.font(bold=True))
        self.fault = label(tone="bad")
        self.fault.setWordWrap(True)
        self.fault.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 2)
        layout.setSpacing(8)
        layout.addLayout(grid)
        layout.addWidget(self.result)
        layout.addWidget(self.fault)

    def _inputs(self) -> list[tuple[str, str, str]]:
        item = self.item
        assert isinstance(item, RatioItem | DeclineItem | CountItem)
        return [(entry.name, entry.label, entry.unit) for entry in item.inputs]

    def show_answer(self, answer: AnswerInfo) -> None:
        """Show the saved numbers."""
        self._saved = dict(answer.inputs)
        for field in self.fields:
            field.set_decimal(answer.inputs.get(field.name, ""))
        self._show_result()

    def set_editable(self, editable: bool) -> None:
        """Make the fields read-only."""
        for field in self.fields:
            field.setReadOnly(not editable)

    def first_input(self) -> QWidget:
        """The first empty field, else the first."""
        return next((field for field in self.fields if not field.text()), self.fields[0])

    def flush(self) -> None:
        """Save what differs from what is saved."""
        self._timer.stop()
        change = self._change()
        if change is not None and not self.fields[0].isReadOnly():
            self._tell("")
            self.edited.emit(change)

    def refuse(self, message: str) -> bool:
        """Say under the fields why they were not taken."""
        self._tell(message)
        return True

    def _change(self) -> dict[str, Any] | None:
        typed = {field.name: field.decimal() for field in self.fields if field.decimal()}
        kept = {name: value for name, value in self._saved.items() if value}
        return None if typed == kept else {"inputs": typed}

    def _on_typed(self) -> None:
        self._show_result()
        self._timer.start()

    def _tell(self, message: str) -> None:
        self.fault.setText(message)
        self.fault.setVisible(bool(message))
        for field in self.fields:
            bad = bool(field.text()) and scoring.decimal(field.decimal()) is None
            field.mark(wrong=bool(message) and (bad or len(self.fields) == 1))

    def _show_result(self) -> None:
        typed = {field.name: field.decimal() for field in self.fields}
        rule = scoring.RULES[self.item.kind]
        if rule is None:
            self.result.setText(_("For the record, not scored"))
        elif all(scoring.decimal(value) is not None for value in typed.values()):
            share = rule(self.item, scoring.Answer(inputs=typed))
            self.result.setText(
                _("Result: {percent} · score {score}").format(
                    percent=texts.percent(share), score=texts.number(share)
                )
            )
        else:
            self.result.setText(_("The result appears when every number is filled in"))


class IndexEditor(NumbersEditor):
    """One value on a scale."""

    def _inputs(self) -> list[tuple[str, str, str]]:
        item = self.item
        assert isinstance(item, IndexItem)
        low, high = (texts.typed(scoring.decimal_text(x)) for x in (item.minimum, item.maximum))
        hint = _("scale {low}–{high}").format(low=low, high=high)
        return [("value", _("Index value"), " ".join(part for part in (item.unit, hint) if part))]

    def show_answer(self, answer: AnswerInfo) -> None:
        """Show the saved value."""
        self._saved = {"value": answer.value or ""}
        self.fields[0].set_decimal(answer.value or "")
        self._show_result()

    def _change(self) -> dict[str, Any] | None:
        typed = self.fields[0].decimal()
        return None if typed == self._saved.get("value", "") else {"value": typed or None}

    def _show_result(self) -> None:
        assert isinstance(self.item, IndexItem)
        typed = self.fields[0].decimal()
        value = scoring.decimal(typed)
        if value is None or value > self.item.maximum:
            self.result.setText(_("The result appears when every number is filled in"))
            return
        share = value / self.item.maximum
        self.result.setText(
            _("Result: {percent} · score {score}").format(
                percent=texts.percent(share), score=texts.number(share)
            )
        )
