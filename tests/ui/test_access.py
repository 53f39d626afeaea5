"""Keyboard, names for screen readers, and room for every text."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from pmprb_desktop import flow, i18n, unit
from pmprb_desktop.ui.evidence_dialog import EvidenceDialog
from pmprb_desktop.ui.evidence_dialogs import LinkDialog, ShareDialog
from pmprb_desktop.ui.folder_dialog import FolderDialog
from pmprb_desktop.ui.key_dialog import KeyDialog
from pmprb_desktop.ui.letterhead_dialog import LetterheadDialog
from pmprb_desktop.ui.main_window import MainWindow
from pmprb_desktop.ui.new_dialog import NewDialog
from pmprb_desktop.ui.pages.first_start import FirstStartPage
from pmprb_desktop.ui.pages.items import ItemsPage
from pmprb_desktop.ui.passphrase_dialog import ask_passphrase
from pmprb_desktop.ui.people_dialog import PeopleDialog
from pmprb_desktop.ui.print_dialog import PrintDialog
from pmprb_desktop.ui.session import Session
from tests.ui.helpers import clipped, out_of_order, settle, unnamed


@pytest.fixture(autouse=True)
def _indonesian() -> None:
    i18n.use_language("id")


@pytest.fixture
def practice(qtbot: QtBot, window: MainWindow, session: Session) -> Iterator[MainWindow]:
    """The window on a practice assessment, in Indonesian."""
    window.open_assessment(unit.make_practice(session.ws).id)
    settle(qtbot)
    yield window
    settle(qtbot)


def look(widget: QWidget) -> None:
    QApplication.processEvents()
    assert unnamed(widget) == []
    assert clipped(widget) == []


@pytest.mark.parametrize("width", [1366, 1093, 900])
def test_every_page_of_the_wizard(qtbot: QtBot, practice: MainWindow, width: int) -> None:
    practice.resize(width, 697)
    view = practice.wizard
    assert view is not None
    for at in range(len(view.sheet.order)):
        view._open(at)
        page = view.page
        if isinstance(page, ItemsPage):
            while page._waiting:
                page._build_one()
            for card in page.cards.values():
                card.toggle_guide()
        settle(qtbot)
        look(view)


def test_reading_order_of_the_cards(qtbot: QtBot, practice: MainWindow) -> None:
    view = practice.wizard
    assert view is not None
    for at in (0, 5, len(view.sheet.order) - 3):
        view._open(at)
        page = view.page
        assert isinstance(page, ItemsPage)
        QApplication.processEvents()
        for card in page.cards.values():
            assert out_of_order(card) == []


def test_home_help_and_first_start(qtbot: QtBot, practice: MainWindow, tmp_path: Path) -> None:
    practice.show_home()
    look(practice)
    practice.show_help()
    look(practice)
    for role in ("", "unit", "central"):
        page = FirstStartPage(tmp_path / "x")
        qtbot.addWidget(page)
        page.resize(1366, 697)
        page.show()
        if role:
            page._on_role(role)
        QApplication.processEvents()
        look(page)
        assert out_of_order(page) == []


def test_every_dialog(qtbot: QtBot, practice: MainWindow, session: Session, tmp_path: Path) -> None:
    view = practice.wizard
    assert view is not None
    sheet = view.sheet
    (tmp_path / "ev").mkdir()
    (tmp_path / "ev" / "A.I.1.i.a x.txt").write_text("x", encoding="utf-8")
    page = view.page
    assert isinstance(page, ItemsPage)
    row = next(iter(page.cards.values())).evidence
    (first, *_rest) = sheet.evidence_of(row.code)
    job = unit.plan_report(session.ws, sheet.id, "minutes")
    made: list[QDialog] = [
        PeopleDialog(practice, session),
        NewDialog(practice, session),
        LinkDialog(practice),
        ShareDialog(practice, sheet, "A.I.1.i.b"),
        EvidenceDialog(practice, sheet, row.code, first.id, row),
        FolderDialog(practice, sheet, tmp_path / "ev"),
        LetterheadDialog(practice, session),
        ask_passphrase(practice, "Salah."),
        KeyDialog(practice, session),
        PrintDialog(practice, job, "Berita acara", "x"),
    ]
    for dialog in made:
        dialog.open()
        settle(qtbot)
        look(dialog)
        dialog.reject()
        settle(qtbot)


def test_the_last_steps_can_be_reached_by_keys(qtbot: QtBot, practice: MainWindow) -> None:
    view = practice.wizard
    assert view is not None
    view.open_step(flow.Step.PACKAGE)
    QApplication.processEvents()
    focused = QApplication.focusWidget()
    assert focused is not None
    assert view.page is not None
    assert view.page.isAncestorOf(focused)
