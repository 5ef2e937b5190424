"""Errors as the rows of a table."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from recli.core.run import Metrics
from recli.render.tables import table

if TYPE_CHECKING:
    from rich.console import RenderableType


def metric_table(rows: Sequence[tuple[str, Metrics]]) -> "RenderableType":
    """Lay out named errors, to four digits, which is past what a seed changes.

    The error of the median has a column only where a model predicts a distribution.
    """
    with_median = any(errors.median_mae is not None for _, errors in rows)
    median = ("median MAE",) if with_median else ()
    columns = ("rows", "n", "MAE", *median, "MSE", "RMSE", "cold", "clipped")
    return table(
        columns,
        [(name, *_cells(errors, with_median)) for name, errors in rows],
        left=("rows",),
        spare=("MSE", "clipped", "cold"),
    )


def _cells(errors: Metrics, with_median: bool) -> list[str]:
    median = ["–" if errors.median_mae is None else f"{errors.median_mae:.4f}"] if with_median else []
    return [
        f"{errors.n:,}",
        f"{errors.mae:.4f}",
        *median,
        f"{errors.mse:.4f}",
        f"{errors.rmse:.4f}",
        f"{errors.cold:,}",
        f"{errors.clipped:,}",
    ]
