"""Letters of all scripts in a picture: drawn where a font here has them, else left to the reader, or said."""

import logging
from pathlib import Path

import pytest

from recli.render.plots import similarity_plot
from recli.render.plots.fonts import families, letters_without_font
from recli.render.plots.style import house_style, new_figure
from tests.render.test_plots import similar_result

RUNE = "\U0010fffd"
"""The last letter for private use: no real font has it."""
CYRILLIC = "Сталкер (1979)"


@pytest.fixture
def font_for_rune(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install one of the known fonts for a while: it has a square for ``RUNE``."""
    from fontTools.fontBuilder import FontBuilder
    from fontTools.pens.ttGlyphPen import TTGlyphPen
    from matplotlib.font_manager import fontManager

    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for corner in ((0, 900), (900, 900), (900, 0)):
        pen.lineTo(corner)
    pen.closePath()
    builder = FontBuilder(1000)
    builder.setupGlyphOrder([".notdef", "rune"])
    builder.setupCharacterMap({ord(RUNE): "rune"})
    builder.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "rune": pen.glyph()})
    builder.setupHorizontalMetrics({".notdef": (1000, 0), "rune": (1000, 0)})
    builder.setupHorizontalHeader(ascent=900, descent=-100)
    builder.setupNameTable({"familyName": "Unifont", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    file = tmp_path / "unifont.ttf"
    builder.save(file)
    monkeypatch.setattr(fontManager, "ttflist", list(fontManager.ttflist))
    fontManager.addfont(file)


def lacking(text: str) -> str:
    with house_style():
        return letters_without_font(new_figure(text, "", 8, 4))


def draw(title: str, fmt: str) -> bytes:
    return similarity_plot(similar_result(title), fmt)


def test_the_house_font_has_the_alphabets() -> None:
    assert families()[0] == "DejaVu Sans"
    assert lacking(f"{CYRILLIC} Άλφα الرسالة שלום {RUNE}{RUNE}") == RUNE


@pytest.mark.usefixtures("font_for_rune")
def test_an_installed_font_lends_its_letters() -> None:
    assert "Unifont" in families()
    assert lacking(f"Alien {RUNE}") == ""


def test_a_png_with_boxes_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "recli"):
        draw(f"{CYRILLIC} {RUNE}", "png")
    (said,) = [record.getMessage() for record in caplog.records]
    assert said.startswith("the picture shows boxes for ")
    assert "draw it as .svg or .html" in said


def test_an_svg_leaves_letters_without_font_to_its_reader(caplog: pytest.LogCaptureFixture) -> None:
    assert b"<text" not in draw(CYRILLIC, "svg")
    svg = draw(f"Alien {RUNE}", "svg").decode()
    assert f">Alien {RUNE}</text>" in svg
    assert caplog.records == []
