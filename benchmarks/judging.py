"""From a model's answers to its row of the table: one judge for recli and its peers."""

import numpy as np
from numpy.typing import NDArray

from benchmarks.answers import MEDIANS, PREDICTIONS, SCORES, Answers
from benchmarks.rows import learnable
from benchmarks.similarity import Recall, methods
from benchmarks.table import Row
from recli.analysis.metrics import rating_metrics
from recli.analysis.ranking import RankingMetrics, ranking_metrics
from recli.core.dataset import Dataset
from recli.core.ratings import Ratings
from recli.core.run import Metrics
from recli.core.split import Split
from recli.models.bias import BiasModel
from recli.models.configs import BiasConfig
from recli.models.predictor import Support
from recli.models.recommender import TrainingData

LIKED = 4.0
"""Stars from which a test row counts as liked."""


class Judge:
    """Knows the test rows of one split, and what answers where a library has no answer."""

    def __init__(self, data: Dataset, split: Split, recall: Recall | None) -> None:
        self.data, self.recall = data, recall
        self.train, self.test = data.ratings.take(learnable(split)), data.ratings.take(split.test)
        seen = TrainingData.of(data, learnable(split), np.arange(0))
        self.support = Support.of(seen)
        self.baseline = BiasModel(BiasConfig())
        self.baseline.fit(seen, lambda epoch: None)

    def row(self, model: str, answers: Answers) -> Row:
        """Judge everything that the model answered."""
        if answers.status != "ok":
            return Row(model, status=answers.status, detail=answers.detail)
        errors = self._errors(answers) if PREDICTIONS in answers.arrays else None
        scores = answers.arrays[SCORES]
        ranking = self._ranking(scores, self.test.values >= LIKED)
        recalls = {method: self.recall(near) for method, near in methods(answers).items()} if self.recall else {}
        return Row(
            model=model,
            library=answers.library,
            rmse=errors and errors.rmse,
            mae=errors and errors.mae,
            median_mae=errors and errors.median_mae,
            ndcg=ranking.ndcg,
            ndcg_any=self._ranking(scores, np.ones(len(self.test), np.bool_)).ndcg,
            users_ranked=ranking.users,
            users_left_out=ranking.left_out,
            similarity_recall=next(iter(recalls.values()), None),
            similarities=recalls,
            fit_seconds=answers.fit_seconds,
            peak_mb=answers.peak_bytes and answers.peak_bytes / 1e6,
            cold=errors and errors.cold,
            clipped=errors and errors.clipped,
        )

    def _errors(self, answers: Answers) -> Metrics:
        """Judge the stars: clipped into the scale, and the baseline's where the library has none."""
        values = answers.arrays[PREDICTIONS].astype(np.float32)
        medians = answers.arrays.get(MEDIANS)
        missing = np.isnan(values)
        values[missing] = self.baseline.predict(self.test.user_nums[missing], self.test.item_nums[missing])
        values, clipped = self.data.scale.clip(values)
        cold = self.support.is_cold(self.test.user_nums, self.test.item_nums) | missing
        count = max(int(np.count_nonzero(cold)), answers.cold)
        return rating_metrics(self.test.values, values, medians, cold=count, clipped=clipped)

    def _ranking(self, scores: NDArray[np.float32], liked: NDArray[np.bool_]) -> RankingMetrics:
        """Rank, for each user, all items but those that the user has in the training rows.

        Args:
            scores: (n_users, n_items)
            liked: (n,) which test rows a list should find.
        """
        scores = scores.copy()
        # What nobody rated in training has no score of meaning in most libraries: it stands last in all.
        scores[:, self.support.items == 0] = -np.inf
        candidates = ~self._pairs(self.train)
        relevant = self._pairs(self.test.take(np.flatnonzero(liked)))
        return ranking_metrics(scores, candidates, relevant, 10)

    def _pairs(self, ratings: Ratings) -> NDArray[np.bool_]:
        """Return (n_users, n_items) which pairs have a rating."""
        flags = np.zeros((len(self.data.users), len(self.data.items)), np.bool_)
        flags[ratings.user_nums, ratings.item_nums] = True
        return flags
