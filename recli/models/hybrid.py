"""The deep model with metadata, which answers for users and items that training never saw."""

from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from recli.core.config import ModelConfig
from recli.core.errors import IntegrityError
from recli.core.ratings import Ratings
from recli.models import features
from recli.models.configs import HybridConfig
from recli.models.embeddings import Shapes
from recli.models.features import Features
from recli.models.recommender import Arrays, Nums, TrainingData
from recli.models.stars import StarsModel

if TYPE_CHECKING:
    import keras

    from recli.models.compiled import Columns
    from recli.models.training import Task

_TABLES = ("user_features", "item_features", "item_popularity")

FEATURE_COPIES = 6
"""Arrays of a table of features' size: its columns, as one, with the unknown, and what an epoch takes and gives."""


class HybridModel(StarsModel):
    """``stars = relu([user, item, user metadata, item metadata] W₁ + b₁) W₂ + b₂``.

    Training hides some users and items behind row 0 of their tables, so that row 0 comes to mean "judge by metadata"
    (the input dropout of Volkovs, Yu, Poutanen, *DropoutNet: addressing cold start in recommender systems*, NIPS 2017).
    """

    answers_unseen: ClassVar[bool] = True
    config: HybridConfig

    def task(self, data: TrainingData) -> "Task":
        """Make the tables of features, say which inputs are lacking, and pair the network with the loss."""
        features.say_lacking(data.metadata, self.config.model)
        users, items = _seen(data.train.user_nums, data.n_users), _seen(data.train.item_nums, data.n_items)
        self._describe("user_features", users, features.user_features(data.metadata, data.n_users),
                       features.user_quantities(data.metadata, data.n_users))  # fmt: skip
        self._describe("item_features", items, features.item_features(data.metadata),
                       features.item_quantities(data.metadata))  # fmt: skip
        self._describe("item_popularity", items, None, features.popularity(data.train, data.n_items))
        return super().task(data)

    def _described(self, data: TrainingData) -> tuple[int, int]:
        of_user, of_item = features.widths(data.metadata)
        numbers = (data.n_users + 1) * of_user + (data.n_items + 1) * (of_item + 1)  # popularity is one more
        return super()._described(data)[0] + of_user + of_item + 1, numbers * 4 * FEATURE_COPIES

    def _describe(self, table: str, seen: NDArray[np.bool_], categories: Features | None, quantities: Features) -> None:
        """Make a table of features: categories as they are, quantities scaled by what training rows hold of them."""
        quantiles = features.fit_quantiles(quantities.matrix, seen)
        scaled = features.scale(quantities.matrix, quantiles)
        columns = scaled if categories is None else np.concatenate([categories.matrix, scaled], axis=1)
        self.weights |= {f"{table}_quantiles": quantiles, table: _with_unknown(columns)}

    def columns(self, ratings: Ratings, targets: NDArray[np.generic], rng: np.random.Generator | None) -> "Columns":
        """Return the columns of every model, some users and items hidden in training, and the rows of the metadata."""
        users, items = ratings.user_nums + 1, ratings.item_nums + 1
        if rng is None:
            return users, items, targets, users, items
        known_users, known_items = rng.random((2, len(ratings))) >= self.config.unknown_rate
        return users * known_users, items * known_items, targets, users, items

    def network(self, n_users: int, n_items: int) -> "keras.Model":
        """Build the Keras network; without features as long as there are none."""
        from recli.models.networks import hybrid_network

        widths = zip(_TABLES, (n_users, n_items, n_items), (0, 0, 1), strict=True)
        tables = {name: self.weights.get(name, np.zeros((n + 1, width), np.float32)) for name, n, width in widths}
        return hybrid_network(self.config, **tables)

    def shapes(self) -> Shapes:
        """Two tables of vectors and two dense layers, the first as wide as there are features."""
        size, hidden = self.config.embedding_size, self.config.hidden_units
        return {
            "user_embedding": (None, size),
            "item_embedding": (None, size),
            "hidden_kernel": (None, hidden),
            "hidden_bias": (hidden,),
            "output_kernel": (hidden, 1),
            "output_bias": (1,),
        }

    def constants(self) -> Shapes:
        """Features, row 0 the unknown, and the quantiles that quantities among them were scaled by."""
        tables = (name for table in _TABLES for name in (table, f"{table}_quantiles"))
        return super().constants() | dict.fromkeys(tables, (None, None))

    def finish(self, data: TrainingData, rest: list[NDArray[np.float32]]) -> None:
        """Give what training never saw the vector of the unknown: their own are what chance made them."""
        super().finish(data, rest)
        for table, nums, n in (
            ("user_embedding", data.train.user_nums, data.n_users),
            ("item_embedding", data.train.item_nums, data.n_items),
        ):
            vectors = self.weights[table].copy()
            vectors[1:][~_seen(nums, n)] = vectors[0]
            self.weights[table] = vectors

    @classmethod
    def load(cls, config: ModelConfig, arrays: Arrays) -> Self:
        """Make the model from what ``save`` returned."""
        model = super().load(config, arrays)
        w = model.weights
        widths = [w[name].shape[1] for name in ("user_embedding", "item_embedding", *_TABLES)]
        lengths = [(len(w[table]), len(w[f"{table[:4]}_embedding"])) for table in _TABLES]
        if sum(widths) != len(w["hidden_kernel"]) or any(described != known for described, known in lengths):
            raise IntegrityError("the stored arrays of features do not fit each other", fix="recli models list")
        return model

    def output(self, user_nums: Nums, item_nums: Nums) -> NDArray[np.float32]:
        """Return (m,) stars, or scores under the ordinal loss."""
        w = self.weights
        users, items = user_nums + 1, item_nums + 1
        described = (w["item_popularity"][items], w["user_features"][users], w["item_features"][items])
        inputs = np.concatenate([*self.gather(user_nums, item_nums), *described], axis=1)
        hidden = np.maximum(inputs @ w["hidden_kernel"] + w["hidden_bias"], 0)
        output: NDArray[np.float32] = (hidden @ w["output_kernel"] + w["output_bias"])[:, 0]
        return output


def _seen(nums: Nums, n: int) -> NDArray[np.bool_]:
    return np.bincount(nums, minlength=n) > 0


def _with_unknown(table: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return (n + 1, d): before the others row 0, of which nothing is known."""
    return np.concatenate([np.zeros((1, table.shape[1]), np.float32), table])
