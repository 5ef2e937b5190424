"""Lists by popularity beside a cluster's: for the users whom training never saw. No cluster is asked."""

from types import SimpleNamespace
from typing import Any

import numpy as np

from recli.operations.on_spark.recommend import _popular
from recli.operations.shelf import Shelf, Wish

POPULARITY = np.array([5, 3, 9, 1], np.float32)


def popular(n_known: list[int], hidden: list[tuple[int, int]]) -> list[list[float]]:
    predictor: Any = SimpleNamespace(
        support=SimpleNamespace(users=np.array(n_known, np.int32)),
        scores=lambda users: np.tile(POPULARITY, (len(users), 1)),
    )
    shelf = object.__new__(Shelf)
    object.__setattr__(shelf, "predictor", predictor)
    users, items = np.array(hidden, np.int32).reshape(-1, 2).T
    found = _popular(shelf, np.ones(4, np.bool_), (users, items), Wish(n=2))
    return [column.tolist() for column in found]


def test_each_new_user_gets_the_most_popular_items_that_are_not_theirs() -> None:
    assert popular([2, 0, 1, 0], [(3, 2), (0, 1), (3, 0), (1, 2)]) == [[1, 1, 3, 3], [0, 1, 1, 3], [5, 3, 3, 1]]


def test_where_everybody_is_known_there_is_nobody_to_choose_for() -> None:
    assert popular([2, 1], [(0, 1)]) == [[], [], []]
