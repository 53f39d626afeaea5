"""The program is started as people start it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pmprb_desktop import unit
from pmprb_desktop.values import PersonDraft


def start(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "pmprb_desktop", "--data-dir", str(folder), *options]
    root = Path(__file__).parents[2]
    return subprocess.run(
        command, env=environment, cwd=root, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("option", ["--quit-after-first-paint", "--quit-when-ready"])
@pytest.mark.parametrize("known", [True, False])
def test_it_starts_and_leaves_without_a_word(tmp_path: Path, option: str, *, known: bool) -> None:
    folder = tmp_path / "work"
    if known:
        with unit.open_workspace(folder) as ws:
            unit.setup(ws, "unit", "KEC-07", "Kecamatan Satu", PersonDraft("Asesor Satu"))
            unit.new_assessment(ws, "pmprb-2020-unit", 2026)
    done = start(folder, option)
    said = [line for line in done.stderr.splitlines() if "propagateSizeHints" not in line]
    assert said == []
    assert done.returncode == 0
    if not known:
        assert not (folder / "workspace.db").exists()


def test_the_first_paint_needs_nothing_heavy() -> None:
    code = (
        "import sys, pmprb_desktop.ui.app; "
        "print([n for n in ('sqlalchemy', 'pydantic', 'reportlab', 'PIL', 'yaml') "
        "if n in sys.modules])"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
