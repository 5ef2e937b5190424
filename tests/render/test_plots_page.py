"""A picture as a page: one file that asks for nothing, in which titles are text."""

import re
from html.parser import HTMLParser

import numpy as np
import pytest

from recli.render.plots import stats_plot
from recli.render.plots.page import About, Table, page
from tests.render.samples import HOSTILE_TITLES, stats_result
from tests.render.test_plots import (
    KINDS,
    PICTURES,
    compare_result,
    comparison_plot,
    crossval_result,
    evaluation_plot,
    folds_plot,
    judged,
    loss_plot,
    similar_result,
    similarity_plot,
    train_result,
)

FIGURE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 72 90"><g style="fill: #0072B2; stroke: #123456"/></svg>'
)
HARMLESS = {
    *("html", "head", "meta", "title", "style", "body", "header", "p", "h1", "main", "section", "figure"),
    *("svg", "defs", "g", "path", "use", "text", "clippath", "rect"),
    *("details", "summary", "small", "div", "table", "thead", "tbody", "tr", "th", "td"),
}


class Reader(HTMLParser):
    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.handlers: list[str] = []
        self.comments: list[str] = []
        self.words: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href", "xlink:href")]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def handle_data(self, data: str) -> None:
        self.words.append(data.strip())


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_has_a_page_that_asks_for_nothing(name: str):
    plot, result = PICTURES[name]
    source = plot(result, "html").decode()
    reader = Reader(source)
    assert reader.tags <= HARMLESS
    assert all(link.startswith("#") for link in reader.links)
    assert not re.search(r"url\((?!#)|@import", source)
    assert "default-src 'none'" in source
    assert {"svg", "details", "table"} <= reader.tags


@pytest.mark.parametrize("title", HOSTILE_TITLES)
def test_titles_are_text(title: str):
    dataset = stats_result(np.array([3], np.float32))
    for source in (
        similarity_plot(similar_result(title), "html"),
        evaluation_plot(judged(dataset=title), "html"),
        comparison_plot(compare_result(title, "dot:2", "dot:1", title), "html"),
        loss_plot(train_result((0.5, 0.6)), "html"),
        folds_plot(crossval_result(title), "html"),
        stats_plot(dataset, "html"),
    ):
        reader = Reader(source.decode())
        assert reader.tags <= HARMLESS
        assert (reader.handlers, reader.comments) == ([], [])


def test_a_page_says_the_title_as_it_is():
    reader = Reader(similarity_plot(similar_result("<b>$x^2$</b> & 七人の侍"), "html").decode())
    assert reader.words.count("<b>$x^2$</b> & 七人の侍") == 2  # beside its bar and in the table


def test_the_figure_follows_the_page_and_leaves_its_heading_to_it():
    source = page(FIGURE, About("Title", "How to read it.", []), {"#0072b2": "var(--blue)"}, heading=50).decode()
    assert 'viewBox="0 50 72 40"' in source
    assert 'style="fill: var(--blue); stroke: #123456"' in source
    assert source.count("Title") == 3  # of the window, of the page, and for who cannot see the figure


def test_numbers():
    rows = [("1999", 1234, 0.5, None), ("<i>", 5, 1e-7, 2.0)]
    table = Table("A & B", ("year", "n", "share", "mean"), rows)
    source = page(FIGURE, About("", "", [table]), {}, heading=0).decode()
    assert "<summary>A &amp; B<small>2 rows</small></summary>" in source
    assert '<tr><td>1999</td><td class="n">1,234</td><td class="n">0.5000</td><td class="n">–</td></tr>' in source
    assert '<tr><td>&lt;i&gt;</td><td class="n">5</td><td class="n">1e-07</td><td class="n">2.0000</td></tr>' in source
