"""A model judged, in one picture: predictions, residuals, calibration, and errors by support."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from recli.core.judgement import Slice
from recli.core.results.evaluate import Report
from recli.core.text import visible
from recli.render.plots.page import About, Table
from recli.render.plots.predictions import READING, draw_predictions, prediction_tables
from recli.render.plots.style import (
    BLUE,
    INK,
    MUTED,
    ORANGE,
    draw_histogram,
    draw_mark,
    finish,
    house_style,
    new_figure,
    panel_title,
    signed,
)
from recli.render.tables import plural

if TYPE_CHECKING:
    from matplotlib.axes import Axes

RESIDUAL_BINS = 40
_SUPPORT = {
    "item_support": ("Error by item support", "Training ratings of the item"),
    "user_activity": ("Error by user activity", "Training ratings of the user"),
}
_READING = (
    "Above, each shape is the histogram of the predictions for one true rating: right are those near the dashed line. "
    "Residuals are predicted minus true, so a mean above 0 predicts too many stars; calibrated forecasts lie on their "
    "dashed line. Below, the error on test rows whose item, or user, training knew little or well."
)


def evaluation_plot(report: Report, fmt: str) -> bytes:
    """Draw a report in six panels, from its predictions to where its errors are.

    Args:
        report: an artifact judged on its own rows.
        fmt: one of ``FORMATS``.
    """
    test = report.samples[-1]
    residuals = test.predicted.astype(np.float64) - test.true
    counts, edges = _residual_bins(residuals)
    with house_style():
        title = f"{visible(report.ref)} judged on {visible(report.dataset)}"
        figure = new_figure(title, READING, width=10, height=13)
        grid = figure.add_gridspec(3, 2, height_ratios=(1.25, 1, 1))
        first = figure.add_subplot(grid[0, 0])
        panels = [first, figure.add_subplot(grid[0, 1], sharex=first, sharey=first)][: len(report.samples)]
        draw_predictions(panels, report)
        first.legend(loc="upper left", bbox_to_anchor=(-0.02, -0.12), ncols=3, fontsize=8,
                     columnspacing=1.0, handlelength=1.4, handletextpad=0.5)  # fmt: skip
        _draw_residuals(figure.add_subplot(grid[1, 0]), residuals, counts, edges)
        _draw_calibration(figure.add_subplot(grid[1, 1]), report)
        lower = [figure.add_subplot(grid[2, 0])]
        lower.append(figure.add_subplot(grid[2, 1], sharey=lower[0]))
        for axes, name in zip(lower, _SUPPORT, strict=True):
            _draw_support(axes, name, report.slices.get(name, ()))
        if report.slices.get("item_support"):
            lower[0].legend(loc="best")
        return finish(figure, fmt, About(title, _READING, _tables(report, counts, edges)))


def _residual_bins(residuals: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return counts and edges, symmetric about 0: a middle bin would hide which side a residual is on."""
    furthest = float(np.abs(residuals).max(initial=0)) or 1.0
    counts, edges = np.histogram(residuals, RESIDUAL_BINS, (-furthest, furthest))
    return counts, edges


def _draw_residuals(
    axes: "Axes", residuals: NDArray[np.float64], counts: NDArray[np.int64], edges: NDArray[np.float64]
) -> None:
    if not len(residuals):
        _empty(axes, "Residuals", "no test ratings")
        return
    mean, spread = float(residuals.mean()), float(residuals.std())
    panel_title(axes, "Residuals, test", f"mean {signed(mean, 3)} stars (thick line), standard deviation {spread:.3f}")
    axes.set(xlabel="Predicted minus true rating (stars)", ylabel="Ratings")
    draw_histogram(axes, counts, edges)
    axes.locator_params(axis="x", nbins=7)
    axes.axvline(0, color=INK, linewidth=0.9, linestyle="--")
    draw_mark(axes, mean)
    axes.hlines(-0.035 * counts.max(), mean - spread, mean + spread, color=ORANGE, linewidth=3)
    axes.set_ylim(-0.07 * counts.max(), 1.06 * counts.max())


def _draw_calibration(axes: "Axes", report: Report) -> None:
    bins, probabilities = report.calibration.bins, report.calibration.of_probabilities
    if not bins:
        _empty(axes, "Calibration", "nothing to calibrate")
        return
    n = sum(each.n for each in bins)
    low, high = (0.0, 1.0) if probabilities else (report.scale.low, report.scale.high)
    pad = 0.05 * (high - low) or 0.5
    axes.set(xlim=(low - pad, high + pad), ylim=(low - pad, high + pad))
    if probabilities:
        panel_title(axes, "Calibration, test", "of the probability of at least so many stars")
        axes.set(xlabel="Predicted probability", ylabel="Share of ratings that had them")
    else:
        panel_title(axes, "Calibration, test", "mean true rating of predictions that are about equal")
        axes.set(xlabel="Mean predicted rating (stars)", ylabel="Mean true rating (stars)")
    axes.axline((low, low), slope=1, color=MUTED, linestyle="--", linewidth=1)
    xs, ys = [each.predicted for each in bins], [each.observed for each in bins]
    axes.plot(xs, ys, color=BLUE, linewidth=1.2)
    axes.scatter(xs, ys, s=[20 + 260 * each.n / n for each in bins], color=BLUE, edgecolor="white", zorder=3)
    note = f"dot area: share of {plural(n, 'forecast' if probabilities else 'rating')}"
    axes.annotate(note, (1, 0), (-4, 6), "axes fraction", "offset points", ha="right", size=8, color=MUTED)


def _draw_support(axes: "Axes", name: str, slices: Sequence[Slice]) -> None:
    title, label = _SUPPORT[name]
    if not slices:
        _empty(axes, title, "no test ratings")
        return
    panel_title(axes, title, "under each group, how many test ratings it has")
    places = np.arange(len(slices))
    axes.set(xlabel=label, ylabel="Mean absolute error (stars)", xlim=(-0.6, len(slices) - 0.4))
    axes.set_xticks(places, [f"{each.group}\n({each.n:,})" for each in slices])
    axes.vlines(places, [s.mae for s in slices], [s.baseline_mae for s in slices], color=MUTED, linewidth=1)
    axes.plot(places, [s.baseline_mae for s in slices], "s", color="white", markeredgecolor=ORANGE, markersize=7,
              markeredgewidth=1.6, label="bias baseline")  # fmt: skip
    axes.plot(places, [s.mae for s in slices], "o", color=BLUE, markersize=7, label="model")
    axes.margins(y=0.2)


def _empty(axes: "Axes", title: str, text: str) -> None:
    panel_title(axes, title)
    axes.set(xticks=[], yticks=[])
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", color=MUTED)


def _tables(report: Report, counts: NDArray[np.int64], edges: NDArray[np.float64]) -> list[Table]:
    bins = zip(edges[:-1].tolist(), edges[1:].tolist(), counts.tolist(), strict=True)
    unit = "probability" if report.calibration.of_probabilities else "stars"
    tables = [
        *prediction_tables(report),
        Table("Residuals, test", ("from (stars)", "to (stars)", "ratings"), list(bins)),
        Table(
            "Calibration, test",
            (f"mean predicted ({unit})", f"observed ({unit})", "forecasts"),
            [(each.predicted, each.observed, each.n) for each in report.calibration.bins],
        ),
    ]
    for name, (title, label) in _SUPPORT.items():
        header = (label.lower(), "test ratings", "MAE (stars)", "bias baseline's MAE (stars)")
        rows = [(s.group, s.n, s.mae, s.baseline_mae) for s in report.slices.get(name, ())]
        tables.append(Table(title, header, rows))
    return tables
