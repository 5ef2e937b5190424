"""Versions judged: training against test rows, with the bias baseline beside each."""

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from recli.core.results.evaluate import EvaluateResult, Report
from recli.core.run import Metrics
from recli.render.metrics import metric_table
from recli.render.tables import heading, stack
from recli.render.view import Cell, View

if TYPE_CHECKING:
    from rich.console import RenderableType


def evaluate_view(result: EvaluateResult) -> View:
    """Show the reports, one block of rows a version."""
    reports = result.reports
    return View(
        json={
            "reports": [_json(report) for report in reports],
            "problems": [error.message for error in result.problems],
        },
        header=(
            "ref",
            "dataset",
            "rows",
            "n",
            "mae",
            "mse",
            "rmse",
            "baseline_mae",
            "baseline_rmse",
            "cold",
            "clipped",
            "median_mae",
        ),
        rows=[
            (report.ref, report.dataset, part, *_numbers(errors, report.baseline[part]))
            for report in reports
            for part, errors in report.metrics.items()
        ],
        quiet=[f"{report.metrics['test'].mae:.4f}" for report in reports],
        terminal=lambda: _terminal(reports),
        next="recli models list",
    )


def _json(report: Report) -> dict[str, Any]:
    """Put the errors on test rows on top, where scripts look for them."""
    return {
        "ref": report.ref,
        "dataset": report.dataset,
        **dataclasses.asdict(report.metrics["test"]),
        "train": dataclasses.asdict(report.metrics["train"]),
        "baseline": {part: dataclasses.asdict(errors) for part, errors in report.baseline.items()},
    }


def _numbers(errors: Metrics, bar: Metrics) -> tuple[Cell, ...]:
    own = (errors.n, errors.mae, errors.mse, errors.rmse)
    return *own, bar.mae, bar.rmse, errors.cold, errors.clipped, errors.median_mae


def _terminal(reports: Sequence[Report]) -> "RenderableType":
    blocks: list[RenderableType] = []
    for report in reports:
        rows = []
        for part, errors in report.metrics.items():
            rows += [(part, errors), (f"bias on {part}", report.baseline[part])]
        blocks += [heading(report.ref, report.dataset), metric_table(rows)]
    return stack(*blocks)
