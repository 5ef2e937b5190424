"""Surprise (N. Hug, *Surprise: A Python library for recommender systems*, JOSS 5(52), 2020), at its defaults.

``ItemKNNBaseline`` is the exception: items instead of users, compared by the similarity that Surprise's documentation
recommends for this algorithm.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from surprise import SVD as SurpriseSVD  # noqa: N811
from surprise import AlgoBase, Dataset, Reader
from surprise import KNNBaseline as SurpriseKNNBaseline
from surprise import SVDpp as SurpriseSVDpp

from benchmarks.answers import NEIGHBORS, PREDICTIONS, SCORES, VECTORS
from benchmarks.peers.peer import Peer, Rows, in_num_order, nearest_lists


class _SurprisePeer(Peer):
    def __init__(self, rows: Rows) -> None:
        super().__init__(rows)
        triples = zip(rows.train_users.tolist(), rows.train_items.tolist(), rows.train_stars.tolist(), strict=True)
        data = Dataset(Reader(rating_scale=(rows.low, rows.high)))
        self.trainset = data.construct_trainset([(user, item, stars, None) for user, item, stars in triples])
        np.random.seed(0)  # noqa: NPY002 - Surprise draws from numpy's global generator
        self.algorithm = self.make()

    def make(self) -> AlgoBase:
        """Return the untrained algorithm."""
        raise NotImplementedError

    def fit(self) -> None:
        self.algorithm.fit(self.trainset)

    def answers(self) -> Mapping[str, NDArray[Any]]:
        pairs = zip(self.rows.test_users.tolist(), self.rows.test_items.tolist(), strict=True)
        stars = np.array([self._stars(user, item) for user, item in pairs], np.float32)
        return {PREDICTIONS: stars, SCORES: self.scores(), **self.similar()}

    def scores(self) -> NDArray[np.float32]:
        """Return (n_users, n_items) stars."""
        users, items = range(self.rows.n_users), range(self.rows.n_items)
        return np.array([[self._stars(user, item) for item in items] for user in users], np.float32)

    def similar(self) -> dict[str, NDArray[Any]]:
        """Return item vectors or neighbour lists by num, if the algorithm has them."""
        return {}

    def item_nums(self) -> NDArray[np.int64]:
        """Return the num of each of the library's items, in its order."""
        return np.array([self.trainset.to_raw_iid(place) for place in range(self.trainset.n_items)])

    def _stars(self, user: int, item: int) -> float:
        return float(self.algorithm.predict(user, item, clip=False).est)


class SVD(_SurprisePeer):
    """Biased matrix factorisation by stochastic gradient descent."""

    def make(self) -> AlgoBase:
        return SurpriseSVD(random_state=0)

    def similar(self) -> dict[str, NDArray[Any]]:
        return {VECTORS: in_num_order(self.algorithm.qi, self.item_nums(), self.rows.n_items)}


class SVDpp(SVD):
    """SVD with implicit feedback."""

    def make(self) -> AlgoBase:
        return SurpriseSVDpp(random_state=0)

    def scores(self) -> NDArray[np.float32]:
        """Return what ``predict`` would, which sums a user's items anew for each pair: minutes for all pairs."""
        model, trainset = self.algorithm, self.trainset
        rated = [[item for item, _ in trainset.ur[user]] for user in range(trainset.n_users)]
        implicit = np.array([model.yj[items].sum(axis=0) / np.sqrt(len(items)) for items in rated])
        users = np.array([trainset.to_raw_uid(place) for place in range(trainset.n_users)])
        user_vectors = in_num_order(model.pu + implicit, users, self.rows.n_users)
        user_biases = in_num_order(model.bu, users, self.rows.n_users)
        item_vectors = in_num_order(model.qi, self.item_nums(), self.rows.n_items)
        item_biases = in_num_order(model.bi, self.item_nums(), self.rows.n_items)
        mean = np.float32(trainset.global_mean)
        return mean + user_biases[:, None] + item_biases + user_vectors @ item_vectors.T


class KNNBaseline(_SurprisePeer):
    """Nearest users around baselines."""

    def make(self) -> AlgoBase:
        return SurpriseKNNBaseline(verbose=False)


class ItemKNNBaseline(_SurprisePeer):
    """Nearest items around baselines."""

    def make(self) -> AlgoBase:
        compare = {"name": "pearson_baseline", "user_based": False}
        return SurpriseKNNBaseline(sim_options=compare, bsl_options={"verbose": False}, verbose=False)

    def similar(self) -> dict[str, NDArray[Any]]:
        nums = self.item_nums()
        similarities = self.algorithm.sim.copy()
        np.fill_diagonal(similarities, 0)
        return {NEIGHBORS: nearest_lists(similarities, nums, self.rows.n_items)}
