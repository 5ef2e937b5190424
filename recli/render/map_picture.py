"""The map for print: PNG and SVG."""

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from recli.core.results.project import EmbeddingMap, Layout
from recli.render.map_colors import Coloring, coloring, draw_legend
from recli.render.map_text import faithfulness_words, map_subtitle, map_title
from recli.render.plots.labels import place_labels
from recli.render.plots.style import MUTED, house_style, new_figure, panel_title, shortened, to_bytes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_Frame = tuple[NDArray[np.float64], NDArray[np.float64]]
_LABELS = 12
_LABEL_LENGTH = 32
"""Characters."""
_LEAST_AREA = 9.0
_AREA_BY_POPULARITY = 80.0
"""Of a dot, points²: the least, and what the most rated point has more."""
_ROOMY = 3_000
"""Points that have room at that size; of more, each is smaller."""
_SMALLEST = 0.08
"""Of those areas, however many points there are."""
_TOO_MANY_SHAPES = 8_000
"""Points that an SVG draws one by one; of more, it holds a picture of them, or no viewer would open it."""
_WIDTH = 10.0
_WIDTH_OF_TWO = 15.0
_BESIDE = 1.3
_ABOVE_AND_BELOW = 1.2
"""Inches: of the picture, and of what in it is not the map: legend, heading."""
_ROOM = 1.1
"""Sides of the frame, as a share of those of the map: the rest is for labels."""

_drawn: "WeakKeyDictionary[EmbeddingMap, Figure]" = WeakKeyDictionary()
"""Both formats are asked for in turn, and finding room for the labels is most of the work: kept as long as the map."""


def map_picture(item_map: EmbeddingMap, fmt: str) -> bytes:
    """Draw the map: size by popularity, colour as the map asks, the most rated items named; two layouts side by side.

    Args:
        item_map: the points and their layouts.
        fmt: ``png`` or ``svg``.
    """
    with house_style():
        figure = _drawn.get(item_map) or _figure(item_map)
        _drawn[item_map] = figure
        return to_bytes(figure, fmt)


def _figure(item_map: EmbeddingMap) -> "Figure":
    frames = _of_one_size([_frame(layout.points) for layout in item_map.layouts])
    width = _WIDTH if len(frames) == 1 else _WIDTH_OF_TWO
    across, upright = frames[0][1] - frames[0][0]
    inches = _ABOVE_AND_BELOW + (width - _BESIDE) / len(frames) * float(upright / across)
    figure = new_figure(map_title(item_map), map_subtitle(item_map), width, inches)
    panels = list(figure.subplots(1, len(frames), squeeze=False)[0])
    colors = coloring(item_map)
    for axes, layout, (low, high) in zip(panels, item_map.layouts, frames, strict=True):
        axes.set_axis_off()
        axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), aspect="equal")
        _draw_untrained(axes, layout)
        _draw_trained(axes, item_map, layout, colors)
        if len(frames) > 1:
            panel_title(axes, layout.ref, faithfulness_words(layout.faithfulness, item_map.points.kind))
    _say_hollow(figure, item_map)
    draw_legend(figure, panels, colors)
    for axes, layout in zip(panels, item_map.layouts, strict=True):
        _label_most_rated(figure, axes, item_map, layout)
    return figure


def _frame(points: NDArray[np.float32]) -> _Frame:
    """Return the corners, (2,) each, of a frame around (n, 2) points with room for labels, never a sliver."""
    low, high = points.min(axis=0).astype(float), points.max(axis=0).astype(float)
    longest = max(high - low) or 1.0
    half = np.maximum(high - low, longest / 2) * _ROOM / 2
    return (low + high) / 2 - half, (low + high) / 2 + half


def _of_one_size(frames: list[_Frame]) -> list[_Frame]:
    """Return frames around the same middles, all as large as the largest: one scale for both of two maps."""
    half = np.max([high - low for low, high in frames], axis=0) / 2
    return [((low + high) / 2 - half, (low + high) / 2 + half) for low, high in frames]


def _draw_untrained(axes: "Axes", layout: Layout) -> None:
    x, y = layout.points[~layout.trained].T
    size = max(2.0, 12 * _crowding(len(layout.points)))
    axes.scatter(x, y, s=size, facecolors="none", edgecolors=MUTED, linewidths=0.8, rasterized=_as_picture(layout))


def _draw_trained(axes: "Axes", item_map: EmbeddingMap, layout: Layout, colors: Coloring) -> None:
    """Draw the trained points, those with most ratings on top."""
    ratings = np.maximum(item_map.points.n_ratings, 1)
    order = np.argsort(ratings, kind="stable")
    nums = order[layout.trained[order]]
    areas = _LEAST_AREA + _AREA_BY_POPULARITY * ratings[nums] / max(2, int(ratings.max()))
    crowding = _crowding(len(nums))
    x, y = layout.points[nums].T
    axes.scatter(
        x,
        y,
        s=areas * crowding,
        c=colors.colors()[nums],
        edgecolors="white",
        linewidths=0.3 * crowding,
        rasterized=_as_picture(layout),
    )


def _crowding(n: int) -> float:
    return max(_SMALLEST, min(1.0, _ROOMY / max(1, n)))


def _as_picture(layout: Layout) -> bool:
    return len(layout.points) > _TOO_MANY_SHAPES


def _say_hollow(figure: "Figure", item_map: EmbeddingMap) -> None:
    from matplotlib.lines import Line2D

    untrained = [int((~layout.trained).sum()) for layout in item_map.layouts]
    if any(untrained):
        counts = " and ".join(f"{count:,}" for count in untrained)
        hollow = Line2D(
            [], [], marker="o", linestyle="", markerfacecolor="none", markeredgecolor=MUTED, markersize=3.5,
            label=f"no training ratings ({counts})",
        )  # fmt: skip
        figure.legend(handles=[hollow], loc="outside lower left")


def _label_most_rated(figure: "Figure", axes: "Axes", item_map: EmbeddingMap, layout: Layout) -> None:
    if item_map.points.kind == "users":
        return  # an id on the map tells nobody anything
    nums = np.argsort(-item_map.points.n_ratings, kind="stable")
    nums = nums[layout.trained[nums]][: 3 * _LABELS]  # some may find no room
    titles = [shortened(item_map.points.titles[num], _LABEL_LENGTH) for num in nums]
    place_labels(figure, axes, layout.points[nums], titles, layout.points, most=_LABELS)
