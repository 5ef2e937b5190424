"""The map of the items as files: web page, table, picture."""

import csv
import io
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from recli.core.errors import UsageError
from recli.core.results.project import EmbeddingMap
from recli.core.text import visible
from recli.render.csv_text import text_cell
from recli.render.map_page import map_html
from recli.render.map_text import map_subtitle, map_title
from recli.render.plots.labels import place_labels
from recli.render.plots.style import MUTED, house_style, new_figure, plain_numbers, shortened, to_bytes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

CSV_COLUMNS = ("item_id", "title", "year", "ratings", "mean_rating", "trained", "x", "y")

_LABELS = 12
_LABEL_LENGTH = 32
"""Characters."""
_LEAST_AREA = 9.0
_AREA_BY_POPULARITY = 80.0
"""Of a dot, points²: the least, and what the most rated item has more."""
_WIDTH = 10.0
_BESIDE = 1.3
_ABOVE_AND_BELOW = 1.2
"""Inches: of the picture, and of what in it is not the map: colour bar, heading, legend."""
_ROOM = 1.1
"""Sides of the frame, as a share of those of the map: the rest is for labels."""


def map_bytes(item_map: EmbeddingMap, fmt: str) -> bytes:
    """Return the map as a file.

    Args:
        item_map: the items and their points.
        fmt: ``html``, ``csv`` or ``png``.

    Raises:
        UsageError: no such format.
    """
    if fmt not in _WRITERS:
        raise UsageError(f"cannot write a map as .{visible(fmt)}: formats are {', '.join(_WRITERS)}")
    return _WRITERS[fmt](item_map)


def map_csv(item_map: EmbeddingMap) -> bytes:
    """Return the map as a table in UTF-8, one row an item in num order, columns ``CSV_COLUMNS``.

    Text that a spreadsheet would run as a formula gets an apostrophe in front; an unknown year or mean is empty.
    """
    items = item_map.points
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for num, (x, y) in enumerate(item_map.layout.points):
        item_id = items.vocabulary.id(num)
        mean = items.mean_ratings[num]
        writer.writerow(
            (
                text_cell(item_id) if isinstance(item_id, str) else item_id,
                text_cell(items.titles[num]),
                items.year(num),
                items.n_ratings[num],
                "" if np.isnan(mean) else mean,
                "true" if item_map.layout.trained[num] else "false",
                x,
                y,
            )
        )
    return file.getvalue().encode()


def map_png(item_map: EmbeddingMap) -> bytes:
    """Draw the map for print: colour and size by popularity, the most rated items named."""
    low, high = _frame(item_map.layout.points)
    width, height = high - low
    with house_style():
        inches = _ABOVE_AND_BELOW + (_WIDTH - _BESIDE) * float(height / width)
        figure = new_figure(map_title(item_map), map_subtitle(item_map), _WIDTH, inches)
        axes = figure.subplots()
        axes.set_axis_off()
        axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), aspect="equal")
        _draw_untrained(figure, axes, item_map)
        drawn = _draw_trained(axes, item_map)
        bar = figure.colorbar(drawn, ax=axes, shrink=0.5, aspect=30, pad=0.01, format=plain_numbers())
        bar.set_label("Number of ratings (log scale)")
        bar.outline.set_visible(False)
        _label_most_rated(figure, axes, item_map)
        return to_bytes(figure, "png")


def _frame(points: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the corners, (2,) each, of a frame around (n, 2) points with room for labels, never a sliver."""
    low, high = points.min(axis=0).astype(float), points.max(axis=0).astype(float)
    longest = max(high - low) or 1.0
    half = np.maximum(high - low, longest / 2) * _ROOM / 2
    return (low + high) / 2 - half, (low + high) / 2 + half


def _draw_untrained(figure: "Figure", axes: "Axes", item_map: EmbeddingMap) -> None:
    x, y = item_map.layout.points[~item_map.layout.trained].T
    if not len(x):
        return
    label = f"no training ratings ({len(x):,})"
    hollow = axes.scatter(x, y, s=12, facecolors="none", edgecolors=MUTED, linewidths=0.8, label=label)
    figure.legend(handles=[hollow], loc="outside lower left")


def _draw_trained(axes: "Axes", item_map: EmbeddingMap) -> "ScalarMappable":
    """Draw the trained items, the popular ones on top, and return what their colours mean."""
    from matplotlib.colors import LogNorm

    ratings = np.maximum(item_map.points.n_ratings, 1)
    order = np.argsort(ratings, kind="stable")
    nums = order[item_map.layout.trained[order]]
    most = max(2, int(ratings.max()))
    x, y = item_map.layout.points[nums].T
    return axes.scatter(
        x,
        y,
        s=_LEAST_AREA + _AREA_BY_POPULARITY * ratings[nums] / most,
        c=ratings[nums],
        norm=LogNorm(1, most),
        cmap=_ink_on_paper(),
        edgecolors="white",
        linewidths=0.3,
    )


def _ink_on_paper() -> "Colormap":
    """Return Viridis with the popular end dark, as ink on paper, and without the yellow that paper swallows."""
    from matplotlib import colormaps
    from matplotlib.colors import ListedColormap

    return ListedColormap(colormaps["viridis"](np.linspace(0.86, 0, 256)))


def _label_most_rated(figure: "Figure", axes: "Axes", item_map: EmbeddingMap) -> None:
    nums = np.argsort(-item_map.points.n_ratings, kind="stable")
    nums = nums[item_map.layout.trained[nums]][: 3 * _LABELS]  # some may find no room
    titles = [shortened(item_map.points.titles[num], _LABEL_LENGTH) for num in nums]
    place_labels(figure, axes, item_map.layout.points[nums], titles, item_map.layout.points, most=_LABELS)


_WRITERS: Mapping[str, Callable[[EmbeddingMap], bytes]] = {
    "html": lambda item_map: map_html(item_map).encode(),
    "csv": map_csv,
    "png": map_png,
}
