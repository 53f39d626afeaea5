"""What a package says of itself against the edition that it carries."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pmprb_desktop import i18n, unit
from pmprb_desktop.package import layout, verify
from tests.package import builders
from tests.unit.kit import fill, make_package, new_workspace

Change = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory, small: Path) -> dict[str, Path]:
    """A whole package, and a provisional one of a few answers."""
    folder = tmp_path_factory.mktemp("inspection")
    with new_workspace(folder / "w") as ws:
        whole = unit.new_assessment(ws, str(small), 2026).id
        fill(ws, whole)
        begun = unit.new_assessment(ws, str(small), 2027).id
        unit.answer(ws, begun, "A.1", value="Ya")
        return {
            "whole": Path(make_package(ws, whole, folder).path),
            "begun": Path(make_package(ws, begun, folder, provisional=True, approval=None).path),
        }


def _changed(path: Path, target: Path, header: Change, entries: Change | None = None) -> Path:
    """The package as someone else would sign it after a change."""
    with zipfile.ZipFile(path) as archive:
        top = archive.namelist()[0].partition("/")[0]
        files = {name[len(top) + 1 :]: archive.read(name) for name in archive.namelist()}
    if entries is not None:
        files[layout.ASSESSMENT] = builders.edit_json(files[layout.ASSESSMENT], entries)
    digest = builders.payload_file("x", files[layout.ASSESSMENT]).sha256
    sizes = [len(data) for name, data in files.items() if name.startswith("data/")]

    def whole(value: dict[str, Any]) -> None:
        value["key"]["spki_sha256"] = builders.plain_key().fingerprint
        value["content_digest"] = digest
        value["payload"] = {"files": len(sizes), "bytes": sum(sizes)}
        header(value)

    files[layout.HEADER] = builders.edit_json(files[layout.HEADER], whole)
    oxum = f"Payload-Oxum: {sum(sizes)}.{len(sizes)}"
    lines = files[layout.BAG_INFO].decode().splitlines()
    lines = [oxum if line.startswith("Payload-Oxum") else line for line in lines]
    files[layout.BAG_INFO] = "".join(line + "\n" for line in lines).encode()
    target.write_bytes(builders.raw_package(builders.resign(files), top))
    return target


def test_a_final_package_has_no_blanks(packages: dict[str, Path], tmp_path: Path) -> None:
    """A re-signed one that only calls itself final is not valid, whatever its scores."""
    path = _changed(packages["begun"], tmp_path / "x.pmprb", lambda v: v.update(state="final"))
    assert verify.verify_package(path).valid
    seen = unit.inspect(path)
    assert not seen.valid
    (found,) = [one for one in seen.findings if one.severity == "error"]
    assert found.rule == "FINAL_INCOMPLETE"
    assert "10" in found.message
    assert "A.2" in found.message
    assert "A.1," not in found.message


def test_blanks_are_allowed_before_the_end(packages: dict[str, Path], tmp_path: Path) -> None:
    """A provisional package may hold blanks, a final one what is not required."""
    assert unit.inspect(packages["begun"]).valid
    path = _changed(
        packages["whole"],
        tmp_path / "x.pmprb",
        lambda _header: None,
        lambda v: v["answers"].remove(next(a for a in v["answers"] if a["code"] == "B.6")),
    )
    assert unit.inspect(path).valid
    assert unit.inspect(packages["whole"]).valid


@pytest.mark.parametrize(("language", "sign"), [("id", ","), ("en", ".")])
def test_other_scores_are_shown_as_people_write_them(
    packages: dict[str, Path], tmp_path: Path, language: str, sign: str
) -> None:
    """Two decimals, with the decimal sign of the language."""

    def other(value: dict[str, Any]) -> None:
        value["scores"]["total"] = "9.999999999999"

    path = _changed(packages["whole"], tmp_path / "x.pmprb", lambda _header: None, other)
    before = i18n.language()
    i18n.use_language(language)
    try:
        seen = unit.inspect(path)
    finally:
        i18n.use_language(before)
    (found,) = [one for one in seen.findings if one.rule == "SCORES_DIFFER"]
    assert found.severity == "warning"
    number = found.message.partition("(")[2].partition(")")[0]
    assert number.partition(sign)[1] == sign
    assert len(number.partition(sign)[2]) == 2
    assert json.dumps(number).isascii()
