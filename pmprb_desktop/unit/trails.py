"""The change trail of an assessment: one hash-chained line a row."""

import json
from collections.abc import Mapping
from typing import Any, Final

from pmprb_desktop.package import trail
from pmprb_desktop.package.layout import HEADER
from pmprb_desktop.records import PackageRow, PersonRow, TrailRow, WorkspaceRow
from pmprb_desktop.store import Models, Repository
from pmprb_desktop.unit import clock
from pmprb_desktop.unit.workspace import Workspace
from pmprb_desktop.values import TrailReport

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
    """
    with ws.transaction() as repo:
        repo.assessment(assessment_id)
        rows = repo.trail_lines(assessment_id)
        sealed = [_sealed_head(row) for row in repo.rows(PackageRow, assessment_id=assessment_id)]
    digest = trail.START
    heads = [digest.hex()]
    packages = set()
    for number, (line, kept) in enumerate(rows, start=1):
        digest = trail.append(digest, line.encode())
        heads.append(digest.hex())
        content = json.loads(line) if digest.hex() == kept else {}
        if content.get("seq") != number:
            return TrailReport(len(rows), kept, ok=False, first_fault=number)
        if content.get("action") == "sealed":
            packages.add(content.get("after", {}).get("digest"))
    for package, count, head in sealed:
        if heads[count : count + 1] != [head]:
            return TrailReport(len(rows), digest.hex(), ok=False, first_fault=count)
        if package not in packages:
            return TrailReport(len(rows), digest.hex(), ok=False, first_fault=count + 1)
    return TrailReport(len(rows), digest.hex(), ok=True)


def _sealed_head(package: PackageRow) -> tuple[str, int, str]:
    """Digest of a sealed package, and the length and head of the trail that it names."""
    header = json.loads(json.loads(package.tag_files)[HEADER])
    return package.digest, header["trail"]["count"], header["trail"]["head"]
