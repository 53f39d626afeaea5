"""Places in a rubric file as findings name them: nearest code, path of keys, line."""

from collections.abc import Mapping, Sequence
from typing import Any

from pmprb_desktop.i18n import _
from pmprb_desktop.reasons import plain

Place = tuple[str | int, ...]
Lines = Mapping[Place, int]


def text(place: Place, value: Any, lines: Lines) -> str:
    """``P.b nodes[0]/items[1]/text (line 43)``."""
    known = place
    while known not in lines and known:
        known = known[:-1]
    where = _("{where} (line {line})").format(
        where=_path_text(place) or "/", line=lines.get(known, 0)
    )
    return f"{_nearest_code(value, place)} {where}".strip()


def at(value: Any, place: Sequence[str | int]) -> Any:
    """What stands at a place of the file, or None."""
    for step in place:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _nearest_code(value: Any, place: Place) -> str:
    code = ""
    for step in place:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            break
        if isinstance(value, dict) and isinstance(value.get("code"), str):
            code = plain(value["code"])
    return code


def _path_text(place: Place) -> str:
    found = ""
    for step in place:
        found += f"[{step}]" if isinstance(step, int) else f"/{plain(step, 60)}"
    return found.lstrip("/")
