"""Preview of a print: pages, paper, printer, PDF file."""

import shutil
import tempfile
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QMarginsF, QSizeF, Qt
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter, QPixmap
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from pmprb_desktop import unit
from pmprb_desktop.errors import UserError
from pmprb_desktop.i18n import _, ngettext
from pmprb_desktop.ui import messages, tasks
from pmprb_desktop.ui.form import allow
from pmprb_desktop.ui.preview import to_image
from pmprb_desktop.ui.widgets import Button, Scroll, label

Paper = Literal["A4", "F4"]
SIZES = {"A4": QSizeF(210, 297), "F4": QSizeF(215, 330)}
PDF = "application/pdf"
SHOWN = 1500
PRINTED = 3600


class PrintDialog(QDialog):
    """Renders a report in a worker and shows its pages."""

    def __init__(self, parent: QWidget, job: unit.ReportJob, title: str, name: str) -> None:
        super().__init__(parent)
        self.job = job
        self.name = name
        self.pdf: Path | None = None
        self.pages = 0
        self._folder = Path(tempfile.mkdtemp(prefix="pmprb-"))
        self._task: tasks.Task | None = None
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(min(980, parent.width() - 40), parent.height() - 20)
        self.paper = QComboBox()
        self.paper.addItem(_("A4 (210 × 297 mm)"), "A4")
        self.paper.addItem(_("F4 / Folio (215 × 330 mm)"), "F4")
        self.paper.currentIndexChanged.connect(self.render_pdf)
        caption = label(_("Pa&per"))
        caption.setBuddy(self.paper)
        self.count = label(tone="muted")
        self.print_button = Button(_("&Print …"), self.print_pages, role="primary", drawing="print")
        self.save_button = Button(_("&Save as PDF …"), self._on_save, drawing="save")
        bar = QHBoxLayout()
        bar.setContentsMargins(16, 12, 16, 8)
        bar.setSpacing(10)
        for widget in (caption, self.paper, self.count):
            bar.addWidget(widget)
        bar.addStretch(1)
        for button in (self.save_button, self.print_button, Button(_("&Close"), self.accept)):
            bar.addWidget(button)
        self.area = Scroll(margins=(20, 12, 20, 20))
        self.area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.area.setAccessibleName(_("Pages"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(bar)
        layout.addWidget(self.area, 1)
        self.finished.connect(self._on_closed)
        self.render_pdf()

    def chosen_paper(self) -> Paper:
        """A4 or F4."""
        return "F4" if self.paper.currentData() == "F4" else "A4"

    def render_pdf(self) -> None:
        """Make the PDF anew and draw its pages."""
        paper, job = self.chosen_paper(), self.job
        target = self._folder / f"{paper}.pdf"
        for button in (self.print_button, self.save_button):
            allow(button, _("Drawing the pages …"))
        self.count.setText(_("Drawing the pages …"))

        def work(told: tasks.Job) -> tuple[Path, list[QImage]]:
            from pmprb_desktop.evidence import page_count, page_image

            if not target.exists():
                unit.render_job(job, target, paper)
            images = []
            for at in range(page_count(target, PDF) or 0):
                if told.cancelled():
                    break
                image = to_image(page_image(target, PDF, at, SHOWN))
                if image is not None:
                    images.append(image)
            return target, images

        if self._task is not None:
            self._task.cancel()
        self._task = tasks.run(work, parent=self, done=self._on_rendered, refused=self._on_refused)

    def _on_closed(self) -> None:
        if self._task is not None:
            self._task.cancel()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _on_refused(self, error: UserError) -> None:
        messages.show_error(self.parentWidget(), error)
        self.reject()

    def _on_rendered(self, result: tuple[Path, list[QImage]]) -> None:
        from pmprb_desktop.ui.widgets import clear

        if result[0].stem != self.chosen_paper():
            return  # the other paper was chosen meanwhile
        self.pdf, images = result
        self.pages = len(images)
        clear(self.area.column)
        ratio = self.devicePixelRatioF()
        width = min(self.area.viewport().width() - 60, 760)
        for at, image in enumerate(images, start=1):
            page = QLabel()
            shown = image.scaledToWidth(
                round(width * ratio), Qt.TransformationMode.SmoothTransformation
            )
            shown.setDevicePixelRatio(ratio)
            page.setPixmap(QPixmap.fromImage(shown))
            page.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            page.setAccessibleName(_("Page {page} of {count}").format(page=at, count=self.pages))
            self.area.column.addWidget(page)
        self.area.column.addStretch(1)
        self.count.setText(
            ngettext("{count} page", "{count} pages", self.pages).format(count=self.pages)
        )
        for button in (self.print_button, self.save_button):
            allow(button)

    def print_pages(self) -> None:
        """Ask for a printer and print."""
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        self.prepare(printer)
        dialog = QPrintDialog(printer, self)
        dialog.setMinMax(1, max(self.pages, 1))
        dialog.accepted.connect(lambda: self.print_to(printer))
        QDialog.open(dialog)

    def prepare(self, printer: QPrinter) -> None:
        """Paper and margins of a printer."""
        size = SIZES[self.chosen_paper()]
        page = QPageSize(size, QPageSize.Unit.Millimeter, self.chosen_paper())
        printer.setPageLayout(
            QPageLayout(page, QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0))
        )
        printer.setFullPage(True)
        printer.setDocName(self.name)

    def print_to(self, printer: QPrinter) -> tasks.Task | None:
        """Draw every page in print quality, then send them to the printer."""
        pdf, count = self.pdf, self.pages
        if pdf is None:
            return None
        first = printer.fromPage() or 1
        last = printer.toPage() or count

        def work(told: tasks.Job) -> list[QImage]:
            from pmprb_desktop.evidence import page_image

            images = []
            for at in range(first - 1, min(last, count)):
                told.progress(at, count)
                image = to_image(page_image(pdf, PDF, at, PRINTED))
                if image is not None:
                    images.append(image)
            return images

        task = tasks.run(work, parent=self, done=lambda images: _paint(printer, images))
        messages.Progress(self, task, _("Preparing the print"))
        return task

    def _on_save(self) -> None:
        dialog = QFileDialog(self, _("Save as PDF"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("pdf")
        dialog.selectFile(f"{self.name}.pdf")
        dialog.fileSelected.connect(lambda path: self.save(Path(path)))
        dialog.open()

    def save(self, target: Path) -> None:
        """Write the PDF to a place."""
        if self.pdf is not None:
            with messages.reported(self):
                unit.write_whole(target, self.pdf.read_bytes())
                self.count.setText(_("✓ Saved: {name}").format(name=target.name))


def _paint(printer: QPrinter, images: list[QImage]) -> None:
    painter = QPainter(printer)
    for at, image in enumerate(images):
        if at:
            printer.newPage()
        box = painter.viewport()
        size = image.size().scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(
            box.x() + (box.width() - size.width()) // 2,
            box.y(),
            image.scaled(size, Qt.AspectRatioMode.KeepAspectRatio),
        )
    painter.end()
