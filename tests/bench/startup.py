"""From the command to the first painted window, and to home with its data."""

import os
import subprocess
import sys
from pathlib import Path

from pmprb_desktop import unit
from pmprb_desktop.values import PersonDraft
from tests.bench.timing import interleaved

BARE = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
class Window(QWidget):
    def paintEvent(self, event):
        QTimer.singleShot(0, app.quit)
app = QApplication(sys.argv)
window = Window()
window.resize(1366, 697)
window.show()
sys.exit(app.exec())
"""


def run(folder: Path, smoke: bool) -> list[str]:
    """First paint ≤ 3 × and home with its data ≤ 6 × a bare PySide6 window."""
    data = folder / "data"
    with unit.open_workspace(data) as ws:
        unit.setup(ws, "unit", "BENCH", "Bench unit", PersonDraft("Assessor"))
        unit.make_practice(ws)
    environment = {**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
    program = [sys.executable, "-m", "pmprb_desktop", "--data-dir", str(data)]

    def start(*command: str) -> None:
        subprocess.run(command, check=True, env=environment)

    bare, first, home = interleaved(
        [
            lambda: start(sys.executable, "-c", BARE),
            lambda: start(*program, "--quit-after-first-paint"),
            lambda: start(*program, "--quit-when-ready"),
        ],
        2 if smoke else 11,
    )
    return [
        f"bare PySide6 window {bare * 1000:.0f} ms",
        f"first painted window {first * 1000:.0f} ms = {first / bare:.2f} x bare (limit 3)",
        f"home with its data {home * 1000:.0f} ms = {home / bare:.2f} x bare (limit 6)",
    ]
