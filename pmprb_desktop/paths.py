"""Where things are: the workspace, and the files that ship with the program."""

import os
import sys
from functools import cache
from pathlib import Path

ENVIRONMENT = "PMPRB_DATA_DIR"


@cache
def bundle_root() -> Path:
    """Folder that holds ``resources/`` and ``rubric/``: source tree, wheel or frozen program."""
    frozen = getattr(sys, "_MEIPASS", None)
    if frozen is not None:
        return Path(frozen)
    package = Path(__file__).resolve().parent
    installed = package / "_bundle"
    return installed if installed.is_dir() else package.parent


def resources() -> Path:
    """Folder of icons, style sheet, locale, templates and schemas."""
    return bundle_root() / "resources"


def rubrics() -> Path:
    """Folder of the released rubric editions."""
    return bundle_root() / "rubric"


def default_data_dir() -> Path:
    """Workspace folder of this account when none is named."""
    named = os.environ.get(ENVIRONMENT)
    if named:
        return Path(named)
    from platformdirs import user_data_path

    return user_data_path("PMPRB Desktop", appauthor=False)
