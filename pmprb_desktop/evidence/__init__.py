"""Evidence: the only place that copies, hashes or names attached files."""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from pmprb_desktop.evidence.names import display_name, file_name, safe_component
from pmprb_desktop.evidence.refusals import MAX_BYTES, flag_text
from pmprb_desktop.evidence.sniff import FLAGS, Sniffed, sniff
from pmprb_desktop.evidence.store import BlobStore, Ingested
from pmprb_desktop.evidence.upkeep import clean_staging, garbage

if TYPE_CHECKING:
    from pmprb_desktop.evidence.folder import (
        ExportFile,
        ExportItem,
        FolderMatch,
        FolderPlan,
        LeftOut,
        export_plan,
        match_folder,
        match_names,
    )
    from pmprb_desktop.evidence.matching import Reading
    from pmprb_desktop.evidence.preview import (
        PageImage,
        PreviewUnavailable,
        can_preview,
        page_count,
        page_image,
        reduced,
        thumbnail,
    )

_LATER: Final = {
    "ExportFile": "folder",
    "ExportItem": "folder",
    "FolderMatch": "folder",
    "FolderPlan": "folder",
    "LeftOut": "folder",
    "export_plan": "folder",
    "match_folder": "folder",
    "match_names": "folder",
    "Reading": "matching",
    "PageImage": "preview",
    "PreviewUnavailable": "preview",
    "can_preview": "preview",
    "page_count": "preview",
    "page_image": "preview",
    "reduced": "preview",
    "thumbnail": "preview",
}
"""Name → module that is imported when it is first used, so that the first window need not wait."""


def __getattr__(name: str) -> Any:
    module = _LATER.get(name)
    if module is None:
        raise AttributeError(name)
    value = getattr(import_module(f"{__name__}.{module}"), name)
    globals()[name] = value
    return value


__all__ = [
    "FLAGS",
    "MAX_BYTES",
    "BlobStore",
    "ExportFile",
    "ExportItem",
    "FolderMatch",
    "FolderPlan",
    "Ingested",
    "LeftOut",
    "PageImage",
    "PreviewUnavailable",
    "Reading",
    "Sniffed",
    "can_preview",
    "clean_staging",
    "display_name",
    "export_plan",
    "file_name",
    "flag_text",
    "garbage",
    "match_folder",
    "match_names",
    "page_count",
    "page_image",
    "reduced",
    "safe_component",
    "sniff",
    "thumbnail",
]
