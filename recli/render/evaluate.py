"""Versions judged: errors and the verdict first, then rankings and distributions; slices where asked for."""

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from recli.core.results.evaluate import EvaluateResult, Report
from recli.core.run import Metrics
from recli.render import judgement
from recli.render.csv_text import Cell
from recli.render.metrics import metric_table
from recli.render.tables import beside, heading, stack
from recli.render.view import View

if TYPE_CHECKING:
    from rich.console import RenderableType

_HEADER = (
    *("ref", "dataset", "rows", "n", "mae", "mse", "rmse", "baseline_mae", "baseline_rmse", "cold", "clipped"),
    "median_mae",
    *judgement.DIFFERENCE_COLUMNS,
    *judgement.DISTRIBUTION_COLUMNS,
    *judgement.RANKING_COLUMNS,
    *judgement.LIST_COLUMNS,
    *judgement.SAMPLE_COLUMNS,
)
_HALF = 78
"""Cells of a part that stands beside another, at least."""
_SLICES = ("ref", "dataset", "slice", "group", "n", "mae", "rmse", "bias", "baseline_mae")
"""Header of the TSV of slices."""


def evaluate_view(result: EvaluateResult, *, slices: bool = False) -> View:
    """Show the reports, one block of rows a version; with slices, these are the rows of the TSV."""
    reports = result.reports
    rows = _slice_rows(reports) if slices else [row for report in reports for row in _rows(report)]
    return View(
        json={
            "reports": [_json(report) for report in reports],
            "problems": [error.message for error in result.problems],
        },
        header=_SLICES if slices else _HEADER,
        rows=rows,
        quiet=[f"{report.metrics['test'].mae:.4f}" for report in reports],
        terminal=lambda: _terminal(reports, slices),
        words=("MAE", "RMSE", "cold start", "verdict", *(("nDCG", "Gini") if any(r.ranking for r in reports) else ())),
        next=_next(reports, slices),
    )


def _next(reports: Sequence[Report], slices: bool) -> str:
    if len(reports) > 1:
        return f"recli compare {reports[0].ref} {reports[1].ref}"
    return "recli models list" if slices else f"recli evaluate {reports[0].ref} --slices"


def _json(report: Report) -> dict[str, Any]:
    """Put the errors on test rows on top, where scripts look for them."""
    spread = report.distribution
    return {
        "ref": report.ref,
        "dataset": report.dataset,
        **dataclasses.asdict(report.metrics["test"]),
        "train": dataclasses.asdict(report.metrics["train"]),
        "baseline": {part: dataclasses.asdict(errors) for part, errors in report.baseline.items()},
        "verdict": report.verdicts.differences["mae"].verdict,
        "verdicts": dataclasses.asdict(report.verdicts),
        "distribution": spread and dataclasses.asdict(spread),
        "ranking": report.ranking and dataclasses.asdict(report.ranking),
        "slices": {
            name: [dataclasses.asdict(each) for each in found] for name, found in report.slices.items()
        },
    }  # fmt: skip


def _rows(report: Report) -> list[Sequence[Cell]]:
    """Return a row a part; verdict, distribution and ranking are of the test rows."""
    rows: list[Sequence[Cell]] = []
    judged = (
        *judgement.difference_cells(report.verdicts),
        *judgement.distribution_cells(report.distribution),
        *judgement.ranking_cells(report.ranking),
    )
    for part, errors in report.metrics.items():
        rest = judged if part == "test" else (None,) * len(judged)
        rows.append((report.ref, report.dataset, part, *_numbers(errors, report.baseline[part]), *rest))
    return rows


def _numbers(errors: Metrics, bar: Metrics) -> tuple[Cell, ...]:
    own = (errors.n, errors.mae, errors.mse, errors.rmse)
    return *own, bar.mae, bar.rmse, errors.cold, errors.clipped, errors.median_mae


def _slice_rows(reports: Sequence[Report]) -> list[Sequence[Cell]]:
    return [
        (report.ref, report.dataset, name, *dataclasses.astuple(each))
        for report in reports
        for name, found in report.slices.items()
        for each in found
    ]


def _terminal(reports: Sequence[Report], slices: bool) -> "RenderableType":
    """Put several versions beside each other where there is room; of a single one, its errors and its rankings."""
    if len(reports) != 1:
        return beside(*(stack(*_first(each), *_others(each, slices)) for each in reports), least=_HALF)
    title, *errors = _first(reports[0])
    others = _others(reports[0], slices)
    return stack(title, beside(stack(*errors), *([stack(*others)] if others else []), least=_HALF))


def _first(report: Report) -> "list[RenderableType]":
    """Return the heading, and the errors with the verdict."""
    rows = []
    for part, errors in report.metrics.items():
        rows += [(part, errors), (f"bias on {part}", report.baseline[part])]
    title = heading(report.ref, f"{report.dataset} · errors in stars")
    return [title, metric_table(rows), judgement.verdict_table(report.verdicts)]


def _others(report: Report, slices: bool) -> "list[RenderableType]":
    """Return what else is known of the test rows: errors by rating, distributions and rankings; or slices."""
    blocks: list[RenderableType] = []
    tested = next((sample for sample in report.samples if sample.part == "test" and len(sample.true)), None)
    if tested and not slices:
        blocks.append(judgement.error_table(tested, report.scale))
    if report.distribution:
        blocks.append(judgement.distribution_table(report.distribution))
    if report.ranking:
        blocks.append(judgement.ranking_tables(report.ranking))
    if slices:
        blocks.append(judgement.slice_tables(report.slices))
    return blocks
