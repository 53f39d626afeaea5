"""Which files a package may hold: a closed set for each kind."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from pmprb_desktop.i18n import _
from pmprb_desktop.package.rules import Findings

TOP_PREFIX: Final = "pkg-"
BAGIT: Final = "bagit.txt"
BAG_INFO: Final = "bag-info.txt"
MANIFEST: Final = "manifest-sha256.txt"
TAG_MANIFEST: Final = "tagmanifest-sha256.txt"
HEADER: Final = "metadata/package.json"
SIGNATURE: Final = "signatures/tagmanifest-sha256.txt.p7s"
ASSESSMENT: Final = "data/assessment.json"
TRAIL: Final = "data/trail.jsonl"
RUBRIC: Final = "data/rubric.yaml"
SUMMARY: Final = "data/report/summary.pdf"
MINUTES: Final = "data/report/minutes.pdf"
EVIDENCE_FOLDER: Final = "data/evidence/"
APPROVAL_FOLDER: Final = "data/approval/"
PAYLOAD: Final = "data/"

TAG_FILES: Final = (BAG_INFO, BAGIT, MANIFEST, HEADER)
"""What the tag manifest lists, exactly."""

_RECORDS: Final = ("assignment", "return", "receipt", "enrolment", "rotation", "registry", "review")
RECORD_FILES: Final = {kind: f"{PAYLOAD}{kind}.json" for kind in _RECORDS}
ENROLMENT: Final = RECORD_FILES["enrolment"]
ROTATION: Final = RECORD_FILES["rotation"]

_KIB: Final = 1 << 10
_MIB: Final = 1 << 20
SIZE_LIMITS: Final[Mapping[str, int]] = {
    BAGIT: _KIB,
    BAG_INFO: 16 * _KIB,
    MANIFEST: 8 * _MIB,
    TAG_MANIFEST: 4 * _KIB,
    HEADER: 32 * _MIB,
    SIGNATURE: 64 * _KIB,
    ASSESSMENT: 32 * _MIB,
    TRAIL: 512 * _MIB,
    RUBRIC: 8 * _MIB,
    **dict.fromkeys(RECORD_FILES.values(), 32 * _MIB),
    ENROLMENT: 64 * _KIB,
    ROTATION: 64 * _KIB,
}
"""Bytes at most, of those files that are read as a whole."""

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_TOP = re.compile(re.escape(TOP_PREFIX) + f"({_UUID})")
_ENDING = r"[0-9]{6}\.[a-z0-9]{1,10}"
EVIDENCE_NAME: Final = re.compile(EVIDENCE_FOLDER + _ENDING)
APPROVAL_NAME: Final = re.compile(APPROVAL_FOLDER + _ENDING)

REPORTS: Final = (SUMMARY, MINUTES)
_SUBMISSION_REQUIRED: Final = (ASSESSMENT, TRAIL, RUBRIC, *REPORTS)
_ORDER: Final = (
    ASSESSMENT, *RECORD_FILES.values(), TRAIL, RUBRIC, EVIDENCE_FOLDER, SUMMARY, MINUTES,
    APPROVAL_FOLDER,
)  # fmt: skip


def _allowed(kind: str, path: str) -> bool:
    if kind in ("submission", "evidence-part") and EVIDENCE_NAME.fullmatch(path):
        return True
    if kind == "submission":
        return path in _SUBMISSION_REQUIRED or APPROVAL_NAME.fullmatch(path) is not None
    if kind == "assignment" and path == RUBRIC:
        return True
    return path == RECORD_FILES.get(kind)


def required(kind: str) -> tuple[str, ...]:
    """Payload files that a package of this kind must hold."""
    if kind == "submission":
        return _SUBMISSION_REQUIRED
    return (RECORD_FILES[kind],) if kind in RECORD_FILES else ()


def is_payload_path(path: str, kind: str) -> bool:
    """Whether a payload file may be called so in a package of this kind."""
    return _allowed(kind, path)


def order(path: str) -> tuple[int, str]:
    """Sort key of payload files: the fixed order in which they are listed and written."""
    for place, prefix in enumerate(_ORDER):
        if path == prefix or (prefix.endswith("/") and path.startswith(prefix)):
            return place, path
    return len(_ORDER), path


def top_folder(names: Iterable[str], found: Findings) -> str | None:
    """The one top folder ``pkg-<package_id>`` of an archive; None when there is no such."""
    tops = {name.split("/", 1)[0] for name in names}
    folders = sorted(top for top in tops if _TOP.fullmatch(top))
    for other in sorted(tops - set(folders)):
        message = _("The package holds something outside of its one folder.")
        found.add("LAYOUT_TOP_FOLDER", other, message)
    if len(folders) != 1:
        message = _("The package does not consist of one folder named after its number.")
        found.add("LAYOUT_TOP_FOLDER", "", message)
        return None
    return folders[0]


def package_id(top: str) -> str:
    """The package number that a top folder is named after."""
    return top[len(TOP_PREFIX) :]


def check_frame(sizes: Mapping[str, int], found: Findings) -> bool:
    """Tag files and signature are there and small; whether all of them can be read.

    ``sizes``: path inside the top folder → bytes.
    """
    good = True
    for path in (*TAG_FILES, TAG_MANIFEST, SIGNATURE):
        if path not in sizes:
            message = _("The file {path} is missing in the package.").format(path=path)
            found.add("LAYOUT_MISSING_FILE", path, message)
            good = False
    for path, limit in SIZE_LIMITS.items():
        if sizes.get(path, 0) > limit:
            message = _("The file {path} is larger than the format allows.").format(path=path)
            found.add("LAYOUT_FILE_TOO_LARGE", path, message)
            good = False
    return good


def check_files(paths: Iterable[str], kind: str | None, found: Findings) -> None:
    """Every file is one that the kind may hold, and none of those it needs is missing.

    ``kind`` None: only files that no kind knows are named.
    """
    names = set(paths)
    kinds = (kind,) if kind is not None else ("submission", "assignment", *RECORD_FILES)
    frame = {*TAG_FILES, TAG_MANIFEST, SIGNATURE}
    lowered: dict[str, str] = {}
    for path in sorted(names - frame):
        if not any(_allowed(one, path) for one in kinds):
            message = _("The package holds a file that does not belong there.")
            found.add("LAYOUT_UNKNOWN_FILE", path, message)
        twin = lowered.setdefault(path.casefold(), path)
        if twin != path:
            message = _("Two files differ only in capital letters.")
            found.add("LAYOUT_DUPLICATE_FILE", path, message)
    for path in required(kind) if kind is not None else ():
        if path not in names:
            message = _("The file {path} is missing in the package.").format(path=path)
            found.add("LAYOUT_MISSING_FILE", path, message)
