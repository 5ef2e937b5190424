import numpy as np
import pytest

from recli.core.ratings import Ratings
from recli.models.ranking.sittings import rated_together


def ratings(*rows: tuple[int, int, int]) -> Ratings:
    users, items, times = (np.array(column) for column in zip(*rows, strict=True))
    return Ratings(
        users.astype(np.int32), items.astype(np.int32), np.full(len(rows), 4, np.float32), times.astype(np.int64)
    )


def test_two_ratings_of_a_user_count_less_the_further_they_are_apart() -> None:
    found = rated_together(ratings((0, 0, 100), (0, 1, 100), (0, 2, 160), (1, 0, 0)), 3, np.ones(2))
    far = np.exp(-1)
    assert found == pytest.approx(np.array([[0, 1, far], [1, 0, far], [far, far, 0]]))


def test_users_add_their_weights() -> None:
    rows = ratings((1, 1, 7), (0, 0, 5), (1, 0, 7), (0, 1, 5))
    assert rated_together(rows, 2, np.array([0.5, 2.0])).tolist() == [[0, 2.5], [2.5, 0]]


def test_of_two_ratings_of_one_item_the_last_row_counts() -> None:
    rows = ratings((0, 0, 0), (0, 1, 1000), (0, 0, 1000))
    assert rated_together(rows, 2, np.ones(1)).tolist() == [[0, 1], [1, 0]]


def test_without_times_nothing_is_said() -> None:
    assert not rated_together(ratings((0, 0, 0), (0, 1, 0)), 2, np.ones(1)).any()


def test_a_user_without_ratings_adds_nothing() -> None:
    assert rated_together(ratings((2, 0, 5), (2, 1, 5), (0, 0, 9)), 2, np.ones(4)).tolist() == [[0, 1], [1, 0]]
