"""One open assessment: what the wizard shows, and the signals that tell what changed."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from pmprb_desktop import flow, unit
from pmprb_desktop.i18n import _
from pmprb_desktop.rubric.model import AnyItem
from pmprb_desktop.scoring import NodeScore, is_answered
from pmprb_desktop.ui.session import Session
from pmprb_desktop.values import AnswerInfo, AssessmentInfo, Change, EvidenceInfo, Worksheet


class Sheet(QObject):
    """State of the assessment on the screen; every change goes through a verb at once."""

    answer_saved = Signal(object)
    evidence_changed = Signal(object)
    info_changed = Signal()
    reloaded = Signal()
    saved = Signal(str)

    def __init__(self, session: Session, assessment_id: str) -> None:
        super().__init__()
        self.session = session
        self.ws = session.ws
        self.worksheet: Worksheet = unit.worksheet(self.ws, assessment_id)
        self.id = assessment_id
        self.stepping = False
        self._take()

    def _take(self) -> None:
        sheet = self.worksheet
        self.rubric = sheet.rubric
        self.info: AssessmentInfo = sheet.info
        self.answers: dict[str, AnswerInfo] = dict(sheet.answers)
        self.score = sheet.score
        self.evidence: tuple[EvidenceInfo, ...] = sheet.evidence
        self.corrections: Mapping[str, str] = sheet.corrections
        self.items = flow.ordered_items(self.rubric)
        self.order = flow.stops(self.rubric)

    @property
    def read_only(self) -> bool:
        """Whether entries are frozen."""
        return self.info.read_only

    @property
    def practice(self) -> bool:
        """Whether this is only an exercise."""
        return self.info.practice

    def words(self, text: str) -> str:
        """A text of the rubric with the words of this kind of government."""
        return self.rubric.words(text, self.worksheet.government)

    def answer_of(self, code: str) -> AnswerInfo:
        """What stands in an item; blank when nothing does."""
        return self.answers.get(code) or AnswerInfo(code)

    def is_answered(self, item: AnyItem) -> bool:
        """Whether an item counts as answered."""
        known = self.answers.get(item.code)
        return known is not None and is_answered(item, known.answer)

    def editable(self, code: str) -> bool:
        """Whether an item may be changed now: all, or only those asked for in a correction."""
        if self.read_only:
            return False
        return (
            self.info.state != "needs_correction"
            or not self.corrections
            or (code in self.corrections)
        )

    def why_read_only(self, code: str | None = None) -> str:
        """Why nothing (or this item) can be changed now; empty when it can."""
        if self.read_only:
            return _("This revision can only be read; unlock it in the last step")
        if code is not None and not self.editable(code):
            return _("Only the items that your office names can be changed")
        return ""

    def blank(self) -> frozenset[str]:
        """Codes that are not answered yet."""
        return frozenset(item.code for item in self.items if not self.is_answered(item))

    def flagged(self) -> frozenset[str]:
        """Codes marked "look again"."""
        return frozenset(code for code, known in self.answers.items() if known.review_later)

    def node_score(self, code: str) -> NodeScore | None:
        """Score of a node."""
        return self.score.nodes.get(code)

    def evidence_of(self, code: str) -> tuple[EvidenceInfo, ...]:
        """Evidence of an item, in its order."""
        found = [entry for entry in self.evidence if code in entry.items and not entry.removed]
        return tuple(sorted(found, key=lambda entry: entry.place(code)))

    def answer(self, code: str, **change: Any) -> Change:
        """Write an answer; it is on disk when this returns."""
        done: Change = unit.answer(self.ws, self.id, code, **change)
        self._took(done)
        return done

    def undo(self) -> Change | None:
        """Take back the last change."""
        return self._step(unit.undo(self.ws, self.id))

    def redo(self) -> Change | None:
        """Make the change that was taken back."""
        return self._step(unit.redo(self.ws, self.id))

    def set_place(self, code: str) -> None:
        """Remember where the person is, for the next start."""
        with suppress(KeyError):
            unit.set_place(self.ws, self.id, code)

    def reload(self) -> None:
        """Read everything again, after locking, opening a file, or a change of many items."""
        self.worksheet = unit.worksheet(self.ws, self.id)
        self._take()
        self.reloaded.emit()
        self.info_changed.emit()

    def reload_evidence(self, codes: Iterable[str]) -> None:
        """Read evidence again and tell which items are touched."""
        self.worksheet = unit.worksheet(self.ws, self.id)
        self.evidence = self.worksheet.evidence
        self.info = self.worksheet.info
        self.evidence_changed.emit(frozenset(codes))
        self.info_changed.emit()
        self.saved.emit("")

    def path_of(self, entry: EvidenceInfo) -> Path | None:
        """Where the bytes of a piece of evidence lie; None for a link."""
        return Path(self.ws.blobs.path(entry.sha256)) if entry.sha256 else None

    def _step(self, change: Change | None) -> Change | None:
        if change is not None:
            self.stepping = True
            try:
                self._took(change)
            finally:
                self.stepping = False
        return change

    def _took(self, change: Change) -> None:
        self.answers[change.code] = change.after
        self.score = change.score
        self.info = change.info
        self.answer_saved.emit(change)
        self.info_changed.emit()
        self.saved.emit(change.at)
