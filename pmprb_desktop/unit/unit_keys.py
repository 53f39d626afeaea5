"""The key of a unit: made without questions when first needed, replaced when lost."""

import logging
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from pmprb_desktop import NAME
from pmprb_desktop.errors import UserError
from pmprb_desktop.evidence.files import retry_busy
from pmprb_desktop.i18n import _
from pmprb_desktop.package import keys
from pmprb_desktop.records import UnitKeyRow, UnitRow, WorkspaceRow
from pmprb_desktop.store import Repository
from pmprb_desktop.unit import clock
from pmprb_desktop.unit.texts import line
from pmprb_desktop.unit.workspace import Workspace

log = logging.getLogger(__name__)

Protection = Literal["passphrase", "account", "file"]
P12_LIMIT: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Identity:
    """A unit's key as the screen shows it. ``phone_code`` is what one reads out."""

    unit_code: str
    unit_name: str
    fingerprint: str
    phone_code: str
    label: str
    protection: Protection
    state: str
    created_at: str
    key_seq: int
    certificate_der: bytes

    @property
    def protection_note(self) -> str:
        """What the protection of the key means."""
        return {
            "passphrase": _("The key opens only with your passphrase."),
            "account": _("The key is bound to this account of this computer; it opens by itself."),
            "file": _(
                "The key opens by itself for anyone who can use this account. "
                "A passphrase would protect it."
            ),
        }[self.protection]


def _identity(row: UnitKeyRow, unit: UnitRow | None) -> Identity:
    return Identity(
        unit_code=row.unit_code,
        unit_name=unit.name if unit else row.unit_code,
        fingerprint=row.fingerprint,
        phone_code=keys.phone_code(row.fingerprint),
        label=row.label,
        protection=row.protection,  # type: ignore[arg-type]
        state=row.state,
        created_at=row.created_at,
        key_seq=row.key_seq,
        certificate_der=row.certificate,
    )


def identities(ws: Workspace) -> tuple[Identity, ...]:
    """All keys of this workspace, retired ones too."""
    with ws.transaction() as repo:
        rows = repo.rows(UnitKeyRow, order=("created_at",))
        return tuple(_identity(row, repo.get(UnitRow, row.unit_code)) for row in rows)


def identity(
    ws: Workspace, unit_code: str | None = None, passphrase: str | None = None
) -> Identity:
    """The key that signs for a unit; made now if there is none yet.

    Raises UserError CLOCK_BEFORE_BUILD while the computer's clock is evidently wrong.
    """
    with ws.transaction() as repo:
        unit = _unit(repo, unit_code)
        row = repo.active_key(unit.code) or _make(ws, repo, unit, passphrase)
        return _identity(row, unit)


def _unit(repo: Repository, unit_code: str | None) -> UnitRow:
    units = repo.rows(UnitRow, order=("created_at",))
    for unit in units:
        if unit_code in (None, unit.code):
            return unit
    raise UserError(
        "UNIT_UNKNOWN",
        _("There is no unit “{code}” in this workspace.").format(code=unit_code or ""),
        next_step=_("Add the unit first, or check its code."),
    )


def _make(ws: Workspace, repo: Repository, unit: UnitRow, passphrase: str | None) -> UnitKeyRow:
    workspace = repo.get(WorkspaceRow, 1)
    installation = workspace.installation_id if workspace else ""
    if passphrase:
        keys.check_passphrase(passphrase)
    secret = passphrase or secrets.token_urlsafe(32)
    key = keys.make_key(unit.code, unit.name, installation, secret, now=clock.now())
    return _keep(ws, repo, unit.code, key, secret, by_person=bool(passphrase))


def _keep(
    ws: Workspace,
    repo: Repository,
    unit_code: str,
    key: keys.UnitKey,
    secret: str,
    *,
    by_person: bool,
) -> UnitKeyRow:
    protection = "passphrase" if by_person else _hide(ws, key.fingerprint, secret)
    if by_person:
        ws.passphrases[key.fingerprint] = secret
    row = UnitKeyRow(
        fingerprint=key.fingerprint,
        unit_code=unit_code,
        label=key.label,
        private_key=key.private,
        certificate=key.certificate_der,
        chain="".join(keys.certificate_pem(der).decode() for der in key.chain),
        protection=protection,
        state="active",
        created_at=clock.instant(),
    )
    repo.add(row)
    return row


def _secret_file(ws: Workspace, fingerprint: str) -> Path:
    return ws.path / "keys" / f"{fingerprint[:16]}.secret"


def _hide(ws: Workspace, fingerprint: str, secret: str) -> Protection:
    """Keep a secret in the account's own store where there is one, else in a private file."""
    try:
        import keyring
        from keyring.backends import fail

        if not isinstance(keyring.get_keyring(), fail.Keyring):
            keyring.set_password(NAME, fingerprint, secret)
            if keyring.get_password(NAME, fingerprint) == secret:
                return "account"
    except Exception as error:  # noqa: BLE001  (backends raise what they like)
        log.info("the account's secret store is not usable: %s", type(error).__name__)
    path = _secret_file(ws, fingerprint)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    part = path.with_suffix(".part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(handle, secret.encode("ascii"))
        os.fsync(handle)
    finally:
        os.close(handle)
    retry_busy(lambda: part.replace(path))
    return "file"


def _reveal(ws: Workspace, row: UnitKeyRow, passphrase: str | None) -> str:
    """The secret that opens a key."""
    if row.protection == "passphrase":
        secret = passphrase or ws.passphrases.get(row.fingerprint)
        if not secret:
            raise UserError(
                "PASSPHRASE_NEEDED",
                _("The unit key is protected by a passphrase."),
                safe=_("Your answers are safe and can be read without it."),
                next_step=_("Type the passphrase; if it is lost, replace the key."),
            )
        return secret
    if row.protection == "account":
        if secret := _from_account(row.fingerprint):
            return secret
    else:
        path = _secret_file(ws, row.fingerprint)
        if path.is_file():
            return path.read_text(encoding="ascii")
    raise UserError(
        "KEY_LOST",
        _("The unit key cannot be opened on this computer or account."),
        safe=_("Your answers are safe and can be read without it."),
        next_step=_("Replace the key (“Ganti kunci”) and hand the printed letter to the office."),
    )


def _from_account(fingerprint: str) -> str | None:
    import keyring
    from keyring.errors import KeyringError

    try:
        secret: str | None = keyring.get_password(NAME, fingerprint)
    except KeyringError as error:
        log.info("the account's secret store is not usable: %s", type(error).__name__)
        return None
    return secret


def _forget(ws: Workspace, fingerprint: str) -> None:
    """Drop secrets that open a key by themselves, once a passphrase protects it."""
    _secret_file(ws, fingerprint).unlink(missing_ok=True)
    try:
        import keyring

        keyring.delete_password(NAME, fingerprint)
    except Exception as error:  # noqa: BLE001  (backends raise what they like)
        log.debug("no secret in the account's store: %s", type(error).__name__)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key with what opens it, for one piece of work."""

    key: keys.UnitKey
    secret: str
    next_seq: int


def signing_key(ws: Workspace, unit_code: str, passphrase: str | None = None) -> SigningKey:
    """The unit's key ready to sign; made now if there is none yet."""
    with ws.transaction() as repo:
        unit = _unit(repo, unit_code)
        row = repo.active_key(unit.code) or _make(ws, repo, unit, passphrase)
        secret = _reveal(ws, row, passphrase)
        key = to_key(row)
        next_seq = row.key_seq + 1
        protected = row.protection == "passphrase"
    keys.unlock(key, secret)
    if passphrase and protected:
        ws.passphrases[key.fingerprint] = passphrase
    return SigningKey(key, secret, next_seq)


def to_key(row: UnitKeyRow) -> keys.UnitKey:
    """A kept key as the package layer wants it."""
    return keys.UnitKey(
        private=row.private_key,
        certificate_der=row.certificate,
        fingerprint=row.fingerprint,
        label=row.label,
        chain=_chain(row.chain),
    )


def _chain(text: str) -> tuple[bytes, ...]:
    if not text:
        return ()
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    found = x509.load_pem_x509_certificates(text.encode())
    return tuple(certificate.public_bytes(Encoding.DER) for certificate in found)


def certificate_pem(ws: Workspace, unit_code: str | None = None) -> bytes:
    """The unit's certificate as PEM, for openssl and for the office."""
    return keys.certificate_pem(identity(ws, unit_code).certificate_der)


def set_passphrase(
    ws: Workspace, new: str | None, old: str | None = None, unit_code: str | None = None
) -> Identity:
    """Protect the key with a passphrase, change it, or (None) let it open by itself again."""
    if new is not None:
        keys.check_passphrase(new)
    with ws.transaction() as repo:
        unit = _unit(repo, unit_code)
        row = repo.active_key(unit.code) or _make(ws, repo, unit, None)
        if new is None and row.protection != "passphrase":
            return _identity(row, unit)
        secret = _reveal(ws, row, old)
        wanted = new or secrets.token_urlsafe(32)
        changed = keys.change_passphrase(to_key(row), secret, wanted)
        row.private_key = changed.private
        row.protection = "passphrase" if new else _hide(ws, row.fingerprint, wanted)
        repo.add(row)
        result = _identity(row, unit)
    if new:
        ws.passphrases[result.fingerprint] = new
        _forget(ws, result.fingerprint)
    return result


def export_identity(
    ws: Workspace, password: str, passphrase: str | None = None, unit_code: str | None = None
) -> bytes:
    """Key and certificate as a PKCS#12 file under ``password``, to be kept in a safe place."""
    with ws.transaction() as repo:
        unit = _unit(repo, unit_code)
        row = repo.active_key(unit.code) or _make(ws, repo, unit, passphrase)
        secret = _reveal(ws, row, passphrase)
        key = to_key(row)
    return keys.export_pkcs12(key, secret, password)


def restore_identity(
    ws: Workspace,
    data: bytes,
    password: str | None,
    passphrase: str | None = None,
    unit_code: str | None = None,
    *,
    reason: str = "",
) -> Identity:
    """Take a PKCS#12 file as the unit's key; the one before is retired."""
    secret = passphrase or secrets.token_urlsafe(32)
    if passphrase:
        keys.check_passphrase(passphrase)
    key = keys.import_pkcs12(data, password, secret)
    with ws.transaction() as repo:
        unit = _unit(repo, unit_code)
        active = repo.active_key(unit.code)
        if active is not None and active.fingerprint == key.fingerprint:
            active.private_key = key.private
            active.protection = "passphrase" if passphrase else _hide(ws, key.fingerprint, secret)
            repo.add(active)
            return _identity(active, unit)
        if active is not None:
            _retire(repo, active, reason)
        known = repo.get(UnitKeyRow, key.fingerprint)
        if known is not None:
            known.state, known.retired_at = "active", None
            known.private_key = key.private
            known.protection = "passphrase" if passphrase else _hide(ws, key.fingerprint, secret)
            repo.add(known)
            return _identity(known, unit)
        row = _keep(ws, repo, unit.code, key, secret, by_person=bool(passphrase))
        return _identity(row, unit)


def try_identity(data: bytes | None, password: str | None, passphrase: str | None) -> None:
    """Raise what making or restoring a key would raise, before anything is written."""
    if passphrase:
        keys.check_passphrase(passphrase)
    if data is not None:
        keys.import_pkcs12(data, password, passphrase or secrets.token_urlsafe(32))


def _retire(repo: Repository, row: UnitKeyRow, reason: str) -> None:
    row.state = "retired"
    row.retired_at = clock.instant()
    row.reason = line(reason)
    repo.add(row)


@dataclass(frozen=True, slots=True)
class Replacement:
    """An old and a new key, for the letter that the head of the unit signs."""

    old: Identity | None
    new: Identity
    reason: str


@dataclass(frozen=True, slots=True)
class Handover:
    """Both keys at the moment of replacement, opened; ``old`` is None when it does not open."""

    change: Replacement
    old: SigningKey | None
    new: SigningKey


def replace_identity(
    ws: Workspace,
    reason: str,
    passphrase: str | None = None,
    unit_code: str | None = None,
    *,
    old_passphrase: str | None = None,
    hand_over: Callable[[Repository, Handover], None] | None = None,
) -> Replacement:
    """Make a new key in the place of one that is lost or no longer trusted ("Ganti kunci").

    Answers and sealed packages stay. The office has to be told by the printed letter, or by what
    ``hand_over`` writes; when that raises, the old key stays.
    """
    with ws.transaction() as repo:
        unit = _unit(repo, unit_code)
        active = repo.active_key(unit.code)
        old = opened = None
        if active is not None:
            if hand_over is not None:
                opened = _opened(ws, active, passphrase, old_passphrase)
            _retire(repo, active, reason)
            old = _identity(active, unit)
        row = _make(ws, repo, unit, passphrase)
        change = Replacement(old, _identity(row, unit), line(reason))
        if hand_over is not None:
            try:
                new = SigningKey(to_key(row), _reveal(ws, row, passphrase), 1)
                hand_over(repo, Handover(change, opened, new))
            except BaseException:
                _forget(ws, row.fingerprint)
                raise
        return change


def _opened(
    ws: Workspace, row: UnitKeyRow, passphrase: str | None, old_passphrase: str | None
) -> SigningKey | None:
    """A key that may have to be left behind; None when nothing at hand opens it."""
    known = old_passphrase or ws.passphrases.get(row.fingerprint) or passphrase
    try:
        secret = _reveal(ws, row, known)
        keys.unlock(to_key(row), secret)
    except UserError as error:
        if old_passphrase is not None and error.rule == "PASSPHRASE_WRONG":
            raise  # whoever names it can look again
        log.info("the old key does not open: %s", error.rule)
        return None
    return SigningKey(to_key(row), secret, row.key_seq + 1)
