"""How similar all items are to one, and where its nearest neighbours stand."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from recli.core.results.similar import VECTORS, Neighbor, SimilarResult
from recli.core.text import visible
from recli.render.plots.style import (
    FAINT,
    INK,
    MUTED,
    ORANGE,
    draw_histogram,
    house_style,
    new_figure,
    panel_title,
    shortened,
    to_bytes,
)
from recli.render.tables import plural

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BINS = 30
_MOST_NEIGHBORS = 10
_ROW_INCHES = 0.27
_TITLE_LENGTH = 48
_HEADING_LENGTH = 50
_LEAST_SPAN = 0.01


def similarity_plot(result: SimilarResult, fmt: str) -> bytes:
    """Draw the histogram of an item's similarities, and under it the nearest neighbours on the same axis.

    Args:
        result: the neighbours of one item; up to 10 of them are drawn.
        fmt: ``png`` or ``svg``.
    """
    neighbors = result.neighbors[:_MOST_NEIGHBORS]
    rows = _ROW_INCHES * max(1, len(neighbors))
    with house_style():
        figure = new_figure(
            f"Items similar to {shortened(result.query.title, _HEADING_LENGTH)}", _subtitle(result), 8.5, 4 + rows
        )
        histogram, ladder = figure.subplots(2, 1, sharex=True, height_ratios=(2.4, rows))
        by_vectors = result.method == VECTORS
        _draw_histogram(histogram, result.similarities, "All other items" if by_vectors else "The items of its list")
        label = (
            "Cosine similarity (no unit)"
            if by_vectors
            else f"Similarity by {visible(result.method)} (0: an average item)"
        )
        _draw_neighbors(ladder, neighbors, label)
        return to_bytes(figure, fmt)


def _subtitle(result: SimilarResult) -> str:
    hidden = f" · neighbours have at least {result.min_ratings:,} ratings" if result.min_ratings > 1 else ""
    return f"{visible(result.ref)} · {plural(len(result.similarities), 'other item')}{hidden}"


def _draw_histogram(axes: "Axes", similarities: NDArray[np.float32], title: str) -> None:
    panel_title(axes, title)
    axes.set_ylabel("Items")
    if not len(similarities):
        axes.set(yticks=[], xlim=(-1, 1))
        axes.text(0.5, 0.5, "no other item to compare with", transform=axes.transAxes, ha="center", color=MUTED)
        return
    low, high = float(similarities.min()), float(similarities.max())
    if high - low < _LEAST_SPAN:
        low, high = low - _LEAST_SPAN, high + _LEAST_SPAN
    pad = 0.04 * (high - low)
    axes.set_xlim(low - pad, high + pad)
    draw_histogram(axes, *np.histogram(similarities, BINS, (low, high)))


def _draw_neighbors(axes: "Axes", neighbors: Sequence[Neighbor], label: str) -> None:
    """Draw one row a neighbour, the nearest on top; each title stands on the side that has room."""
    axes.set(xlabel=label, yticks=[], ylim=(max(1, len(neighbors)) + 0.5, 0.5))
    axes.spines["left"].set_visible(False)
    panel_title(axes, "Nearest neighbours")
    if not neighbors:
        axes.text(0.5, 0.5, "none", transform=axes.transAxes, ha="center", va="center", color=MUTED)
    left, right = axes.get_xlim()
    for row, neighbor in enumerate(neighbors, start=1):
        on_the_left = neighbor.similarity >= (left + right) / 2
        axes.axhline(row, color=FAINT, linewidth=0.7)
        axes.plot([neighbor.similarity], [row], "o", color=ORANGE, markersize=6)
        axes.annotate(
            f"{shortened(neighbor.title, _TITLE_LENGTH)}  {neighbor.similarity:.3f}",
            (neighbor.similarity, row),
            (-8 if on_the_left else 8, 0),
            textcoords="offset points",
            ha="right" if on_the_left else "left",
            va="center",
            size=9,
            color=INK,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
        )
