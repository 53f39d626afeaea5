"""Colours that can be read, texts and numbers as people write them."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import product

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from pmprb_desktop import i18n, paths
from pmprb_desktop.ui import icons, texts, theme


def luminance(name: str) -> float:
    color = QColor(name)
    parts = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (color.redF(), color.greenF(), color.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


TEXT = [
    *product(("text", "muted", "primary", "ok", "warn", "bad"), ("surface", "bg")),
    ("primary_ink", "primary"),
    ("text", "tint"),
    ("muted", "tint"),
    ("warn", "warn_ground"),
    ("bad", "bad_ground"),
    ("text", "line"),
]


@pytest.mark.parametrize("tokens", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_keeps_wcag_aa(tokens: theme.Tokens, ink: str, ground: str) -> None:
    assert contrast(getattr(tokens, ink), getattr(tokens, ground)) >= 4.5


@pytest.mark.parametrize("tokens", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["edge", "primary"])
def test_borders_of_inputs_can_be_seen(tokens: theme.Tokens, name: str) -> None:
    assert contrast(getattr(tokens, name), tokens.surface) >= 3


def test_the_theme_follows_the_system(qapp: QApplication) -> None:
    theme.theme().follow(Qt.ColorScheme.Dark)
    assert theme.theme().dark
    assert theme.DARK.primary in qapp.styleSheet()
    theme.theme().follow(Qt.ColorScheme.Light)
    assert not theme.theme().dark
    assert theme.DARK.primary not in qapp.styleSheet()


def test_every_drawing_can_be_drawn() -> None:
    names = [path.stem for path in (paths.resources() / "icons").glob("*.svg")]
    assert len(names) > 30
    for name in names:
        assert not icons.pixmap(name).isNull()
    assert not icons.app_icon().isNull()


def test_a_drawing_takes_the_colour_it_is_shown_in() -> None:
    image = icons.pixmap("plus", "bad", 24).toImage()
    assert image.pixelColor(12, 12).name() == theme.color("bad").name()


def test_numbers_and_sizes_in_indonesian() -> None:
    i18n.use_language("id")
    assert texts.number(Fraction(2418, 100)) == "24,18"
    assert texts.number(Fraction(1, 8)) == "0,13"
    assert texts.number(1234567, 0) == "1.234.567"
    assert texts.percent(Fraction(2, 3)) == "66,7 %"
    assert texts.percent(None) == "–"
    assert texts.typed("1250000.5") == "1.250.000,5"
    assert texts.size(400_000) == "0,4 MB"
    assert texts.size(38_000_000) == "38 MB"
    assert texts.size(1) == "1 KB"
    assert texts.size(1_900_000_000) == "1,9 GB"
    assert texts.day("2026-05-31") == "31 Mei 2026"


def test_days_in_words() -> None:
    today = datetime.now(UTC).astimezone().date()
    assert texts.deadline_words((today + timedelta(days=12)).isoformat()) == "12 days left"
    assert texts.deadline_words(today.isoformat()) == "last day"
    assert texts.deadline_words((today - timedelta(days=1)).isoformat()) == "1 day late"
    now = datetime.now(UTC)
    assert texts.when(f"{now:%Y-%m-%dT%H:%M:%SZ}").startswith("today")
    assert texts.ago(f"{now - timedelta(days=3):%Y-%m-%dT%H:%M:%SZ}") == "3 days ago"


def test_a_long_name_keeps_its_ending() -> None:
    cut = texts.one_line("a" * 300 + ".pdf", 30)
    assert len(cut) == 30
    assert cut.endswith(".pdf")
    assert "…" in cut
