"""What may leave the content store, and what a crash left in it."""

from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pmprb_desktop.evidence.files import retry_busy
from pmprb_desktop.evidence.store import BlobStore


def garbage(
    store: BlobStore,
    referenced: AbstractSet[str],
    older_than_days: int = 30,
    now: datetime | None = None,
) -> list[str]:
    """Digests that may go: nothing refers to them, and their file time is old enough.

    Nothing is removed here. Whoever drops the last reference to a blob calls ``store.touch``, so
    that the days count from then; pass ``unused_since`` to ``remove`` so that a blob that came
    back in the meantime stays.
    """
    limit = ((now or datetime.now(UTC)) - timedelta(days=older_than_days)).timestamp()
    found: list[str] = []
    for sha256 in store.all_digests():
        if sha256 in referenced:
            continue
        try:
            old = store.path(sha256).stat().st_mtime <= limit
        except OSError:
            continue
        if old:
            found.append(sha256)
    return found


def clean_staging(root: Path) -> int:
    """Remove what a crash left half-written below the workspace ``root``; how many files it was.

    For a workspace that is locked by this program and takes nothing in at the moment.
    """
    staging = root / "staging"
    if not staging.is_dir():
        return 0
    removed = 0
    for entry in staging.iterdir():
        if entry.is_file() or entry.is_symlink():
            try:
                retry_busy(entry.unlink)
            except OSError:
                continue  # still held by a scanner; the next start tries again
            removed += 1
    return removed
