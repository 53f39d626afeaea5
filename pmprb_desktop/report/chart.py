"""The chart of the areas as plain shapes in points, for paper and screen alike.

The origin is the lower left corner and y rises, as in PDF; a screen turns y round. Nothing here
knows fonts: texts are broken by an estimate of their width. All is black on white, and last year
differs by its dashes, so that a copy machine loses nothing.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from pmprb_desktop.report.words import percent_id

Point = tuple[float, float]
Anchor = Literal["start", "middle", "end"]
LEAST_FOR_RADAR = 3
MOST_FOR_RADAR = 12
RINGS = 4


@dataclass(frozen=True, slots=True)
class Area:
    """One area: its share (0 to 1) this year and last year; None where there is none.

    ``short`` stands at its axis in a radar instead of the label, where a list beside explains it.
    """

    label: str
    share: Fraction | None
    last: Fraction | None = None
    short: str = ""


@dataclass(frozen=True, slots=True)
class Polyline:
    """A line through points, or a closed outline; ``fill`` is a grey, 0 black to 1 white."""

    points: tuple[Point, ...]
    width: float = 0.5
    closed: bool = False
    fill: float | None = None
    stroke: float | None = 0.0
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Dot:
    """A filled circle."""

    centre: Point
    radius: float


@dataclass(frozen=True, slots=True)
class Label:
    """One line of text; ``at`` is on its base line."""

    at: Point
    text: str
    size: float
    anchor: Anchor = "start"
    bold: bool = False


Shape = Polyline | Dot | Label


@dataclass(frozen=True, slots=True)
class Chart:
    """Shapes in painting order within ``width`` × ``height`` points."""

    width: float
    height: float
    shapes: tuple[Shape, ...]


def area_chart(areas: Sequence[Area], width: float, height: float, size: float = 6.0) -> Chart:
    """Draw a radar for 3 to 12 areas, bars otherwise."""
    if LEAST_FOR_RADAR <= len(areas) <= MOST_FOR_RADAR:
        return radar(areas, width, height, size)
    return bars(areas, width, height, size)


def radar(areas: Sequence[Area], width: float, height: float, size: float = 6.0) -> Chart:
    """One axis per area, clockwise from the top; the outermost ring is 100 %."""
    count = len(areas)
    brief = all(area.short for area in areas)
    label_width = size * 5 if brief else width * 0.24
    radius = max(10.0, min(width / 2 - label_width, height / 2 - size * (3 if brief else 4.6)))
    middle = (width / 2, height / 2)

    def at(index: int, share: float) -> Point:
        angle = math.pi / 2 - 2 * math.pi * index / count
        reach = radius * share
        return middle[0] + reach * math.cos(angle), middle[1] + reach * math.sin(angle)

    def outline(shares: Sequence[float]) -> tuple[Point, ...]:
        return tuple(at(index, share) for index, share in enumerate(shares))

    shapes: list[Shape] = []
    now = [_clamp(area.share) for area in areas]
    shapes.append(Polyline(outline(now), closed=True, fill=0.86, stroke=None))
    for ring in range(1, RINGS + 1):
        points = outline([ring / RINGS] * count)
        heavy = ring == RINGS
        shapes.append(Polyline(points, 0.6 if heavy else 0.25, closed=True, stroke=0.35))
    shapes += [Polyline((middle, at(index, 1)), 0.25, stroke=0.35) for index in range(count)]
    if any(area.last is not None for area in areas):
        last = [_clamp(area.last) for area in areas]
        shapes.append(Polyline(outline(last), 0.8, closed=True, dashed=True))
    shapes.append(Polyline(outline(now), 1.3, closed=True))
    shapes += [Dot(point, 1.6) for point in outline(now)]
    for index, area in enumerate(areas):
        shapes += _spoke_label(area, middle, at(index, 1), label_width, size)
    return Chart(width, height, tuple(shapes))


def _spoke_label(
    area: Area, middle: Point, tip: Point, width: float, size: float
) -> tuple[Label, ...]:
    named = [area.short] if area.short else _broken(area.label, width, size)
    lines = [*named, percent_id(area.share)]
    leading = size * 1.15
    across, up = tip[0] - middle[0], tip[1] - middle[1]
    length = math.hypot(across, up) or 1.0
    x, y = tip[0] + across / length * size * 0.7, tip[1] + up / length * size * 0.7
    anchor: Anchor = "middle" if abs(across) < length * 0.2 else "start" if across > 0 else "end"
    if anchor == "middle":
        top = y + leading * (len(lines) - 1) + size * 0.2 if up > 0 else y - size * 0.8
    else:
        top = y + leading * (len(lines) - 1) / 2 - size * 0.3 + up / length * leading
    last = len(lines) - 1
    return tuple(
        Label((x, top - leading * index), line, size, anchor, bold=index == last)
        for index, line in enumerate(lines)
    )


def bars(areas: Sequence[Area], width: float, height: float, size: float = 6.0) -> Chart:
    """One bar per area from above, its label before and its percent behind it."""
    shapes: list[Shape] = []
    if not areas:
        return Chart(width, height, ())
    step = min(height / len(areas), size * 5)
    left, right = width * 0.42, width - size * 5.2
    thickness = min(step * 0.5, size * 1.6)
    for index, area in enumerate(areas):
        centre = height - step * (index + 0.5)
        fits = max(1, int(step / (size * 1.15)))
        lines = _broken(area.label, left - size, size, min(3, fits))
        for row, line in enumerate(lines):
            y = centre + size * 1.15 * ((len(lines) - 1) / 2 - row) - size * 0.35
            shapes.append(Label((0.0, y), line, size))
        shapes.append(_box(left, right, centre, thickness, None))
        if area.share is not None:
            reach = left + (right - left) * _clamp(area.share)
            shapes.append(_box(left, reach, centre, thickness, 0.45))
        if area.last is not None:
            x = left + (right - left) * _clamp(area.last)
            mark = ((x, centre - thickness * 0.8), (x, centre + thickness * 0.8))
            shapes.append(Polyline(mark, 0.9, dashed=True))
        end = (right + size * 0.5, centre - size * 0.35)
        shapes.append(Label(end, percent_id(area.share), size, bold=True))
    return Chart(width, height, tuple(shapes))


def _box(left: float, right: float, centre: float, thickness: float, fill: float | None) -> Shape:
    low, high = centre - thickness / 2, centre + thickness / 2
    corners = ((left, low), (right, low), (right, high), (left, high))
    return Polyline(corners, 0.5, closed=True, fill=fill)


def _clamp(share: Fraction | None) -> float:
    return 0.0 if share is None else min(1.0, max(0.0, float(share)))


def _broken(text: str, width: float, size: float, most: int = 3) -> list[str]:
    """Lines of about ``width`` points; at most ``most``, the last one cut with an ellipsis."""
    room = max(4, int(width / (size * 0.56)))
    lines = [""]
    for word in text.split():
        joined = f"{lines[-1]} {word}".strip()
        if len(joined) <= room or not lines[-1]:
            lines[-1] = joined
        else:
            lines.append(word)
    kept = [line if len(line) <= room + 2 else f"{line[: room - 1]}…" for line in lines[:most]]
    if len(lines) > most:
        kept[-1] = f"{kept[-1].rstrip('…')[: room - 1]}…"
    return kept
