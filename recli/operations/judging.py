"""Errors of a predictor on some rows."""

from collections.abc import Callable

from recli.analysis.metrics import rating_metrics
from recli.core.ratings import Ratings
from recli.core.run import Metrics
from recli.models.predictor import Predictions
from recli.models.recommender import Nums

Predict = Callable[[Nums, Nums], Predictions]
"""A method of ``Predictor``: of the model or of its baseline."""


def judge(predict: Predict, ratings: Ratings) -> tuple[Metrics, Predictions]:
    """Predict every row and compare with the stars given."""
    predictions = predict(ratings.user_nums, ratings.item_nums)
    metrics = rating_metrics(
        ratings.values, predictions.values, predictions.medians, cold=predictions.cold, clipped=predictions.clipped
    )
    return metrics, predictions
