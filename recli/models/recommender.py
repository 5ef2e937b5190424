"""The protocol that every model satisfies."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from recli.core.config import ModelConfig
from recli.core.dataset import Dataset
from recli.core.metadata import Metadata
from recli.core.ratings import Ratings, RatingScale
from recli.core.run import Epoch, ParameterCount, Stage
from recli.models.batches import batches

UNKNOWN = -1
"""The num of a user or item that the vocabulary does not have."""

Nums = NDArray[np.int32]
Stars = NDArray[np.float32]
Rows = NDArray[np.int64]
Vectors = NDArray[np.float32]
Arrays = Mapping[str, NDArray[Any]]
OnEpoch = Callable[[Epoch], None]


@dataclass(frozen=True, eq=False)
class TrainingData:
    """All that a fit may see: no test row is in it."""

    n_users: int
    """User nums are ``0 … n_users - 1``."""
    n_items: int
    """Item nums are ``0 … n_items - 1``."""
    train: Ratings
    """At least one row."""
    validation: Ratings
    """Rows that watch the fit; possibly none."""
    scale: RatingScale
    """The stars that a user can give; the training rows need not use all of it."""
    metadata: Metadata
    """What is known about users and items apart from ratings."""

    @classmethod
    def of(cls, dataset: Dataset, train: Rows, validation: Rows) -> "TrainingData":
        """Show a fit some rows of a dataset, each part as (n,) positions, and what else the dataset knows."""
        take = dataset.ratings.take
        return cls(
            len(dataset.users),
            len(dataset.items),
            take(train),
            take(validation),
            dataset.scale,
            Metadata.of(dataset),
        )


@dataclass(frozen=True)
class FitReport:
    """How a fit went."""

    seconds: float
    """Wall time of learning, compiling included; importing TensorFlow is not learning."""
    history: tuple[Epoch, ...] = ()
    """Empty for models without epochs."""
    best_epoch: int | None = None
    """The epoch whose weights were kept, from 1."""
    stopped_early: bool = False
    resumed_after: int | None = None
    """Epochs or chains that an earlier process had done; ``None`` for a fit in one go."""


@dataclass(frozen=True, eq=False)
class RatingDistribution:
    """How likely each rating is, for m pairs."""

    levels: Stars
    """(L,) ascending: the ratings that the training rows have, or the means of bins where those are many."""
    probabilities: NDArray[np.float32]
    """(m, L), each row's sum is 1."""

    def mean(self) -> Stars:
        """Return (m,) expected stars: what minimises the squared error."""
        return self.probabilities @ self.levels

    def median(self) -> Stars:
        """Return (m,) the lowest level that reaches half of the probability: what minimises the absolute error."""
        return self.quantile(0.5)

    def quantile(self, share: float) -> Stars:
        """Return (m,) the lowest level whose cumulative probability reaches a share, 0 < share < 1."""
        below = np.cumsum(self.probabilities, axis=1, dtype=np.float64) < share
        return self.levels[np.minimum(below.sum(axis=1), len(self.levels) - 1)]

    def interval(self, nominal: float = 0.8) -> tuple[Stars, Stars]:
        """Return the central interval, (m,) lowest and (m,) highest level in it, both inclusive.

        Its ends are the quantiles at (1 - nominal) / 2 and at (1 + nominal) / 2. Levels are discrete, so it holds at
        least the nominal probability, and mostly more: ``probability_within`` says how much.
        """
        return self.quantile((1 - nominal) / 2), self.quantile((1 + nominal) / 2)

    def probability_within(self, low: Stars, high: Stars) -> Stars:
        """Return (m,) how likely a level from low to high is, both (m,) and inclusive."""
        inside = (self.levels >= low[:, None]) & (self.levels <= high[:, None])
        return (self.probabilities * inside).sum(axis=1)


@dataclass(frozen=True, eq=False)
class NeighborLists:
    """The nearest items of each item, by a similarity that is no angle between vectors."""

    nums: NDArray[np.int32]
    """(n_items, k) item nums, nearest first; ``UNKNOWN`` fills up a shorter list."""
    similarities: NDArray[np.float32]
    """(n_items, k) on a scale of the method's own: 1 is the item itself; 0 fills up."""


class Recommender(ABC):
    """A model that predicts stars. A new instance is untrained: call ``fit`` or make it with ``load``."""

    answers_unseen: ClassVar[bool] = False
    """Whether metadata lets it predict for a user or an item without training ratings; else the baseline answers."""

    def __init__(self, config: ModelConfig) -> None:
        self.config = config

    def require_room(self, n_users: int, n_items: int, n_ratings: int) -> None:  # noqa: B027 - most models have room
        """Refuse a fit that this machine's memory has no room for, before anything is allocated for it.

        Raises:
            UsageError: there is none.
        """

    @abstractmethod
    def fit(self, data: TrainingData, on_epoch: Callable[[Epoch | Stage], None]) -> FitReport:
        """Learn from the training rows; call ``on_epoch`` after each epoch or stage, if the model has some.

        Raises:
            TrainingDivergedError: a loss is no finite number.
        """

    @abstractmethod
    def predict(self, user_nums: Nums, item_nums: Nums) -> Stars:
        """Return (m,) float32 predicted stars, not clipped, for (m,) pairs; nums may be ``UNKNOWN``."""

    def distribution(self, user_nums: Nums, item_nums: Nums) -> RatingDistribution | None:
        """Return how likely each rating is for (m,) pairs, or ``None`` for a model that predicts one number."""
        return None

    def score(self, user_nums: Nums, item_nums: Nums) -> Stars:
        """Return (m,) float32 by which to rank items for a user: predicted stars, unless the model ranks otherwise."""
        return self.predict(user_nums, item_nums)

    def score_table(self, user_nums: Nums, item_nums: Nums) -> Stars:
        """Return (u, i) float32: ``score`` of each of u users with each of i items, which a model may know to hasten.

        The two agree but for rounding.
        """
        pairs = batches(np.repeat(user_nums, len(item_nums)), np.tile(item_nums, len(user_nums)))
        return np.concatenate([self.score(*some) for some in pairs]).reshape(len(user_nums), len(item_nums))

    def contributions(self, user_num: int, item_num: int) -> tuple[Nums, Stars] | None:
        """Return (m,) items that a user rated and (m,) what each adds to an item's score, below 0 what speaks against.

        ``None`` for a model whose score is no sum over the user's ratings.
        """
        return None

    def fold_in(self, item_nums: Nums, values: Stars) -> Self | None:
        """Return a model that knows one user, num 0, by (m,) ratings of different items, without a new fit.

        Items and what was learned of them stay as they are. ``None`` for a model that cannot.

        Args:
            item_nums: (m,) known items, m ≥ 1.
            values: (m,) stars.
        """
        return None

    def neighbor_lists(self) -> Mapping[str, NeighborLists]:
        """Return name of a method → nearest items, best method first, as the fit left them.

        Empty for a model that only has vectors, and after ``load``: a version keeps its lists in a file of their own.
        """
        return {}

    @abstractmethod
    def item_vectors(self) -> Vectors | None:
        """Return (n_items, d) float32, one row an item, or ``None`` for a model that has none."""

    @abstractmethod
    def user_vectors(self) -> Vectors | None:
        """Return (n_users, d) float32, one row a user, or ``None`` for a model that has none."""

    @abstractmethod
    def save(self) -> dict[str, NDArray[Any]]:
        """Return every array that ``load`` needs, by name."""

    @classmethod
    @abstractmethod
    def load(cls, config: ModelConfig, arrays: Arrays) -> Self:
        """Make the trained model that ``save`` described: predictions are identical.

        Raises:
            IntegrityError: an array is missing or has a shape that fits no model of this configuration.
        """

    def parameter_counts(self) -> tuple[ParameterCount, ...]:
        """Return the trainable arrays with their sizes, in the order of ``save``."""
        return tuple(ParameterCount(name, array.shape, int(array.size)) for name, array in self.save().items())
