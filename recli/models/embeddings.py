"""What the models made of user and item embeddings share: tables with a row 0 for the unknown."""

import math
from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from recli.core.config import ModelConfig
from recli.core.ratings import Ratings
from recli.core.run import ParameterCount
from recli.models.arrays import checked
from recli.models.batches import batches
from recli.models.checkpoints import NOWHERE, Checkpoints, ResumableRecommender
from recli.models.configs import GradientConfig
from recli.models.memory import require_memory
from recli.models.recommender import Arrays, FitReport, Nums, OnEpoch, Stars, TrainingData, Vectors

if TYPE_CHECKING:
    import keras

    from recli.models.training import Task

TRAINING_COPIES = 7
"""Arrays of a table's size while an epoch runs: table and Adam's two moments, before and after, and the gradient."""

Shapes = dict[str, tuple[int | None, ...]]


class EmbeddingModel(ResumableRecommender):
    """A Keras network over embeddings: trained by TensorFlow, then plain arrays that numpy predicts from.

    Both tables have a row 0 that stands for the unknown; the thing with num k has row k + 1. Prediction needs no
    TensorFlow, so ``evaluate`` and ``similar`` start in a fraction of the time that importing it takes.
    """

    config: GradientConfig
    weights: dict[str, NDArray[np.float32]]
    """What was learned, and the constants that predictions need, by name."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__(config)
        self.weights = {}

    @abstractmethod
    def network(self, n_users: int, n_items: int) -> "keras.Model":
        """Build the network to train: inputs are rows of the two tables, (b,) int32 each; output (b, 1)."""

    @abstractmethod
    def shapes(self) -> Shapes:
        """Return name → shape of the network's trainable weights, in its order; ``None`` is a table's length."""

    @abstractmethod
    def constants(self) -> Shapes:
        """Return name → shape of what is stored beside the network's weights."""

    @abstractmethod
    def task(self, data: TrainingData) -> "Task":
        """Return what to train; TensorFlow has been started."""

    @abstractmethod
    def finish(self, data: TrainingData, rest: list[NDArray[np.float32]]) -> None:
        """Add to ``weights`` what else predictions need, once the network's own are there.

        Args:
            data: what was learned from.
            rest: the weights that the objective learned.
        """

    def fit(self, data: TrainingData, on_epoch: OnEpoch, checkpoints: Checkpoints = NOWHERE) -> FitReport:
        """Learn from the training rows, watched by the validation rows; a checkpoint holds what an epoch leaves."""
        from recli.models import backend
        from recli.models.training import diverged

        self._check_memory(data)
        backend.start()
        report, learned = self.train(self.task(data), on_epoch, checkpoints)
        names = tuple(self.shapes())
        self.weights |= dict(zip(names, learned, strict=False))
        self.finish(data, learned[len(names) :])
        if not self.is_finite(data):
            raise diverged(self.config, len(report.history))
        return report

    def train(self, task: "Task", on_epoch: OnEpoch, checkpoints: Checkpoints) -> tuple[FitReport, list[Vectors]]:
        """Return how training went, and the weights of the network and of the objective."""
        from recli.models.training import train_network

        return train_network(task, self.config, on_epoch, checkpoints)

    def is_finite(self, data: TrainingData) -> bool:
        """Tell whether each prediction for the training rows is a finite number."""
        return bool(np.isfinite(in_batches(self.predict, data.train)).all())

    @property
    def copies(self) -> int:
        """Arrays of a table's size while an epoch runs."""
        return TRAINING_COPIES

    def _check_memory(self, data: TrainingData) -> None:
        """Refuse tables that this machine cannot hold, before TensorFlow tries."""
        n_users, n_items = data.n_users + 1, data.n_items + 1
        lengths = {"user_embedding": n_users, "item_embedding": n_items, "item_bias": n_items}
        numbers = sum(
            # Beside the tables, only a layer on features has an open length.
            math.prod(lengths.get(name, self._described(data)[0]) if n is None else n for n in shape)
            for name, shape in self.shapes().items()
        )
        model = self.config.model
        require_memory(
            numbers * 4 * self.copies + self._described(data)[1],
            f"training {model} with {numbers:,} weights",
            fix=f"recli train {model}",
        )

    def _described(self, data: TrainingData) -> tuple[int, int]:
        """Return how many numbers describe a pair to the first layer, and the bytes of tables that are not learned."""
        return 2 * self.config.embedding_size, 0

    def gather(self, user_nums: Nums, item_nums: Nums) -> tuple[Vectors, Vectors]:
        """Return the embeddings of (m,) pairs, (m, d) each."""
        return self.weights["user_embedding"][user_nums + 1], self.weights["item_embedding"][item_nums + 1]

    def item_vectors(self) -> Vectors:
        """Return (n_items, d): the item table without its row 0."""
        return self.weights["item_embedding"][1:]

    def user_vectors(self) -> Vectors:
        """Return (n_users, d): the user table without its row 0."""
        return self.weights["user_embedding"][1:]

    def parameter_counts(self) -> tuple[ParameterCount, ...]:
        """Return what gradients learned, without the constants beside it."""
        learned = [(name, self.weights[name]) for name in (*self.shapes(), "cut_points") if name in self.weights]
        return tuple(ParameterCount(name, array.shape, int(array.size)) for name, array in learned)

    def save(self) -> dict[str, NDArray[Any]]:
        """Return weights and constants by name."""
        return dict(self.weights)

    @classmethod
    def load(cls, config: ModelConfig, arrays: Arrays) -> Self:
        """Make the model from what ``save`` returned."""
        model = cls(config)
        model.weights = checked(arrays, model.shapes() | model.constants())
        return model


def in_batches(predict: Callable[[Nums, Nums], Stars], ratings: Ratings) -> Stars:
    """Return (n,) predictions for all pairs of n ratings, as many at a time as memory is sure to hold."""
    return np.concatenate([predict(*pairs) for pairs in batches(ratings.user_nums, ratings.item_nums)])
