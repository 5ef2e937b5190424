"""What metadata is for: answers about users and items that training never saw."""

import dataclasses
import logging

import numpy as np
import pytest

from recli.core.errors import IntegrityError, UsageError
from recli.core.metadata import Metadata
from recli.core.ratings import Ratings
from recli.models import backend, memory, registry
from recli.models.hybrid import HybridModel
from recli.models.recommender import UNKNOWN, TrainingData
from tests.models.test_contract import silent
from tests.models.toys import training_data

QUICK = {
    "embedding_size": 4,
    "hidden_units": 16,
    "epochs": 80,
    "batch_size": 16,
    "learning_rate": 0.02,
    "dropout": 0.0,
    "unknown_rate": 0.3,
    "loss": "mse",
}
N_USERS, N_ITEMS = 8, 12


def taste() -> TrainingData:
    """Women give comedies 5 stars and dramas 1, men the other way round; user 7 and items 10, 11 have no ratings."""
    users, items = (grid.ravel() for grid in np.meshgrid(np.arange(7), np.arange(10), indexing="ij"))
    stars = np.where(users % 2 == items % 2, 5, 1)
    ratings = Ratings(
        users.astype(np.int32), items.astype(np.int32), stars.astype(np.float32), np.zeros(len(users), np.int64)
    )
    genres = tuple(("Comedy",) if item % 2 == 0 else ("Drama",) for item in range(N_ITEMS))
    genders = tuple("F" if user % 2 == 0 else "M" for user in range(N_USERS))
    metadata = Metadata(np.arange(1990, 1990 + N_ITEMS, dtype=np.int32), genres, {"gender": genders})
    return training_data(N_USERS, N_ITEMS, ratings, metadata=metadata)


@pytest.fixture(scope="module")
def fitted() -> HybridModel:
    model = registry.create(registry.configure("hybrid", QUICK))
    assert isinstance(model, HybridModel)
    model.fit(taste(), silent)
    return model


def nums(*values: int) -> np.ndarray:
    return np.array(values, np.int32)


def test_an_unseen_item_is_judged_by_its_genre(fitted: HybridModel) -> None:
    # Item 10 is a comedy, 11 a drama; user 0 is a woman, 1 a man.
    assert fitted.predict(nums(0, 0, 1, 1), nums(10, 11, 10, 11)) == pytest.approx([5, 1, 1, 5], abs=1)


def test_an_unseen_user_is_judged_by_gender(fitted: HybridModel) -> None:
    assert fitted.predict(nums(7, 7), nums(0, 1)) == pytest.approx([1, 5], abs=1)
    assert fitted.answers_unseen


def test_what_is_unseen_has_the_vector_of_the_unknown(fitted: HybridModel) -> None:
    unknown = fitted.save()["item_embedding"][0]
    assert fitted.item_vectors()[10].tolist() == fitted.item_vectors()[11].tolist() == unknown.tolist()
    assert fitted.item_vectors()[0].tolist() != unknown.tolist()


def test_who_is_in_no_vocabulary_gets_a_finite_answer(fitted: HybridModel) -> None:
    assert np.isfinite(fitted.predict(nums(UNKNOWN, 0), nums(0, UNKNOWN))).all()


def test_numpy_predicts_what_the_network_predicts(fitted: HybridModel) -> None:
    backend.start()
    network = fitted.network(N_USERS, N_ITEMS)
    for variable, name in zip(network.trainable_variables, fitted.shapes(), strict=True):
        variable.assign(fitted.weights[name])
    users, items = nums(0, 1, 6, 7), nums(9, 8, 10, 0)
    expected = network.predict([users + 1, items + 1, users + 1, items + 1], verbose=0)[:, 0]
    assert fitted.predict(users, items) == pytest.approx(expected, abs=1e-5)


def test_features_are_constants_and_not_counted_as_learned(fitted: HybridModel) -> None:
    counted = {layer.name for layer in fitted.parameter_counts()}
    assert counted == set(fitted.shapes())
    # Comedy, Drama, and the earliest year; the unknown has nothing.
    assert fitted.save()["item_features"][:2].tolist() == [[0, 0, 0], [1, 0, -1]]
    # Each of the ten rated items has seven ratings, which tells nothing.
    assert fitted.save()["item_popularity"].tolist() == [[0]] * 13


def test_training_hides_the_share_of_rows_that_it_is_told(fitted: HybridModel) -> None:
    data = taste()
    many = data.train.take(np.tile(np.arange(70), 100))
    users, _, _, described, _ = fitted.columns(many, many.values, np.random.default_rng(0))
    assert np.mean(users == 0) == pytest.approx(0.3, abs=0.03)
    assert np.array_equal(described, many.user_nums + 1)
    watched, *_ = fitted.columns(many, many.values, None)
    assert np.array_equal(watched, many.user_nums + 1)


def test_without_metadata_it_says_what_is_lacking_and_trains(caplog: pytest.LogCaptureFixture) -> None:
    data = taste()
    model = registry.create(registry.configure("hybrid", QUICK | {"epochs": 1}))
    with caplog.at_level(logging.WARNING, logger="recli"):
        model.fit(training_data(N_USERS, N_ITEMS, data.train), silent)
    assert "genres, release years, user columns" in caplog.text
    assert np.isfinite(model.predict(nums(0), nums(0))).all()


def test_tables_that_do_not_fit_each_other_are_refused(fitted: HybridModel) -> None:
    arrays = fitted.save()
    narrow = arrays | {"item_features": arrays["item_features"][:, :-1].copy()}
    with pytest.raises(IntegrityError, match="do not fit each other"):
        registry.load("hybrid", fitted.config.parameters(), narrow)
    short = arrays | {"user_features": arrays["user_features"][:-1].copy()}
    with pytest.raises(IntegrityError, match="do not fit each other"):
        registry.load("hybrid", fitted.config.parameters(), short)


def test_the_memory_of_features_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "total_memory", lambda: 200_000)
    data = taste()
    registry.create(registry.configure("hybrid", QUICK | {"epochs": 1})).fit(data, silent)
    columns = {f"c{k}": ("F", "M") * (N_USERS // 2) for k in range(500)}  # a table of 9 rows and 256 columns
    wide = dataclasses.replace(data, metadata=dataclasses.replace(data.metadata, user_columns=columns))
    with pytest.raises(UsageError, match="training hybrid with"):
        registry.create(registry.configure("hybrid", QUICK)).fit(wide, silent)
