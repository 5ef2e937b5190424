"""The blend of a closed form and of several factorisations: what ``recommend`` ranks by."""

import dataclasses
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from recli.models.arrays import check_history, checked
from recli.models.features import item_features
from recli.models.ranking import closed_form, ials
from recli.models.ranking.preferences import Preferences, StarScale
from recli.models.ranking.sittings import rated_together
from recli.models.recommender import UNKNOWN, Arrays, Nums, Stars, TrainingData

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

RANKS = (12, 16, 24, 32)
"""Of the factorisations: those that differ average better than the best of them."""
FACTORS_SHARE = 2.5
"""Weight of the factorisations together, where the closed form has 1."""
POPULARITY_SHARE = 8.0
"""Weight of popularity for a user with one rating; with n it is this over n, less ``POPULARITY_END``, until 0."""
POPULARITY_END = 0.2
"""Reached by users with 40 ratings: from there on, popularity tells nothing that the other parts do not."""
THREADS = 2
"""Factorisations at once."""
MANY_RATINGS = 500_000
"""Training ratings from which it is worth a trial to say how long a fit will take."""
ROUNDING = 1e-6
"""Of sums of float32, relative to the largest: scores that differ by less are the same."""
MOST_ITEMS = 5000
"""Items up to which the closed form, a square of them, takes part: 50 MB in half precision."""


@dataclass(frozen=True, eq=False)
class Blend:
    """Scores every item for a user by how likely they are to rate it, higher where they will like it.

    Each part's scores are standardised over the items that the user has not rated, then added, and with them the
    items' popularity, which leads where there are few ratings to go by.
    """

    scale: StarScale
    preferences: Preferences
    popularity: NDArray[np.float32]
    """(n_items,) users who rated each item in training."""
    weights: NDArray[np.float16]
    """(n_items, n_items) of the closed form; (0, 0) where there are too many items for one."""
    factors: tuple[NDArray[np.float32], ...]
    """(n_items, rank) for each of ``RANKS``."""

    @classmethod
    def fit(cls, data: TrainingData, seed: int, on_cost: Callable[[float], None] | None = None) -> Self:
        """Learn from the training rows; where they are many, tell ``on_cost`` beforehand the seconds it will take."""
        scale = StarScale.of(data.train.values)
        preferences = Preferences.of(data, scale)
        strengths = preferences.matrix()
        weights = np.zeros((0, 0), np.float16)
        seeds = np.random.SeedSequence(seed).spawn(len(RANKS))
        # numpy and scipy let go of the interpreter in their loops; the widest factors first, they take longest.
        if on_cost and len(data.train) >= MANY_RATINGS:
            on_cost(ials.seconds_needed(strengths, RANKS, np.random.default_rng(seed)) / THREADS)
        with ThreadPoolExecutor(THREADS) as pool:
            tasks = [
                pool.submit(ials.item_factors, strengths, rank, np.random.default_rng(own))
                for rank, own in list(zip(RANKS, seeds, strict=True))[::-1]
            ]
            if data.n_items <= MOST_ITEMS:
                weights = _closed_form(data, strengths)
            factors = tuple(task.result() for task in tasks[::-1])
        popularity = np.bincount(preferences.items, minlength=data.n_items).astype(np.float32)
        return cls(scale, preferences, popularity, weights, factors)

    def with_one_user(self, item_nums: Nums, values: Stars) -> "Blend":
        """Return a blend that knows one user, num 0, by (m,) ratings of different items."""
        own = Preferences.of_one(item_nums, values, self.scale, self.preferences.n_items)
        return dataclasses.replace(self, preferences=own)

    def scores(self, user_nums: Nums) -> Stars:
        """Return (u, n_items) scores; by popularity alone for a user without ratings."""
        rows = self.preferences.take(user_nums)
        unseen = rows == 0
        counts = np.maximum((~unseen).sum(axis=1, keepdims=True), 1)
        popularity_share = np.maximum(POPULARITY_SHARE / counts - POPULARITY_END, 0).astype(np.float32)
        total = popularity_share * _standardised(self.popularity[None], unseen)
        for share, part in self._parts(rows):
            total += share * _standardised(part, unseen)
        return total

    def _parts(self, rows: Stars) -> list[tuple[float, Stars]]:
        """Return each part's share and its (u, n_items) scores."""
        each = FACTORS_SHARE / len(self.factors)
        counts = np.count_nonzero(rows, axis=1)
        parts = [(each, ials.solve(rows, counts, factors) @ factors.T) for factors in self.factors]
        if len(self.weights):
            parts.append((1.0, rows @ self.weights.astype(np.float32)))
        return parts

    def contributions(self, user_num: int, item_num: int) -> tuple[Nums, Stars]:
        """Return (m,) items that a user rated, and what each adds to another item's score.

        Every part is linear in the strengths of the ratings, once its normal equations and its standardisation are
        held fixed, so the contributions add up to the score but for popularity and a constant.
        """
        items, strengths = self.preferences.of_user(user_num)
        rows = self.preferences.take(np.array([user_num], np.int32))
        parts, unseen = self._parts(rows), rows == 0
        argued = [_argued(rows, factors, items, item_num) for factors in self.factors]
        if len(self.weights):
            argued.append(self.weights[items, item_num].astype(np.float32))
        total = np.zeros(len(items), np.float32)
        for (share, part), own in zip(parts, argued, strict=True):
            total += share * strengths * own / _moments(part, unseen)[1][0]
        return items, total

    def save(self) -> dict[str, NDArray[Any]]:
        """Return the arrays that ``load`` needs, each with ``ranking_`` before its name."""
        arrays: dict[str, NDArray[Any]] = {
            "stars": np.array([self.scale.mean, self.scale.deviation], np.float32),
            "offsets": self.preferences.offsets,
            "items": self.preferences.items,
            "strengths": self.preferences.strengths,
            "popularity": self.popularity,
            "weights": self.weights,
            **{f"factors{rank}": table for rank, table in zip(RANKS, self.factors, strict=True)},
        }
        return {PREFIX + name: array for name, array in arrays.items()}

    @classmethod
    def load(cls, arrays: Arrays, n_users: int, n_items: int) -> Self:
        """Make the blend that ``save`` described.

        Raises:
            IntegrityError: an array is missing or does not fit.
        """
        square = (n_items, n_items) if n_items <= MOST_ITEMS else (0, 0)
        nums = checked(arrays, {PREFIX + "offsets": (n_users + 1,), PREFIX + "items": (None,)}, np.int32)
        weights = checked(arrays, {PREFIX + "weights": square}, np.float16)[PREFIX + "weights"]
        offsets, items = nums[PREFIX + "offsets"], nums[PREFIX + "items"]
        tables: dict[str, tuple[int, ...]] = {PREFIX + f"factors{rank}": (n_items, rank) for rank in RANKS}
        others: dict[str, tuple[int, ...]] = {
            PREFIX + "stars": (2,),
            PREFIX + "strengths": (len(items),),
            PREFIX + "popularity": (n_items,),
        }
        floats = checked(arrays, others | tables)
        check_history("of the ranking", offsets, items, n_items)
        mean, deviation = floats[PREFIX + "stars"].tolist()
        preferences = Preferences(offsets, items, floats[PREFIX + "strengths"], n_items)
        return cls(
            StarScale(mean, deviation),
            preferences,
            floats[PREFIX + "popularity"],
            weights,
            tuple(floats[name] for name in tables),
        )


def _closed_form(data: TrainingData, strengths: "csr_matrix") -> NDArray[np.float16]:
    users = closed_form.user_weights(np.diff(strengths.indptr))
    together = rated_together(data.train, data.n_items, users)
    return closed_form.item_weights(strengths, together, item_features(data.metadata, year_bins=True).matrix)


PREFIX = "ranking_"
Moments = tuple[NDArray[np.float32], NDArray[np.float32]]


def score_pairs(table: Callable[[Nums, Nums], Stars], user_nums: Nums, item_nums: Nums) -> Stars:
    """Return (m,) scores of pairs from a model that scores all items of a user at once."""
    users, rows = np.unique(user_nums, return_inverse=True)
    items, columns = np.unique(item_nums, return_inverse=True)
    return table(users, items)[rows, columns]


def pick(scores: Stars, item_nums: Nums) -> Stars:
    """Return the columns of i items, 0 for ``UNKNOWN``."""
    return np.where(item_nums == UNKNOWN, np.float32(0), scores[:, item_nums])


def _argued(rows: Stars, factors: NDArray[np.float32], items: Nums, item_num: int) -> Stars:
    """Return (m,) what a rating of strength 1 of each item adds to the score of another."""
    matrix = ials.normal_matrices(rows, np.count_nonzero(rows, axis=1), factors)[0]
    found: Stars = factors[items] @ np.linalg.solve(matrix, factors[item_num])
    return found


def _standardised(part: Stars, unseen: NDArray[np.bool_]) -> Stars:
    mean, deviation = _moments(part, unseen)
    result: Stars = (part - mean) / deviation
    return result


def _moments(part: Stars, unseen: NDArray[np.bool_]) -> Moments:
    """Return (u, 1) mean and standard deviation over the unseen items; 1 where nothing varies but by rounding."""
    counts = np.maximum(unseen.sum(axis=1, keepdims=True), 1)
    mean = np.where(unseen, part, 0).sum(axis=1, keepdims=True, dtype=np.float64) / counts
    spread = np.where(unseen, part - mean, 0)
    deviation = np.sqrt((spread**2).sum(axis=1, keepdims=True) / counts)
    # The rounding is that of the row's largest score, mostly a seen item's: divided by, it would become the ranking.
    largest = np.maximum(part.max(axis=1, keepdims=True), -part.min(axis=1, keepdims=True))
    varies = deviation > np.maximum(ROUNDING * largest, 1e-9)
    return mean.astype(np.float32), np.where(varies, deviation, 1).astype(np.float32)
