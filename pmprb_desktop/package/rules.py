"""Findings about packages, with the sentences that people read."""

from pmprb_desktop.errors import Finding, Severity

MAX_FINDINGS = 200
"""A report stops here: whoever reads further learns nothing new."""


class Findings:
    """Collects findings up to a limit, in the order in which they were found."""

    def __init__(self, limit: int = MAX_FINDINGS) -> None:
        self._found: list[Finding] = []
        self._seen: set[tuple[str, str, str]] = set()
        self._limit = limit
        self._refused = False

    def add(self, rule: str, path: str, message: str, severity: Severity = "error") -> None:
        """Note one finding; the same one again is left out."""
        self._refused |= severity == "error"
        key = (rule, path, message)
        if key not in self._seen and not self.full:
            self._seen.add(key)
            self._found.append(Finding(rule, path, message, severity))

    def extend(self, found: "tuple[Finding, ...] | list[Finding]") -> None:
        """Take over findings of another check."""
        for one in found:
            self.add(one.rule, one.path, one.message, one.severity)

    @property
    def full(self) -> bool:
        """Whether no more are taken."""
        return len(self._found) >= self._limit

    @property
    def refused(self) -> bool:
        """Whether at least one of them is an error, also one past the limit."""
        return self._refused

    def tuple(self) -> tuple[Finding, ...]:
        """What was found."""
        return tuple(self._found)


def shown(raw: bytes | str, limit: int = 120) -> str:
    """A hostile name made safe to show: printable ASCII, anything else escaped, cut."""
    text = raw.decode("ascii", "backslashreplace") if isinstance(raw, bytes) else raw
    safe = "".join(
        char if " " <= char <= "~" else char.encode("unicode_escape").decode("ascii")
        for char in text[:limit]
    )
    return safe[:limit] + ("…" if len(safe) > limit or len(text) > limit else "")
