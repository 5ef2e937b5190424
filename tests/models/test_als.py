from functools import cache

import numpy as np
import pytest

from recli.core.errors import TrainingDivergedError
from recli.core.ratings import Ratings
from recli.core.run import Stage
from recli.models import registry
from recli.models.als import AlsModel
from recli.models.recommender import TrainingData
from tests.models.toys import training_data

MATRIX = np.array([[5, 3, 0], [4, 0, 1], [1, 1, 5], [0, 2, 4.0]])
"""0 where nobody rated."""


def data(values: np.ndarray = MATRIX) -> TrainingData:
    users, items = np.nonzero(values)
    stars = values[users, items].astype(np.float32)
    ratings = Ratings(users.astype(np.int32), items.astype(np.int32), stars, np.zeros(len(users), np.int64))
    return training_data(*values.shape, ratings)


@cache
def fitted(**options: float) -> AlsModel:
    model = registry.create(registry.configure("als", {"rank": 2, "regularization": 0.1, **options}))
    assert isinstance(model, AlsModel)
    model.fit(data(), lambda stage: None)
    return model


def test_each_user_solves_their_own_normal_equations_on_the_items() -> None:
    model = fitted(iterations=3)
    for user, stars in enumerate(MATRIX):
        rated = np.flatnonzero(stars)
        items = model.items[rated].astype(np.float64)
        left = items.T @ items + 0.1 * len(rated) * np.eye(2)
        assert model.users[user] == pytest.approx(np.linalg.inv(left) @ items.T @ stars[rated], abs=1e-5)


def test_in_the_end_nothing_moves_from_either_side() -> None:
    one, other = fitted(iterations=200), fitted(iterations=201)
    assert one.users @ one.items.T == pytest.approx(other.users @ other.items.T, abs=1e-4)
    rated = np.flatnonzero(MATRIX[:, 0])
    users = one.users[rated].astype(np.float64)
    item = np.linalg.solve(users.T @ users + 0.1 * len(rated) * np.eye(2), users.T @ MATRIX[rated, 0])
    assert one.items[0] == pytest.approx(item, abs=1e-4)


def test_another_seed_comes_to_the_same_predictions() -> None:
    # Vectors may be turned: only their products are determined.
    one, other = fitted(iterations=200), fitted(iterations=200, seed=5)
    assert not np.allclose(one.items, other.items, atol=0.1)
    assert one.users @ one.items.T == pytest.approx(other.users @ other.items.T, abs=1e-3)


def test_who_is_folded_in_is_who_was_fitted() -> None:
    model = fitted()
    rated = np.flatnonzero(MATRIX[2]).astype(np.int32)
    again = model.fold_in(rated, MATRIX[2, rated].astype(np.float32))
    assert again.users[0] == pytest.approx(model.users[2], abs=1e-6)


def test_stages_are_told() -> None:
    stages: list[Stage] = []
    registry.create(registry.configure("als", {"iterations": 2})).fit(data(), stages.append)
    assert [(stage.name, stage.done, stage.total) for stage in stages] == [("iteration", 1, 2), ("iteration", 2, 2)]


def test_a_penalty_that_leaves_vectors_undetermined_is_refused() -> None:
    # One rating and three numbers to find: without a penalty worth the name, the equations say too little.
    model = registry.create(registry.configure("als", {"rank": 3, "regularization": 1e-300}))
    with pytest.raises(TrainingDivergedError, match="--regularization 1e-300"):
        model.fit(data(np.full((2, 2), 4.0)), lambda stage: None)
