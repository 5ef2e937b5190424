import numpy as np
import pytest

from recli.core.errors import IntegrityError, UsageError
from recli.models import memory
from recli.models.configs import EaseConfig
from recli.models.ease import EaseModel
from recli.models.recommender import UNKNOWN
from tests.models.test_interactions import data_of

ROWS = [(0, 0, 5.0), (0, 1, 4.0), (1, 0, 2.0)]


def fitted(**parameters: float) -> EaseModel:
    model = EaseModel(EaseConfig(**parameters))
    model.fit(data_of(ROWS, n_users=2, n_items=2), lambda epoch: None)
    return model


def test_weights_by_hand() -> None:
    # With two items each weight is a ridge regression: users of both / (users of the one + λ).
    weights = fitted(regularization=1.0).item_weights
    assert weights == pytest.approx(np.array([[0, 1 / (2 + 1)], [1 / (1 + 1), 0]]))


def test_a_score_is_the_sum_of_weights_from_the_history() -> None:
    model = fitted(regularization=1.0)
    users, items = np.array([1, 0, 0, UNKNOWN, 1], np.int32), np.array([1, 1, 0, 0, UNKNOWN], np.int32)
    assert model.score(users, items) == pytest.approx([1 / 3, 1 / 3, 1 / 2, 0, 0])


def test_stars_are_the_baseline_s_plus_what_the_other_deviations_say() -> None:
    model = fitted(regularization=1.0)
    assert model.history.tolist() == [0, 1, 0]
    first, second, _ = model.deviations
    baseline = model.bias.predict(np.zeros(2, np.int32), np.arange(2, dtype=np.int32))
    expected = baseline + model.slope * np.array([second / 2, first / 3])
    assert model.predict(np.zeros(2, np.int32), np.arange(2, dtype=np.int32)) == pytest.approx(expected)
    assert model.slope != 0


def test_too_many_items_are_refused_before_the_solve(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "total_memory", lambda: 100)
    with pytest.raises(UsageError, match=r"ease, which inverts a square of 2 items, needs 0\.0 GiB") as refusal:
        fitted()
    assert refusal.value.fix == "recli train elsa"


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("history", np.array([0, 2, 0], np.int32)),
        ("history", np.array([0, -1, 0], np.int32)),
        ("offsets", np.array([0, 3, 2], np.int32)),
        ("offsets", np.array([1, 2, 3], np.int32)),
        ("offsets", np.array([0, 2], np.int32)),
        ("deviations", np.zeros(2, np.float32)),
        ("item_weights", np.zeros((2, 3), np.float32)),
        ("item_biases", np.zeros(3, np.float32)),
    ],
)
def test_arrays_that_do_not_fit_each_other_are_refused(name: str, array: np.ndarray) -> None:
    arrays = fitted().save() | {name: array}
    with pytest.raises(IntegrityError, match=name):
        EaseModel.load(EaseConfig(), arrays)


def test_histories_are_data_not_parameters() -> None:
    # 2 × 2 weights, the slope, the mean, 2 user and 2 item biases
    assert sum(layer.count for layer in fitted().parameter_counts()) == 10


@pytest.mark.parametrize("parameters", [{"regularization": 0.0}, {"regularization": float("nan")}, {"damping": -1.0}])
def test_impossible_settings_are_refused(parameters: dict[str, float]) -> None:
    with pytest.raises(UsageError, match=f"--{next(iter(parameters))}"):
        EaseConfig(**parameters)
