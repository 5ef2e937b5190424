"""What predictions on the same rows say of two models, and of one beside the stars given."""

import dataclasses

import numpy as np
from numpy.typing import NDArray

from recli.analysis.calibration import Bins, distribution_metrics, joined_distributions
from recli.analysis.significance import RESAMPLES, Totals, differences_of
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
    errors = (one.astype(np.float64) - ratings.values for one in predicted)
    mae, rmse = Totals.of_several(ratings.user_nums, ((np.abs(own), own**2) for own in errors))
    return {"mae": mae, "rmse": dataclasses.replace(rmse, root=True)}


def against(ratings: Ratings, predicted: Stars, baseline: Stars) -> Verdicts:
    """Compare a model with the baseline on n rows, n ≥ 1."""
    totals = error_totals(ratings, [predicted, baseline])
    compared = dict(zip(totals, differences_of(list(totals.values()), reference=1), strict=True))
    return Verdicts(totals["mae"].users, RESAMPLES, {name: found[0] for name, found in compared.items()})


class Spread:
    """What predicted distributions come to, seen a block of rows at a time."""

    def __init__(self, scale: RatingScale) -> None:
        self._stars = Bins((scale.low, scale.high))
        self._probabilities = Bins((0.0, 1.0))
        self._judged: list[DistributionMetrics] = []
        self._without = 0

    def add(self, ratings: Ratings, predictions: Predictions) -> None:
        """Take in the predictions for some rows."""
        self._stars.add(predictions.values, ratings.values)
        if predictions.distribution is None:
            return
        self._without += int(np.count_nonzero(predictions.by_baseline))
        if found := judge_distribution(predictions, ratings.values):
            self._judged.append(found)
            self._probabilities.add(*_at_least(predictions, ratings.values))

    def metrics(self) -> DistributionMetrics | None:
        """Return the quality of the distributions; ``None`` without one."""
        found = joined_distributions(self._judged)
        return found and dataclasses.replace(found, without=self._without)

    def calibration(self) -> Calibration:
        """Return what forecasts came to: of the distributions where there are some, else of the stars."""
        return Calibration(bool(self._judged), (self._probabilities if self._judged else self._stars).filled())


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


def _at_least(predictions: Predictions, given: Stars) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return how probable "at least so many stars" was held, for every level but the lowest, and whether it came so."""
    own, found = ~predictions.by_baseline, predictions.distribution
    if found is None:
        return np.empty(0), np.empty(0, np.bool_)
    at_least = np.cumsum(found.probabilities[own, :0:-1], axis=1, dtype=np.float64)[:, ::-1]
    came = nearest_levels(found.levels, given[own])[:, None] >= np.arange(1, len(found.levels))
    return at_least.ravel(), came.ravel()


def slices(ratings: Ratings, support: Support, predicted: Stars, baseline: Stars) -> dict[str, tuple[Slice, ...]]:
    """Return errors by training ratings of the item and of the user, and by the stars given."""
    columns: tuple[NDArray[np.float32], ...] = (ratings.values, predicted, baseline)
    return {
        "item_support": by_support(support.items[ratings.item_nums], *columns),
        "user_activity": by_support(support.users[ratings.user_nums], *columns),
        "stars": by_stars(*columns),
    }
