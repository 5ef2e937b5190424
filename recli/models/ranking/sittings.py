"""What users rated in one sitting: items that stood before their eyes together go together."""

import numpy as np
from numpy.typing import NDArray

from recli.core.ratings import Ratings

MOMENT = 60.0
"""Seconds after which two ratings of a user have lost most (1 - 1/e) of what they say as neighbours in time."""


def rated_together(ratings: Ratings, n_items: int, user_weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (n, n) how much each two items were rated in one sitting; 0 on the diagonal.

    Each user who rated both adds their weight, less the longer the time between: ``exp(-seconds / MOMENT)``. A dataset
    without times adds nothing.

    Args:
        ratings: (m,) rows; of several of one pair, the last counts.
        n_items: n.
        user_weights: (n_users,) what a user adds at most.
    """
    found = np.zeros((n_items, n_items))
    if len(ratings) == 0 or ratings.timestamps.min() == ratings.timestamps.max():
        return found
    order = np.argsort(ratings.user_nums, kind="stable")
    ends = np.searchsorted(ratings.user_nums[order], np.arange(len(user_weights) + 1))
    for start, end, weight in zip(ends, ends[1:], user_weights, strict=False):
        rows = order[start:end]
        items, places = np.unique(ratings.item_nums[rows][::-1], return_index=True)
        times = ratings.timestamps[rows][::-1][places].astype(np.float64)
        near = np.exp(-np.abs(times[:, None] - times) / MOMENT)
        np.fill_diagonal(near, 0)
        found[np.ix_(items, items)] += weight * near
    return found
