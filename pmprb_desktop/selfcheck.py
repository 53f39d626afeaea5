"""Tries the whole program in a temporary folder: what a frozen build must pass."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from pmprb_desktop import i18n, paths, unit
from pmprb_desktop.errors import UserError
from pmprb_desktop.rubric import loader
from pmprb_desktop.values import PersonDraft


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was tried."""

    name: str
    ok: bool
    detail: str = ""


class Failed(Exception):  # noqa: N818  (carries the sentence of a step)
    """A step did not give what it should."""


def run(folder: Path) -> list[Step]:
    """Every step, also after one failed."""
    steps: list[Step] = []

    def attempt(name: str, work: Callable[[], str]) -> None:
        try:
            steps.append(Step(name, ok=True, detail=work()))
        except UserError as error:
            steps.append(Step(name, ok=False, detail=f"{error.rule}: {error.message}"))
        except Exception as error:  # noqa: BLE001  (a self-check reports, it does not crash)
            steps.append(Step(name, ok=False, detail=f"{type(error).__name__}: {error}"))

    attempt("resources", _resources)
    attempt("rubrics", _rubrics)
    attempt("database migrations", lambda: _migrations(folder / "migrated"))
    attempt("package", lambda: _package(folder))
    attempt("previews", lambda: _preview(folder))
    attempt("window", _window)
    return steps


def _resources() -> str:
    root = paths.resources()
    wanted = ("style.qss", "locale/id/LC_MESSAGES/pmprb_desktop.mo", "schemas", "fonts", "icons")
    missing = [name for name in wanted if not (root / name).exists()]
    if missing:
        raise Failed(", ".join(missing))
    before = i18n.language()
    i18n.use_language("id")
    try:
        if i18n._("draft") == "draft":
            raise Failed("Indonesian texts are missing")
    finally:
        i18n.use_language(before)
    return f"{sum(1 for path in root.rglob('*') if path.is_file())} files"


def _rubrics() -> str:
    editions = list(loader.released())
    if not editions:
        raise Failed("no editions")
    return ", ".join(loader.load(edition).edition for edition in editions)


def _migrations(folder: Path) -> str:
    from pmprb_desktop.records import SCHEMA
    from pmprb_desktop.store.database import schema_version, upgrade

    folder.mkdir()
    upgrade(folder / "workspace.db")
    version = schema_version(folder / "workspace.db")
    if version != SCHEMA:
        raise Failed(f"schema {version}")
    return version


@contextmanager
def _practice(folder: Path) -> Iterator[tuple[unit.Workspace, str]]:
    with unit.open_workspace(folder / "workspace") as ws:
        if not unit.info(ws).is_set_up:
            unit.setup(ws, "unit", "UJI", "Unit uji", PersonDraft("Asesor Uji"))
            unit.make_practice(ws)
        yield ws, unit.assessments(ws)[0].id


def _package(folder: Path) -> str:
    with _practice(folder) as (ws, assessment_id):
        for kind in ("summary", "minutes"):
            unit.render_job(unit.plan_report(ws, assessment_id, kind), BytesIO(), "F4")
        sealed = unit.seal(unit.plan_seal(ws, assessment_id, provisional=True))
        unit.record_seal(ws, sealed)
        result = unit.export(unit.plan_export(ws, assessment_id), folder / "target")
        unit.record_copy(ws, result)
        if not unit.verify_trail(ws, assessment_id).ok:
            raise Failed("trail")
        if not unit.inspect(Path(result.path)).valid:
            raise Failed("package not valid")
    return f"{result.files} files, {result.bytes} bytes"


def _preview(folder: Path) -> str:
    from pmprb_desktop.evidence import PreviewUnavailable, page_count, page_image

    with _practice(folder) as (ws, assessment_id):
        target = folder / "summary.pdf"
        unit.render_job(unit.plan_report(ws, assessment_id, "summary"), target)
    image = page_image(target, "application/pdf", 0, 400)
    if isinstance(image, PreviewUnavailable):
        raise Failed(image.reason)
    return f"{page_count(target, 'application/pdf')} page, {image.width}×{image.height}"


def _window() -> str:
    from PySide6 import QtCore, QtGui, QtPrintSupport, QtSvg, QtWidgets

    modules = (QtCore, QtGui, QtPrintSupport, QtSvg, QtWidgets)
    return f"Qt {QtCore.qVersion()}, {len(modules)} modules"
