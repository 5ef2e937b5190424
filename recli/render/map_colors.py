"""What the colours of a map mean on paper: a scale of numbers, or groups. The page has its light theme from here."""

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

UNKNOWN = "#6B7785"
GROUP_COLORS = ("#0072B2", "#B87D00", "#008F68", "#C56A9C", "#3A8FC0", "#B04000", "#1F2933")
"""The hues of Okabe and Ito (2008), without yellow, and darkened until each dot has a contrast of 3 to paper (WCAG 2.2,
1.4.11). With the grey, the nearest two are still 10 apart (CIE 1976) to any kind of colour-blind eye, by the simulation
of Machado, Oliveira and Fernandes (2009); Okabe and Ito's own and a lighter grey are 6 apart."""
SCALE = ("#1F968B", "#287D8E", "#33638D", "#404788", "#482677", "#440154")
"""Viridis (Smith and van der Walt 2015), the high end dark, as ink on paper, without the half that paper swallows."""
_LABEL_LENGTH = 24
_ROUNDED = 0.001
_MOST_MEANS = (2, 98)
_MOST_YEARS = (5, 100)
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


def spans(points: Points) -> dict[str, tuple[float, float] | None]:
    """Return what the scale of each number goes from and to; ``None`` where no point has it."""
    counts = np.maximum(points.n_ratings, 1).astype(float)
    years = np.where(points.years == NO_YEAR, np.nan, points.years)
    return {
        "popularity": (float(counts.min()), max(float(counts.min()) + 1, float(counts.max()))),
        "mean": _span(points.mean_ratings.astype(float), _MOST_MEANS),
        "year": _span(years, _MOST_YEARS),
    }


def _span(values: NDArray[np.float64], ends: tuple[int, int]) -> tuple[float, float] | None:
    known = values[~np.isnan(values)]
    if not len(known):
        return None
    low, high = np.percentile(known, ends, method="nearest")
    return round(float(low), 3), round(float(high), 3)


def coloring(item_map: EmbeddingMap) -> Coloring:
    """Return the colours that a map asks for."""
    points = item_map.points
    span = spans(points).get(item_map.color)
    if item_map.color == "popularity":
        counts = np.maximum(points.n_ratings, 1).astype(float)
        low, high = span or (1.0, 2.0)
        return Coloring(counts, "Number of ratings (log scale)", log=True, low=low, high=high)
    if item_map.color == "mean":
        return _scale(points.mean_ratings.astype(float), span, "Mean rating (stars)")
    if item_map.color == "year":
        return _scale(np.where(points.years == NO_YEAR, np.nan, points.years), span, "Release year")
    return _groups(points, item_map.color)


def _scale(values: NDArray[np.float64], span: tuple[float, float] | None, label: str) -> Coloring:
    if span is None:
        return Coloring(values, label)
    low, high = span if span[0] < span[1] else (span[0] - 0.5, span[1] + 0.5)
    extended = bool(np.nanmin(values) < low - _ROUNDED or np.nanmax(values) > high + _ROUNDED)
    return Coloring(values, label, low=low, high=high, extended=extended)


def _groups(points: Points, kind: str) -> Coloring:
    """Give those labels a colour each that are most often a point's first; a point takes its own first that has one."""
    labels = points.labels[kind]
    often = Counter(own[0] for own in labels if own)
    names = sorted(often, key=lambda name: (-often[name], name))[: len(GROUP_COLORS)]
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
    """Return the scale of numbers, low to high."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("ink on paper", SCALE)
