"""The main job on real input: filled, locked, approved, sealed, verified, printed."""

import csv
import json
import math
from pathlib import Path
from typing import Any

import pytest

from pmprb_desktop import unit
from pmprb_desktop.cli import run
from tests import factories
from tests.evidence.evidence_samples import ACCEPTED, REFUSED
from tests.unit.kit import pdf

DATA = Path(__file__).parents[1] / "data"
HEAD = ("Kepala Unit", "--role", "unit_head", "--nip", "197503122000031002", "--position", "Camat")


class Office:
    """A unit at its laptop, by the command line."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capsys = capsys
        self(
            "init", "--role", "unit", "--unit-code", "KEC-07", "--unit-name", "Kecamatan Tujuh",
            "--person", "Asesor Satu", "--nip", "198501012010011001",
        )  # fmt: skip
        self("person", "add", *HEAD)

    def __call__(self, *arguments: object, status: int = 0) -> dict[str, Any]:
        """Run a command and give its document."""
        self.capsys.readouterr()
        given = [*map(str, arguments), "--json", "--data-dir", str(self.folder / "w")]
        assert run(given) == status, self.capsys.readouterr()
        found: dict[str, Any] = json.loads(self.capsys.readouterr().out)
        return found

    def hand_over(self, key: str) -> dict[str, Any]:
        """Print, sign, seal, verify; gives what verifying said."""
        locked = self("lock", key)
        for kind, paper in (("summary", "A4"), ("minutes", "F4")):
            target = self.folder / f"{kind}.pdf"
            self("report", key, kind, "-o", target, "--paper", paper)
            assert target.stat().st_size > 5000
        (self.folder / "BA.pdf").write_bytes(pdf("tanda tangan"))
        self("approve", key, self.folder / "BA.pdf")
        sealed = self("seal", key, "-o", self.folder / "stik", "--approval", "scan")
        assert sealed["content_digest"] == locked["content_digest"]
        assert self("status", key)["state"] == "sent"
        assert self("trail", "verify", key)["ok"] is True
        pem = self.folder / "unit.pem"
        self("identity", "certificate", "-o", pem)
        seen = self("verify", sealed["path"], "--trust", pem)
        assert (seen["valid"], seen["trusted"], seen["state"]) == (True, True, "final")
        assert seen["digest"] == sealed["digest"]
        return seen


def test_the_2014_model_with_the_golden_answers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office = Office(tmp_path, capsys)
    key = office("new", "--rubric", "rb-2014", "--year", 2015)["assessment"]
    answers = DATA / "rb_2014_evaluated.csv"
    with (DATA / "rb_2014_scores.csv").open(newline="", encoding="utf-8") as handle:
        golden = {row["code"]: float(row["score"]) for row in csv.DictReader(handle)}
    scored = office("score", "--rubric", "rb-2014", "--answers", answers)
    found = {entry["code"]: entry["score"] for entry in (*scored["items"], *scored["nodes"])}
    for code, wanted in golden.items():
        if code in found:
            assert math.isclose(float(found[code] or 0), wanted, abs_tol=1e-9), code
    assert set(golden) - set(found) <= {"total", "TOTAL"}
    assert office("answers", "import", key, answers)["saved"] == 151
    status = office("status", key)
    assert math.isclose(float(status["total"]), 71.40628571428572, abs_tol=1e-9)
    assert (status["predicate"], status["required_blank"]) == ("BB", 0)
    assert office("check", key)["ok"] is True
    seen = office.hand_over(key)
    assert seen["total"] == status["total"]


def test_the_2020_unit_worksheet_with_evidence_of_every_kind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office = Office(tmp_path, capsys)
    key = office("new", "--rubric", "pmprb-2020-unit", "--year", 2026)["assessment"]
    files = tmp_path / "bukti"
    files.mkdir()
    with unit.open_workspace(tmp_path / "w") as ws:
        items = list(unit.worksheet(ws, key).rubric.items.values())
        for number, item in enumerate(items):
            members = factories.answer_of(item, "mixed", number)
            unit.answer(ws, key, item.code, **members, note=f"Catatan butir {item.code}")
    kinds = [(f"{n:02} {name}", data) for n, (name, data, _type, _flags) in enumerate(ACCEPTED)]
    kinds += [(f"tambahan {n}.pdf", pdf(n)) for n in range(max(0, 40 - len(kinds)))]
    for number, (name, data) in enumerate(kinds):
        (files / name).write_bytes(data)
        office("attach", key, items[number % len(items)].code, files / name)
    for number, (name, data) in enumerate(REFUSED[:5]):
        (files / f"{number} {name}").write_bytes(data)
        office("attach", key, items[0].code, files / f"{number} {name}", status=1)
    status = office("status", key)
    assert (status["answered"], status["required_blank"]) == (118, 0)
    assert status["evidence"]["count"] >= 40
    seen = office.hand_over(key)
    assert seen["total"] == status["total"]
    out = office("evidence", "export", key, "-o", tmp_path / "keluar")
    assert out["files"] >= 40
