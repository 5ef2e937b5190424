"""How well predicted distributions foretell what happened."""

from collections.abc import Sequence

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


def joined_distributions(parts: Sequence[DistributionMetrics]) -> DistributionMetrics | None:
    """Return the metrics of all rows from those of their parts; ``None`` where no row was judged."""
    if len(parts) < 2:
        return parts[0] if parts else None
    n = sum(part.n for part in parts)
    means = {
        name: sum(part.n * getattr(part, name) for part in parts) / n
        for name in ("log_loss", "observed", "expected", "width")
    }
    return DistributionMetrics(n=n, without=sum(part.without for part in parts), nominal=parts[0].nominal, **means)


class Bins:
    """Forecasts in bins of equal width, the mean of each bin held against what came of it.

    The points of a reliability diagram (Bröcker and Smith, *Increasing the Reliability of Reliability Diagrams*,
    Weather and Forecasting 22(3), 2007, on placing each at its bin's mean forecast rather than at its middle).
    """

    def __init__(self, bounds: tuple[float, float], n_bins: int = 10) -> None:
        """Begin without a forecast.

        Args:
            bounds: the lowest and the highest forecast there can be.
            n_bins: at most.
        """
        self._low, self._n_bins = bounds[0], n_bins
        self._width = (bounds[1] - bounds[0]) / n_bins or 1.0
        self._counts = np.zeros(n_bins, np.int64)
        self._sums = np.zeros((2, n_bins))

    def add(self, predicted: NDArray[np.floating], observed: NDArray[np.floating] | NDArray[np.bool_]) -> None:
        """Take in (m,) forecasts, and what happened in the same unit: stars, or for a probability whether it did."""
        nums = np.clip(((predicted - self._low) / self._width).astype(np.int64), 0, self._n_bins - 1)
        self._counts += np.bincount(nums, minlength=self._n_bins)
        self._sums += [np.bincount(nums, values.astype(np.float64), self._n_bins) for values in (predicted, observed)]

    def filled(self) -> tuple[CalibrationBin, ...]:
        """Return the bins that have forecasts, with the means of both."""
        return tuple(
            CalibrationBin(int(n), float(predicted / n), float(observed / n))
            for n, predicted, observed in zip(self._counts, *self._sums, strict=True)
            if n
        )
