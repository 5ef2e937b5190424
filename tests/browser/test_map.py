"""What a person does with the map page."""

import dataclasses
import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from recli.analysis.projection import ProjectionSpec
from recli.core.dataset import NO_YEAR
from recli.core.results.project import EmbeddingMap, Faithfulness, Points
from recli.core.vocabulary import Vocabulary
from recli.operations.project import draw_map
from recli.render.map_colors import GROUP_COLORS, coloring
from recli.render.map_files import map_bytes
from recli.store import Store
from tests.browser.conftest import Show
from tests.render.samples import HOSTILE_TITLES, item_map

TITLES = ("Godfather, The (1972)", "Amélie (2001)", "Alien (1979)", '=Heat, the "real" (1995)', "Toy Story (1995)")
SQUARE = np.array([[0, 0], [10, 0], [0, 10], [10, 10], [5, 4]], np.float32)
GENRES = (("Crime", "Drama"), ("Comedy",), ("Horror",), ("Crime",), ("Comedy", "Drama"))


def five() -> EmbeddingMap:
    """Five films, the later the more rated; the last has no year. The nearest of each are 2 and 3 in turn."""
    shown = item_map(*TITLES, points=SQUARE)
    near = np.array([[1, 2], [2, 3], [3, 4], [4, 0], [0, 1]], np.int32)
    cosines = np.full((5, 2), [0.9, 0.25], np.float32)
    layout = dataclasses.replace(
        shown.layout, neighbors=near, similarities=cosines, faithfulness=Faithfulness(2, 0.9, 0.5)
    )
    points = dataclasses.replace(shown.points, labels={"genre": GENRES})
    return EmbeddingMap("films", points, (layout,))


def two() -> EmbeddingMap:
    """The same with a second layout, in which the neighbours of film 1 are 2 and 4."""
    shown = five()
    near = np.array([[1, 3], [2, 3], [3, 4], [4, 0], [0, 1]], np.int32)
    other = dataclasses.replace(shown.layout, ref="dot:4", points=-SQUARE, neighbors=near)
    return dataclasses.replace(shown, layouts=(shown.layout, other))


def users() -> EmbeddingMap:
    shown = five()
    points = Points(
        kind="users",
        vocabulary=Vocabulary.of((11, 12, 13, 14, 15)),
        titles=("",) * 5,
        years=np.full(5, NO_YEAR, np.int32),
        n_ratings=shown.points.n_ratings,
        mean_ratings=shown.points.mean_ratings,
        labels={"gender": (("F",), ("M",), ("F",), ("M",), ())},
    )
    return dataclasses.replace(shown, points=points)


@pytest.fixture(scope="module")
def films(show: Show) -> Page:
    return show(five())


@pytest.fixture
def page(films: Page) -> Page:
    """The page of ``five``, as it was at the start: plotly takes a second to load, which once is enough."""
    films.mouse.move(0, 0)
    for _ in range(4):
        films.keyboard.press("Escape")
    films.select_option("#colour", "popularity")
    films.evaluate("document.activeElement.blur()")
    films.click("#whole")
    head(films, "Most rated")
    return films


def place(page: Page, num: int, chart: int = 0) -> tuple[float, float]:
    """Where on the screen a dot of ``SQUARE`` stands, from the axes that plotly drew."""
    x, y = map(float, SQUARE[num] * (1 if chart == 0 else -1))
    return tuple(
        page.evaluate(
            """([x, y, chart]) => {
                const plot = document.querySelectorAll(".plot")[chart];
                const { xaxis, yaxis } = plot._fullLayout;
                const box = plot.getBoundingClientRect();
                const share = (value, [low, high]) => (value - low) / (high - low);
                return [box.x + share(x, xaxis.range) * box.width, box.y + (1 - share(y, yaxis.range)) * box.height];
            }""",
            [x, y, chart],
        )
    )


def rows(page: Page) -> list[str]:
    return page.locator("#panel .rows .name").all_text_contents()


def head(page: Page, text: str) -> None:
    expect(page.locator("#panel h2").first).to_have_text(text)


def test_it_loads_with_the_most_rated_first(page: Page):
    assert rows(page) == list(reversed(TITLES))
    assert page.title() == "Item map of films"


def test_pointing_at_a_dot_shows_what_it_is(page: Page):
    page.mouse.move(*place(page, 1))
    expect(page.locator("#card h2")).to_have_text("Amélie (2001)")
    assert page.locator("#card dd").all_text_contents() == ["2", "1999", "3 ratings", "3.50 stars", "Comedy"]


@pytest.mark.parametrize(("typed", "title"), [("teh godfahter", TITLES[0]), ("AMELIE", TITLES[1]), ("3", TITLES[2])])
def test_search_forgives(page: Page, typed: str, title: str):
    page.keyboard.press("/")
    page.keyboard.type(typed)
    expect(page.get_by_role("option").first).to_contain_text(title)
    page.keyboard.press("Enter")
    head(page, title)


def test_enter_opens_the_hit_that_is_marked(page: Page):
    page.fill("#search", "1995")
    hits = page.locator("#results [role=option] span:first-child")
    expect(hits).to_have_text(list(reversed(TITLES[3:])))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    head(page, TITLES[3])


def test_enter_answers_what_was_typed_last(page: Page):
    page.fill("#search", "1995")
    expect(page.locator("#results [role=option]")).to_have_count(2)
    page.evaluate(  # before the pause in which nobody reads is over
        """() => {
            const box = document.getElementById("search");
            box.value = "alien";
            box.dispatchEvent(new Event("input"));
            box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" }));
        }"""
    )
    head(page, TITLES[2])


def test_slips_are_forgiven_only_where_nobody_is_called_so(show: Show):
    """ "Ward" begins with "war", so that "Car" and "Bar", a slip away, are not meant; nobody is called "var"."""
    page = show(item_map("Ward (1999)", "Car (2001)", "Bar (2002)"))
    for typed, titles in (("war", ["Ward (1999)"]), ("var", ["Bar (2002)", "Car (2001)"])):
        page.fill("#search", typed)
        expect(page.locator("#results li span:first-child")).to_have_text(titles)


def test_one_year_pushes_the_other_along(show: Show):
    shown = five()
    years = np.array([1970, 1980, 1990, 2000, NO_YEAR], np.int32)
    page = show(dataclasses.replace(shown, points=dataclasses.replace(shown.points, years=years)))
    page.click("#filter")
    page.locator("#to-year").fill("1985")
    page.locator("#from-year").fill("1990")
    expect(page.locator("#to-text")).to_have_text("1990")
    expect(page.locator("#shown")).to_have_text("1 of 5 shown")


@pytest.mark.parametrize("width", [1280, 390])
def test_all_neighbours_are_in_view_with_their_names(show: Show, width: int):
    """Twelve films on a ring and in a bunch; those of the first lie on both sides of it."""
    angles = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    ring = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    ring[6:9] = ring[6] + np.array([[0, 0], [0.01, 0], [0, 0.01]])
    shown = item_map(*(f"A film of some name {i} (1999)" for i in range(12)), points=ring)
    near = np.array([[j for j in range(12) if j != i][:10] for i in range(12)], np.int32)
    layout = dataclasses.replace(shown.layout, neighbors=near, similarities=np.full((12, 10), 0.5, np.float32))
    page = show(
        dataclasses.replace(shown, layouts=(layout,)), "#item=1", viewport={"width": width, "height": 800},
        has_touch=width < 500, is_mobile=width < 500,
    )  # fmt: skip
    expect(page.locator(".names span")).to_have_count(11)
    inside = """() => { const chart = Framing.all[0], { width, height } = chart.size();
        return chart.focus().every((num) => { const { x, y } = chart.place(num);
            return x > 0 && y > 0 && x < width && y < height; }); }"""
    assert page.evaluate(inside)


def test_a_click_opens_the_true_neighbours_and_one_walks_on_and_back(page: Page):
    page.mouse.click(*place(page, 1))
    head(page, TITLES[1])
    assert rows(page) == [TITLES[2], TITLES[3]]
    assert page.locator("#panel .rows .note").all_text_contents() == ["0.900", "0.250"]
    page.get_by_role("button", name=TITLES[2]).click()
    head(page, TITLES[2])
    assert page.url.endswith("#item=3")
    page.go_back()
    head(page, TITLES[1])
    page.go_forward()
    head(page, TITLES[2])
    page.keyboard.press("Escape")
    head(page, "Most rated")


def test_an_address_opens_an_item_of_any_name(show: Show):
    shown = five()
    names = dataclasses.replace(shown.points, vocabulary=Vocabulary.of(("a", "é #%/", "c", "d", "e")))
    page = show(dataclasses.replace(shown, points=names), "#item=%C3%A9%20%23%25%2F")
    head(page, TITLES[4])  # ids are in order, and é is behind all letters of English
    page.evaluate("location.hash = '#item=nobody'")
    expect(page.locator("#toast")).to_have_text("There is no item nobody on this map.")


@pytest.mark.parametrize(
    ("colour", "legend"),
    [("mean", "Mean rating, stars"), ("year", "Release year"), ("genre", "Genre (the first of each)")],
)
def test_colours_mean_what_the_legend_says(page: Page, colour: str, legend: str):
    page.select_option("#colour", colour)
    expect(page.locator("#legend h2")).to_have_text(legend)


@pytest.mark.parametrize("colour", ["popularity", "mean", "year", "genre"])
def test_the_page_and_the_picture_have_the_same_colours(show: Show, colour: str):
    shown = dataclasses.replace(five(), color=colour)
    page = show(shown)
    drawn = coloring(shown)
    values, low, high, groups = page.evaluate(
        """() => {
            const { values, low, high, entries } = State.scale;
            const names = entries?.map(({ text }) => text);
            return [[...values].map((one) => Number.isNaN(one) ? null : one), low, high, names];
        }"""
    )
    if drawn.groups:
        assert groups == list(drawn.groups)
        assert values == np.nan_to_num(drawn.values, nan=len(GROUP_COLORS)).tolist()
        return
    on_scale = np.log10(drawn.values) if drawn.log else drawn.values
    found = np.array(values, float)
    np.testing.assert_allclose(found, on_scale, rtol=1e-3)
    np.testing.assert_allclose((found - low) / (high - low), drawn.norm()(drawn.values), rtol=1e-3)


def test_a_legend_entry_sets_its_own_apart(page: Page):
    page.select_option("#colour", "genre")
    assert page.locator("#legend button span:first-of-type").all_text_contents() == ["Comedy", "Crime", "Horror"]
    page.locator("#legend button", has_text="Crime").click()
    expect(page.locator(".names span")).to_have_text(['=Heat, the "real" (1995)', "Godfather, The (1972)"])


def test_filters_count_and_hold_for_search_and_can_be_undone(page: Page):
    page.click("#filter")
    page.get_by_role("button", name="Drama").click()
    expect(page.locator("#shown")).to_have_text("2 of 5 shown")
    assert rows(page) == [TITLES[4], TITLES[0]]
    page.fill("#search", "alien")
    expect(page.locator("#results")).to_have_text("1 hidden by the filtersClear the filters")
    page.keyboard.press("Enter")
    expect(page.locator("#shown")).to_have_text("5 of 5 shown")
    expect(page.locator("#results")).to_have_text("Alien (1979)5 ratings")
    page.get_by_role("button", name="Drama").click()
    page.click("#reset")
    expect(page.locator("#shown")).to_have_text("5 of 5 shown")


def test_a_box_lists_and_copies_what_it_holds(page: Page):
    page.get_by_role("button", name="Box").click()
    (left, bottom), (right, top) = place(page, 4), place(page, 3)
    page.mouse.move(left - 15, bottom + 15)
    page.mouse.down()
    page.mouse.move(right + 15, top - 5, steps=3)
    page.mouse.up()
    head(page, "2 selected")
    page.evaluate("navigator.clipboard.writeText = async (text) => { window.copied = text }")
    page.get_by_role("button", name="Copy as CSV").click()
    expect(page.locator("#toast")).to_have_text("Copied 2 items as CSV.")
    assert page.evaluate("window.copied") == (
        "item_id,title,year,ratings,mean_rating,genre\r\n"
        "5,Toy Story (1995),,9,,Comedy|Drama\r\n"
        '4,"\'=Heat, the ""real"" (1995)",1999,7,3.5,Crime\r\n'
    )


def test_what_is_shown_is_listed_without_a_drag(page: Page):
    page.select_option("#colour", "genre")
    page.locator("#legend button", has_text="Crime").click()
    page.get_by_role("button", name="List what is shown").press("Enter")
    head(page, "2 selected")
    assert rows(page) == [TITLES[3], TITLES[0]]
    page.keyboard.press("Escape")
    page.select_option("#colour", "popularity")
    page.focus(".plot")
    for key in ("+", "+", "+"):  # 5 and 4 stand in the middle
        page.keyboard.press(key)
    page.get_by_role("button", name="List what is shown").press("Enter")
    head(page, "1 selected")
    assert rows(page) == [TITLES[4]]


def test_a_lasso_lists_what_it_goes_around(page: Page):
    page.get_by_role("button", name="Lasso").click()
    x, y = place(page, 4)
    page.mouse.move(x - 20, y - 20)
    page.mouse.down()
    for right, down in ((20, -20), (20, 20), (-20, 20)):
        page.mouse.move(x + right, y + down)
    page.mouse.up()
    head(page, "1 selected")
    assert rows(page) == [TITLES[4]]


def test_all_of_it_by_keyboard(page: Page):
    page.keyboard.press("?")
    expect(page.locator("dialog")).to_be_visible()
    expect(page.locator("dialog")).to_contain_text("50% are among the 2 nearest on the map")
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_be_hidden()
    page.locator("#panel .rows button").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    head(page, TITLES[3])


def test_two_layouts_are_one_to_the_hand(show: Show):
    page = show(two())
    assert page.locator(".chart").count() == 2
    # Of the ten neighbours by the first, the second has all but film 3 of film 1.
    expect(page.locator("#panel .hint").last).to_have_text("The two models agree on 90% of a trained item’s nearest.")
    page.mouse.click(*place(page, 0, chart=1))
    head(page, TITLES[0])
    assert rows(page) == [TITLES[1], TITLES[2], TITLES[1], TITLES[3]]
    assert page.locator(".mark").all_text_contents() == ["in both", "in both"]
    assert page.locator(".chart.dimmed").count() == 2


def test_users_have_numbers_and_labels(show: Show):
    page = show(users(), "#user=12")
    head(page, "User 12")
    assert rows(page) == ["User 13", "User 14"]
    expect(page.locator("#panel dl")).to_contain_text("GenderM")


def test_a_phone_has_a_sheet_at_the_bottom(show: Show):
    page = show(five(), "#item=1", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    map_box, sheet = page.locator("main").bounding_box(), page.locator("aside").bounding_box()
    assert map_box is not None
    assert sheet is not None
    assert map_box["width"] == sheet["width"] == 390
    assert map_box["height"] > 300
    assert sheet["y"] >= map_box["y"] + map_box["height"]


def test_a_browser_without_webgl_draws_it_all_the_same(show: Show):
    get, none = "HTMLCanvasElement.prototype.getContext", "kind === '2d' ? asked.call(this, kind) : null"
    page = show(five(), before=f"const asked = {get}; {get} = function (kind) {{ return {none}; }}")
    assert page.locator(".scatterlayer .point").count() == 5
    assert page.locator(".no-webgl").count() == 0


def test_dark_and_light(show: Show):
    page = show(five(), color_scheme="dark")
    background = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(background) == "rgb(15, 20, 26)"
    page.click("#theme")
    assert page.evaluate(background) == "rgb(255, 255, 255)"


def test_hostile_titles_run_nothing(show: Show):
    page = show(item_map(*HOSTILE_TITLES), "#item=1")
    page.fill("#search", "owned")
    expect(page.get_by_role("option").first).to_contain_text(HOSTILE_TITLES[0])
    assert page.title() == "Item map of films"
    assert page.locator("img, main b, aside b").count() == 0


def test_the_films_of_movielens(show: Show, trained: Store, tmp_path: Path):
    outs = {"html": tmp_path / "films.html"}
    draw_map(trained, map_bytes, refs=("dot",), spec=ProjectionSpec("pca"), outs=outs)
    page = show(outs["html"], "#item=50")
    head(page, "Star Wars (1977)")
    assert len(rows(page)) == 10
    assert all(re.fullmatch(r"-?[01]\.\d{3}", note) for note in page.locator("#panel .note").all_text_contents())
