"""Our own bugs: a dialog with a short number, a saved log, then the end of the program."""

import logging
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from pmprb_desktop import __version__
from pmprb_desktop.errors import Cancelled, UserError
from pmprb_desktop.i18n import _

log = logging.getLogger(__name__)


class _State:
    """Where logs go, and that one crash is shown only once."""

    folder: Path | None = None
    shown = False
    leave: Callable[[], None] | None = None


_state = _State()


def install(folder: Path | None) -> None:
    """Catch what nobody caught, also inside Qt's slots, and keep logs in ``folder``."""
    _state.folder = folder
    sys.excepthook = _hook


def use_folder(folder: Path) -> None:
    """Keep logs here from now on (the workspace is known)."""
    _state.folder = folder


def number(error: BaseException) -> str:
    """A short number to read out on the phone: the same fault gives the same number."""
    frames = traceback.extract_tb(error.__traceback__)
    place = "|".join(f"{Path(frame.filename).name}:{frame.name}" for frame in frames[-6:])
    return "E" + str(int(sha256(f"{type(error).__name__}|{place}".encode()).hexdigest(), 16))[-5:]


def write(error: BaseException, folder: Path | None) -> Path | None:
    """Save what happened; None when not even that is possible.

    The text of the error is left out: it may hold what someone typed.
    """
    if folder is None:
        return None
    at = datetime.now(UTC)
    lines = [f"PMPRB Desktop {__version__}", f"{at:%Y-%m-%dT%H:%M:%SZ}", sys.platform, ""]
    lines += [f"{number(error)} {type(error).__name__}"]
    lines += [
        f"  {Path(frame.filename).name}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    path = folder / f"crash-{at:%Y%m%d-%H%M%S}-{number(error)}.log"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError:
        return None
    return path


def report(error: BaseException) -> None:
    """Show the crash, save its log, and leave when the dialog is closed."""
    if isinstance(error, KeyboardInterrupt):
        QApplication.quit()
        return
    path = write(error, _state.folder)
    log.critical("crash %s, log %s", number(error), path)
    if _state.shown:
        return
    _state.shown = True
    from pmprb_desktop.ui import messages

    messages.note(number(error))
    saved = _("A report was saved: {path}").format(path=path) if path else ""
    dialog = messages.show(
        QApplication.activeWindow(),
        title=_("The program met a fault and must close"),
        body=_("Every answer up to now is saved. Error number: {number}").format(
            number=number(error)
        ),
        detail=saved,
        button=_("Close the program"),
        kind="error",
    )
    dialog.finished.connect(lambda _result: _leave())


def _leave() -> None:
    _state.shown = False
    if _state.leave is not None:
        _state.leave()
    else:
        QTimer.singleShot(0, lambda: QApplication.exit(70))


def _hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    del kind
    if isinstance(error, Cancelled):
        return
    if isinstance(error, UserError):
        from pmprb_desktop.ui import messages

        messages.show_error(QApplication.activeWindow(), error)
        return
    if QApplication.instance() is None:
        sys.__excepthook__(type(error), error, trace)
        return
    report(error.with_traceback(trace))
