"""How well predicted distributions foretell what happened."""

import numpy as np
from numpy.typing import NDArray

from recli.core.judgement import DistributionMetrics

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
