"""Hand-made values for tests: an assessment of any edition, people, evidence."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

from pmprb_desktop.package.v1 import (
    AnswerRecord,
    Assessment,
    EvidenceRecord,
    Person,
    RubricRef,
    ScoreRecord,
    UnitRef,
)
from pmprb_desktop.rubric.model import (
    AnyItem,
    ChoiceItem,
    CountItem,
    DeclineItem,
    IndexItem,
    LookupItem,
    RatioItem,
    Rubric,
)
from pmprb_desktop.scoring import decimal_text

AT = "2026-05-31T02:42:10Z"
Fill = Literal["best", "worst", "mixed", "blank"]


def uuid(number: int) -> str:
    """Make a fixed id."""
    return str(UUID(int=number, version=4))


def person(number: int = 1, **changes: Any) -> Person:
    """Make an assessor with a NIP of their own."""
    words = ("Satu", "Dua", "Tiga", "Empat", "Lima")
    values: dict[str, Any] = {
        "id": uuid(1000 + number),
        "name": f"Asesor {words[(number - 1) % len(words)]}",
        "nip": f"19850101201001{number % 2 + 1}{number:03d}",
        "rank": "Penata (III/c)",
        "position": "Analis Kebijakan",
    }
    return Person(**{**values, **changes})


def head(**changes: Any) -> Person:
    """Make a head of the unit."""
    values: dict[str, Any] = {
        "id": uuid(2000),
        "name": "Kepala Contoh",
        "nip": "197503122000031002",
        "rank": "Pembina Tingkat I (IV/b)",
        "position": "Kepala Unit",
        "role": "unit_head",
    }
    return Person(**{**values, **changes})


def evidence(number: int, items: Sequence[str], **changes: Any) -> EvidenceRecord:
    """Make a small PDF for some items."""
    digest = hashlib.sha256(str(number).encode()).hexdigest()
    values: dict[str, Any] = {
        "id": uuid(3000 + number),
        "kind": "file",
        "name": f"SK {number}.pdf",
        "media_type": "application/pdf",
        "bytes": 120_000,
        "sha256": digest,
        "path": f"data/evidence/{number:06d}.pdf",
        "items": list(items),
        "added_at": AT,
    }
    return EvidenceRecord(**{**values, **changes})


def answer_of(item: AnyItem, fill: Fill, number: int = 0) -> dict[str, Any]:
    """Members of an answer record that give the best, the worst or some score."""
    share = {"best": 2, "worst": 0, "mixed": number % 3}[fill]
    match item:
        case ChoiceItem():
            choices = sorted(item.options, key=lambda option: option.score)
            return {"value": choices[(len(choices) - 1) * share // 2].key}
        case LookupItem():
            points = sorted(item.options, key=lambda option: option.points)
            return {"value": points[(len(points) - 1) * share // 2].key}
        case IndexItem():
            return {"value": decimal_text(item.maximum * share / 2)}
        case RatioItem():
            inputs = dict.fromkeys((entry.name for entry in item.inputs), "0")
            return {
                "inputs": {**inputs, item.denominator[0]: "10", item.numerator[0]: f"{share * 5}"}
            }
        case DeclineItem():
            inputs = dict.fromkeys((entry.name for entry in item.inputs), "0")
            return {"inputs": {**inputs, item.last[0]: "10", item.this[0]: f"{10 - share * 5}"}}
        case CountItem():
            return {"inputs": {entry.name: "3" for entry in item.inputs}}


def assessment(
    rubric: Rubric,
    answers: Mapping[str, str | Mapping[str, Any]] | None = None,
    *,
    fill: Fill = "mixed",
    **changes: Any,
) -> Assessment:
    """Make an assessment: every item filled by ``fill``, then ``answers`` put over it.

    ``answers``: item code → option key or index value, or members of an answer record.
    """
    given = answers or {}
    records = []
    for number, item in enumerate(rubric.items.values()):
        members = {} if fill == "blank" else answer_of(item, fill, number)
        over = given.get(item.code, {})
        members = {**members, **({"value": over} if isinstance(over, str) else over)}
        if members:
            author = uuid(1001)
            records.append(AnswerRecord(code=item.code, author=author, at=AT, **members))
    values: dict[str, Any] = {
        "format": "pmprb-assessment/1",
        "minor": 0,
        "assessment_id": uuid(1),
        "revision": 1,
        "unit": UnitRef(code="7.01.01", name="Unit Contoh"),
        "year": 2026,
        "rubric": RubricRef(id=rubric.edition, digest=rubric.digest),
        "government": "pemda",
        "practice": False,
        "locked_at": AT,
        "people": [person(1), person(2), head()],
        "answers": records,
        "evidence": [],
        "scores": ScoreRecord(total="0", weight="0", available="0", answered=0, items=0),
    }
    return Assessment(**{**values, **changes})
