"""The ranker: who rated what, blended from a closed form and several factorisations; for ``recommend``."""

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any, Self

from numpy.typing import NDArray

from recli.core.config import ModelConfig
from recli.core.duration import spoken_time
from recli.core.run import Epoch, ParameterCount, Stage
from recli.models.bias import BiasModel
from recli.models.blas import one_thread
from recli.models.configs import BiasConfig, RankerConfig
from recli.models.neighbors import neighbor_lists
from recli.models.ranking.blend import PREFIX, Blend, pick, score_pairs
from recli.models.recommender import Arrays, FitReport, NeighborLists, Nums, Recommender, Stars, TrainingData, Vectors

log = logging.getLogger("recli")


class RankerModel(Recommender):
    """Ranks by ``recli.models.ranking``; its stars are the bias baseline's."""

    answers_unseen = True
    config: RankerConfig
    blend: Blend

    def __init__(self, config: ModelConfig) -> None:
        super().__init__(config)
        self.bias = BiasModel(BiasConfig(damping=self.config.damping))
        self._neighbor_lists: Mapping[str, NeighborLists] = {}

    def fit(self, data: TrainingData, on_epoch: Callable[[Epoch | Stage], None]) -> FitReport:
        """Learn from the training rows; there are no epochs to report."""
        started = time.perf_counter()
        self.bias.fit(data, on_epoch)
        with one_thread():
            self.blend = Blend.fit(data, self.config.seed, lambda seconds: _tell_cost(data, seconds))
        self._neighbor_lists = neighbor_lists(data)
        return FitReport(time.perf_counter() - started)

    def predict(self, user_nums: Nums, item_nums: Nums) -> Stars:
        """Return (m,) stars of the baseline."""
        return self.bias.predict(user_nums, item_nums)

    def score(self, user_nums: Nums, item_nums: Nums) -> Stars:
        """Return (m,) by which to rank: no stars."""
        return score_pairs(self.score_table, user_nums, item_nums)

    def score_table(self, user_nums: Nums, item_nums: Nums) -> Stars:
        """Return (u, i) by which to rank."""
        return pick(self.blend.scores(user_nums), item_nums)

    def contributions(self, user_num: int, item_num: int) -> tuple[Nums, Stars]:
        """Return what each of a user's ratings adds to an item's score."""
        return self.blend.contributions(user_num, item_num)

    def fold_in(self, item_nums: Nums, values: Stars) -> Self:
        """Return a ranker that knows one user, by (m,) ratings of different items."""
        model = type(self)(self.config)
        model.bias = self.bias.fold_in(item_nums, values)
        model.blend = self.blend.with_one_user(item_nums, values)
        return model

    def neighbor_lists(self) -> Mapping[str, NeighborLists]:
        """Return the lists that the fit made; a loaded model has none, for its version keeps them in a file."""
        return self._neighbor_lists

    def item_vectors(self) -> Vectors:
        """Return (n_items, d): the widest factors."""
        return self.blend.factors[-1]

    def user_vectors(self) -> None:
        """A user is a history."""

    def save(self) -> dict[str, NDArray[Any]]:
        """Return the baseline's arrays and the blend's."""
        return self.bias.save() | self.blend.save()

    def parameter_counts(self) -> tuple[ParameterCount, ...]:
        """Return what was learned: histories are data."""
        learned = ("mean", "user_biases", "item_biases", PREFIX + "weights", PREFIX + "factors")
        return tuple(layer for layer in super().parameter_counts() if layer.name.startswith(learned))

    @classmethod
    def load(cls, config: ModelConfig, arrays: Arrays) -> Self:
        """Make the model from what ``save`` returned."""
        model = cls(config)
        model.bias = BiasModel.load(model.bias.config, arrays)
        model.blend = Blend.load(arrays, len(model.bias.user_biases), len(model.bias.item_biases))
        return model


def _tell_cost(data: TrainingData, seconds: float) -> None:
    log.warning(
        f"ranker on {len(data.train):,} training ratings: about {spoken_time(seconds)} to factorise, by a trial on a"
        " part of them here and now; recli train elsa ranks in a small part of that"
    )
