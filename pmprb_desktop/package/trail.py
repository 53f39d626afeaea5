"""The change trail as a hash chain: a row's hash is SHA-256(previous hash, the line's bytes)."""

import hashlib
from collections.abc import Iterable
from typing import Any, Final

from pydantic import ValidationError
from pydantic.config import ExtraValues

from pmprb_desktop.errors import Finding, UserError
from pmprb_desktop.i18n import _
from pmprb_desktop.package import documents, strict_json, v1
from pmprb_desktop.package.rules import shown
from pmprb_desktop.package.strict_json import JsonLimits
from pmprb_desktop.reasons import of_schema

START: Final = bytes(32)
"""What the first row is chained to."""

_LIMITS: Final = JsonLimits(size=1 << 20, depth=8, tokens=50_000)


def append(previous: bytes, line: bytes) -> bytes:
    """The hash after one more row; ``line`` without its line end."""
    return hashlib.sha256(previous + line).digest()


class TrailReader:
    """Checks a ``trail.jsonl`` that comes in pieces: strict JSON, ``seq`` rising from 1.

    Every row is a :class:`v1.TrailRow`; ``newer`` when the package is of a higher minor version,
    whose unknown members are ignored.
    """

    def __init__(self, path: str = "data/trail.jsonl", *, newer: bool = False) -> None:
        self.count = 0
        self.head = START
        self.findings: tuple[Finding, ...] = ()
        self._path = path
        self._rest = b""
        self._extra: ExtraValues = "ignore" if newer else "forbid"

    def feed(self, piece: bytes | memoryview) -> None:
        """Take the next bytes of the file."""
        if self.findings:
            return
        lines = (self._rest + piece).split(b"\n")
        self._rest = lines.pop()
        for line in lines:
            self.row(line)
            if self.findings:
                return
        if len(self._rest) > _LIMITS.size:
            self._refuse("TRAIL_MALFORMED", _("A row of the trail is too long."))

    def finish(self) -> None:
        """The file ends here; its last line must have been ended."""
        if self._rest and not self.findings:
            self._refuse("TRAIL_MALFORMED", _("The last row of the trail is cut short."))

    def row(self, line: bytes) -> None:
        """Take one row, without its line end."""
        value, findings = strict_json.read(line, self._path, _LIMITS)
        if b"\n" in line:
            message = _("Row {row} of the trail is not one line.").format(row=self.count + 1)
            self._refuse("TRAIL_MALFORMED", message)
        elif findings:
            message = _("Row {row} of the trail cannot be read: {reason}")
            self._refuse(
                "TRAIL_MALFORMED",
                message.format(row=self.count + 1, reason=findings[0].message),
            )
        elif not isinstance(value, dict):
            message = _("Row {row} of the trail is not an object.").format(row=self.count + 1)
            self._refuse("TRAIL_MALFORMED", message)
        elif type(value.get("seq")) is not int or value["seq"] != self.count + 1:
            message = _("Row {row} of the trail has another number.").format(row=self.count + 1)
            self._refuse("TRAIL_SEQUENCE", message)
        elif fault := self._fault(value):
            message = _("Row {row} of the trail is not as the format wants it ({reason}).")
            self._refuse("TRAIL_ROW", message.format(row=self.count + 1, reason=fault))
        else:
            self.count += 1
            self.head = append(self.head, line)

    def _fault(self, value: dict[str, Any]) -> str | None:
        """What the model has against a row, in short."""
        try:
            row = v1.TrailRow.model_validate(value, strict=True, extra=self._extra)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            reason = of_schema(first["type"], first.get("ctx"))
            if first["type"] in ("missing", "extra_forbidden"):
                missing = first["type"] == "missing"
                reason = _("it is missing") if missing else _("it is unknown")
            return f"{shown('/'.join(map(str, first['loc'])), 80)}: {reason}"
        return None if documents.is_instant(row.at) else f"at: {shown(row.at)}"

    def _refuse(self, rule: str, message: str) -> None:
        self.findings = (Finding(rule, self._path, message),)


def verify(lines: Iterable[bytes]) -> tuple[int, str]:
    """Number of rows and hash of the last one (hex); raises UserError on a row that is wrong."""
    reader = TrailReader()
    for line in lines:
        reader.row(line)
        if reader.findings:
            found = reader.findings[0]
            raise UserError(found.rule, found.message, path=found.path, findings=reader.findings)
    return reader.count, reader.head.hex()
