"""Sticks that are plugged in."""

from pathlib import Path

from PySide6.QtCore import QStorageInfo

from pmprb_desktop.i18n import _
from pmprb_desktop.ui import texts


def removable() -> list[tuple[Path, str]]:
    """Mounted sticks with a name and the room left on them."""
    found = []
    for drive in QStorageInfo.mountedVolumes():
        root = Path(drive.rootPath())
        if not drive.isValid() or not drive.isReady() or drive.isReadOnly() or not _is_stick(drive):
            continue
        name = drive.displayName() or str(root)
        words = _("&Stick {name} · {free} free").format(
            name=texts.one_line(name, 24), free=texts.size(drive.bytesAvailable())
        )
        found.append((root, words))
    return found


def _is_stick(drive: QStorageInfo) -> bool:
    root = drive.rootPath()
    if root.startswith(("/media/", "/run/media/", "/mnt/", "/Volumes/")):
        return True
    kind = bytes(drive.fileSystemType().data()).lower()
    on_windows = len(root) <= 3 and root[1:2] == ":"
    return on_windows and not drive.isRoot() and kind in (b"fat32", b"exfat", b"fat", b"vfat")
