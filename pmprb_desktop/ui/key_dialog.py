"""The unit's key: what it is, how it is protected, copy, restore, replace."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from pmprb_desktop import unit
from pmprb_desktop.errors import UserError
from pmprb_desktop.i18n import _
from pmprb_desktop.ui import messages, texts, theme
from pmprb_desktop.ui.dialog import FittingDialog
from pmprb_desktop.ui.layouts import FlowLayout
from pmprb_desktop.ui.passphrase_dialog import SecretDialog
from pmprb_desktop.ui.session import Session
from pmprb_desktop.ui.widgets import Button, Card, label, wrapped

P12 = "PKCS#12 (*.p12 *.pfx)"
MOST_BYTES = 1 << 20


class KeyDialog(FittingDialog):
    """Shows the key of a unit; it is made when it is first asked for."""

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(parent, _("Unit key"), width=640)
        self.session = session
        self.units = QComboBox()
        self.units.setAccessibleName(_("Unit"))
        for entry in session.info().units:
            self.units.addItem(f"{entry.code} · {entry.name}", entry.code)
        self.units.setVisible(False)
        self.code = wrapped(points=theme.TITLE, bold=True)
        self.code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.code.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.facts = wrapped(tone="muted")
        self.protection = wrapped()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 18)
        layout.setSpacing(12)
        layout.addWidget(
            wrapped(
                _(
                    "Every package carries the mark of this key, so that your office knows that it "
                    "comes from your unit and was not changed on the way."
                )
            )
        )
        layout.addWidget(self.units)
        layout.addWidget(self._card())
        layout.addWidget(self._buttons())
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(Button(_("&Close"), self.accept, role="primary"))
        layout.addLayout(row)
        self.units.setVisible(self.units.count() > 1)
        self.units.currentIndexChanged.connect(self.refresh)
        self.refresh()

    def _card(self) -> QWidget:
        card = Card()
        column = QVBoxLayout(card)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(6)
        caption = label(_("Code to read out on the phone"), tone="muted", points=theme.SMALL)
        for widget in (caption, self.code, self.facts, self.protection):
            column.addWidget(widget)
        return card

    def _buttons(self) -> QWidget:
        line = QWidget()
        flow = FlowLayout(line, gap=8)
        self.passphrase = Button("", self._on_passphrase, drawing="lock")
        self.open_itself = Button(_("&Without passphrase …"), self._on_open_itself)
        for button in (
            self.passphrase,
            self.open_itself,
            Button(_("Save a &copy of the key …"), self._on_export, drawing="save"),
            Button(_("&Restore from a copy …"), self._on_restore, drawing="folder"),
            Button(_("Save the ce&rtificate …"), self._on_certificate),
            Button(_("Re&place the key …"), self._on_replace, drawing="replace"),
        ):
            flow.addWidget(button)
        return line

    @property
    def unit_code(self) -> str:
        """The unit that is shown."""
        return str(self.units.currentData())

    def refresh(self) -> None:
        """Show the key as it is now."""
        with messages.reported(self):
            known = unit.identity(self.session.ws, self.unit_code)
            self.code.setText(known.phone_code)
            self.facts.setText(
                _("made {date} · packages sealed: {count}").format(
                    date=texts.day(known.created_at), count=known.key_seq
                )
            )
            self.protection.setText(known.protection_note)
            guarded = known.protection == "passphrase"
            words = _("Change the pa&ssphrase …") if guarded else _("Protect by pa&ssphrase …")
            self.passphrase.setText(words)
            self.passphrase.setAccessibleName(words.replace("&", ""))
            self.open_itself.setVisible(guarded)
            self._guarded = guarded

    def _on_passphrase(self) -> None:
        captions = [_("&New passphrase"), _("&Again")]
        if self._guarded:
            captions.insert(0, _("&Present passphrase"))
        dialog = SecretDialog(
            self,
            title=_("Passphrase of the unit's key"),
            captions=captions,
            button=_("&Keep"),
            words=_(
                "At least 12 characters or four words. Nobody can find it out when it is "
                "forgotten; the key must then be replaced."
            ),
            repeat=True,
        )
        dialog.given.connect(
            lambda typed: self._set(typed[-1], typed[0] if len(typed) > 2 else None)
        )
        dialog.open()

    def _on_open_itself(self) -> None:
        self._with_old(lambda old: self._set(None, old))

    def _set(self, new: str | None, old: str | None) -> None:
        with messages.reported(self):
            unit.set_passphrase(self.session.ws, new, old, self.unit_code)
            self.refresh()

    def _with_old(self, then: Callable[[str | None], None]) -> None:
        if not self._guarded:
            then(None)
            return
        dialog = SecretDialog(
            self,
            title=_("Passphrase of the unit's key"),
            captions=[_("&Present passphrase")],
            button=_("&Go on"),
        )
        dialog.given.connect(lambda typed: then(typed[0]))
        dialog.open()

    def _on_export(self) -> None:
        self._with_old(self._ask_export)

    def _ask_export(self, old: str | None) -> None:
        dialog = SecretDialog(
            self,
            title=_("Copy of the unit's key"),
            captions=[_("&Passphrase of the copy"), _("&Again")],
            button=_("&Go on"),
            words=_(
                "Whoever has the copy and its passphrase can seal packages in the name of "
                "your unit."
            ),
            repeat=True,
        )
        dialog.given.connect(lambda typed: self._export(typed[0], old))
        dialog.open()

    def _export(self, password: str, old: str | None) -> None:
        with messages.reported(self):
            data = unit.export_identity(self.session.ws, password, old, self.unit_code)
            self._save(data, f"kunci-{_safe(self.unit_code)}.p12", P12)

    def _on_certificate(self) -> None:
        with messages.reported(self):
            data = unit.certificate_pem(self.session.ws, self.unit_code)
            self._save(data, f"sertifikat-{_safe(self.unit_code)}.pem", "PEM (*.pem)")

    def _save(self, data: bytes, name: str, kind: str) -> None:
        dialog = QFileDialog(self, _("Where to"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([kind])
        dialog.selectFile(name)
        dialog.fileSelected.connect(lambda path: self._write(Path(path), data))
        dialog.open()

    def _write(self, path: Path, data: bytes) -> None:
        with messages.reported(self):
            unit.write_whole(path, data)

    def _on_restore(self) -> None:
        dialog = QFileDialog(self, _("Copy of the unit's key"))
        dialog.setNameFilters([P12, _("All files (*)")])
        dialog.fileSelected.connect(self._on_copy)
        dialog.open()

    def _on_copy(self, name: str) -> None:
        path = Path(name)
        if not path.is_file() or path.stat().st_size > MOST_BYTES:
            messages.show(self, title=_("This file is no copy of a key"), kind="error")
            return
        dialog = SecretDialog(
            self,
            title=_("Copy of the unit's key"),
            captions=[_("&Passphrase of the copy")],
            button=_("&Restore"),
        )
        data = path.read_bytes()
        dialog.given.connect(lambda typed: self._restore(data, typed[0]))
        dialog.open()

    def _restore(self, data: bytes, password: str) -> None:
        with messages.reported(self):
            unit.restore_identity(self.session.ws, data, password, unit_code=self.unit_code)
            self.refresh()

    def _on_replace(self) -> None:
        dialog = SecretDialog(
            self,
            title=_("Replace the key"),
            captions=[_("&Reason")],
            button=_("&Replace"),
            words=_(
                "For a key that is lost or that others may have. The letter to your office "
                "gives the reason. Answers and sealed packages stay as they are."
            ),
            hidden=False,
        )
        dialog.given.connect(lambda typed: self.replace(typed[0].strip()))
        dialog.open()

    def replace(self, reason: str) -> None:
        """Make a new key, then offer the letter for the office."""
        try:
            change = unit.replace_identity(self.session.ws, reason, unit_code=self.unit_code)
        except UserError as error:
            messages.show_error(self, error)
            return
        self.refresh()
        dialog = messages.ask(
            self,
            title=_("A new key was made"),
            body=_(
                "Your office must learn of it before the next package. Print the letter, let "
                "the head of the unit sign it, and hand it over."
            ),
            button=_("&Save the letter …"),
            then=lambda: self._ask_letter(change),
            kind="done",
        )
        dialog.setObjectName("replaced")

    def _ask_letter(self, change: unit.Replacement) -> None:
        dialog = QFileDialog(self, _("Where to"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("pdf")
        dialog.selectFile(f"surat-ganti-kunci-{_safe(self.unit_code)}.pdf")
        dialog.fileSelected.connect(lambda path: self._letter(change, Path(path)))
        dialog.open()

    def _letter(self, change: unit.Replacement, path: Path) -> None:
        with messages.reported(self):
            unit.key_letter(self.session.ws, change, path)


def _safe(code: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in code)
