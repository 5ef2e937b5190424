"""Errors of predicted stars."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recli.core.run import Metrics


def rating_metrics(
    true: NDArray[np.float32],
    predicted: NDArray[np.float32],
    medians: NDArray[np.float32] | None = None,
    *,
    cold: int = 0,
    clipped: int = 0,
) -> Metrics:
    """Judge predictions on every row given.

    Args:
        true: (n,) stars, n ≥ 1.
        predicted: (n,) stars.
        medians: (n,) stars, of the predicted distributions, where a model predicts them.
        cold: how many of the rows had a user or item that training never saw.
        clipped: how many of the predictions were moved into the scale.

    Raises:
        ValueError: the two differ in length, there is no row, or a prediction is not finite: a metric never quietly
            shrinks its test set.
    """
    errors = _errors(true, predicted)
    mse = float(np.mean(errors**2))
    median_mae = None if medians is None else float(np.mean(np.abs(_errors(true, medians))))
    return Metrics(len(true), float(np.mean(np.abs(errors))), mse, math.sqrt(mse), cold, clipped, median_mae)


def joined(parts: Sequence[Metrics]) -> Metrics:
    """Return the metrics of all rows from those of their parts, of which there is one at least."""
    if len(parts) == 1:
        return parts[0]
    n = sum(part.n for part in parts)
    mse = sum(part.n * part.mse for part in parts) / n
    medians = [part.n * part.median_mae for part in parts if part.median_mae is not None]
    return Metrics(
        n,
        sum(part.n * part.mae for part in parts) / n,
        mse,
        math.sqrt(mse),
        sum(part.cold for part in parts),
        sum(part.clipped for part in parts),
        sum(medians) / n if medians else None,
    )


def _errors(true: NDArray[np.float32], predicted: NDArray[np.float32]) -> NDArray[np.float64]:
    if true.shape != predicted.shape or true.ndim != 1 or len(true) == 0:
        raise ValueError(f"cannot judge {predicted.shape} predictions against {true.shape} stars")
    if not np.isfinite(predicted).all():
        raise ValueError(f"{np.count_nonzero(~np.isfinite(predicted))} of {len(predicted)} predictions are not finite")
    return predicted.astype(np.float64) - true.astype(np.float64)
