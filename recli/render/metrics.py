"""Errors as the cells of a table."""

from recli.core.run import Metrics

METRIC_COLUMNS = ("n", "MAE", "MSE", "RMSE", "cold", "clipped")


def metric_cells(errors: Metrics) -> tuple[str, ...]:
    """Return one cell for each of ``METRIC_COLUMNS``; errors to four digits, which is past what a seed changes."""
    return (
        f"{errors.n:,}",
        f"{errors.mae:.4f}",
        f"{errors.mse:.4f}",
        f"{errors.rmse:.4f}",
        f"{errors.cold:,}",
        f"{errors.clipped:,}",
    )
