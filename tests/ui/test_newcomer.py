"""What someone meets who opens the program for the first time."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel
from pytestqt.qtbot import QtBot

from pmprb_desktop import flow, i18n, unit
from pmprb_desktop.ui.form import Caption, allow
from pmprb_desktop.ui.main_window import MainWindow
from pmprb_desktop.ui.pages.first_start import FirstStartPage
from pmprb_desktop.ui.pages.home import HomePage
from pmprb_desktop.ui.session import Session
from pmprb_desktop.ui.widgets import Button
from pmprb_desktop.ui.wizard import WizardView
from tests.ui.helpers import messages_open, settle, visible


def fresh(qtbot: QtBot, folder: Path) -> tuple[MainWindow, FirstStartPage]:
    window = MainWindow()
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    window.open_workspace(folder)
    page = window.stack.currentWidget()
    assert isinstance(page, FirstStartPage)
    return window, page


def test_captions_have_room_for_their_last_letter(qtbot: QtBot) -> None:
    for text in ("&Year", "&Tahun", "Disimp&an di", "N&IP"):
        caption = Caption(text)
        qtbot.addWidget(caption)
        plain = QLabel(text)
        qtbot.addWidget(plain)
        assert caption.sizeHint().width() > plain.sizeHint().width()


def test_practice_needs_no_form_and_stays_apart(qtbot: QtBot, tmp_path: Path) -> None:
    folder = tmp_path / "work"
    window, page = fresh(qtbot, folder)
    page.practice_asked.emit()
    home = window.stack.currentWidget()
    assert isinstance(home, HomePage)
    assert window.session is not None
    assert window.session.trial
    (entry,) = window.session.assessments()
    assert entry.practice
    words = [b.text() for b in home.findChildren(Button) if b.isVisibleTo(home)]
    assert not any("New assessment" in text.replace("&", "") for text in words)
    assert not unit.is_workspace(folder)
    home.practice_left.emit()
    assert isinstance(window.stack.currentWidget(), FirstStartPage)
    assert window.session is None
    window.close()


def test_what_is_missing_is_said_and_goes_when_it_is_typed(qtbot: QtBot, tmp_path: Path) -> None:
    window, page = fresh(qtbot, tmp_path / "work")
    page.findChildren(Button)[0].click()
    qtbot.keyClick(page.unit_code, Qt.Key.Key_Return)
    assert not page.missing.isHidden()
    assert page.unit_name.property("wrong")
    qtbot.keyClicks(page.unit_name, "Kecamatan Satu")
    assert not page.unit_name.property("wrong")
    window.close()


def test_the_last_package_is_enough_to_begin(
    qtbot: QtBot, session: Session, tmp_path: Path
) -> None:
    known = session.assessments()[0]
    unit.lock(session.ws, known.id)
    plan = unit.plan_seal(session.ws, known.id, provisional=True, approval="later")
    unit.record_seal(session.ws, unit.seal(plan))
    made = unit.export(unit.plan_export(session.ws, known.id), tmp_path)
    window, page = fresh(qtbot, tmp_path / "new")
    page.open_file(Path(made.path))
    settle(qtbot)
    (question,) = messages_open()
    question.accept()
    qtbot.waitUntil(lambda: isinstance(window.stack.currentWidget(), HomePage), timeout=10_000)
    assert window.session is not None
    (again,) = window.session.assessments()
    assert (again.unit_code, again.revision) == (known.unit_code, known.revision + 1)
    window.close()


def test_every_page_fills_the_room(qtbot: QtBot, window: MainWindow, wizard: WizardView) -> None:
    for at in (0, len(wizard.sheet.order) - 1, 3, len(wizard.sheet.order) - 2):
        stop = wizard.sheet.order[at]
        if stop.page is None:
            wizard.open_step(stop.step)
        else:
            wizard.open_node(stop.page)
        settle(qtbot)
        assert wizard.page is not None
        assert wizard.page.height() >= wizard.wizard.height() - 2
    window.show_home()
    window.open_assessment(wizard.sheet.id)
    settle(qtbot)
    assert window.wizard is not None
    page = window.wizard.page
    assert page is not None
    assert page.height() >= window.wizard.wizard.height() - 2


def test_what_is_disabled_says_why(qtbot: QtBot, wizard: WizardView) -> None:
    wizard.open_step(flow.Step.PACKAGE)
    settle(qtbot)
    for button in visible(wizard, QAbstractButton):
        if not button.isEnabled():
            assert button.toolTip(), button.accessibleName()
    button = Button("x")
    qtbot.addWidget(button)
    allow(button, "not now", "tip")
    assert (button.isEnabled(), button.toolTip()) == (False, "not now")
    allow(button, "", "tip")
    assert (button.isEnabled(), button.toolTip()) == (True, "tip")


@pytest.mark.parametrize("role", [0, 1])
def test_no_key_is_given_twice_on_the_form(qtbot: QtBot, tmp_path: Path, role: int) -> None:
    i18n.use_language("id")
    page = FirstStartPage(tmp_path / "new")
    qtbot.addWidget(page)
    page.show()
    page.findChildren(Button)[role].click()
    texts = [w.text() for w in visible(page, (QLabel, QAbstractButton))]  # type: ignore[attr-defined]
    keys = [t[t.index("&") + 1].casefold() for t in texts if "&" in t.replace("&&", "")]
    assert sorted(set(keys)) == sorted(keys)
