"""myFM (T. Ohtsuki): Bayesian factorisation machines, set up as its own MovieLens examples are.

Features of a user: its id, the items it rated (each 1/√n), its traits; of an item: its id, its raters (each 1/√n), its
release year, its genres. Only training rows are in them.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from myfm import MyFMOrderedProbit, RelationBlock
from numpy.typing import NDArray
from scipy import sparse

from benchmarks.answers import MEDIANS, PREDICTIONS, SCORES, VECTORS
from benchmarks.peers.peer import Nums, Peer, Rows

RANK = 10
SAMPLES = 200
USERS_AT_ONCE = 50


class OrderedProbit(Peer):
    """Ordered probit regression: rank 10, side information, implicit terms, 200 samples."""

    def __init__(self, rows: Rows) -> None:
        super().__init__(rows)
        ones = np.ones(len(rows.train_users))
        rated = sparse.csr_matrix((ones, (rows.train_users, rows.train_items)), shape=(rows.n_users, rows.n_items))
        traits = [_one_hot(column) for column in rows.user_traits.T]
        self.user_parts = [sparse.identity(rows.n_users), _normalised(rated), *traits]
        genres = _normalised(sparse.csr_matrix(rows.item_genres))
        self.item_parts = [sparse.identity(rows.n_items), _normalised(rated.T), _one_hot(rows.item_years), genres]
        self.user_features = sparse.hstack(self.user_parts, format="csr")
        self.item_features = sparse.hstack(self.item_parts, format="csr")
        self.levels, self.classes = np.unique(rows.train_stars, return_inverse=True)
        self.blocks = self._blocks(rows.train_users, rows.train_items)
        self.model = MyFMOrderedProbit(rank=RANK, random_seed=0)

    def fit(self) -> None:
        self.model.fit(
            None,
            self.classes,
            X_rel=self.blocks,
            group_shapes=[part.shape[1] for part in (*self.user_parts, *self.item_parts)],
            n_iter=SAMPLES,
            n_kept_samples=SAMPLES,
        )

    def answers(self) -> Mapping[str, NDArray[Any]]:
        probabilities = self._probabilities(self.rows.test_users, self.rows.test_items)
        below = np.cumsum(probabilities, axis=1) < 0.5
        return {
            PREDICTIONS: (probabilities @ self.levels).astype(np.float32),
            MEDIANS: self.levels[np.minimum(below.sum(axis=1), len(self.levels) - 1)],
            SCORES: self._scores(),
            VECTORS: self._item_vectors(),
        }

    def _scores(self) -> NDArray[np.float32]:
        items = np.arange(self.rows.n_items, dtype=np.int32)
        scores = np.empty((self.rows.n_users, self.rows.n_items), np.float32)
        for start in range(0, self.rows.n_users, USERS_AT_ONCE):
            users = np.arange(start, min(start + USERS_AT_ONCE, self.rows.n_users), dtype=np.int32)
            found = self._probabilities(np.repeat(users, len(items)), np.tile(items, len(users)))
            scores[users] = (found @ self.levels).reshape(len(users), -1)
        return scores

    def _item_vectors(self) -> NDArray[np.float32]:
        """Return what an item's features add up to, averaged over the second half of the samples."""
        samples = self.model.predictor_.samples[SAMPLES // 2 :]
        weights = np.mean([np.asarray(sample.V) for sample in samples], axis=0)
        return np.asarray(self.item_features @ weights[self.user_features.shape[1] :], np.float32)

    def _probabilities(self, users: Nums, items: Nums) -> NDArray[np.float64]:
        return np.asarray(self.model.predict_proba(None, self._blocks(users, items)))

    def _blocks(self, users: Nums, items: Nums) -> list[RelationBlock]:
        return [_block(self.user_features, users), _block(self.item_features, items)]


def _block(features: sparse.csr_matrix, nums: Nums) -> RelationBlock:
    distinct, places = np.unique(nums, return_inverse=True)
    return RelationBlock(places.tolist(), features[distinct])


def _one_hot(categories: Nums) -> sparse.csr_matrix:
    n = len(categories)
    return sparse.csr_matrix((np.ones(n), (np.arange(n), categories)), shape=(n, int(categories.max()) + 1))


def _normalised(flags: Any) -> sparse.csr_matrix:
    """Divide each row of zeros and ones by the root of its sum."""
    counts = np.maximum(np.asarray(flags.sum(axis=1)).ravel(), 1)
    return sparse.csr_matrix(sparse.diags(1 / np.sqrt(counts)) @ flags)
