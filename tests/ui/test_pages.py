"""First start, home, help, check, package, print: what stands there and where it leads."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMarginsF, Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from pmprb_desktop import flow, unit
from pmprb_desktop.errors import UserError
from pmprb_desktop.rubric.model import ChoiceItem
from pmprb_desktop.ui import tasks
from pmprb_desktop.ui.attaching import export_folder
from pmprb_desktop.ui.backup import restore_backup, write_backup
from pmprb_desktop.ui.key_dialog import KeyDialog
from pmprb_desktop.ui.main_window import MainWindow
from pmprb_desktop.ui.new_dialog import NewDialog
from pmprb_desktop.ui.pages.check import CheckPage
from pmprb_desktop.ui.pages.first_start import FirstStartPage
from pmprb_desktop.ui.pages.help import HelpPage
from pmprb_desktop.ui.pages.home import HomePage
from pmprb_desktop.ui.pages.package import PackagePage
from pmprb_desktop.ui.passphrase_dialog import SecretDialog
from pmprb_desktop.ui.people_dialog import PeopleDialog
from pmprb_desktop.ui.print_dialog import PrintDialog
from pmprb_desktop.ui.session import Session
from pmprb_desktop.ui.wizard import WizardView
from pmprb_desktop.values import PersonDraft
from tests.ui.helpers import dialogs_open, messages_open, settle


def words(widget: object) -> str:
    assert hasattr(widget, "findChildren")
    return " | ".join(label.text() for label in widget.findChildren(QLabel))


def test_first_start_makes_a_workspace_and_opens_home(qtbot: QtBot, tmp_path: Path) -> None:
    window = MainWindow()
    qtbot.addWidget(window)
    window.show()
    window.open_workspace(tmp_path / "new")
    page = window.stack.currentWidget()
    assert isinstance(page, FirstStartPage)
    assert not (tmp_path / "new").exists()
    page._on_role("unit")
    page.unit_code.setText("KEC-09")
    page._on_start()
    assert page.unit_name.property("wrong") is True
    page.unit_name.setText("Kecamatan Dua")
    page.person.setText("Asesor Satu")
    page.folder.setText(str(tmp_path / "elsewhere"))
    page._on_start()
    home = window.stack.currentWidget()
    assert isinstance(home, HomePage)
    assert (tmp_path / "elsewhere" / "workspace.db").is_file()
    assert home.go_on.text() == "Begin filling in"
    window.close()
    again = MainWindow()
    qtbot.addWidget(again)
    again.open_workspace(tmp_path / "new")
    assert again.session is not None
    assert again.session.path == tmp_path / "elsewhere"
    again.close()


def test_a_workspace_on_an_unplugged_drive_is_named(tmp_path: Path) -> None:
    unit.remember(tmp_path, tmp_path / "gone")
    with pytest.raises(UserError, match="gone") as refused:
        unit.resolve(tmp_path)
    assert refused.value.rule == "WORKSPACE_MISSING"


def test_a_wrong_nip_is_said_and_nothing_is_left_open(qtbot: QtBot, tmp_path: Path) -> None:
    page = FirstStartPage(tmp_path / "new")
    qtbot.addWidget(page)
    page._on_role("unit")
    for field, text in (
        (page.unit_code, "KEC-09"),
        (page.unit_name, "Kecamatan Dua"),
        (page.person, "Asesor Satu"),
        (page.nip, "123"),
        (page.folder, str(tmp_path / "there")),
    ):
        field.setText(text)
    page._on_start()
    (dialog,) = messages_open()
    dialog.accept()
    page.nip.clear()
    with qtbot.waitSignal(page.completed) as made:
        page._on_start()
    made.args[0].close()


def test_the_office_is_told_honestly_what_this_version_has(qtbot: QtBot, tmp_path: Path) -> None:
    page = FirstStartPage(tmp_path / "new")
    qtbot.addWidget(page)
    page._on_role("central")
    assert "later version" in words(page)


def test_home_goes_on_at_the_item_left(qtbot: QtBot, window: MainWindow, session: Session) -> None:
    info = session.assessments()[0]
    unit.answer(session.ws, info.id, "A.I.1.ii.b", value="B")
    unit.set_place(session.ws, info.id, "A.I.1.ii.b")
    window.show_home()
    home = window.stack.currentWidget()
    assert isinstance(home, HomePage)
    assert home.go_on.text() == "Go on filling in: A.I.1.ii.b"
    assert "no copy outside this computer yet" in words(home)
    qtbot.mouseClick(home.go_on, Qt.MouseButton.LeftButton)
    assert window.wizard is not None
    assert window.wizard._card is not None
    assert window.wizard._card.code == "A.I.1.ii.b"


def test_an_empty_home_says_what_to_do(qtbot: QtBot, tmp_path: Path) -> None:
    ws = unit.open_workspace(tmp_path / "w")
    unit.setup(ws, "unit", "KEC-07", "Kecamatan Satu")
    home = HomePage(Session(ws))
    qtbot.addWidget(home)
    assert "begin a new assessment" in words(home)
    ws.close()


def test_practice_is_made_once(qtbot: QtBot, window: MainWindow, session: Session) -> None:
    for _at in range(2):
        window.show_home()
        home = window.stack.currentWidget()
        assert isinstance(home, HomePage)
        home._on_practice()
    assert sum(entry.practice for entry in session.assessments()) == 1
    settle(qtbot)


def test_help_reads_out_what_the_office_asks_for(
    qtbot: QtBot, window: MainWindow, wizard: WizardView
) -> None:
    window.show_help()
    page = window.stack.currentWidget()
    assert isinstance(page, HelpPage)
    shown = words(page)
    assert "pmprb-2020-unit@1" in shown
    page._on_copy()
    assert "pmprb-2020-unit@1" in QApplication.clipboard().text()
    page.closed.emit()
    assert window.stack.currentWidget() is wizard


def test_people_can_be_added_and_chosen(qtbot: QtBot, window: MainWindow, session: Session) -> None:
    dialog = PeopleDialog(window, session)
    dialog.open()
    dialog.name.setText("Asesor Dua")
    dialog._on_add()
    assert dialog.list.count() == 2
    found = dialog.list.findItems("Asesor Dua", Qt.MatchFlag.MatchContains)
    dialog.list.setCurrentItem(found[0])
    dialog._on_choose()
    person = session.info().person
    assert person is not None
    assert person.name == "Asesor Dua"


def test_a_new_assessment_for_another_unit(
    qtbot: QtBot, window: MainWindow, session: Session
) -> None:
    dialog = NewDialog(window, session)
    dialog.open()
    dialog.unit.setCurrentIndex(dialog.unit.count() - 1)
    dialog.code.setText("KEC-08")
    dialog.name.setText("Kecamatan Lain")
    with qtbot.waitSignal(dialog.made):
        dialog._on_ok()
    assert {entry.unit_code for entry in session.assessments()} == {"KEC-07", "KEC-08"}


def test_a_backup_is_written_in_a_worker(
    qtbot: QtBot, window: MainWindow, session: Session, tmp_path: Path
) -> None:
    target = tmp_path / "stick" / "backup.zip"
    write_backup(window, session, target, lambda: None)
    settle(qtbot)
    assert target.is_file()
    (dialog,) = messages_open()
    dialog.accept()


def fill(session: Session, *, leave: int = 0) -> str:
    """Answer every item of the assessment but the last few."""
    info = session.assessments()[0]
    items = list(unit.worksheet(session.ws, info.id).rubric.items.values())
    for item in items[: len(items) - leave]:
        if isinstance(item, ChoiceItem):
            unit.answer(session.ws, info.id, item.code, value=item.options[1].key)
        else:
            names = [entry.name for entry in getattr(item, "inputs", ())]
            unit.answer(session.ws, info.id, item.code, inputs=dict.fromkeys(names, "1"))
    return info.id


def test_the_check_page_leads_from_fault_to_fault(
    qtbot: QtBot, window: MainWindow, session: Session
) -> None:
    window.open_assessment(fill(session, leave=2))
    assert window.wizard is not None
    view = window.wizard
    view.open_step(flow.Step.CHECK)
    page = view.page
    assert isinstance(page, CheckPage)
    settle(qtbot)
    assert [f.severity for f in page.model.findings][:2] == ["error", "error"]
    assert page.summary.text().startswith("2 errors")
    for _at in range(2):
        page.fix_next()
        assert page.card is not None
        item = page.card.item
        if isinstance(item, ChoiceItem):
            page.card._on_edited({"value": item.options[-1].key})
        else:
            names = [entry.name for entry in getattr(item, "inputs", ())]
            page.card._on_edited({"inputs": dict.fromkeys(names, "1")})
        QApplication.processEvents()
    page.refresh()
    assert page.summary.text().startswith("0 errors")
    settle(qtbot)


@pytest.mark.parametrize("provisional", [True, False])
def test_lock_approve_seal_copy_and_open_again(
    qtbot: QtBot, window: MainWindow, session: Session, tmp_path: Path, *, provisional: bool
) -> None:
    window.open_assessment(fill(session, leave=3 if provisional else 0))
    assert window.wizard is not None
    view = window.wizard
    view.open_step(flow.Step.PACKAGE)
    page = view.page
    assert isinstance(page, PackagePage)
    assert not page.folder_button.isEnabled()
    page.lock()
    assert view.sheet.read_only
    if provisional:
        page.provisional.setChecked(True)
    else:
        scan = tmp_path / "ba.pdf"
        scan.write_bytes(b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
        page.attach_scans([scan])
        settle(qtbot)
    assert page.folder_button.isEnabled(), page.obstacle.text.text()
    for name in ("one", "two"):
        target = tmp_path / name
        target.mkdir()
        (page.seal_to if name == "one" else page.copy_to)(target)
        qtbot.waitUntil(
            lambda target=target: (
                page.result is not None  # type: ignore[misc]
                and Path(page.result.path).parent == target
            ),
            timeout=20_000,
        )
        settle(qtbot)
    files = [next((tmp_path / name).glob("*.pmprb")).read_bytes() for name in ("one", "two")]
    assert files[0] == files[1]
    assert view.sheet.info.state == ("sent_provisional" if provisional else "sent")
    assert page.done_card.isVisibleTo(page)
    assert "Content code" in words(page.done_card)
    page.unlock()
    (dialog,) = messages_open()
    qtbot.mouseClick(dialog.button, Qt.MouseButton.LeftButton)
    assert view.sheet.info.revision == 2
    assert not view.sheet.read_only


def test_a_cancelled_export_leaves_nothing(
    qtbot: QtBot, window: MainWindow, session: Session, tmp_path: Path
) -> None:
    window.open_assessment(fill(session))
    assert window.wizard is not None
    view = window.wizard
    view.open_step(flow.Step.PACKAGE)
    page = view.page
    assert isinstance(page, PackagePage)
    page.lock()
    page.later.setChecked(True)
    page.seal_to(tmp_path / "one")
    page._on_cancel()
    settle(qtbot)
    assert not list((tmp_path / "one").glob("*")) if (tmp_path / "one").exists() else True
    assert view.sheet.info.state in ("locked", "sent")


def test_the_print_is_shown_saved_and_printed(
    qtbot: QtBot, window: MainWindow, session: Session, tmp_path: Path
) -> None:
    info = session.assessments()[0]
    job = unit.plan_report(session.ws, info.id, "summary")
    dialog = PrintDialog(window, job, "Summary", "summary")
    dialog.open()
    settle(qtbot)
    assert dialog.pages >= 1
    dialog.paper.setCurrentIndex(1)
    settle(qtbot)
    dialog.save(tmp_path / "out.pdf")
    assert (tmp_path / "out.pdf").read_bytes().startswith(b"%PDF")
    printer = QPrinter()
    dialog.prepare(printer)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    assert printer.pageLayout().margins() == QMarginsF(0, 0, 0, 0)
    dialog.print_to(printer)
    settle(qtbot)
    assert (tmp_path / "printed.pdf").stat().st_size > 1000
    dialog.accept()
    settle(qtbot)


def test_closing_the_window_saves_what_is_being_typed(qtbot: QtBot, tmp_path: Path) -> None:
    ws = unit.open_workspace(tmp_path / "w")
    unit.setup(ws, "unit", "KEC-07", "Kecamatan Satu")
    info = unit.new_assessment(ws, "pmprb-2020-unit", 2026)
    window = MainWindow()
    qtbot.addWidget(window)
    window.show()
    window.take_session(Session(ws))
    window.open_assessment(info.id)
    assert window.wizard is not None
    page = window.wizard.page
    assert page is not None
    card = page.cards["A.I.1.i.a"]  # type: ignore[attr-defined]
    card.note.setPlainText("belum selesai")
    window.close()
    assert tasks.idle()
    with unit.open_workspace(tmp_path / "w") as again:
        assert unit.worksheet(again, info.id).answers["A.I.1.i.a"].note == "belum selesai"


def test_the_key_is_shown_protected_and_replaced(
    qtbot: QtBot, window: MainWindow, session: Session
) -> None:
    dialog = KeyDialog(window, session)
    dialog.open()
    before = dialog.code.text()
    assert len(before.replace(" ", "")) == 42
    dialog._set("empat kata sandi panjang", None)
    assert not dialog.open_itself.isHidden()
    dialog._on_open_itself()
    (asked,) = [found for found in dialogs_open() if isinstance(found, SecretDialog)]
    asked.lines[0].setText("empat kata sandi panjang")
    asked.take()
    assert dialog.open_itself.isHidden()
    dialog.replace("laptop hilang")
    (said,) = messages_open()
    said.reject()
    assert dialog.code.text() != before
    dialog.accept()


def test_two_secrets_must_be_equal(qtbot: QtBot, window: MainWindow) -> None:
    dialog = SecretDialog(window, title="x", captions=["a", "b"], button="ok", repeat=True)
    dialog.open()
    dialog.lines[0].setText("one")
    dialog.lines[1].setText("two")
    dialog.take()
    assert dialog.isVisible()
    dialog.lines[1].setText("one")
    with qtbot.waitSignal(dialog.given) as given:
        dialog.take()
    assert given.args == [("one", "one")]


def test_a_package_of_the_unit_can_be_gone_on_from(
    qtbot: QtBot, window: MainWindow, session: Session, tmp_path: Path
) -> None:
    info = session.assessments()[0]
    unit.answer(session.ws, info.id, "A.I.1.i.a", value="B")
    sealed = unit.seal(unit.plan_seal(session.ws, info.id, provisional=True))
    unit.record_seal(session.ws, sealed)
    package = unit.export(unit.plan_export(session.ws, info.id), tmp_path)
    other = unit.open_workspace(tmp_path / "other")
    unit.setup(other, "unit", "KEC-07", "Kecamatan Satu", PersonDraft("Asesor Satu"))
    home = HomePage(Session(other))
    qtbot.addWidget(home)
    home.show()
    home.open_file(Path(package.path))
    settle(qtbot)
    (said,) = messages_open()
    with qtbot.waitSignal(home.opened):
        qtbot.mouseClick(said.button, Qt.MouseButton.LeftButton)
    (taken,) = unit.assessments(other)
    assert taken.answered == 1
    other.close()


def test_a_broken_file_is_refused_with_its_reason(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.pmprb"
    bad.write_bytes(b"PK no package")
    window.open_file(bad)
    settle(qtbot)
    (said,) = messages_open()
    assert "no sound package" in words(said)
    said.accept()


def test_a_backup_can_be_restored_at_first_start(
    qtbot: QtBot, session: Session, tmp_path: Path
) -> None:
    file = tmp_path / "backup.zip"
    unit.backup(unit.plan_backup(session.ws), file)
    page = FirstStartPage(tmp_path / "new")
    qtbot.addWidget(page)
    page.show()
    restore_backup(page, file, tmp_path / "restored", page._on_restored)
    with qtbot.waitSignal(page.completed) as made:
        settle(qtbot)
    assert len(made.args[0].assessments()) == 1
    made.args[0].close()


def test_all_evidence_can_be_written_as_a_folder(
    qtbot: QtBot, window: MainWindow, session: Session, tmp_path: Path
) -> None:
    window.open_assessment(unit.make_practice(session.ws).id)
    assert window.wizard is not None
    export_folder(window, window.wizard.sheet, tmp_path / "out")
    settle(qtbot)
    (said,) = messages_open()
    said.accept()
    assert len([path for path in (tmp_path / "out").rglob("*") if path.is_file()]) == 3


def test_the_window_offers_no_dialog_by_itself(window: MainWindow) -> None:
    assert not dialogs_open()
