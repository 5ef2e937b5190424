"""Ranking from what was rated at all, and stars from that ranking."""

import numpy as np
import pytest

from recli.core.ratings import Ratings
from recli.models import registry
from recli.models.bpr import BprModel, _calibration
from recli.models.recommender import UNKNOWN, TrainingData
from tests.models.test_contract import silent
from tests.models.toys import training_data

QUICK = {"embedding_size": 8, "epochs": 40, "regularization": 0.02, "batch_size": 16, "learning_rate": 0.02}


def two_camps(n_validation: int = 0) -> TrainingData:
    """Users 0 to 4 rate items 0 to 5, users 5 to 9 rate items 6 to 11; every fifth pair is left out."""
    pairs = [(u, i) for u in range(10) for i in range(12) if (u < 5) == (i < 6) and (u + i) % 5]
    users, items = np.array(pairs, np.int32).T.copy()
    order = np.random.default_rng(0).permutation(len(pairs))
    ratings = Ratings(users, items, (1 + items % 5).astype(np.float32), np.zeros(len(pairs), np.int64)).take(order)
    cut = len(pairs) - n_validation
    return training_data(10, 12, ratings.take(np.arange(cut)), ratings.take(np.arange(cut, len(pairs))))


@pytest.fixture(scope="module")
def fitted() -> BprModel:
    model = registry.create(registry.configure("bpr", QUICK))
    assert isinstance(model, BprModel)
    model.fit(two_camps(), silent)
    return model


def test_unrated_items_of_a_users_own_camp_rank_above_the_others(fitted: BprModel) -> None:
    for user in range(10):
        own = np.arange(6, dtype=np.int32) + (0 if user < 5 else 6)
        others = (own + 6) % 12
        users = np.full(6, user, np.int32)
        assert fitted.score(users, own).min() > fitted.score(users, others).max()


def test_the_score_is_the_product_plus_the_items_bias(fitted: BprModel) -> None:
    saved = fitted.save()
    expected = saved["user_embedding"][3] @ saved["item_embedding"][5] + saved["item_bias"][5, 0]
    assert fitted.score(np.int32([2]), np.int32([4])) == pytest.approx([expected], abs=1e-5)


def test_the_unknown_has_no_taste(fitted: BprModel) -> None:
    bias = fitted.save()["item_bias"][1:, 0]
    items = np.arange(12, dtype=np.int32)
    assert fitted.score(np.full(12, UNKNOWN, np.int32), items) == pytest.approx(bias)


def test_stars_are_biases_plus_a_slope_on_the_standardised_score() -> None:
    # Scores 0 and 2: mean 1, deviation 1, standardised -1 and 1. Residuals -0.5 and 0.5 have slope 0.5 on them.
    assert _calibration(np.float32([0, 2]), np.float32([-0.5, 0.5])).tolist() == [1, 1, 0.5]
    assert _calibration(np.float32([3, 3]), np.float32([-0.5, 0.5])).tolist() == [3, 1, 0]


def test_the_loss_falls_and_the_watched_rows_have_one_too() -> None:
    model = registry.create(registry.configure("bpr", QUICK))
    report = model.fit(two_camps(n_validation=8), silent)
    first, last = report.history[0], report.history[-1]
    assert first.loss == pytest.approx(np.log(2), abs=0.02)  # nothing is known yet: sigmoid(0) = 1 / 2
    assert last.loss < 0.35
    assert last.val_loss is not None
    assert first.val_loss is not None
    assert last.val_loss < first.val_loss


def test_patience_stops_and_keeps_the_best() -> None:
    model = registry.create(registry.configure("bpr", QUICK | {"epochs": 400, "patience": 2, "learning_rate": 0.2}))
    report = model.fit(two_camps(n_validation=8), silent)
    assert report.stopped_early
    assert report.best_epoch == 1 + int(np.argmin([epoch.val_loss for epoch in report.history]))


def test_a_penalty_beyond_32_bits_is_the_largest_that_there_is() -> None:
    model = registry.create(registry.configure("bpr", QUICK | {"regularization": 1e300}))
    with np.errstate(over="raise"):
        model.fit(two_camps(), silent)
    assert np.isfinite(model.item_vectors()).all()


def test_regularization_keeps_vectors_short(fitted: BprModel) -> None:
    held = registry.create(registry.configure("bpr", QUICK | {"regularization": 0.2}))
    held.fit(two_camps(), silent)
    assert np.linalg.norm(held.item_vectors()) < 0.7 * np.linalg.norm(fitted.item_vectors())
