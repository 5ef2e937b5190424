import numpy as np
import pytest

from recli.core.ratings import Ratings
from recli.models.ranking.preferences import FAINTEST, Preferences, StarScale
from recli.models.recommender import UNKNOWN
from tests.models.toys import training_data


def ratings(*rows: tuple[int, int, float]) -> Ratings:
    users, items, values = zip(*rows, strict=True)
    return Ratings(
        np.array(users, np.int32),
        np.array(items, np.int32),
        np.array(values, np.float32),
        np.zeros(len(rows), np.int64),
    )


def test_a_users_usual_stars_speak_with_strength_one_and_better_ones_louder() -> None:
    scale = StarScale(mean=3, deviation=1)
    # The user's mean deviation is held back by 5 pseudo-ratings: (0 + 2) / (2 + 5).
    strengths = scale.strengths(np.array([0, 2]), np.array([3, 5], np.float32))
    assert strengths == pytest.approx([1 + 0.2 * (0 - 2 / 7), 1 + 0.2 * (2 - 2 / 7)])


def test_the_worst_rating_still_says_that_the_item_was_chosen() -> None:
    scale = StarScale(mean=50, deviation=1)
    assert scale.strengths(np.array([0, 1]), np.array([1], np.float32)).tolist() == [np.float32(FAINTEST)]


def test_constant_ratings_all_speak_the_same() -> None:
    values = np.full(3, 4, np.float32)
    assert StarScale.of(values).strengths(np.array([0, 1, 3]), values).tolist() == [1, 1, 1]


def test_a_pair_that_was_rated_twice_counts_once_with_its_mean() -> None:
    data = training_data(2, 3, ratings((1, 2, 5), (1, 0, 3), (1, 2, 3)))
    found = Preferences.of(data, StarScale(4, 1))
    assert found.items.tolist() == [0, 2]
    assert found.offsets.tolist() == [0, 0, 2]
    assert found.strengths == pytest.approx([1 + 0.2 * (-1 + 1 / 7), 1 + 0.2 * (0 + 1 / 7)])


def test_rows_of_users_are_taken_in_the_order_asked_and_unknown_ones_are_empty() -> None:
    data = training_data(2, 3, ratings((0, 1, 4), (1, 0, 4), (1, 2, 4)))
    found = Preferences.of(data, StarScale(4, 1)).take(np.array([1, UNKNOWN, 0], np.int32))
    assert found.tolist() == [[1, 0, 1], [0, 0, 0], [0, 1, 0]]


def test_one_users_ratings_may_come_in_any_order() -> None:
    found = Preferences.of_one(np.array([2, 0], np.int32), np.array([5, 3], np.float32), StarScale(4, 1), 3)
    assert found.items.tolist() == [0, 2]
    assert found.strengths == pytest.approx([0.8, 1.2])
