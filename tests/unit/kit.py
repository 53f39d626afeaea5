"""Workspaces, assessments and packages for tests, made with the program's own verbs."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from pmprb_desktop import unit
from pmprb_desktop.errors import UserError
from pmprb_desktop.values import AnswerInfo, ExportResult, PersonDraft
from tests import factories, rubric_kit

SECRET = "kata sandi yang panjang"  # noqa: S105  (of keys that live for one test)
OTHER_SECRET = "kata sandi lain lagi"  # noqa: S105
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
    b"\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa75\x81\x84"
    b"\x00\x00\x00\x00IEND\xaeB`\x82"
)


def small_content() -> dict[str, Any]:
    """Twelve items of every kind in two nodes."""
    first = rubric_kit.node(
        "A",
        "6",
        rubric_kit.choice("A.1", "YT"),
        rubric_kit.choice("A.2", "ABC"),
        rubric_kit.choice("A.3", "ABCD", not_applicable=True),
        rubric_kit.choice("A.4", "ABCDE"),
        rubric_kit.ratio("A.5"),
        rubric_kit.decline("A.6"),
    )
    second = rubric_kit.node(
        "B",
        "4",
        rubric_kit.choice("B.1", "ABC"),
        rubric_kit.choice("B.2", "YT", not_applicable=True),
        rubric_kit.index("B.3"),
        rubric_kit.choice("B.4", "ABC"),
        rubric_kit.choice("B.5", "ABC"),
        rubric_kit.choice("B.6", "ABC", required=False),
    )
    return rubric_kit.content(first, second)


def write_small(folder: Path) -> Path:
    """Write the small edition as a rubric file."""
    path = folder / "uji@1.yaml"
    path.write_text(yaml.safe_dump(small_content(), allow_unicode=True), encoding="utf-8")
    return path


@contextmanager
def new_workspace(
    folder: Path, *, code: str = "KEC-07", name: str = "Kecamatan Tujuh"
) -> Iterator[unit.Workspace]:
    """A workspace of one unit with one assessor."""
    with unit.open_workspace(folder) as ws:
        unit.setup(ws, "unit", code, name, PersonDraft("Asesor Satu", position="Analis"))
        yield ws


def pdf(text: object) -> bytes:
    """A PDF whose bytes differ by ``text``."""
    return PDF + f"% {text}\n".encode()


def answers(ws: unit.Workspace, assessment_id: str) -> Mapping[str, AnswerInfo]:
    """What stands in the items."""
    return unit.worksheet(ws, assessment_id).answers


def fill(ws: unit.Workspace, assessment_id: str, *, evidence: int = 3) -> None:
    """Answer every item and attach some evidence."""
    items = list(unit.worksheet(ws, assessment_id).rubric.items.values())
    for number, item in enumerate(items):
        members = factories.answer_of(item, "mixed", number)
        unit.answer(ws, assessment_id, item.code, **members, note=f"Catatan {number}")
    for number in range(evidence):
        blob = ws.blobs.ingest_bytes(pdf(number), f"SK {number}.pdf")
        unit.attach(ws, assessment_id, [items[number].code], blob)


def make_package(
    ws: unit.Workspace, assessment_id: str, target: Path, **choices: Any
) -> ExportResult:
    """Seal and export, as window and command line do it."""
    plan = unit.plan_seal(ws, assessment_id, **{"approval": "later", **choices})
    unit.record_seal(ws, unit.seal(plan))
    result = unit.export(unit.plan_export(ws, assessment_id), target)
    unit.record_copy(ws, result)
    return result


def refused(rule: str, verb: Callable[..., object], *args: Any, **kwargs: Any) -> UserError:
    """Call a verb that must be refused by this rule, with sentences that help."""
    with pytest.raises(UserError) as caught:
        verb(*args, **kwargs)
    assert caught.value.rule == rule, str(caught.value)
    assert caught.value.message
    return caught.value


def trail_rows(ws: unit.Workspace, assessment_id: str) -> list[dict[str, Any]]:
    """Every row of the trail."""
    with ws.transaction() as repo:
        return [json.loads(line) for line, _hash in repo.trail_lines(assessment_id)]
