"""What the colours of a printed map mean: a scale of numbers, or groups."""

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from recli.core.dataset import NO_YEAR
from recli.core.results.project import EmbeddingMap, Points
from recli.core.text import visible
from recli.render.plots.style import plain_numbers, shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap, Normalize
    from matplotlib.figure import Figure
    from matplotlib.ticker import Formatter

UNKNOWN = "#B8BEC4"
GROUP_COLORS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#1F2933")
"""Okabe and Ito (2008), without the yellow that paper swallows."""
_LABEL_LENGTH = 24
_MIDDLE = (5, 95)
"""Percentiles that a scale spans: a few old films would leave all others one colour."""


@dataclass(frozen=True, eq=False)
class Coloring:
    """A colour for each point, and what to say of it."""

    values: NDArray[np.float64]
    """(n,) on the scale; NaN where unknown. Of groups: their place in ``groups``."""
    label: str
    """What the colours mean, with a unit."""
    log: bool = False
    extended: bool = False
    """Whether there are values beyond the ends of the scale."""
    low: float = 0.0
    high: float = 1.0
    groups: tuple[str, ...] = ()
    """Names of the groups; empty for a scale."""

    def colors(self) -> NDArray[np.float64]:
        """Return (n, 4) red, green, blue, opacity."""
        from matplotlib.colors import to_rgba_array

        if self.groups:
            palette: NDArray[np.float64] = to_rgba_array([*GROUP_COLORS[: len(self.groups)], UNKNOWN])
            return np.take(palette, np.where(np.isnan(self.values), len(self.groups), self.values).astype(int), axis=0)
        found = np.asarray(ink_on_paper()(self.norm()(np.nan_to_num(self.values, nan=self.low))))
        found[np.isnan(self.values)] = to_rgba_array(UNKNOWN)[0]
        return found

    def norm(self) -> "Normalize":
        """Return the scale."""
        from matplotlib.colors import LogNorm, Normalize

        return LogNorm(self.low, self.high, clip=True) if self.log else Normalize(self.low, self.high, clip=True)


def coloring(item_map: EmbeddingMap) -> Coloring:
    """Return the colours that a map asks for."""
    points, trained = item_map.points, item_map.layout.trained
    if item_map.color == "popularity":
        counts = np.maximum(points.n_ratings, 1).astype(float)
        return Coloring(counts, "Number of ratings (log scale)", log=True, low=1.0, high=max(2.0, counts.max()))
    if item_map.color == "mean":
        return _scale(points.mean_ratings.astype(float), trained, "Mean rating (stars)")
    if item_map.color == "year":
        return _scale(np.where(points.years == NO_YEAR, np.nan, points.years), trained, "Release year")
    return _groups(points, item_map.color)


def _scale(values: NDArray[np.float64], trained: NDArray[np.bool_], label: str) -> Coloring:
    shown = values[trained & ~np.isnan(values)]
    if not len(shown):
        return Coloring(values, label)
    low, high = (float(end) for end in np.percentile(shown, _MIDDLE))
    if low == high:
        low, high = low - 0.5, high + 0.5
    return Coloring(values, label, low=low, high=high, extended=bool(shown.min() < low or shown.max() > high))


def _groups(points: Points, kind: str) -> Coloring:
    """Give the most frequent labels a colour each; a point takes that of the first of its own that has one."""
    labels = points.labels[kind]
    often = Counter(label for own in labels for label in own).most_common(len(GROUP_COLORS))
    names = sorted(label for label, _ in often)
    place = {label: float(number) for number, label in enumerate(names)}
    values = [next((place[label] for label in own if label in place), np.nan) for own in labels]
    several = any(len(own) > 1 for own in labels)
    heading = f"{visible(kind).capitalize()}{' (the first of several)' if several else ''}"
    return Coloring(np.array(values), heading, groups=tuple(shortened(name, _LABEL_LENGTH) for name in names))


def draw_legend(figure: "Figure", panels: "list[Axes]", colors: Coloring) -> None:
    """Say beside the panels what the colours mean."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.lines import Line2D

    if colors.groups:
        rest = [(UNKNOWN, "other or unknown")] if np.isnan(colors.values).any() else []
        handles = [
            Line2D([], [], marker="o", linestyle="", color=color, markersize=6, label=name)
            for color, name in [*zip(GROUP_COLORS, colors.groups, strict=False), *rest]
        ]
        figure.legend(handles=handles, title=colors.label, loc="outside right upper", alignment="left")
        return
    scale = ScalarMappable(colors.norm(), ink_on_paper())
    bar = figure.colorbar(
        scale, ax=panels, shrink=0.5, aspect=30, pad=0.01, format=_ticks(colors),
        extend="both" if colors.extended else "neither",
    )  # fmt: skip
    bar.set_label(colors.label)
    bar.outline.set_visible(False)


def _ticks(colors: Coloring) -> "Formatter":
    from matplotlib.ticker import FuncFormatter

    if colors.log:
        return plain_numbers()
    return FuncFormatter(lambda value, _: f"{value:g}")


def ink_on_paper() -> "Colormap":
    """Return Viridis with the high end dark, as ink on paper, and without the yellow that paper swallows."""
    from matplotlib import colormaps
    from matplotlib.colors import ListedColormap

    return ListedColormap(colormaps["viridis"](np.linspace(0.86, 0, 256)))
