"""A folder of evidence: which item each file belongs to, and the way back into such a folder."""

import os
import re
import stat
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final, Literal

from pmprb_desktop.evidence import media, refusals
from pmprb_desktop.evidence.codes import CodeTree
from pmprb_desktop.evidence.matching import Reading, read_names
from pmprb_desktop.evidence.names import (
    MAX_COMPONENT,
    display_name,
    file_name,
    safe_component,
    split_ending,
    unique_key,
)
from pmprb_desktop.i18n import _

Confidence = Literal["sure", "guess", "none"]
LeftOutReason = Literal["hidden", "link", "special", "program", "empty", "too_large", "unreadable"]

MOST_FILES: Final = 20_000
_DEEPEST: Final = 16
_SYSTEM_NAMES: Final = frozenset(
    {"thumbs.db", "ehthumbs.db", "desktop.ini", "autorun.inf", "icon\r", "__macosx"}
    | {"$recycle.bin", "system volume information", "found.000", "lost+found"}
)
_UNFINISHED: Final = (".tmp", ".part", ".partial", ".crdownload", ".download")
_WINDOWS_HIDDEN: Final = 0x2 | 0x4  # FILE_ATTRIBUTE_HIDDEN, FILE_ATTRIBUTE_SYSTEM
_MOUNT_POINT: Final = 0xA0000003  # a junction: a link that Windows calls a folder


@dataclass(frozen=True, slots=True)
class FolderMatch:
    """One file and the items that its names say.

    ``relative`` is for display (``/`` between the parts). ``node`` is set where no item is known:
    the sub-area whose page is suggested ("guess"), or something above it ("none").
    """

    path: Path
    relative: str
    codes: tuple[str, ...]
    confidence: Confidence
    reason: str
    node: str | None = None
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file or folder that is not offered, and why."""

    relative: str
    reason: LeftOutReason


@dataclass(frozen=True, slots=True)
class FolderPlan:
    """What attaching a folder would do; nothing was read but names and sizes.

    ``truncated``: there was more than one can look through, and the rest is not listed.
    """

    folder: Path
    matches: tuple[FolderMatch, ...]
    left_out: tuple[LeftOut, ...] = ()
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class ExportItem:
    """A piece of evidence to be written into a folder, with the items that it belongs to."""

    sha256: str
    name: str
    media_type: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExportFile:
    """One file of an exported folder; ``relative`` is safe on Windows and unique in the plan."""

    sha256: str
    relative: PurePosixPath
    code: str | None


def match_names(
    relatives: Sequence[str],
    codes: Sequence[str],
    titles: Mapping[str, str] | None = None,
    *,
    root: str = "",
) -> tuple[Reading, ...]:
    """What names say, without a disk: paths with ``/``, below a folder named ``root``."""
    tree = CodeTree(codes, titles or {})
    return tuple(_read(tree, relative, root) for relative in relatives)


def match_folder(
    folder: Path, codes: Sequence[str], titles: Mapping[str, str] | None = None
) -> FolderPlan:
    """Plan for all files below ``folder``; links are not followed.

    ``titles``: titles of the nodes above the items, by code; folders are often named so. Raises
    ``EVIDENCE_FOLDER_UNREADABLE`` when the folder itself cannot be listed.
    """
    walk = _Walk(folder)
    tree = CodeTree(codes, titles or {})
    matches = []
    for relative, size in sorted(walk.files, key=lambda entry: natural_key(entry[0])):
        reading = _read(tree, relative, folder.name)
        matches.append(
            FolderMatch(
                folder / relative,
                "/".join(display_name(part) for part in relative.split("/")),
                reading.codes,
                _confidence(tree, reading),
                reading.reason,
                reading.node,
                size,
            )
        )
    return FolderPlan(folder, tuple(matches), tuple(walk.left_out), walk.truncated)


def export_plan(items: Iterable[ExportItem]) -> tuple[ExportFile, ...]:
    """Names for evidence as a folder: ``A.I.1/A.I.1.i/A.I.1.i.a - name.pdf``.

    A file of several items stands under each of them. Every part is at most 120 characters, safe
    on Windows, and unique in its folder whatever the case of its letters.
    """
    taken: set[str] = set()
    files: list[ExportFile] = []
    for item in items:
        name = file_name(item.name, item.media_type)
        for code in dict.fromkeys(item.codes):
            above = [safe_component(part) for part in _folders_of(code)]
            files.append(ExportFile(item.sha256, _unique(above, f"{code} - {name}", taken), code))
        if not item.codes:
            above = [safe_component(_("Without item"))]
            files.append(ExportFile(item.sha256, _unique(above, name, taken), None))
    return tuple(files)


def natural_key(text: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts ``a2`` before ``a10``."""
    parts = re.split(r"(\d{1,18})", text.casefold())
    return tuple((1, int(p), "") if p.isdecimal() else (0, 0, p) for p in parts if p)


def _folders_of(code: str) -> list[str]:
    labels = code.split(".")
    first = min(3, len(labels) - 1)
    return [".".join(labels[:length]) for length in range(max(1, first), len(labels))]


def _unique(folders: list[str], name: str, taken: set[str]) -> PurePosixPath:
    number = 1
    while True:
        mark = f" ({number})" if number > 1 else ""
        stem, tail = split_ending(safe_component(name, limit=MAX_COMPONENT - len(mark)))
        path = PurePosixPath(*folders, f"{stem}{mark}{tail}")
        key = unique_key(str(path))
        if key not in taken:
            taken.add(key)
            return path
        number += 1


def _read(tree: CodeTree, relative: str, root: str) -> Reading:
    *folders, name = relative.split("/")
    stem, tail = split_ending(name)
    if tail[1:].casefold() not in media.TYPE_OF_ENDING:
        stem = name
    reading = read_names(tree, folders, stem)
    if reading.sure or not root:
        return reading
    # the folder that was chosen may itself carry a code; it only ever helps
    with_root = read_names(tree, [root, *folders], stem)
    return with_root if _rank(with_root) > _rank(reading) else reading


def _rank(reading: Reading) -> tuple[bool, bool, int]:
    return reading.sure, bool(reading.codes), len(reading.node or "")


def _confidence(tree: CodeTree, reading: Reading) -> Confidence:
    if reading.codes:
        return "sure" if reading.sure else "guess"
    page = reading.node is not None and tuple(reading.node.split(".")) in tree.pages
    return "guess" if page else "none"


class _Walk:
    """All files below a folder, without following links."""

    def __init__(self, folder: Path) -> None:
        self.files: list[tuple[str, int]] = []
        self.left_out: list[LeftOut] = []
        self.truncated = False
        try:
            entries = self._list(folder)
        except (OSError, ValueError) as error:
            raise refusals.folder_unreadable(display_name(folder.name)) from error
        pending = [(entries, "", 1)]
        while pending:
            entries, above, depth = pending.pop()
            for entry in entries:
                relative = above + entry.name
                if len(self.files) >= MOST_FILES:
                    self.truncated = True
                    return
                if self._is_folder(entry, relative):
                    if depth >= _DEEPEST:
                        self.truncated = True
                        continue
                    try:
                        pending.append((self._list(Path(entry.path)), f"{relative}/", depth + 1))
                    except OSError:
                        self._leave(relative, "unreadable")

    @staticmethod
    def _list(folder: Path) -> list[os.DirEntry[str]]:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: natural_key(entry.name))

    def _leave(self, relative: str, reason: LeftOutReason) -> None:
        shown = "/".join(display_name(part) for part in relative.split("/"))
        self.left_out.append(LeftOut(shown, reason))

    def _is_folder(self, entry: os.DirEntry[str], relative: str) -> bool:
        """Sort one entry; True when it is a folder to go into."""
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError:
            self._leave(relative, "unreadable")
            return False
        if stat.S_ISLNK(status.st_mode) or getattr(status, "st_reparse_tag", 0) == _MOUNT_POINT:
            self._leave(relative, "link")
        elif _is_hidden(entry.name, status):
            self._leave(relative, "hidden")
        elif stat.S_ISDIR(status.st_mode):
            return True
        elif not stat.S_ISREG(status.st_mode):
            self._leave(relative, "special")
        elif media.refused_ending(entry.name):
            self._leave(relative, "program")
        elif status.st_size == 0:
            self._leave(relative, "empty")
        elif status.st_size > refusals.MAX_BYTES:
            self._leave(relative, "too_large")
        else:
            self.files.append((relative, status.st_size))
        return False


def _is_hidden(name: str, status: os.stat_result) -> bool:
    folded = name.casefold()
    return (
        folded.startswith((".", "~$", "._"))
        or folded in _SYSTEM_NAMES
        or folded.endswith(_UNFINISHED)
        or bool(getattr(status, "st_file_attributes", 0) & _WINDOWS_HIDDEN)
    )
