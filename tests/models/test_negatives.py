import numpy as np

from recli.core.ratings import Ratings
from recli.models.negatives import Negatives


def ratings(pairs: list[tuple[int, int]]) -> Ratings:
    users, items = np.array(pairs, np.int32).T.copy()
    return Ratings(users, items, np.ones(len(pairs), np.float32), np.zeros(len(pairs), np.int64))


def test_what_is_drawn_was_not_rated_and_all_of_it_comes() -> None:
    rated = ratings([(0, 0), (0, 3), (1, 1)])
    users, own = np.repeat(np.int32([0, 1]), 200), np.repeat(np.int32([0, 1]), 200)
    drawn = Negatives(rated, 5).draw(users, own, np.random.default_rng(0))
    assert drawn.dtype == np.int32
    assert set(drawn[:200].tolist()) == {1, 2, 4}
    assert set(drawn[200:].tolist()) == {0, 2, 3, 4}


def test_the_one_unrated_item_of_a_thousand_is_found() -> None:
    rated = ratings([(1, item) for item in range(1000) if item != 700])
    users, own = np.ones(5, np.int32), np.zeros(5, np.int32)
    assert Negatives(rated, 1000).draw(users, own, np.random.default_rng(0)).tolist() == [700] * 5


def test_who_rated_everything_is_compared_with_the_same_item() -> None:
    rated = ratings([(0, 0), (0, 1)])
    drawn = Negatives(rated, 2).draw(np.int32([0, 0]), np.int32([0, 1]), np.random.default_rng(0))
    assert drawn.tolist() == [0, 1]


def test_the_seed_decides() -> None:
    rated = ratings([(0, 0), (1, 1)])
    users = np.zeros(50, np.int32)
    first, again = (Negatives(rated, 30).draw(users, users, np.random.default_rng(4)) for _ in range(2))
    assert np.array_equal(first, again)
