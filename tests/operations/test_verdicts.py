import numpy as np
import pytest

from recli.core.judgement import BETTER, UNDECIDED, CalibrationBin
from recli.core.ratings import Ratings, RatingScale
from recli.models.predictor import Predictions, Support
from recli.models.recommender import RatingDistribution
from recli.operations.verdicts import Spread, against, judge_distribution, slices


def floats(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def ratings(users: list[int], items: list[int], *stars: float) -> Ratings:
    return Ratings(np.array(users, np.int32), np.array(items, np.int32), floats(*stars), np.zeros(len(users), np.int64))


def test_a_model_is_compared_on_the_same_rows() -> None:
    found = against(ratings([0, 0, 1], [0, 1, 0], 3, 3, 5), floats(3, 4, 5), floats(5, 5, 2))
    assert found.users == 2
    mae = found.differences["mae"]
    assert mae.value == pytest.approx(1 / 3 - 7 / 3)
    assert (mae.low, mae.high, mae.verdict) == (pytest.approx(-3), pytest.approx(-1.5), BETTER)
    assert found.differences["rmse"].value == pytest.approx(np.sqrt(1 / 3) - np.sqrt(17 / 3))


def test_the_baseline_itself_is_undecided() -> None:
    same = floats(3.1, 4.2, 4.9)
    found = against(ratings([0, 1, 2], [0, 1, 0], 3, 3, 5), same, same)
    assert [each.verdict for each in found.differences.values()] == [UNDECIDED, UNDECIDED]


def predictions(distribution: RatingDistribution | None, *by_baseline: bool) -> Predictions:
    n = len(by_baseline)
    return Predictions(np.zeros(n, np.float32), None, 0, 0, distribution, np.array(by_baseline))


def test_distributions_are_judged_on_the_rows_that_they_are_of() -> None:
    spread = RatingDistribution(floats(1, 3, 5), floats(0.0625, 0.875, 0.0625) * np.ones((3, 1), np.float32))
    # 4 is as near to 3 as to 5, and counts as 3; the last row is the baseline's.
    found = judge_distribution(predictions(spread, False, False, True), floats(4, 5, 1))
    assert found is not None
    assert (found.n, found.without, found.observed, found.expected, found.width) == (2, 1, 0.5, 0.875, 0)
    assert found.log_loss == pytest.approx(-(np.log(0.875) + np.log(0.0625)) / 2)


def test_one_number_is_no_distribution() -> None:
    assert judge_distribution(predictions(None, False), floats(4)) is None


def test_calibration_is_of_at_least_so_many_stars() -> None:
    spread = RatingDistribution(floats(1, 3, 5), floats(0.25, 0.25, 0.5) * np.ones((3, 1), np.float32))
    seen = Spread(RatingScale(1, 5))
    for by_baseline, given in ((False, 5), (False, 1), (True, 1)):  # a row at a time
        one = RatingDistribution(spread.levels, spread.probabilities[:1])
        seen.add(ratings([0], [0], given), predictions(one, by_baseline))
    found, metrics = seen.calibration(), seen.metrics()
    assert found.of_probabilities
    assert metrics is not None
    assert (metrics.n, metrics.without) == (2, 1)
    # 3 stars or more: 0.75 forecast; 5 stars: 0.5. Both came true in the first row, neither in the second.
    assert found.bins == (CalibrationBin(2, 0.5, 0.5), CalibrationBin(2, 0.75, 0.5))


def test_calibration_of_one_number_is_of_stars() -> None:
    seen = Spread(RatingScale(0, 5))
    seen.add(ratings([0, 0], [0, 1], 4, 5), predictions(None, False, False))
    found = seen.calibration()
    assert seen.metrics() is None
    assert (found.of_probabilities, found.bins) == (False, (CalibrationBin(2, 0.0, 4.5),))


def test_slices_go_by_the_models_training_rows() -> None:
    support = Support(np.array([7, 0], np.int32), np.array([150, 3, 0], np.int32))
    found = slices(ratings([0, 0, 1], [0, 2, 1], 4, 4, 2), support, floats(4, 5, 1), floats(3, 3, 3))
    assert {name: [(part.group, part.n) for part in parts] for name, parts in found.items()} == {
        "item_support": [("0", 1), ("1–4", 1), ("100+", 1)],
        "user_activity": [("0", 1), ("5–19", 2)],
        "stars": [("2", 1), ("4", 2)],
    }
