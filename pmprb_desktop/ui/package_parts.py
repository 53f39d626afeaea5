"""Parts of the package page: a numbered step, and the card that says it is done."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from pmprb_desktop.i18n import _, ngettext
from pmprb_desktop.ui import icons, texts, theme
from pmprb_desktop.ui.layouts import FlowLayout
from pmprb_desktop.ui.widgets import Button, Card, clear, label, wrapped
from pmprb_desktop.values import AssessmentInfo, ExportResult


class StepCard(Card):
    """A numbered step with a title, words and room for its parts."""

    def __init__(self, number: int, title: str) -> None:
        super().__init__()
        self.number = label(str(number), points=theme.FIGURE, bold=True, tone="primary")
        self.number.setFixedWidth(30)
        self.number.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
        self.column = QVBoxLayout()
        self.column.setSpacing(8)
        self.words = wrapped(tone="muted")
        self.column.addWidget(wrapped(title, points=theme.BODY + 1.5, bold=True))
        self.column.addWidget(self.words)
        row = QHBoxLayout(self)
        row.setContentsMargins(18, 14, 20, 16)
        row.setSpacing(12)
        row.addWidget(self.number)
        row.addLayout(self.column, 1)

    def buttons(self, *buttons: QWidget) -> QWidget:
        """A line of buttons that breaks where there is no room."""
        line = QWidget()
        flow_line = FlowLayout(line, gap=8)
        for button in buttons:
            flow_line.addWidget(button)
        self.column.addWidget(line)
        return line


class DoneCard(Card):
    """Large check, file, counts, content code, QR, and where else it can go."""

    def __init__(self, on_copy: Callable[[], object]) -> None:
        super().__init__()
        self._on_copy = on_copy
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(22, 18, 22, 18)
        self.row.setSpacing(18)

    def show_package(self, info: AssessmentInfo, result: ExportResult | None) -> None:
        """Show the newest package of an assessment."""
        clear(self.row)
        mark = QLabel()
        mark.setPixmap(icons.pixmap("done", "ok", 56, self.devicePixelRatioF()))
        self.row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        self.row.addLayout(self._words(info, result), 1)
        if info.content_digest:
            from pmprb_desktop.ui.qr import QrWidget

            self.row.addWidget(QrWidget(info.content_digest), 0, Qt.AlignmentFlag.AlignTop)

    def _words(self, info: AssessmentInfo, result: ExportResult | None) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(6)
        title = (
            _("The provisional package is ready")
            if info.state == "sent_provisional"
            else _("The package is ready")
        )
        if info.practice:
            title = _("PRACTICE: {title}").format(title=title)
        column.addWidget(wrapped(title, points=theme.TITLE, bold=True))
        for widget in _facts(info, result):
            column.addWidget(widget)
        code = _("Content code {code} · revision {revision}").format(
            code=content_code(info.content_digest), revision=info.revision
        )
        column.addWidget(wrapped(code, points=12, bold=True))
        row = QHBoxLayout()
        row.addWidget(Button(_("Copy to another &stick …"), self._on_copy, drawing="usb"))
        if result is not None:
            url = QUrl.fromLocalFile(str(Path(result.path).parent))
            row.addWidget(
                Button(
                    _("&Open the folder"), lambda: QDesktopServices.openUrl(url), drawing="folder"
                )
            )
        row.addStretch(1)
        column.addLayout(row)
        return column


def _facts(info: AssessmentInfo, result: ExportResult | None) -> list[QLabel]:
    if result is None:
        if not info.last_copy:
            return []
        words = _("Last written {time}. Write it again as often as you like.")
        return [wrapped(words.format(time=texts.when(info.last_copy)), tone="muted")]
    name = wrapped(Path(result.path).name, bold=True)
    name.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    name.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    files = ngettext("{count} file", "{count} files", result.files).format(count=result.files)
    facts = f"{texts.size(result.bytes)} · {files} · {Path(result.path).parent}"
    verified = label(_("✓ Read again from there and verified"), tone="ok")
    return [name, wrapped(facts, tone="muted"), verified]


def content_code(digest: str | None) -> str:
    """The first eight characters in two groups, as prints show them."""
    return f"{digest[:4]} {digest[4:8]}" if digest else "–"
