"""Finding and loading rubric files, and the look-ups of a loaded edition."""

import os
from pathlib import Path

import pytest

from pmprb_desktop.errors import UserError
from pmprb_desktop.rubric import loader
from pmprb_desktop.rubric.model import ChoiceItem, LookupItem, find_option

UNIT = "pmprb-2020-unit@1"


def _rule(reference: str | Path, *folders: Path) -> str:
    with pytest.raises(UserError) as caught:
        loader.load(reference, folders)
    assert caught.value.next_step
    return caught.value.rule


def test_load_by_edition_id_and_file() -> None:
    """An edition, the newest of a bare id, and a file are the same rubric."""
    path = loader.released()[UNIT]
    assert loader.load(UNIT) is loader.load("pmprb-2020-unit") is loader.load(path)
    assert loader.load(str(path)).edition == UNIT


@pytest.mark.parametrize(
    "reference", ["", "@", "none", "none@1", "pmprb-2020-unit@2", "x" * 5000, "a\0b", "."]
)
def test_unknown_references(reference: str) -> None:
    """A name that is no edition and no file is refused."""
    assert _rule(reference) == "RUBRIC_UNKNOWN"


def _copy(folder: Path, name: str, edition: str) -> None:
    data = loader.released()[UNIT].read_bytes()
    data = data.replace(b"edition: '1'", f"edition: '{edition}'".encode(), 1)
    (folder / name).write_bytes(data)


def test_newest_edition_counts_numbers(tmp_path: Path) -> None:
    """Edition 10 is newer than edition 9, also in a folder of one's own."""
    for number in ("9", "10"):
        _copy(tmp_path, f"pmprb-2020-unit@{number}.yaml", number)
    (tmp_path / "pmprb-2020-unit@x.yaml").write_text("x")
    assert loader.newest("pmprb-2020-unit", [tmp_path]) == "pmprb-2020-unit@10"
    assert loader.load("pmprb-2020-unit", [tmp_path]).content.edition == 10
    assert loader.newest("none") is None


def test_own_folders_do_not_replace_what_ships(tmp_path: Path) -> None:
    """A file of the same name elsewhere is not taken for the released edition."""
    (tmp_path / f"{UNIT}.yaml").write_text("nothing")
    assert loader.load(UNIT, [tmp_path]).edition == UNIT


def test_a_name_that_lies(tmp_path: Path) -> None:
    """A file must hold the edition that its name says."""
    _copy(tmp_path, "pmprb-2020-unit@7.yaml", "8")
    assert _rule("pmprb-2020-unit@7", tmp_path) == "RUBRIC_NAME"


def test_faulty_and_unreadable_files(tmp_path: Path) -> None:
    """The findings of a faulty file travel with the refusal."""
    path = tmp_path / "uji.yaml"
    path.write_text("format: x\n")
    with pytest.raises(UserError) as caught:
        loader.load(path)
    assert caught.value.rule == "RUBRIC_INVALID"
    assert {entry.rule for entry in caught.value.findings} >= {"SCHEMA_TYPE", "SCHEMA_MISSING_KEY"}
    with pytest.raises(UserError) as caught:
        loader.read(tmp_path)
    assert caught.value.rule == "RUBRIC_UNREADABLE"


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ("WTP", "WTP"), (" wtp ", "WTP"), ("wtp-dpp", "WTP-DPP"), ("Disclaimer", "TMP"),
        ("tidak wajar", "TW"), ("tidak", "TIDAK"), ("t", None), ("w", None), ("", None),
    ],
)  # fmt: skip
def test_find_option_of_the_opinion(given: str, key: str | None) -> None:
    """Keys, aliases and single initials are understood, ambiguous ones are not."""
    item = loader.load("rb-2014@1").items["B.II.2"]
    assert isinstance(item, LookupItem)
    assert find_option(item, given) == key


@pytest.mark.parametrize(("given", "key"), [("y", "Ya"), ("T", "Tidak"), ("YA", "Ya"), ("n", None)])
def test_find_option_of_yes_and_no(given: str, key: str | None) -> None:
    """Y and T are enough."""
    items = loader.load(UNIT).items.values()
    item = next(i for i in items if isinstance(i, ChoiceItem) and i.options[0].key == "Ya")
    assert find_option(item, given) == key


def test_only_files_are_read(tmp_path: Path) -> None:
    """A folder is named as it was given, and a pipe is not waited for."""
    for path in (Path(), Path("a\0b"), Path("/dev/zero")):
        with pytest.raises(UserError) as caught:
            loader.read(path)
        assert caught.value.rule == "RUBRIC_UNREADABLE"
        assert (path.name or ".") in caught.value.message
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(UserError):
            loader.read(tmp_path / "pipe")
