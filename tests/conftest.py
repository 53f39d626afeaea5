"""What every test stands on: English messages, no secret store, no network, no display."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["PMPRB_LANGUAGE"] = "en"
os.environ.pop("PMPRB_PASSPHRASE", None)

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backends import fail

from pmprb_desktop import i18n, unit
from tests.unit import kit

keyring.set_keyring(fail.Keyring())
i18n.use_language("en")


class NoNetworkError(AssertionError):
    """A test tried to reach another machine."""


@pytest.fixture(autouse=True, scope="session")
def _offline() -> Iterator[None]:
    """The program works without a network; a test that needs one is wrong."""
    connect = socket.socket.connect

    def refuse(self: socket.socket, address: Any) -> None:
        if self.family == getattr(socket, "AF_UNIX", None):
            connect(self, address)
            return
        raise NoNetworkError(str(address))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", refuse)
        yield


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """English texts, and no workspace of the person who runs the tests."""
    i18n.use_language("en")
    monkeypatch.setenv("PMPRB_DATA_DIR", str(tmp_path_factory.getbasetemp() / "nowhere"))


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small edition with items of every kind, as a file."""
    return kit.write_small(tmp_path_factory.mktemp("rubric"))


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[unit.Workspace]:
    """An open workspace of one unit with one assessor."""
    with kit.new_workspace(tmp_path / "work") as ws:
        yield ws


@pytest.fixture
def blank(workspace: unit.Workspace, small: Path) -> str:
    """Id of an assessment in which nothing stands yet."""
    return unit.new_assessment(workspace, str(small), 2026).id


@pytest.fixture
def filled(workspace: unit.Workspace, blank: str) -> str:
    """Id of an assessment that is ready for a final package, with evidence."""
    kit.fill(workspace, blank)
    return blank
