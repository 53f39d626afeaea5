"""Evidence of items: attaching, naming, ordering, replacing, taking away and back.

Files are streamed into the content store first (``ws.blobs.ingest``, on any thread); the verbs
here only keep what they belong to, in one transaction each.
"""

import uuid
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import urlsplit

from pmprb_desktop.errors import UserError
from pmprb_desktop.evidence import (
    Ingested,
)
from pmprb_desktop.i18n import _
from pmprb_desktop.records import (
    AssessmentRow,
    BlobRow,
    EvidenceItemRow,
    EvidenceRow,
)
from pmprb_desktop.store import Repository
from pmprb_desktop.unit import clock, trails
from pmprb_desktop.unit.answering import writable
from pmprb_desktop.unit.assessments import cached, evidence_info, evidence_infos, names_of
from pmprb_desktop.unit.texts import line
from pmprb_desktop.unit.workspace import Workspace
from pmprb_desktop.values import EvidenceInfo

URL_LIMIT: Final = 2000


def _known_codes(
    ws: Workspace, repo: Repository, row: AssessmentRow, codes: Iterable[str]
) -> list[str]:
    items = cached(ws, repo, row).rubric.items
    wanted = list(dict.fromkeys(codes))
    for code in wanted:
        if code not in items:
            raise UserError(
                "ITEM_UNKNOWN",
                _("There is no item “{code}” in {edition}.").format(code=code, edition=row.edition),
                next_step=_("“pmprb rubric show” lists the codes."),
                path=code,
            )
    return wanted


def keep_blob(repo: Repository, ingested: Ingested) -> None:
    """Keep the facts of a file that lies in the content store."""
    if repo.get(BlobRow, ingested.sha256) is None:
        repo.add(
            BlobRow(
                sha256=ingested.sha256,
                bytes=ingested.bytes,
                media_type=ingested.media_type,
                flags=" ".join(ingested.flags),
                added_at=clock.instant(),
            )
        )


def _info(repo: Repository, assessment_id: str, evidence_id: str) -> EvidenceInfo:
    for entry in evidence_infos(repo, assessment_id):
        if entry.id == evidence_id:
            return entry
    row = _row(repo, evidence_id)
    blob = repo.get(BlobRow, row.sha256) if row.sha256 else None
    links = [(link.code, link.position) for link in repo.rows(EvidenceItemRow, evidence_id=row.id)]
    return evidence_info(row, blob, links, names_of(repo))


def _row(repo: Repository, evidence_id: str) -> EvidenceRow:
    row = repo.get(EvidenceRow, evidence_id)
    if row is None:
        raise UserError(
            "EVIDENCE_UNKNOWN",
            _("This piece of evidence is not in the workspace."),
            next_step=_("Look at the list of evidence again."),
        )
    return row


def attach(
    ws: Workspace, assessment_id: str, codes: Sequence[str], ingested: Ingested, label: str = ""
) -> EvidenceInfo:
    """Attach a file of the content store to items.

    The same file on the same assessment is kept once: it then belongs to more items. A label
    fills an empty one there; one that stands is left.
    """
    with ws.transaction() as repo:
        row = repo.assessment(assessment_id)
        writable(row)
        wanted = _known_codes(ws, repo, row, codes)
        keep_blob(repo, ingested)
        known = next(
            (entry for entry in repo.evidence(row.id) if entry.sha256 == ingested.sha256), None
        )
        new = known is None
        if known is None:
            known = EvidenceRow(
                id=str(uuid.uuid4()),
                assessment_id=row.id,
                name=ingested.name,
                label=line(label),
                sha256=ingested.sha256,
                added_by=trails.actor_id(repo),
                added_at=clock.instant(),
            )
            repo.add(known)
        elif label and not known.label:
            known.label = line(label)
            repo.add(known)
            trails.append(
                repo,
                row.id,
                "evidence_changed",
                before={"id": known.id, "label": ""},
                after={"id": known.id, "label": known.label},
            )
        added = _link(repo, row.id, known.id, wanted)
        if new or added:
            after = {"id": known.id, "name": known.name, "sha256": known.sha256, "items": added}
            trails.append(repo, row.id, "evidence_added", after=after)
        return _info(repo, row.id, known.id)


def _link(
    repo: Repository, assessment_id: str, evidence_id: str, codes: Iterable[str]
) -> list[str]:
    added = []
    for code in codes:
        if repo.get(EvidenceItemRow, (evidence_id, code)) is None:
            place = repo.next_position(assessment_id, code)
            repo.add(EvidenceItemRow(evidence_id=evidence_id, code=code, position=place))
            added.append(code)
    return added


def attach_link(
    ws: Workspace, assessment_id: str, codes: Sequence[str], url: str, label: str = ""
) -> EvidenceInfo:
    """Attach a link: a weaker kind of evidence, since nobody can check it offline."""
    url = line(url, URL_LIMIT)
    parts = urlsplit(url) if "://" in url else None
    if parts is None or parts.scheme not in ("http", "https") or not parts.netloc:
        raise UserError(
            "LINK_INVALID",
            _("“{url}” is no web address.").format(url=url[:80]),
            safe=_("Nothing was attached."),
            next_step=_("Copy the whole address, with https:// at its start."),
        )
    with ws.transaction() as repo:
        row = repo.assessment(assessment_id)
        writable(row)
        wanted = _known_codes(ws, repo, row, codes)
        new = EvidenceRow(
            id=str(uuid.uuid4()),
            assessment_id=row.id,
            kind="link",
            name=url,
            label=line(label),
            url=url,
            added_by=trails.actor_id(repo),
            added_at=clock.instant(),
        )
        repo.add(new)
        _link(repo, row.id, new.id, wanted)
        after = {"id": new.id, "url": url, "items": wanted}
        trails.append(repo, row.id, "evidence_added", after=after)
        return _info(repo, row.id, new.id)


def relabel(ws: Workspace, evidence_id: str, label: str) -> EvidenceInfo:
    """Change how a piece of evidence is called on screen; the file keeps its name."""
    with ws.transaction() as repo:
        row = _row(repo, evidence_id)
        writable(repo.assessment(row.assessment_id))
        before = row.label
        row.label = line(label)
        if row.label != before:
            repo.add(row)
            trails.append(
                repo,
                row.assessment_id,
                "evidence_changed",
                before={"id": row.id, "label": before},
                after={"id": row.id, "label": row.label},
            )
        return _info(repo, row.assessment_id, row.id)


def reorder(ws: Workspace, assessment_id: str, code: str, evidence_ids: Sequence[str]) -> None:
    """Put the evidence of an item in this order; what is not named comes after."""
    with ws.transaction() as repo:
        row = repo.assessment(assessment_id)
        writable(row)
        _known_codes(ws, repo, row, [code])
        links = {
            link.evidence_id: link
            for link in repo.evidence_items(assessment_id)
            if link.code == code
        }
        named = [key for key in dict.fromkeys(evidence_ids) if key in links]
        order = [*named, *(key for key in links if key not in named)]
        if order == list(links):
            return
        for place, key in enumerate(order, 1):
            links[key].position = place
            repo.add(links[key])
        trails.append(repo, assessment_id, "evidence_order", code=code, after={"ids": order})


def link_items(ws: Workspace, evidence_id: str, codes: Sequence[str]) -> EvidenceInfo:
    """Let a piece of evidence belong to exactly these items."""
    with ws.transaction() as repo:
        row = _row(repo, evidence_id)
        assessment = repo.assessment(row.assessment_id)
        writable(assessment)
        wanted = _known_codes(ws, repo, assessment, codes)
        before = [link.code for link in repo.rows(EvidenceItemRow, evidence_id=row.id)]
        for link in repo.rows(EvidenceItemRow, evidence_id=row.id):
            if link.code not in wanted:
                repo.delete(link)
        _link(repo, assessment.id, row.id, wanted)
        if sorted(before) != sorted(wanted):
            trails.append(
                repo,
                assessment.id,
                "evidence_changed",
                before={"id": row.id, "items": sorted(before)},
                after={"id": row.id, "items": sorted(wanted)},
            )
        return _info(repo, assessment.id, row.id)


def replace(ws: Workspace, evidence_id: str, ingested: Ingested) -> EvidenceInfo:
    """Put another file in the place of one; the old one stays in the history."""
    with ws.transaction() as repo:
        old = _row(repo, evidence_id)
        assessment = repo.assessment(old.assessment_id)
        writable(assessment)
        if ingested.sha256 == old.sha256:
            return _info(repo, assessment.id, old.id)
        keep_blob(repo, ingested)
        new = EvidenceRow(
            id=str(uuid.uuid4()),
            assessment_id=assessment.id,
            role=old.role,
            name=ingested.name,
            label=old.label,
            sha256=ingested.sha256,
            added_by=trails.actor_id(repo),
            added_at=clock.instant(),
            replaces=old.id,
        )
        repo.add(new)
        for link in repo.rows(EvidenceItemRow, evidence_id=old.id):
            repo.add(EvidenceItemRow(evidence_id=new.id, code=link.code, position=link.position))
        old.removed_at = clock.instant()
        repo.add(old)
        trails.append(
            repo,
            assessment.id,
            "evidence_replaced",
            before={"id": old.id, "sha256": old.sha256},
            after={"id": new.id, "name": new.name, "sha256": new.sha256},
        )
        return _info(repo, assessment.id, new.id)


def remove(ws: Workspace, evidence_id: str, code: str | None = None) -> EvidenceInfo:
    """Take evidence away from one item, or altogether; :func:`unremove` brings it back."""
    with ws.transaction() as repo:
        row = _row(repo, evidence_id)
        writable(repo.assessment(row.assessment_id))
        links = repo.rows(EvidenceItemRow, evidence_id=row.id)
        codes = sorted(link.code for link in links)
        before: dict[str, object] = {"id": row.id, "name": row.name, "items": codes}
        if row.removed_at is not None or (code is not None and code not in codes):
            return _info(repo, row.assessment_id, row.id)
        if code is not None and len(links) > 1:
            for link in links:
                if link.code == code:
                    repo.delete(link)
            after = {"id": row.id, "items": [other for other in codes if other != code]}
            trails.append(repo, row.assessment_id, "evidence_changed", before=before, after=after)
        else:
            row.removed_at = clock.instant()
            repo.add(row)
            trails.append(repo, row.assessment_id, "evidence_removed", before=before)
        return _info(repo, row.assessment_id, row.id)


def unremove(ws: Workspace, evidence_id: str, code: str | None = None) -> EvidenceInfo:
    """Bring back what :func:`remove` took away.

    Raises UserError EVIDENCE_GONE when the file was cleared away, 30 days after its removal.
    """
    with ws.transaction() as repo:
        row = _row(repo, evidence_id)
        assessment = repo.assessment(row.assessment_id)
        writable(assessment)
        if row.sha256 is not None and not ws.blobs.has(row.sha256):
            raise UserError(
                "EVIDENCE_GONE",
                _("The file “{name}” is no longer in the workspace.").format(
                    name=row.label or row.name
                ),
                safe=_("Nothing was changed."),
                next_step=_("Attach it again from where it came."),
            )
        was_removed = row.removed_at is not None
        if was_removed:
            row.removed_at = None
            repo.add(row)
        wanted = [] if code is None else _known_codes(ws, repo, assessment, [code])
        if _link(repo, assessment.id, row.id, wanted) or was_removed:
            after = {"id": row.id, "name": row.name, "items": wanted}
            trails.append(repo, assessment.id, "evidence_restored", after=after)
        return _info(repo, assessment.id, row.id)


def evidence_list(ws: Workspace, assessment_id: str) -> tuple[EvidenceInfo, ...]:
    """All evidence that stands."""
    with ws.transaction() as repo:
        repo.assessment(assessment_id)
        return evidence_infos(repo, assessment_id)


def evidence_history(ws: Workspace, evidence_id: str) -> tuple[EvidenceInfo, ...]:
    """What stood in the place of a piece of evidence before, the newest first."""
    found = []
    with ws.transaction() as repo:
        row = _row(repo, evidence_id)
        while row.replaces is not None:
            row = _row(repo, row.replaces)
            found.append(_info(repo, row.assessment_id, row.id))
    return tuple(found)
