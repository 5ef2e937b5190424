"""True against predicted ratings, as one distribution of predictions for each true rating."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from recli.core.ratings import RatingScale
from recli.core.results.evaluate import PredictionSample, Report
from recli.core.results.reproduce import Predicted
from recli.core.text import visible
from recli.render.csv_text import Cell
from recli.render.plots.page import About, Table
from recli.render.plots.style import BLUE, INK, MUTED, PALE_BLUE, finish, house_style, new_figure, panel_title
from recli.render.tables import plural

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST_GROUPS = 11
_RANGES_OF_FINE_SCALES = 10
_SHAPE_BINS = (12, 40)
_MOST_DOTS = 20
READING = "each shape is the histogram of the predictions for one true rating"


@dataclass(frozen=True, eq=False)
class _Grid:
    """The true ratings that get a distribution each."""

    positions: NDArray[np.floating]
    """(k,) stars, ascending: the ratings that occur or, of a fine scale, the middles of its ranges."""
    step: float
    """Stars that each may take up."""
    exact: bool
    """Whether the positions are the ratings themselves."""

    @classmethod
    def of(cls, report: Report | Predicted) -> "_Grid":
        values = np.unique(np.concatenate([sample.true for sample in report.samples]))
        if len(values) <= _MOST_GROUPS:
            return cls(values, float(np.diff(values).min()) if len(values) > 1 else 1.0, exact=True)
        step = (report.scale.high - report.scale.low) / _RANGES_OF_FINE_SCALES
        return cls(report.scale.low + step * (np.arange(_RANGES_OF_FINE_SCALES) + 0.5), step, exact=False)

    def groups(self, sample: PredictionSample) -> Iterator[tuple[float, NDArray[np.float32]]]:
        """Yield each position with the predictions of the ratings nearest to it, (n,) stars, where there are any."""
        nearest = np.searchsorted((self.positions[1:] + self.positions[:-1]) / 2, sample.true)
        for i in np.unique(nearest):
            yield float(self.positions[i]), sample.predicted[nearest == i]


def predictions_plot(report: Report | Predicted, fmt: str) -> bytes:
    """Draw true against predicted ratings, train and test side by side.

    Each true rating gets the shape of its predictions' histogram: a dot for each of 80,000 ratings would be a blot, and
    a kernel density would promise predictions outside the rating scale.

    Args:
        report: an artifact's predictions on its own rows.
        fmt: one of ``FORMATS``.
    """
    with house_style():
        title = f"True against predicted ratings of {visible(report.ref)}"
        figure = new_figure(title, f"{visible(report.dataset)} · {READING}", width=10, height=5.8)
        panels = figure.subplots(1, len(report.samples), sharex=True, sharey=True, squeeze=False)[0]
        draw_predictions(panels, report)
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
        return finish(figure, fmt, About(title, f"{READING.capitalize()}.", prediction_tables(report)))


def draw_predictions(panels: Sequence["Axes"], report: Report | Predicted) -> None:
    """Draw one panel a sample; they must share their axes."""
    grid = _Grid.of(report)
    _set_axes(panels[0], grid, report.scale)
    for axes, sample in zip(panels, report.samples, strict=True):
        _draw_sample(axes, sample, grid, report)


def prediction_tables(report: Report | Predicted) -> list[Table]:
    """Return the quartiles drawn, one table a sample."""
    grid = _Grid.of(report)
    header = ("true rating (stars)" if grid.exact else "true rating near (stars)",)
    tables = []
    for sample in report.samples:
        rows: list[Sequence[Cell]] = []
        for position, own in grid.groups(sample):
            low, middle, high = np.percentile(own, (25, 50, 75)).tolist()
            rows.append((f"{position:g}", len(own), low, middle, high))
        columns = (*header, "ratings", "lower quartile predicted", "median predicted", "upper quartile predicted")
        some = "" if sample.of is None else f", {_rows(sample)}"
        tables.append(Table(f"Predictions by true rating, {sample.part}{some}", columns, rows))
    return tables


def _set_axes(axes: "Axes", grid: _Grid, scale: RatingScale) -> None:
    beside, above = 0.7 * grid.step, 0.25 * grid.step
    axes.set(xlim=(scale.low - beside, scale.high + beside), ylim=(scale.low - above, scale.high + above))
    axes.set_ylabel("Predicted rating (stars)")
    if grid.exact:
        names = [f"{position:g}" for position in grid.positions]
        axes.set_xticks(grid.positions, names)
        axes.set_yticks(grid.positions, names)


def _draw_sample(axes: "Axes", sample: PredictionSample, grid: _Grid, report: Report | Predicted) -> None:
    panel_title(axes, f"{sample.part.capitalize()}: {_rows(sample)}", _errors(sample.part, report))
    axes.set_xlabel("True rating (stars)")
    low = report.scale.low
    axes.axline((low, low), slope=1, color=MUTED, linestyle="--", linewidth=1, label="perfect prediction")
    groups = list(grid.groups(sample))
    for position, predicted in groups:
        _draw_shape(axes, position, predicted, grid.step, report.scale)
    _draw_middles(axes, groups)


def _rows(sample: PredictionSample) -> str:
    rows = plural(len(sample.true), "rating")
    return rows if sample.of is None else f"{rows} of {sample.of:,}"


def _errors(part: str, report: Report | Predicted) -> str:
    errors = [f"MAE {report.metrics[part].mae:.3f} stars"] if part in report.metrics else []
    if part in report.baseline:
        errors.append(f"bias baseline {report.baseline[part].mae:.3f}")
    return ", ".join(errors) or "no errors to report"


def _draw_shape(axes: "Axes", position: float, predicted: NDArray[np.float32], step: float, scale: RatingScale) -> None:
    """Draw a histogram of the predictions on its side and mirrored; few predictions are drawn one by one."""
    if len(predicted) <= _MOST_DOTS:
        across = np.full(len(predicted), position)
        axes.plot(across, predicted, "o", color=BLUE, markersize=4, alpha=0.5, zorder=3)
        return
    pad = 0.5 if scale.low == scale.high else 0.0
    bins = int(np.clip(np.sqrt(len(predicted)), *_SHAPE_BINS))
    counts, edges = np.histogram(predicted, bins, (scale.low - pad, scale.high + pad))
    half = 0.45 * step * counts / max(1, counts.max())
    axes.stairs(position + half, edges, baseline=position - half, orientation="horizontal", fill=True, color=PALE_BLUE)


def _draw_middles(axes: "Axes", groups: Sequence[tuple[float, NDArray[np.float32]]]) -> None:
    if not groups:
        axes.text(0.5, 0.5, "no ratings", transform=axes.transAxes, ha="center", color=MUTED)
        return
    positions = [position for position, _ in groups]
    low, middle, high = np.array([np.percentile(predicted, (25, 50, 75)) for _, predicted in groups]).T
    axes.vlines(positions, low, high, color=INK, linewidth=3, label="middle half", zorder=4)
    axes.plot(positions, middle, "wo", markeredgecolor=INK, markersize=6, label="median prediction", zorder=5)
