"""EASE: a linear item-to-item model in closed form, for neighbours and for ranking."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from recli.core.config import ModelConfig
from recli.core.run import Epoch
from recli.models.arrays import checked
from recli.models.blas import one_thread
from recli.models.configs import EaseConfig
from recli.models.histories import Floats, HistoryModel
from recli.models.interactions import Interactions, precision, precision_bytes
from recli.models.memory import require_memory
from recli.models.neighbors import neighbor_lists
from recli.models.recommender import UNKNOWN, Arrays, FitReport, NeighborLists, Nums, Stars, TrainingData

SAME_BITS_ITEMS = 10_000
"""Items up to which the weights are the same bits on any number of cores. Beyond, one core would take minutes to invert
the matrix; then all do, and the last digits depend on how many they are."""


class EaseModel(HistoryModel):
    """Ranks by who rated what: an item's score is the sum of its weights from the items that the user rated.

    ``B = -P / diag P`` with a zero diagonal, ``P`` the inverse of ``XᵀX + λI``, X who rated what (Steck,
    *Embarrassingly Shallow Autoencoders for Sparse Data*, WWW 2019). Stars as ``HistoryModel`` has them.
    """

    config: EaseConfig

    def __init__(self, config: ModelConfig) -> None:
        super().__init__(config)
        self.item_weights: Floats = np.zeros((0, 0), np.float32)
        self._neighbor_lists: Mapping[str, NeighborLists] = {}

    def require_room(self, n_users: int, n_items: int, n_ratings: int) -> None:
        """Refuse items whose square is more than this machine's memory has room for."""
        what = f"ease, which inverts a square of {n_items:,} items,"
        require_memory(precision_bytes(n_items), what, fix="recli train elsa")

    def fit(self, data: TrainingData, on_epoch: Callable[[Epoch], None]) -> FitReport:
        """Solve for the weights. Closed form: there are no epochs.

        Raises:
            UsageError: so many items need more memory than this machine has.
        """
        self.require_room(data.n_users, data.n_items, len(data.train))
        started = time.perf_counter()
        self.bias.fit(data, on_epoch)
        interactions = Interactions.of(data, self.bias)
        with one_thread() if data.n_items <= SAME_BITS_ITEMS else nullcontext():
            inverse = precision(interactions.seen, self.config.regularization)
        weights = -inverse / np.diag(inverse)
        np.fill_diagonal(weights, 0)
        self.item_weights = weights.astype(np.float32)
        self.remember(interactions)
        self.fit_slope(interactions)
        self._neighbor_lists = neighbor_lists(data)
        return FitReport(time.perf_counter() - started)

    def weights(self, rated: Nums, item_num: int) -> Floats:
        """Return (m,) a column of the matrix, where it was rated."""
        return self.item_weights[rated, item_num]

    def score_table(self, user_nums: Nums, item_nums: Nums) -> Stars:
        """Return (u, i) scores: a user's row of 0 and 1 times the weights; 0 where a num is ``UNKNOWN``."""
        rows = np.zeros((len(user_nums), len(self.item_weights)), np.float32)
        for row, user in zip(rows, user_nums.tolist(), strict=True):
            if user != UNKNOWN:
                row[self.of_user(user)] = 1
        return np.where(item_nums == UNKNOWN, np.float32(0), rows @ self.item_weights[:, item_nums])

    def with_same_weights(self) -> Self:
        """Return a model with the same weights, and no user yet."""
        model = type(self)(self.config)
        model.item_weights = self.item_weights
        return model

    def sums(self, user_nums: Nums, item_nums: Nums, values: Floats) -> Stars:
        """Return (m,) Σ value × weight over each user's history; 0 where a num is ``UNKNOWN``."""
        sums = np.zeros(len(user_nums), np.float32)
        for user, rows in _by_user(user_nums):
            known = rows[item_nums[rows] != UNKNOWN]
            mine = slice(self.offsets[user], self.offsets[user + 1])
            weights = self.item_weights[np.ix_(self.history[mine], item_nums[known])]
            # A sum of its own for every pair, in doubles: a batch and its pairs one by one give the same numbers.
            sums[known] = np.einsum("h,hm->m", values[mine].astype(np.float64), weights)
        return sums

    def neighbor_lists(self) -> Mapping[str, NeighborLists]:
        """Return the lists that the fit made; a loaded model has none, for its version keeps them in a file."""
        return self._neighbor_lists

    def item_vectors(self) -> None:
        """Weights from every item are no vector whose angle means something."""

    def save(self) -> dict[str, NDArray[Any]]:
        """Return the weights (n_items, n_items), and what a ``HistoryModel`` saves."""
        return {"item_weights": self.item_weights} | super().save()

    @classmethod
    def load(cls, config: ModelConfig, arrays: Arrays) -> Self:
        """Make the model from what ``save`` returned."""
        model = cls(config)
        # The square is checked first, for all other shapes follow from it.
        n = checked(arrays, {"item_weights": (None, None)})["item_weights"].shape[0]
        model.item_weights = checked(arrays, {"item_weights": (n, n)})["item_weights"]
        model.recall(arrays, n)
        return model


def _by_user(user_nums: Nums) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Return each known user, with the positions of their pairs."""
    order = np.argsort(user_nums, kind="stable")
    users, starts = np.unique(user_nums[order], return_index=True)
    ends = np.append(starts[1:], len(order))
    for user, start, end in zip(users.tolist(), starts, ends, strict=False):  # no pair at all still has an end
        if user != UNKNOWN:
            yield user, order[start:end]
