"""How similar all items are to one, and where its nearest neighbours stand."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from recli.core.results.similar import VECTORS, Neighbor, SimilarResult
from recli.core.text import visible
from recli.render.plots.page import About, Table
from recli.render.plots.style import (
    INK,
    MUTED,
    ORANGE,
    draw_histogram,
    finish,
    house_style,
    new_figure,
    panel_title,
    shortened,
)
from recli.render.tables import plural

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BINS = 30
_MOST_NEIGHBORS = 10
_ROW_INCHES = 0.27
_TITLE_LENGTH = 40
_HEADING_LENGTH = 50
_LEAST_SPAN = 0.01
_READING = (
    "A neighbour is as near as its bar is long. Below, where all other items stand: neighbours that are worth the name "
    "stand apart from the crowd, at its right end."
)
_READING_OF_A_LIST = (
    "A neighbour is as near as its bar is long. Below, where the items of the kept list stand, which holds those "
    "nearest by {method} only: the many that are less alike are not in it."
)


def similarity_plot(result: SimilarResult, fmt: str) -> bytes:
    """Draw an item's nearest neighbours as bars, and under them the histogram of its similarities, on the same axis.

    Args:
        result: the neighbours of one item; up to 10 of them are drawn.
        fmt: one of ``FORMATS``.
    """
    neighbors = result.neighbors[:_MOST_NEIGHBORS]
    rows = _ROW_INCHES * max(1, len(neighbors))
    by_vectors = result.method == VECTORS
    label = (
        "Cosine similarity (no unit)" if by_vectors else f"Similarity by {visible(result.method)} (0: an average item)"
    )
    with house_style():
        title = f"Items similar to {shortened(result.query.title, _HEADING_LENGTH)}"
        figure = new_figure(title, _subtitle(result), 9.5, 4.6 + rows)
        bars, histogram = figure.subplots(2, 1, sharex=True, height_ratios=(rows, 2.4))
        counts, edges = _bins(result)
        _draw_neighbors(bars, neighbors)
        _draw_histogram(histogram, counts, edges, neighbors)
        panel_title(
            histogram, "All other items" if by_vectors else "The items of its list", "triangles: the neighbours"
        )
        histogram.set_xlabel(label)
        reading = _READING if by_vectors else _READING_OF_A_LIST.format(method=visible(result.method))
        heading = "Similarity of all other items" if by_vectors else "Similarity of the items of its list"
        about = About(title, f"{_subtitle(result)}. {reading}", _tables(neighbors, counts, edges, heading))
        return finish(figure, fmt, about)


def _subtitle(result: SimilarResult) -> str:
    hidden = f" · neighbours have at least {result.min_ratings:,} ratings" if result.min_ratings > 1 else ""
    counted = plural(len(result.similarities), "other item" if result.method == VECTORS else "item")
    which = counted if result.method == VECTORS else f"its list of {counted}"
    return f"{visible(result.ref)} · {which}{hidden}"


def _bins(result: SimilarResult) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    if not len(result.similarities):
        return np.zeros(0, np.int64), np.zeros(1)
    low, high = float(result.similarities.min()), float(result.similarities.max())
    if high - low < _LEAST_SPAN:
        low, high = low - _LEAST_SPAN, high + _LEAST_SPAN
    counts, edges = np.histogram(result.similarities, BINS, (low, high))
    return counts, edges


def _draw_histogram(
    axes: "Axes", counts: NDArray[np.int64], edges: NDArray[np.float64], neighbors: Sequence[Neighbor]
) -> None:
    axes.set_ylabel("Items")
    if not len(counts):
        axes.set(yticks=[], xlim=(-1, 1))
        axes.text(0.5, 0.5, "no other item to compare with", transform=axes.transAxes, ha="center", color=MUTED)
        return
    draw_histogram(axes, counts, edges)
    # Few neighbours among many items: their bars would be too low to be seen.
    height = float(counts.max())
    marks = [neighbor.similarity for neighbor in neighbors]
    axes.plot(marks, [-0.05 * height] * len(marks), "^", color=ORANGE, markersize=6, markeredgewidth=0)
    axes.set_ylim(-0.1 * height, 1.06 * height)


def _draw_neighbors(axes: "Axes", neighbors: Sequence[Neighbor]) -> None:
    """Draw one bar a neighbour, the nearest on top, its title beside it."""
    panel_title(axes, "Nearest neighbours")
    axes.set_ylim(max(1, len(neighbors)) + 0.5, 0.5)
    axes.tick_params(axis="x", labelbottom=False, length=0)
    axes.grid(visible=False, axis="y")
    axes.grid(axis="x")
    if not neighbors:
        axes.set_yticks([])
        axes.text(0.5, 0.5, "none", transform=axes.transAxes, ha="center", va="center", color=MUTED)
        return
    rows = range(1, len(neighbors) + 1)
    bars = axes.barh(rows, [neighbor.similarity for neighbor in neighbors], height=0.7, color=ORANGE)
    axes.bar_label(bars, [f"{neighbor.similarity:.3f}" for neighbor in neighbors], padding=3, size=8.5, color=INK)
    axes.set_yticks(rows, [shortened(neighbor.title, _TITLE_LENGTH) for neighbor in neighbors], color=INK)
    axes.tick_params(axis="y", length=0)
    axes.axvline(0, color=MUTED, linewidth=0.9)
    axes.margins(x=0.1)


def _tables(
    neighbors: Sequence[Neighbor], counts: NDArray[np.int64], edges: NDArray[np.float64], heading: str
) -> list[Table]:
    rows = [(own.rank, str(own.item_id), own.title, own.similarity, own.ratings) for own in neighbors]
    bins = list(zip(edges[:-1].tolist(), edges[1:].tolist(), counts.tolist(), strict=True))
    return [
        Table("Nearest neighbours", ("rank", "id", "title", "similarity", "ratings"), rows),
        Table(heading, ("from", "to", "items"), bins),
    ]
