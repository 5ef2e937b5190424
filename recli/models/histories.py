"""What the linear item-to-item models share: users are histories, and stars are the baseline's plus what those tell."""

from abc import abstractmethod
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from recli.core.config import ModelConfig
from recli.core.run import ParameterCount
from recli.models.arrays import check_history, checked
from recli.models.bias import BiasModel
from recli.models.configs import BiasConfig, EaseConfig, ElsaConfig
from recli.models.interactions import Interactions
from recli.models.recommender import Arrays, Nums, Recommender, Stars

Floats = NDArray[np.float32]
_DATA = ("offsets", "history", "deviations")


class HistoryModel(Recommender):
    """Scores an item by the sum of its weights from the items that a user rated.

    Stars are the bias baseline's plus a slope times the user's deviations from that baseline, weighed by the same
    weights; the slope is a least-squares fit on the training rows. As no item has a weight from itself, no row enters
    its own sum; the weights and the baseline have seen it.
    """

    config: EaseConfig | ElsaConfig

    def __init__(self, config: ModelConfig) -> None:
        super().__init__(config)
        self.slope = np.float32(0)
        self.bias = BiasModel(BiasConfig(damping=self.config.damping))
        self.offsets: Nums = np.zeros(1, np.int32)
        """(n_users + 1,) where each user's items begin and end."""
        self.history: Nums = np.zeros(0, np.int32)
        """(n,) item nums, ascending within a user."""
        self.deviations: Floats = np.zeros(0, np.float32)
        """(n,) stars less the baseline's."""

    @abstractmethod
    def weights(self, rated: Nums, item_num: int) -> Floats:
        """Return (m,) what having rated each of m items adds to an item's score."""

    @abstractmethod
    def sums(self, user_nums: Nums, item_nums: Nums, values: Floats) -> Stars:
        """Return (m,) Σ value × weight over each user's history; 0 where a num is ``UNKNOWN``.

        Args:
            user_nums: (m,)
            item_nums: (m,)
            values: one for each place of ``history``.
        """

    @abstractmethod
    def with_same_weights(self) -> Self:
        """Return a model with the same weights, and no user yet."""

    def remember(self, interactions: Interactions) -> None:
        """Keep who rated what, before the slope is fitted."""
        self.offsets = interactions.seen.indptr.astype(np.int32)
        self.history = interactions.seen.indices.astype(np.int32)
        self.deviations = interactions.residuals.data.astype(np.float32)

    def fit_slope(self, interactions: Interactions) -> None:
        """Regress the training rows' deviations on what the user's other deviations say of them."""
        users = np.repeat(np.arange(len(self.offsets) - 1, dtype=np.int32), np.diff(self.offsets))
        told = self.sums(users, self.history, self.deviations).astype(np.float64)
        energy = told @ told
        self.slope = np.float32(told @ interactions.residuals.data / energy if energy > 0 else 0)

    def predict(self, user_nums: Nums, item_nums: Nums) -> Stars:
        """Return (m,) stars; the baseline's for a user or an item that is ``UNKNOWN``."""
        told = self.sums(user_nums, item_nums, self.deviations)
        return self.bias.predict(user_nums, item_nums) + self.slope * told

    def score(self, user_nums: Nums, item_nums: Nums) -> Stars:
        """Return (m,) sums of weights from the items that the user rated; about 1 for what everyone like them rated."""
        return self.sums(user_nums, item_nums, np.ones(len(self.history), np.float32))

    def of_user(self, user_num: int) -> Nums:
        """Return the items of a known user's history."""
        return self.history[self.offsets[user_num] : self.offsets[user_num + 1]]

    def contributions(self, user_num: int, item_num: int) -> tuple[Nums, Stars]:
        """Return the items of a user's history, and the weight of each for an item."""
        mine = self.of_user(user_num)
        return mine, self.weights(mine, item_num)

    def fold_in(self, item_nums: Nums, values: Stars) -> Self:
        """Return a model with one user: a history is all that it knows of users."""
        order = np.argsort(item_nums, kind="stable")
        item_nums, values = item_nums[order].astype(np.int32), values[order]
        model = self.with_same_weights()
        model.bias, model.slope = self.bias.fold_in(item_nums, values), self.slope
        model.offsets, model.history = np.array([0, len(item_nums)], np.int32), item_nums
        model.deviations = values - model.bias.predict(np.zeros(len(item_nums), np.int32), item_nums)
        return model

    def user_vectors(self) -> None:
        """A user is a history."""

    def save(self) -> dict[str, NDArray[Any]]:
        """Return the slope, each user's history as offsets into items, and the baseline."""
        return {
            "slope": np.array([self.slope], np.float32),
            **self.bias.save(),
            "offsets": self.offsets,
            "history": self.history,
            "deviations": self.deviations,
        }

    def recall(self, arrays: Arrays, n_items: int) -> None:
        """Take over what ``save`` returned.

        Raises:
            IntegrityError: an array is missing or does not fit.
        """
        learned = checked(arrays, {"slope": (1,), "item_biases": (n_items,)})
        self.bias = BiasModel.load(self.bias.config, arrays)
        users = len(self.bias.user_biases)
        nums = checked(arrays, {"offsets": (users + 1,), "history": (None,)}, dtype=np.int32)
        deviations = checked(arrays, {"deviations": nums["history"].shape})["deviations"]
        check_history("offsets and history", nums["offsets"], nums["history"], n_items)
        self.slope = learned["slope"][0]
        self.offsets, self.history, self.deviations = nums["offsets"], nums["history"], deviations

    def parameter_counts(self) -> tuple[ParameterCount, ...]:
        """Return what was learned: histories are data."""
        return tuple(layer for layer in super().parameter_counts() if layer.name not in _DATA)
