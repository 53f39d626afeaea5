"""The change trail of an assessment: one hash-chained line a row."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from pmprb_desktop.errors import UserError
from pmprb_desktop.package import trail
from pmprb_desktop.package.layout import HEADER
from pmprb_desktop.records import AnswerRow, PackageRow, PersonRow, TrailRow, WorkspaceRow
from pmprb_desktop.store import Models, Repository
from pmprb_desktop.unit import clock
from pmprb_desktop.unit.damage import inputs_of, kept_json
from pmprb_desktop.unit.workspace import Workspace
from pmprb_desktop.values import TrailReport

_ANSWERING: Final = frozenset({"answer", "note", "mark", "undo", "redo"})
_BLANK: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "value": None,
        "inputs": {},
        "not_applicable": False,
        "reason": "",
        "note": "",
        "review_later": False,
    }
)
_ACTOR: Final[Models] = frozenset({WorkspaceRow, PersonRow})


def append(
    repo: Repository,
    assessment_id: str,
    action: str,
    *,
    code: str | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    target: int | None = None,
    at: str | None = None,
) -> int:
    """Add a row to the chain and give its number.

    ``target`` is the row that an undo or redo speaks of. The actor is who fills just now.
    """
    last = repo.last_trail_row(assessment_id)
    seq = last.seq + 1 if last else 1
    previous = bytes.fromhex(last.hash) if last else trail.START
    row: dict[str, Any] = {"seq": seq, "at": at or clock.instant(), "actor": _actor(repo)}
    row["action"] = action
    optional = {"code": code, "target": target, "before": before, "after": after}
    row.update({name: value for name, value in optional.items() if value is not None})
    text = json.dumps(row, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    digest = trail.append(previous, text.encode())
    repo.add(
        TrailRow(
            assessment_id=assessment_id,
            seq=seq,
            line=text,
            hash=digest.hex(),
            action=action,
            code=code,
            target=target,
        )
    )
    return seq


def _actor(repo: Repository) -> dict[str, str] | None:
    return repo.remember("actor", _ACTOR, lambda: _read_actor(repo))


def _read_actor(repo: Repository) -> dict[str, str] | None:
    workspace = repo.get(WorkspaceRow, 1)
    if workspace is None or workspace.person_id is None:
        return None
    person = repo.get(PersonRow, workspace.person_id)
    return {"id": person.id, "name": person.name} if person else None


def actor_id(repo: Repository) -> str | None:
    """Id of the person who fills just now."""
    actor = _actor(repo)
    return actor["id"] if actor else None


def verify(ws: Workspace, assessment_id: str) -> TrailReport:
    """Compute the chain again: each row with its hash, and the whole with the sealed packages.

    A package names the length and head of the trail at its sealing, so that a chain that was cut
    short or computed anew is noticed too. ``first_fault`` is the number of the first wrong row.
    The rows are replayed as well: ``differs`` names answers that were changed behind their back.
    """
    with ws.transaction() as repo:
        repo.assessment(assessment_id)
        rows = repo.trail_lines(assessment_id)
        stands = {
            row.code: _fields(row)
            for row in repo.rows(AnswerRow, assessment_id=assessment_id, layer="self")
        }
        sealed = [_sealed_head(row) for row in repo.rows(PackageRow, assessment_id=assessment_id)]
    digest = trail.START
    heads = [digest.hex()]
    packages = set()
    told: dict[str, dict[str, Any]] = {}
    for number, (line, kept) in enumerate(rows, start=1):
        digest = trail.append(digest, line.encode())
        heads.append(digest.hex())
        content = _content(line) if digest.hex() == kept else {}
        if content.get("seq") != number:
            return TrailReport(len(rows), kept, ok=False, first_fault=number)
        after = content.get("after")
        if not isinstance(after, dict):
            continue
        if content.get("action") == "sealed":
            packages.add(str(after.get("digest")))
        elif content.get("action") in _ANSWERING and isinstance(content.get("code"), str):
            told.setdefault(content["code"], dict(_BLANK)).update(after)
    for package, count, head in sealed:
        if heads[count : count + 1] != [head]:
            return TrailReport(len(rows), digest.hex(), ok=False, first_fault=count)
        if package not in packages:
            return TrailReport(len(rows), digest.hex(), ok=False, first_fault=count + 1)
    differs = tuple(
        code
        for code in sorted({*told, *stands})
        if told.get(code, _BLANK) != stands.get(code, _BLANK)
    )
    return TrailReport(len(rows), digest.hex(), ok=not differs, differs=differs)


def _content(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _fields(row: AnswerRow) -> dict[str, Any]:
    try:
        inputs: object = dict(inputs_of(row))
    except UserError:
        inputs = None  # whatever stands there, no row of the trail says so
    return {
        "value": row.value,
        "inputs": inputs,
        "not_applicable": row.not_applicable,
        "reason": row.reason,
        "note": row.note,
        "review_later": row.review_later,
    }


def _sealed_head(package: PackageRow) -> tuple[str, int, str]:
    """Digest of a sealed package, and the length and head of the trail that it names."""
    header = kept_json(str(kept_json(package.tag_files, "tags").get(HEADER)), "tags")
    return package.digest, header["trail"]["count"], header["trail"]["head"]
