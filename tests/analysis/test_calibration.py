import math

import numpy as np
import pytest
from sklearn.metrics import log_loss

from recli.analysis.calibration import LEAST, calibration_bins, distribution_metrics
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


def test_log_loss_agrees_with_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet(np.ones(5), size=300)
    given = rng.integers(5, size=300)
    of_given = probabilities[np.arange(300), given]
    found = distribution_metrics(given, of_given, (given, given), of_given, nominal=0.8)
    assert found is not None
    assert found.log_loss == pytest.approx(log_loss(given, probabilities, labels=range(5)))


def test_bins_stand_at_their_mean_forecast():
    predicted, given = np.array([1.0, 1.4, 4.9, 5.0]), np.array([1, 2, 4, 5])
    assert calibration_bins(predicted, given, (1, 5), n_bins=4) == (
        CalibrationBin(2, 1.2, 1.5),
        CalibrationBin(2, 4.95, 4.5),
    )


def test_a_scale_of_one_rating_has_one_bin():
    assert calibration_bins(np.array([4.0, 4.0]), np.array([4.0, 4.0]), (4, 4)) == (CalibrationBin(2, 4.0, 4.0),)
