from fractions import Fraction

import pytest

from pmprb_desktop.report import chart


def _areas(count: int, *, last: bool = False, label: str = "Area") -> list[chart.Area]:
    return [
        chart.Area(
            f"{number} {label}",
            Fraction(number + 1, count + 1),
            Fraction(1, 2) if last else None,
        )
        for number in range(count)
    ]


def _texts(drawn: chart.Chart) -> list[str]:
    return [shape.text for shape in drawn.shapes if isinstance(shape, chart.Label)]


@pytest.mark.parametrize("count", [3, 8, 12])
def test_radar_from_three_areas(count: int) -> None:
    """Three areas and more make a radar: a point per area, the percents beside."""
    drawn = chart.area_chart(_areas(count), 200, 180)
    assert sum(isinstance(shape, chart.Dot) for shape in drawn.shapes) == count
    assert sum(text.endswith("%") for text in _texts(drawn)) == count


@pytest.mark.parametrize("count", [0, 1, 2, 13])
def test_bars_otherwise(count: int) -> None:
    """Fewer than three areas, or more than fit round a circle, make bars."""
    drawn = chart.area_chart(_areas(count), 200, 180)
    assert not any(isinstance(shape, chart.Dot) for shape in drawn.shapes)
    assert sum(text.endswith("%") for text in _texts(drawn)) == count


def test_full_share_reaches_the_outer_ring() -> None:
    """A share of 1 lies on the outermost ring, 0 in the middle, and more than 1 is no more."""
    shares = (Fraction(1), Fraction(0), Fraction(3, 2))
    drawn = chart.radar([chart.Area("x", share) for share in shares], 200, 200)
    dots = [shape.centre for shape in drawn.shapes if isinstance(shape, chart.Dot)]
    rings = [s for s in drawn.shapes if isinstance(s, chart.Polyline) and s.closed]
    outer = next(s for s in rings if s.width == 0.6)
    assert dots[0] == pytest.approx(outer.points[0])
    assert dots[1] == pytest.approx((100, 100))
    assert dots[2] == pytest.approx(outer.points[2])


def test_last_year_is_dashed() -> None:
    """Last year shows without colour: by its dashes."""
    for count in (2, 8):
        without = chart.area_chart(_areas(count), 200, 180)
        drawn = chart.area_chart(_areas(count, last=True), 200, 180)
        assert not any(getattr(shape, "dashed", False) for shape in without.shapes)
        assert any(getattr(shape, "dashed", False) for shape in drawn.shapes)


@pytest.mark.parametrize("count", [1, 2, 3, 8, 12, 13, 40])
@pytest.mark.parametrize("label", ["A", "Penataan Sistem Manajemen SDM Aparatur", "x" * 500])
def test_shapes_stay_inside(count: int, label: str) -> None:
    """No line or point leaves the box, however long the labels are."""
    drawn = chart.area_chart(_areas(count, last=True, label=label), 200, 180)
    for shape in drawn.shapes:
        if isinstance(shape, chart.Polyline):
            points = shape.points
        elif isinstance(shape, chart.Dot):
            points = (shape.centre,)
        else:
            assert len(shape.text) < 60
            points = (shape.at,)
        assert all(0 <= x <= 200 and -8 <= y <= 188 for x, y in points)


def test_area_that_does_not_apply() -> None:
    """An area of which nothing applies has a dash and counts as nothing."""
    areas = [chart.Area("a", None), chart.Area("b", Fraction(1)), chart.Area("c", Fraction(1))]
    assert "–" in _texts(chart.radar(areas, 200, 200))
    assert "–" in _texts(chart.bars(areas, 200, 200))
