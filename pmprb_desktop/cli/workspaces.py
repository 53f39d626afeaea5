"""Commands about the workspace: setting it up, people, keys, backups, practice."""

import tempfile
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from pmprb_desktop import unit
from pmprb_desktop.cli.output import Output, progress, size_text
from pmprb_desktop.cli.shared import (
    assessment_data,
    assessment_line,
    data_dir,
    passphrase,
    read_small,
    regular_file,
    secret_file,
    workspace,
)
from pmprb_desktop.errors import UsageError
from pmprb_desktop.i18n import _
from pmprb_desktop.unit import Identity
from pmprb_desktop.values import PersonDraft, PersonInfo

_BY_ITSELF: Final = (
    "workspace.db",
    "workspace.db-wal",
    "workspace.db-shm",
    "workspace.db.part",
    "workspace.lock",
    "workspace.open",
)
"""Files of a workspace that holds nothing yet."""


def init(arguments: Namespace) -> Output:
    """Make the workspace and its key."""
    person = None
    if arguments.nip and not arguments.person:
        raise UsageError(
            "PERSON_WHO",
            _("A NIP is that of a person: name the person as well."),
            next_step="pmprb init … --person N --nip N",
        )
    if arguments.person:
        person = PersonDraft(name=arguments.person, nip=arguments.nip or "")
    secret = passphrase(arguments)
    data, password = None, secret
    if arguments.p12:
        data = read_small(arguments.p12)
        if arguments.p12_password_file:
            password = secret_file(arguments.p12_password_file)
    unit.try_identity(data, password, secret)
    with _made_whole(data_dir(arguments)), workspace(arguments, create=True) as ws:
        if not _only_key_missing(ws, arguments):
            unit.setup(
                ws,
                arguments.role,
                arguments.unit_code,
                arguments.unit_name,
                person,
                arguments.government,
            )
        if data is not None:
            made = unit.restore_identity(ws, data, password, secret)
        else:
            made = unit.identity(ws, passphrase=secret)
        path = str(ws.path)
    lines = [_("Workspace {path}").format(path=path), *_identity_lines(made)]
    return Output({"workspace": path, "fingerprint": made.fingerprint}, lines)


def _only_key_missing(ws: unit.Workspace, arguments: Namespace) -> bool:
    """Whether an init for this very unit was cut off before its key was made."""
    found = unit.info(ws)
    wanted = [(arguments.unit_code.strip(), arguments.unit_name.strip(), None)]
    return (
        found.is_set_up
        and found.role == arguments.role
        and [(entry.code, entry.name, entry.fingerprint) for entry in found.units] == wanted
        and not unit.assessments(ws)
    )


@contextmanager
def _made_whole(folder: Path) -> Iterator[None]:
    """Take back a workspace that could not be finished, if it was not there before."""
    if unit.is_workspace(folder):
        yield
        return
    there = folder.exists()
    try:
        yield
    except BaseException:
        copies = (folder / "backups").glob("workspace-*.db")
        for path in (*(folder / name for name in _BY_ITSELF), *copies):
            with suppress(OSError):
                path.unlink(missing_ok=True)
        for made in ("blobs", "staging", "backups", "keys", "logs"):
            with suppress(OSError):
                (folder / made).rmdir()
        if not there:
            with suppress(OSError):
                folder.rmdir()
        raise


def _identity_data(entry: Identity) -> dict[str, Any]:
    return {
        "fingerprint": entry.fingerprint,
        "phone_code": entry.phone_code,
        "unit": {"code": entry.unit_code, "name": entry.unit_name},
        "label": entry.label,
        "protection": entry.protection,
        "state": entry.state,
        "created_at": entry.created_at,
        "key_seq": entry.key_seq,
    }


def _identity_lines(entry: Identity) -> list[str]:
    return [
        _("Unit key of {unit}").format(unit=f"{entry.unit_code} {entry.unit_name}"),
        _("Fingerprint {fingerprint}").format(fingerprint=entry.fingerprint),
        _("To read out on the phone: {code}").format(code=entry.phone_code),
        entry.protection_note,
    ]


def identity_show(arguments: Namespace) -> Output:
    """The key of the unit."""
    with workspace(arguments) as ws:
        entry = unit.identity(ws, arguments.unit, passphrase(arguments))
        entries = unit.identities(ws)
    data = {**_identity_data(entry), "keys": [_identity_data(other) for other in entries]}
    return Output(data, _identity_lines(entry))


def identity_certificate(arguments: Namespace) -> Output:
    """The certificate as PEM, to a file or to standard output."""
    with workspace(arguments) as ws:
        pem = unit.certificate_pem(ws, arguments.unit)
        entry = unit.identity(ws, arguments.unit)
    data = {"certificate": pem.decode(), "fingerprint": entry.fingerprint}
    if arguments.output:
        unit.write_whole(Path(arguments.output), pem)
        data["path"] = arguments.output
        return Output(data, [_("Written: {path}").format(path=arguments.output)])
    return Output(data, pem.decode().splitlines())


def identity_export(arguments: Namespace) -> Output:
    """Key and certificate as a PKCS#12 file under a password of its own."""
    password = secret_file(arguments.password_file)
    with workspace(arguments) as ws:
        data = unit.export_identity(ws, password, passphrase(arguments), arguments.unit)
    unit.write_whole(Path(arguments.output), data, private=True)
    return Output({"path": arguments.output}, [_("Written: {path}").format(path=arguments.output)])


def identity_restore(arguments: Namespace) -> Output:
    """Take a PKCS#12 file as the unit's key."""
    password = secret_file(arguments.password_file) if arguments.password_file else None
    with workspace(arguments) as ws:
        data = read_small(arguments.file)
        entry = unit.restore_identity(ws, data, password, passphrase(arguments), arguments.unit)
    return Output(_identity_data(entry), _identity_lines(entry))


def identity_card(arguments: Namespace) -> Output:
    """The signed card by which the office takes the key in person."""
    with workspace(arguments) as ws:
        folder = Path(arguments.output)
        made = unit.enrolment_card(ws, folder, arguments.unit, passphrase(arguments))
        entry = unit.identity(ws, arguments.unit)
    data = {
        "path": made.path,
        "package_id": made.package_id,
        "digest": made.digest,
        "fingerprint": made.fingerprint,
        "phone_code": entry.phone_code,
    }
    lines = [
        _("Card written, read again and verified: {path}").format(path=made.path),
        _("To read out on the phone: {code}").format(code=entry.phone_code),
    ]
    return Output(data, lines)


def identity_replace(arguments: Namespace) -> Output:
    """Make a new key in the place of a lost one, and what tells the office of it."""
    secret, rotated = passphrase(arguments), None
    old_file = arguments.old_passphrase_file
    if old_file and not arguments.rotation:
        raise UsageError(
            "ROTATION_WHERE",
            _("The old passphrase is used only together with --rotation."),
            next_step="pmprb identity replace --rotation DIR --old-passphrase-file FILE",
        )
    old_secret = secret_file(old_file) if old_file else None
    with workspace(arguments) as ws:
        if arguments.rotation:
            rotated = unit.rotate_identity(
                ws,
                arguments.reason or "",
                Path(arguments.rotation),
                secret,
                arguments.unit,
                old_passphrase=old_secret,
            )
            change = rotated.change
        else:
            change = unit.replace_identity(ws, arguments.reason or "", secret, arguments.unit)
        if arguments.letter:
            unit.key_letter(ws, change, Path(arguments.letter))
    data = {
        **_identity_data(change.new),
        "old": change.old.fingerprint if change.old else None,
        "letter": arguments.letter,
        "rotation": rotated.package.path if rotated and rotated.package else None,
    }
    lines = _identity_lines(change.new)
    if rotated is not None:
        data["note"] = rotated.note
        lines.append(rotated.note)
    if arguments.letter:
        lines.append(_("Letter for the head to sign: {path}").format(path=arguments.letter))
    return Output(data, lines)


def identity_passphrase(arguments: Namespace) -> Output:
    """Set, change or take off the passphrase of the key."""
    if bool(arguments.new_passphrase_file) == bool(arguments.remove):
        raise UsageError(
            "PASSPHRASE_WHAT",
            _("Name a file with the new passphrase, or --remove."),
            next_step="pmprb identity passphrase --new-passphrase-file FILE",
        )
    new = secret_file(arguments.new_passphrase_file) if arguments.new_passphrase_file else None
    with workspace(arguments) as ws:
        entry = unit.set_passphrase(ws, new, passphrase(arguments), arguments.unit)
    return Output(_identity_data(entry), _identity_lines(entry))


def _person_data(entry: PersonInfo) -> dict[str, Any]:
    return {
        "id": entry.id,
        "unit": entry.unit_code,
        "name": entry.name,
        "nip": entry.nip,
        "rank": entry.rank,
        "position": entry.position,
        "acting": entry.acting,
        "role": entry.role,
        "since": entry.since,
        "until": entry.until,
    }


def person_add(arguments: Namespace) -> Output:
    """Add someone who fills, signs or coordinates."""
    draft = PersonDraft(
        name=arguments.name,
        nip=arguments.nip or "",
        rank=arguments.rank or "",
        position=arguments.position or "",
        acting=arguments.acting or "",
        role=arguments.role,
        since=arguments.since or "",
        until=arguments.until or "",
    )
    with workspace(arguments) as ws:
        entry = unit.add_person(ws, draft, arguments.unit)
        if arguments.fills:
            unit.choose_person(ws, entry.id)
    return Output(_person_data(entry), [_person_line(entry)])


def _person_line(entry: PersonInfo) -> str:
    roles = {
        "assessor": _("assessor"),
        "unit_head": _("head of the unit"),
        "coordinator": _("coordinator"),
        "central_admin": _("administrator of the office"),
        "reviewer": _("reviewer"),
    }
    role = roles.get(entry.role, entry.role)
    parts = [f"{entry.acting} {entry.name}".strip(), entry.nip, entry.position, role]
    return " · ".join(part for part in parts if part)


def person_list(arguments: Namespace) -> Output:
    """The people of the units here."""
    with workspace(arguments) as ws:
        entries = unit.people(ws)
        current = unit.info(ws).person
    data = {
        "people": [_person_data(entry) for entry in entries],
        "fills": current.id if current else None,
    }
    lines = [_person_line(entry) for entry in entries] or [_("Nobody yet.")]
    return Output(data, lines)


def backup(arguments: Namespace) -> Output:
    """The whole workspace into one file."""
    with workspace(arguments) as ws:
        unit.ready_file(Path(arguments.output))
        made = unit.backup(unit.plan_backup(ws), Path(arguments.output), progress(_("Backup")))
        names = unit.known_names(ws, made.damaged)
    data = {
        "path": str(made.path),
        "files": made.files,
        "bytes": made.bytes,
        "damaged": list(made.damaged),
        "damaged_names": dict(names),
    }
    line = _("Backup {path}: {files} files, {size}. It holds the unit key: keep it safe.").format(
        path=made.path, files=made.files, size=size_text(made.bytes)
    )
    if made.damaged:
        bad = _("Already damaged files: {count}; they were packed as they are.")
        told = [f"✗ {digest[:16]} {names[digest]}" for digest in made.damaged]
        return Output(data, [line, bad.format(count=len(made.damaged)), *told], 1)
    return Output(data, [line])


def restore(arguments: Namespace) -> Output:
    """Unpack a backup into the workspace folder, which must be empty."""
    folder = unit.restore(
        regular_file(arguments.file), data_dir(arguments), progress(_("Restoring"))
    )
    with workspace(arguments) as ws:
        found = unit.assessments(ws)
    data = {"workspace": str(folder), "assessments": [assessment_data(entry) for entry in found]}
    lines = [_("Restored into {path}").format(path=folder), *map(assessment_line, found)]
    return Output(data, lines)


def demo_folder(arguments: Namespace) -> Path:
    """Where the practice workspace lies: beside the real one unless a folder is named."""
    chosen = data_dir(arguments)
    return chosen if getattr(arguments, "data_dir", None) else chosen.with_name("PMPRB Latihan")


def demo(arguments: Namespace) -> Output:
    """A practice workspace with a filled assessment."""
    folder = demo_folder(arguments)
    with unit.open_workspace(folder) as ws:
        if not unit.info(ws).is_set_up:
            person = PersonDraft(name=_("Practice assessor"), position=_("Assessor"))
            unit.setup(ws, "unit", "LATIHAN", _("Practice unit"), person)
        known = [entry for entry in unit.assessments(ws) if entry.practice]
        info = known[0] if known else unit.make_practice(ws)
    data = {"workspace": str(folder), **assessment_data(info)}
    return Output(data, [_("Practice workspace {path}").format(path=folder), assessment_line(info)])


def self_check(_arguments: Namespace) -> Output:
    """Open every resource and rubric, seal and verify a package, write each report."""
    from pmprb_desktop.selfcheck import run

    with tempfile.TemporaryDirectory() as folder:
        steps = run(Path(folder))
    ok = all(step.ok for step in steps)
    data = {
        "ok": ok,
        "steps": [{"name": step.name, "ok": step.ok, "detail": step.detail} for step in steps],
    }
    lines = [f"{'✓' if step.ok else '✗'} {step.name} {step.detail}" for step in steps]
    return Output(data, lines, 0 if ok else 1)
