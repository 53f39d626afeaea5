"""Looking at widgets as people do."""

from collections.abc import Iterator
from itertools import pairwise

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDialog,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from pmprb_desktop.ui import tasks
from pmprb_desktop.ui.messages import Message
from pmprb_desktop.ui.widgets import ElidedLabel

INPUTS = (QAbstractButton, QAbstractItemView, QComboBox, QLineEdit, QPlainTextEdit, QSpinBox)


def settle(qtbot: QtBot) -> None:
    """Wait until no task runs and all events are handled."""
    qtbot.waitUntil(tasks.idle, timeout=20_000)
    QApplication.processEvents()
    qtbot.waitUntil(tasks.idle, timeout=20_000)


def messages_open() -> list[Message]:
    """Messages on the screen."""
    return [w for w in QApplication.topLevelWidgets() if isinstance(w, Message) and w.isVisible()]


def dialogs_open() -> list[QDialog]:
    """Dialogs on the screen."""
    return [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]


def visible(root: QWidget, kind: type[QWidget] | tuple[type[QWidget], ...]) -> Iterator[QWidget]:
    """Widgets of a kind that are not hidden (also those that one must scroll to)."""
    for widget in root.findChildren(QWidget):
        if isinstance(widget, kind) and widget.isVisibleTo(root):
            yield widget


def unnamed(root: QWidget) -> list[str]:
    """Inputs that neither a label's buddy, a text nor an accessible name describes."""
    buddies = {label.buddy() for label in root.findChildren(QLabel) if label.buddy() is not None}
    found = []
    for widget in visible(root, INPUTS):
        if widget.objectName().startswith(("qt_", "__qt")) or widget in buddies:
            continue
        if isinstance(widget, QHeaderView):
            continue
        if isinstance(widget.parentWidget(), QComboBox | QSpinBox | QLineEdit):
            continue
        text = widget.text() if isinstance(widget, QAbstractButton) else ""
        if not (widget.accessibleName() or text):
            found.append(f"{type(widget).__name__} in {type(widget.parentWidget()).__name__}")
    return found


def clipped(root: QWidget) -> list[str]:
    """Texts that have less room than they need."""
    found = []
    for widget in visible(root, (QLabel, QAbstractButton)):
        if isinstance(widget, ElidedLabel) or widget.objectName().startswith(("qt_", "__qt")):
            continue
        if isinstance(widget, QLabel):
            if not widget.text():
                continue
            if widget.wordWrap():
                bad = widget.heightForWidth(widget.width()) > widget.height() + 2
            else:
                bad = widget.sizeHint().width() > widget.width() + 1
            bad = bad or widget.fontMetrics().height() > widget.height() + 1
            text = widget.text()
        elif isinstance(widget, QAbstractButton) and widget.text():
            bad = widget.sizeHint().width() > widget.width() + 1
            text = widget.text()
        else:
            continue
        if bad:
            found.append(f"{text!r} {widget.size().toTuple()} needs {widget.sizeHint().toTuple()}")
    return found


def tab_chain(root: QWidget) -> list[QWidget]:
    """Widgets that Tab reaches inside a widget, in its order."""
    window = root.window()
    chain: list[QWidget] = []
    at = window.nextInFocusChain()
    while at is not None and at is not window:
        reached = bool(at.focusPolicy() & Qt.FocusPolicy.TabFocus)
        if reached and at.isEnabled() and at.isVisibleTo(root) and root.isAncestorOf(at):
            chain.append(at)
        at = at.nextInFocusChain()
    return chain


def place(widget: QWidget, root: QWidget) -> QRect:
    """Where a widget stands inside another."""
    return QRect(widget.mapTo(root, QPoint(0, 0)), widget.size())


def out_of_order(root: QWidget) -> list[str]:
    """Pairs of neighbours in the tab order that do not stand in reading order."""
    chain = tab_chain(root)
    found = []
    for one, other in pairwise(chain):
        a, b = place(one, root), place(other, root)
        same_line = a.top() < b.center().y() < a.bottom() or b.top() < a.center().y() < b.bottom()
        fine = b.left() >= a.left() if same_line else b.top() >= a.top()
        if not fine:
            found.append(f"{one.accessibleName()!r} {a.getRect()} → {other.accessibleName()!r}")
    return found
