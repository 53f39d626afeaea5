"""Evidence on the card: files, pictures, folders, order, removal, preview."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QTableWidgetItem
from pytestqt.qtbot import QtBot

from pmprb_desktop.ui.card import ItemCard
from pmprb_desktop.ui.evidence_dialog import EvidenceDialog
from pmprb_desktop.ui.evidence_dialogs import LinkDialog, ShareDialog
from pmprb_desktop.ui.folder_dialog import FILE, ITEM, FolderDialog
from pmprb_desktop.ui.pages.items import ItemsPage
from pmprb_desktop.ui.wizard import WizardView
from tests.ui.helpers import dialogs_open, messages_open, settle

FIRST = "A.I.1.i.a"
SECOND = "A.I.1.i.b"


@pytest.fixture
def card(wizard: WizardView) -> ItemCard:
    wizard.open_item(FIRST)
    page = wizard.page
    assert isinstance(page, ItemsPage)
    return page.cards[FIRST]


def picture(color: str = "red") -> QImage:
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(QColor(color))
    return image


def some_file(folder: Path, name: str, text: str = "isi") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{text} {name}", encoding="utf-8")
    return path


def cell(dialog: FolderDialog, row: int, column: int) -> QTableWidgetItem:
    found = dialog.table.item(row, column)
    assert found is not None
    return found


def names(card: ItemCard) -> list[str]:
    return [entry.name for entry in card.sheet.evidence_of(card.code)]


def test_dropped_files_become_chips(qtbot: QtBot, card: ItemCard, tmp_path: Path) -> None:
    mime = QMimeData()
    files = [some_file(tmp_path, name) for name in ("a.txt", "b & c.txt")]
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in files])
    assert card.evidence.takes(mime)
    card.evidence.attach_mime(mime)
    settle(qtbot)
    assert names(card) == ["a.txt", "b & c.txt"]
    assert [chip.text().split(" · ")[0] for chip in card.evidence.chips] == ["a.txt", "b && c.txt"]


def test_a_pasted_picture_becomes_evidence(qtbot: QtBot, card: ItemCard) -> None:
    mime = QMimeData()
    mime.setImageData(picture())
    card.evidence.attach_mime(mime)
    settle(qtbot)
    (entry,) = card.sheet.evidence_of(FIRST)
    assert entry.media_type == "image/png"


def test_a_refused_file_says_why_and_the_others_are_taken(
    qtbot: QtBot, card: ItemCard, tmp_path: Path
) -> None:
    good = some_file(tmp_path, "good.txt")
    empty = tmp_path / "empty.txt"
    empty.touch()
    card.evidence.attach_files([empty, good])
    settle(qtbot)
    assert names(card) == ["good.txt"]
    (dialog,) = messages_open()
    dialog.accept()


def test_order_removal_and_undo(qtbot: QtBot, card: ItemCard, tmp_path: Path) -> None:
    card.evidence.attach_files([some_file(tmp_path, name) for name in ("1.txt", "2.txt", "3.txt")])
    settle(qtbot)
    card.evidence.shift(2, -1)
    assert names(card) == ["1.txt", "3.txt", "2.txt"]
    card.evidence.remove(card.sheet.evidence_of(FIRST)[0])
    assert names(card) == ["3.txt", "2.txt"]
    undo = card.evidence.chips[-1]
    assert "Undo" in undo.text()
    qtbot.mouseClick(undo, Qt.MouseButton.LeftButton)
    assert sorted(names(card)) == ["1.txt", "2.txt", "3.txt"]
    assert all("Undo" not in chip.text() for chip in card.evidence.chips)


def test_a_link_is_shown_as_one(qtbot: QtBot, card: ItemCard) -> None:
    card.evidence.attach_link()
    (dialog,) = dialogs_open()
    assert isinstance(dialog, LinkDialog)
    dialog.url.setText("https://example.go.id/sk")
    dialog._on_ok()
    (entry,) = card.sheet.evidence_of(FIRST)
    assert entry.kind == "link"
    assert card.evidence.chips[0].text().endswith("link")


def test_one_file_for_two_items(
    qtbot: QtBot, wizard: WizardView, card: ItemCard, tmp_path: Path
) -> None:
    card.evidence.attach_files([some_file(tmp_path, "sk.txt")])
    settle(qtbot)
    page = wizard.page
    assert isinstance(page, ItemsPage)
    dialog = ShareDialog(wizard.window(), wizard.sheet, SECOND)
    dialog.open()
    assert dialog.list.count() == 1
    dialog._on_ok()
    assert names(page.cards[SECOND]) == ["sk.txt"]
    assert wizard.sheet.info.evidence_count == 1


def test_the_preview_shows_the_picture_and_its_facts(
    qtbot: QtBot, card: ItemCard, tmp_path: Path
) -> None:
    path = tmp_path / "foto.png"
    assert picture("blue").save(str(path))
    card.evidence.attach_files([path])
    settle(qtbot)
    qtbot.mouseClick(card.evidence.chips[0], Qt.MouseButton.LeftButton)
    (dialog,) = dialogs_open()
    assert isinstance(dialog, EvidenceDialog)
    settle(qtbot)
    qtbot.waitUntil(lambda: not dialog.preview.picture.pixmap().isNull())
    assert "PNG" in dialog.facts.text()
    dialog.label.setText("Foto kegiatan")
    dialog._on_relabel()
    assert card.sheet.evidence_of(FIRST)[0].label == "Foto kegiatan"
    assert card.evidence.chips[0].text().startswith("Foto kegiatan")
    dialog._on_remove()
    assert not dialog.isVisible()
    settle(qtbot)


def test_a_replaced_file_keeps_the_old_one_in_its_history(
    qtbot: QtBot, card: ItemCard, tmp_path: Path
) -> None:
    card.evidence.attach_files([some_file(tmp_path, "old.txt")])
    settle(qtbot)
    card.evidence._open(card.sheet.evidence_of(FIRST)[0].id)
    (dialog,) = dialogs_open()
    assert isinstance(dialog, EvidenceDialog)
    dialog._on_replacement(str(some_file(tmp_path, "new.txt")))
    settle(qtbot)
    assert names(card) == ["new.txt"]
    assert "old.txt" in dialog.history.text()
    dialog.accept()
    settle(qtbot)


def test_a_folder_is_matched_corrected_and_attached(
    qtbot: QtBot, wizard: WizardView, card: ItemCard, tmp_path: Path
) -> None:
    folder = tmp_path / "bukti"
    some_file(folder, "A.I.1.i.a SK tim.txt")
    some_file(folder, "lain-lain.txt")
    some_file(folder, "Thumbs.db")
    dialog = FolderDialog(wizard.window(), wizard.sheet, folder)
    dialog.open()
    settle(qtbot)
    rows = {cell(dialog, at, FILE).text().split(" · ")[0]: at for at in range(2)}
    assert dialog.table.rowCount() == 2
    assert set(rows) == {"A.I.1.i.a SK tim.txt", "lain-lain.txt"}
    assert len(dialog._chosen()) == 1
    cell(dialog, rows["lain-lain.txt"], ITEM).setText("a.i.1.i.b Teks, dengan koma")
    assert len(dialog._chosen()) == 2
    cell(dialog, rows["lain-lain.txt"], ITEM).setText("A.I.9.z")
    assert len(dialog._chosen()) == 1
    cell(dialog, rows["lain-lain.txt"], ITEM).setText("A.I.1.i.b, A.I.1.i.c")
    dialog._on_ok()
    settle(qtbot)
    assert names(card) == ["A.I.1.i.a SK tim.txt"]
    assert [e.name for e in wizard.sheet.evidence_of("A.I.1.i.c")] == ["lain-lain.txt"]
