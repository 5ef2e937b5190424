"""What predictions on the same rows say of two models, and of one beside the stars given."""

import numpy as np
from numpy.typing import NDArray

from recli.analysis.calibration import calibration_bins, distribution_metrics
from recli.analysis.significance import RESAMPLES, Totals, differences
from recli.analysis.slices import by_stars, by_support
from recli.core.judgement import Calibration, DistributionMetrics, Slice, Verdicts
from recli.core.ratings import Ratings, RatingScale
from recli.models.ordinal import nearest_levels
from recli.models.predictor import Predictions, Support
from recli.models.recommender import RatingDistribution, Stars

NOMINAL = 0.8
"""Probability of the central interval whose coverage is judged."""


def error_totals(ratings: Ratings, predicted: list[Stars]) -> dict[str, Totals]:
    """Return ``mae`` and ``rmse`` of several models on the same rows, as sums over users."""
    errors = np.stack(predicted).astype(np.float64) - ratings.values
    return {
        "mae": Totals.of_rows(ratings.user_nums, np.abs(errors)),
        "rmse": Totals.of_rows(ratings.user_nums, errors**2, root=True),
    }


def against(ratings: Ratings, predicted: Stars, baseline: Stars) -> Verdicts:
    """Compare a model with the baseline on n rows, n ≥ 1."""
    totals = error_totals(ratings, [predicted, baseline])
    compared = {name: differences(each, reference=1)[0] for name, each in totals.items()}
    return Verdicts(totals["mae"].users, RESAMPLES, compared)


def judge_distribution(predictions: Predictions, given: Stars) -> DistributionMetrics | None:
    """Judge predicted distributions on (n,) stars given; ``None`` without one.

    A rating that is none of the levels counts as the nearest of them, the lower one of two.
    """
    if predictions.distribution is None:
        return None
    own, levels = ~predictions.by_baseline, predictions.distribution.levels
    found = RatingDistribution(levels, predictions.distribution.probabilities[own])
    nums = nearest_levels(levels, given[own])
    low, high = found.interval(NOMINAL)
    return distribution_metrics(
        levels[nums],
        found.probabilities[np.arange(len(nums)), nums],
        (low, high),
        found.probability_within(low, high),
        nominal=NOMINAL,
        without=int(np.count_nonzero(predictions.by_baseline)),
    )


def calibration(predictions: Predictions, given: Stars, scale: RatingScale) -> Calibration:
    """Hold predictions against (n,) stars given: of the distribution where there is one, else of the stars.

    The event whose probability is judged is "at least so many stars", for every level but the lowest.
    """
    own = ~predictions.by_baseline
    if predictions.distribution is None or not own.any():
        return Calibration(False, calibration_bins(predictions.values, given, (scale.low, scale.high)))
    levels = predictions.distribution.levels
    at_least = np.cumsum(predictions.distribution.probabilities[own, :0:-1], axis=1, dtype=np.float64)[:, ::-1]
    came = nearest_levels(levels, given[own])[:, None] >= np.arange(1, len(levels))
    return Calibration(True, calibration_bins(at_least.ravel(), came.ravel(), (0.0, 1.0)))


def slices(ratings: Ratings, support: Support, predicted: Stars, baseline: Stars) -> dict[str, tuple[Slice, ...]]:
    """Return errors by training ratings of the item and of the user, and by the stars given."""
    columns: tuple[NDArray[np.float32], ...] = (ratings.values, predicted, baseline)
    return {
        "item_support": by_support(support.items[ratings.item_nums], *columns),
        "user_activity": by_support(support.users[ratings.user_nums], *columns),
        "stars": by_stars(*columns),
    }
