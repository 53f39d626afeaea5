"""The help page: what one reads out on the phone when something is wrong."""

from pmprb_desktop import __version__
from pmprb_desktop.unit.assessments import worksheet
from pmprb_desktop.unit.settings import set_setting, setting
from pmprb_desktop.unit.workspace import Workspace
from pmprb_desktop.values import HelpInfo

_LAST_ERROR = "last_error"


def help_info(ws: Workspace, assessment_id: str | None = None) -> HelpInfo:
    """Version, edition, revision, kode isian, last error and contact."""
    info = worksheet(ws, assessment_id).info if assessment_id else None
    digest = info.content_digest if info and info.content_digest else ""
    return HelpInfo(
        version=__version__,
        edition=info.edition if info else "",
        revision=info.revision if info else None,
        content_code=f"{digest[:4]} {digest[4:8]}".strip(),
        last_error=setting(ws, _LAST_ERROR),
        contact=info.contact if info else "",
        data_dir=str(ws.path),
    )


def note_error(ws: Workspace, number: str) -> None:
    """Remember the short number of the last error for the help page."""
    set_setting(ws, _LAST_ERROR, number[:80])
