"""What verbs may ask of the store inside one transaction."""

import json
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import event, func, or_
from sqlmodel import Session, SQLModel, col, select

from pmprb_desktop.errors import UserError
from pmprb_desktop.i18n import _
from pmprb_desktop.records import (
    AnswerRow,
    AssessmentRow,
    BlobRow,
    EvidenceItemRow,
    EvidenceRow,
    PackageCopyRow,
    PackageFileRow,
    PackageRow,
    SettingRow,
    TrailRow,
    UnitKeyRow,
    WorkspaceRow,
)

Row = TypeVar("Row", bound=SQLModel)
Value = TypeVar("Value")
Models = frozenset[type[SQLModel]]
Memo = dict[Hashable, tuple[Models, Any]]
"""Values that were read once, each with the tables that it depends on."""


class TrackedSession(Session):
    """A session that knows which tables it wrote to."""


@event.listens_for(TrackedSession, "after_flush")
def _on_flush(session: TrackedSession, _context: object) -> None:
    touched = session.info.setdefault("touched", set())
    touched.update(type(row) for row in (*session.new, *session.dirty, *session.deleted))


class Repository:
    """Rows of one transaction. Rows must not be used after it ends."""

    def __init__(self, session: TrackedSession, memo: Memo) -> None:
        self._session = session
        self._memo = memo

    @property
    def _touched(self) -> set[type[SQLModel]]:
        touched: set[type[SQLModel]] = self._session.info.get("touched", set())
        return touched

    def remember(self, key: Hashable, models: Models, make: Callable[[], Value]) -> Value:
        """A value that depends on rows of ``models`` alone, kept until one of them changes."""
        if self._touched & models:
            return make()
        if key not in self._memo:
            self._memo[key] = (models, make())
        value: Value = self._memo[key][1]
        return value

    def forget_changed(self) -> None:
        """Drop remembered values that this transaction has changed."""
        for key, (models, _value) in list(self._memo.items()):
            if models & self._touched:
                del self._memo[key]

    def get(self, model: type[Row], key: Any) -> Row | None:
        """The row with this primary key; none has a key that cannot be written."""
        return self._session.get(model, key) if _writable(key) else None

    def add(self, row: SQLModel) -> None:
        """Insert or change a row; the database sees it at once, so that order is kept."""
        self._session.add(row)
        self._session.flush()

    def delete(self, row: SQLModel) -> None:
        """Remove a row."""
        self._session.delete(row)
        self._session.flush()

    def rows(self, model: type[Row], order: Sequence[str] = (), **where: Any) -> list[Row]:
        """Rows whose columns equal ``where``, sorted by the named columns."""
        query = select(model)
        if not all(map(_writable, where.values())):
            return []
        for name, value in where.items():
            query = query.where(getattr(model, name) == value)
        for name in order:
            query = query.order_by(getattr(model, name))
        return list(self._session.exec(query))

    def assessment(self, assessment_id: str) -> AssessmentRow:
        """An assessment that must be there."""
        row = self.get(AssessmentRow, assessment_id)
        if row is None:
            raise UserError(
                "ASSESSMENT_UNKNOWN",
                _("There is no assessment “{id}” in this workspace.").format(id=assessment_id[:80]),
                next_step=_("“pmprb status” without a name lists the assessments."),
            )
        return row

    def setting(self, key: str, default: str = "") -> str:
        """A small setting."""
        row = self.get(SettingRow, key)
        return row.value if row is not None else default

    def set_setting(self, key: str, value: str) -> None:
        """Keep a small setting."""
        row = self.get(SettingRow, key) or SettingRow(key=key, value=value)
        row.value = value
        self.add(row)

    def last_trail_row(self, assessment_id: str) -> TrailRow | None:
        """The head of an assessment's chain."""
        query = (
            select(TrailRow)
            .where(TrailRow.assessment_id == assessment_id)
            .order_by(col(TrailRow.seq).desc())
            .limit(1)
        )
        return self._session.exec(query).first()

    def trail_actions(
        self, assessment_id: str, actions: Iterable[str]
    ) -> list[tuple[int, str, int | None]]:
        """(seq, action, target) of the rows with these actions, in order."""
        query = (
            select(TrailRow.seq, TrailRow.action, TrailRow.target)
            .where(TrailRow.assessment_id == assessment_id)
            .where(col(TrailRow.action).in_(list(actions)))
            .order_by(col(TrailRow.seq))
        )
        return list(self._session.exec(query))

    def trail_lines(self, assessment_id: str) -> list[tuple[str, str]]:
        """(line, hash) of every row of a chain, in order."""
        query = (
            select(TrailRow.line, TrailRow.hash)
            .where(TrailRow.assessment_id == assessment_id)
            .order_by(col(TrailRow.seq))
        )
        return list(self._session.exec(query))

    def trail_row(self, assessment_id: str, seq: int) -> dict[str, Any]:
        """What one row of a chain says."""
        row = self._session.get_one(TrailRow, (assessment_id, seq))
        content: dict[str, Any] = json.loads(row.line)
        return content

    def evidence(self, assessment_id: str, role: str = "evidence") -> list[EvidenceRow]:
        """Evidence (or approvals) that stands, oldest first."""
        query = (
            select(EvidenceRow)
            .where(EvidenceRow.assessment_id == assessment_id)
            .where(EvidenceRow.role == role)
            .where(col(EvidenceRow.removed_at).is_(None))
            .order_by(col(EvidenceRow.added_at), col(EvidenceRow.id))
        )
        return list(self._session.exec(query))

    def evidence_items(self, assessment_id: str) -> list[EvidenceItemRow]:
        """Which evidence belongs to which item, in its order."""
        query = (
            select(EvidenceItemRow)
            .join(EvidenceRow, col(EvidenceRow.id) == col(EvidenceItemRow.evidence_id))
            .where(EvidenceRow.assessment_id == assessment_id)
            .order_by(col(EvidenceItemRow.code), col(EvidenceItemRow.position))
        )
        return list(self._session.exec(query))

    def next_position(self, assessment_id: str, code: str) -> int:
        """The place after the last piece of evidence of an item."""
        query = (
            select(func.max(EvidenceItemRow.position))
            .join(EvidenceRow, col(EvidenceRow.id) == col(EvidenceItemRow.evidence_id))
            .where(EvidenceRow.assessment_id == assessment_id)
            .where(EvidenceItemRow.code == code)
        )
        return (self._session.exec(query).one() or 0) + 1

    def blobs(self, digests: Iterable[str]) -> Mapping[str, BlobRow]:
        """The known facts of some files of the content store."""
        query = select(BlobRow).where(col(BlobRow.sha256).in_(list(set(digests))))
        return {row.sha256: row for row in self._session.exec(query)}

    def referenced_blobs(self, removed_after: str) -> set[str]:
        """Every content digest that something refers to.

        Evidence that was taken away (or replaced) counts until ``removed_after``, so that taking
        it back stays possible; what a sealed package holds counts for ever.
        """
        evidence = self._session.exec(
            select(EvidenceRow.sha256)
            .where(col(EvidenceRow.sha256).is_not(None))
            .where(
                or_(
                    col(EvidenceRow.removed_at).is_(None),
                    col(EvidenceRow.removed_at) > removed_after,
                )
            )
            .distinct()
        )
        packages = self._session.exec(select(PackageFileRow.sha256).distinct())
        return {digest for digest in evidence if digest} | set(packages)

    def last_copy(self, assessment_id: str) -> str | None:
        """When a package of this assessment was last written outside."""
        query = (
            select(func.max(PackageCopyRow.written_at))
            .join(PackageRow, col(PackageRow.digest) == col(PackageCopyRow.digest))
            .where(PackageRow.assessment_id == assessment_id)
        )
        return self._session.exec(query).one()

    def last_package(self, assessment_id: str) -> PackageRow | None:
        """The newest sealed revision."""
        query = (
            select(PackageRow)
            .where(PackageRow.assessment_id == assessment_id)
            .order_by(col(PackageRow.revision).desc(), col(PackageRow.key_seq).desc())
            .limit(1)
        )
        return self._session.exec(query).first()

    def active_key(self, unit_code: str) -> UnitKeyRow | None:
        """The key that signs for a unit now."""
        query = (
            select(UnitKeyRow)
            .where(UnitKeyRow.unit_code == unit_code)
            .where(UnitKeyRow.state == "active")
        )
        return self._session.exec(query).first()

    def answer_totals(self) -> tuple[int, str | None, str | None]:
        """Number of answers, and code and time of the last one."""
        count = self._session.exec(select(func.count()).select_from(AnswerRow)).one()
        last = self._session.exec(
            select(AnswerRow.code, AnswerRow.at).order_by(col(AnswerRow.at).desc()).limit(1)
        ).first()
        return count, last[0] if last else None, last[1] if last else None

    def renew_installation(self, installation_id: str) -> None:
        """Give the workspace a new installation id (after a restore)."""
        for row in self.rows(WorkspaceRow):
            row.installation_id = installation_id
            self.add(row)


def _writable(key: object) -> bool:
    """Whether SQLite can hold a key: text with a lone surrogate cannot be bound."""
    if isinstance(key, tuple):
        return all(map(_writable, key))
    if not isinstance(key, str):
        return True
    try:
        key.encode()
    except UnicodeEncodeError:
        return False
    return True
