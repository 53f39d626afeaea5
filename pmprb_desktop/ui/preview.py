"""Pages of a file inside the window: drawn in a worker, shown here."""

from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from pmprb_desktop.i18n import _
from pmprb_desktop.ui import tasks
from pmprb_desktop.ui.form import allow
from pmprb_desktop.ui.widgets import Button, IconButton, label

ZOOMS = (0.5, 0.75, 1.0, 1.5, 2.0, 3.0)
SHARP = 1600


def to_image(page: object) -> QImage | None:
    """A page of ``evidence.page_image`` as Qt's picture; None for what cannot be shown."""
    from pmprb_desktop.evidence import PageImage

    if not isinstance(page, PageImage):
        return None
    alpha = page.mode == "RGBA"
    form = QImage.Format.Format_RGBA8888 if alpha else QImage.Format.Format_RGB888
    step = page.width * (4 if alpha else 3)
    return QImage(page.data, page.width, page.height, step, form).copy()


class PreviewPane(QWidget):
    """One page at a time, fitted to the width, with pages and zoom."""

    def __init__(self) -> None:
        super().__init__()
        self._path: Path | None = None
        self._media = ""
        self._pages = 0
        self._page = 0
        self._zoom = 1.0
        self._image: QImage | None = None
        self._task: tasks.Task | None = None
        self.picture = QLabel()
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.picture.setWordWrap(True)
        self.picture.setTextFormat(Qt.TextFormat.PlainText)
        self.area = QScrollArea()
        self.area.setObjectName("scroll")
        self.area.setWidget(self.picture)
        self.area.setWidgetResizable(True)
        self.area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.area.setAccessibleName(_("Preview"))
        self.before = IconButton("left", _("Previous page"))
        self.after = IconButton("right", _("Next page"))
        self.where = label(tone="muted")
        self.smaller = Button("−", lambda: self._step_zoom(-1), name=_("Smaller"))
        self.larger = Button("+", lambda: self._step_zoom(1), name=_("Larger"))
        self.before.clicked.connect(lambda: self.show_page(self._page - 1))
        self.after.clicked.connect(lambda: self.show_page(self._page + 1))
        tools = QHBoxLayout()
        for widget in (self.before, self.where, self.after):
            tools.addWidget(widget)
        tools.addStretch(1)
        for button in (self.smaller, self.larger):
            button.setFixedWidth(40)
            tools.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(tools)
        layout.addWidget(self.area, 1)

    def show_file(self, path: Path | None, media_type: str, instead: str = "") -> None:
        """Show the first page of a file, or words where there is nothing to show."""
        self._path, self._media = path, media_type
        self._image = None
        self._page = self._pages = 0
        self._tools()
        if path is None:
            self.say(instead)
            return
        self.say(_("Drawing the page …"))

        def work(_job: tasks.Job) -> tuple[Path, int | None]:
            from pmprb_desktop.evidence import page_count

            return path, page_count(path, media_type)

        tasks.run(work, parent=self, done=self._on_counted)

    def say(self, words: str) -> None:
        """Show words in the place of a picture."""
        self.picture.setPixmap(QPixmap())
        self.picture.setText(words)

    def show_page(self, page: int) -> None:
        """Show another page."""
        path, media = self._path, self._media
        if path is None or not 0 <= page < max(self._pages, 1):
            return
        self._page = page
        self._tools()
        if self._task is not None:
            self._task.cancel()

        def work(_job: tasks.Job) -> tuple[Path, int, object]:
            from pmprb_desktop.evidence import page_image

            return path, page, page_image(path, media, page, SHARP)

        self._task = tasks.run(work, parent=self, done=self._on_drawn)

    def _on_counted(self, result: tuple[Path, int | None]) -> None:
        path, count = result
        if path == self._path:
            self._pages = count or 1
            self.show_page(0)

    def _on_drawn(self, result: tuple[Path, int, object]) -> None:
        path, page, drawn = result
        if path != self._path or page != self._page:
            return
        self._image = to_image(drawn)
        if self._image is None:
            reason = getattr(drawn, "reason", "")
            self.say("\n".join((reason, _("Open it in its own program."))))
        self._fit()
        self._tools()

    def _tools(self) -> None:
        many = self._pages > 1
        for widget in (self.before, self.after, self.where):
            widget.setVisible(many)
        self.where.setText(
            _("Page {page} of {count}").format(page=self._page + 1, count=self._pages)
        )
        first, last = self._page <= 0, self._page >= self._pages - 1
        allow(self.before, _("This is the first page") if first else "", _("Previous page"))
        allow(self.after, _("This is the last page") if last else "", _("Next page"))
        for button in (self.smaller, self.larger):
            button.setVisible(self._image is not None)

    def _step_zoom(self, step: int) -> None:
        at = min(range(len(ZOOMS)), key=lambda i: abs(ZOOMS[i] - self._zoom))
        self._zoom = ZOOMS[min(max(at + step, 0), len(ZOOMS) - 1)]
        self._fit()

    def _fit(self) -> None:
        if self._image is None:
            return
        room = self.area.viewport().size()
        ratio = self.devicePixelRatioF()
        wish = QSize(max(room.width() - 8, 50), max(room.height() - 8, 50))
        size = self._image.size().scaled(wish, Qt.AspectRatioMode.KeepAspectRatio) * self._zoom
        shown = self._image.scaled(
            size * ratio,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        shown.setDevicePixelRatio(ratio)
        self.picture.setPixmap(QPixmap.fromImage(shown))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the page anew."""
        super().resizeEvent(event)
        self._fit()
