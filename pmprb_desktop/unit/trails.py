"""The change trail of an assessment: one hash-chained line a row."""

import json
from collections.abc import Mapping
from typing import Any

from pmprb_desktop.package import trail
from pmprb_desktop.records import PersonRow, TrailRow, WorkspaceRow
from pmprb_desktop.store import Repository
from pmprb_desktop.unit import clock
from pmprb_desktop.unit.workspace import Workspace
from pmprb_desktop.values import TrailReport


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
    workspace = repo.get(WorkspaceRow, 1)
    if workspace is None or workspace.person_id is None:
        return None
    person = repo.get(PersonRow, workspace.person_id)
    return {"id": person.id, "name": person.name} if person else None


def verify(ws: Workspace, assessment_id: str) -> TrailReport:
    """Compute the chain again and compare it with what is kept, row by row."""
    with ws.transaction() as repo:
        repo.assessment(assessment_id)
        rows = repo.trail_lines(assessment_id)
    digest = trail.START
    for number, (line, kept) in enumerate(rows, start=1):
        digest = trail.append(digest, line.encode())
        if digest.hex() != kept or json.loads(line).get("seq") != number:
            return TrailReport(len(rows), kept, ok=False, first_fault=number)
    return TrailReport(len(rows), digest.hex(), ok=True)
