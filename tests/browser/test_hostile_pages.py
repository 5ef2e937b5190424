"""Pages full of titles that are code: a browser opens each, and somebody uses it; none of the titles runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from recli.store import Store
from tests.e2e.forked import run_forked
from tests.hostile import TITLES

PAGES = {
    "stats": ["stats", "hostile", "--popularity", "-n", "100", "--plot"],
    "similar": ["similar", "--id", "70", "-n", "60", "--min-ratings", "0", "--plot"],
    "lists": ["similar", "--id", "7", "--model", "ease", "-n", "60", "--min-ratings", "0", "--plot"],
    "evaluate": ["evaluate", "dot", "--plot"],
    "compare": ["compare", "dot", "bias", "--plot"],
    "map": ["project", "dot:1", "--method", "pca", "--out"],
    "map of users": ["project", "dot:1", "--method", "pca", "--users", "--color", "occupation", "--out"],
}
FOREIGN = "iframe, object, embed, base, body img, form:not([method=dialog])"
"""What no map page has of its own."""


@pytest.fixture(scope="module")
def pages(hostile: Store, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    files = {name: folder / f"{number}.html" for number, name in enumerate(PAGES)}
    argvs = [[*argv, str(files[name]), "--artifacts", str(hostile.root)] for name, argv in PAGES.items()]
    assert not [(argv, ended.err) for argv, ended in zip(argvs, run_forked(argvs), strict=True) if ended.code]
    return files


@pytest.fixture
def opened(browser: Browser, pages: dict[str, Path], request: pytest.FixtureRequest) -> Iterator[Page]:
    """Open a page; at its end nothing of a title has run, and nothing was asked of any network."""
    noted: list[str] = []
    page = browser.new_page(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    page.on("dialog", lambda dialog: (noted.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("pageerror", lambda error: noted.append(str(error)))
    page.on("console", lambda message: noted.append(message.text) if message.type == "error" else None)
    url = pages[request.param].as_uri()
    page.on(
        "request", lambda asked: noted.append(asked.url) if not asked.url.startswith((url, "data:", "blob:")) else None
    )
    page.on("popup", lambda popup: noted.append(f"window {popup.url}"))
    page.goto(url)
    yield page
    page.wait_for_timeout(50)  # for what fires after the last click
    assert page.evaluate("window.__pwned") is None
    assert page.url.split("#")[0] == url
    page.close()
    assert noted == []


@pytest.mark.torture
@pytest.mark.parametrize("opened", [name for name in PAGES if not name.startswith("map")], indirect=True)
def test_a_plots_page_has_nothing_that_could_run(opened: Page) -> None:
    opened.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
    assert opened.locator("script, img, iframe, object, embed, form, base, link, a, [onload], [onerror]").count() == 0


@pytest.mark.torture
@pytest.mark.parametrize("opened", [name for name in PAGES if name.startswith("map")], indirect=True)
def test_a_map_that_is_used_shows_text(opened: Page) -> None:
    opened.wait_for_selector("body[data-ready]")
    assert opened.locator(FOREIGN).count() == 0
    for query in ("<img", "script", "window", "alert", "[link", "onload"):
        opened.fill("#search", query)
        opened.keyboard.press("ArrowDown")
        opened.keyboard.press("Enter")
    for box in opened.locator("select").all():
        for value in box.evaluate("box => [...box.options].map(option => option.value)"):
            box.select_option(value)
    for x in range(200, 1100, 60):
        opened.mouse.move(x, 400)
        opened.mouse.click(x, 300 + x // 10)
    assert opened.locator(FOREIGN).count() == 0


def test_the_canary_would_sing(browser: Browser) -> None:
    code = next(title for title in TITLES if "onerror" in title)
    page = browser.new_page()
    page.set_content(f"<body>{code}</body>")
    page.wait_for_function("window.__pwned === 1")
    page.close()
