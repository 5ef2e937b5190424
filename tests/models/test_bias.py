import numpy as np
import pytest

from recli.core.ratings import Ratings
from recli.models import registry
from tests.models.toys import training_data


def fit(
    users: list[int], items: list[int], stars: list[float], **parameters: float
) -> tuple[float, list[float], list[float]]:
    ratings = Ratings(
        np.array(users, np.int32),
        np.array(items, np.int32),
        np.array(stars, np.float32),
        np.zeros(len(stars), np.int64),
    )
    model = registry.create(registry.configure("bias", parameters))
    model.fit(training_data(max(users) + 1, max(items) + 1, ratings), lambda epoch: None)
    saved = model.save()
    return float(saved["mean"][0]), saved["user_biases"].tolist(), saved["item_biases"].tolist()


def test_one_sweep_by_hand() -> None:
    # Mean 3. Item 0: residuals 1 and 1, damping 1: 2 / 3. Item 1: residual -2: -2 / 2 = -1.
    # User 0 rated both: (1 - 2/3) + (-2 + 1) = -2/3, over 2 + 1. User 1 rated item 0: 1 - 2/3 = 1/3, over 1 + 1.
    mean, users, items = fit([0, 0, 1], [0, 1, 0], [4, 1, 4], damping=1, sweeps=1)
    assert mean == pytest.approx(3)
    assert items == pytest.approx([2 / 3, -1])
    assert users == pytest.approx([-2 / 9, 1 / 6])


def test_without_damping_a_perfect_fit_is_found() -> None:
    mean, users, items = fit([0, 0, 1, 1], [0, 1, 0, 1], [1, 2, 3, 4], damping=0, sweeps=10)
    predicted = [mean + users[u] + items[i] for u, i in ((0, 0), (0, 1), (1, 0), (1, 1))]
    assert predicted == pytest.approx([1, 2, 3, 4], abs=1e-5)


def test_an_item_without_ratings_has_no_bias_even_undamped() -> None:
    _, _, items = fit([0, 0], [0, 2], [1, 5], damping=0, sweeps=3)
    assert items[1] == 0


def test_more_damping_means_smaller_biases() -> None:
    _, _, light = fit([0, 1, 2], [0, 0, 1], [5, 5, 1], damping=1)
    _, _, heavy = fit([0, 1, 2], [0, 0, 1], [5, 5, 1], damping=50)
    assert abs(heavy[0]) < abs(light[0])
