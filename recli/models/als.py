"""Matrix factorisation by alternating least squares on explicit ratings, as Spark's MLlib has it."""

import time
from collections.abc import Callable
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from recli.core.config import ModelConfig
from recli.core.errors import TrainingDivergedError
from recli.core.run import Epoch, Stage
from recli.models.arrays import checked
from recli.models.blas import one_thread
from recli.models.configs import AlsConfig
from recli.models.memory import require_memory
from recli.models.normal_equations import Grouped, solve
from recli.models.recommender import (
    UNKNOWN,
    Arrays,
    FitReport,
    Nums,
    Recommender,
    Stars,
    TrainingData,
    Vectors,
)

BYTES_A_RATING = 32
"""Of the ratings grouped by user and by item, and of what groups them."""


class AlsModel(Recommender):
    """``stars = user · item``, without biases; users and items in turn are ridge regressions on each other's vectors.

    What ``pyspark.ml.recommendation.ALS`` minimises, in its order: users start as random directions, then each
    iteration solves the items and after them the users (Koren, Bell, Volinsky, *Matrix Factorization Techniques*, IEEE
    Computer 42(8), 2009; penalties by the number of ratings as in Zhou et al., AAIM 2008). Only the random numbers
    are others, so two fits agree as far as those do not matter any more.
    """

    config: AlsConfig

    def __init__(self, config: ModelConfig) -> None:
        super().__init__(config)
        self.users: Vectors = np.zeros((0, self.config.rank), np.float32)
        self.items: Vectors = np.zeros((0, self.config.rank), np.float32)

    def require_room(self, n_users: int, n_items: int, n_ratings: int) -> None:
        """Refuse ratings and vectors that do not fit."""
        needed = n_ratings * BYTES_A_RATING + (n_users + n_items) * self.config.rank * 8
        require_memory(needed, f"als on {n_ratings:,} ratings", fix="recli train als --engine spark --master URL")

    def fit(self, data: TrainingData, on_epoch: Callable[[Epoch | Stage], None]) -> FitReport:
        """Solve items and users in turn.

        Raises:
            UsageError: the ratings and vectors need more memory than this machine has.
            TrainingDivergedError: the penalty is so small that equations have no solution, or one beyond all numbers.
        """
        rows, rank = data.train, self.config.rank
        self.require_room(data.n_users, data.n_items, len(rows))
        started = time.perf_counter()
        by_item = Grouped.by(rows.item_nums, rows.user_nums, rows.values, data.n_items)
        by_user = Grouped.by(rows.user_nums, rows.item_nums, rows.values, data.n_users)
        self.users = _directions(np.random.default_rng(self.config.seed), data.n_users, rank)
        for done in range(1, self.config.iterations + 1):
            with one_thread():
                self._iterate(by_item, by_user)
            on_epoch(Stage("iteration", done, self.config.iterations, time.perf_counter() - started))
        if not (np.isfinite(self.users).all() and np.isfinite(self.items).all()):
            raise self._unsolvable()
        return FitReport(time.perf_counter() - started)

    def _iterate(self, by_item: Grouped, by_user: Grouped) -> None:
        try:
            self.items = solve(by_item, self.users, self.config.regularization)
            self.users = solve(by_user, self.items, self.config.regularization)
        except np.linalg.LinAlgError as error:
            raise self._unsolvable() from error

    def _unsolvable(self) -> TrainingDivergedError:
        small = f"--regularization {self.config.regularization:g}"
        return TrainingDivergedError(
            f"als: with {small} some vectors are not determined", fix="recli train als --regularization 0.1"
        )

    def adopt(self, users: Vectors, items: Vectors) -> None:
        """Take vectors that were learned elsewhere, (n_users, rank) and (n_items, rank) float32."""
        self.users, self.items = users, items

    def predict(self, user_nums: Nums, item_nums: Nums) -> Stars:
        """Return (m,) stars; 0 where a num is ``UNKNOWN``."""
        products = np.einsum("md,md->m", self.users[user_nums], self.items[item_nums], dtype=np.float64)
        return np.where((user_nums == UNKNOWN) | (item_nums == UNKNOWN), 0, products).astype(np.float32)

    def score_table(self, user_nums: Nums, item_nums: Nums) -> Stars:
        """Return (u, i) stars of every user with every item."""
        table = self.users[user_nums] @ self.items[item_nums].T
        return np.where((user_nums == UNKNOWN)[:, None] | (item_nums == UNKNOWN), np.float32(0), table)

    def fold_in(self, item_nums: Nums, values: Stars) -> Self:
        """Return a model with one user, solved as the last iteration would have solved them."""
        ratings = Grouped(np.zeros(1, np.int64), np.array([len(item_nums)]), item_nums, values.astype(np.float32))
        model = type(self)(self.config)
        with one_thread():
            model.adopt(solve(ratings, self.items, self.config.regularization), self.items)
        return model

    def item_vectors(self) -> Vectors:
        """Return (n_items, rank); 0 for an item without training ratings."""
        return self.items

    def user_vectors(self) -> Vectors:
        """Return (n_users, rank); 0 for a user without training ratings."""
        return self.users

    def save(self) -> dict[str, NDArray[Any]]:
        """Return ``user_factors`` (n_users, rank) and ``item_factors`` (n_items, rank), float32."""
        return {"user_factors": self.users, "item_factors": self.items}

    @classmethod
    def load(cls, config: ModelConfig, arrays: Arrays) -> Self:
        """Make the model from what ``save`` returned."""
        model = cls(config)
        shape = (None, model.config.rank)
        stored = checked(arrays, {"user_factors": shape, "item_factors": shape})
        model.adopt(stored["user_factors"], stored["item_factors"])
        return model


def _directions(rng: np.random.Generator, n: int, rank: int) -> Vectors:
    """Return (n, rank) random vectors of length 1."""
    drawn = rng.standard_normal((n, rank), dtype=np.float32)
    return drawn / np.maximum(np.linalg.norm(drawn, axis=1, keepdims=True), np.float32(1e-12))
