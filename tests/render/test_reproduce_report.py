"""The report as a page: complete, self-contained, and titles are text in it."""

import base64
import re
from html.parser import HTMLParser

import pytest

from recli.render.reproduce import reproduce_view
from recli.render.reproduce_report import report_html, report_markdown
from recli.render.view import quiet_text
from tests.render.samples import HOSTILE_TITLES, reproduce_result


class Reader(HTMLParser):
    """Collects tags, the places that are fetched from, and text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.sources: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.sources += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "data")]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_shows_each_value_beside_the_expected_one_and_each_picture() -> None:
    read = Reader(report_html(reproduce_result()))
    for text in ("0.700 to 0.760", "seed run: 0.735", "0.800", "FAIL", "1987.74", "NOTED", "SKIP", "not installed",
                 "1 of 4", "dot:1", "some seeds only", "All about Star Wars (1977)."):  # fmt: skip
        assert text in read.text
    (picture,) = [source for source in read.sources if source.startswith("data:")]
    assert base64.b64decode(picture.removeprefix("data:image/png;base64,")) == b"\x89PNG picture"


def test_the_page_asks_nothing_of_the_network_and_runs_nothing() -> None:
    page = report_html(reproduce_result())
    read = Reader(page)
    assert "script" not in read.tags
    assert all(source.startswith(("data:", "#")) for source in read.sources)
    assert "default-src 'none'" in page
    assert not re.search(r"@import|url\(", page)


@pytest.mark.parametrize("title", HOSTILE_TITLES)
def test_a_hostile_title_is_text_in_both_kinds_of_report(title: str) -> None:
    plain = Reader(report_html(reproduce_result("plain")))
    hostile = report_html(reproduce_result(title))
    assert Reader(hostile).tags == plain.tags
    hostile.encode("utf-8")
    page, _ = report_markdown(reproduce_result(title), "r.md_files")
    assert not re.search(r"(?<!\\)<(?!r\.md_files/)", page)
    assert len(page.splitlines()) == len(report_markdown(reproduce_result("plain"), "r.md_files")[0].splitlines())


def test_markdown_names_pictures_that_are_returned_with_it() -> None:
    page, pictures = report_markdown(reproduce_result("A|B [x](y)"), "seed report.md_files")
    assert re.findall(r"\]\(<(.*?)>\)", page) == ["seed report.md_files/map-tsne.png"]
    assert pictures == {"map-tsne.png": b"\x89PNG picture"}
    assert r"| popularity, rank 1 | A\|B \[x\](y) | A\|B \[x\](y) | PASS |" in page.splitlines()


def test_quiet_is_what_fails_and_how_many_hold() -> None:
    failing, holding = reproduce_view(reproduce_result()), reproduce_view(reproduce_result(failing=False))
    assert quiet_text(failing) == "FAIL Models: dot: MAE: expected 0.700 to 0.760, found 0.800\n1/4\n"
    assert quiet_text(holding) == "2/4\n"
    assert failing.subject == "1 of 4 hold, 1 failed, 1 noted, 1 skipped"
    assert (failing.json["passed"], failing.json["failed"], failing.json["noted"], failing.json["skipped"]) == (1,) * 4
    assert failing.json["checks"][2] == {
        "section": "Models", "name": "dot: MAE", "expected": [0.70, 0.76], "found": 0.8, "status": "fail",
        "kind": "range", "source": "seed run: 0.735", "note": "",
    }  # fmt: skip
