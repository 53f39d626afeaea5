"""Changing the page of the wizard, beside showing a bare widget of the same number of buttons."""

import os
from functools import partial
from pathlib import Path

from pmprb_desktop import unit
from pmprb_desktop.values import PersonDraft
from tests.bench.timing import percentile, timed


def run(folder: Path, smoke: bool) -> list[str]:
    """A page change below 50 ms with the largest edition, first and later visits alike."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication, QRadioButton, QVBoxLayout, QWidget

    from pmprb_desktop.ui.app import application
    from pmprb_desktop.ui.session import Session
    from pmprb_desktop.ui.wizard import WizardView

    application()
    session = Session.open(folder / "data")
    unit.setup(session.ws, "unit", "BENCH", "Bench unit", PersonDraft("Assessor"))
    info = unit.make_practice(session.ws, "pmprb-2020-instansi")
    view = WizardView(session, info.id)
    view.resize(1366, 697)
    view.show()
    view.start()
    QApplication.processEvents()
    pages = unit.worksheet(session.ws, info.id).rubric.pages
    visits = pages[:6] if smoke else pages
    first: list[float] = []
    later: list[float] = []

    def visit(code: str) -> None:
        view.open_node(code)
        QApplication.processEvents()

    for times in (first, later):
        times.extend(timed(partial(visit, page.code)) for page in visits)

    def bare() -> None:
        widget = QWidget()
        layout = QVBoxLayout(widget)
        for _number in range(30):
            layout.addWidget(QRadioButton("option"))
        widget.resize(1000, 600)
        widget.show()
        QApplication.processEvents()
        widget.close()

    base = percentile([timed(bare) for _round in range(5 if smoke else 40)], 0.5)
    view.leave()
    session.close()
    middle, worst = percentile(first, 0.5), max(first)
    again, slowest = percentile(later, 0.5), max(later)
    return [
        f"{len(visits)} pages of {info.items} items; a bare page {base * 1000:.1f} ms",
        f"first visit {middle * 1000:.1f} ms = {middle / base:.1f} x bare (median)",
        f"first visit, slowest {worst * 1000:.1f} ms (limit 50)",
        f"later visit {again * 1000:.1f} ms, slowest {slowest * 1000:.1f} ms (limit 50)",
    ]
