"""EASE: a linear item-to-item model in closed form, for neighbours and for ranking."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from recli.core.config import ModelConfig
from recli.core.run import Epoch, ParameterCount
from recli.models.arrays import check_history, checked
from recli.models.bias import BiasModel
from recli.models.blas import one_thread
from recli.models.configs import BiasConfig, EaseConfig
from recli.models.interactions import Interactions, precision, precision_bytes
from recli.models.memory import require_memory
from recli.models.neighbors import neighbor_lists
from recli.models.recommender import (
    UNKNOWN,
    Arrays,
    FitReport,
    NeighborLists,
    Nums,
    Recommender,
    Stars,
    TrainingData,
)

Floats = NDArray[np.float32]

SAME_BITS_ITEMS = 10_000
"""Items up to which the weights are the same bits on any number of cores. Beyond, one core would take minutes to invert
the matrix; then all do, and the last digits depend on how many they are."""


class EaseModel(Recommender):
    """Ranks by who rated what: an item's score is the sum of its weights from the items that the user rated.

    ``B = -P / diag P`` with a zero diagonal, ``P`` the inverse of ``XᵀX + λI``, X who rated what (Steck,
    *Embarrassingly Shallow Autoencoders for Sparse Data*, WWW 2019). Stars are the bias baseline's plus a slope times
    the user's deviations from that baseline, weighed by the same B; the slope is a least-squares fit on the training
    rows. As the diagonal is zero, no row enters its own sum; B and the baseline have seen it.
    """

    config: EaseConfig

    def __init__(self, config: ModelConfig) -> None:
        super().__init__(config)
        self.item_weights: Floats = np.zeros((0, 0), np.float32)
        self.slope = np.float32(0)
        self.bias = BiasModel(BiasConfig(damping=self.config.damping))
        self.offsets: Nums = np.zeros(1, np.int32)
        self.history: Nums = np.zeros(0, np.int32)
        self.deviations: Floats = np.zeros(0, np.float32)
        self._neighbor_lists: Mapping[str, NeighborLists] = {}

    def fit(self, data: TrainingData, on_epoch: Callable[[Epoch], None]) -> FitReport:
        """Solve for the weights. Closed form: there are no epochs.

        Raises:
            UsageError: so many items need more memory than this machine has.
        """
        needed = precision_bytes(data.n_items)
        require_memory(needed, f"ease on {data.n_items:,} items", fix="recli train dot")
        started = time.perf_counter()
        self.bias.fit(data, on_epoch)
        interactions = Interactions.of(data, self.bias)
        with one_thread() if data.n_items <= SAME_BITS_ITEMS else nullcontext():
            inverse = precision(interactions.seen, self.config.regularization)
        weights = -inverse / np.diag(inverse)
        np.fill_diagonal(weights, 0)
        self.item_weights = weights.astype(np.float32)
        self.offsets = interactions.seen.indptr.astype(np.int32)
        self.history = interactions.seen.indices.astype(np.int32)
        self.deviations = interactions.residuals.data.astype(np.float32)
        self.slope = self._fitted_slope(interactions)
        self._neighbor_lists = neighbor_lists(data)
        return FitReport(time.perf_counter() - started)

    def _fitted_slope(self, interactions: Interactions) -> np.float32:
        """Regress the training rows' deviations on what the user's other deviations say of them."""
        users = np.repeat(np.arange(len(self.offsets) - 1, dtype=np.int32), np.diff(self.offsets))
        told = self._sums(users, self.history, self.deviations).astype(np.float64)
        energy = told @ told
        return np.float32(told @ interactions.residuals.data / energy if energy > 0 else 0)

    def predict(self, user_nums: Nums, item_nums: Nums) -> Stars:
        """Return (m,) stars; the baseline's for a user or an item that is ``UNKNOWN``."""
        told = self._sums(user_nums, item_nums, self.deviations)
        return self.bias.predict(user_nums, item_nums) + self.slope * told

    def score(self, user_nums: Nums, item_nums: Nums) -> Stars:
        """Return (m,) sums of weights from the items that the user rated; about 1 for what everyone like them rated."""
        return self._sums(user_nums, item_nums, np.ones(len(self.history), np.float32))

    def score_table(self, user_nums: Nums, item_nums: Nums) -> Stars:
        """Return (u, i) scores: a user's row of 0 and 1 times the weights; 0 where a num is ``UNKNOWN``."""
        rows = np.zeros((len(user_nums), len(self.item_weights)), np.float32)
        for row, user in zip(rows, user_nums.tolist(), strict=True):
            if user != UNKNOWN:
                row[self.history[self.offsets[user] : self.offsets[user + 1]]] = 1
        return np.where(item_nums == UNKNOWN, np.float32(0), rows @ self.item_weights[:, item_nums])

    def contributions(self, user_num: int, item_num: int) -> tuple[Nums, Stars]:
        """Return the items of a user's history, and the weight of each for an item."""
        mine = self.history[self.offsets[user_num] : self.offsets[user_num + 1]]
        return mine, self.item_weights[mine, item_num]

    def fold_in(self, item_nums: Nums, values: Stars) -> Self:
        """Return a model with one user: a history is all that it knows of users."""
        model = type(self)(self.config)
        model.bias = self.bias.fold_in(item_nums, values)
        model.item_weights, model.slope = self.item_weights, self.slope
        model.offsets, model.history = np.array([0, len(item_nums)], np.int32), item_nums.astype(np.int32)
        model.deviations = values - model.bias.predict(np.zeros(len(item_nums), np.int32), item_nums)
        return model

    def _sums(self, user_nums: Nums, item_nums: Nums, values: Floats) -> Stars:
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

    def user_vectors(self) -> None:
        """A user is a history."""

    def save(self) -> dict[str, NDArray[Any]]:
        """Return the weights (n_items, n_items), each user's history as offsets into items, and the baseline."""
        return {
            "item_weights": self.item_weights,
            "slope": np.array([self.slope], np.float32),
            **self.bias.save(),
            "offsets": self.offsets,
            "history": self.history,
            "deviations": self.deviations,
        }

    def parameter_counts(self) -> tuple[ParameterCount, ...]:
        """Return what was learned: histories are data."""
        return tuple(layer for layer in super().parameter_counts() if layer.name not in _DATA)

    @classmethod
    def load(cls, config: ModelConfig, arrays: Arrays) -> Self:
        """Make the model from what ``save`` returned."""
        model = cls(config)
        # The square is checked first, for all other shapes follow from it.
        n = checked(arrays, {"item_weights": (None, None)})["item_weights"].shape[0]
        learned = checked(arrays, {"item_weights": (n, n), "slope": (1,), "item_biases": (n,)})
        model.bias = BiasModel.load(model.bias.config, arrays)
        users = len(model.bias.user_biases)
        nums = checked(arrays, {"offsets": (users + 1,), "history": (None,)}, dtype=np.int32)
        deviations = checked(arrays, {"deviations": nums["history"].shape})["deviations"]
        check_history("offsets and history", nums["offsets"], nums["history"], n)
        model.item_weights, model.slope = learned["item_weights"], learned["slope"][0]
        model.offsets, model.history, model.deviations = nums["offsets"], nums["history"], deviations
        return model


_DATA = ("offsets", "history", "deviations")


def _by_user(user_nums: Nums) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Return each known user, with the positions of their pairs."""
    order = np.argsort(user_nums, kind="stable")
    users, starts = np.unique(user_nums[order], return_index=True)
    ends = np.append(starts[1:], len(order))
    for user, start, end in zip(users.tolist(), starts, ends, strict=False):  # no pair at all still has an end
        if user != UNKNOWN:
            yield user, order[start:end]
