"""The note of an item: grows with its text, saves itself."""

from typing import Final

from PySide6.QtCore import QMimeData, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy

from pmprb_desktop.i18n import _

DEBOUNCE_MS: Final = 500
_MOST_LINES = 12


class NoteEdit(QPlainTextEdit):
    """Saves half a second after the last key and when it is left."""

    written = Signal(str)
    image_pasted = Signal(object)

    def __init__(self, name: str, placeholder: str = "") -> None:
        super().__init__()
        self._saved = ""
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder or _("Note"))
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(3)
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(DEBOUNCE_MS)
        self.timer.timeout.connect(self.flush)
        self.textChanged.connect(self._on_changed)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    def show_text(self, text: str) -> None:
        """Show what is saved, unless something newer is being typed."""
        if self.timer.isActive() or text == self._saved == self.toPlainText():
            return
        self._saved = text
        if self.toPlainText() != text:
            self.blockSignals(True)
            self.setPlainText(text)
            self.blockSignals(False)
            self._fit()

    def flush(self) -> None:
        """Save now what is not saved yet."""
        self.timer.stop()
        text = self.toPlainText()
        if text != self._saved:
            self._saved = text
            self.written.emit(text)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leaving saves."""
        super().focusOutEvent(event)
        self.flush()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """A picture on the clipboard becomes evidence, not text."""
        if source.hasImage() and not source.hasText():
            self.image_pasted.emit(source)
        else:
            super().insertFromMimeData(source)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Text and pictures."""
        return source.hasImage() or super().canInsertFromMimeData(source)

    def _on_changed(self) -> None:
        self.timer.start()

    def _fit(self, *_size: object) -> None:
        lines = max(1, min(round(self.document().size().height()), _MOST_LINES))
        height = lines * self.fontMetrics().lineSpacing() + 2 * 3 + 8
        self.setFixedHeight(max(30, height))
        many = self.document().size().height() > _MOST_LINES
        wanted = (
            Qt.ScrollBarPolicy.ScrollBarAsNeeded if many else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        )
        if self.verticalScrollBarPolicy() != wanted:
            self.setVerticalScrollBarPolicy(wanted)
