"""Filling the worksheet: keys, undo, notes, tree, search, filters."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pmprb_desktop import flow, unit
from pmprb_desktop.rubric.model import ChoiceItem, page_items
from pmprb_desktop.ui import theme
from pmprb_desktop.ui.card import ItemCard
from pmprb_desktop.ui.main_window import MainWindow
from pmprb_desktop.ui.numbers_editor import NumbersEditor
from pmprb_desktop.ui.pages.items import ItemsPage
from pmprb_desktop.ui.questions import EDITORS, ChoiceEditor
from pmprb_desktop.ui.session import Session
from pmprb_desktop.ui.wizard import WizardView
from pmprb_desktop.ui.wizard_tree import MARK, SCORE
from tests.ui.helpers import settle

FIRST = "A.I.1.i.a"
SECOND = "A.I.1.i.b"


def card(view: WizardView, code: str) -> ItemCard:
    view.open_item(code)
    page = view.page
    assert isinstance(page, ItemsPage)
    return page.cards[code]


def focused(qtbot: QtBot) -> object:
    QApplication.processEvents()
    return QApplication.focusWidget()


def press(qtbot: QtBot, key: Qt.Key) -> None:
    widget = QApplication.focusWidget()
    assert widget is not None
    qtbot.keyClick(widget, key)


def kept(session: Session, code: str) -> str | None:
    info = session.assessments()[0]
    known = unit.worksheet(session.ws, info.id).answers.get(code)
    return known.value if known else None


def test_every_kind_of_item_has_an_editor() -> None:
    from pmprb_desktop.scoring import RULES

    assert set(EDITORS) == set(RULES)


def test_letters_answer_and_the_answer_is_on_disk(
    qtbot: QtBot, wizard: WizardView, session: Session
) -> None:
    first = card(wizard, FIRST)
    press(qtbot, Qt.Key.Key_B)
    assert kept(session, FIRST) == "B"
    assert isinstance(first.editor, ChoiceEditor)
    assert first.editor.row("B").isChecked()
    press(qtbot, Qt.Key.Key_A)
    assert kept(session, FIRST) == "A"
    press(qtbot, Qt.Key.Key_1)
    press(qtbot, Qt.Key.Key_Z)
    assert kept(session, FIRST) == "A"


def test_y_and_t_answer_yes_and_no(qtbot: QtBot, wizard: WizardView, session: Session) -> None:
    code = next(
        item.code
        for item in wizard.sheet.items
        if isinstance(item, ChoiceItem) and {o.key for o in item.options} == {"Ya", "Tidak"}
    )
    card(wizard, code)
    press(qtbot, Qt.Key.Key_T)
    assert kept(session, code) == "Tidak"
    press(qtbot, Qt.Key.Key_Y)
    assert kept(session, code) == "Ya"


def test_arrows_move_without_choosing_and_space_chooses(
    qtbot: QtBot, wizard: WizardView, session: Session
) -> None:
    first = card(wizard, FIRST)
    assert isinstance(first.editor, ChoiceEditor)
    press(qtbot, Qt.Key.Key_Down)
    assert first.editor.rows[1].hasFocus()
    assert kept(session, FIRST) is None
    press(qtbot, Qt.Key.Key_Space)
    assert kept(session, FIRST) == first.editor.rows[1].key


def test_delete_makes_the_item_blank(qtbot: QtBot, wizard: WizardView, session: Session) -> None:
    card(wizard, FIRST)
    press(qtbot, Qt.Key.Key_B)
    press(qtbot, Qt.Key.Key_Delete)
    assert kept(session, FIRST) is None


def test_clicking_the_chosen_option_again_changes_nothing(
    qtbot: QtBot, wizard: WizardView, session: Session
) -> None:
    first = card(wizard, FIRST)
    assert isinstance(first.editor, ChoiceEditor)
    row = first.editor.row("B")
    for _at in range(2):
        qtbot.mouseClick(row, Qt.MouseButton.LeftButton)
        assert row.isChecked()
    assert kept(session, FIRST) == "B"


def test_a_changed_answer_says_so_and_can_be_undone(
    qtbot: QtBot, wizard: WizardView, session: Session
) -> None:
    first = card(wizard, FIRST)
    press(qtbot, Qt.Key.Key_B)
    assert first.changed.isHidden()
    press(qtbot, Qt.Key.Key_A)
    assert first.changed.text().startswith("B → A")
    assert not first.undo_button.isHidden()
    qtbot.mouseClick(first.undo_button, Qt.MouseButton.LeftButton)
    assert kept(session, FIRST) == "B"
    assert first.undo_button.isHidden()


def test_a_card_offers_to_undo_only_the_very_last_change(
    qtbot: QtBot, wizard: WizardView, session: Session
) -> None:
    first = card(wizard, FIRST)
    press(qtbot, Qt.Key.Key_B)
    press(qtbot, Qt.Key.Key_A)
    assert not first.undo_button.isHidden()
    card(wizard, SECOND)
    press(qtbot, Qt.Key.Key_A)
    assert first.undo_button.isHidden()
    wizard.undo()
    wizard.undo()
    assert kept(session, FIRST) == "B"
    assert first.undo_button.isHidden()


def test_undo_and_redo_jump_to_their_item(
    qtbot: QtBot, wizard: WizardView, session: Session
) -> None:
    card(wizard, FIRST)
    press(qtbot, Qt.Key.Key_B)
    wizard.go_forward()
    wizard.undo()
    assert kept(session, FIRST) is None
    assert wizard.at == 0
    wizard.redo()
    assert kept(session, FIRST) == "B"


def test_ctrl_enter_goes_to_the_next_unanswered(qtbot: QtBot, wizard: WizardView) -> None:
    card(wizard, SECOND)
    press(qtbot, Qt.Key.Key_A)
    card(wizard, FIRST)
    press(qtbot, Qt.Key.Key_A)
    wizard.go_next_blank()
    assert wizard._card is not None
    assert wizard._card.code == "A.I.1.i.c"


def test_the_window_opens_at_the_item_left(
    qtbot: QtBot, window: MainWindow, wizard: WizardView, session: Session
) -> None:
    card(wizard, "A.III.2.a.2")
    QApplication.processEvents()
    window.show_home()
    assert session.assessments()[0].place == "A.III.2.a.2"
    window.open_assessment(session.assessments()[0].id)
    assert window.wizard is not None
    assert window.wizard._card is not None
    assert window.wizard._card.code == "A.III.2.a.2"


def test_a_note_is_saved_half_a_second_after_the_last_key(
    qtbot: QtBot, wizard: WizardView, session: Session
) -> None:
    first = card(wizard, FIRST)
    first.note.setFocus()
    with qtbot.waitSignal(first.note.written, timeout=5000) as seen:
        qtbot.keyClicks(first.note, "Daftar hadir hal. 2")
    assert seen.args == ["Daftar hadir hal. 2"]
    assert first.note.timer.interval() == 500
    info = session.assessments()[0]
    assert unit.worksheet(session.ws, info.id).answers[FIRST].note == "Daftar hadir hal. 2"
    assert kept(session, FIRST) is None


def test_leaving_a_note_or_a_page_saves_it(
    qtbot: QtBot, wizard: WizardView, session: Session
) -> None:
    first = card(wizard, FIRST)
    first.note.setFocus()
    qtbot.keyClicks(first.note, "abc")
    wizard.go_forward()
    info = session.assessments()[0]
    assert unit.worksheet(session.ws, info.id).answers[FIRST].note == "abc"


def test_numbers_show_their_share_and_are_saved_on_leaving(
    qtbot: QtBot, wizard: WizardView, session: Session
) -> None:
    code = next(item.code for item in wizard.sheet.items if item.kind == "ratio")
    ratio = card(wizard, code)
    editor = ratio.editor
    assert isinstance(editor, NumbersEditor)
    item = wizard.sheet.rubric.items[code]
    numerator = set(getattr(item, "numerator", ()))
    for field in editor.fields:
        field.setFocus()
        field.clear()
        qtbot.keyClicks(field, "750" if field.name in numerator else "1.000")
    assert "%" in editor.result.text()
    ratio.note.setFocus()
    known = unit.worksheet(session.ws, session.assessments()[0].id).answers[code]
    assert set(known.inputs.values()) <= {"750", "1000"}
    assert len(known.inputs) == len(editor.fields)


def test_a_number_that_is_none_is_refused_beside_its_field(
    qtbot: QtBot, wizard: WizardView
) -> None:
    code = next(item.code for item in wizard.sheet.items if item.kind == "ratio")
    ratio = card(wizard, code)
    assert isinstance(ratio.editor, NumbersEditor)
    field = ratio.editor.fields[0]
    field.setFocus()
    qtbot.keyClicks(field, "tujuh")
    ratio.editor.flush()
    assert ratio.editor.fault.text()
    assert field.property("wrong") is True
    assert field.text() == "tujuh"


def test_tree_shows_marks_and_scores(qtbot: QtBot, wizard: WizardView) -> None:
    model = wizard.side.model
    page = model.index_of_code("A.I.1.i")
    assert page.data(MARK) == "empty"
    card(wizard, FIRST)
    press(qtbot, Qt.Key.Key_A)
    assert page.data(MARK) == "partial"
    for code in (SECOND, "A.I.1.i.c"):
        card(wizard, code)
        press(qtbot, Qt.Key.Key_A)
    assert page.data(MARK) == "complete"
    assert page.data(SCORE) == "0.40"
    assert model.index_of_code("A.I").data(MARK) == "partial"


def test_the_tree_jumps_and_omitted_parts_cannot_be_chosen(wizard: WizardView) -> None:
    model = wizard.side.model
    wizard.side._on_activated(model.index_of_code("A.III"))
    stop = wizard.sheet.order[wizard.at]
    assert stop.page is not None
    assert stop.page.startswith("A.III.")
    omitted = model.index_of_code("A.II")
    assert omitted.isValid()
    assert not omitted.flags() & Qt.ItemFlag.ItemIsEnabled
    wizard.side._on_activated(omitted)
    assert wizard.sheet.order[wizard.at] == stop
    wizard.side._on_activated(model.index_of_step(flow.Step.PACKAGE))
    assert wizard.sheet.order[wizard.at].step is flow.Step.PACKAGE


def test_search_lists_items_and_enter_jumps(qtbot: QtBot, wizard: WizardView) -> None:
    wizard.side.focus_search()
    qtbot.keyClicks(wizard.side.search, "a.iii.2.a.1")
    assert wizard.side.stack.currentWidget() is wizard.side.results
    assert wizard.side.found.codes[0] == "A.III.2.a.1"
    qtbot.keyClick(wizard.side.search, Qt.Key.Key_Return)
    assert wizard._card is not None
    assert wizard._card.code == "A.III.2.a.1"
    wizard.side.focus_search()
    qtbot.keyClicks(wizard.side.search, "xyzxyz")
    assert wizard.side.stack.currentWidget() is wizard.side.nothing
    qtbot.keyClick(wizard.side.search, Qt.Key.Key_Escape)
    assert wizard.side.stack.currentWidget() is wizard.side.tree


def test_filters_list_unanswered_and_flagged(qtbot: QtBot, wizard: WizardView) -> None:
    total = len(wizard.sheet.items)
    assert wizard.side.blank.text() == f"Unanswered {total}"
    first = card(wizard, FIRST)
    press(qtbot, Qt.Key.Key_A)
    qtbot.mouseClick(first.flag, Qt.MouseButton.LeftButton)
    assert wizard.side.blank.text() == f"Unanswered {total - 1}"
    wizard.side.blank.setChecked(True)
    assert FIRST not in wizard.side.found.codes
    assert len(wizard.side.found.codes) == total - 1
    wizard.side.blank.setChecked(False)
    wizard.side.flagged.setChecked(True)
    assert wizard.side.found.codes == (FIRST,)


def test_moving_in_the_tree_by_keys_opens_nothing_until_enter(
    qtbot: QtBot, wizard: WizardView
) -> None:
    tree = wizard.side.tree
    target = wizard.side.model.index_of_code("A.III")
    tree.selectionModel().setCurrentIndex(target, QItemSelectionModel.SelectionFlag.ClearAndSelect)
    assert wizard.at == 0
    qtbot.keyClick(tree, Qt.Key.Key_Return)
    assert wizard.at > 0


def test_every_page_opens_both_ways_without_a_warning(qtbot: QtBot, wizard: WizardView) -> None:
    count = len(wizard.sheet.order)
    for _at in range(count - 1):
        wizard.go_forward()
    assert wizard.at == count - 1
    settle(qtbot)
    for _at in range(count - 1):
        wizard.go_back()
    assert wizard.at == 0


def test_guidance_opens_and_closes(qtbot: QtBot, wizard: WizardView) -> None:
    first = card(wizard, FIRST)
    first.toggle_guide()
    assert first.guide is not None
    assert not first.guide.isHidden()
    first.toggle_guide()
    assert first.guide.isHidden()


def test_locked_entries_can_only_be_read(
    qtbot: QtBot, wizard: WizardView, session: Session
) -> None:
    first = card(wizard, FIRST)
    press(qtbot, Qt.Key.Key_B)
    unit.lock(session.ws, wizard.sheet.id)
    wizard.sheet.reload()
    assert wizard.banner.text.text()
    assert first.note.isReadOnly()
    assert isinstance(first.editor, ChoiceEditor)
    assert not first.editor.rows[0].isEnabled()
    first.setFocus()
    first.editor.take_key("a")
    qtbot.keyClick(first, Qt.Key.Key_A)
    assert kept(session, FIRST) == "B"


def test_practice_says_so_on_every_page(qtbot: QtBot, window: MainWindow, session: Session) -> None:
    info = unit.make_practice(session.ws)
    window.open_assessment(info.id)
    assert window.wizard is not None
    view = window.wizard
    for at in (0, len(view.sheet.order) - 2, len(view.sheet.order) - 1):
        view._open(at)
        assert view.banner.isVisible()
        assert "PRACTICE" in view.banner.text.text()
    settle(qtbot)


@pytest.mark.parametrize(
    ("typed", "kept_as"),
    [
        ("1.250.000", "1250000"),
        ("1.250.000,5", "1250000.5"),
        ("0,75", "0.75"),
        ("1.5", "1.5"),
        ("0.125", "0.125"),
        (" 12 ", "12"),
        ("tujuh", "tujuh"),
    ],
)
def test_numbers_as_people_type_them(typed: str, kept_as: str) -> None:
    from pmprb_desktop.ui import texts

    assert texts.untyped(typed) == kept_as


def test_the_workspace_is_where_the_session_says(session: Session, tmp_path: Path) -> None:
    assert session.path == tmp_path / "work"


def test_ctrl_enter_works_inside_a_note(qtbot: QtBot, wizard: WizardView, session: Session) -> None:
    first = card(wizard, FIRST)
    press(qtbot, Qt.Key.Key_B)
    first.note.setFocus()
    qtbot.keyClicks(first.note, "abc")
    QTest.keyClick(first.note, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert first.note.toPlainText() == "abc"
    assert wizard._card is not None
    assert wizard._card.code == SECOND


def test_only_items_asked_for_can_be_corrected(wizard: WizardView) -> None:
    sheet = wizard.sheet
    sheet.corrections = {SECOND: "Lengkapi bukti."}
    sheet.info = replace(sheet.info, state="needs_correction")
    assert sheet.editable(SECOND)
    assert not sheet.editable(FIRST)


def test_the_dark_colours_reach_everything(qtbot: QtBot, wizard: WizardView) -> None:
    theme.theme().follow(Qt.ColorScheme.Dark)
    QApplication.processEvents()
    image = wizard.grab().toImage()
    light = sum(
        image.pixelColor(x, y).lightness() > 200
        for x in range(0, image.width(), 7)
        for y in range(0, image.height(), 7)
    )
    theme.theme().follow(Qt.ColorScheme.Light)
    assert light < 0.05 * (image.width() // 7) * (image.height() // 7)


def test_a_page_of_a_large_rubric_opens_at_once(qtbot: QtBot, wizard: WizardView) -> None:
    """Only the first cards are built before the page is shown; the rest follow."""
    at = max(
        range(len(wizard.sheet.order) - 2),
        key=lambda n: len(
            tuple(page_items(wizard.sheet.rubric.nodes[wizard.sheet.order[n].page or ""]))
        ),
    )
    wizard._open(at)
    page = wizard.page
    assert isinstance(page, ItemsPage)
    count = len(tuple(page_items(page.node)))
    assert len(page.cards) < count
    qtbot.waitUntil(lambda: len(page.cards) == count)
