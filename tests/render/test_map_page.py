"""The map page: complete in itself, and deaf to what titles say."""

import base64
import dataclasses
import hashlib
import json
import re
from html.parser import HTMLParser
from importlib.resources import files

import numpy as np
import pytest

from recli.core.results.project import EmbeddingMap, Faithfulness
from recli.core.text import visible
from recli.render import map_page
from recli.render.map_colors import GROUP_COLORS, SCALE, UNKNOWN
from recli.render.map_page import hover_fields, map_html
from tests.render.samples import HOSTILE_TITLES, item_map

pytestmark = pytest.mark.filterwarnings("error")


class Page(HTMLParser):
    """A page as a browser would take it apart."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[tuple[str | None, str]] = []
        self.text = ""
        self.style = ""
        self._within = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._within = tag
        if tag == "script":
            self.scripts.append((dict(attrs).get("type"), ""))

    def handle_endtag(self, tag: str) -> None:
        self._within = ""

    def handle_data(self, data: str) -> None:
        if self._within == "script":
            kind, source = self.scripts[-1]
            self.scripts[-1] = (kind, source + data)
        elif self._within == "style":
            self.style += data
        else:
            self.text += data

    def data(self) -> dict[str, list]:
        """What the page's script reads."""
        (source,) = (source for kind, source in self.scripts if kind == "application/json")
        return json.loads(source)


def b64(values: np.ndarray) -> str:
    return base64.b64encode(values.tobytes()).decode()


def page_of(shown: EmbeddingMap) -> Page:
    return Page(map_html(shown))


@pytest.fixture(scope="module")
def hostile() -> Page:
    return page_of(item_map(*HOSTILE_TITLES, untrained=(1,)))


def test_the_data_is_the_map():
    points = np.array([[1.234567, -2], [0.00012345678, 1e9]], dtype=np.float32)
    assert page_of(item_map("Alien (1979)", "Heat (1995)", ids=("a", "b"), untrained=(1,), points=points)).data() == {
        "kind": "items",
        "color": "popularity",
        "ids": ["a", "b"],
        "titles": ["Alien (1979)", "Heat (1995)"],
        "years": [1999, None],
        "ratings": [1, 3],
        "means": [3.5, None],
        "spans": {"popularity": [1, 3], "mean": [3.5, 3.5], "year": [1999, 1999]},
        "paper": {"scale": list(SCALE), "groups": list(GROUP_COLORS), "other": UNKNOWN},
        "labels": {},
        "layouts": [
            {
                "ref": "dot:3",
                "method": "t-SNE",
                "x": b64(points[:, 0]),
                "y": b64(points[:, 1]),
                "trained": b64(np.array([1, 0], np.uint8)),
                "k": 10,
                # Of a only b could be near, and b was not trained; of b it is a, and a lies the other way.
                "neighbors": b64(np.array([[-1] * 10, [0] + [-1] * 9], np.int32)),
                "similarities": b64(np.array([[0] * 10, [-8509] + [0] * 9], np.int16)),
                "steps": 10000,
                "faithfulness": None,
            }
        ],
        "agreement": None,
    }


def test_what_a_page_knows_of_an_item_is_read_from_it(monkeypatch: pytest.MonkeyPatch):
    shown = item_map("Alien (1979)", "<i>Heat</i>")
    assert hover_fields(shown) == ("id", "title", "year", "popularity")
    other = map_html(item_map("Heat", "Alien (1979)"))
    monkeypatch.setattr(map_page, "map_html", lambda _: other)
    assert hover_fields(shown) == ("id", "year", "popularity")
    monkeypatch.setattr(map_page, "map_html", lambda _: "")
    assert hover_fields(shown) == ()


def test_labels_are_positions_among_their_names():
    shown = item_map("Alien", "Heat", "Fargo")
    genres = (("Sci-Fi", "Horror"), (), ("Crime", "<b>"))
    shown = dataclasses.replace(shown, points=dataclasses.replace(shown.points, labels={"genre": genres}))
    assert page_of(shown).data()["labels"] == {
        "genre": {"names": ["<b>", "Crime", "Horror", "Sci-Fi"], "of": [[3, 2], [], [1, 0]]}
    }


def test_it_says_how_far_to_believe_each_layout():
    shown = item_map("Alien", "Heat")
    scored = dataclasses.replace(shown.layout, faithfulness=Faithfulness(10, 0.98761, 0.5))
    (layout,) = page_of(dataclasses.replace(shown, layouts=(scored,))).data()["layouts"]
    assert layout["faithfulness"] == {"k": 10, "trustworthiness": 0.9876, "kept": 0.5}


def test_it_says_what_it_shows_and_how_to_read_it():
    page = page_of(item_map("Alien", "Heat"))
    assert "Item map of films" in page.text
    assert "dot:3 · t-SNE, perplexity 30, seed 0 · 2 items" in page.text
    assert "distances between far groups" in page.text
    assert ("html", {"lang": "en"}) in page.tags
    assert [tag for tag, _ in page.tags].count("h1") == 1


def test_hostile_titles_stay_titles(hostile: Page):
    assert hostile.data()["titles"] == [visible(title) for title in HOSTILE_TITLES]
    assert [kind for kind, _ in hostile.scripts] == ["application/json", *[None] * 14]  # plotly, 13 of our own
    assert not {"img", "b"} & {tag for tag, _ in hostile.tags}
    assert not any(name.startswith("on") for _, attrs in hostile.tags for name in attrs)
    raw = hostile.scripts[0][1]
    assert raw.isascii()
    assert raw.isprintable()
    assert not set("<>&") & set(raw)


def test_hostile_names_stay_text():
    shown = item_map("Alien", ids=("<img src=x onerror=alert(1)>",))
    page = page_of(
        EmbeddingMap(
            "</title><b>", shown.points, (dataclasses.replace(shown.layout, ref="<b>ref", method="pca", settings={}),)
        )
    )
    assert not {"img", "b"} & {tag for tag, _ in page.tags}
    assert "Item map of </title><b>" in page.text
    assert page.data()["ids"] == ["<img src=x onerror=alert(1)>"]


def test_it_loads_nothing(hostile: Page):
    for tag, attrs in hostile.tags:
        assert tag not in {"link", "iframe", "object", "embed", "base"}
        assert not {"src", "href", "srcset", "action", "data"} & set(attrs)
    ours = hostile.style + "".join(source for _, source in hostile.scripts[2:])
    assert not re.search(r"https?:|url\(|@import|import\(|fetch\(|XMLHttpRequest|WebSocket", ours)


def test_the_policy_runs_the_page_s_own_scripts_and_no_other(hostile: Page):
    (policy,) = (attrs["content"] for _, attrs in hostile.tags if attrs.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    hashes = {
        f"'sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}'"
        for kind, source in hostile.scripts
        if kind is None
    }
    assert set(rules["script-src"].split()) == {*hashes, "'unsafe-eval'"}
    assert "http" not in policy


def test_plotly_is_the_published_one_and_in_it_once():
    plotly = files("recli.render").joinpath("map_assets/plotly/plotly-gl2d.min.js").read_bytes()
    assert hashlib.sha256(plotly).hexdigest() == "d396c0d59e2844a167dc4aca8469fe1653060cb105f4d7cbd47b3c7788b1e750"
    assert map_html(item_map("Alien")).count("plotly.js (gl2d - minified) v3.7.0") == 1


def test_the_size_holds():
    n = 1682
    points = np.random.default_rng(0).normal(scale=30, size=(n, 2)).astype(np.float32)
    source = map_html(item_map(*["Adventures of Priscilla, Queen of the Desert, The (1994)"] * n, points=points))
    assert len(source.encode()) < 2_500_000  # half of it is plotly


def test_the_same_map_is_the_same_page():
    assert map_html(item_map("Alien", "Heat")) == map_html(item_map("Alien", "Heat"))
