"""The wizard: a page per sub-area, the check, the package; tree, scores and saving around it."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from pmprb_desktop import flow
from pmprb_desktop.i18n import _
from pmprb_desktop.ui import messages, texts, theme
from pmprb_desktop.ui.card import ItemCard, card_of
from pmprb_desktop.ui.form import allow
from pmprb_desktop.ui.lke_wizard import LkeWizard
from pmprb_desktop.ui.pages.base import Page
from pmprb_desktop.ui.pages.items import ItemsPage
from pmprb_desktop.ui.session import Session
from pmprb_desktop.ui.sheet import Sheet
from pmprb_desktop.ui.side_panel import SidePanel
from pmprb_desktop.ui.widgets import Button, ElidedLabel, Notice, label, set_tone
from pmprb_desktop.ui.wizard_header import WIDE, Header

MAIL_LIMIT: Final = 100 * 10**6
STICK_LIMIT: Final = 4 * 2**30 - 1
REPORT_BYTES: Final = 300_000


class WizardView(QWidget):
    """Header, side, pages and bottom bar of one assessment."""

    home_asked = Signal()
    help_asked = Signal()

    def __init__(self, session: Session, assessment_id: str) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.sheet = Sheet(session, assessment_id)
        self.header = Header(self.sheet)
        self.side = SidePanel(self.sheet)
        self.wizard = LkeWizard(self.sheet)
        self._card: ItemCard | None = None
        self._place: str | None = None
        self.banner = Notice("", "info", drawing="practice")
        self.bottom = self._bottom_bar()
        self._lay_out()
        self._connect()
        self._refresh()

    def _lay_out(self) -> None:
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._banner_room = QWidget()
        room = QVBoxLayout(self._banner_room)
        room.setContentsMargins(24, 10, 36, 0)
        room.addWidget(self.banner)
        column.addWidget(self._banner_room)
        column.addWidget(self.wizard, 1)
        split = self.split = QSplitter(Qt.Orientation.Horizontal)
        split.setHandleWidth(1)
        split.setChildrenCollapsible(False)
        self.side.setMinimumWidth(220)
        split.addWidget(self.side)
        split.addWidget(right)
        split.setStretchFactor(0, 0)
        split.setStretchFactor(1, 1)
        self._moved = False
        split.splitterMoved.connect(self._on_split)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(split, 1)
        layout.addWidget(self.bottom)

    def _bottom_bar(self) -> QWidget:
        bar = QWidget()
        bar.setObjectName("bottombar")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.saved = label(tone="ok")
        self.estimate = ElidedLabel()
        self.estimate.setFont(theme.font(theme.SMALL))
        self.next_blank = Button(_("Next unanswered  Ctrl+Enter"), self.go_next_blank)
        self.back = Button(_("‹ &Back"), self.go_back)
        self.forward = Button(_("&Next ›"), self.go_forward, role="primary")
        row = QHBoxLayout(bar)
        row.setContentsMargins(20, 7, 20, 8)
        row.setSpacing(6)
        row.addWidget(self.saved)
        row.addSpacing(14)
        row.addWidget(self.estimate, 1)
        for button in (self.next_blank, self.back, self.forward):
            button.setMinimumHeight(33)
            row.addWidget(button)
        return bar

    def _connect(self) -> None:
        self.header.home_asked.connect(self.home_asked)
        self.side.node_chosen.connect(self.open_node)
        self.side.item_chosen.connect(self.open_item)
        self.side.step_chosen.connect(self.open_step)
        self.sheet.info_changed.connect(self._refresh)
        self.sheet.saved.connect(self._on_saved)
        self.sheet.reloaded.connect(self._on_reloaded)
        for at in range(len(self.sheet.order)):
            page = self.wizard.page_at(at)
            if page is not None:
                page.item_asked.connect(self.open_item)
                page.step_asked.connect(self.open_step)
        self._key("Ctrl+F", self.side.focus_search)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            self._key(keys, self.go_next_blank)
        self._key(QKeySequence.StandardKey.Undo, self.undo)
        self._key(QKeySequence.StandardKey.Redo, self.redo)
        if QKeySequence("Ctrl+Y") not in QKeySequence.keyBindings(QKeySequence.StandardKey.Redo):
            self._key("Ctrl+Y", self.redo)
        self._key("Ctrl+PgDown", self.go_forward)
        self._key("Ctrl+PgUp", self.go_back)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_focus)
        self._place_timer = QTimer(self)
        self._place_timer.setSingleShot(True)
        self._place_timer.setInterval(800)
        self._place_timer.timeout.connect(self._keep_place)

    def _key(self, keys: str | QKeySequence.StandardKey, action: Callable[[], object]) -> None:
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(action)

    @property
    def page(self) -> Page | None:
        """The page in front."""
        return self.wizard.page_at(self.wizard.currentId())

    @property
    def at(self) -> int:
        """Id of the page in front."""
        return self.wizard.currentId()

    def start(self, place: str | None = None) -> None:
        """Open where the person left, or at an item."""
        last = max((entry.at for entry in self.sheet.answers.values()), default="")
        if last:
            self.saved.setText(_("✓ Saved {time}").format(time=texts.when(last)))
        code = place or self.sheet.info.place
        if code is None or code not in self.sheet.rubric.items:
            code = self.sheet.items[0].code if self.sheet.items else None
        if code is None:
            self._open(0)
        else:
            self.open_item(code)

    def open_item(self, code: str) -> None:
        """Jump to an item."""
        self._open(flow.stop_of(self.sheet.rubric, self.sheet.order, code))
        page = self.page
        if page is not None:
            page.show_item(code)

    def open_node(self, code: str) -> None:
        """Jump to a node's first page."""
        self._open(flow.stop_of(self.sheet.rubric, self.sheet.order, code))

    def open_step(self, step: flow.Step) -> None:
        """Jump to one of the last steps."""
        self._open(self.sheet.order.index(flow.Stop(step)))
        self._focus_first()

    def go_forward(self) -> None:
        """The next page."""
        target = self.wizard.nextId()
        if target >= 0:
            self._open(target)
            self._focus_first()

    def go_back(self) -> None:
        """The page before."""
        target = flow.preceding(self.sheet.order, self.at)
        if target >= 0:
            self._open(target)
            self._focus_first()

    def go_next_blank(self) -> None:
        """The next item that is not answered yet, from where the focus is."""
        self._flush()
        codes = [item.code for item in self.sheet.items]
        here = self._card.code if self._card is not None else self._place
        stop = self.sheet.order[self.at]
        if stop.page is not None and self._page_of(here) != stop.page:
            first = next((c for c in codes if self._page_of(c) == stop.page), None)
            here = codes[codes.index(first) - 1] if first is not None else None
        code = flow.next_open(codes, self.sheet.blank(), here)
        if code is None:
            self.open_step(flow.Step.CHECK)
        else:
            self.open_item(code)

    def _page_of(self, code: str | None) -> str | None:
        return self.sheet.rubric.page_of.get(code) if code else None

    def undo(self) -> None:
        """Take back the last change and show where it was."""
        self._flush()
        with messages.reported(self):
            change = self.sheet.undo()
            if change is not None:
                self.open_item(change.code)

    def redo(self) -> None:
        """Make the change again that was taken back."""
        with messages.reported(self):
            change = self.sheet.redo()
            if change is not None:
                self.open_item(change.code)

    def leave(self) -> None:
        """Save what is still being typed and remember the place."""
        self._flush()
        self._keep_place()
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.disconnect(self._on_focus)

    def _open(self, at: int) -> None:
        page = self.page
        if page is not None and at != self.at:
            page.flush()
            self._set_card(None)
        target = self.wizard.page_at(at)
        if target is None:
            return
        target.open()
        self.wizard.go(at)
        stop = self.sheet.order[at]
        self.header.show_page(stop.page)
        self.side.show_place(stop)
        first = flow.preceding(self.sheet.order, at) < 0
        allow(self.back, _("This is the first page") if first else "", "Ctrl+PgUp")
        self.forward.setVisible(flow.following(self.sheet.order, at) >= 0)

    def _focus_first(self) -> None:
        page = self.page
        if page is not None:
            page.focus_start()

    def _flush(self) -> None:
        page = self.page
        if page is not None:
            page.flush()

    def _on_focus(self, _old: QWidget | None, now: QWidget | None) -> None:
        if now is None or not self.isAncestorOf(now):
            return
        card = card_of(now)
        self._set_card(card)
        page = self.page
        if card is not None and isinstance(page, ItemsPage):
            page.area.ensureWidgetVisible(now, 0, 24)
            self._place = card.code
            self._place_timer.start()

    def _set_card(self, card: ItemCard | None) -> None:
        if card is self._card:
            return
        if self._card is not None:
            self._card.set_active(False)
        self._card = card
        if card is not None:
            card.set_active(True)

    def _keep_place(self) -> None:
        self._place_timer.stop()
        if self._place is not None and self._place != self.sheet.info.place:
            self.sheet.set_place(self._place)

    def _on_saved(self, at: str) -> None:
        clock = texts.clock(at or None)
        self.saved.setText(_("✓ Saved {time}").format(time=clock))

    def _on_reloaded(self) -> None:
        page = self.page
        if page is not None:
            page.shown()

    def _refresh(self) -> None:
        info = self.sheet.info
        size = info.evidence_bytes + REPORT_BYTES
        words = _("Estimated package size: {size}").format(size=texts.size(size))
        tone = "muted"
        if size > STICK_LIMIT:
            words = _("⚠ {words}: too large for most USB sticks (FAT32)").format(words=words)
            tone = "bad"
        elif size > MAIL_LIMIT:
            words = _("⚠ {words}: too large for e-mail and chat").format(words=words)
            tone = "warn"
        self.estimate.set_full(words)
        set_tone(self.estimate, tone)
        said = self._banner_words()
        self.banner.set_text(said, "practice" if info.practice else "lock")
        self._banner_room.setVisible(bool(said))
        obstacle = "" if self.sheet.blank() else _("Every item is answered")
        allow(self.next_blank, self.sheet.why_read_only() or obstacle)

    def _banner_words(self) -> str:
        info = self.sheet.info
        said = []
        if info.practice:
            said.append(_("PRACTICE. Nothing here can be handed in; try everything."))
        if info.state == "needs_correction":
            said.append(
                _("Your office asks for corrections. Only the items it names can be changed.")
            )
        elif info.read_only:
            said.append(
                _(
                    "Revision {revision} is {state} and can only be read. "
                    "To change something, unlock it in the last step."
                ).format(revision=info.revision, state=info.state_label)
            )
        return " ".join(said)

    def _on_split(self) -> None:
        self._moved = True

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The tree is narrower in a narrow window, until someone moves its edge."""
        super().resizeEvent(event)
        if not self._moved:
            side = 318 if self.width() >= WIDE else 262
            self.split.setSizes([side, self.width() - side])

    def changeEvent(self, event: QEvent) -> None:
        """Repaint what paints itself when the colours change."""
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)
