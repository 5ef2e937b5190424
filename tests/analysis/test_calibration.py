import dataclasses
import math

import numpy as np
import pytest
from sklearn.metrics import log_loss

from recli.analysis.calibration import LEAST, Bins, distribution_metrics, joined_distributions
from recli.core.judgement import CalibrationBin


def floats(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def test_by_hand() -> None:
    found = distribution_metrics(
        floats(3, 5, 1, 4),
        floats(0.5, 0.25, 0.5, 1),
        (floats(2, 3, 2, 4), floats(4, 4, 5, 4)),
        floats(0.875, 0.75, 0.875, 1),
        nominal=0.8,
        without=7,
    )
    assert found is not None
    assert (found.n, found.without, found.nominal) == (4, 7, 0.8)
    assert found.log_loss == pytest.approx((1 + 2 + 1 + 0) * math.log(2) / 4)
    assert found.observed == 2 / 4  # 3 lies in 2–4, and 4 in 4–4: the ends belong to the interval
    assert found.expected == 0.875
    assert found.width == (2 + 1 + 3 + 0) / 4


def test_one_impossible_rating_is_very_bad_and_not_infinite() -> None:
    found = distribution_metrics(floats(1), floats(0), (floats(2), floats(2)), floats(1), nominal=0.8)
    assert found is not None
    assert found.log_loss == pytest.approx(-math.log(LEAST))


def test_no_row_has_no_quality() -> None:
    nothing = floats()
    assert distribution_metrics(nothing, nothing, (nothing, nothing), nothing, nominal=0.8, without=3) is None


def test_parts_make_the_whole() -> None:
    rng = np.random.default_rng(0)
    given, of_given, low, high, within = rng.random((5, 30))
    whole = distribution_metrics(given, of_given, (low, high), within, nominal=0.8, without=3)
    parts = [
        distribution_metrics(given[p], of_given[p], (low[p], high[p]), within[p], nominal=0.8, without=without)
        for p, without in ((slice(0, 7), 1), (slice(7, 30), 2))
    ]
    found = joined_distributions([part for part in parts if part])
    assert found is not None
    assert whole is not None
    assert dataclasses.astuple(found) == pytest.approx(dataclasses.astuple(whole))
    assert joined_distributions([]) is None


def test_log_loss_agrees_with_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet(np.ones(5), size=300)
    given = rng.integers(5, size=300)
    of_given = probabilities[np.arange(300), given]
    found = distribution_metrics(given, of_given, (given, given), of_given, nominal=0.8)
    assert found is not None
    assert found.log_loss == pytest.approx(log_loss(given, probabilities, labels=range(5)))


def test_bins_stand_at_their_mean_forecast():
    bins = Bins((1, 5), n_bins=4)
    bins.add(np.array([1.0, 4.9]), np.array([1, 4]))  # in two parts, as a long list of rows comes
    bins.add(np.array([1.4, 5.0]), np.array([2, 5]))
    assert bins.filled() == (CalibrationBin(2, 1.2, 1.5), CalibrationBin(2, 4.95, 4.5))


def test_a_scale_of_one_rating_has_one_bin():
    bins = Bins((4, 4))
    bins.add(np.array([4.0, 4.0]), np.array([4.0, 4.0]))
    assert bins.filled() == (CalibrationBin(2, 4.0, 4.0),)
