"""What is known about kinds of files: media types, their endings, and endings that never pass."""

from typing import Final

UNKNOWN: Final = "application/octet-stream"
PDF: Final = "application/pdf"
TEXT: Final = "text/plain"
CSV: Final = "text/csv"
HTML: Final = "text/html"
SVG: Final = "image/svg+xml"
XML: Final = "application/xml"
EMAIL: Final = "message/rfc822"
WEB_ARCHIVE: Final = "multipart/related"
ZIP: Final = "application/zip"
OLE: Final = "application/x-ole-storage"
HEIC: Final = "image/heic"

_OPEN_XML: Final = "application/vnd.openxmlformats-officedocument."
DOCX: Final = _OPEN_XML + "wordprocessingml.document"
XLSX: Final = _OPEN_XML + "spreadsheetml.sheet"
PPTX: Final = _OPEN_XML + "presentationml.presentation"
DOCM: Final = "application/vnd.ms-word.document.macroenabled.12"
XLSM: Final = "application/vnd.ms-excel.sheet.macroenabled.12"
XLSB: Final = "application/vnd.ms-excel.sheet.binary.macroenabled.12"
PPTM: Final = "application/vnd.ms-powerpoint.presentation.macroenabled.12"
DOC: Final = "application/msword"
XLS: Final = "application/vnd.ms-excel"
PPT: Final = "application/vnd.ms-powerpoint"
MSG: Final = "application/vnd.ms-outlook"
_ODF: Final = "application/vnd.oasis.opendocument."

ENDINGS: Final[dict[str, tuple[str, ...]]] = {
    PDF: ("pdf",),
    "image/jpeg": ("jpg", "jpeg", "jpe", "jfif"),
    "image/png": ("png",),
    "image/gif": ("gif",),
    "image/bmp": ("bmp", "dib"),
    "image/tiff": ("tif", "tiff"),
    "image/webp": ("webp",),
    HEIC: ("heic", "heif"),
    "image/avif": ("avif",),
    SVG: ("svg",),
    "video/mp4": ("mp4", "m4v"),
    "video/quicktime": ("mov", "qt"),
    "video/3gpp": ("3gp", "3g2"),
    "video/x-msvideo": ("avi",),
    "video/x-matroska": ("mkv", "webm"),
    "video/x-ms-asf": ("wmv", "asf", "wma"),
    "video/mpeg": ("mpg", "mpeg"),
    "video/x-flv": ("flv",),
    "audio/mp4": ("m4a",),
    "audio/mpeg": ("mp3",),
    "audio/x-wav": ("wav",),
    "audio/ogg": ("ogg", "oga", "opus"),
    ZIP: ("zip",),
    "application/vnd.rar": ("rar",),
    "application/x-7z-compressed": ("7z",),
    "application/gzip": ("gz", "tgz"),
    "application/x-bzip2": ("bz2",),
    "application/x-xz": ("xz",),
    "application/x-tar": ("tar",),
    "application/vnd.ms-cab-compressed": ("cab",),
    "application/epub+zip": ("epub",),
    DOCX: ("docx", "dotx"),
    XLSX: ("xlsx", "xltx"),
    PPTX: ("pptx", "ppsx", "potx"),
    DOCM: ("docm", "dotm"),
    XLSM: ("xlsm", "xltm", "xlam"),
    XLSB: ("xlsb",),
    PPTM: ("pptm", "ppsm", "potm", "ppam"),
    DOC: ("doc", "dot"),
    XLS: ("xls", "xlt"),
    PPT: ("ppt", "pps", "pot"),
    MSG: ("msg",),
    _ODF + "text": ("odt", "ott"),
    _ODF + "spreadsheet": ("ods", "ots"),
    _ODF + "presentation": ("odp", "otp"),
    _ODF + "graphics": ("odg",),
    "application/rtf": ("rtf",),
    EMAIL: ("eml",),
    WEB_ARCHIVE: ("mht", "mhtml"),
    HTML: ("html", "htm", "xhtml", "xht", "shtml"),
    XML: ("xml",),
    CSV: ("csv", "tsv"),
    TEXT: ("txt", "text", "log", "md"),
}
"""Media type → endings that people give it; the first is used where one has to be chosen."""

TYPE_OF_ENDING: Final = {ending: kind for kind, all_ in ENDINGS.items() for ending in all_}

ACTIVE_ENDINGS: Final = frozenset((*ENDINGS[HTML], *ENDINGS[SVG], *ENDINGS[WEB_ARCHIVE]))
"""Endings that a browser opens, with whatever scripts are inside."""

# programs and their parts, scripts, also of web servers; then shortcuts, settings and help that
# start something
_REFUSED: Final = (
    "exe com scr pif cpl dll sys drv ocx xll msc msi msp mst msix msixbundle appx appxbundle "
    "application gadget jar class jnlp apk aab ipa app appimage deb rpm pkg dmg run elf so dylib "
    "bat cmd ps1 psm1 psd1 ps1xml vb vbs vbe js jse mjs ws wsf wsc wsh sct hta sh bash zsh ksh csh "
    "fish command py pyc pyw pyz rb pl ahk au3 "
    "php php3 php4 php5 php7 php8 phps phtml pht phar asp aspx asa asax ascx ashx asmx jsp jspx "
    "jspf jsf cfm cfml cfc cgi fcgi erb tcl lua "
    "lnk url desktop scf reg inf chm hlp shb shs website settingcontent-ms library-ms search-ms "
    "appref-ms"
)
REFUSED_ENDINGS: Final = frozenset(_REFUSED.split())


def ending(name: str) -> str:
    """The ending as Windows takes it: lower case, without dots and unseen marks; or ''."""
    bare = "".join(letter for letter in name if letter.isprintable()).rstrip(". ")
    stem, dot, last = bare.rpartition(".")
    return last.strip().casefold() if dot and stem + last else ""


def refused_ending(name: str) -> bool:
    """Whether a name ends like a program or a script, also in front of a stream (``x.exe:y``)."""
    return any(ending(part) in REFUSED_ENDINGS for part in name.split(":"))
