"""The cumulative-link output in numpy: levels of stars, cut points, and the distribution that a score means."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from recli.models.recommender import RatingDistribution, Stars

MAX_LEVELS = 20
"""Different ratings that are each a level of their own; where there are more, they are binned into as many."""
MOST_MOVES = 1000
"""Of the levels, should they not come to rest before."""

_NONE = np.zeros(0, np.float32)


def levels_of(values: Stars) -> Stars:
    """Return (L,) ascending levels of (n,) training stars: the distinct ratings, or where those are many, bins' means.

    Bins start equally filled. Then each level moves to the mean of the ratings that are nearest to it, until none moves
    (Lloyd, *Least squares quantization in PCM*, IEEE Transactions on Information Theory 28(2), 1982).
    """
    distinct, repeats = np.unique(values, return_counts=True)
    if len(distinct) <= MAX_LEVELS:
        return distinct
    levels = np.unique([part.mean(dtype=np.float64) for part in np.array_split(np.sort(values), MAX_LEVELS)])
    for _ in range(MOST_MOVES):
        nums = nearest_levels(levels, distinct)
        counts = np.bincount(nums, repeats, len(levels))
        filled = counts > 0
        moved = np.bincount(nums, distinct * repeats, len(levels))[filled] / counts[filled]
        if np.array_equal(moved, levels):
            break
        levels = moved
    return levels.astype(np.float32)


def nearest_levels(levels: NDArray[np.floating[Any]], values: Stars) -> NDArray[np.int32]:
    """Return (n,) the number of the level that is nearest to each of (n,) stars; the lower one of two."""
    middles = levels[1:] / 2 + levels[:-1] / 2  # the sum of two could be more than its dtype holds
    return np.searchsorted(middles, values).astype(np.int32)


def marginal_cut_points(level_nums: NDArray[np.int32], n_levels: int) -> NDArray[np.float32]:
    """Return (L - 1,) ascending cut points under which a score of 0 means the frequencies of (n,) level numbers."""
    counts = np.bincount(level_nums, minlength=n_levels) + 0.5  # a level without a row would have no width
    below = np.cumsum(counts)[:-1] / counts.sum()
    return np.log(below / (1 - below)).astype(np.float32)


def ordered_cut_points(learned: NDArray[np.float32] = _NONE) -> NDArray[np.float32]:
    """Return (L - 1,) ascending cut points from what ``Ordinal`` learns: the first one and logarithms of gaps."""
    return np.cumsum(np.concatenate([learned[:1], np.exp(learned[1:])])).astype(np.float32)


def distribution(scores: NDArray[np.float32], cut_points: NDArray[np.float32], levels: Stars) -> RatingDistribution:
    """Return how likely each of L levels is under (m,) scores and (L - 1,) cut points."""
    at_most = 0.5 + 0.5 * np.tanh(0.5 * (cut_points.astype(np.float64) - scores[:, None]))  # sigmoid, without overflow
    edges = np.zeros((len(scores), 1)), np.ones((len(scores), 1))
    probabilities = np.diff(np.concatenate([edges[0], at_most, edges[1]], axis=1), axis=1)
    return RatingDistribution(levels, np.maximum(probabilities, 0).astype(np.float32))
