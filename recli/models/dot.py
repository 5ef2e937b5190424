"""Matrix factorisation as the notebook has it: two embeddings and their dot product."""

from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from recli.models.checkpoints import NOWHERE, Checkpoints
from recli.models.configs import DotConfig
from recli.models.embeddings import Shapes
from recli.models.recommender import FitReport, Nums, OnEpoch, Stars, TrainingData, Vectors
from recli.models.stars import StarsModel

if TYPE_CHECKING:
    import keras

    from recli.models.training import Task

NOISE_SHARE = 2.0
"""Variance of the stars around a new user's product, in variances of that product among users."""


class DotModel(StarsModel):
    """``stars = user · item`` (Koren, Bell, Volinsky, *Matrix Factorization Techniques*, IEEE Computer 42(8), 2009).

    Without biases or regularisation, as in the notebook: early epochs and few factors are all that holds it back.
    """

    config: DotConfig

    def network(self, n_users: int, n_items: int) -> "keras.Model":
        """Build the Keras network."""
        from recli.models.networks import dot_network

        return dot_network(self.config, n_users, n_items)

    def fit(self, data: TrainingData, on_epoch: OnEpoch, checkpoints: Checkpoints = NOWHERE) -> FitReport:
        """Learn from the training rows, by the optimizer that suits so many."""
        self.config = self.config.settled(len(data.train))
        return super().fit(data, on_epoch, checkpoints)

    def train(self, task: "Task", on_epoch: OnEpoch, checkpoints: Checkpoints) -> tuple[FitReport, list[Vectors]]:
        """Train by Adam or by row-wise Adagrad."""
        if self.config.optimizer == "adam":
            return super().train(task, on_epoch, checkpoints)
        from recli.models.streamed import train_streamed

        return train_streamed(task, self.config, on_epoch, checkpoints)

    @property
    def copies(self) -> int:
        """Adagrad has the network's own table, that of the last epoch, that of this one, and the best."""
        return 4 if self.config.optimizer == "adagrad" else super().copies

    def is_finite(self, data: TrainingData) -> bool:
        """Tell whether each prediction is a finite number: none is larger than the product of the longest vectors."""
        with np.errstate(over="ignore"):
            longest = [np.linalg.norm(self.weights[name], axis=1).max() for name in self.shapes()]
            bound = longest[0] * longest[1]
        return bool(np.isfinite(bound)) or super().is_finite(data)

    def shapes(self) -> Shapes:
        """Two tables of vectors."""
        size = self.config.embedding_size
        return {"user_embedding": (None, size), "item_embedding": (None, size)}

    def output(self, user_nums: Nums, item_nums: Nums) -> NDArray[np.float32]:
        """Return (m,) stars, or scores under the ordinal loss."""
        users, items = self.gather(user_nums, item_nums)
        output: NDArray[np.float32] = np.einsum("md,md->m", users, items)
        return output

    def score_table(self, user_nums: Nums, item_nums: Nums) -> Stars:
        """Return (u, i) products; under the ordinal loss the expected stars."""
        if self.is_ordinal:
            return super().score_table(user_nums, item_nums)
        users, items = self.gather(user_nums, item_nums)
        return users @ items.T

    def fold_in(self, item_nums: Nums, values: Stars) -> Self | None:
        """Return a model with one user, whose vector is the posterior mean under the other users' as its prior.

        ``m + C Vᵀ (V C Vᵀ + σ² I)⁻¹ (stars - V m)`` with m and C the mean and the covariance of the users' vectors: a
        ridge regression on the rated items' vectors V that knows in which directions users differ.
        """
        if self.is_ordinal:
            return None  # its output is no stars to regress on
        users, items = self.user_vectors().astype(np.float64), self.item_vectors().astype(np.float64)
        mean, covariance = users.mean(axis=0), np.cov(users, rowvar=False, bias=True).reshape(users.shape[1], -1)
        rated = items[item_nums]
        spread = rated @ covariance
        noise = NOISE_SHARE * ((items @ covariance) * items).sum(axis=1).mean() + 1e-9
        pull = np.linalg.solve(spread @ rated.T + noise * np.eye(len(rated)), values - rated @ mean)
        model = type(self)(self.config)
        vector = (mean + pull @ spread).astype(np.float32)
        model.weights = self.weights | {"user_embedding": np.stack([self.weights["user_embedding"][0], vector])}
        return model
