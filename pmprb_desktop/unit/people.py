"""Who works here: the workspace's role, its units, and the people of each."""

import re
import uuid
from datetime import date
from typing import Final

from pmprb_desktop.errors import UserError
from pmprb_desktop.i18n import _
from pmprb_desktop.records import PersonRow, UnitRow, WorkspaceRow
from pmprb_desktop.rubric.model import Government
from pmprb_desktop.store import Repository
from pmprb_desktop.unit import clock
from pmprb_desktop.unit.texts import line
from pmprb_desktop.unit.workspace import Workspace
from pmprb_desktop.values import Info, PersonDraft, PersonInfo, UnitInfo, WorkspaceRole

_UNIT_CODE: Final = re.compile(r"[\w][\w ./-]{0,58}")


def setup(  # noqa: PLR0917  (what the first page has, in its order)
    ws: Workspace,
    role: WorkspaceRole,
    unit_code: str,
    unit_name: str,
    person: PersonDraft | None = None,
    government: Government = "pemda",
) -> Info:
    """Make an empty workspace that of a unit (or of the office), with its first person."""
    with ws.transaction() as repo:
        if repo.get(WorkspaceRow, 1) is not None:
            raise UserError(
                "WORKSPACE_EXISTS",
                _("This folder already holds a workspace."),
                safe=_("Nothing was changed."),
                next_step=_("Open it, or choose another folder."),
            )
        repo.add(
            WorkspaceRow(
                role=role,
                government=government,
                installation_id=str(uuid.uuid4()),
                created_at=clock.instant(),
            )
        )
        _add_unit(repo, unit_code, unit_name)
        if person is not None:
            added = _add_person(repo, line(unit_code, 60), person)
            workspace = _workspace(repo)
            workspace.person_id = added.id
            repo.add(workspace)
    return info(ws)


def _workspace(repo: Repository) -> WorkspaceRow:
    row = repo.get(WorkspaceRow, 1)
    if row is None:
        raise UserError(
            "WORKSPACE_EMPTY",
            _("This workspace has not been set up yet."),
            next_step=_("Start with “pmprb init”, or open the window and answer its first page."),
        )
    return row


def _add_unit(repo: Repository, code: str, name: str) -> UnitRow:
    code, name = line(code, 60), line(name)
    if not _UNIT_CODE.fullmatch(code):
        raise UserError(
            "UNIT_CODE_INVALID",
            _(
                "“{code}” is no code of a unit: it begins with a letter or digit; then letters, "
                "digits, spaces, point, hyphen and slash may follow."
            ).format(code=code),
            next_step=_("Type the code as the office writes it, such as KEC-07."),
        )
    if not name:
        raise UserError(
            "UNIT_NAME_MISSING",
            _("The unit needs a name."),
            next_step=_("Type the name as it stands on the letterhead."),
        )
    known = repo.get(UnitRow, code)
    if known is not None:
        return known
    row = UnitRow(code=code, name=name, created_at=clock.instant())
    repo.add(row)
    return row


def add_unit(ws: Workspace, code: str, name: str) -> Info:
    """Let this workspace serve another unit as well."""
    with ws.transaction() as repo:
        _workspace(repo)
        _add_unit(repo, code, name)
    return info(ws)


def info(ws: Workspace) -> Info:
    """The workspace as a whole; ``is_set_up`` is false before the first start."""
    with ws.transaction() as repo:
        row = repo.get(WorkspaceRow, 1)
        if row is None:
            return Info(False, "unit", "pemda", (), None, "", ws.store.last_backup())
        units = []
        for unit in repo.rows(UnitRow, order=("created_at", "code")):
            key = repo.active_key(unit.code)
            units.append(UnitInfo(unit.code, unit.name, key.fingerprint if key else None))
        person = repo.get(PersonRow, row.person_id) if row.person_id else None
        return Info(
            is_set_up=True,
            role=row.role,  # type: ignore[arg-type]
            government=row.government,  # type: ignore[arg-type]
            units=tuple(units),
            person=_person_info(person) if person else None,
            installation_id=row.installation_id,
            last_backup=ws.store.last_backup(),
        )


def _person_info(row: PersonRow) -> PersonInfo:
    return PersonInfo(
        row.id,
        row.unit_code,
        row.name,
        row.nip,
        row.rank,
        row.position,
        row.acting,  # type: ignore[arg-type]
        row.role,  # type: ignore[arg-type]
        row.since,
        row.until,
    )


def people(ws: Workspace, unit_code: str | None = None) -> tuple[PersonInfo, ...]:
    """The people of a unit, or of all units here."""
    where = {"unit_code": unit_code} if unit_code else {}
    with ws.transaction() as repo:
        return tuple(
            _person_info(row) for row in repo.rows(PersonRow, order=("created_at", "name"), **where)
        )


def _add_person(repo: Repository, unit_code: str, draft: PersonDraft) -> PersonRow:
    name, nip = line(draft.name), re.sub(r"[\s.]", "", draft.nip)
    if not name:
        raise UserError(
            "PERSON_NAME_MISSING",
            _("The person needs a name."),
            next_step=_("Type the name with titles, as on a decree."),
        )
    if nip and not re.fullmatch(r"[0-9]{18}", nip):
        raise UserError(
            "NIP_INVALID",
            _("A NIP has 18 digits; “{nip}” does not.").format(nip=nip),
            next_step=_("Check the number, or leave it empty."),
        )
    for given in (draft.since, draft.until):
        if given and not _is_date(given):
            raise UserError(
                "DATE_INVALID",
                _("“{date}” is no date like 2026-05-31.").format(date=given),
                next_step=_("Type year, month and day, or leave it empty."),
            )
    row = PersonRow(
        id=str(uuid.uuid4()),
        unit_code=unit_code,
        name=name,
        nip=nip,
        rank=line(draft.rank),
        position=line(draft.position),
        acting=draft.acting,
        role=draft.role,
        since=draft.since,
        until=draft.until,
        created_at=clock.instant(),
    )
    repo.add(row)
    return row


def _is_date(text: str) -> bool:
    try:
        return re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) is not None and bool(
            date.fromisoformat(text)
        )
    except ValueError:
        return False


def add_person(ws: Workspace, draft: PersonDraft, unit_code: str | None = None) -> PersonInfo:
    """Add someone who fills, signs or coordinates; the first one is chosen as who fills."""
    with ws.transaction() as repo:
        workspace = _workspace(repo)
        units = repo.rows(UnitRow, order=("created_at",))
        code = unit_code or units[0].code
        if code not in {unit.code for unit in units}:
            raise _unknown_unit(code)
        row = _add_person(repo, code, draft)
        if workspace.person_id is None and draft.role != "unit_head":
            workspace.person_id = row.id
            repo.add(workspace)
        return _person_info(row)


def _unknown_unit(code: str) -> UserError:
    return UserError(
        "UNIT_UNKNOWN",
        _("There is no unit “{code}” in this workspace.").format(code=code),
        next_step=_("Add the unit first, or check its code."),
    )


def choose_person(ws: Workspace, person_id: str) -> PersonInfo:
    """From now on this person fills ("Siapa yang mengisi?")."""
    with ws.transaction() as repo:
        row = repo.get(PersonRow, person_id)
        if row is None:
            raise UserError(
                "PERSON_UNKNOWN",
                _("This person is not in the workspace."),
                next_step=_("Choose someone from the list, or add the person first."),
            )
        workspace = _workspace(repo)
        workspace.person_id = row.id
        repo.add(workspace)
        return _person_info(row)
