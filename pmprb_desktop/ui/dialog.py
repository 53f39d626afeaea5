"""What the dialogs share."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QWidget

from pmprb_desktop.i18n import _
from pmprb_desktop.ui.widgets import Button


class FittingDialog(QDialog):
    """As high as its wrapped words need at its width; gone when it is closed."""

    def __init__(self, parent: QWidget | None, title: str, *, width: int = 480) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(width)

    def showEvent(self, event: QShowEvent) -> None:
        """Fit the height before anything is seen."""
        super().showEvent(event)
        self.fit()

    def fit(self) -> None:
        """Take the height that the words need now."""
        layout = self.layout()
        if layout is not None and layout.hasHeightForWidth():
            width = max(self.minimumWidth(), self.width())
            self.resize(width, layout.totalHeightForWidth(width))


def dialog_buttons(dialog: QDialog, text: str, on_click: Callable[[], object]) -> QHBoxLayout:
    """Cancel and the one thing the dialog is for."""
    row = QHBoxLayout()
    row.addStretch(1)
    row.addWidget(Button(_("&Cancel"), dialog.reject))
    main = Button(text, on_click, role="primary")
    main.setDefault(True)
    main.setObjectName("main")
    row.addWidget(main)
    return row
