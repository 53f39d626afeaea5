"""The workspace: opening it, who works in it, what it is called."""

import base64
import json
import logging
import re
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from pmprb_desktop.errors import UserError
from pmprb_desktop.evidence import BlobStore, clean_staging
from pmprb_desktop.i18n import _
from pmprb_desktop.records import PersonRow, UnitRow, WorkspaceRow
from pmprb_desktop.rubric import loader
from pmprb_desktop.rubric.model import Government, Rubric
from pmprb_desktop.scoring import Answer
from pmprb_desktop.store import Repository, Store
from pmprb_desktop.unit import clock
from pmprb_desktop.unit.texts import line
from pmprb_desktop.values import (
    Info,
    LetterheadInfo,
    PersonDraft,
    PersonInfo,
    Recovery,
    UnitInfo,
    WorkspaceRole,
)

log = logging.getLogger(__name__)

_OPEN_MARK: Final = "workspace.open"
_UNIT_CODE: Final = re.compile(r"[\w][\w ./-]{0,58}")
LOGO_LIMIT: Final = 512 * 1024


@dataclass(slots=True)
class Cached:
    """Rubric and answers of an open assessment, so that a key press does not read them again."""

    rubric: Rubric
    answers: dict[str, Answer] = field(default_factory=dict)


class Workspace:
    """An open workspace. Use it from one thread, and close it."""

    def __init__(self, path: Path, *, create: bool = True) -> None:
        self.path = path
        self.store = Store(path, create=create)
        self.blobs = BlobStore(path)
        self.cache: dict[str, Cached] = {}
        self.passphrases: dict[str, str] = {}
        self.recovery = self._recover()

    def _recover(self) -> Recovery | None:
        """Tidy up after the last run and say what happened if it did not end by itself."""
        discarded = clean_staging(self.path)
        mark = self.path / _OPEN_MARK
        if not mark.exists():
            mark.write_text(clock.instant(), encoding="ascii")
            return None
        started = mark.read_text(encoding="ascii", errors="replace")[:40]
        with self.transaction() as repo:
            answers, code, at = repo.answer_totals()
        mark.write_text(clock.instant(), encoding="ascii")
        return Recovery(
            stopped_after=started or None,
            last_answer=code,
            last_answer_at=at,
            answers=answers,
            discarded_files=discarded,
            database_sound=self.store.sound(),
        )

    @contextmanager
    def transaction(self) -> Iterator[Repository]:
        """All or nothing; on disk when the block ends."""
        try:
            with self.store.transaction() as repo:
                yield repo
        except BaseException:
            self.cache.clear()
            raise

    def close(self) -> None:
        """Make a copy of the database if one is due, and let go of it."""
        try:
            self.store.backup_if_due()
        except UserError as error:
            log.warning("no backup at closing: %s", error.rule)
        self.store.close()
        (self.path / _OPEN_MARK).unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_workspace(path: Path, *, create: bool = True) -> Workspace:
    """Open the workspace in a folder, making an empty one unless ``create`` is false.

    Raises UserError: WORKSPACE_MISSING, WORKSPACE_IN_USE, WORKSPACE_NEWER, WORKSPACE_DAMAGED,
    WORKSPACE_UNWRITABLE, WORKSPACE_ON_NETWORK.
    """
    if on_network(path):
        raise UserError(
            "WORKSPACE_ON_NETWORK",
            _("The folder {folder} lies on a network drive.").format(folder=path),
            safe=_("Nothing was written there."),
            next_step=_("Choose a folder on a drive of this computer; a network can break off."),
        )
    return Workspace(path, create=create)


def on_network(path: Path) -> bool:
    """Whether a folder lies on a network drive, as far as the system says so."""
    import os
    import sys

    text = str(path)
    if text.startswith(("\\\\", "//")):
        return True
    if sys.platform == "win32":
        import ctypes

        drive = os.path.splitdrive(path.absolute())[0] + "\\"
        return int(ctypes.windll.kernel32.GetDriveTypeW(drive)) == 4
    return False


def propose_data_dirs() -> tuple[Path, ...]:
    """Folders that suit a workspace, best first: outside the system drive where there is one."""
    import os
    import sys

    from pmprb_desktop import paths

    found: list[Path] = []
    if sys.platform == "win32":
        import ctypes

        system = os.environ.get("SystemDrive", "C:").upper()
        for letter in "DEFGHIJKLMNOPQRSTUVWXYZ":
            drive = f"{letter}:\\"
            if f"{letter}:" != system and ctypes.windll.kernel32.GetDriveTypeW(drive) == 3:
                found.append(Path(drive) / "PMPRB Desktop")
    found.append(paths.default_data_dir())
    return tuple(found)


def rubric_of(repo: Repository, ws: Workspace, edition: str) -> Rubric:
    """The edition as it is kept in this workspace, byte for byte."""
    from pmprb_desktop.records import RubricEditionRow

    row = repo.get(RubricEditionRow, edition)
    if row is None:
        return loader.load(edition)
    return loader.load_bytes(row.source, edition)


def setup(
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
            _workspace(repo).person_id = added.id
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
            _("“{code}” is no code of a unit: letters, digits, point, hyphen, slash.").format(code=code),
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
    for date in (draft.since, draft.until):
        if date and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", date):
            raise UserError(
                "DATE_INVALID",
                _("“{date}” is no date like 2026-05-31.").format(date=date),
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


def setting(ws: Workspace, key: str, default: str = "") -> str:
    """A small setting of this workspace."""
    with ws.transaction() as repo:
        return repo.setting(key, default)


def set_setting(ws: Workspace, key: str, value: str) -> None:
    """Keep a small setting in this workspace."""
    with ws.transaction() as repo:
        repo.set_setting(key, value)


def letterhead(ws: Workspace) -> LetterheadInfo:
    """What stands on top of prints."""
    return parse_letterhead(setting(ws, "letterhead", "{}"))


def parse_letterhead(text: str) -> LetterheadInfo:
    """The letterhead out of its setting."""
    kept = json.loads(text)
    logo = kept.get("logo")
    return LetterheadInfo(
        lines=tuple(kept.get("lines", ())),
        address=kept.get("address", ""),
        number=kept.get("number", ""),
        place=kept.get("place", ""),
        logo=base64.b64decode(logo) if logo else None,
    )


def set_letterhead(ws: Workspace, head: LetterheadInfo) -> LetterheadInfo:
    """Keep what stands on top of prints; a logo is a PNG or JPEG of at most 512 KiB."""
    if head.logo is not None and (
        len(head.logo) > LOGO_LIMIT
        or not head.logo.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"))
    ):
        raise UserError(
            "LOGO_INVALID",
            _("The logo must be a PNG or JPEG picture of at most 512 KiB."),
            safe=_("The letterhead was not changed."),
            next_step=_("Choose a smaller picture."),
        )
    kept = {
        "lines": [line(entry) for entry in head.lines if line(entry)],
        "address": line(head.address),
        "number": line(head.number),
        "place": line(head.place),
        "logo": base64.b64encode(head.logo).decode() if head.logo else None,
    }
    set_setting(ws, "letterhead", json.dumps(kept, ensure_ascii=False))
    return letterhead(ws)


def free_bytes(ws: Workspace) -> int:
    """Room left on the drive of the workspace."""
    return shutil.disk_usage(ws.path).free
