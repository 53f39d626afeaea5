"""The card of one item: question, answer, evidence, note."""

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
)
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from pmprb_desktop.errors import UserError
from pmprb_desktop.i18n import _
from pmprb_desktop.rubric.model import AnyItem
from pmprb_desktop.ui import messages, texts, theme
from pmprb_desktop.ui.evidence_row import EvidenceRow
from pmprb_desktop.ui.form import allow, allow_action
from pmprb_desktop.ui.guide import GuidePanel
from pmprb_desktop.ui.not_applicable import NotApplicable
from pmprb_desktop.ui.note import NoteEdit
from pmprb_desktop.ui.questions import editor_of, short_answer
from pmprb_desktop.ui.sheet import Sheet
from pmprb_desktop.ui.widgets import Button, Card, IconButton, Notice, label, wrapped
from pmprb_desktop.values import AnswerInfo, Change


class ItemCard(Card):
    """One item; every change is saved at once."""

    answered = Signal(str)

    def __init__(self, sheet: Sheet, item: AnyItem) -> None:
        super().__init__()
        self.sheet = sheet
        self.item = item
        self.code = item.code
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        text = sheet.words(item.text)
        self.setAccessibleName(_("Item {code}: {text}").format(code=item.code, text=text))
        self.editor = editor_of(sheet, item)
        self.editor.edited.connect(self._on_edited)
        self.evidence = EvidenceRow(sheet, item.code)
        self.note = NoteEdit(_("Note on item {code}").format(code=item.code))
        self.note.written.connect(lambda words: self._write(note=words))
        self.note.image_pasted.connect(self.evidence.attach_mime)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(20, 14, 20, 16)
        self.column.setSpacing(9)
        self.column.addLayout(self._header(text))
        self.guide: GuidePanel | None = None
        if item.code in sheet.corrections:
            words = _("Reviewer's note: {note}").format(note=sheet.corrections[item.code])
            self.column.addWidget(Notice(words, "warning"))
        self.column.addWidget(self.editor)
        self.not_applicable: NotApplicable | None = None
        if item.not_applicable:
            self.not_applicable = NotApplicable(item)
            self.not_applicable.edited.connect(self._on_edited)
            self.column.addWidget(self.not_applicable)
        self.column.addWidget(self.evidence)
        self.column.addWidget(self.note)
        self.refresh()
        sheet.answer_saved.connect(self._on_saved)

    def _header(self, text: str) -> QHBoxLayout:
        chip = label(self.code.rpartition(".")[2], tone="muted", points=theme.SMALL)
        chip.setObjectName("code")
        chip.setAlignment(Qt.AlignmentFlag.AlignCenter)
        title = wrapped(text, points=theme.BODY + 0.5, bold=True)
        title.setObjectName("question")
        self.changed = label(tone="ok", points=theme.SMALL)
        self.undo_button = Button(_("Undo"), self._on_undo, role="link")
        self.undo_button.setToolTip(_("Take back this change (Ctrl+Z)"))
        self.last_year = label(self._last_year(), tone="muted", points=theme.SMALL)
        self.flag = IconButton("flag", _("Look again at item {code}").format(code=self.code))
        self.flag.setCheckable(True)
        self.flag.clicked.connect(lambda on: self._write(review_later=bool(on)))
        self.guide_button = Button(
            _("Guidance"),
            self.toggle_guide,
            role="link",
            name=_("Guidance on item {code}").format(code=self.code),
        )
        row = QHBoxLayout()
        row.setSpacing(10)
        top = Qt.AlignmentFlag.AlignTop
        row.addWidget(chip, 0, top)
        row.addWidget(title, 1)
        side = QHBoxLayout()
        side.setSpacing(6)
        for widget in (
            self.changed,
            self.undo_button,
            self.last_year,
            self.flag,
            self.guide_button,
        ):
            side.addWidget(widget)
        row.addLayout(side)
        row.setAlignment(side, top)
        self.changed.hide()
        self.undo_button.hide()
        if not self.last_year.text():
            self.last_year.hide()
        return row

    def _last_year(self) -> str:
        known = self.sheet.worksheet.last_year.get(self.code)
        if known is None:
            return ""
        score = self.sheet.worksheet.last_year_score
        entry = score.item_scores.get(self.code) if score else None
        points = entry.score if entry else None
        said = short_answer(self.item, known)
        if points is None:
            return _("Last year: {answer}").format(answer=said)
        return _("Last year: {answer} · {score}").format(answer=said, score=texts.number(points))

    def refresh(self) -> None:
        """Show what is saved now."""
        known = self.sheet.answer_of(self.code)
        editable = self.sheet.editable(self.code)
        self.editor.show_answer(known)
        self.editor.set_editable(editable and not known.not_applicable)
        if self.not_applicable is not None:
            self.not_applicable.show_answer(known)
            self.not_applicable.set_editable(editable)
        self.note.show_text(known.note)
        self.note.setReadOnly(not editable)
        obstacle = self.sheet.why_read_only(self.code)
        allow(self.flag, obstacle, self.flag.accessibleName())
        self.editor.setToolTip(obstacle)
        self.flag.setChecked(known.review_later)
        self.flag.set_token("warn" if known.review_later else "muted")
        self.evidence.set_editable(editable)

    def flush(self) -> None:
        """Save what is still being typed."""
        self.editor.flush()
        self.note.flush()
        if self.not_applicable is not None:
            self.not_applicable.flush()

    def focus_answer(self) -> None:
        """Put the focus where the item is answered."""
        self.editor.first_input().setFocus(Qt.FocusReason.OtherFocusReason)

    def toggle_guide(self) -> None:
        """Open or close the guidance."""
        if self.guide is None:
            self.guide = GuidePanel(self.sheet, self.item)
            self.column.insertWidget(1, self.guide)
            self.guide.show()
        else:
            self.guide.setVisible(self.guide.isHidden())
        shown = not self.guide.isHidden()
        self.guide_button.setText(_("Close guidance") if shown else _("Guidance"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A–E, Y, T answer; Delete clears; Ctrl+V takes a picture as evidence."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self.evidence.attach_mime(QGuiApplication.clipboard().mimeData())
            return
        plain = event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.ShiftModifier,
        )
        if plain and self.sheet.editable(self.code):
            if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
                self.clear_answer()
                return
            key = self.editor.take_key(event.text()) if event.text().isalpha() else None
            if key is not None:
                self._on_edited({"value": key})
                return
        event.ignore()

    def clear_answer(self) -> None:
        """Make the item blank again; note and evidence stay."""
        known = self.sheet.answer_of(self.code)
        if known.value is not None or known.inputs or known.not_applicable:
            self._write(value=None, inputs={}, not_applicable=False)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with the item."""
        menu = QMenu(self)
        clear = menu.addAction(_("Clear the answer (Delete)"))
        allow_action(clear, self.sheet.why_read_only(self.code))
        clear.triggered.connect(self.clear_answer)
        menu.addAction(_("Guidance")).triggered.connect(self.toggle_guide)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files and pictures may be dropped."""
        if self.sheet.editable(self.code) and self.evidence.takes(event.mimeData()):
            self.set_active(True)
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """The ring goes again."""
        focused = QApplication.focusWidget()
        self.set_active(focused is not None and self.isAncestorOf(focused))
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Take in what was dropped."""
        event.acceptProposedAction()
        self.evidence.attach_mime(event.mimeData())

    def _on_edited(self, change: dict[str, Any]) -> None:
        known = self.sheet.answer_of(self.code)
        if set(change) == {"value"} and change["value"] == known.value and not known.not_applicable:
            return
        if known.not_applicable and "not_applicable" not in change and "reason" not in change:
            change = {**change, "not_applicable": False}
        self._write(**change)

    def _write(self, **change: Any) -> None:
        try:
            self.sheet.answer(self.code, **change)
        except UserError as error:
            if not ({"value", "inputs"} & set(change) and self.editor.refuse(str(error))):
                messages.show_error(self, error)
                self.refresh()
            return
        if "note" not in change:
            self.answered.emit(self.code)

    def _on_saved(self, change: Change) -> None:
        self.changed.hide()
        self.undo_button.hide()
        if change.code == self.code:
            self.refresh()
            if not self.sheet.stepping:
                self._show_change(change)

    def _show_change(self, change: Change) -> None:
        """Say "B → A · Undo"; only the very last change can be undone from here."""
        before, after = (short_answer(self.item, side) for side in (change.before, change.after))
        if before != after and change.before is not None and not _is_blank(change.before):
            self.changed.setText(f"{before} → {after} ·")
            self.changed.show()
            self.undo_button.show()

    def _on_undo(self) -> None:
        with messages.reported(self):
            self.sheet.undo()
        self.focus_answer()


def _is_blank(answer: AnswerInfo) -> bool:
    return answer.value is None and not answer.inputs and not answer.not_applicable


def card_of(widget: QWidget | None) -> ItemCard | None:
    """The card around a widget."""
    at: QWidget | None = widget
    while at is not None and not isinstance(at, ItemCard):
        at = at.parentWidget()
    return at
