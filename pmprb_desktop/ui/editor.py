"""What every editor of an item has."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from pmprb_desktop.rubric.model import AnyItem
from pmprb_desktop.ui.sheet import Sheet
from pmprb_desktop.values import AnswerInfo


class Editor(QWidget):
    """Where an item is answered. ``edited`` carries what changes, as ``Sheet.answer`` takes it."""

    edited = Signal(object)

    def __init__(self, sheet: Sheet, item: AnyItem) -> None:
        super().__init__()
        self.sheet = sheet
        self.item = item

    def show_answer(self, answer: AnswerInfo) -> None:
        """Show what is saved."""

    def set_editable(self, editable: bool) -> None:
        """Allow or forbid changes."""

    def take_key(self, text: str) -> str | None:
        """The option that a typed letter means here, if any."""
        del text
        return None

    def flush(self) -> None:
        """Save what is still being typed."""

    def refuse(self, message: str) -> bool:
        """Show beside the input why it was not taken; False where there is no such place."""
        del message
        return False

    def first_input(self) -> QWidget:
        """Where focus goes when the item is jumped to."""
        return self
