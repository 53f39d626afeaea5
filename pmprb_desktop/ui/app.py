"""Start of the window: painted first, everything heavy comes after."""

import gc
import sys
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from pmprb_desktop import paths
from pmprb_desktop.i18n import _
from pmprb_desktop.ui import crash, qt_texts, theme
from pmprb_desktop.ui.main_window import MainWindow


@dataclass(frozen=True, slots=True)
class Options:
    """How the window is started."""

    data_dir: Path | None = None
    quit_after_first_paint: bool = False
    quit_when_ready: bool = False
    open_file: Path | None = None


def run(options: Options) -> int:
    """Open the window and stay until it is closed; returns the exit status."""
    app = application()
    folder = options.data_dir or paths.default_data_dir()
    crash.install(folder / "logs")
    window = MainWindow()
    if options.quit_after_first_paint:
        window.painted.connect(lambda: QTimer.singleShot(0, app.quit))
    else:
        window.painted.connect(
            lambda: QTimer.singleShot(0, lambda: _begin(window, folder, options.open_file))
        )
    if options.quit_when_ready:
        window.ready.connect(lambda: QTimer.singleShot(0, window.close))
    window.show()
    return app.exec()


def application() -> QApplication:
    """The Qt application with our looks."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    app = QApplication(sys.argv[:1])
    app.setApplicationName("PMPRB Desktop")
    app.setApplicationDisplayName(_("PMPRB Desktop"))
    app.setDesktopFileName("pmprb-desktop")
    theme.install(app)
    qt_texts.install(app)
    return app


def _begin(window: MainWindow, folder: Path, file: Path | None) -> None:
    gc.disable()  # thousands of classes are made now, none of them is garbage
    from pmprb_desktop.errors import UserError
    from pmprb_desktop.ui import messages

    try:
        window.open_workspace(folder)
        if file is not None:
            window.open_file(file)
    except UserError as error:
        dialog = messages.show_error(window, error)
        dialog.finished.connect(window.close)
    finally:
        gc.enable()
    QTimer.singleShot(0, window, lambda: _dress(window))


def _dress(window: MainWindow) -> None:
    from pmprb_desktop.ui import icons

    window.setWindowIcon(icons.app_icon())
