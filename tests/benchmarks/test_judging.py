import math

import numpy as np
import pytest

from benchmarks.answers import MEDIANS, NEIGHBORS, PREDICTIONS, SCORES, VECTORS, Answers
from benchmarks.judging import Judge
from benchmarks.similarity import Near, methods
from recli.core.dataset import Dataset
from recli.core.ratings import RatingScale
from recli.core.split import Split
from recli.data.build import RatingColumns, assemble


def dataset() -> Dataset:
    """Users 1 and 2, items 10, 20 and 30; nobody but user 2 in row 4 rates item 30."""
    columns = RatingColumns(
        user_ids=np.array([1, 1, 2, 2, 2]),
        item_ids=np.array([10, 20, 10, 20, 30]),
        values=np.array([4, 4, 4, 4, 2], np.float32),
        timestamps=np.zeros(5, np.int64),
    )
    return assemble("toy", columns, [], [], scale=RatingScale(1, 5), source={})


def rows(*numbers: int) -> np.ndarray:
    return np.array(numbers, np.int64)


SPLIT = Split(train=rows(0, 2), validation=rows(3), test=rows(1, 4))


def answers(**arrays: np.ndarray) -> Answers:
    return Answers("ok", library="peer 1", fit_seconds=1.0, peak_bytes=2_000_000, arrays=arrays)


def test_stars_are_clipped_and_those_that_a_library_lacks_are_the_baselines() -> None:
    # The training rows are all 4 stars: so is every answer of the baseline.
    found = answers(**{PREDICTIONS: np.array([7, np.nan]), SCORES: np.zeros((2, 3), np.float32)})
    row = Judge(dataset(), SPLIT, None).row("peer", found)
    assert row.rmse == pytest.approx(math.sqrt((1**2 + 2**2) / 2))
    assert (row.mae, row.median_mae, row.cold, row.clipped, row.peak_mb) == (1.5, None, 1, 1, 2)


def test_the_median_of_a_distribution_is_judged_beside_its_mean() -> None:
    found = answers(
        **{PREDICTIONS: np.array([4, 2.5]), MEDIANS: np.array([4, 2.0]), SCORES: np.zeros((2, 3), np.float32)}
    )
    row = Judge(dataset(), SPLIT, None).row("peer", found)
    assert (row.mae, row.median_mae) == (0.25, 0)


def test_items_that_nobody_rated_in_training_stand_last_whatever_their_score() -> None:
    # User 1 has item 10 in training and likes item 20 of the test rows; item 30 is in no training row.
    found = answers(**{SCORES: np.array([[9, 1, 5], [0, 0, 0]], np.float32)})
    row = Judge(dataset(), SPLIT, None).row("peer", found)
    assert (row.ndcg, row.users_ranked, row.users_left_out, row.rmse) == (1, 1, 1, None)


def test_a_peer_that_is_not_installed_is_told_not_judged() -> None:
    row = Judge(dataset(), SPLIT, None).row("peer", Answers("not installed", "why"))
    assert (row.status, row.detail, row.rmse) == ("not installed", "why", None)


def nearest(near: Near, num: int) -> list[int]:
    nums, similarities = near(num)
    return nums[np.argsort(-similarities, kind="stable")].tolist()


def test_items_are_near_by_lists_first_and_by_the_angle_of_vectors() -> None:
    vectors = np.array([[1, 0], [1, 0.1], [1, 0.9], [0, 1]], np.float32)
    lists = np.array([[1, 3, -1], [0, -1, -1], [3, 1, 0], [-1, -1, -1]], np.int32)
    found = methods(answers(**{VECTORS: vectors, f"{NEIGHBORS}:best": lists}))
    assert list(found) == ["best", "vectors"]
    assert [nearest(found["best"], num) for num in range(4)] == [[1, 3], [0], [3, 1, 0], []]
    assert nearest(found["vectors"], 0) == [0, 1, 2, 3]
    assert nearest(found["vectors"], 3) == [3, 2, 1, 0]
    assert methods(answers(**{NEIGHBORS: lists})).keys() == {"lists"}
    assert methods(answers()) == {}


def test_the_best_method_counts_and_all_are_told() -> None:
    found = answers(
        **{
            SCORES: np.zeros((2, 3), np.float32),
            f"{NEIGHBORS}:best": np.array([[2], [-1], [0]], np.int32),
            VECTORS: np.eye(3, dtype=np.float32),
        }
    )
    row = Judge(dataset(), SPLIT, lambda near: len(near(0)[0]) / 10).row("peer", found)
    assert (row.similarity_recall, row.similarities) == (0.1, {"best": 0.1, "vectors": 0.3})
