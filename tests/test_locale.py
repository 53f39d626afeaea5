"""The Indonesian catalogue: complete, without leftovers, compiled, with the same fields."""

import ast
import re
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

import pmprb_desktop
from pmprb_desktop import paths

FOLDER = paths.resources() / "locale" / "id" / "LC_MESSAGES"
PACKAGE = Path(pmprb_desktop.__file__).parent
FIELD = re.compile(r"\{[^{}]*\}")
MessageId = str | tuple[str, ...]


def used() -> dict[MessageId, str]:
    found: dict[MessageId, str] = {}
    keywords = {"_": None, "ngettext": (1, 2)}
    for name, line, message, _comments, _context in extract_from_dir(PACKAGE, keywords=keywords):
        key = message if isinstance(message, str) else tuple(message[:2])
        found.setdefault(key, f"{name}:{line}")
    return found


def catalogue() -> Catalog:
    with (FOLDER / "pmprb_desktop.po").open("rb") as handle:
        return read_po(handle, locale="id")


def key_of(message_id: str | list[str] | tuple[str, ...]) -> MessageId:
    return message_id if isinstance(message_id, str) else tuple(message_id)


def test_every_text_is_translated() -> None:
    known = {key_of(entry.id) for entry in catalogue() if entry.id and entry.string}
    missing = {key: place for key, place in used().items() if key not in known}
    assert missing == {}


def test_no_translation_is_left_over() -> None:
    wanted = set(used())
    assert [entry.id for entry in catalogue() if entry.id and key_of(entry.id) not in wanted] == []


def test_nothing_is_fuzzy_or_empty() -> None:
    for entry in catalogue():
        if entry.id:
            assert not entry.fuzzy, entry.id
            strings = [entry.string] if isinstance(entry.string, str) else list(entry.string)
            assert all(strings), entry.id


def test_translations_have_the_same_fields() -> None:
    for entry in catalogue():
        if not entry.id:
            continue
        sources = [entry.id] if isinstance(entry.id, str) else list(entry.id)
        strings = [entry.string] if isinstance(entry.string, str) else list(entry.string)
        fields = set(FIELD.findall(sources[-1]))
        for text in strings:
            assert set(FIELD.findall(text)) == fields, entry.id


def test_the_compiled_catalogue_is_fresh() -> None:
    target = BytesIO()
    write_mo(target, catalogue())
    target.seek(0)
    fresh = {key_of(e.id): e.string for e in read_mo(target) if e.id}
    with (FOLDER / "pmprb_desktop.mo").open("rb") as handle:
        kept = {key_of(e.id): e.string for e in read_mo(handle) if e.id}
    assert kept == fresh


def test_texts_are_looked_up_before_their_fields_are_filled() -> None:
    """``_(f"…")`` could never be translated."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            if node.func.id in ("_", "ngettext"):
                assert not any(isinstance(arg, ast.JoinedStr) for arg in node.args), path
