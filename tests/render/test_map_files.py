"""The map as table and picture."""

import io
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from recli.core.errors import UsageError
from recli.render.map_colors import coloring
from recli.render.map_files import map_bytes
from recli.render.map_page import map_html
from recli.render.map_picture import map_picture
from recli.render.map_tables import map_csv, metadata_tsv, vectors_tsv
from tests.render.samples import HOSTILE_TITLES, item_map

pytestmark = pytest.mark.filterwarnings("error")

PNG = b"\x89PNG\r\n\x1a\n"


def test_csv_to_the_byte():
    points = np.array([[0.5, -1.25], [3, 0.1]], dtype=np.float32)
    assert map_csv(item_map('Say "Ay", Cabrón (1999)', "Heat", untrained=(1,), points=points)) == (
        b"item_id,title,year,ratings,mean_rating,trained,x,y\n"
        b'1,"Say ""Ay"", Cabr\xc3\xb3n (1999)",1999,1,3.5,true,0.5,-1.25\n'
        b"2,Heat,,3,,false,3.0,0.1\n"
    )


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_text_is_a_formula(start: str):
    shown = item_map(f"{start}1+1", ids=(f"{start}2",), points=np.array([[-1, -2]], dtype=np.float32))
    (row,) = map_csv(shown).decode().splitlines()[1:]
    item_id, title, *rest = row.split(",")
    assert item_id.startswith("'")
    assert title.startswith("'")
    assert rest[-2:] == ["-1.0", "-2.0"]  # a number is no formula


def test_a_row_is_a_line_without_controls():
    text = map_csv(item_map(*HOSTILE_TITLES)).decode()
    assert len(text.splitlines()) == 1 + len(HOSTILE_TITLES)
    assert text.replace("\n", "").isprintable()


@pytest.mark.parametrize(
    "points",
    [
        [[0, 0]],
        [[0, 0], [0, 0], [0, 0]],
        [[0, 0], [1, 0], [2, 0]],
        [[0, 0], [0, 1e-9], [0, 2e-9]],
        [[0, 0], [1e9, 1], [2e9, 5]],
    ],
)
def test_png_of_any_arrangement(points: list, capfd: pytest.CaptureFixture[str]):
    shown = item_map(*["Alien (1979)"] * len(points), points=np.array(points, dtype=np.float32))
    picture = Image.open(io.BytesIO(map_picture(shown, "png")))
    assert picture.width == 2000
    assert 1000 <= picture.height <= 4000
    assert capfd.readouterr() == ("", "")


def test_png_of_hostile_titles_and_untrained_items(capfd: pytest.CaptureFixture[str]):
    shown = item_map(*HOSTILE_TITLES, untrained=(0, 2))
    assert map_picture(shown, "png").startswith(PNG)
    assert map_picture(shown, "png") == map_picture(shown, "png")
    assert map_picture(item_map("Alien", untrained=(0,)), "png").startswith(PNG)
    assert capfd.readouterr() == ("", "")


def test_formats():
    shown = item_map("Alien", "Heat")
    assert map_bytes(shown, "html") == map_html(shown).encode()
    assert map_bytes(shown, "csv") == map_csv(shown)
    assert map_bytes(shown, "png").startswith(PNG)
    assert map_bytes(shown, "svg").startswith(b"<?xml")
    with pytest.raises(UsageError, match="html, csv, png, svg"):
        map_bytes(shown, "pdf")


def test_files_for_the_embedding_projector():
    shown = item_map("Alien", "a\tb\nc")
    vectors = np.array([[0.1, -2], [1e-8, 3]], dtype=np.float32)
    shown = replace(shown, layouts=(replace(shown.layout, vectors=vectors),))
    lines = vectors_tsv(shown).decode().splitlines()
    back = np.array([line.split("\t") for line in lines], dtype=np.float32)  # no header
    np.testing.assert_array_equal(back, vectors)
    header, first, second = metadata_tsv(shown).decode().splitlines()
    assert header.split("\t") == ["title", "item_id", "year", "ratings", "mean_rating", "trained"]
    assert first.split("\t") == ["Alien", "1", "1999", "1", "3.5", "true"]
    assert len(second.split("\t")) == 6


def test_columns_of_two_layouts_and_of_labels():
    shown = item_map("Alien", points=np.array([[1, 2]], dtype=np.float32))
    other = replace(shown.layout, points=np.array([[3, 4]], dtype=np.float32))
    points = replace(shown.points, labels={"genre": (("Horror", "Sci-Fi"),)})
    header, row = map_csv(replace(shown, points=points, layouts=(shown.layout, other))).decode().splitlines()
    assert header.endswith("trained,x,y,trained_2,x_2,y_2,genres")
    assert row.endswith("true,1.0,2.0,true,3.0,4.0,Horror|Sci-Fi")


def test_svg_of_hostile_titles_is_a_sound_picture_that_runs_nothing():
    shown = item_map(*HOSTILE_TITLES)
    labels = {"genre": tuple((title,) for title in HOSTILE_TITLES)}
    svg = map_picture(replace(shown, points=replace(shown.points, labels=labels), color="genre"), "svg")
    root = ElementTree.fromstring(svg)  # noqa: S314 - matplotlib's own
    names = {element.tag.rpartition("}")[2] for element in root.iter() if isinstance(element.tag, str)}
    assert not names & {"script", "img", "foreignObject", "a"}
    assert not any(name.startswith("on") for element in root.iter() for name in element.attrib)


@pytest.mark.parametrize("color", ["mean", "year"])
def test_a_scale_leaves_the_unknown_grey(color: str):
    colors = coloring(replace(item_map("a", "b", "c"), color=color))  # the last has neither
    grey = [0x6B / 255, 0x77 / 255, 0x85 / 255, 1]
    np.testing.assert_allclose(colors.colors()[2], grey)
    assert not np.allclose(colors.colors()[0], grey)


def test_a_point_takes_the_colour_of_its_first_frequent_label():
    genres = (("B", "A"), ("A",), ())
    shown = item_map("a", "b", "c")
    colors = coloring(replace(shown, color="genre", points=replace(shown.points, labels={"genre": genres})))
    assert colors.groups == ("A", "B")
    np.testing.assert_array_equal(colors.values, [1, 0, np.nan])
