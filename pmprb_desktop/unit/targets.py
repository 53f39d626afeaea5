"""Places outside of the workspace that something is written to: stick, folder, file."""

import errno
import os
import tempfile
from pathlib import Path
from typing import BinaryIO, Final, cast

from pmprb_desktop.errors import UserError
from pmprb_desktop.i18n import _

MOUNT_FOLDERS: Final = frozenset({"/", "/media", "/mnt", "/run/media", "/Volumes"})
"""Where drives appear: a folder made here would lie on the computer, not on the stick."""
ACCOUNT_MOUNTS: Final = frozenset({"/media", "/run/media"})
"""Where each account has such a folder of its own."""
PRIVATE: Final = 0o600


def reason_of(error: OSError) -> str:
    """Why the system refused, in the language of the screen."""
    words = {
        errno.ENOENT: _("it is not there"),
        errno.EACCES: _("you may not write or read there"),
        errno.EPERM: _("you may not write or read there"),
        errno.EEXIST: _("something of that name is there already"),
        errno.ENOTDIR: _("a part of the path is a file, not a folder"),
        errno.EISDIR: _("it is a folder, not a file"),
        errno.ENOSPC: _("the drive is full"),
        errno.EROFS: _("the drive can only be read"),
        errno.ENAMETOOLONG: _("the name is too long"),
        errno.EIO: _("the drive does not answer properly"),
        errno.EBUSY: _("another program holds it"),
        errno.EFBIG: _("the file is too large for that drive"),
    }
    known = words.get(error.errno or 0)
    return known or _("the system refused it (error {number})").format(number=error.errno or 0)


def ready_folder(folder: Path) -> None:
    """Make sure that a folder is there and can be written to, before long work begins.

    A missing folder is made only where a person can have meant it: when the one above is there
    and is no place where drives appear. Raises UserError TARGET_MISSING or TARGET_UNWRITABLE.
    """
    try:
        if not folder.is_dir():
            _make(folder)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise unwritable(folder, error) from error


def _make(folder: Path) -> None:
    whole = Path(os.path.normpath(folder.absolute()))
    if whole.exists() or whole.parent.is_file():
        raise NotADirectoryError(errno.ENOTDIR, "", str(folder))
    if not whole.parent.is_dir() or _drives_appear(whole.parent):
        raise UserError(
            "TARGET_MISSING",
            _("The folder {folder} is not there.").format(folder=folder),
            safe=_("The workspace is untouched."),
            next_step=_("Plug in the stick, or make the folder first, then try again."),
            path=str(folder),
        )
    whole.mkdir()


def _drives_appear(folder: Path) -> bool:
    if folder.as_posix() in MOUNT_FOLDERS:
        return True
    return folder.parent.as_posix() in ACCOUNT_MOUNTS and not folder.is_mount()


def ready_file(target: Path) -> None:
    """Make sure that a file can be written at ``target``: in a folder that is there."""
    if not target.name or target.is_dir():
        raise UserError(
            "TARGET_IS_FOLDER",
            _("{path} is a folder; the name of a file is missing.").format(path=target),
            safe=_("The workspace is untouched."),
            next_step=_("Name the file as well."),
            path=str(target),
        )
    ready_folder(target.parent)


def create(path: Path, *, private: bool = False) -> BinaryIO:
    """A new file; a private one can be read by its owner alone, from its first byte on."""
    path.unlink(missing_ok=True)
    mode = PRIVATE if private else 0o666

    def opener(name: str, flags: int) -> int:
        return os.open(name, flags, mode)

    return cast("BinaryIO", open(path, "xb", opener=opener))


def unwritable(target: Path, error: OSError) -> UserError:
    """A place that refuses what should be written there."""
    return UserError(
        "TARGET_UNWRITABLE",
        _("{path} cannot be written: {reason}.").format(path=target, reason=reason_of(error)),
        safe=_("The workspace is untouched."),
        next_step=_("Choose another place, or make room there."),
        path=str(target),
    )
