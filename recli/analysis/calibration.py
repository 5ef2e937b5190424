"""How well predicted distributions foretell what happened."""

import numpy as np
from numpy.typing import NDArray

from recli.core.judgement import CalibrationBin, DistributionMetrics

LEAST = float(np.finfo(np.float32).eps)
"""Probability that a smaller one counts as: a single 0 would make the mean log loss infinite."""


def distribution_metrics(
    given: NDArray[np.floating],
    of_given: NDArray[np.floating],
    interval: tuple[NDArray[np.floating], NDArray[np.floating]],
    within: NDArray[np.floating],
    *,
    nominal: float,
    without: int = 0,
) -> DistributionMetrics | None:
    """Judge n rows, or return ``None`` where n is 0.

    An interval of discrete levels that is made to hold 80 % holds more. Its model is calibrated where the observed
    share is the one that the model itself expects, not where it is the nominal one (Czado, Gneiting and Held,
    *Predictive Model Assessment for Count Data*, Biometrics 65(4), 2009, on why discrete forecasts need their own
    yardstick).

    Args:
        given: (n,) levels given, stars.
        of_given: (n,) predicted probability of each.
        interval: (n,) lowest and (n,) highest level of the predicted interval, both in it.
        within: (n,) predicted probability of the interval.
        nominal: probability that the interval was made to hold, at least.
        without: further rows, which have no distribution.
    """
    if len(given) == 0:
        return None
    low, high = interval
    return DistributionMetrics(
        n=len(given),
        without=without,
        log_loss=float(-np.log(np.maximum(of_given.astype(np.float64), LEAST)).mean()),
        nominal=nominal,
        observed=float(((low <= given) & (given <= high)).mean()),
        expected=float(within.mean(dtype=np.float64)),
        width=float((high - low).mean(dtype=np.float64)),
    )


def calibration_bins(
    predicted: NDArray[np.floating],
    observed: NDArray[np.floating] | NDArray[np.bool_],
    bounds: tuple[float, float],
    n_bins: int = 10,
) -> tuple[CalibrationBin, ...]:
    """Put m forecasts into bins of equal width, and hold the mean of each bin against what came of it.

    The points of a reliability diagram (Bröcker and Smith, *Increasing the Reliability of Reliability Diagrams*,
    Weather and Forecasting 22(3), 2007, on placing each at its bin's mean forecast rather than at its middle).

    Args:
        predicted: (m,) forecasts within ``bounds``.
        observed: (m,) what happened, in the same unit: stars, or for a probability whether it did.
        bounds: the lowest and the highest forecast there can be.
        n_bins: at most.
    """
    low, high = bounds
    width = (high - low) / n_bins or 1.0
    nums = np.clip(((predicted - low) / width).astype(np.int64), 0, n_bins - 1)
    counts = np.bincount(nums, minlength=n_bins)
    sums = [np.bincount(nums, values.astype(np.float64), n_bins) for values in (predicted, observed)]
    return tuple(
        CalibrationBin(int(counts[k]), float(sums[0][k] / counts[k]), float(sums[1][k] / counts[k]))
        for k in np.flatnonzero(counts)
    )
