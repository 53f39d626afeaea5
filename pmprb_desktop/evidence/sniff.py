"""What a file is, by its bytes. A name only adds warnings, or refuses what Windows would start."""

import codecs
import re
from dataclasses import dataclass
from typing import BinaryIO, Final

from pmprb_desktop.evidence import containers, media

HEAD: Final = 8192
FLAGS: Final = (
    "HEIC", "VIDEO", "AUDIO", "ARCHIVE", "CONTAINS_EXECUTABLE", "OLD_OFFICE", "MACRO",
    "ACTIVE_CONTENT", "EMAIL", "ENCRYPTED", "DAMAGED", "TYPE_DIFFERS", "UNKNOWN_TYPE",
)  # fmt: skip
"""Every flag, in the order in which they are listed."""


@dataclass(frozen=True, slots=True)
class Sniffed:
    """Media type and flags; ``refused`` names what kind of program it is, and is '' otherwise."""

    media_type: str
    flags: tuple[str, ...] = ()
    refused: str = ""


@dataclass(frozen=True, slots=True)
class _Kind:
    media_type: str
    flags: frozenset[str] = frozenset()
    refused: str = ""


def _kind(media_type: str, *flags: str) -> _Kind:
    return _Kind(media_type, frozenset(flags))


def _refused(what: str) -> _Kind:
    return _Kind(media.UNKNOWN, frozenset(), what)


_PROGRAMS: Final = (
    (b"\x7fELF", "ELF"),
    (b"\xfe\xed\xfa\xce", "Mach-O"),
    (b"\xfe\xed\xfa\xcf", "Mach-O"),
    (b"\xce\xfa\xed\xfe", "Mach-O"),
    (b"\xcf\xfa\xed\xfe", "Mach-O"),
    (b"\xca\xfe\xba\xbe", "Mach-O"),  # and Java classes
    (b"dex\n", "DEX"),
    (b"\0asm", "WASM"),
    (b"L\0\0\0\x01\x14\x02\0", "LNK"),
    (b"ITSF", "CHM"),
    (b"!<arch>\ndebian", "DEB"),
    (b"\xed\xab\xee\xdb", "RPM"),
    (b"#!", "SCRIPT"),
    (b"\xef\xbb\xbf#!", "SCRIPT"),
)

_MAGIC: Final = (
    (b"%PDF-", _kind(media.PDF)),
    (b"\xff\xd8\xff", _kind("image/jpeg")),
    (b"\x89PNG\r\n\x1a\n", _kind("image/png")),
    (b"GIF87a", _kind("image/gif")),
    (b"GIF89a", _kind("image/gif")),
    (b"II*\0", _kind("image/tiff")),
    (b"MM\0*", _kind("image/tiff")),
    (b"II+\0", _kind("image/tiff")),
    (b"MM\0+", _kind("image/tiff")),
    (b"Rar!\x1a\x07", _kind("application/vnd.rar", "ARCHIVE")),
    (b"7z\xbc\xaf\x27\x1c", _kind("application/x-7z-compressed", "ARCHIVE")),
    (b"\x1f\x8b\x08", _kind("application/gzip", "ARCHIVE")),
    (b"BZh", _kind("application/x-bzip2", "ARCHIVE")),
    (b"\xfd7zXZ\0", _kind("application/x-xz", "ARCHIVE")),
    (b"MSCF\0\0\0\0", _kind("application/vnd.ms-cab-compressed", "ARCHIVE")),
    (b"{\\rtf", _kind("application/rtf")),
    (b"\x1aE\xdf\xa3", _kind("video/x-matroska", "VIDEO")),
    (b"0&\xb2u\x8ef\xcf\x11", _kind("video/x-ms-asf", "VIDEO")),
    (b"\0\0\x01\xba", _kind("video/mpeg", "VIDEO")),
    (b"\0\0\x01\xb3", _kind("video/mpeg", "VIDEO")),
    (b"FLV\x01", _kind("video/x-flv", "VIDEO")),
    (b"ID3\x02", _kind("audio/mpeg", "AUDIO")),
    (b"ID3\x03", _kind("audio/mpeg", "AUDIO")),
    (b"ID3\x04", _kind("audio/mpeg", "AUDIO")),
    (b"\xff\xfb", _kind("audio/mpeg", "AUDIO")),
    (b"\xff\xf3", _kind("audio/mpeg", "AUDIO")),
    (b"\xff\xf2", _kind("audio/mpeg", "AUDIO")),
    (b"OggS", _kind("audio/ogg", "AUDIO")),
)

_RIFF: Final = {
    b"WEBP": _kind("image/webp"),
    b"AVI ": _kind("video/x-msvideo", "VIDEO"),
    b"WAVE": _kind("audio/x-wav", "AUDIO"),
}

_INSTALLER: Final = re.compile(rb"[\x82\x84\x86]\x10\x0c\0\0\0\0\0\xc0\0\0\0\0\0\0F")
_OLE_STREAMS: Final = (
    ("WordDocument", _kind(media.DOC, "OLD_OFFICE")),
    ("Workbook", _kind(media.XLS, "OLD_OFFICE")),
    ("Book", _kind(media.XLS, "OLD_OFFICE")),
    ("PowerPoint Document", _kind(media.PPT, "OLD_OFFICE")),
    ("EncryptedPackage", _kind(media.OLE, "ENCRYPTED")),
    ("__properties_version1.0", _kind(media.MSG, "EMAIL")),
)
_OLE_MACROS: Final = frozenset({"_VBA_PROJECT", "_VBA_PROJECT_CUR", "VBA", "Macros"})

_OPEN_XML: Final = (
    ("word/document.xml", media.DOCX, media.DOCM),
    ("xl/workbook.xml", media.XLSX, media.XLSM),
    ("ppt/presentation.xml", media.PPTX, media.PPTM),
)

_TEXT_PROGRAMS: Final = (
    re.compile(r"@?echo +off\b", re.IGNORECASE),
    re.compile(r"Windows Registry Editor Version|REGEDIT4\b", re.IGNORECASE),
    re.compile(r"\[InternetShortcut\]|\[Desktop Entry\]", re.IGNORECASE),
    re.compile(r"#!"),
    re.compile(r"<\?=|<%@ *\w|<cf(?:set|query|component)\b", re.IGNORECASE),
)
_PHP: Final = re.compile(r"<\?php\b", re.IGNORECASE)
_HTA: Final = re.compile(r"<hta:application\b", re.IGNORECASE)
_PROLOGUE: Final = re.compile(r"(?:\s+|<\?xml[^>]{0,500}\?>|<!--.{0,4000}?-->)*", re.DOTALL)
_HTML: Final = re.compile(
    r"<(?:!doctype +html|html|head|body|script|iframe|meta|title|table|style)\b", re.IGNORECASE
)
_SVG: Final = re.compile(r"<(?:!doctype +svg|svg|\w+:svg)\b", re.IGNORECASE)
_XML_ACTIVE: Final = re.compile(
    r"http://www\.w3\.org/(?:1999/xhtml|2000/svg)|<\?xml-stylesheet", re.IGNORECASE
)
_MAIL_LINE: Final = re.compile(
    r"^(?:from|to|cc|date|subject|received|return-path|message-id|mime-version|delivered-to"
    r"|content-type|x-[\w-]{1,40}|dkim-signature|reply-to):",
    re.IGNORECASE | re.MULTILINE,
)


def executable_head(head: bytes) -> str:
    """What kind of program or script the first bytes are, or ''."""
    for magic, what in _PROGRAMS:
        if head.startswith(magic):
            return what
    if head.startswith(b"MZ"):
        at = int.from_bytes(head[60:64], "little")
        if head[at : at + 2] in {b"PE", b"NE", b"LE", b"LX"} or _decode(head) is None:
            return "PE"
    return ""


def sniff(file: BinaryIO, size: int, name: str) -> Sniffed:
    """Tell what a file of ``size`` bytes is; it is read in a few places only."""
    file.seek(0)
    head = file.read(HEAD)
    if media.refused_ending(name):
        return Sniffed(media.UNKNOWN, refused=f".{media.ending(name)}")
    kind = _by_content(file, size, head, name)
    if kind.refused:
        return Sniffed(kind.media_type, refused=kind.refused)
    flags = set(kind.flags)
    if kind.media_type == media.PDF:
        flags |= _pdf_flags(file, size)
    if kind.media_type == media.UNKNOWN:
        flags.add("UNKNOWN_TYPE")
    if media.ending(name) in media.ACTIVE_ENDINGS and kind.media_type.startswith(
        ("text/", "application/xml", media.UNKNOWN)
    ):
        flags.add("ACTIVE_CONTENT")
    if _differs(kind.media_type, media.ending(name)):
        flags.add("TYPE_DIFFERS")
    return Sniffed(kind.media_type, tuple(flag for flag in FLAGS if flag in flags))


def _differs(media_type: str, ending: str) -> bool:
    usual = media.TYPE_OF_ENDING.get(ending)
    if usual is None or usual == media_type:
        return False
    if media_type == media.OLE and usual in {media.DOCX, media.XLSX, media.PPTX}:
        return False  # that is how a document with a password is kept
    families = [kind.partition("/")[0] for kind in (usual, media_type)]
    return families not in (["video", "video"], ["audio", "audio"])


def _by_content(file: BinaryIO, size: int, head: bytes, name: str) -> _Kind:
    program = executable_head(head)
    if program:
        return _refused(program)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip(file, size, head)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _ole(file, size)
    return _by_magic(head) or _text(head, name)


def _by_magic(head: bytes) -> _Kind | None:
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head[4:8] == b"ftyp":
        return _iso_media(head)
    if head[257:262] == b"ustar":
        return _kind("application/x-tar", "ARCHIVE")
    if head.startswith(b"BM") and head[6:10] == b"\0\0\0\0" and head[15:18] == b"\0\0\0":
        return _kind("image/bmp")
    return _RIFF.get(head[8:12]) if head.startswith(b"RIFF") else None


def _iso_media(head: bytes) -> _Kind:
    box = head[8 : min(len(head), max(16, int.from_bytes(head[:4], "big")), 128)]
    brands = {box[at : at + 4] for at in range(0, len(box), 4) if at != 4}
    if brands & {b"avif", b"avis"}:
        return _kind("image/avif")
    if brands & {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"}:
        return _kind(media.HEIC, "HEIC")
    major = box[:4]
    if major == b"qt  ":
        return _kind("video/quicktime", "VIDEO")
    if major in {b"M4A ", b"M4B "}:
        return _kind("audio/mp4", "AUDIO")
    return _kind("video/3gpp" if major[:2] == b"3g" else "video/mp4", "VIDEO")


def _zip(file: BinaryIO, size: int, head: bytes) -> _Kind:
    listing = containers.list_zip(file, size)
    names = {name.replace("\\", "/").lstrip("/") for name in listing.names}
    folded = {name.casefold() for name in names}
    program = _zip_program(names)
    if program:
        return _refused(program)
    flags = set() if listing.complete else {"DAMAGED"}
    if listing.encrypted:
        flags.add("ENCRYPTED")
    if "[content_types].xml" in folded:
        macro = any(name.endswith("vbaproject.bin") for name in folded) or any(
            name.startswith("xl/macrosheets/") for name in folded
        )
        for part, plain, with_macro in _OPEN_XML:
            if part in folded:
                return _kind(with_macro if macro else plain, *flags, *(["MACRO"] if macro else []))
        if "xl/workbook.bin" in folded:
            return _kind(media.XLSB, *flags, *(["MACRO"] if macro else []))
    first, content = containers.first_zip_entry(head)
    declared = content.decode("ascii", "replace").strip() if first == "mimetype" else ""
    declared = declared.removesuffix("-template")
    if declared in media.ENDINGS and declared.startswith("application/vnd.oasis"):
        macro = any(name.startswith(("basic/", "scripts/")) for name in folded)
        return _kind(declared, *flags, *(["MACRO"] if macro else []))
    if declared == "application/epub+zip":
        return _kind(declared, *flags)
    if any(media.refused_ending(name) for name in names):
        flags.add("CONTAINS_EXECUTABLE")
    return _kind(media.ZIP, "ARCHIVE", *flags)


def _zip_program(names: set[str]) -> str:
    if "AndroidManifest.xml" in names:
        return "APK"
    if "AppxManifest.xml" in names or "AppxBlockMap.xml" in names:
        return "APPX"
    if any(re.match(r"Payload/[^/]+\.app/", name) for name in names):
        return "IPA"
    if "META-INF/MANIFEST.MF" in names and any(name.endswith(".class") for name in names):
        return "JAR"
    return ""


def _ole(file: BinaryIO, size: int) -> _Kind:
    listing = containers.list_ole(file, size)
    if listing is None:
        return _kind(media.OLE, "OLD_OFFICE", "DAMAGED")
    if _INSTALLER.fullmatch(listing.root_class):
        return _refused("MSI")
    macro = ["MACRO"] if listing.names & _OLE_MACROS else []
    for stream, kind in _OLE_STREAMS:
        if stream in listing.names:
            return _kind(kind.media_type, *kind.flags, *macro)
    return _kind(media.OLE, "OLD_OFFICE", *macro)


def _pdf_flags(file: BinaryIO, size: int) -> set[str]:
    file.seek(max(0, size - 4096))
    tail = file.read(4096)
    flags = set()
    if b"%%EOF" not in tail:
        flags.add("DAMAGED")
    if b"/Encrypt" in tail:
        flags.add("ENCRYPTED")
    return flags


def _decode(head: bytes) -> str | None:
    """The first bytes as text, or None when they are none."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    elif b"\0" in head:
        return None
    else:
        encoding = "utf-8-sig"
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        if encoding == "utf-16":
            return None
        text = head.decode("cp1252", "replace")
        # a text of an old program has a few letters above ASCII, a binary file is full of them
        if sum(letter > "~" for letter in text) * 4 > len(text):
            return None
    odd = sum(letter < " " and letter not in "\t\n\r\f\x1a\x1b" for letter in text)
    return None if odd else text


def _text(head: bytes, name: str) -> _Kind:
    text = _decode(head)
    if text is None:
        return _kind(media.PDF if b"%PDF-" in head[:1024] else media.UNKNOWN)
    program = _script(text.lstrip())
    if program:
        return _refused(program)
    if text.lstrip().startswith("%PDF-"):
        return _kind(media.PDF)
    return _markup(text) or _plain(text, name)


def _script(body: str) -> str:
    if any(pattern.match(body) for pattern in _TEXT_PROGRAMS):
        return "SCRIPT"
    if _PHP.search(body):
        return "PHP"
    return "HTA" if _HTA.search(body) else ""


def _plain(text: str, name: str) -> _Kind:
    if len(_MAIL_LINE.findall(text[:4096])) >= 3 and _MAIL_LINE.match(text):
        if "multipart/related" in text and media.ending(name) in media.ENDINGS[media.WEB_ARCHIVE]:
            return _kind(media.WEB_ARCHIVE, "ACTIVE_CONTENT")
        return _kind(media.EMAIL, "EMAIL")
    is_table = media.ending(name) in media.ENDINGS[media.CSV] or _is_table(text)
    return _kind(media.CSV if is_table else media.TEXT)


def _markup(text: str) -> _Kind | None:
    prologue = _PROLOGUE.match(text)
    start = prologue.end() if prologue else 0
    if _HTML.match(text, start):
        return _kind(media.HTML, "ACTIVE_CONTENT")
    if _SVG.match(text, start):
        return _kind(media.SVG, "ACTIVE_CONTENT")
    if text.lstrip().startswith("<?xml"):
        active = ["ACTIVE_CONTENT"] if _XML_ACTIVE.search(text) else []
        return _kind(media.XML, *active)
    return None


def _is_table(text: str) -> bool:
    lines = [line for line in text.splitlines()[:12] if line.strip()]
    if len(lines) < 3:
        return False
    lines = lines[:-1] if len(text) >= HEAD // 2 else lines
    return any(
        lines[0].count(sign) >= least and len({line.count(sign) for line in lines}) == 1
        for sign, least in ((";", 1), ("\t", 1), (",", 2))
    )
