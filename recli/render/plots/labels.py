"""Titles beside points, placed so that none hides another."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from recli.render.plots.style import INK, MUTED

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_Box = NDArray[np.float64]
"""(4,) left, bottom, right, top, pixels."""

_SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
_DISTANCES = (8, 20, 36, 56)
"""From a point to its label, pixels."""
_LINE_STEPS = 24
"""Points on a line that are tested for lying under a text."""
_DOT_RADIUS = 5
"""Pixels around a point that its line leaves free."""
_PIXELS_PER_DOT = 10
"""A line longer by so much is as bad as one more point hidden."""
_GAP = 3
"""Between labels, pixels."""


@dataclass(frozen=True, eq=False)
class _Placed:
    """Where a label is, or could be."""

    box: _Box
    """What its text covers."""
    line: NDArray[np.float64]
    """(k, 2) pixels on the line from the point to the text."""


def place_labels(
    figure: "Figure",
    axes: "Axes",
    points: NDArray[np.floating],
    texts: Sequence[str],
    crowd: NDArray[np.floating],
    most: int,
) -> None:
    """Write up to ``most`` texts, each near its point, where it hides the fewest points.

    Greedy, in the order given: the first texts get the best places, and one that finds no room is left out. The layout
    must not change afterwards.

    Args:
        figure: of the axes.
        axes: with everything else drawn and its limits final.
        points: (m, 2) data coordinates, the most important first.
        texts: (m,) one a point.
        crowd: (n, 2) data coordinates of all points drawn.
        most: labels to place.
    """
    figure.draw_without_rendering()  # else the layout, and so every pixel, is still to come
    centres = axes.transData.transform(points)
    obstacles = axes.transData.transform(crowd)
    written: list[_Placed] = []
    for centre, text in zip(centres, texts, strict=True):
        if len(written) == most:
            return
        placed = _write(axes, centre, text, written, obstacles)
        if placed is not None:
            written.append(placed)


def _write(
    axes: "Axes", centre: NDArray[np.float64], text: str, written: Sequence[_Placed], obstacles: NDArray[np.float64]
) -> _Placed | None:
    """Write one text and return where; ``None``, and nothing written, where there is no room."""
    from matplotlib.lines import Line2D
    from matplotlib.patheffects import withStroke

    halo = [withStroke(linewidth=2.5, foreground="white")]
    to_data = axes.transData.inverted().transform
    x, y = to_data(centre)
    label = axes.text(x, y, text, size=8.5, color=INK, path_effects=halo, zorder=5)
    label.set_in_layout(False)
    extent = label.get_window_extent()
    frame = np.array(axes.get_window_extent().extents)
    free = [
        place
        for place in _candidates(centre, np.array(extent.size))
        if _within(place.box, frame) and not any(_clash(place, other) for other in written)
    ]
    if not free:
        label.remove()
        return None
    best = min(free, key=lambda place: _covered(place.box, obstacles) + _length(place.line) / _PIXELS_PER_DOT)
    x, y = to_data(centre + best.box[:2] - extent.min)
    label.set_position((x, y))
    line = Line2D(*to_data(best.line).T, color=MUTED, linewidth=0.8, zorder=4)
    axes.add_artist(line)  # axes.plot would move the limits
    return best


def _candidates(centre: NDArray[np.float64], size: NDArray[np.float64]) -> Iterator[_Placed]:
    for distance, side in itertools.product(_DISTANCES, _SIDES):
        middle = centre + np.array(side) * (size / 2 + distance / np.hypot(*side))
        box = np.concatenate([middle - size / 2, middle + size / 2])
        end = np.clip(centre, box[:2], box[2:])
        start = centre + (end - centre) * min(1.0, _DOT_RADIUS / np.hypot(*(end - centre)))
        yield _Placed(box, np.linspace(start, end, _LINE_STEPS))


def _within(box: _Box, frame: _Box) -> bool:
    return bool((box[:2] >= frame[:2]).all() and (box[2:] <= frame[2:]).all())


def _clash(a: _Placed, b: _Placed) -> bool:
    """Tell whether a text lies on the other's text or line."""
    texts_overlap = (a.box[:2] < b.box[2:] + _GAP).all() and (b.box[:2] < a.box[2:] + _GAP).all()
    return bool(texts_overlap or _covered(a.box, b.line) or _covered(b.box, a.line))


def _length(line: NDArray[np.float64]) -> float:
    return float(np.hypot(*(line[-1] - line[0])))


def _covered(box: _Box, obstacles: NDArray[np.float64]) -> int:
    return int(((obstacles > box[:2]) & (obstacles < box[2:])).all(axis=1).sum())
