"""Evidence: the only place that copies, hashes or names attached files."""

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
from pmprb_desktop.evidence.names import display_name, file_name, safe_component
from pmprb_desktop.evidence.preview import (
    PageImage,
    PreviewUnavailable,
    can_preview,
    page_count,
    page_image,
    reduced,
    thumbnail,
)
from pmprb_desktop.evidence.refusals import MAX_BYTES, flag_text
from pmprb_desktop.evidence.sniff import FLAGS, Sniffed, sniff
from pmprb_desktop.evidence.store import BlobStore, Ingested
from pmprb_desktop.evidence.upkeep import clean_staging, garbage

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
