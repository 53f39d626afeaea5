"""Errors, crashes and long work: what people are told."""

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QThread, QTimer
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from pmprb_desktop.errors import Cancelled, Finding, UserError
from pmprb_desktop.ui import crash, messages, tasks
from tests.ui.helpers import dialogs_open, messages_open, settle


@pytest.fixture
def owner(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    return widget


@pytest.fixture
def left(tmp_path: Path) -> Iterator[list[bool]]:
    """Catch leaving the program, and put the hook back."""
    before, seen = sys.excepthook, []
    crash.install(tmp_path / "logs")
    crash._state.leave = lambda: seen.append(True)
    yield seen
    crash._state.leave = None
    crash._state.folder = None
    sys.excepthook = before


def test_an_error_says_what_happened_what_is_safe_and_what_next(
    qtbot: QtBot, owner: QWidget
) -> None:
    kept: list[str] = []
    messages.keep_errors(kept.append)
    error = UserError(
        "DISK_FULL",
        "The disk is full.",
        safe="Your answers are safe.",
        next_step="Make room.",
        findings=[Finding("X", "", "One thing.")],
    )
    with messages.reported(owner):
        raise error
    messages.keep_errors(None)
    (dialog,) = messages_open()
    labels = {w.objectName(): w.text() for w in dialog.findChildren(QLabel) if w.objectName()}
    assert labels["title"] == "The disk is full."
    assert labels["body"] == "Your answers are safe."
    assert "Make room." in labels["detail"]
    assert "One thing." in labels["detail"]
    assert kept == ["DISK_FULL"]
    qtbot.mouseClick(dialog.button, Qt.MouseButton.LeftButton)
    assert not messages_open()


def test_asking_first_does_it_only_after_a_yes(qtbot: QtBot, owner: QWidget) -> None:
    done: list[int] = []
    for wanted in (False, True):
        dialog = messages.ask(
            owner, title="Really?", body="", button="Yes", then=lambda: done.append(1)
        )
        qtbot.mouseClick(dialog.button if wanted else dialog.other, Qt.MouseButton.LeftButton)
        assert bool(done) is wanted


def test_our_own_bug_is_shown_logged_and_ends_the_program(
    qtbot: QtBot, owner: QWidget, left: list[bool], tmp_path: Path
) -> None:
    def fault() -> None:
        raise ZeroDivisionError("the secret note")

    try:
        fault()
    except ZeroDivisionError as error:
        crash._hook(type(error), error, error.__traceback__)
    (dialog,) = messages_open()
    text = " ".join(label.text() for label in dialog.findChildren(QLabel))
    (log,) = (tmp_path / "logs").glob("crash-*.log")
    written = log.read_text(encoding="utf-8")
    assert "ZeroDivisionError" in written
    assert "the secret note" not in written
    number = written.split("\n")[4].split(" ")[0]
    assert number in text
    assert not left
    qtbot.mouseClick(dialog.button, Qt.MouseButton.LeftButton)
    assert left == [True]


def test_the_same_fault_has_the_same_number() -> None:
    numbers = set()
    for _at in range(2):
        try:
            int("x")
        except ValueError as error:
            numbers.add(crash.number(error))
    assert len(numbers) == 1


def test_a_fault_in_a_slot_reaches_the_crash_dialog(
    qtbot: QtBot, owner: QWidget, left: list[bool]
) -> None:
    seen: list[BaseException] = []

    def hook(kind: type[BaseException], error: BaseException, trace: object) -> None:
        seen.append(error)

    sys.excepthook = hook
    QTimer.singleShot(0, lambda: dict[str, int]()["nothing"])
    qtbot.waitUntil(lambda: bool(seen))
    assert isinstance(seen[0], KeyError)


def test_a_fault_in_a_worker_reaches_the_crash_dialog(
    qtbot: QtBot, owner: QWidget, left: list[bool]
) -> None:
    def work(_job: tasks.Job) -> None:
        raise RuntimeError("broken")

    task = tasks.run(work, parent=owner)
    qtbot.waitUntil(lambda: bool(messages_open()))
    assert not task.running
    messages_open()[0].accept()
    assert left == [True]


def test_an_error_that_nobody_caught_is_shown_and_the_program_goes_on(
    qtbot: QtBot, owner: QWidget, left: list[bool]
) -> None:
    error = UserError("X", "Refused.")
    crash._hook(UserError, error, None)
    messages_open()[0].accept()
    assert not left


def test_results_and_progress_arrive_on_the_main_thread(qtbot: QtBot, owner: QWidget) -> None:
    main = QThread.currentThread()
    seen: list[tuple[str, object]] = []

    def note(what: str) -> None:
        seen.append((what, QThread.currentThread()))

    def work(job: tasks.Job) -> int:
        assert QThread.currentThread() is not main
        job.progress(1, 2, "half")
        job.deliver("part")
        return 42

    task = tasks.Task(work)
    task.progressed.connect(lambda *_args: note("progress"))
    task.delivered.connect(lambda _part: note("part"))
    task.finished.connect(lambda result: note(f"done {result}"))
    with qtbot.waitSignal(task.ended):
        task.start()
    assert [what for what, _thread in seen] == ["progress", "part", "done 42"]
    assert all(thread is main for _what, thread in seen)


def test_cancelled_work_ends_quietly(qtbot: QtBot, owner: QWidget) -> None:
    begun = threading.Event()

    def work(job: tasks.Job) -> None:
        begun.set()
        while not job.cancelled():
            QThread.msleep(1)
        raise Cancelled

    task = tasks.Task(work)
    progress = messages.Progress(owner, task, "Working")
    task.start()
    qtbot.waitUntil(progress.isVisible)
    assert begun.is_set()
    with qtbot.waitSignal(task.cancelled):
        qtbot.mouseClick(progress.cancel_button, Qt.MouseButton.LeftButton)
    settle(qtbot)
    assert not messages_open()
    assert not dialogs_open()


def test_a_refusal_in_a_worker_is_shown(qtbot: QtBot, owner: QWidget) -> None:
    def work(_job: tasks.Job) -> None:
        raise UserError("DISK_FULL", "The disk is full.")

    tasks.run(work, parent=owner)
    qtbot.waitUntil(lambda: bool(messages_open()))
    messages_open()[0].accept()
    QApplication.processEvents()
