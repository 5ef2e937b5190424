"""What the models share that regress stars, or a distribution over them, from a network's one output."""

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from recli.core.config import ModelConfig
from recli.core.errors import IntegrityError
from recli.core.ratings import Ratings
from recli.models import ordinal
from recli.models.configs import StarsConfig
from recli.models.embeddings import EmbeddingModel, Shapes
from recli.models.recommender import Arrays, Nums, RatingDistribution, Stars, TrainingData

if TYPE_CHECKING:
    from recli.models.compiled import Columns
    from recli.models.objectives import Objective
    from recli.models.training import Task

Goal = tuple["Objective", NDArray[Any], NDArray[Any]]
"""The loss, and the targets of training and validation rows."""


class StarsModel(EmbeddingModel):
    """A network whose output is stars, or under the ordinal loss a score that cut points turn into a distribution."""

    config: StarsConfig

    @abstractmethod
    def output(self, user_nums: Nums, item_nums: Nums) -> NDArray[np.float32]:
        """Return (m,) what the network says of (m,) pairs, computed by numpy."""

    @property
    def is_ordinal(self) -> bool:
        """Whether it predicts a distribution."""
        return self.config.loss == "ordinal"

    def constants(self) -> Shapes:
        """The levels and the cut points between them, under the ordinal loss."""
        return {"levels": (None,), "cut_points": (None,)} if self.is_ordinal else {}

    def task(self, data: TrainingData) -> "Task":
        """Pair the network with the loss."""
        from recli.models.training import Task

        objective, targets, watched = self._ordinal_goal(data) if self.is_ordinal else self._star_goal(data)
        return Task(
            self.network(data.n_users, data.n_items),
            objective,
            len(data.train),
            lambda rng: self.columns(data.train, targets, rng),
            self.columns(data.validation, watched, None),
        )

    def _star_goal(self, data: TrainingData) -> Goal:
        from recli.models.objectives import StarError

        return StarError(self.config.loss), data.train.values, data.validation.values

    def _ordinal_goal(self, data: TrainingData) -> Goal:
        from recli.models.objectives import Ordinal

        levels = self.weights["levels"] = ordinal.levels_of(data.train.values)
        targets, watched = (ordinal.nearest_levels(levels, part.values) for part in (data.train, data.validation))
        return Ordinal(ordinal.marginal_cut_points(targets, len(levels))), targets, watched

    def columns(self, ratings: Ratings, targets: NDArray[np.generic], rng: np.random.Generator | None) -> "Columns":
        """Return rows of the user table, rows of the item table, targets, and what else the network takes.

        Args:
            ratings: (n,) the rows.
            targets: (n,) stars or numbers of levels.
            rng: draws what a training epoch draws; ``None`` where nothing is trained.
        """
        return ratings.user_nums + 1, ratings.item_nums + 1, targets

    def finish(self, data: TrainingData, rest: list[NDArray[np.float32]]) -> None:
        """Keep the cut points, if there are any."""
        if self.is_ordinal:
            self.weights["cut_points"] = ordinal.ordered_cut_points(*rest)

    def predict(self, user_nums: Nums, item_nums: Nums) -> Stars:
        """Return (m,) stars; the mean of the distribution where there is one."""
        distribution = self.distribution(user_nums, item_nums)
        return self.output(user_nums, item_nums) if distribution is None else distribution.mean()

    def distribution(self, user_nums: Nums, item_nums: Nums) -> RatingDistribution | None:
        """Return the probabilities of the levels under the ordinal loss."""
        if not self.is_ordinal:
            return None
        scores = self.output(user_nums, item_nums)
        return ordinal.distribution(scores, self.weights["cut_points"], self.weights["levels"])

    @classmethod
    def load(cls, config: ModelConfig, arrays: Arrays) -> Self:
        """Make the model from what ``save`` returned."""
        model = super().load(config, arrays)
        if model.is_ordinal and len(model.weights["levels"]) != len(model.weights["cut_points"]) + 1:
            found = " and ".join(f"{len(model.weights[name])} {name}" for name in ("levels", "cut_points"))
            raise IntegrityError(f"the stored arrays do not fit each other: {found}", fix="recli models list")
        return model
