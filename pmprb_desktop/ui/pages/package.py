"""Lock, print and approve, make the package: steps down the page."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QTimer
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from pmprb_desktop import flow, unit
from pmprb_desktop.errors import UserError
from pmprb_desktop.i18n import _, ngettext
from pmprb_desktop.ui import messages, tasks, texts, theme
from pmprb_desktop.ui.form import allow
from pmprb_desktop.ui.layouts import FlowLayout
from pmprb_desktop.ui.package_parts import DoneCard, StepCard, content_code
from pmprb_desktop.ui.pages.base import Page
from pmprb_desktop.ui.sheet import Sheet
from pmprb_desktop.ui.sticks import removable
from pmprb_desktop.ui.widgets import Button, Notice, Scroll, clear, label, wrapped
from pmprb_desktop.values import EvidenceInfo, ExportResult


class PackagePage(Page):
    """What can be done depends on the state; everything is shown as it is now."""

    def __init__(self, sheet: Sheet, stop: flow.Stop) -> None:
        super().__init__(sheet, stop)
        self.result: ExportResult | None = None
        self.task: tasks.Task | None = None
        self._clock = QElapsedTimer()

    def build(self) -> None:
        """The steps."""
        self.area = Scroll()
        self.column.addWidget(self.area)
        body = self.area.column
        body.addWidget(wrapped(_("Lock and make the package"), points=theme.TITLE, bold=True))
        self.done_card = DoneCard(lambda: self._ask_folder(self.copy_to))
        body.addWidget(self.done_card)
        self.lock_step = StepCard(1, _("Lock the entries"))
        self.print_step = StepCard(2, _("Print, let it be signed, attach the scan"))
        self.save_step = StepCard(3, _("Make the package and put it on a stick"))
        self._build_lock()
        self._build_print()
        self._build_save()
        for step in (self.lock_step, self.print_step, self.save_step):
            body.addWidget(step)
        body.addStretch(1)
        self.sheet.info_changed.connect(self._on_info)

    def _build_lock(self) -> None:
        step = self.lock_step
        self.lock_button = Button(_("&Lock the entries"), self.lock, role="primary", drawing="lock")
        self.unlock_button = Button(_("&Unlock to correct"), self.unlock, drawing="unlock")
        self.check_button = Button(
            _("Check c&ompleteness"), lambda: self.step_asked.emit(flow.Step.CHECK)
        )
        step.buttons(self.lock_button, self.unlock_button, self.check_button)

    def _build_print(self) -> None:
        step = self.print_step
        self.summary_button = Button(
            _("&Summary for the head"), lambda: self.show_print("summary"), drawing="print"
        )
        self.minutes_button = Button(
            _("&Minutes (berita acara)"), lambda: self.show_print("minutes"), drawing="print"
        )
        self.head_button = Button(_("Letter&head …"), self._on_letterhead, role="link")
        step.buttons(self.summary_button, self.minutes_button, self.head_button)
        self.scans = QWidget()
        self.scan_flow = FlowLayout(self.scans)
        step.column.addWidget(self.scans)
        self.scan_button = Button(
            _("&Attach the scan of the signed minutes …"), self._on_scan, drawing="plus"
        )
        self.later = QCheckBox(_("The signed pape&r follows later (BA menyusul)"))
        self.later.toggled.connect(self.refresh)
        step.buttons(self.scan_button, self.later)

    def _build_save(self) -> None:
        step = self.save_step
        self.targets = QWidget()
        self.target_flow = FlowLayout(self.targets)
        step.column.addWidget(self.targets)
        self.provisional = QCheckBox(
            _("Send pro&visionally: blanks and evidence to follow, marked so everywhere")
        )
        self.provisional.toggled.connect(self.refresh)
        step.column.insertWidget(2, self.provisional)
        self.obstacle = Notice("", "warning")
        step.column.insertWidget(2, self.obstacle)
        self.progress = QWidget()
        column = QVBoxLayout(self.progress)
        column.setContentsMargins(0, 4, 0, 0)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(_("Progress"))
        self.progress_words = label(tone="muted")
        self.cancel_button = Button(_("&Cancel"), self._on_cancel)
        row = QHBoxLayout()
        row.addWidget(self.progress_words, 1)
        row.addWidget(self.cancel_button)
        column.addWidget(self.bar)
        column.addLayout(row)
        step.column.addWidget(self.progress)
        self.progress.hide()

    def shown(self) -> None:
        """Show the state as it is now."""
        self.refresh()

    def focus_start(self) -> None:
        """The next thing to do."""
        for button in (self.lock_button, self.scan_button, self.folder_button, self.unlock_button):
            if button.isEnabled() and not button.isHidden():
                button.setFocus()
                return

    def _on_info(self) -> None:
        if self.isVisible():
            self.refresh()

    def refresh(self) -> None:
        """Everything follows from the state of the assessment."""
        info = self.sheet.info
        sealed = info.state in ("sent", "sent_provisional", "done")
        self.done_card.setVisible(sealed)
        if sealed:
            self.done_card.show_package(info, self.result)
        self._refresh_lock(sealed=sealed)
        self._refresh_print(sealed=sealed)
        self._refresh_save(sealed=sealed)

    def _refresh_lock(self, *, sealed: bool) -> None:
        info = self.sheet.info
        step = self.lock_step
        locked = info.state == "locked"
        if locked or sealed:
            code = content_code(info.content_digest)
            step.words.setText(
                _("Locked. Content code {code}; it stands on every print of this revision.").format(
                    code=code
                )
            )
        else:
            words = _(
                "After locking nothing can be changed by accident; prints and package "
                "show exactly these entries."
            )
            if info.required_blank:
                words = (
                    ngettext(
                        "{count} required item is still blank.",
                        "{count} required items are still blank.",
                        info.required_blank,
                    ).format(count=info.required_blank)
                    + " "
                    + words
                )
            step.words.setText(words)
        self.lock_button.setVisible(not locked and not sealed)
        self.unlock_button.setVisible((locked or sealed) and info.state != "done")
        self.unlock_button.setText(
            _("&Unlock: begin revision {revision}").format(revision=info.revision + 1)
            if sealed
            else _("&Unlock to correct")
        )

    def _refresh_print(self, *, sealed: bool) -> None:
        locked = self.sheet.info.state == "locked"
        step = self.print_step
        step.words.setText(
            _(
                "One page for the head of the unit, and the minutes to sign. Sign on paper, "
                "scan or photograph the page, attach it here."
            )
            if locked or sealed
            else _("You can look at drafts now; print for signing after locking.")
        )
        obstacle = "" if locked else _("Lock the entries first: what is signed are locked entries")
        if sealed:
            obstacle = _("This revision is packed already; a change begins the next revision")
        to_sign = locked and not self._scans() and not self.later.isChecked()
        self.minutes_button.set_role("primary" if to_sign else "")
        allow(self.scan_button, obstacle)
        allow(self.later, obstacle)
        clear(self.scan_flow)
        found = self._scans()
        for entry in found:
            self.scan_flow.addWidget(self._scan_chip(entry, removable=locked))
        self.scans.setVisible(bool(found))
        self.later.setVisible(not found)

    def _refresh_save(self, *, sealed: bool) -> None:
        info = self.sheet.info
        scans = self._scans()
        provisional = self.provisional.isChecked()
        errors = 0 if sealed else len(unit.check(self.sheet.ws, self.sheet.id).errors)
        self.save_step.words.setText(
            _(
                "The package is written, read again from there and verified. Estimated size {size}."
            ).format(size=texts.size(info.evidence_bytes + 300_000))
        )
        obstacle = ""
        if not sealed and not provisional:
            if errors:
                obstacle = ngettext(
                    "{count} error blocks a final package. Correct it, or send provisionally.",
                    "{count} errors block a final package. Correct them, or send provisionally.",
                    errors,
                ).format(count=errors)
            elif info.state != "locked" and not info.practice:
                obstacle = _("Lock the entries first (step 1).")
            elif not scans and not self.later.isChecked() and not info.practice:
                obstacle = _("Attach the scan of the signed minutes, or tick that it follows.")
        self.obstacle.set_text(obstacle)
        self.obstacle.setVisible(bool(obstacle))
        self.provisional.setVisible(not sealed)
        busy = self.task is not None and self.task.running
        if busy:
            obstacle = _("The package is being written")
        self._fill_targets(obstacle, sealed=sealed)

    def _fill_targets(self, obstacle: str, *, sealed: bool) -> None:
        clear(self.target_flow)
        verb = self.copy_to if sealed else self.seal_to
        for path, words in removable():
            button = Button(words, self._sender(verb, path), role="primary", drawing="usb")
            allow(button, obstacle)
            self.target_flow.addWidget(button)
        words = _("Choose a &folder …")
        role = "" if obstacle or sealed else "primary"
        self.folder_button = Button(
            words, lambda: self._ask_folder(verb), role=role, drawing="folder"
        )
        allow(self.folder_button, obstacle)
        self.target_flow.addWidget(self.folder_button)
        again = Button(_("Look for sticks again"), self.refresh, role="link")
        self.target_flow.addWidget(again)

    @staticmethod
    def _sender(verb: Callable[[Path], object], path: Path) -> Callable[[], object]:
        return lambda: verb(path)

    def _ask_folder(self, verb: Callable[[Path], object]) -> None:
        dialog = QFileDialog(self.window(), _("Where to"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda name: verb(Path(name)))
        dialog.open()

    def lock(self) -> None:
        """Freeze the entries."""
        with messages.reported(self):
            unit.lock(self.sheet.ws, self.sheet.id)
            self.sheet.reload()

    def unlock(self) -> None:
        """Open the entries again, after asking when scans or a sealed revision are concerned."""
        sealed = self.sheet.info.state in ("sent", "sent_provisional")
        if not sealed and not self._scans():
            self._unlock()
            return
        body = (
            _(
                "The package that was handed in stays as it is. A new revision begins, which "
                "must be locked, signed and handed in again."
            )
            if sealed
            else _("The attached scan belongs to the locked entries and is taken off.")
        )
        messages.ask(
            self, title=_("Unlock the entries?"), body=body, button=_("&Unlock"), then=self._unlock
        )

    def _unlock(self) -> None:
        with messages.reported(self):
            unit.unlock(self.sheet.ws, self.sheet.id)
            self.result = None
            for box in (self.later, self.provisional):
                box.blockSignals(True)  # what was ticked belongs to the revision before
                box.setChecked(False)
                box.blockSignals(False)
            self.sheet.reload()

    def show_print(self, kind: str) -> None:
        """Open the preview of a print."""
        from pmprb_desktop.ui.print_dialog import PrintDialog

        info = self.sheet.info
        title = _("Summary for the head") if kind == "summary" else _("Minutes (berita acara)")
        name = f"{kind}_{info.unit_code}_{info.year}_r{info.revision}".replace("/", "-")
        with messages.reported(self):
            job = unit.plan_report(self.sheet.ws, self.sheet.id, kind)
            PrintDialog(self.window(), job, title, name).open()

    def _on_letterhead(self) -> None:
        from pmprb_desktop.ui.letterhead_dialog import LetterheadDialog

        LetterheadDialog(self.window(), self.sheet.session).open()

    def _scans(self) -> tuple[EvidenceInfo, ...]:
        return tuple(unit.approvals(self.sheet.ws, self.sheet.id))

    def _scan_chip(self, entry: EvidenceInfo, *, removable: bool) -> Button:
        words = f"{texts.one_line(entry.name, 34)} · {texts.size(entry.bytes)}".replace("&", "&&")
        chip = Button(words + (" ✕" if removable else ""), role="chip", drawing="check")
        chip.setAccessibleName(_("Remove the scan {name}").format(name=entry.name))
        chip.setEnabled(removable)
        chip.clicked.connect(lambda: self._on_remove_scan(entry))
        return chip

    def _on_remove_scan(self, entry: EvidenceInfo) -> None:
        with messages.reported(self):
            unit.remove_approval(self.sheet.ws, entry.id)
        self.refresh()

    def _on_scan(self) -> None:
        dialog = QFileDialog(self.window(), _("Scan of the signed minutes"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda names: self.attach_scans([Path(n) for n in names]))
        dialog.open()

    def attach_scans(self, paths: list[Path]) -> tasks.Task:
        """Copy scans into the store and attach them as approval."""
        blobs = self.sheet.ws.blobs

        def work(job: tasks.Job) -> list[object]:
            return [blobs.ingest(path, cancelled=job.cancelled) for path in paths]

        task = tasks.run(work, parent=self, done=self._on_scanned)
        messages.Progress(self, task, _("Copying the scan"))
        return task

    def _on_scanned(self, taken: list[object]) -> None:
        with messages.reported(self):
            unit.approve(self.sheet.ws, self.sheet.id, taken)  # type: ignore[arg-type]
        self.refresh()

    def seal_to(self, folder: Path, passphrase: str | None = None) -> None:
        """Seal the revision, then write it into a folder."""
        later: unit.Approval | None = "later" if self.later.isChecked() else None
        try:
            plan = unit.plan_seal(
                self.sheet.ws,
                self.sheet.id,
                provisional=self.provisional.isChecked(),
                approval=later,
                passphrase=passphrase,
            )
        except UserError as error:
            self._refused(error, lambda words: self.seal_to(folder, words))
            return

        def work(job: tasks.Job) -> unit.Sealed:
            return unit.seal(plan, job.progress, job.cancelled)

        self._run(work, lambda sealed: self._on_sealed(sealed, folder), _("Reading and signing"))

    def _on_sealed(self, sealed: unit.Sealed, folder: Path) -> None:
        with messages.reported(self):
            unit.record_seal(self.sheet.ws, sealed)
            self.copy_to(folder)

    def copy_to(self, folder: Path) -> None:
        """Write the sealed revision into a folder, read it again and verify it."""
        with messages.reported(self):
            job = unit.plan_export(self.sheet.ws, self.sheet.id)

            def work(told: tasks.Job) -> ExportResult:
                return unit.export(job, folder, told.progress, told.cancelled)

            self._run(work, self._on_exported, _("Writing and reading again"))

    def _on_exported(self, result: ExportResult) -> None:
        self.result = result
        with messages.reported(self):
            unit.record_copy(self.sheet.ws, result)
        self.sheet.reload()
        self.refresh()
        self.area.verticalScrollBar().setValue(0)

    def _run(
        self,
        work: Callable[[tasks.Job], object],
        done: Callable[..., None],
        words: str,
    ) -> None:
        self._clock.start()
        self._words = words
        self.bar.setRange(0, 0)
        self.progress_words.setText(words)
        self.cancel_button.setEnabled(True)
        self.task = tasks.run(work, parent=self, done=done, refused=self._on_refused)
        self.task.progressed.connect(self._on_progress)
        self.task.ended.connect(self._on_ended)
        self.progress.show()
        self.refresh()
        QTimer.singleShot(0, self.progress, self._reveal_progress)

    def _reveal_progress(self) -> None:
        self.area.column.activate()
        self.area.ensureWidgetVisible(self.progress, 0, 24)

    def _on_progress(self, done: int, total: int, _text: str) -> None:
        self.bar.setRange(0, 1000 if total else 0)
        self.bar.setValue(min(1000, done * 1000 // total) if total else 0)
        seconds = max(self._clock.elapsed() / 1000, 0.001)
        speed = done / seconds
        words = f"{self._words}: {texts.size(done)} / {texts.size(total)}"
        if seconds > 1 and speed > 0:
            left = round((total - done) / speed)
            words += _(" · {speed}/s · {left} s left").format(
                speed=texts.size(round(speed)), left=left
            )
        self.progress_words.setText(words)

    def _on_cancel(self) -> None:
        if self.task is not None:
            self.task.cancel()
            self.cancel_button.setEnabled(False)

    def _on_ended(self) -> None:
        if self.task is None or not self.task.running:
            self.progress.hide()
            if self.sheet.info.id:
                self.sheet.reload()
            self.refresh()

    def _on_refused(self, error: UserError) -> None:
        messages.show_error(self, error)

    def _refused(self, error: UserError, again: Callable[[str], None]) -> None:
        if error.rule in ("PASSPHRASE_NEEDED", "PASSPHRASE_WRONG"):
            from pmprb_desktop.ui.passphrase_dialog import ask_passphrase

            wrong = error.rule == "PASSPHRASE_WRONG"
            dialog = ask_passphrase(self.window(), error.message if wrong else "")
            dialog.given.connect(lambda typed: again(typed[0]))
            dialog.open()
            return
        messages.show_error(self, error)
        self.sheet.reload()
