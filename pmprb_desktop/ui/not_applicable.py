"""The row "tidak berlaku" of an item, with its reason."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from pmprb_desktop.i18n import _
from pmprb_desktop.rubric.model import AnyItem
from pmprb_desktop.ui.options import OptionRow, key_width
from pmprb_desktop.values import AnswerInfo


class NotApplicable(QWidget):
    """The row "tidak berlaku" and its reason."""

    edited = Signal(object)

    def __init__(self, item: AnyItem) -> None:
        super().__init__()
        self._on = False
        self._saved = ""
        self.row = OptionRow("–", _("Not applicable here"), "", key_width(["–"]), self)
        self.row.setAccessibleName(_("Item {code} is not applicable").format(code=item.code))
        self.row.clicked.connect(self._on_clicked)
        self.reason = QLineEdit()
        self.reason.setMaxLength(2000)
        self.reason.setPlaceholderText(_("Reason (needed)"))
        self.reason.setAccessibleName(
            _("Reason why item {code} is not applicable").format(code=item.code)
        )
        self.reason.editingFinished.connect(self.flush)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.row)
        layout.addWidget(self.reason)

    def show_answer(self, answer: AnswerInfo) -> None:
        """Show what is saved."""
        self._on = answer.not_applicable
        self._saved = answer.reason
        self.row.setChecked(self._on)
        self.reason.setVisible(self._on)
        if not self.reason.hasFocus():
            self.reason.setText(answer.reason)

    def set_editable(self, editable: bool) -> None:
        """Allow or forbid changes."""
        self.row.setEnabled(editable)
        self.reason.setReadOnly(not editable)

    def flush(self) -> None:
        """Save the reason."""
        text = self.reason.text().strip()
        if self._on and text != self._saved and not self.reason.isReadOnly():
            self._saved = text
            self.edited.emit({"reason": text})

    def _on_clicked(self) -> None:
        self.edited.emit({"not_applicable": not self._on})
        if self._on:
            self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
