"""The only threading code: long work runs in a worker, its news arrive on the main thread."""

import logging
import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal, Slot

from pmprb_desktop.errors import Cancelled, UserError

log = logging.getLogger(__name__)


class Job:
    """What a piece of work is given: it reports how far it is and hears of a cancel."""

    def __init__(self, task: "Task") -> None:
        self._task = task

    def progress(self, done: int, total: int = 0, text: str = "") -> None:
        """Say how far it is; ``total`` 0 means unknown."""
        self._task.news.emit(done, total, text)

    def deliver(self, part: object) -> None:
        """Hand over a part that is ready; it is kept also when the rest is cancelled."""
        self._task.part.emit(part)

    def cancelled(self) -> bool:
        """Whether the person asked to stop."""
        return self._task.stopping.is_set()


class Task(QObject):
    """One piece of long work. Signals are delivered on the thread that made the task."""

    progressed = Signal(object, object, str)
    finished = Signal(object)
    refused = Signal(object)
    cancelled = Signal()
    ended = Signal()
    delivered = Signal(object)
    news = Signal(object, object, str)
    part = Signal(object)
    _result = Signal(object)
    _error = Signal(object)

    def __init__(self, work: Callable[[Job], Any], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self.stopping = threading.Event()
        self.running = False
        queued = Qt.ConnectionType.QueuedConnection
        self.news.connect(self.progressed, queued)
        self.part.connect(self.delivered, queued)
        self._result.connect(self._on_result, queued)
        self._error.connect(self._on_error, queued)

    def start(self) -> None:
        """Hand the work to a worker thread."""
        self.running = True
        _alive.add(self)
        pool().start(_Runner(self))

    def cancel(self) -> None:
        """Ask the work to stop; it ends with ``cancelled``."""
        self.stopping.set()

    def work_now(self) -> None:
        """Run in the calling thread and send what came of it."""
        try:
            result = self._work(Job(self))
        except BaseException as error:  # noqa: BLE001  (told on the main thread, nothing is lost)
            self._error.emit(error)
        else:
            self._result.emit(result)

    @Slot(object)
    def _on_result(self, result: Any) -> None:
        self._end()
        self.finished.emit(result)
        self.ended.emit()

    @Slot(object)
    def _on_error(self, error: BaseException) -> None:
        self._end()
        if isinstance(error, Cancelled):
            self.cancelled.emit()
        elif isinstance(error, UserError):
            self.refused.emit(error)
        else:
            from pmprb_desktop.ui import crash

            crash.report(error)
        self.ended.emit()

    def _end(self) -> None:
        self.running = False
        _alive.discard(self)


class _Runner(QRunnable):
    """Carries a task into the pool."""

    def __init__(self, task: Task) -> None:
        super().__init__()
        self._task = task

    def run(self) -> None:
        """Called by the pool, in its thread."""
        self._task.work_now()


_alive: set[Task] = set()


def pool() -> QThreadPool:
    """The pool that all work runs in."""
    return QThreadPool.globalInstance()


def run(
    work: Callable[[Job], Any],
    *,
    parent: QObject | None = None,
    done: Callable[[Any], None] | None = None,
    delivered: Callable[[Any], None] | None = None,
    refused: Callable[[UserError], None] | None = None,
) -> Task:
    """Start work; ``done`` and ``refused`` are called on the main thread.

    Without ``refused`` an error that a person can act on is shown in a dialog over ``parent``.
    """
    task = Task(work)
    if done is not None:
        task.finished.connect(done)
    if delivered is not None:
        task.delivered.connect(delivered)
    if refused is not None:
        task.refused.connect(refused)
    else:
        task.refused.connect(lambda error: _show(parent, error))
    task.start()
    return task


def stop_all(wait_ms: int = 3000) -> None:
    """Cancel what is running and wait for it; nobody hears of it any more. For leaving."""
    for task in tuple(_alive):
        task.cancel()
        task.blockSignals(True)
    pool().waitForDone(wait_ms)
    _alive.clear()


def idle() -> bool:
    """Whether no task is under way."""
    return not _alive


def _show(parent: QObject | None, error: UserError) -> None:
    from PySide6.QtWidgets import QApplication, QWidget
    from shiboken6 import isValid

    from pmprb_desktop.ui import messages

    there = isinstance(parent, QWidget) and isValid(parent)
    owner = parent if there else QApplication.activeWindow()
    messages.show_error(owner if isinstance(owner, QWidget) else None, error)
