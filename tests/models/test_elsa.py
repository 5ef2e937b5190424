import numpy as np
import pytest

from recli.core.errors import IntegrityError, UsageError
from recli.models import elsa, memory
from recli.models.configs import ElsaConfig
from recli.models.elsa import ElsaModel
from recli.models.recommender import UNKNOWN
from tests.models.test_interactions import data_of
from tests.models.toys import training_data

ROWS = [(0, 0, 5.0), (0, 1, 4.0), (1, 0, 2.0), (1, 2, 3.0)]


def fitted(**parameters: float) -> ElsaModel:
    """Two users and four items, the last of which nobody rated."""
    model = ElsaModel(ElsaConfig(embedding_size=3, epochs=2, **parameters))
    model.fit(data_of(ROWS, n_users=2, n_items=4), lambda epoch: None)
    return model


def test_vectors_have_length_one_and_what_nobody_rated_has_none() -> None:
    assert np.linalg.norm(fitted().item_vectors(), axis=1) == pytest.approx([1, 1, 1, 0])


def test_scores_and_stars_are_those_of_the_whole_matrix() -> None:
    model = fitted()
    weights = model.vectors @ model.vectors.T
    np.fill_diagonal(weights, 0)
    users, items = np.divmod(np.arange(8, dtype=np.int32), np.int32(4))
    seen = np.array([[1, 1, 0, 0], [1, 0, 1, 0]])
    assert model.score(users, items) == pytest.approx((seen @ weights).ravel(), abs=1e-6)
    told = np.zeros((2, 4))
    told[np.nonzero(seen)] = model.deviations
    expected = model.bias.predict(users, items) + model.slope * (told @ weights).ravel()
    assert model.predict(users, items) == pytest.approx(expected, abs=1e-6)
    assert model.slope != 0


def test_many_users_at_once_and_few_get_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    model = fitted()
    users, items = np.array([1, UNKNOWN, 0, 0], np.int32), np.array([1, 0, UNKNOWN, 2], np.int32)
    few = model.predict(users, items), model.score(users, items)
    monkeypatch.setattr(elsa, "FEW", 0)
    assert model.predict(users, items) == pytest.approx(few[0], abs=1e-6)
    assert model.score(users, items) == pytest.approx(few[1], abs=1e-6)


def test_items_that_the_same_people_rate_come_to_lie_close() -> None:
    rows = [(user, item, 4.0) for user in range(12) for item in range(4) if item // 2 == user % 2]
    model = ElsaModel(ElsaConfig(embedding_size=4, epochs=30))
    report = model.fit(data_of(rows, n_users=12, n_items=4), lambda epoch: None)
    cosines = model.vectors @ model.vectors.T
    assert cosines[0, 1] > 0.8
    assert abs(cosines[0, 2]) < 0.3
    assert report.history[-1].loss < report.history[0].loss


def test_validation_rows_watch() -> None:
    train, watching = data_of(ROWS).train, data_of([(0, 2, 4.0)]).train
    model = ElsaModel(ElsaConfig(embedding_size=2, epochs=40, patience=1, learning_rate=0.5))
    report = model.fit(training_data(3, 3, train, watching), lambda epoch: None)
    losses = [epoch.val_loss for epoch in report.history]
    assert report.best_epoch == 1 + losses.index(min(losses))
    assert report.stopped_early


def test_what_does_not_fit_is_refused_before_the_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "total_memory", lambda: 100)
    with pytest.raises(UsageError, match="elsa with vectors of 3 numbers on 4 items and 4 ratings needs") as refusal:
        fitted()
    assert refusal.value.fix == "recli train elsa --embedding-size 1"


def test_the_largest_movielens_fits_into_six_gibibytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "total_memory", lambda: 8 * memory.GIB)
    ElsaModel(ElsaConfig()).require_room(200_948, 87_585, 32_000_204)


@pytest.mark.parametrize("array", [np.zeros((4, 2), np.float32), np.full((4, 3), np.nan, np.float32)])
def test_vectors_that_do_not_fit_are_refused(array: np.ndarray) -> None:
    with pytest.raises(IntegrityError, match="item_vectors"):
        ElsaModel.load(ElsaConfig(embedding_size=3), fitted().save() | {"item_vectors": array})
