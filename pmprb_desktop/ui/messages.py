"""What is said to people: what happened, what is safe, what to do next."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from pmprb_desktop.errors import UserError
from pmprb_desktop.i18n import _
from pmprb_desktop.ui import icons, theme
from pmprb_desktop.ui.tasks import Task

Kind = Literal["error", "warning", "info", "done"]
_TOKENS = {"error": "bad", "warning": "warn", "info": "primary", "done": "ok"}


class _Noted:
    """Who keeps the short number of the last error for the help page."""

    keep: Callable[[str], None] | None = None


def keep_errors(keep: Callable[[str], None] | None) -> None:
    """Let this be told the number or rule of every error that is shown."""
    _Noted.keep = keep


def note(number: str) -> None:
    """Remember an error for the help page, if anything can be remembered."""
    if _Noted.keep is not None:
        with contextlib.suppress(Exception):
            _Noted.keep(number)


class Message(QDialog):
    """Title = what happened; body = what is safe; button = what to do next."""

    def __init__(
        self,
        parent: QWidget | None,
        *,
        title: str,
        body: str = "",
        detail: str = "",
        button: str = "",
        other: str = "",
        kind: Kind = "info",
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("PMPRB Desktop"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(500)
        self.setMaximumWidth(620)
        mark = QLabel()
        mark.setPixmap(icons.pixmap(kind, _TOKENS[kind], 32, self.devicePixelRatioF()))
        mark.setAlignment(Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(8)
        for name, text in (("title", title), ("body", body), ("detail", detail)):
            if text:
                words.addWidget(_label(text, name))
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(mark)
        top.addLayout(words, 1)
        self.button = QPushButton(button or _("&OK"))
        self.button.setDefault(True)
        self.button.setProperty("role", "primary")
        self.button.clicked.connect(self.accept)
        bottom = QHBoxLayout()
        bottom.addStretch(1)
        if other:
            self.other = QPushButton(other)
            self.other.setAutoDefault(False)
            self.other.clicked.connect(self.reject)
            bottom.addWidget(self.other)
        bottom.addWidget(self.button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 18)
        layout.setSpacing(18)
        layout.addLayout(top)
        layout.addLayout(bottom)


def _label(text: str, name: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if name == "title":
        label.setFont(theme.font(12.5, bold=True))
    elif name == "detail":
        label.setProperty("tone", "muted")
    label.setMinimumWidth(400)
    return label


def show(
    parent: QWidget | None,
    *,
    title: str,
    body: str = "",
    detail: str = "",
    button: str = "",
    kind: Kind = "info",
) -> Message:
    """Open a message over its window; it does not block the program."""
    dialog = Message(
        parent.window() if parent else None,
        title=title,
        body=body,
        detail=detail,
        button=button,
        kind=kind,
    )
    dialog.open()
    return dialog


def show_error(parent: QWidget | None, error: UserError) -> Message:
    """Open the message of an error that a person can act on."""
    note(error.rule)
    findings = "\n".join(f"• {entry.message}" for entry in error.findings[:8])
    detail = "\n".join(part for part in (error.next_step, findings) if part)
    return show(parent, title=error.message, body=error.safe, detail=detail, kind="error")


def ask(
    parent: QWidget,
    *,
    title: str,
    body: str,
    button: str,
    then: Callable[[], None],
    kind: Kind = "warning",
) -> Message:
    """Ask before something that matters; ``then`` runs when the person says yes."""
    dialog = Message(
        parent.window(), title=title, body=body, button=button, other=_("&Cancel"), kind=kind
    )
    dialog.accepted.connect(then)
    dialog.open()
    return dialog


@contextlib.contextmanager
def reported(parent: QWidget | None) -> Iterator[None]:
    """Show an error that a person can act on instead of letting it through."""
    try:
        yield
    except UserError as error:
        show_error(parent, error)


class Progress(QDialog):
    """Progress of a task with a cancel button; appears only when it takes over 0.3 s."""

    DELAY_MS = 300

    def __init__(self, parent: QWidget, task: Task, title: str) -> None:
        from PySide6.QtCore import QTimer

        super().__init__(parent.window())
        self.setWindowTitle(_("PMPRB Desktop"))
        self.setMinimumWidth(420)
        self._task = task
        self._title = _label(title, "title")
        self._text = _label("", "detail")
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(title)
        self.cancel_button = QPushButton(_("&Cancel"))
        self.cancel_button.clicked.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 18)
        layout.setSpacing(12)
        for widget in (self._title, self._bar, self._text):
            layout.addWidget(widget)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.cancel_button)
        layout.addLayout(row)
        task.progressed.connect(self._on_progress)
        task.ended.connect(self._on_ended)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(self.DELAY_MS)
        self._timer.timeout.connect(self._on_delay)
        self._timer.start()

    def reject(self) -> None:
        """Escape and the button ask the work to stop; the dialog goes when it has."""
        self._task.cancel()
        self.cancel_button.setEnabled(False)
        self._text.setText(_("Stopping …"))

    def _on_delay(self) -> None:
        if self._task.running:
            self.open()

    def _on_progress(self, done: int, total: int, text: str) -> None:
        self._bar.setRange(0, 1000 if total else 0)
        if total:
            self._bar.setValue(min(1000, done * 1000 // total))
        if text and not self._task.stopping.is_set():
            self._text.setText(text)

    def _on_ended(self) -> None:
        self._timer.stop()
        self.done(0)
        self.deleteLater()
