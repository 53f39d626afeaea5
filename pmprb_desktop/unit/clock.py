"""The clock of the verbs: one place, so that tests can set it."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


def instant() -> str:
    """The present moment as it is kept: RFC 3339 in UTC, to the second."""
    return text(now())


def text(moment: datetime) -> str:
    """A moment as it is kept."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
