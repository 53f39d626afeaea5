"""Files into the content store in a worker, then to their items; copies out for viewing."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QUrl
from PySide6.QtGui import QDesktopServices, QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from pmprb_desktop import unit
from pmprb_desktop.errors import UserError
from pmprb_desktop.i18n import _, ngettext
from pmprb_desktop.ui import messages, tasks, texts
from pmprb_desktop.ui.sheet import Sheet
from pmprb_desktop.values import EvidenceInfo


def copy_into_store(
    sheet: Sheet, files: Sequence[tuple[Path, tuple[str, ...]]]
) -> Callable[[tasks.Job], list[UserError]]:
    """Work for a thread: copy files into the store, hand over each, return what was refused."""
    blobs = sheet.ws.blobs

    def work(job: tasks.Job) -> list[UserError]:
        refused: list[UserError] = []
        sizes = [_size(path) for path, _codes in files]
        for at, (path, codes) in enumerate(files):
            before, words = sum(sizes[:at]), texts.one_line(path.name)

            def told(done: int, before: int = before, words: str = words) -> None:
                job.progress(before + done, sum(sizes), words)

            told(0)
            try:
                job.deliver((codes, blobs.ingest(path, progress=told, cancelled=job.cancelled)))
            except UserError as error:
                refused.append(error)
        return refused

    return work


def attach_in_background(
    owner: QWidget,
    sheet: Sheet,
    work: Callable[[tasks.Job], list[UserError]],
    title: str,
    then: Callable[[int], None] | None = None,
) -> None:
    """Run such work with progress; attach what it hands over and say what was refused."""
    attached: list[tuple[str, ...]] = []
    double: list[str] = []

    def on_part(part: tuple[tuple[str, ...], Any]) -> None:
        codes, ingested = part
        with messages.reported(owner):
            if _is_there(sheet, codes, ingested.sha256):
                double.append(ingested.name)
            unit.attach(sheet.ws, sheet.id, list(codes), ingested)
            attached.append(codes)

    def on_end() -> None:
        sheet.reload_evidence({code for codes in attached for code in codes})

    def on_done(refused: list[UserError]) -> None:
        _say_refused(owner, refused, double)
        if then is not None:
            then(len(attached))

    task = tasks.run(work, parent=owner, delivered=on_part, done=on_done)
    task.ended.connect(on_end)
    messages.Progress(owner, task, title)


def _is_there(sheet: Sheet, codes: Sequence[str], sha256: str) -> bool:
    return any(
        entry.sha256 == sha256 and not entry.removed and set(codes) <= set(entry.items)
        for entry in sheet.evidence
    )


def _say_refused(owner: QWidget, refused: list[UserError], double: Sequence[str]) -> None:
    already = ""
    if double:
        already = ngettext(
            "{count} file was already attached here and is kept once.",
            "{count} files were already attached here and are kept once.",
            len(double),
        ).format(count=len(double))
    if len(refused) == 1 and not double:
        messages.show_error(owner, refused[0])
    elif refused:
        count = len(refused)
        title = ngettext("{count} file was not taken", "{count} files were not taken", count)
        messages.show(
            owner,
            title=title.format(count=count),
            body="\n".join(f"• {error.message}" for error in refused[:8]),
            detail=already,
            kind="warning",
        )
    elif already:
        names = "\n".join(f"• {texts.one_line(name)}" for name in double[:8])
        messages.show(owner, title=already, body=names, kind="info")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _show_outside(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def png_bytes(image: QImage) -> bytes:
    """A picture as the bytes of a PNG file."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(data.data())


def open_outside(owner: QWidget, sheet: Sheet, entry: EvidenceInfo) -> None:
    """Open a copy with its real name in the system's viewer, or the address in the browser."""
    if entry.url or entry.sha256 is None:
        QDesktopServices.openUrl(QUrl(entry.url or ""))
        return
    source = Path(sheet.ws.blobs.path(entry.sha256))
    folder = sheet.session.path / "staging" / "view" / entry.sha256[:12]

    def work(_job: tasks.Job) -> Path:
        from pmprb_desktop.evidence import file_name

        target = folder / file_name(entry.name, entry.media_type)
        if not target.exists():
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
        return target

    task = tasks.run(
        work,
        parent=owner,
        done=_show_outside,
    )
    messages.Progress(owner, task, _("Opening {name}").format(name=texts.one_line(entry.name)))


def ask_for_export(owner: QWidget, sheet: Sheet) -> None:
    """Ask where to, then write all evidence as folders by code."""
    dialog = QFileDialog(owner.window(), _("Save all evidence as a folder"))
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.fileSelected.connect(lambda name: export_folder(owner, sheet, Path(name)))
    dialog.open()


def export_folder(owner: QWidget, sheet: Sheet, target: Path) -> tasks.Task | None:
    """Write all evidence in a worker; what is there already stays."""
    with messages.reported(owner):
        plan = unit.plan_evidence_export(sheet.ws, sheet.id)

        def work(job: tasks.Job) -> int:
            return unit.export_evidence(plan, target, job.progress, job.cancelled)

        def done(count: int) -> None:
            title = ngettext("{count} file was written", "{count} files were written", count)
            messages.show(owner, title=title.format(count=count), body=str(target), kind="done")

        task = tasks.run(work, parent=owner, done=done)
        messages.Progress(owner, task, _("Writing the evidence"))
        return task
    return None
