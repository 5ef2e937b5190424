"""ELSA: what EASE is, for catalogues whose square fits into no memory."""

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from recli.core.config import ModelConfig
from recli.core.run import Epoch
from recli.models import shallow
from recli.models.arrays import checked
from recli.models.batches import batches
from recli.models.blas import one_thread
from recli.models.checkpoints import NOWHERE, Checkpoints, ResumableRecommender
from recli.models.configs import ElsaConfig
from recli.models.histories import Floats, HistoryModel
from recli.models.interactions import Interactions
from recli.models.memory import require_memory
from recli.models.recommender import UNKNOWN, Arrays, FitReport, Nums, OnEpoch, Stars, TrainingData, Vectors
from recli.models.run import Run
from recli.models.training import Trainer, diverged, run_epochs

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

WATCHED = 4096
"""Users whose loss on validation rows is worked out at once."""
VECTOR_COPIES = 7
"""Arrays of the vectors' size while they are trained: they and their moments, a gradient, what is made on the way."""
RATING_BYTES = 90
"""Of a rating, in all sparse matrices and their making together."""
FEW = 256
"""Users whose vectors are summed up when they are asked for; where there are more, those of all are, and kept."""


class ElsaModel(HistoryModel, ResumableRecommender):
    """Ranks by who rated what, through a vector of length 1 for each item: its weight from another is their product.

    ``B = A Aᵀ - I`` in place of EASE's inverse, trained on the mean over users of ``|x / |x| - y / |y||²`` with
    ``y = x B`` (Vančura, Alves, Kasalický, Kordík, *Scalable Linear Shallow Autoencoder for Collaborative Filtering*,
    RecSys 2022). As the vectors have length 1, B has a zero diagonal. Stars as ``HistoryModel`` has them.
    """

    config: ElsaConfig

    def __init__(self, config: ModelConfig) -> None:
        super().__init__(config)
        self.vectors: Vectors = np.zeros((0, self.config.embedding_size), np.float32)
        """(n_items, r) of length 1; 0 for an item without training ratings."""
        self._all_told: Vectors | None = None
        self._keys: NDArray[np.int64] | None = None

    def require_room(self, n_users: int, n_items: int, n_ratings: int) -> None:
        """Refuse what does not fit: all of it grows with users, items and ratings, and none with their squares."""
        size = self.config.embedding_size
        require_memory(
            4 * size * (VECTOR_COPIES * n_items + n_users) + RATING_BYTES * n_ratings,
            f"elsa with vectors of {size:,} numbers on {n_items:,} items and {n_ratings:,} ratings",
            fix=f"recli train elsa --embedding-size {max(1, min(16, size // 2))}",
        )

    def fit(self, data: TrainingData, on_epoch: OnEpoch, checkpoints: Checkpoints = NOWHERE) -> FitReport:
        """Learn from the training rows, watched by the validation rows; a checkpoint holds what an epoch leaves."""
        self.require_room(data.n_users, data.n_items, len(data.train))
        started = time.perf_counter()
        self.bias.fit(data, on_epoch)
        interactions = Interactions.of(data, self.bias)
        self.remember(interactions)
        trained = np.flatnonzero(interactions.counts())
        trainer = self._trainer(data, interactions, trained)
        aside = time.perf_counter() - started
        with one_thread():
            report, (vectors,) = run_epochs(trainer, self.config, on_epoch, checkpoints)
        if not np.isfinite(vectors).all():
            raise diverged(self.config, len(report.history))
        started = time.perf_counter()
        self.vectors = np.zeros((data.n_items, self.config.embedding_size), np.float32)
        self.vectors[trained] = vectors
        self.fit_slope(interactions)
        return replace(report, seconds=report.seconds + aside + time.perf_counter() - started)

    def _trainer(
        self, data: TrainingData, interactions: Interactions, trained: NDArray[np.int64]
    ) -> Trainer[shallow.Vectorized]:
        """Return what learns the vectors of the items that have ratings."""
        rows = interactions.seen.astype(np.float32)[:, trained]
        wanted = _watched(data, interactions)[:, trained]
        return Trainer(
            lambda: shallow.start(len(trained), self.config.embedding_size, np.random.default_rng(self.config.seed)),
            lambda run: self._epoch(run, rows, wanted),
            watched=wanted.nnz > 0,
        )

    def _epoch(
        self, run: Run[shallow.Vectorized], rows: "csr_matrix", wanted: "csr_matrix"
    ) -> tuple[Epoch, shallow.Vectorized]:
        """Train one epoch: each user with ratings once."""
        started, number, config = time.perf_counter(), len(run.history) + 1, self.config
        state = shallow.copied(run.state)
        loss = shallow.epoch(state, rows, number, config.batch_size, config.learning_rate, run.rng)
        val_loss = _watched_loss(state.weights[0], rows, wanted) if wanted.nnz else None
        return Epoch(number, loss, val_loss, time.perf_counter() - started), state

    def weights(self, rated: Nums, item_num: int) -> Floats:
        """Return (m,) products of two items' vectors; 0 of an item with itself."""
        products: Floats = np.where(rated == item_num, np.float32(0), self.vectors[rated] @ self.vectors[item_num])
        return products

    def score_table(self, user_nums: Nums, item_nums: Nums) -> Stars:
        """Return (u, i) scores: a user's row times the weights; 0 where a num is ``UNKNOWN``."""
        scores = self._told(user_nums, np.ones(len(self.history), np.float32)) @ self.vectors.T
        for row, user in zip(scores, user_nums.tolist(), strict=True):
            if user != UNKNOWN:
                mine = self.of_user(user)
                row[mine] -= np.square(self.vectors[mine]).sum(axis=1)
        return np.where(item_nums == UNKNOWN, np.float32(0), scores[:, item_nums])

    def with_same_weights(self) -> Self:
        """Return a model with the same weights, and no user yet."""
        model = type(self)(self.config)
        model.vectors = self.vectors
        return model

    def sums(self, user_nums: Nums, item_nums: Nums, values: Floats) -> Stars:
        """Return (m,) Σ value × weight over each user's history; 0 where a num is ``UNKNOWN``."""
        return np.concatenate([self._sums(*pairs, values) for pairs in batches(user_nums, item_nums)])

    def _sums(self, user_nums: Nums, item_nums: Nums, values: Floats) -> Stars:
        users, places = np.unique(user_nums, return_inverse=True)
        own, items = self._own(user_nums, item_nums, values), self.vectors[item_nums]
        # What an item says of itself is taken out: 1 but for rounding, or 0 of one that was never trained.
        told = self._told(users, values)[places] - own[:, None] * items
        found: Stars = np.where(item_nums == UNKNOWN, np.float32(0), np.einsum("mr,mr->m", told, items))
        return found

    def _told(self, user_nums: Nums, values: Floats) -> Vectors:
        """Return (u, r) the sums of value × vector over each user's history."""
        if len(user_nums) > FEW and values is self.deviations:
            if self._all_told is None:
                self._all_told = np.asarray(self._matrix(values) @ self.vectors)
            return np.where((user_nums == UNKNOWN)[:, None], np.float32(0), self._all_told[user_nums])
        if len(user_nums) > FEW:
            known = self._matrix(values)[np.maximum(user_nums, 0)] @ self.vectors
            return np.where((user_nums == UNKNOWN)[:, None], np.float32(0), known)
        told = np.zeros((len(user_nums), self.vectors.shape[1]), np.float32)
        for row, user in zip(told, user_nums.tolist(), strict=True):
            if user != UNKNOWN:
                mine = slice(self.offsets[user], self.offsets[user + 1])
                row[:] = values[mine] @ self.vectors[self.history[mine]]
        return told

    def _matrix(self, values: Floats) -> "csr_matrix":
        from scipy.sparse import csr_matrix

        return csr_matrix((values, self.history, self.offsets), (len(self.offsets) - 1, len(self.vectors)))

    def _own(self, user_nums: Nums, item_nums: Nums, values: Floats) -> Floats:
        """Return (m,) the value of each pair that the user rated; 0 of another."""
        if not len(self.history):
            return np.zeros(len(user_nums), np.float32)
        if self._keys is None:
            users = np.repeat(np.arange(len(self.offsets) - 1), np.diff(self.offsets))
            self._keys = users * len(self.vectors) + self.history
        wanted = user_nums.astype(np.int64) * len(self.vectors) + item_nums
        places = np.minimum(np.searchsorted(self._keys, wanted), len(self._keys) - 1)
        return np.where((self._keys[places] == wanted) & (item_nums != UNKNOWN), values[places], np.float32(0))

    def item_vectors(self) -> Vectors:
        """Return (n_items, r)."""
        return self.vectors

    def save(self) -> dict[str, NDArray[Any]]:
        """Return the vectors (n_items, r), and what a ``HistoryModel`` saves."""
        return {"item_vectors": self.vectors} | super().save()

    @classmethod
    def load(cls, config: ModelConfig, arrays: Arrays) -> Self:
        """Make the model from what ``save`` returned."""
        model = cls(config)
        shape = {"item_vectors": (None, model.config.embedding_size)}
        model.vectors = checked(arrays, shape)["item_vectors"]
        model.recall(arrays, len(model.vectors))
        return model


def _watched(data: TrainingData, interactions: Interactions) -> "csr_matrix":
    """Return (n_users, n_items) ones where validation rows say what training rows do not."""
    from scipy.sparse import csr_matrix

    rows = data.validation
    shape = interactions.seen.shape
    found = csr_matrix((np.ones(len(rows), np.float32), (rows.user_nums, rows.item_nums)), shape)
    found = found - found.multiply(interactions.seen).tocsr()
    found.eliminate_zeros()
    found.data[:] = 1
    return found.astype(np.float32).tocsr()


def _watched_loss(vectors: Vectors, rows: "csr_matrix", wanted: "csr_matrix") -> float:
    """Return the mean loss of the users that validation rows say something of."""
    users = np.flatnonzero(np.diff(wanted.indptr))
    blocks = [users[begin : begin + WATCHED] for begin in range(0, len(users), WATCHED)]
    return sum(shallow.watched_loss(vectors, rows[block], wanted[block]) for block in blocks) / len(users)
