import dataclasses

import numpy as np
import pytest

from recli.core.ratings import Ratings
from recli.models.predictor import Predictions
from recli.models.recommender import Nums
from recli.operations import judging
from recli.operations.judging import judge, judge_rows

RATINGS = Ratings(
    np.arange(5, dtype=np.int32), np.zeros(5, np.int32), np.array([1, 2, 3, 4, 5], np.float32), np.zeros(5, np.int64)
)


def threes(user_nums: Nums, item_nums: Nums) -> Predictions:
    """Three stars for everything, and the user's num as the median; user 4 is cold and clipped."""
    values, last = np.full(len(user_nums), 3, np.float32), int((user_nums == 4).sum())
    return Predictions(values, user_nums.astype(np.float32), last, last, None, np.zeros(len(user_nums), np.bool_))


def test_errors_of_all_rows_by_hand_in_any_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    whole, _ = judge(threes, RATINGS)
    assert dataclasses.astuple(whole) == (5, 6 / 5, 2, 2**0.5, 1, 1, 1)
    monkeypatch.setattr(judging, "BLOCK", 2)
    seen: list[int] = []
    parts, predicted = judge(threes, RATINGS, lambda block, found: seen.append(len(block)))
    assert dataclasses.astuple(parts) == pytest.approx(dataclasses.astuple(whole))
    assert seen == [2, 2, 1]
    assert predicted.values.tolist() == [3] * 5
    assert predicted.medians is not None
    assert predicted.medians.tolist() == [0, 1, 2, 3, 4]


def test_some_rows_are_judged_in_the_order_that_they_are_named() -> None:
    errors, predicted = judge_rows(threes, RATINGS, np.array([4, 0]))
    assert (errors.n, errors.mae, errors.cold) == (2, 2, 1)
    assert predicted.medians is not None
    assert predicted.medians.tolist() == [4, 0]
