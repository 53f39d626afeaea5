"""placeholder until the window is whole."""

from pathlib import Path


def run(folder: Path, smoke: bool) -> list[str]:
    """Nothing yet."""
    return []
