"""Why a file is not taken in, in words: one place for every sentence about refused evidence."""

import errno
from typing import Final

from pmprb_desktop.errors import UserError
from pmprb_desktop.i18n import _

MAX_BYTES: Final = 1024**3
"""The largest piece of evidence: 1 GiB."""

FULL: Final = frozenset(
    number
    for number in (errno.ENOSPC, getattr(errno, "EDQUOT", None), errno.EFBIG)
    if number is not None
)
_FULL_WINDOWS: Final = frozenset({39, 112})  # ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL


def _short(name: str) -> str:
    """A name that fits into a sentence."""
    return name if len(name) <= 80 else f"{name[:50]}…{name[-25:]}"


def _nothing_changed() -> str:
    return _("Nothing was added; your answers and other evidence are unchanged.")


def _build(rule: str, message: str, next_step: str, name: str) -> UserError:
    return UserError(rule, message, safe=_nothing_changed(), next_step=next_step, path=name)


def folder(name: str) -> UserError:
    """A folder was given where a file is expected."""
    return _build(
        "EVIDENCE_FOLDER",
        _("“{name}” is a folder.").format(name=_short(name)),
        _("Use “Attach a folder” to match all files in it, or choose the files themselves."),
        name,
    )


def folder_unreadable(name: str) -> UserError:
    """A folder whose content cannot be listed."""
    return _build(
        "EVIDENCE_FOLDER_UNREADABLE",
        _("The folder “{name}” cannot be opened.").format(name=_short(name)),
        _("Check that the folder or drive is still there, then choose it again."),
        name,
    )


def device(name: str) -> UserError:
    """A device, FIFO or socket."""
    return _build(
        "EVIDENCE_DEVICE",
        _("“{name}” is a device or a connection, not a file.").format(name=_short(name)),
        _("Choose an ordinary file, for example a PDF or a photo."),
        name,
    )


def broken_link(name: str) -> UserError:
    """A link whose target is missing or that leads in a circle."""
    return _build(
        "EVIDENCE_BROKEN_LINK",
        _("“{name}” is a link to a file that is not there.").format(name=_short(name)),
        _("Find the file itself and choose that one."),
        name,
    )


def empty(name: str) -> UserError:
    """A file of 0 bytes."""
    return _build(
        "EVIDENCE_EMPTY",
        _("“{name}” is empty (0 bytes).").format(name=_short(name)),
        _("Scan or download the document again, then choose the new file."),
        name,
    )


def too_large(name: str) -> UserError:
    """More than 1 GiB."""
    return _build(
        "EVIDENCE_TOO_LARGE",
        _("“{name}” is larger than 1 GB.").format(name=_short(name)),
        _("Choose a smaller version, or split the document into parts."),
        name,
    )


def executable(name: str) -> UserError:
    """A program, a script or a shortcut, by content or by ending."""
    return _build(
        "EVIDENCE_EXECUTABLE",
        _("“{name}” is a program, a script or a shortcut, and those are never evidence.").format(
            name=_short(name)
        ),
        _("Attach the document itself as PDF, photo or Office file."),
        name,
    )


def changed(name: str) -> UserError:
    """The file was written to while it was read."""
    return _build(
        "EVIDENCE_CHANGED",
        _("“{name}” changed while it was being copied.").format(name=_short(name)),
        _("Close the program that is writing it, wait for downloads to end, then try again."),
        name,
    )


def unreadable(name: str) -> UserError:
    """Missing, locked, no permission, or the medium is damaged."""
    return _build(
        "EVIDENCE_UNREADABLE",
        _("“{name}” cannot be read.").format(name=_short(name)),
        _("Check that the file is still there and not open elsewhere, then try again."),
        name,
    )


def missing(sha256: str) -> UserError:
    """A blob that should be in the store is not."""
    return UserError(
        "EVIDENCE_MISSING",
        _("An evidence file is missing from the workspace."),
        safe=_("Your answers and the other evidence are unchanged."),
        next_step=_("Attach the file again, or restore a backup."),
        path=sha256,
    )


def damaged(sha256: str) -> UserError:
    """A blob whose bytes are no longer those that were attached."""
    return UserError(
        "EVIDENCE_DAMAGED",
        _("An evidence file in the workspace is damaged."),
        safe=_("Your answers and the other evidence are unchanged."),
        next_step=_("Attach the file again, or restore a backup."),
        path=sha256,
    )


def not_written(error: OSError, path: str = "") -> UserError:
    """What a failed write means: ``DISK_FULL``, or ``EVIDENCE_NOT_STORED`` for all else."""
    windows = getattr(error, "winerror", None)
    if error.errno in FULL or windows in _FULL_WINDOWS:
        return disk_full(path)
    return _build(
        "EVIDENCE_NOT_STORED",
        _("The file could not be written ({reason}).").format(reason=error.strerror or "?"),
        _("Check that the drive is connected and may be written to, then try again."),
        path,
    )


def disk_full(path: str = "") -> UserError:
    """No room left for the copy."""
    return _build(
        "DISK_FULL",
        _("There is not enough free space on the drive."),
        _("Free some space, then try again."),
        path,
    )


def flag_text(flag: str) -> str:
    """A sentence for people about a flag of accepted evidence; '' for an unknown one."""
    texts = {
        "HEIC": _("Photo in the HEIC format: not every computer can show it. JPEG is safer."),
        "VIDEO": _("Video: large, and not shown inside the program."),
        "AUDIO": _("Sound recording: not played inside the program."),
        "ARCHIVE": _("Compressed archive: the reviewer cannot look into it here."),
        "CONTAINS_EXECUTABLE": _("The archive contains a program or a script."),
        "OLD_OFFICE": _("Old Office format: PDF is safer."),
        "MACRO": _("The document contains macros. Do not allow them when you open it."),
        "ACTIVE_CONTENT": _("Web page or drawing that can contain scripts: never shown here."),
        "EMAIL": _("Saved e-mail: not every computer can show it. PDF is safer."),
        "ENCRYPTED": _("Protected by a password: the reviewer cannot open it without one."),
        "DAMAGED": _("The file seems to be incomplete or damaged."),
        "TYPE_DIFFERS": _("The content is of another kind than the ending of the name says."),
        "UNKNOWN_TYPE": _("Unknown kind of file: not every computer can show it."),
    }
    return texts.get(flag, "")
