"""Fingers on the map page, as a phone sends them."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Show
from tests.browser.test_map import TITLES, five, head, place

Fingers = Callable[..., None]
RANGE = "() => document.querySelector('.plot')._fullLayout.xaxis.range"


@pytest.fixture
def phone(show: Show) -> Page:
    return show(five(), viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)


@pytest.fixture
def fingers(phone: Page) -> Fingers:
    """Put as many fingers on the middle of the map as there are paths of x, in pixels from there, and lift them."""
    session = phone.context.new_cdp_session(phone)
    box = phone.locator(".plot").bounding_box()
    assert box is not None
    middle_x, middle_y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def send(kind: str, *xs: float) -> None:
        points = [{"x": middle_x + x, "y": middle_y, "id": i} for i, x in enumerate(xs)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def moved(*paths: tuple[float, ...]) -> None:
        for count in range(1, len(paths) + 1):
            send("touchStart", *(path[0] for path in paths[:count]))
        for xs in zip(*(path[1:] for path in paths), strict=True):
            send("touchMove", *xs)
        send("touchEnd")

    return moved


def expect_range(page: Page, low: float, high: float) -> None:
    """The map is drawn in the frame after the fingers moved."""
    page.wait_for_function(
        f"([low, high]) => {{ const [a, b] = ({RANGE})(); return Math.hypot(a - low, b - high) < 1e-6 }}",
        arg=[low, high],
    )


def test_two_fingers_zoom_about_their_middle(phone: Page, fingers: Fingers):
    low, high = phone.evaluate(RANGE)
    fingers((-40, -60, -80), (40, 60, 80))
    middle, width = (low + high) / 2, high - low
    expect_range(phone, middle - width / 4, middle + width / 4)
    assert phone.evaluate("visualViewport.scale") == 1  # the map, not the page
    head(phone, "Most rated")


def test_one_finger_moves(phone: Page, fingers: Fingers):
    low, high = phone.evaluate(RANGE)
    fingers((0, 20, 39))
    step = (high - low) / 10  # of 390 pixels
    expect_range(phone, low - step, high - step)
    head(phone, "Most rated")


def test_a_tap_opens(phone: Page):
    phone.touchscreen.tap(*place(phone, 1))
    head(phone, TITLES[1])
    expect(phone.locator("#panel .rows button")).to_have_count(2)
