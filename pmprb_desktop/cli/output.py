"""How commands speak: lines for people, one JSON document for scripts, progress on the side."""

import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

from pmprb_desktop.errors import Finding, UserError
from pmprb_desktop.i18n import _
from pmprb_desktop.scoring import decimal_text, rounded

PLACES = 15
"""Digits after the point of scores in JSON: enough for 1e-9, short enough to read."""


@dataclass(frozen=True, slots=True)
class Output:
    """What a command has to say. ``status`` 1 means refused, or something was found."""

    data: Mapping[str, Any] = field(default_factory=dict)
    lines: Sequence[str] = ()
    status: int = 0


def number(value: Fraction | None) -> str | None:
    """An exact number as a decimal string."""
    return None if value is None else decimal_text(value, PLACES)


def shown(value: Fraction | None, places: int = 2) -> str:
    """A number as people here read it: 71,41."""
    return "–" if value is None else f"{rounded(value, places):f}".replace(".", ",")


def finding_data(finding: Finding) -> dict[str, str]:
    """A finding for scripts."""
    return {
        "rule": finding.rule,
        "path": finding.path,
        "message": finding.message,
        "severity": finding.severity,
    }


def finding_line(finding: Finding) -> str:
    """A finding for people."""
    sign = {"error": "✗", "warning": "!", "info": "·"}[finding.severity]
    place = f"{finding.path}: " if finding.path else ""
    return f"{sign} {place}{finding.message} [{finding.rule}]"


_CONTROLS: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
"""What would steer a terminal, turn the reading direction, cannot be seen, or is no Unicode."""


def visible(text: str) -> str:
    """One line that is safe to show, whatever a file from outside wrote into it."""
    return _CONTROLS.sub(_escape, re.sub(r"[\t\r\n]+", " ", text))


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def say(text: str, *, error: bool = False) -> None:
    """Print a line for people, with everything in it visible."""
    print(visible(text), file=sys.stderr if error else sys.stdout)


def say_json(document: Mapping[str, Any]) -> None:
    """Print the one document; what a terminal could take for a command is escaped in it."""
    text = json.dumps(document, ensure_ascii=False, indent=2)
    print("\n".join(_CONTROLS.sub(_json_escape, line) for line in text.split("\n")))


def _json_escape(found: re.Match[str]) -> str:
    return json.dumps(found[0])[1:-1] if found[0] != "\x7f" else "\\u007f"


def show(output: Output, *, as_json: bool) -> int:
    """Print what a command said, and give its exit status."""
    if as_json:
        say_json(output.data)
    else:
        for line in output.lines:
            say(line)
    return output.status


def show_error(error: UserError, *, as_json: bool) -> int:
    """Print why something was refused: exit status 1."""
    if as_json:
        document = {
            "ok": False,
            "error": {
                "rule": error.rule,
                "message": error.message,
                "safe": error.safe,
                "next_step": error.next_step,
                "path": error.path,
            },
            "findings": [finding_data(entry) for entry in error.findings],
        }
        say_json(document)
    sys.stdout.flush()
    say(f"{error.message} [{error.rule}]", error=True)
    for entry in error.findings[:50]:
        say("  " + finding_line(entry), error=True)
    for text in (error.safe, error.next_step):
        if text:
            say(f"  {text}", error=True)
    return 1


def progress(label: str) -> Callable[[int, int], None]:
    """A counter on standard error, quiet where nobody watches."""
    if not sys.stderr.isatty():
        return lambda _done, _total: None
    last = [-1]

    def report(done: int, total: int) -> None:
        percent = 100 * done // total if total else 100
        if percent != last[0]:
            last[0] = percent
            end = "\n" if done >= total else ""
            print(f"\r{visible(label)} {percent:3d} %", end=end, file=sys.stderr, flush=True)

    return report


def size_text(size: int) -> str:
    """Bytes as people read them: 38 MB, 0,4 MB."""
    if size < 100_000:
        return _("{size} kB").format(size=f"{size / 1000:.1f}".replace(".", ","))
    if size < 1_000_000_000:
        return _("{size} MB").format(size=f"{size / 1_000_000:.1f}".replace(".", ","))
    return _("{size} GB").format(size=f"{size / 1_000_000_000:.2f}".replace(".", ","))
