"""What the README and the Spanish tour show is what the commands show."""

import json
import re
import runpy
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from docs.chromium import chromium
from tests.conftest import SHARED_ZIP

ROOT = Path(__file__).parents[1]
_BARS = re.compile(r"[▁-▏─]+")
_SECONDS = re.compile(r"\d+(\.\d+)? (s|MB)\b")
_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")
_NOTED = re.compile(r"<!-- (.+?) -->")
"""A text of a plot: matplotlib draws its letters, and notes it in a comment."""
_MAY_DIFFER = 0.1
"""Share of the lines: another processor rounds sums otherwise, and near neighbours swap."""


def alike(shown: str, now: str) -> bool:
    """Tell whether two screens hold the same data: the words of each line, and its numbers but for rounding."""
    before, after = (
        [_SECONDS.sub("", _BARS.sub("", line)).split() for line in text.splitlines()] for text in (shown, now)
    )
    if len(before) != len(after):
        return False
    differing = [(a, b) for a, b in zip(before, after, strict=True) if not _same_line(a, b)]
    measured = all(any(map(_NUMBER.search, line)) for pair in differing for line in pair)
    return measured and len(differing) <= _MAY_DIFFER * len(before)


def _same_line(a: list[str], b: list[str]) -> bool:
    return len(a) == len(b) and all(map(_same_word, a, b))


def _same_word(a: str, b: str) -> bool:
    if _NUMBER.sub("#", a) != _NUMBER.sub("#", b):
        return False
    pairs = zip(_NUMBER.findall(a), _NUMBER.findall(b), strict=True)
    return all(
        float(x.replace(",", "")) == pytest.approx(float(y.replace(",", "")), rel=0.02, abs=0.02) for x, y in pairs
    )


def text_of(svg: str) -> str:
    """Return the words of a picture of a terminal, line by line."""
    rows: dict[str, list[str]] = {}
    for y, words in re.findall(r'<text [^>]*y="([\d.]+)"[^>]*>([^<]*)</text>', svg):
        rows.setdefault(y, []).append(words)
    return "\n".join("".join(row).replace("&#160;", " ") for row in rows.values())


@pytest.fixture(scope="module")
def tour() -> SimpleNamespace:
    sys.path.insert(0, str(ROOT / "docs"))
    try:
        return SimpleNamespace(**runpy.run_path(str(ROOT / "docs" / "tour.py")))
    finally:
        sys.path.remove(str(ROOT / "docs"))


@pytest.fixture(scope="module")
def where(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tour")


@pytest.fixture(scope="module")
def taken(tour: SimpleNamespace, where: Path) -> Mapping[str, Any]:
    """The tour, taken now, on the real data."""
    if not SHARED_ZIP.exists():
        pytest.skip("the pages show GroupLens' own zip, which is not beside the project")
    return tour.take(where, str(SHARED_ZIP))


def test_the_pages_are_current(tour: SimpleNamespace, taken: Mapping[str, Any]) -> None:
    for path in tour.PAGES:
        page = path.read_text(encoding="utf-8")
        for found in tour.BLOCK.finditer(page):
            if found["shown"]:
                assert alike(found["shown"].rstrip("\n"), taken[found["command"]].text), f"{path.name}: run make tour"


def test_the_pictures_are_current(tour: SimpleNamespace, taken: Mapping[str, Any]) -> None:
    pictures = {(command, name) for path in tour.PAGES for command, name in tour.pictured(path.read_text()).items()}
    assert {"stats", "train", "evaluate", "similar", "recommend"} <= {name for _, name in pictures}
    for command, name in pictures:
        shown = (tour.PICTURES / f"{name}.svg").read_text(encoding="utf-8")
        now = taken[command].svg(f"$ {command}", tour.COLUMNS)
        assert alike(text_of(shown), text_of(now)), f"{name}.svg: run make tour"


@pytest.mark.skipif(chromium() is None, reason="no Chromium to open the page with")
@pytest.mark.usefixtures("taken")
def test_the_picture_of_the_map_is_current(tour: SimpleNamespace, where: Path) -> None:
    shown = json.loads((tour.PICTURES / "map.json").read_text(encoding="utf-8"))
    with ThreadPoolExecutor(1) as apart:  # the browser of tests/browser may hold this thread's event loop
        _, now = apart.submit(tour.map_page, where).result()
    assert len(shown) == 10
    assert len(set(shown) & set(now)) >= 8, "map.png: run make tour"


@pytest.mark.usefixtures("taken")
def test_the_picture_of_a_plot_is_current(tour: SimpleNamespace, where: Path) -> None:
    shown = (tour.PICTURES / "plot.svg").read_text(encoding="utf-8")
    before, now = ("\n".join(_NOTED.findall(svg)) for svg in (shown, tour.plot(where)))
    assert "Nearest neighbours" in before
    assert alike(before, now), "plot.svg: run make tour"
    assert len(shown) < 150_000


def test_no_picture_loads_anything(tour: SimpleNamespace) -> None:
    for picture in tour.PICTURES.glob("*.svg"):
        assert not re.findall(r"url\((?!#)|<script|<image", picture.read_text(encoding="utf-8")), picture.name


@pytest.mark.parametrize(
    ("now", "same"),
    [
        ("RMSE 0.8661 after 9.1 s ███", True),
        ("RMSE 0.95 after 30.2 s ███", False),
        ("MAE 0.8659 after 30.2 s ███", False),
        ("RMSE 0.8659", False),
    ],
)
def test_what_counts_as_the_same(now: str, same: bool) -> None:
    assert alike("RMSE 0.8659 after 30.2 s █████", now) is same


def test_a_swap_of_two_neighbours_in_twenty_lines_is_no_other_result_and_new_words_are() -> None:
    lines = [f"film {n} 0.5" for n in range(20)]
    swapped = [*lines[:-1], "another 19 0.5"]
    assert alike("\n".join(lines), "\n".join(swapped))
    assert not alike("\n".join([*lines, "a heading"]), "\n".join([*lines, "another heading"]))
