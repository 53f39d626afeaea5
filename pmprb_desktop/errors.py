"""Errors that a user can act on. Anything else that is raised is our bug."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found in a file or an assessment.

    ``rule`` is a stable upper-case name that scripts may rely on, ``path`` the place (a member of
    a package, a node of a rubric file, an item code), ``message`` a sentence for people.
    """

    rule: str
    path: str
    message: str
    severity: Severity = "error"


class UserError(Exception):
    """Something was refused, and the person in front of the program can do something about it.

    ``message`` says what happened, ``safe`` what is still safe, ``next_step`` what to do next; all
    three are sentences in the language of the screen.
    """

    def __init__(
        self,
        rule: str,
        message: str,
        *,
        safe: str = "",
        next_step: str = "",
        path: str = "",
        findings: Sequence[Finding] = (),
    ) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.safe = safe
        self.next_step = next_step
        self.path = path
        self.findings = tuple(findings)

    def __str__(self) -> str:
        return " ".join(part for part in (self.message, self.safe, self.next_step) if part)


class UsageError(UserError):
    """The command line was used wrongly: exit status 2."""


class Cancelled(Exception):  # noqa: N818  (not an error: the person asked for it)
    """The person cancelled a long piece of work; nothing of it was kept."""
