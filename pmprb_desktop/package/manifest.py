"""The BagIt tag files (RFC 8493): written one way, and read no other way."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

import pmprb_desktop
from pmprb_desktop.i18n import _
from pmprb_desktop.package import layout, v1
from pmprb_desktop.package.rules import Findings, shown

BAGIT_TEXT: Final = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

_LINE = re.compile(rb"([0-9a-f]{64})  ([a-z0-9][a-z0-9._/-]*)")
_LABEL = re.compile(r"([A-Z][A-Za-z-]*): (\S(?:.*\S)?)")
_OXUM = re.compile(r"(0|[1-9][0-9]{0,14})\.(0|[1-9][0-9]{0,8})")


def write(digests: Iterable[tuple[str, str]]) -> bytes:
    """A manifest of (path, hex digest), in the order given."""
    return "".join(f"{digest}  {path}\n" for path, digest in digests).encode("ascii")


def read(data: bytes, path: str, found: Findings) -> dict[str, str]:
    """Path → hex digest, in the order of the file; lines of any other form are findings."""
    entries: dict[str, str] = {}
    lines = data.split(b"\n")
    if lines.pop():
        found.add("MANIFEST_MALFORMED", path, _("The last line of the list is cut short."))
    for number, line in enumerate(lines, 1):
        match = _LINE.fullmatch(line)
        if match is None:
            message = _("Line {line} of the list is not a checksum and a path.")
            found.add("MANIFEST_MALFORMED", path, message.format(line=number))
            continue
        digest, name = match[1].decode(), match[2].decode()
        if name in entries:
            found.add("MANIFEST_DUPLICATE", name, _("The list names a file twice."))
        entries[name] = digest
        if found.full:
            break
    return entries


def compare(listed: Mapping[str, str], there: Iterable[str], path: str, found: Findings) -> None:
    """What is listed is there, and what is there is listed."""
    names = set(there)
    for name in listed:
        if name not in names:
            message = _("The list {list} names a file that is missing.").format(list=path)
            found.add("MANIFEST_FILE_MISSING", name, message)
    for name in sorted(names - listed.keys()):
        message = _("The list {list} does not name this file.").format(list=path)
        found.add("MANIFEST_FILE_UNLISTED", name, message)


def bag_info(header: v1.Header) -> bytes:
    """``bag-info.txt`` for a header: what archivists look for first."""
    lines = [("Bag-Software-Agent", f"{pmprb_desktop.NAME} {pmprb_desktop.__version__}")]
    if header.part is not None:
        lines.append(("Bag-Count", f"{header.part.index} of {header.part.count}"))
        lines.append(("Bag-Group-Identifier", header.part.group))
    lines.append(("Bagging-Date", header.created_at[:10]))
    lines.append(("External-Identifier", header.package_id))
    lines.append(("Payload-Oxum", f"{header.payload.bytes}.{header.payload.files}"))
    if header.unit is not None and (name := _one_line(header.unit.name)):
        lines.append(("Source-Organization", name))
    return "".join(f"{label}: {value}\n" for label, value in sorted(lines)).encode()


def _one_line(text: str) -> str:
    kept = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(kept.split())


def check_bagit(data: bytes, found: Findings) -> None:
    """``bagit.txt`` has one content only."""
    if data != BAGIT_TEXT:
        message = _("The file is not that of a BagIt 1.0 bag in UTF-8.")
        found.add("BAGIT_MALFORMED", layout.BAGIT, message)


def read_bag_info(data: bytes, found: Findings) -> dict[str, str]:
    """Label → value of ``bag-info.txt``; each label once, one line each."""
    path = layout.BAG_INFO
    labels: dict[str, str] = {}
    try:
        lines = data.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        found.add("BAG_INFO_MALFORMED", path, _("The text is not valid UTF-8."))
        return labels
    if lines.pop():
        found.add("BAG_INFO_MALFORMED", path, _("The last line is cut short."))
    for line in lines:
        match = _LABEL.fullmatch(line)
        if match is None or match[1] in labels:
            message = _("The line “{line}” is not a label and its value, or stands twice.")
            found.add("BAG_INFO_MALFORMED", path, message.format(line=shown(line, 60)))
        else:
            labels[match[1]] = match[2]
    return labels


def check_oxum(labels: Mapping[str, str], files: int, size: int, found: Findings) -> None:
    """``Payload-Oxum`` gives the bytes and files that are really there."""
    match = _OXUM.fullmatch(labels.get("Payload-Oxum", ""))
    if match is None or (int(match[1]), int(match[2])) != (size, files):
        message = _("The number of files or bytes in the package is not the one written in it.")
        found.add("PAYLOAD_OXUM", layout.BAG_INFO, message)
