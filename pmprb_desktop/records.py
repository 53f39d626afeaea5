"""The tables of a workspace. Rows never leave the store; SQLModel tables do not validate."""

from typing import Final

from sqlalchemy import LargeBinary
from sqlmodel import Column, Field, SQLModel

SCHEMA: Final = "0001"
"""Alembic revision of the tables below."""


class WorkspaceRow(SQLModel, table=True):
    """The one row about the workspace itself."""

    __tablename__ = "workspace"
    id: int = Field(default=1, primary_key=True)
    role: str
    government: str
    installation_id: str
    person_id: str | None = None
    created_at: str


class SettingRow(SQLModel, table=True):
    """Small settings: letterhead, chosen language, last error."""

    __tablename__ = "setting"
    key: str = Field(primary_key=True)
    value: str


class UnitRow(SQLModel, table=True):
    """A unit that is assessed here; one laptop may serve several."""

    __tablename__ = "unit"
    code: str = Field(primary_key=True)
    name: str
    created_at: str


class PersonRow(SQLModel, table=True):
    """An official of a unit, from when to when."""

    __tablename__ = "person"
    id: str = Field(primary_key=True)
    unit_code: str = Field(foreign_key="unit.code", index=True)
    name: str
    nip: str = ""
    rank: str = ""
    position: str = ""
    acting: str = ""
    role: str = "assessor"
    since: str = ""
    until: str = ""
    created_at: str


class UnitKeyRow(SQLModel, table=True):
    """A unit's key: PKCS#8 encrypted at rest, with its self-signed certificate."""

    __tablename__ = "unit_key"
    fingerprint: str = Field(primary_key=True)
    unit_code: str = Field(foreign_key="unit.code", index=True)
    label: str
    private_key: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    certificate: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    chain: str = ""
    protection: str
    state: str
    key_seq: int = 0
    created_at: str
    retired_at: str | None = None
    reason: str = ""


class RubricEditionRow(SQLModel, table=True):
    """An edition that an assessment uses, byte for byte."""

    __tablename__ = "rubric_edition"
    edition: str = Field(primary_key=True)
    digest: str = Field(unique=True)
    source: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    added_at: str


class AssessmentRow(SQLModel, table=True):
    """One unit, one period, one edition."""

    __tablename__ = "assessment"
    id: str = Field(primary_key=True)
    unit_code: str = Field(foreign_key="unit.code", index=True)
    edition: str = Field(foreign_key="rubric_edition.edition")
    year: int
    practice: bool = False
    state: str = "draft"
    revision: int = 1
    previous: str | None = None
    deadline: str | None = None
    office: str = ""
    contact: str = ""
    place: str | None = None
    created_at: str
    locked_at: str | None = None
    content_digest: str | None = None
    content: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))


class AnswerRow(SQLModel, table=True):
    """One item in one layer. ``inputs`` is a JSON object of decimal strings."""

    __tablename__ = "answer"
    assessment_id: str = Field(primary_key=True, foreign_key="assessment.id")
    layer: str = Field(default="self", primary_key=True)
    code: str = Field(primary_key=True)
    value: str | None = None
    inputs: str = "{}"
    not_applicable: bool = False
    reason: str = ""
    note: str = ""
    review_later: bool = False
    author: str | None = Field(default=None, foreign_key="person.id")
    at: str


class TrailRow(SQLModel, table=True):
    """One row of the hash chain; ``line`` holds the exact text that was hashed."""

    __tablename__ = "trail"
    assessment_id: str = Field(primary_key=True, foreign_key="assessment.id")
    seq: int = Field(primary_key=True)
    line: str
    hash: str
    action: str
    code: str | None = None
    target: int | None = None


class BlobRow(SQLModel, table=True):
    """A file of the content store that something refers to or once did."""

    __tablename__ = "blob"
    sha256: str = Field(primary_key=True)
    bytes: int
    media_type: str
    flags: str = ""
    added_at: str


class EvidenceRow(SQLModel, table=True):
    """Evidence or a scanned approval: a file in the content store, or a link."""

    __tablename__ = "evidence"
    id: str = Field(primary_key=True)
    assessment_id: str = Field(foreign_key="assessment.id", index=True)
    role: str = "evidence"
    kind: str = "file"
    name: str
    label: str = ""
    sha256: str | None = Field(default=None, foreign_key="blob.sha256", index=True)
    url: str | None = None
    added_by: str | None = Field(default=None, foreign_key="person.id")
    added_at: str
    removed_at: str | None = None
    replaces: str | None = Field(default=None, foreign_key="evidence.id")


class EvidenceItemRow(SQLModel, table=True):
    """An item that a piece of evidence belongs to, and its place there."""

    __tablename__ = "evidence_item"
    evidence_id: str = Field(primary_key=True, foreign_key="evidence.id")
    code: str = Field(primary_key=True)
    position: int = 0


class PackageRow(SQLModel, table=True):
    """A sealed revision: all that is needed to write the identical package again."""

    __tablename__ = "package"
    digest: str = Field(primary_key=True)
    package_id: str = Field(unique=True)
    assessment_id: str = Field(foreign_key="assessment.id", index=True)
    kind: str
    revision: int
    state: str
    approval: str
    content_digest: str
    fingerprint: str = Field(foreign_key="unit_key.fingerprint")
    key_seq: int
    created_at: str
    tag_files: str
    signature: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class PackageFileRow(SQLModel, table=True):
    """A payload file of a sealed revision, by its content."""

    __tablename__ = "package_file"
    digest: str = Field(primary_key=True, foreign_key="package.digest")
    position: int = Field(primary_key=True)
    path: str
    sha256: str = Field(index=True)
    bytes: int


class PackageCopyRow(SQLModel, table=True):
    """A verified copy of a package outside of the workspace."""

    __tablename__ = "package_copy"
    id: int | None = Field(default=None, primary_key=True)
    digest: str = Field(foreign_key="package.digest", index=True)
    path: str
    written_at: str
