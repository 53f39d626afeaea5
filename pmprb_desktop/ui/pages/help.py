"""Help: what one reads out on the phone, and the keys."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from pmprb_desktop import unit
from pmprb_desktop.i18n import _
from pmprb_desktop.ui import theme
from pmprb_desktop.ui.pages.shell import PageShell
from pmprb_desktop.ui.session import Session
from pmprb_desktop.ui.widgets import Button, Card, IconButton, label, wrapped


class HelpPage(PageShell):
    """Facts in large letters, then how to work."""

    closed = Signal()

    def __init__(self, session: Session, assessment_id: str | None = None) -> None:
        super().__init__(_("Help"), width=860)
        back = IconButton("left", _("Back"))
        back.clicked.connect(self.closed)
        self.bar_row.insertWidget(0, back)
        self.copy = Button(_("&Copy for a message"), self._on_copy, drawing="copy")
        self.bar_row.addWidget(self.copy)
        info = unit.help_info(session.ws, assessment_id)
        none = _("none")
        self.facts = (
            (_("Version"), info.version),
            (_("Edition"), info.edition or none),
            (_("Revision"), str(info.revision) if info.revision else none),
            (_("Content code"), info.content_code or _("not locked yet")),
            (_("Last error"), info.last_error or none),
            (_("Contact at your office"), info.contact or _("stands in the assignment letter")),
            (_("Workspace"), info.data_dir),
        )
        self.column.addWidget(
            wrapped(_("Read this out when you call your office"), points=theme.TITLE, bold=True)
        )
        self.column.addWidget(_grid(self.facts, large=True))
        self.column.addWidget(wrapped(_("Keys"), points=theme.TITLE, bold=True))
        self.column.addWidget(_grid(keys(), large=False))
        self.column.addWidget(wrapped(_("Good to know"), points=theme.TITLE, bold=True))
        for words in tips():
            self.column.addWidget(wrapped(f"•  {words}"))
        self.column.addStretch(1)
        self.first = back

    def _on_copy(self) -> None:
        text = "\n".join(f"{name}: {value}" for name, value in self.facts)
        QGuiApplication.clipboard().setText(text)
        self.copy.setText(_("✓ Copied"))


def keys() -> tuple[tuple[str, str], ...]:
    """Keys and what they do."""
    return (
        ("A – E, Y, T", _("answer the item that has the focus")),
        ("↑ ↓", _("move between options without choosing; Space chooses")),
        ("Delete", _("make the item blank again")),
        ("Ctrl+Enter", _("next unanswered item")),
        ("Ctrl+Z, Ctrl+Y", _("undo and redo an answer")),
        ("Ctrl+F", _("search codes and words")),
        ("Ctrl+V", _("attach the picture or file on the clipboard")),
        ("Ctrl+PageDown, Ctrl+PageUp", _("next and previous page")),
        ("Alt+Home", _("home")),
        ("F1", _("this page")),
    )


def tips() -> tuple[str, ...]:
    """What people ask on the phone."""
    return (
        _(
            "There is no button for saving: every answer is kept at once, "
            "also when the power fails."
        ),
        _("An attached file is copied; moving or deleting the original does no harm."),
        _("Lock the entries before printing: the printed code belongs to exactly these entries."),
        _("A package can be written as often as you like; it is always the identical one."),
    )


def _grid(rows: tuple[tuple[str, str], ...], *, large: bool) -> QWidget:
    card = Card()
    grid = QGridLayout(card)
    grid.setContentsMargins(20, 14, 20, 14)
    grid.setHorizontalSpacing(24)
    grid.setVerticalSpacing(8)
    grid.setColumnStretch(1, 1)
    for at, (name, value) in enumerate(rows):
        caption = label(name, tone="muted" if large else "", bold=not large)
        said: QLabel = wrapped(value, points=12 if large else 0, bold=large)
        said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        said.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        grid.addWidget(caption, at, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(said, at, 1)
    return card
