"""One browser for all tests, and a fresh page for each that watches what the page does behind one's back."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from docs.chromium import ARGUMENTS, chromium
from recli.core.results.project import EmbeddingMap
from recli.render.map_page import map_html

Show = Callable[..., Page]

_HOW = "no Chromium: install your system's, run `python -m playwright install chromium`, or set RECLI_TEST_BROWSER"
NOTED: list[str] = []
"""Errors and requests of the pages that are open."""


def _executable(playwright: Playwright) -> str | None:
    """Return the caller's or the system's browser, else Playwright's own."""
    own = playwright.chromium.executable_path
    return chromium() or (own if Path(own).exists() else None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        executable = _executable(playwright)
        if executable is None:
            required = os.environ.get("RECLI_REQUIRE_BROWSER") == "1" or os.environ.get("CI") == "true"
            (pytest.fail if required else pytest.skip)(_HOW)
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def show(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Show]:
    """Open a map as often as wanted, a script run ``before`` it; a page stays open until its module's tests end."""
    pages: list[Page] = []

    def opened(shown: EmbeddingMap | Path, fragment: str = "", before: str = "", **context: object) -> Page:
        file = shown if isinstance(shown, Path) else tmp_path_factory.mktemp("page") / "map.html"
        if isinstance(shown, EmbeddingMap):
            file.write_text(map_html(shown), encoding="utf-8")
        page = browser.new_page(**{"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce", **context})
        pages.append(page)
        page.set_default_timeout(10_000)
        page.on("console", lambda message: NOTED.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: NOTED.append(str(error)))
        page.on("request", lambda asked: NOTED.append(asked.url) if not asked.url.startswith(file.as_uri()) else None)
        page.add_init_script(before)
        page.goto(file.as_uri() + fragment)
        page.wait_for_selector("body[data-ready]")
        return page

    yield opened
    for page in pages:
        page.close()


@pytest.fixture(autouse=True)
def _nothing_behind_one_s_back() -> Iterator[None]:
    """Let no error stand in the console, and nothing be asked of any network."""
    NOTED.clear()
    yield
    assert NOTED == []
