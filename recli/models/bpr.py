"""Bayesian Personalized Ranking: learns from what was rated at all, not from how many stars it got."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from recli.core.ratings import Ratings
from recli.models.bias import BiasModel
from recli.models.configs import BiasConfig, BprConfig
from recli.models.embeddings import EmbeddingModel, Shapes, in_batches
from recli.models.negatives import Negatives
from recli.models.recommender import Nums, Stars, TrainingData

if TYPE_CHECKING:
    import keras

    from recli.models.training import Task

_BIASES = ("mean", "user_biases", "item_biases")

PSEUDO_ROWS = 300
"""Rows of no slope that the slope's fit is given: a standard error of 0.06 deviations, as large as slopes are. With few
rows the slope would be noise."""


class BprModel(EmbeddingModel):
    """``score = user · item + item bias``, for ranking; stars are damped biases plus a slope on that score.

    Rendle et al., *BPR: Bayesian personalized ranking from implicit feedback*, UAI 2009.
    """

    config: BprConfig

    def network(self, n_users: int, n_items: int) -> "keras.Model":
        """Build the Keras network."""
        from recli.models.networks import bpr_network

        return bpr_network(self.config, n_users, n_items)

    def shapes(self) -> Shapes:
        """Two tables of vectors and one of biases."""
        size = self.config.embedding_size
        return {"user_embedding": (None, size), "item_embedding": (None, size), "item_bias": (None, 1)}

    def constants(self) -> Shapes:
        """What predicts stars: the biases, and mean, deviation and slope of the score."""
        return {"mean": (1,), "user_biases": (None,), "item_biases": (None,), "calibration": (3,)}

    def task(self, data: TrainingData) -> "Task":
        """Set rated items against unrated ones, drawn anew for each epoch, and once for the rows that watch.

        What watches is not set against itself; training, which must not know those rows, may be.
        """
        from recli.models.objectives import Triplet
        from recli.models.training import Task

        trained = Negatives(data.train, data.n_items)
        known = Negatives(_joined(data.train, data.validation), data.n_items)
        watched = _triplets(data.validation, known, np.random.default_rng(self.config.seed))
        return Task(
            self.network(data.n_users, data.n_items),
            Triplet(self.config.regularization),
            len(data.train),
            lambda rng: _triplets(data.train, trained, rng),
            watched,
        )

    def finish(self, data: TrainingData, rest: list[NDArray[np.float32]]) -> None:
        """Learn to turn scores into stars, from the rows that watched: training raised the scores of its own.

        Without such rows, the training rows have to do.
        """
        for table in self.shapes():
            known = self.weights[table].copy()
            known[0] = 0  # no row taught it anything
            self.weights[table] = known
        biases = BiasModel(BiasConfig(damping=self.config.damping))
        biases.fit(data, lambda epoch: None)
        self.weights |= biases.save()
        rows = _answerable(data)
        rows = rows if len(rows) else data.train
        residuals = rows.values - biases.predict(rows.user_nums, rows.item_nums)
        self.weights["calibration"] = _calibration(in_batches(self.score, rows), residuals)

    def score(self, user_nums: Nums, item_nums: Nums) -> Stars:
        """Return (m,) by which to rank: no stars."""
        users, items = self.gather(user_nums, item_nums)
        return np.einsum("md,md->m", users, items) + self.weights["item_bias"][item_nums + 1, 0]

    def score_table(self, user_nums: Nums, item_nums: Nums) -> Stars:
        """Return (u, i) scores of every user with every item."""
        users, items = self.gather(user_nums, item_nums)
        return users @ items.T + self.weights["item_bias"][item_nums + 1, 0]

    def predict(self, user_nums: Nums, item_nums: Nums) -> Stars:
        """Return (m,) stars."""
        mean, deviation, slope = self.weights["calibration"]
        biases = BiasModel.load(BiasConfig(), {name: self.weights[name] for name in _BIASES})
        return biases.predict(user_nums, item_nums) + slope * (self.score(user_nums, item_nums) - mean) / deviation


def _triplets(ratings: Ratings, negatives: Negatives, rng: np.random.Generator) -> tuple[Nums, Nums, Nums]:
    """Return rows of users, of items they rated, and of items they did not."""
    unrated = negatives.draw(ratings.user_nums, ratings.item_nums, rng)
    return ratings.user_nums + 1, ratings.item_nums + 1, unrated + 1


def _joined(a: Ratings, b: Ratings) -> Ratings:
    columns = ("user_nums", "item_nums", "values", "timestamps")
    return Ratings(*(np.concatenate([getattr(a, name), getattr(b, name)]) for name in columns))


def _answerable(data: TrainingData) -> Ratings:
    """Return the rows that watch and whose user and item training has seen."""
    train, rows = data.train, data.validation
    known = np.isin(rows.user_nums, train.user_nums) & np.isin(rows.item_nums, train.item_nums)
    return rows.take(np.flatnonzero(known))


def _calibration(scores: Stars, residuals: Stars) -> NDArray[np.float32]:
    """Return mean and deviation of the scores, and the slope of residuals on standardised scores.

    The slope is that of a ridge regression: least squares with ``PSEUDO_ROWS`` more rows of no slope.
    """
    mean, deviation = scores.mean(dtype=np.float64), scores.std(dtype=np.float64)
    if not deviation > 1e-6 * abs(mean):
        return np.array([mean, 1, 0], np.float32)  # one score for all says nothing
    slope = np.sum((scores - mean) / deviation * residuals, dtype=np.float64) / (len(scores) + PSEUDO_ROWS)
    return np.array([mean, deviation, slope], np.float32)
