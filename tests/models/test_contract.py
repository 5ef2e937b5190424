"""What every model must do, whatever it is: a new model joins the registry and these tests with it."""

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from recli.core.errors import IntegrityError
from recli.core.ratings import Ratings
from recli.core.run import Epoch
from recli.models import registry
from recli.models.recommender import UNKNOWN, Recommender, TrainingData
from tests.models.toys import training_data

QUICK: dict[str, dict[str, int | float]] = {
    "bayes": {"rank": 2, "chains": 2, "sweeps": 200, "burn_in": 50, "samples": 40},
    "bias": {"damping": 0.1},
    "ease": {"damping": 0.1},
    "dot": {"embedding_size": 4, "epochs": 60, "batch_size": 8, "learning_rate": 0.05},
    "deep": {
        "embedding_size": 4,
        "hidden_units": 16,
        "epochs": 90,
        "batch_size": 4,
        "learning_rate": 0.03,
        "dropout": 0.0,
    },
    "hybrid": {
        "embedding_size": 4,
        "hidden_units": 16,
        "epochs": 90,
        "batch_size": 4,
        "learning_rate": 0.03,
        "dropout": 0.0,
        "unknown_rate": 0.0,
    },
    "elsa": {"embedding_size": 4, "epochs": 3, "batch_size": 4, "damping": 0.1},
    "ranker": {"damping": 0.1},
    "als": {"rank": 3, "iterations": 20, "regularization": 0.001},
    "bpr": {"embedding_size": 4, "epochs": 3, "batch_size": 4, "damping": 0.1},
}
"""Settings under which each model learns a toy in a moment. A model that is missing here fails the first test."""


def silent(epoch: Epoch) -> None:
    """Hear of an epoch and say nothing."""


def toy(values: np.ndarray) -> TrainingData:
    """Every user's rating of every item, (users, items) stars; NaN where there is none."""
    users, items = np.nonzero(~np.isnan(values))
    ratings = Ratings(
        users.astype(np.int32),
        items.astype(np.int32),
        values[users, items].astype(np.float32),
        np.zeros(len(users), np.int64),
    )
    return training_data(values.shape[0], values.shape[1], ratings)


ADDITIVE = np.add.outer([0.0, 1.0, 2.0, 1.0], [1.0, 3.0, 2.0])
"""Users and items of different levels, and nothing else: stars that every model here can learn."""


@pytest.fixture(params=registry.NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def fitted() -> Callable[[str, TrainingData], Recommender]:
    kept: dict[tuple[str, int], Recommender] = {}

    def fit(name: str, data: TrainingData) -> Recommender:
        key = (name, hash(data.train.values.tobytes()))
        if key not in kept:
            model = registry.create(registry.configure(name, QUICK[name]))
            model.fit(data, silent)
            kept[key] = model
        return kept[key]

    return fit


Fit = Callable[[str, TrainingData], Recommender]


def pairs(data: TrainingData) -> tuple[np.ndarray, np.ndarray]:
    users, items = np.divmod(np.arange(data.n_users * data.n_items, dtype=np.int32), np.int32(data.n_items))
    return users, items


def test_a_known_answer_is_learned(name: str, fitted: Fit) -> None:
    data = toy(ADDITIVE)
    predicted = fitted(name, data).predict(*pairs(data))
    assert predicted.dtype == np.float32
    assert predicted.shape == (12,)
    assert np.abs(predicted - ADDITIVE.ravel()).max() < 0.45


def test_a_batch_and_its_pairs_one_by_one_agree(name: str, fitted: Fit) -> None:
    data = toy(ADDITIVE)
    model, (users, items) = fitted(name, data), pairs(data)
    one_by_one = [model.predict(users[i : i + 1], items[i : i + 1])[0] for i in range(len(users))]
    assert model.predict(users, items) == pytest.approx(one_by_one, abs=1e-6)


def test_a_table_of_scores_and_its_pairs_agree(name: str, fitted: Fit) -> None:
    data = toy(ADDITIVE)
    model = fitted(name, data)
    users, items = np.array([2, UNKNOWN, 0], np.int32), np.array([1, 0, UNKNOWN, 2], np.int32)
    table = model.score_table(users, items)
    assert table.shape == (3, 4)
    assert table.dtype == np.float32
    assert table.ravel() == pytest.approx(model.score(np.repeat(users, 4), np.tile(items, 3)), abs=1e-5)
    assert model.score_table(users[:0], items).shape == (0, 4)


def test_no_pair_at_all_gives_no_prediction(name: str, fitted: Fit) -> None:
    none = np.empty(0, np.int32)
    assert fitted(name, toy(ADDITIVE)).predict(none, none).shape == (0,)


def test_reloading_gives_identical_numbers(name: str, fitted: Fit) -> None:
    data = toy(ADDITIVE)
    model = fitted(name, data)
    again = registry.load(name, model.config.parameters(), model.save())
    assert np.array_equal(again.predict(*pairs(data)), model.predict(*pairs(data)))
    assert again.config == model.config


def test_what_is_saved_is_plain_numbers_and_what_was_learned_is_counted(name: str, fitted: Fit) -> None:
    model = fitted(name, toy(ADDITIVE))
    assert all(array.dtype in (np.float32, np.float16, np.int32) for array in model.save().values())
    assert 0 < sum(layer.count for layer in model.parameter_counts()) <= sum(a.size for a in model.save().values())
    assert all(layer.count == np.prod(layer.shape) for layer in model.parameter_counts())


def test_the_same_seed_gives_the_same_weights(name: str, fitted: Fit) -> None:
    data = toy(ADDITIVE)
    first, second = fitted(name, data), registry.create(registry.configure(name, QUICK[name]))
    second.fit(data, silent)
    for array, again in zip(first.save().values(), second.save().values(), strict=True):
        assert array.tobytes() == again.tobytes()


def test_unknown_users_and_items_get_a_finite_answer(name: str, fitted: Fit) -> None:
    users, items = np.array([UNKNOWN, 0, UNKNOWN], np.int32), np.array([0, UNKNOWN, UNKNOWN], np.int32)
    assert np.isfinite(fitted(name, toy(ADDITIVE)).predict(users, items)).all()


def test_a_predicted_distribution_is_one_and_predicts_the_stars(name: str, fitted: Fit) -> None:
    data = toy(ADDITIVE)
    model = fitted(name, data)
    distribution = model.distribution(*pairs(data))
    if distribution is None:
        return
    assert distribution.levels.tolist() == np.unique(ADDITIVE).tolist()
    assert distribution.probabilities.shape == (12, len(distribution.levels))
    assert distribution.probabilities.min() >= 0
    assert distribution.probabilities.sum(axis=1) == pytest.approx(np.ones(12), abs=1e-5)
    assert model.predict(*pairs(data)) == pytest.approx(distribution.mean(), abs=1e-5)
    assert np.isin(distribution.median(), distribution.levels).all()


def test_a_new_user_is_folded_in_and_their_ratings_move_the_answers(name: str, fitted: Fit) -> None:
    model, all_items = fitted(name, toy(ADDITIVE)), np.arange(3, dtype=np.int32)
    low, high = (
        model.fold_in(np.array([0, 2], np.int32), np.array(stars, np.float32)) for stars in ([1.0, 1.0], [3.0, 5.0])
    )
    if low is None or high is None:
        return
    nobody = np.zeros(3, np.int32)
    assert (low.predict(nobody, all_items) < high.predict(nobody, all_items)).all()
    assert high.score_table(nobody[:1], all_items).shape == (1, 3)
    assert np.isfinite(high.score_table(nobody[:1], all_items)).all()
    assert np.isfinite(high.predict(nobody - 1, all_items)).all()  # whoever else is unknown to it


def test_what_argues_for_an_item_is_what_the_user_rated(name: str, fitted: Fit) -> None:
    model = fitted(name, toy(np.array([[5.0, 4.0, np.nan], [4.0, np.nan, 2.0], [5.0, 3.0, 1.0]])))
    argued = model.contributions(0, 2)
    if argued is None:
        return
    items, shares = argued
    assert items.tolist() == [0, 1]
    assert shares.shape == (2,)
    assert np.isfinite(shares).all()


def test_neighbor_lists_name_other_items_nearest_first(name: str, fitted: Fit) -> None:
    model = fitted(name, toy(ADDITIVE))
    for lists in model.neighbor_lists().values():
        assert lists.nums.dtype == np.int32
        assert lists.nums.shape == lists.similarities.shape
        assert len(lists.nums) == 3
        for num, (near, similarities) in enumerate(zip(lists.nums, lists.similarities, strict=True)):
            real = near != UNKNOWN
            assert num not in near
            assert len(set(near[real].tolist())) == real.sum()
            assert (np.diff(similarities[real]) <= 0).all()


def test_vectors_have_one_row_a_thing(name: str, fitted: Fit) -> None:
    model = fitted(name, toy(ADDITIVE))
    for vectors, n in ((model.item_vectors(), 3), (model.user_vectors(), 4)):
        assert vectors is None or (vectors.shape[0] == n and vectors.dtype == np.float32)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param(np.array([[4.0]]), id="one rating"),
        pytest.param(np.array([[4.0, 2.0, 5.0]]), id="one user"),
        pytest.param(np.array([[4.0], [2.0]]), id="one item"),
        pytest.param(np.full((3, 3), 4.0), id="constant ratings"),
        pytest.param(np.array([[4.0, np.nan], [2.0, np.nan]]), id="an item without ratings"),
    ],
)
def test_the_smallest_datasets_give_finite_answers(name: str, values: np.ndarray) -> None:
    data = toy(values)
    quick = {k: (3 if k == "epochs" else v) for k, v in QUICK[name].items()}
    model = registry.create(registry.configure(name, quick))
    report = model.fit(data, silent)
    assert np.isfinite(model.predict(*pairs(data))).all()
    for vectors in (model.item_vectors(), model.user_vectors()):
        assert vectors is None or np.isfinite(vectors).all()
    assert all(np.isfinite(epoch.loss) for epoch in report.history)


def test_weights_that_do_not_fit_are_refused(name: str, fitted: Fit) -> None:
    model = fitted(name, toy(ADDITIVE))
    parameters, arrays = model.config.parameters(), model.save()
    first = next(iter(arrays))
    for wrong in (
        {k: v for k, v in arrays.items() if k != first},
        arrays | {first: arrays[first].astype(np.float64)},
        arrays | {first: arrays[first][..., None]},
    ):
        with pytest.raises(IntegrityError, match=first):
            registry.load(name, parameters, wrong)


def test_a_manifest_of_another_model_is_refused(name: str, fitted: Fit) -> None:
    model = fitted(name, toy(ADDITIVE))
    with pytest.raises(IntegrityError, match="no known model"):
        registry.load(name, model.config.parameters() | {"surprise": 1}, model.save())


def test_configurations_are_frozen(name: str) -> None:
    config = registry.configure(name, {})
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.seed = 1
