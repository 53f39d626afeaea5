"""A page of item cards: one sub-area."""

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtWidgets import QHBoxLayout, QWidget

from pmprb_desktop import flow
from pmprb_desktop.i18n import _, ngettext
from pmprb_desktop.rubric.model import Node, page_items
from pmprb_desktop.ui import texts, theme
from pmprb_desktop.ui.card import ItemCard
from pmprb_desktop.ui.guide import GuidePanel
from pmprb_desktop.ui.pages.base import Page
from pmprb_desktop.ui.sheet import Sheet
from pmprb_desktop.ui.widgets import Button, Scroll, label, wrapped

FIRST_CARDS = 3


class ItemsPage(Page):
    """The first cards stand at once, the rest follow while the page is already to be seen."""

    def __init__(self, sheet: Sheet, stop: flow.Stop) -> None:
        super().__init__(sheet, stop)
        assert stop.page is not None
        self.node: Node = sheet.rubric.nodes[stop.page]
        self.cards: dict[str, ItemCard] = {}
        self.guide: GuidePanel | None = None
        self._waiting: list[tuple[Node, str]] = []
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._build_one)

    def build(self) -> None:
        """Heading and cards."""
        self.area = Scroll()
        self.column.addWidget(self.area)
        self.area.column.addLayout(self._heading())
        self._waiting = [(self.node, item.code) for item in self.node.items]
        for child in self.node.children:
            if child.level == "group":
                self._waiting += [(child, item.code) for item in page_items(child)]
        for _at in range(FIRST_CARDS):
            self._build_one()
        self.area.column.addStretch(1)
        if self._waiting:
            self._timer.start()

    def _heading(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(14)
        row.setContentsMargins(10, 0, 0, 0)
        code = label(self.node.code, tone="muted", points=theme.SMALL)
        title = wrapped(self.sheet.words(self.node.title), points=theme.TITLE, bold=True)
        title.setObjectName("heading")
        count = len(tuple(page_items(self.node)))
        facts = ngettext("{count} item", "{count} items", count).format(count=count)
        if self.node.weight is not None:
            weight = texts.number(self.node.weight)
            facts = _("{facts} · weight {weight}").format(facts=facts, weight=weight)
        row.addWidget(code)
        row.addWidget(title, 1)
        row.addWidget(label(facts, tone="muted", points=theme.SMALL))
        self.guide_button = Button(
            _("Guidance"),
            self.toggle_guide,
            role="link",
            name=_("Guidance on {code}").format(code=self.node.code),
        )
        row.addWidget(self.guide_button)
        return row

    def toggle_guide(self) -> None:
        """Open or close the guidance on the whole sub-area."""
        if self.guide is None:
            self.guide = GuidePanel(self.sheet, self.node)
            self.area.column.insertWidget(1, self.guide)
            self.guide.show()
        else:
            self.guide.setVisible(self.guide.isHidden())
        shown = not self.guide.isHidden()
        self.guide_button.setText(_("Close guidance") if shown else _("Guidance"))

    def _build_one(self) -> None:
        if not self._waiting:
            self._timer.stop()
            return
        node, code = self._waiting.pop(0)
        column = self.area.column
        at = column.count()
        if self.cards and self._timer.isActive():
            at -= 1
        if node is not self.node and node.items and node.items[0].code == code:
            column.insertWidget(at, self._group(node))
            at += 1
        card = ItemCard(self.sheet, self.sheet.rubric.items[code])
        self.cards[code] = card
        column.insertWidget(at, card)

    def _group(self, node: Node) -> QWidget:
        title = wrapped(self.sheet.words(node.title), points=theme.BODY + 1, bold=True)
        title.setContentsMargins(10, 6, 0, 0)
        return title

    def shown(self) -> None:
        """Show what is saved; another page may have changed it."""
        for card in self.cards.values():
            card.refresh()
            card.evidence.refresh()

    def focus_start(self) -> None:
        """The first item."""
        if self.cards:
            self.show_item(next(iter(self.cards)))

    def flush(self) -> None:
        """Save what is still being typed."""
        for card in self.cards.values():
            card.flush()

    def show_item(self, code: str) -> bool:
        """Focus an item and scroll to it."""
        while code not in self.cards and self._waiting:
            if not self._timer.isActive():
                self._timer.start()
            self._build_one()
        card = self.cards.get(code)
        if card is None:
            return False
        card.focus_answer()
        self.reveal(card)
        QTimer.singleShot(0, self, lambda: self.reveal(card))
        return True

    def reveal(self, card: ItemCard) -> None:
        """Scroll so that the card is seen as a whole, or at least its head."""
        body = self.area.body
        self.area.column.activate()
        top = card.mapTo(body, QPoint(0, 0)).y()
        bar = self.area.verticalScrollBar()
        height = self.area.viewport().height()
        if top - 14 < bar.value() or card.height() + 28 > height:
            bar.setValue(top - 14)
        elif top + card.height() + 14 > bar.value() + height:
            bar.setValue(top + card.height() + 14 - height)
