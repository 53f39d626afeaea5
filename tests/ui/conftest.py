"""A workspace with a filled assessment, and the window over it, without a display."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["PMPRB_LANGUAGE"] = "en"

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pmprb_desktop import i18n, unit
from pmprb_desktop.ui import crash, messages, tasks, theme
from pmprb_desktop.ui.main_window import MainWindow
from pmprb_desktop.ui.session import Session
from pmprb_desktop.ui.wizard import WizardView
from pmprb_desktop.values import PersonDraft

RUBRIC = "pmprb-2020-unit"


def pytest_configure(config: pytest.Config) -> None:
    """The display of the tests has no window manager and says so at every dialog."""
    config.addinivalue_line("qt_log_ignore", "This plugin does not support propagateSizeHints")


@pytest.fixture(scope="session", autouse=True)
def _looks(qapp: QApplication) -> None:
    theme.install(qapp)


@pytest.fixture(autouse=True)
def _language() -> Iterator[None]:
    i18n.use_language("en")
    yield
    i18n.use_language("id")


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """A workspace of a unit with one blank assessment."""
    ws = unit.open_workspace(tmp_path / "work")
    unit.setup(ws, "unit", "KEC-07", "Kecamatan Satu", PersonDraft("Asesor Satu"))
    unit.new_assessment(ws, RUBRIC, 2026)
    made = Session(ws)
    yield made
    tasks.stop_all()
    ws.close()


@pytest.fixture
def window(qtbot: QtBot, session: Session) -> Iterator[MainWindow]:
    """The window at the size of a small laptop."""
    made = MainWindow()
    qtbot.addWidget(made)
    made.resize(1366, 697)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    made.take_session(session)
    yield made
    tasks.stop_all()
    messages.keep_errors(None)
    made.session = None
    crash.install(None)


@pytest.fixture
def wizard(qtbot: QtBot, window: MainWindow, session: Session) -> WizardView:
    """The wizard on the blank assessment."""
    window.open_assessment(session.assessments()[0].id)
    assert window.wizard is not None
    view = window.wizard
    qtbot.waitUntil(view.isVisible)
    return view
