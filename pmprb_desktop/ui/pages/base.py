"""What every page of the wizard has."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWizardPage

from pmprb_desktop import flow
from pmprb_desktop.ui.sheet import Sheet


class Page(QWizardPage):
    """A page that is built when it is first shown."""

    item_asked = Signal(str)
    step_asked = Signal(object)

    def __init__(self, sheet: Sheet, stop: flow.Stop) -> None:
        super().__init__()
        self.sheet = sheet
        self.stop = stop
        self.built = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(0)

    def open(self) -> None:
        """Called each time the page comes to the front."""
        if not self.built:
            self.built = True
            self.build()
        self.shown()

    def nextId(self) -> int:
        """The order is decided by ``flow``."""
        return flow.following(self.sheet.order, self.sheet.order.index(self.stop))

    def build(self) -> None:
        """Make the content."""

    def shown(self) -> None:
        """Bring the content up to date."""

    def focus_start(self) -> None:
        """Put the focus where work on this page begins."""

    def flush(self) -> None:
        """Save what is still being typed."""

    def show_item(self, code: str) -> bool:
        """Bring an item into view with the focus in it; False when it is not on this page."""
        del code
        return False
