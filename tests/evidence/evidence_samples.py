"""Small files of every kind, built from scratch."""

import io
import struct
import zipfile
from collections.abc import Mapping

from PIL import Image

DOCUMENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def picture(
    kind: str, size: tuple[int, int] = (40, 30), mode: str = "RGB", **options: object
) -> bytes:
    """A picture in any format that Pillow writes."""
    target = io.BytesIO()
    Image.new(mode, size, "#0B5C8A" if mode.startswith("RGB") else 1).save(target, kind, **options)
    return target.getvalue()


def pdf(pages: int = 2, width: int = 210, height: int = 297) -> bytes:
    """A PDF with empty pages."""
    kids = " ".join(f"{number + 3} 0 R" for number in range(pages))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>",
        *[f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] >>"] * pages,
    ]
    data = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    data += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode()
    start = data.rindex(b"xref\n0")
    trailer = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    return data + trailer.encode()


def archive(members: Mapping[str, bytes | str], comment: bytes = b"") -> bytes:
    """A ZIP with these members, the first one stored plainly."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as out:
        for number, (name, content) in enumerate(members.items()):
            kind = zipfile.ZIP_STORED if number == 0 else zipfile.ZIP_DEFLATED
            out.writestr(zipfile.ZipInfo(name), content, kind)
        out.comment = comment
    return target.getvalue()


def office(part: str, *more: str) -> bytes:
    """An Office Open XML file with this main part."""
    names = ("[Content_Types].xml", "_rels/.rels", part, *more)
    return archive(dict.fromkeys(names, "<x/>"))


def open_document(kind: str, *more: str) -> bytes:
    """An OpenDocument file."""
    start = {"mimetype": f"application/vnd.oasis.opendocument.{kind}"}
    return archive({**start, "content.xml": "<x/>", **dict.fromkeys(more, "x")})


def ole(*streams: str, root: bytes = bytes(16), loop: bool = False) -> bytes:
    """An OLE2 file whose directory names these streams."""
    entries = [("Root Entry", 5), *[(name, 2) for name in streams]]
    entries += [("", 0)] * (-len(entries) % 4)
    directory = b""
    for name, kind in entries:
        raw = name.encode("utf-16-le") + b"\0\0" if name else b""
        entry = raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw), kind, 1)
        entry = entry.ljust(80, b"\0") + (root if kind == 5 else bytes(16))
        directory += entry.ljust(128, b"\0")
    sectors = len(directory) // 512
    chain = [0xFFFFFFFD, *range(2, sectors + 1), 1 if loop else 0xFFFFFFFE]
    table = struct.pack(f"<{len(chain)}L", *chain).ljust(512, b"\xff")
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    header += struct.pack("<HHHHH6xLLLLLLLLL", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096,
                          0xFFFFFFFE, 0, 0xFFFFFFFE, 0)  # fmt: skip
    header += struct.pack("<L", 0) + b"\xff" * 432
    return header + table + directory


def iso_media(brand: bytes, *compatible: bytes) -> bytes:
    """The head of an MP4, MOV or HEIC."""
    body = b"ftyp" + brand + bytes(4) + b"".join(compatible)
    return struct.pack(">L", len(body) + 4) + body + bytes(64)


def windows_program() -> bytes:
    """The head of an .exe."""
    return (b"MZ" + bytes(58) + struct.pack("<L", 128)).ljust(128, b"\0") + b"PE\0\0" + bytes(200)


INSTALLER = bytes.fromhex("84100c0000000000c000000000000046")
MAIL = (
    "Received: from a by b\r\nFrom: unit@contoh.go.id\r\nTo: kantor@contoh.go.id\r\n"
    "Subject: Bukti dukung\r\nMIME-Version: 1.0\r\n\r\nTerlampir.\r\n"
)

ACCEPTED: tuple[tuple[str, bytes, str, tuple[str, ...]], ...] = (
    ("SK Tim.pdf", pdf(), "application/pdf", ()),
    ("foto.jpg", picture("JPEG"), "image/jpeg", ()),
    ("foto.JPEG", picture("JPEG", (4, 4)), "image/jpeg", ()),
    ("layar.png", picture("PNG"), "image/png", ()),
    ("logo.gif", picture("GIF"), "image/gif", ()),
    ("bagan.bmp", picture("BMP"), "image/bmp", ()),
    ("pindai.tif", picture("TIFF"), "image/tiff", ()),
    ("foto.webp", picture("WEBP"), "image/webp", ()),
    ("foto.heic", iso_media(b"heic", b"mif1", b"heic"), "image/heic", ("HEIC",)),
    ("foto2.heic", iso_media(b"mif1", b"heic"), "image/heic", ("HEIC",)),
    ("video.mp4", iso_media(b"isom", b"mp41"), "video/mp4", ("VIDEO",)),
    ("video.mov", iso_media(b"qt  "), "video/quicktime", ("VIDEO",)),
    ("video.3gp", iso_media(b"3gp4"), "video/3gpp", ("VIDEO",)),
    ("video.avi", b"RIFF\0\0\0\0AVI LIST", "video/x-msvideo", ("VIDEO",)),
    ("suara.m4a", iso_media(b"M4A "), "audio/mp4", ("AUDIO",)),
    ("suara.mp3", b"ID3\x03\0\0\0", "audio/mpeg", ("AUDIO",)),
    ("bukti.zip", archive({"SK.pdf": b"%PDF-"}), "application/zip", ("ARCHIVE",)),
    ("alat.zip", archive({"a/pasang.exe": b"MZ"}), "application/zip",
     ("ARCHIVE", "CONTAINS_EXECUTABLE")),
    ("bukti.rar", b"Rar!\x1a\x07\x01\0rest", "application/vnd.rar", ("ARCHIVE",)),
    ("bukti.7z", b"7z\xbc\xaf\x27\x1c\0\4", "application/x-7z-compressed", ("ARCHIVE",)),
    ("bukti.tgz", b"\x1f\x8b\x08\0\0", "application/gzip", ("ARCHIVE",)),
    ("notula.docx", office("word/document.xml"), DOCUMENT, ()),
    ("data.xlsx", office("xl/workbook.xml"),
     "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ()),
    ("paparan.pptx", office("ppt/presentation.xml"),
     "application/vnd.openxmlformats-officedocument.presentationml.presentation", ()),
    ("makro.docm", office("word/document.xml", "word/vbaProject.bin"),
     "application/vnd.ms-word.document.macroenabled.12", ("MACRO",)),
    ("makro.xlsm", office("xl/workbook.xml", "xl/vbaProject.bin"),
     "application/vnd.ms-excel.sheet.macroenabled.12", ("MACRO",)),
    ("makro.pptm", office("ppt/presentation.xml", "ppt/vbaProject.bin"),
     "application/vnd.ms-powerpoint.presentation.macroenabled.12", ("MACRO",)),
    ("biasa.docx", office("word/document.xml", "word/VBAProject.bin"),
     "application/vnd.ms-word.document.macroenabled.12", ("MACRO", "TYPE_DIFFERS")),
    ("lama.doc", ole("WordDocument", "1Table"), "application/msword", ("OLD_OFFICE",)),
    ("lama.xls", ole("Workbook"), "application/vnd.ms-excel", ("OLD_OFFICE",)),
    ("lama.ppt", ole("Current User", "PowerPoint Document"), "application/vnd.ms-powerpoint",
     ("OLD_OFFICE",)),
    ("makro.xls", ole("Workbook", "a", "b", "c", "d", "_VBA_PROJECT_CUR"),
     "application/vnd.ms-excel", ("OLD_OFFICE", "MACRO")),
    ("sandi.docx", ole("EncryptionInfo", "EncryptedPackage"), "application/x-ole-storage",
     ("ENCRYPTED",)),
    ("surat.msg", ole("__properties_version1.0"), "application/vnd.ms-outlook", ("EMAIL",)),
    ("notula.odt", open_document("text"), "application/vnd.oasis.opendocument.text", ()),
    ("data.ods", open_document("spreadsheet"),
     "application/vnd.oasis.opendocument.spreadsheet", ()),
    ("makro.odt", open_document("text", "Basic/script-lc.xml"),
     "application/vnd.oasis.opendocument.text", ("MACRO",)),
    ("catatan.txt", "Rapat tim — hasil baik.\r\n".encode(), "text/plain", ()),
    ("ansi.txt", "Caf\xe9 rapat".encode("cp1252"), "text/plain", ()),
    ("dua.txt", "Rapat".encode("utf-16"), "text/plain", ()),
    ("tabel.csv", b"nama;nilai\r\na;1\r\n", "text/csv", ()),
    ("tabel", b"nama;nilai\na;1\nb;2\n", "text/csv", ()),
    ("surat.rtf", b"{\\rtf1 Surat}", "application/rtf", ()),
    ("surat.eml", MAIL.encode(), "message/rfc822", ("EMAIL",)),
    ("halaman.html", b"<!-- x -->\n<!DOCTYPE html><p>x", "text/html", ("ACTIVE_CONTENT",)),
    ("gambar.svg", b"<?xml version='1.0'?>\n<svg xmlns='a'/>", "image/svg+xml",
     ("ACTIVE_CONTENT",)),
    ("data.xml", b"<?xml version='1.0'?><data/>", "application/xml", ()),
    ("tipu.xls", b"<html><table></table>", "text/html", ("ACTIVE_CONTENT", "TYPE_DIFFERS")),
    ("tipu.html", b"biasa saja", "text/plain", ("ACTIVE_CONTENT", "TYPE_DIFFERS")),
    ("pindai.jpg", pdf(), "application/pdf", ("TYPE_DIFFERS",)),
    ("SK.pdf", picture("PNG"), "image/png", ("TYPE_DIFFERS",)),
    ("potong.pdf", pdf()[:60], "application/pdf", ("DAMAGED",)),
    ("potong.zip", archive({"a": b"b" * 50})[:60], "application/zip", ("ARCHIVE", "DAMAGED")),
    ("awalan.pdf", b"\0\0\0" + pdf(), "application/pdf", ()),
    ("aneh.dat", bytes(range(256)), "application/octet-stream", ("UNKNOWN_TYPE",)),
    ("MZ.txt", b"MZ adalah singkatan", "text/plain", ()),
)  # fmt: skip
"""Name, bytes, media type, flags."""

REFUSED_ENDINGS = (
    "bat cmd ps1 vbs js jse wsf hta lnk scr msi reg exe com dll jar apk sh url pif cpl vbe"
)

REFUSED: tuple[tuple[str, bytes], ...] = (
    ("SK.pdf", windows_program()),
    ("SK.pdf", b"\x7fELF" + bytes(100)),
    ("SK", b"\xcf\xfa\xed\xfe" + bytes(100)),
    ("SK", b"\xca\xfe\xba\xbe\0\0\0\2" + bytes(100)),
    ("catatan.txt", b"#!/bin/sh\nrm -rf x\n"),
    ("catatan.txt", b"\xef\xbb\xbf#! /usr/bin/python\n"),
    ("catatan.txt", b"\r\n@echo off\r\ndel x\r\n"),
    ("catatan.txt", "Windows Registry Editor Version 5.00\r\n".encode("utf-16")),
    ("tautan.txt", b"[InternetShortcut]\r\nURL=file:///c:/x\r\n"),
    ("halaman.html", b"<html><HTA:APPLICATION ID='x'></html>"),
    ("catatan.txt", b"<?php system($_GET['x']);"),
    ("SK.pdf", b"<?PHP echo 1;"),
    ("halaman.html", b"<html><body><?php echo 1; ?></body></html>"),
    ("catatan.txt", b"\r\n<?= 1 ?>"),
    ("catatan.txt", b'<%@ Page Language="C#" %>'),
    ("catatan.txt", b'<%@page import="x"%>'),
    *((f"SK.{ending}", b"biasa saja") for ending in ("php", "PHTML", "phar", "aspx", "jsp", "cgi")),
    ("SK.pdf", b"L\0\0\0\x01\x14\x02\0" + bytes(60)),
    ("SK.doc", ole("a", root=INSTALLER)),
    ("bantuan.pdf", b"ITSF\3\0\0\0" + bytes(60)),
    ("app.zip", archive({"AndroidManifest.xml": b"", "classes.dex": b""})),
    ("app.zip", archive({"META-INF/MANIFEST.MF": b"", "Main.class": b""})),
    *((f"SK.{ending}", b"biasa saja") for ending in REFUSED_ENDINGS.split()),
    ("SK.pdf.EXE", pdf()),
    ("SK.exe. . ", pdf()),
    ("SK.exe:x.pdf", pdf()),
    ("SK.exe\u202e", pdf()),
)
"""Name and bytes of what is never taken in."""
