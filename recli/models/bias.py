"""Mean plus damped user and item biases: the bar that every other model has to beat."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from recli.core.config import ModelConfig
from recli.core.ratings import Ratings
from recli.core.run import Epoch
from recli.models.arrays import checked
from recli.models.configs import BiasConfig
from recli.models.normal_equations import Grouped
from recli.models.recommender import UNKNOWN, Arrays, FitReport, Nums, Recommender, Stars, TrainingData

if TYPE_CHECKING:
    from scipy.sparse import csr_array

BLOCK = 1 << 20
"""Rows added up at once: bounds the copies that this takes."""

Floats = NDArray[np.float64]


class BiasModel(Recommender):
    """``mean + user bias + item bias``; an unknown user's or item's bias is 0.

    The biases minimise the squared error with ``damping`` as their ridge penalty, solved by alternating closed forms
    (Koren, *Factor in the Neighbors*, ACM TKDD 4(1), 2010, section 2.1; damping as in LensKit's ``BiasScorer``).
    """

    config: BiasConfig

    def __init__(self, config: ModelConfig) -> None:
        super().__init__(config)
        self.mean = np.float32(0)
        self.user_biases: NDArray[np.float32] = np.zeros(0, np.float32)
        self.item_biases: NDArray[np.float32] = np.zeros(0, np.float32)

    def fit(self, data: TrainingData, on_epoch: Callable[[Epoch], None]) -> FitReport:
        """Learn from the training rows. Closed form: there are no epochs."""
        started = time.perf_counter()
        rows, damping = data.train, self.config.damping
        mean = rows.values.mean(dtype=np.float64)
        user_sums, user_counts = _sums(rows.user_nums, rows.values, mean, data.n_users)
        item_sums, item_counts = _sums(rows.item_nums, rows.values, mean, data.n_items)
        # What a sweep asks of the rows, the sum of the other side's biases, is a product with who rated what.
        rated = _rated(rows, data.n_users, data.n_items)
        raters = rated.T
        user_biases, item_biases = np.zeros(data.n_users), np.zeros(data.n_items)
        for _ in range(self.config.sweeps):
            item_biases = _damped_means(item_sums - raters @ user_biases, item_counts + damping)
            user_biases = _damped_means(user_sums - rated @ item_biases, user_counts + damping)
        self.mean = np.float32(mean)
        self.user_biases, self.item_biases = user_biases.astype(np.float32), item_biases.astype(np.float32)
        return FitReport(time.perf_counter() - started)

    def predict(self, user_nums: Nums, item_nums: Nums) -> Stars:
        """Return (m,) stars."""
        return self.mean + _known(self.user_biases, user_nums) + _known(self.item_biases, item_nums)

    def score_table(self, user_nums: Nums, item_nums: Nums) -> Stars:
        """Return (u, i) stars of every user with every item."""
        return self.mean + _known(self.user_biases, user_nums)[:, None] + _known(self.item_biases, item_nums)

    def fold_in(self, item_nums: Nums, values: Stars) -> Self:
        """Return a baseline with one user, whose bias is their damped mean deviation."""
        model = type(self)(self.config)
        deviations = values.astype(np.float64) - self.mean - self.item_biases[item_nums]
        weight = len(values) + self.config.damping
        model.mean, model.item_biases = self.mean, self.item_biases
        model.user_biases = np.array([deviations.sum() / weight], np.float32)
        return model

    def item_vectors(self) -> None:
        """Biases are numbers, not vectors: nothing to compare by angle."""

    def user_vectors(self) -> None:
        """Biases are numbers, not vectors."""

    def save(self) -> dict[str, NDArray[Any]]:
        """Return ``mean`` (1,), ``user_biases`` (n_users,) and ``item_biases`` (n_items,), all float32 stars."""
        return {
            "mean": np.array([self.mean], np.float32),
            "user_biases": self.user_biases,
            "item_biases": self.item_biases,
        }

    @classmethod
    def load(cls, config: ModelConfig, arrays: Arrays) -> Self:
        """Make the model from what ``save`` returned."""
        stored = checked(arrays, {"mean": (1,), "user_biases": (None,), "item_biases": (None,)})
        model = cls(config)
        model.mean = stored["mean"][0]
        model.user_biases, model.item_biases = stored["user_biases"], stored["item_biases"]
        return model


def _sums(nums: Nums, values: Stars, mean: np.float64, n: int) -> tuple[Floats, Floats]:
    """Return (n,) sums of each num's deviations from the mean and (n,) counts of them, a block at a time."""
    sums, counts = np.zeros(n), np.zeros(n)
    for start in range(0, len(nums), BLOCK):
        some = nums[start : start + BLOCK].astype(np.intp)
        sums += np.bincount(some, values[start : start + BLOCK].astype(np.float64) - mean, n)
        counts += np.bincount(some, minlength=n)
    return sums, counts


def _rated(rows: Ratings, n_users: int, n_items: int) -> "csr_array":
    """Return (n_users, n_items) how often a user rated an item; a pair of several rows stands there several times.

    Doubles, for products would copy anything else to them each time.
    """
    from scipy.sparse import csr_array

    grouped = Grouped.by(rows.user_nums, rows.item_nums, rows.values, n_users)
    ends = np.concatenate([[0], np.cumsum(grouped.counts)])
    return csr_array((np.ones(len(rows)), grouped.others, ends), (n_users, n_items))


def _damped_means(sums: Floats, weights: Floats) -> Floats:
    """Divide sums by their weights; 0 where there is neither value nor damping."""
    return np.divide(sums, weights, out=np.zeros(len(weights)), where=weights > 0)


def _known(biases: NDArray[np.float32], nums: Nums) -> NDArray[np.float32]:
    return np.where(nums == UNKNOWN, np.float32(0), biases[nums])
