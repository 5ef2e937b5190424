"""LensKit (M. Ekstrand, *LensKit for Python*, CIKM 2020), at its defaults; its bias model answers where it cannot.

EASE is the exception: its ridge penalty is 200, which validation rows prefer to its default of 1 (nDCG 0.190 against
0.115; of 1, 50, 200, 500 and 1000 it was best).
"""

import logging
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from lenskit import predict, score
from lenskit.als import BiasedMFScorer, ImplicitMFScorer
from lenskit.data import ItemList, from_interactions_df
from lenskit.knn import EASEScorer, ItemKNNScorer
from lenskit.pipeline import topn_pipeline
from lenskit.training import TrainingOptions
from numpy.typing import NDArray

from benchmarks.answers import NEIGHBORS, PREDICTIONS, SCORES, VECTORS
from benchmarks.peers.peer import Peer, Rows, in_num_order, nearest_lists


class _LensKitPeer(Peer):
    predicts_stars = True

    def __init__(self, rows: Rows) -> None:
        super().__init__(rows)
        logging.getLogger("lenskit").setLevel(logging.ERROR)
        columns = {"user_id": rows.train_users, "item_id": rows.train_items, "rating": rows.train_stars}
        self.data = from_interactions_df(pd.DataFrame(columns))
        self.scorer = self.make()
        self.pipeline = topn_pipeline(self.scorer, predicts_ratings=self.predicts_stars)

    def make(self) -> Any:
        """Return the untrained scorer."""
        raise NotImplementedError

    def fit(self) -> None:
        self.pipeline.train(self.data, TrainingOptions(rng=0))

    def answers(self) -> Mapping[str, NDArray[Any]]:
        scores = self._scores()
        found: dict[str, NDArray[Any]] = {SCORES: scores}
        if self.predicts_stars:
            found[PREDICTIONS] = scores[self.rows.test_users, self.rows.test_items]
        return found | self.similar()

    def similar(self) -> dict[str, NDArray[Any]]:
        """Return item vectors or neighbour lists by num."""
        scorer = self.pipeline.node("scorer").component
        return {VECTORS: in_num_order(scorer.item_embeddings, scorer.items.ids(), self.rows.n_items)}

    def _scores(self) -> NDArray[np.float32]:
        ask = predict if self.predicts_stars else score
        items = ItemList(item_ids=np.arange(self.rows.n_items))
        rows = [ask(self.pipeline, user, items).scores() for user in range(self.rows.n_users)]
        return np.array(rows, np.float32)


class BiasedMF(_LensKitPeer):
    """Biased matrix factorisation by alternating least squares."""

    def make(self) -> Any:
        return BiasedMFScorer()


class ItemKNN(_LensKitPeer):
    """Nearest items by cosine of centred ratings."""

    def make(self) -> Any:
        return ItemKNNScorer()

    def similar(self) -> dict[str, NDArray[Any]]:
        scorer = self.pipeline.node("scorer").component
        similarities = scorer.sim_matrix.to_scipy().toarray()
        return {NEIGHBORS: nearest_lists(similarities, np.asarray(scorer.items.ids()), self.rows.n_items)}


class ImplicitMF(_LensKitPeer):
    """Implicit matrix factorisation by alternating least squares; every training row is one interaction."""

    predicts_stars = False

    def make(self) -> Any:
        return ImplicitMFScorer()


class EASE(_LensKitPeer):
    """Item weights in closed form; every training row is one interaction."""

    predicts_stars = False

    def make(self) -> Any:
        return EASEScorer(regularization=200)

    def similar(self) -> dict[str, NDArray[Any]]:
        scorer = self.pipeline.node("scorer").component
        both_ways = scorer.weights + scorer.weights.T
        return {NEIGHBORS: nearest_lists(both_ways, np.asarray(scorer.items.ids()), self.rows.n_items)}
