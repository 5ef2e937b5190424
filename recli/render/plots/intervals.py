"""Models beside each other: what each scores, and its difference from a reference with the interval (a forest plot)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recli.core.judgement import UNDECIDED, Difference
from recli.core.results.compare import HIGHER_IS_BETTER, CompareResult
from recli.core.results.crossval import CrossvalResult
from recli.core.results.evaluate import Report
from recli.core.text import visible
from recli.render.plots.page import About, Table
from recli.render.plots.style import (
    BLUE,
    FAINT,
    INK,
    MUTED,
    ORANGE,
    WHITE,
    finish,
    house_style,
    new_figure,
    panel_title,
    shortened,
    signed,
)
from recli.render.tables import plural

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_NAMES = {"mae": "MAE (stars)", "rmse": "RMSE (stars)", "median_mae": "Median MAE (stars)", "ndcg": "nDCG (no unit)"}
_ROW_INCHES = 0.42
_NAME_LENGTH = 26
_INTERVAL = "Bars are 95% intervals over resampled users; a difference whose bar crosses the dashed line is undecided."


@dataclass(frozen=True)
class _Row:
    """One model."""

    name: str
    value: float | None
    other: float | None = None
    """What stands beside the value: another model's, or its own on other rows."""
    difference: Difference | None = None
    is_reference: bool = False
    is_baseline: bool = False


def comparison_plot(result: CompareResult, fmt: str) -> bytes:
    """Draw each version's metric, and its difference from the best with the interval.

    Args:
        result: versions on their common rows.
        fmt: one of ``FORMATS``.
    """
    rows = [
        _Row(
            f"baseline of {entry.ref}" if entry.is_baseline else entry.ref,
            result.value(entry),
            difference=entry.difference,
            is_reference=entry.ref == result.best and not entry.is_baseline,
            is_baseline=entry.is_baseline,
        )
        for entry in result.entries
    ]
    title = f"{len(rows) - 1} models compared on {visible(result.dataset)}"
    side = "right" if result.by in HIGHER_IS_BETTER else "left"
    about = f"{plural(result.n, 'common held-out row')} · {plural(result.users, 'user')} · better is further {side}"
    return _plot(title, about, rows, _NAMES[result.by], f"Difference from {visible(result.best)}", fmt)


def reports_plot(reports: Sequence[Report], fmt: str) -> bytes:
    """Draw several reports: each model's error on its rows, and the difference from its own bias baseline.

    Their test rows may not be the same, and so neither are the baselines; the paired differences can be compared.

    Args:
        reports: two or more.
        fmt: one of ``FORMATS``.
    """
    rows = [
        _Row(each.ref, each.metrics["test"].mae, each.baseline["test"].mae, each.verdicts.differences["mae"])
        for each in reports
    ]
    about = "each on its own test rows, with the bias baseline fitted beside it · better is further left"
    return _plot(f"{len(rows)} models judged", about, rows, _NAMES["mae"], "Difference from the bias baseline", fmt)


def folds_plot(result: CrossvalResult, fmt: str) -> bytes:
    """Draw the errors of each fold beside those of the bias baseline on the same rows.

    Args:
        result: versions of one model, each judged on its fold.
        fmt: one of ``FORMATS``.
    """
    title = f"{result.model}, {len(result.folds)} folds of {visible(result.dataset)}"
    about = (
        f"MAE {result.mean['mae']:.4f} ± {result.sd['mae']:.4f} stars, RMSE {result.mean['rmse']:.4f} ± "
        f"{result.sd['rmse']:.4f} (mean and standard deviation over folds)"
    )
    header = ("fold", "version", "MAE (stars)", "baseline's MAE", "RMSE (stars)", "baseline's RMSE")
    numbers = [
        (visible(fold.split), fold.ref, fold.test.mae, fold.baseline.mae, fold.test.rmse, fold.baseline.rmse)
        for fold in result.folds
    ]
    reading = "Each fold's error on its test rows; the vertical line is the mean. The squares are the bias baseline."
    with house_style():
        figure = new_figure(title, about, 10, 2.6 + _ROW_INCHES * len(numbers))
        panels = figure.subplots(1, 2, sharey=True)
        for axes, name in zip(panels, ("mae", "rmse"), strict=True):
            rows = [
                _Row(f"{fold.split} · {fold.ref}", getattr(fold.test, name), getattr(fold.baseline, name))
                for fold in result.folds
            ]
            _draw_values(axes, rows, _NAMES[name])
            axes.axvline(result.mean[name], color=BLUE, linewidth=1)
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
        return finish(figure, fmt, About(title, f"{about}. {reading}", [Table("Folds", header, numbers)]))


def _plot(title: str, about: str, rows: Sequence[_Row], metric: str, reference: str, fmt: str) -> bytes:
    paired = any(row.other is not None for row in rows)
    header = ("model", metric, *(["bias baseline"] if paired else []), "difference", "low", "high", "verdict")
    numbers = []
    for row in rows:
        found = row.difference
        cells = (found.value, found.low, found.high, found.verdict) if found else (None, None, None, "–")
        numbers.append((row.name, row.value, *([row.other] if paired else []), *cells))
    with house_style():
        figure = new_figure(title, about, 10, 2.6 + _ROW_INCHES * len(rows))
        values, forest = figure.subplots(1, 2, sharey=True, width_ratios=(1, 1.3))
        _draw_values(values, rows, metric)
        _draw_forest(forest, rows, f"{reference}, {metric}")
        if paired:
            figure.legend(*values.get_legend_handles_labels(), loc="outside lower center", ncols=2)
        return finish(figure, fmt, About(title, f"{about}. {_INTERVAL}", [Table("Models", header, numbers)]))


def _draw_values(axes: "Axes", rows: Sequence[_Row], metric: str) -> None:
    panel_title(axes, metric.split(" (")[0])
    axes.set(xlabel=metric, ylim=(len(rows) - 0.4, -0.6))
    axes.set_yticks(range(len(rows)), [shortened(row.name, _NAME_LENGTH) for row in rows])
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    others = [(row.other, y) for y, row in enumerate(rows) if row.other is not None]
    others += [(row.value, y) for y, row in enumerate(rows) if row.is_baseline and row.value is not None]
    known = [(row.value, y) for y, row in enumerate(rows) if row.value is not None]
    for row, (value, y) in zip((row for row in rows if row.value is not None), known, strict=True):
        if row.other is not None:
            axes.plot([value, row.other], [y, y], color=MUTED, linewidth=1)
    if others:
        axes.plot(*zip(*others, strict=True), "s", color="white", markeredgecolor=ORANGE, markeredgewidth=1.6,
                  label="bias baseline")  # fmt: skip
    models = [(row.value, y) for y, row in enumerate(rows) if row.value is not None and not row.is_baseline]
    if models:
        axes.plot(*zip(*models, strict=True), "o", color=BLUE, markersize=7, label="model")
    for value, y in known:
        _label(axes, f"{value:.4f}", value, y)
    axes.margins(x=0.18)
    _few_ticks(axes)


def _draw_forest(axes: "Axes", rows: Sequence[_Row], label: str) -> None:
    panel_title(axes, "Difference, with 95% interval")
    axes.set_xlabel(label)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    axes.axvline(0, color=MUTED, linestyle="--", linewidth=1)
    for y, row in enumerate(rows):
        axes.axhline(y, color=FAINT, linewidth=0.5, zorder=0)
        found = row.difference
        if found is None:
            text = "best: the reference" if row.is_reference else "has no such metric"
            axes.annotate(text, (0, y), (6, 4), textcoords="offset points", size=8.5, color=MUTED)
            continue
        decided = found.verdict != UNDECIDED
        if found.low is not None and found.high is not None:
            axes.plot([found.low, found.high], [y, y], color=BLUE, linewidth=2.2, solid_capstyle="butt")
        axes.plot([found.value], [y], "D", color=BLUE if decided else "white", markeredgecolor=BLUE, markersize=6.5)
        _label(axes, f"{signed(found.value, 4)}, {found.verdict}", found.value, y)
    axes.margins(x=0.22)
    _few_ticks(axes)


def _label(axes: "Axes", text: str, x: float, y: float) -> None:
    """Write a number over its mark; lines pass behind it."""
    behind = {"facecolor": WHITE, "edgecolor": "none", "pad": 0.8}
    axes.annotate(text, (x, y), (0, 8), textcoords="offset points", ha="center", size=8.5, bbox=behind)


def _few_ticks(axes: "Axes") -> None:
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(nbins=5))
