"""Intervals of the standard normal distribution, without losing digits in its tails."""

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

SMALLEST = np.float32(1e-30)
"""Probability that an interval has at least: its logarithm is a finite number."""
FEW = 400
"""Numbers that are done one by one sooner than scipy is imported, which takes longer than an answer for a person."""
ALMOST_ONE = np.float32(1 - 2**-24)


def probability_below(bounds: Floats) -> Floats:
    """Return the probability below each bound, of any shape."""
    if bounds.size <= FEW:
        below = [math.erfc(-bound * math.sqrt(0.5)) / 2 for bound in bounds.ravel().tolist()]
        return np.array(below, bounds.dtype).reshape(bounds.shape)
    from scipy.special import ndtr

    probability: Floats = ndtr(bounds)
    return probability


def quantile(probabilities: Floats) -> Floats:
    """Return the bound below which each of (n,) probabilities lies, 0 < p < 1."""
    if probabilities.size <= FEW:
        bound = NormalDist().inv_cdf
        return np.array([bound(probability) for probability in probabilities.tolist()], probabilities.dtype)
    from scipy.special import ndtri

    found: Floats = ndtri(probabilities)
    return found


def interval_probability(lower: Floats, upper: Floats) -> Floats:
    """Return (n,) the probability between (n,) bounds, ``SMALLEST`` at least; bounds may be infinite."""
    left, right, _ = _left_tail(lower, upper)
    probability: Floats = np.maximum(probability_below(right) - probability_below(left), SMALLEST)
    return probability


def truncated_normal(lower: Floats, upper: Floats, rng: np.random.Generator) -> Floats:
    """Draw (n,) from the standard normal between (n,) bounds, by inverting its distribution function."""
    left, right, flipped = _left_tail(lower, upper)
    below, within = probability_below(left), probability_below(right)
    share = rng.random(len(lower), dtype=np.float32)
    draws = quantile(np.clip(below + (within - below) * share, SMALLEST, ALMOST_ONE))
    draws = np.clip(draws, np.minimum(left, right), right)
    result: Floats = np.where(flipped, -draws, draws)
    return result


def _left_tail(lower: Floats, upper: Floats) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Mirror the intervals of the right half into the left one, where small probabilities keep their digits."""
    flipped = lower > 0
    return np.where(flipped, -upper, lower), np.where(flipped, -lower, upper), flipped
