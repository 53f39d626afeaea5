"""Qt's wizard as a part of the window."""

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QGridLayout,
    QLayout,
    QSizePolicy,
    QWidget,
    QWizard,
)

from pmprb_desktop import flow
from pmprb_desktop.ui.pages.base import Page
from pmprb_desktop.ui.pages.check import CheckPage
from pmprb_desktop.ui.pages.items import ItemsPage
from pmprb_desktop.ui.pages.package import PackagePage
from pmprb_desktop.ui.sheet import Sheet

PAGES: Final[Mapping[flow.Step, type[Page]]] = {
    flow.Step.ITEMS: ItemsPage,
    flow.Step.CHECK: CheckPage,
    flow.Step.PACKAGE: PackagePage,
}


class LkeWizard(QWizard):
    """Qt's wizard inside the window: it keeps the pages, ``flow`` their order, we the buttons."""

    def __init__(self, sheet: Sheet) -> None:
        super().__init__()
        self.setWindowFlags(Qt.WindowType.Widget)
        self.setWizardStyle(QWizard.WizardStyle.ClassicStyle)
        self.setOption(QWizard.WizardOption.IndependentPages)
        self.setOption(QWizard.WizardOption.NoDefaultButton)
        self.setButtonLayout([])
        for at, stop in enumerate(sheet.order):
            self.setPage(at, PAGES[stop.step](sheet, stop))

    def go(self, at: int) -> None:
        """Show a page wherever it is; the wizard's own history is of no use to a free jump."""
        if at == self.currentId():
            self.setTitleFormat(Qt.TextFormat.PlainText)  # makes Qt look at the page's size again
        else:
            self.setStartId(at)
            self.restart()
        self._use_all_room()

    def page_at(self, at: int) -> Page | None:
        """A page by its id."""
        page = self.page(at)
        return page if isinstance(page, Page) else None

    def _use_all_room(self) -> None:
        direct = Qt.FindChildOption.FindDirectChildrenOnly
        for frame in self.findChildren(QWidget, options=direct):
            grid = frame.layout()
            if isinstance(grid, QGridLayout) and not _bare(grid):
                grid.setContentsMargins(0, 0, 0, 0)
                grid.setSpacing(0)
                for row in range(grid.rowCount()):
                    grid.setRowMinimumHeight(row, 0)
            for part in frame.findChildren(QWidget, options=direct):
                if not isinstance(part, QFrame | QAbstractButton):
                    part.hide()  # the ruler above the buttons that are not there
        page = self.currentPage()
        frame_of_page = page.parentWidget() if page is not None else None
        around = frame_of_page.layout() if frame_of_page is not None else None
        if around is not None:
            _close_gap(around)

    def event(self, event: QEvent) -> bool:
        """Qt lays the wizard out anew at its own will, with room for what we do not show."""
        handled = super().event(event)
        if event.type() in _LAYS_OUT:
            self._use_all_room()
        return handled

    def done(self, result: int) -> None:
        """The wizard is part of the window and never closes by itself."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Neither Escape nor Enter mean anything to the wizard as a whole."""
        event.ignore()


_LAYS_OUT: Final = (
    QEvent.Type.LayoutRequest,
    QEvent.Type.Show,
    QEvent.Type.Resize,
    QEvent.Type.StyleChange,
    QEvent.Type.FontChange,
)


def _close_gap(around: QLayout) -> None:
    """Qt gives the room below a page to a spacer when it looked while the page was hidden."""
    last = around.itemAt(around.count() - 1)
    spacer = last.spacerItem() if last is not None else None
    ignored = QSizePolicy.Policy.Ignored
    if spacer is not None and spacer.sizePolicy().verticalPolicy() != ignored:
        spacer.changeSize(0, 0, ignored, ignored)
        around.invalidate()


def _bare(grid: QGridLayout) -> bool:
    rows = range(grid.rowCount())
    return (
        grid.contentsMargins().isNull()
        and grid.verticalSpacing() == 0
        and not any(grid.rowMinimumHeight(row) for row in rows)
    )
