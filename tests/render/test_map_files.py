"""The map as table and picture."""

import io

import numpy as np
import pytest
from PIL import Image

from recli.core.errors import UsageError
from recli.render.map_files import map_bytes, map_csv, map_png
from recli.render.map_page import map_html
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
    picture = Image.open(io.BytesIO(map_png(shown)))
    assert picture.width == 2000
    assert 1000 <= picture.height <= 4000
    assert capfd.readouterr() == ("", "")


def test_png_of_hostile_titles_and_untrained_items(capfd: pytest.CaptureFixture[str]):
    shown = item_map(*HOSTILE_TITLES, untrained=(0, 2))
    assert map_png(shown).startswith(PNG)
    assert map_png(shown) == map_png(shown)
    assert map_png(item_map("Alien", untrained=(0,))).startswith(PNG)
    assert capfd.readouterr() == ("", "")


def test_formats():
    shown = item_map("Alien", "Heat")
    assert map_bytes(shown, "html") == map_html(shown).encode()
    assert map_bytes(shown, "csv") == map_csv(shown)
    assert map_bytes(shown, "png").startswith(PNG)
    with pytest.raises(UsageError, match="html, csv, png"):
        map_bytes(shown, "pdf")
