"""Packages about the unit's key: the card for the office, and the rotation to a new key."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from pmprb_desktop.errors import UserError
from pmprb_desktop.i18n import _
from pmprb_desktop.package import key_records, layout, v1
from pmprb_desktop.package.export import write_package
from pmprb_desktop.package.seal import HeaderDraft, PayloadFile, json_bytes, seal_bag
from pmprb_desktop.package.verify import verify_package
from pmprb_desktop.records import UnitKeyRow, WorkspaceRow
from pmprb_desktop.store import Repository
from pmprb_desktop.unit import clock
from pmprb_desktop.unit.targets import ready_folder
from pmprb_desktop.unit.unit_keys import (
    Handover,
    Identity,
    Replacement,
    SigningKey,
    identity,
    replace_identity,
    signing_key,
)
from pmprb_desktop.unit.workspace import Workspace


@dataclass(frozen=True, slots=True)
class KeyPackage:
    """A written and verified package about a key; ``fingerprint`` is that of the signer."""

    path: str
    package_id: str
    digest: str
    fingerprint: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Rotated:
    """A replaced key; ``package`` is None when the old key could not vouch for the new one."""

    change: Replacement
    package: KeyPackage | None

    @property
    def note(self) -> str:
        """What is to be done now."""
        if self.package is not None:
            return _(
                "Hand this package to your office, it takes the new key from it: {path}"
            ).format(path=self.package.path)
        if self.change.old is None:
            return _(
                "There was no key before, so nothing was replaced: hand in the new key's card."
            )
        return _(
            "No package was written: the old key cannot be opened here, so it cannot vouch for "
            "the new one. Only the letter that the head signs is left."
        )


def enrolment_card(
    ws: Workspace, folder: Path, unit_code: str | None = None, passphrase: str | None = None
) -> KeyPackage:
    """Write the card by which an office takes the unit's key in person, and verify it.

    Raises UserError TARGET_UNWRITABLE, EXPORT_NOT_VERIFIED, and what opening the key says.
    """
    entry = identity(ws, unit_code, passphrase)
    signing = signing_key(ws, entry.unit_code, passphrase)
    moment = clock.now()
    with ws.transaction() as repo:
        installation = _installation(repo)
        # Counted before it is written: a number may be left out, but never stand twice.
        _count(repo, signing)
    record = key_records.enrolment(signing.key, _unit_ref(entry), installation, clock.text(moment))
    return _write(record, signing, folder, moment)


def rotate_identity(
    ws: Workspace,
    reason: str,
    folder: Path,
    passphrase: str | None = None,
    unit_code: str | None = None,
    *,
    old_passphrase: str | None = None,
) -> Rotated:
    """Replace the key, and let the old one vouch for the new one in a package.

    ``passphrase`` protects the new key. When the package cannot be written, nothing is replaced;
    when the old key does not open, only the letter is left.
    """
    written: list[KeyPackage] = []

    def hand_over(repo: Repository, keys: Handover) -> None:
        if keys.old is None:
            return
        moment = clock.now()
        record = key_records.rotation(
            keys.old.key.fingerprint,
            keys.new.key,
            keys.new.secret,
            unit=_unit_ref(keys.change.new),
            installation_id=_installation(repo),
            reason=keys.change.reason,
            rotated_at=clock.text(moment),
        )
        _count(repo, keys.old)
        written.append(_write(record, keys.old, folder, moment))

    try:
        change = replace_identity(
            ws,
            reason,
            passphrase,
            unit_code,
            old_passphrase=old_passphrase,
            hand_over=hand_over,
        )
    except BaseException:
        for package in written:
            _remove(Path(package.path))
        raise
    return Rotated(change, written[0] if written else None)


def _remove(path: Path) -> None:
    """Take back a package that may speak of a key that is not kept."""
    with suppress(OSError):
        path.unlink(missing_ok=True)


def _unit_ref(entry: Identity) -> v1.UnitRef:
    return v1.UnitRef(code=entry.unit_code, name=entry.unit_name)


def _installation(repo: Repository) -> str:
    workspace = repo.get(WorkspaceRow, 1)
    assert workspace is not None
    return workspace.installation_id


def _count(repo: Repository, signing: SigningKey) -> None:
    row = repo.get(UnitKeyRow, signing.key.fingerprint)
    assert row is not None
    row.key_seq = max(row.key_seq, signing.next_seq)
    repo.add(row)


def _write(
    record: v1.Enrolment | v1.Rotation, signing: SigningKey, folder: Path, moment: datetime
) -> KeyPackage:
    kind: v1.Kind = "enrolment" if isinstance(record, v1.Enrolment) else "rotation"
    data = json_bytes(record.model_dump(mode="json"))
    file = PayloadFile(
        layout.RECORD_FILES[kind], len(data), sha256(data).hexdigest(), lambda: BytesIO(data)
    )
    draft = HeaderDraft(
        kind=kind,
        key_seq=signing.next_seq,
        installation_id=record.installation_id,
        unit=record.unit,
    )
    bag = seal_bag(draft, [file], signing.key, signing.secret, now=moment)
    ready_folder(folder)
    path = write_package(bag, [file], folder)
    try:
        _verify(path, bag.digest, signing)
        size = path.stat().st_size
    except BaseException:
        _remove(path)
        raise
    return KeyPackage(str(path), bag.package_id, bag.digest, signing.key.fingerprint, size)


def _verify(path: Path, digest: str, signing: SigningKey) -> None:
    seen = verify_package(path, [signing.key.certificate_der])
    if not seen.trusted or seen.digest != digest:
        raise UserError(
            "EXPORT_NOT_VERIFIED",
            _("The package was written, but what was read back from there is not the same."),
            safe=_("Your key is safe in the workspace."),
            next_step=_("The stick may be faulty: use another one."),
            path=str(path),
            findings=seen.findings,
        )
