"""Items that a user did not rate, drawn at random: what implicit feedback is set against."""

import numpy as np
from numpy.typing import NDArray

from recli.core.ratings import Ratings
from recli.models.recommender import Nums

TRIES = 20
"""Draws for all users at once; who still has none by then rated almost everything, and is looked at one by one."""


class Negatives:
    """Draws unrated items for the users of some ratings."""

    def __init__(self, rated: Ratings, n_items: int) -> None:
        """Remember which items count as rated."""
        self._n_items = n_items
        self._rated = np.unique(rated.user_nums.astype(np.int64) * n_items + rated.item_nums)

    def draw(self, users: Nums, items: Nums, rng: np.random.Generator) -> Nums:
        """Draw an unrated item for each of (n,) rated pairs.

        Returns:
            (n,) item nums, uniform among those that the user did not rate; the pair's own item, which teaches nothing,
            where there is none.
        """
        drawn = rng.integers(self._n_items, size=len(users), dtype=np.int32)
        for _ in range(TRIES):
            wrong = np.flatnonzero(self._is_rated(users, drawn))
            if not len(wrong):
                return drawn
            drawn[wrong] = rng.integers(self._n_items, size=len(wrong), dtype=np.int32)
        wrong = np.flatnonzero(self._is_rated(users, drawn))
        for user in np.unique(users[wrong]).tolist():
            rows = wrong[users[wrong] == user]
            unrated = self._unrated(user)
            drawn[rows] = rng.choice(unrated, len(rows)) if len(unrated) else items[rows]
        return drawn

    def _is_rated(self, users: Nums, items: Nums) -> NDArray[np.bool_]:
        pairs = users.astype(np.int64) * self._n_items + items
        places = np.minimum(np.searchsorted(self._rated, pairs), len(self._rated) - 1)
        return self._rated[places] == pairs

    def _unrated(self, user: int) -> Nums:
        start, end = np.searchsorted(self._rated, [user * self._n_items, (user + 1) * self._n_items])
        return np.setdiff1d(np.arange(self._n_items), self._rated[start:end] % self._n_items).astype(np.int32)
