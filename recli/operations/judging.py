"""Errors of a predictor on some rows, a block of them at a time."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recli.analysis.metrics import joined, rating_metrics
from recli.core.ratings import Ratings
from recli.core.run import Metrics
from recli.models.predictor import Predictions
from recli.models.recommender import Nums, Stars

BLOCK = 1 << 20
"""Rows predicted at once: bounds the memory of what a prediction needs, distributions above all."""

Predict = Callable[[Nums, Nums], Predictions]
"""A method of ``Predictor``: of the model or of its baseline."""
See = Callable[[Ratings, Predictions], None]
"""Is shown each block of rows with its predictions."""


@dataclass(frozen=True, eq=False)
class Predicted:
    """Stars for n rows."""

    values: Stars
    """(n,) within the rating scale."""
    medians: Stars | None
    """(n,) of predicted distributions; ``None`` for a model that predicts one number."""


def judge(predict: Predict, ratings: Ratings, see: See = lambda block, predictions: None) -> tuple[Metrics, Predicted]:
    """Predict every one of n rows, n ≥ 1, and compare with the stars given."""
    return judge_rows(predict, ratings, None, see)


def judge_rows(
    predict: Predict,
    ratings: Ratings,
    rows: NDArray[np.int64] | None,
    see: See = lambda block, predictions: None,
) -> tuple[Metrics, Predicted]:
    """Predict the rows at (n,) positions, n ≥ 1, without a copy of them all; of all rows where that is ``None``."""
    parts: list[Metrics] = []
    values: list[Stars] = []
    medians: list[Stars] = []
    for start in range(0, len(ratings) if rows is None else len(rows), BLOCK):
        those = np.s_[start : start + BLOCK]
        block = ratings.take(those if rows is None else rows[those])
        found = predict(block.user_nums, block.item_nums)
        parts.append(rating_metrics(block.values, found.values, found.medians, cold=found.cold, clipped=found.clipped))
        see(block, found)
        values.append(found.values)
        if found.medians is not None:
            medians.append(found.medians)
    return joined(parts), Predicted(np.concatenate(values), np.concatenate(medians) if medians else None)
