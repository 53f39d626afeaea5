"""Guidance on an item or a sub-area: how to answer, examples of evidence, common mistakes."""

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout

from pmprb_desktop.i18n import _
from pmprb_desktop.rubric.model import BaseItem, Node
from pmprb_desktop.ui import theme
from pmprb_desktop.ui.painting import rounded_box
from pmprb_desktop.ui.sheet import Sheet
from pmprb_desktop.ui.widgets import wrapped


class GuidePanel(QFrame):
    """A quiet box of words; made only when it is asked for."""

    def __init__(self, sheet: Sheet, entry: BaseItem | Node) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(14, 10, 14, 12)
        self._column.setSpacing(4)
        said = sheet.words
        if entry.guidance:
            self._part(_("How to answer"), said(entry.guidance))
        if entry.evidence:
            self._part(_("Examples of evidence"), _bullets([said(x) for x in entry.evidence]))
        if entry.pitfalls:
            self._part(_("Common mistakes"), _bullets([said(x) for x in entry.pitfalls]))
        gate = getattr(entry, "gate", None)
        if gate is not None:
            self._part(
                _("Depends on"),
                _("The score of this item depends on the answer to item {code}.").format(
                    code=gate.item
                ),
            )
        if self._column.count() == 0:
            words = _("There is no guidance on this item yet.")
            self._column.addWidget(wrapped(words, tone="muted"))
        if sheet.rubric.content.reconstruction:
            source = origin(sheet, entry.code)
            self._column.addWidget(wrapped(source, tone="muted", points=theme.SMALL))

    def _part(self, title: str, text: str) -> None:
        if self._column.count():
            self._column.addSpacing(4)
        self._column.addWidget(wrapped(title, points=theme.SMALL, bold=True))
        self._column.addWidget(wrapped(text))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The quiet ground."""
        del event
        painter = QPainter(self)
        rounded_box(painter, self.rect(), ground="bg", border="line")


def origin(sheet: Sheet, code: str) -> str:
    """Where an item comes from and how sure that is."""
    source, confidence = sheet.rubric.provenance_of(code)
    sure = {"high": _("high"), "medium": _("medium"), "low": _("low")}[confidence]
    return _("Source: {source}. Confidence: {sure}.").format(source=source.rstrip("."), sure=sure)


def _bullets(lines: list[str]) -> str:
    return "\n".join(f"•  {line}" for line in lines)
