"""A model on several folds: each fold's errors, their mean and how much they differ."""

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from recli.core.results.crossval import CrossvalResult, Fold
from recli.core.run import Metrics
from recli.render.csv_text import Cell
from recli.render.tables import heading, stack, table
from recli.render.view import View

if TYPE_CHECKING:
    from rich.console import RenderableType

MEDIAN = "median_mae"


def crossval_view(result: CrossvalResult) -> View:
    """Show the folds and what they come to."""
    return View(
        json={
            "model": result.model,
            "dataset": result.dataset,
            "config": dict(result.config),
            "split": [fold.split for fold in result.folds],
            "folds": [_json(fold) for fold in result.folds],
            "mean": dict(result.mean),
            "sd": dict(result.sd),
            "baseline_mean": dict(result.baseline_mean),
            "baseline_sd": dict(result.baseline_sd),
            "seconds": round(result.seconds, 3),
        },
        header=("split", "ref", "n", "mae", "mse", "rmse", "median_mae", "baseline_mae", "baseline_rmse"),
        rows=[
            *(_row(fold) for fold in result.folds),
            ("mean", None, None, *_summary(result.mean), result.baseline_mean["mae"], result.baseline_mean["rmse"]),
            ("sd", None, None, *_summary(result.sd), result.baseline_sd["mae"], result.baseline_sd["rmse"]),
        ],
        quiet=[fold.ref for fold in result.folds],
        terminal=lambda: _terminal(result),
        notes=_moved(result),
        next=f"recli evaluate {result.folds[0].ref}",
    )


def _moved(result: CrossvalResult) -> list[str]:
    """Say what the model's name means now, where it meant something else."""
    if result.before is None:
        return []
    now = f"{result.model} now means {result.folds[-1].ref}, the model of the last fold"
    return [f"{now}; {result.before} is still there"]


def _json(fold: Fold) -> dict[str, Any]:
    return {
        "ref": fold.ref,
        "split": fold.split,
        "metrics": {part: errors and dataclasses.asdict(errors) for part, errors in fold.metrics.items()},
        "baseline": dataclasses.asdict(fold.baseline),
    }


def _row(fold: Fold) -> tuple[Cell, ...]:
    test = fold.test
    own = (test.n, test.mae, test.mse, test.rmse, test.median_mae)
    return fold.split, fold.ref, *own, fold.baseline.mae, fold.baseline.rmse


def _summary(numbers: Mapping[str, float]) -> tuple[Cell, ...]:
    return numbers["mae"], numbers["mse"], numbers["rmse"], numbers.get(MEDIAN)


def _terminal(result: CrossvalResult) -> "RenderableType":
    from rich.text import Text

    with_median = MEDIAN in result.mean
    names = ("mae", MEDIAN, "rmse") if with_median else ("mae", "rmse")
    rows = [
        (fold.split, fold.ref, f"{fold.test.n:,}", *_cells(fold.test, fold.baseline, names)) for fold in result.folds
    ]
    mean = [f"{result.mean[name]:.4f}" for name in names]
    spread = [f"± {result.sd[name]:.4f}" for name in names]
    rows += [
        ("mean", "", "", *mean, f"{result.baseline_mean['rmse']:.4f}"),
        ("sd", "", "", *spread, f"± {result.baseline_sd['rmse']:.4f}"),
    ]
    titles = {"mae": "MAE", MEDIAN: "median MAE", "rmse": "RMSE"}
    columns = ("fold", "ref", "n", *(titles[name] for name in names), "bias RMSE")
    return stack(
        heading(result.model, f"{result.dataset} · {len(result.folds)} folds · {result.seconds:.1f} s"),
        table(columns, rows, left=("fold", "ref"), spare=("n", "bias RMSE")),
        Text("errors on each fold's test rows; sd is over the folds, by folds − 1", style="dim"),
    )


def _cells(test: Metrics, baseline: Metrics, names: tuple[str, ...]) -> list[str]:
    return [*(f"{getattr(test, name):.4f}" for name in names), f"{baseline.rmse:.4f}"]
