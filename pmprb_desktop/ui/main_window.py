"""The one window: first start, home, wizard, help; empty until the workspace is open."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QPaintEvent, QShortcut
from PySide6.QtWidgets import QLabel, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from pmprb_desktop.i18n import _

if TYPE_CHECKING:
    from pmprb_desktop.ui.session import Session
    from pmprb_desktop.ui.wizard import WizardView


SMALLEST: Final = QSize(900, 520)
USUAL: Final = QSize(1366, 697)


class MainWindow(QMainWindow):
    """Shows one page at a time; imports what a page needs when the page is needed."""

    painted = Signal()
    ready = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle(_("PMPRB Desktop"))
        room = self.screen().availableSize()
        self.setMinimumSize(SMALLEST.boundedTo(room))
        self.resize(USUAL.boundedTo(room))
        self._painted = False
        self.session: Session | None = None
        self._asked: Path | None = None
        self.wizard: WizardView | None = None
        self.stack = QStackedWidget()
        self.stack.addWidget(_opening())
        self.setCentralWidget(self.stack)
        self._shortcut("F1", self.show_help)
        self._shortcut("Alt+Home", self.show_home)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell once that the window stands on the screen."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            self.painted.emit()

    def open_workspace(self, path: Path) -> None:
        """Open or make the workspace and show what comes first."""
        from pmprb_desktop import unit
        from pmprb_desktop.ui.session import Session

        self._asked = path
        folder = unit.resolve(path)
        if unit.is_workspace(folder):
            self.take_session(Session.open(folder))
        else:
            self.show_first_start(path)
        self.ready.emit()

    def take_session(self, session: "Session") -> None:
        """Use an open workspace."""
        from pmprb_desktop import unit
        from pmprb_desktop.ui import crash, messages

        if self.session is not None and self.session is not session:
            self._close_session()
        self.session = session
        crash.use_folder(session.path / "logs")
        messages.keep_errors(lambda number: unit.note_error(session.ws, number))
        if session.info().is_set_up:
            self.show_home()
        else:
            self.show_first_start(session.path)
        session.say_what_was_recovered(self)

    def show_first_start(self, path: Path) -> None:
        """Ask who fills what; the workspace is made when that is known."""
        from pmprb_desktop.ui.pages.first_start import FirstStartPage

        page = FirstStartPage(path, self.session)
        page.completed.connect(self._on_set_up)
        page.practice_asked.connect(lambda: self.start_practice(path))
        self._show(page)

    def start_practice(self, path: Path) -> None:
        """Open the practice workspace, which is apart from the real one."""
        from pmprb_desktop.ui.messages import reported
        from pmprb_desktop.ui.starting import open_practice

        with reported(self):
            self._asked = self._asked or path
            self.take_session(open_practice(path))

    def leave_practice(self) -> None:
        """Back to what was asked for at the start."""
        from pmprb_desktop.ui.messages import reported

        assert self._asked is not None
        with reported(self):
            self._close_session()
            self.open_workspace(self._asked)

    def show_home(self) -> None:
        """Show the assessments of this workspace."""
        if self.session is None or not self.session.info().is_set_up:
            return
        from pmprb_desktop.ui.pages.home import HomePage

        self._leave_wizard()
        page = HomePage(self.session)
        page.opened.connect(self.open_assessment)
        page.help_asked.connect(self.show_help)
        page.practice_left.connect(self.leave_practice)
        self._show(page)

    def open_file(self, path: Path) -> None:
        """Look at a file that the program was started with."""
        from pmprb_desktop.ui.pages.first_start import FirstStartPage
        from pmprb_desktop.ui.pages.home import HomePage

        page = self.stack.currentWidget()
        if isinstance(page, HomePage | FirstStartPage):
            page.open_file(path)

    def open_assessment(self, assessment_id: str, place: str | None = None) -> None:
        """Open the wizard where it was left, or at an item."""
        assert self.session is not None
        from pmprb_desktop.ui.messages import reported
        from pmprb_desktop.ui.wizard import WizardView

        with reported(self):
            view = WizardView(self.session, assessment_id)
            view.home_asked.connect(self.show_home)
            view.help_asked.connect(self.show_help)
            self.wizard = view
            self._show(view)
            view.start(place)

    def show_help(self) -> None:
        """Show what one reads out on the phone."""
        if self.session is None:
            return
        from pmprb_desktop.ui.pages.help import HelpPage

        assessment = self.wizard.sheet.info.id if self.wizard is not None else None
        page = HelpPage(self.session, assessment)
        page.closed.connect(self._on_help_closed)
        self._show(page, keep=self.wizard)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Save what is still being typed, stop long work, close the workspace."""
        from pmprb_desktop.ui import tasks

        self._leave_wizard()
        tasks.stop_all()
        self._close_session()
        super().closeEvent(event)

    def _close_session(self) -> None:
        if self.session is not None:
            from pmprb_desktop.ui import messages

            messages.keep_errors(None)
            self.session.close()
            self.session = None

    def _on_set_up(self, session: "Session") -> None:
        from pmprb_desktop.ui.pages.home import HomePage

        self.take_session(session)
        page = self.stack.currentWidget()
        if isinstance(page, HomePage) and session.info().person is None:
            page.ask_who()

    def _on_help_closed(self) -> None:
        if self.wizard is None:
            self.show_home()
        else:
            self._show(self.wizard)

    def _leave_wizard(self) -> None:
        if self.wizard is not None:
            self.wizard.leave()
            self.wizard = None

    def _show(self, page: QWidget, *, keep: QWidget | None = None) -> None:
        if self.stack.indexOf(page) < 0:
            self.stack.addWidget(page)
        self.stack.setCurrentWidget(page)
        for index in reversed(range(self.stack.count())):
            old = self.stack.widget(index)
            if old is not None and old is not page and old is not keep:
                self.stack.removeWidget(old)
                old.hide()
                old.deleteLater()

    def _shortcut(self, keys: str, action: Callable[[], None]) -> None:
        QShortcut(QKeySequence(keys), self).activated.connect(action)


def _opening() -> QWidget:
    page = QWidget()
    page.setObjectName("page")
    words = QLabel(_("Opening your work …"))
    words.setProperty("tone", "muted")
    words.setAlignment(Qt.AlignmentFlag.AlignCenter)
    layout = QVBoxLayout(page)
    layout.addWidget(words)
    return page
