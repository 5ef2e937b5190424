"""Ranking from what was rated at all, and stars from that ranking."""

import dataclasses

import numpy as np
import pytest

from recli.core.ratings import Ratings
from recli.models import backend, registry
from recli.models.bpr import BprModel, _answerable, _calibration, _joined
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
    # Scores 0 and 2: mean 1, deviation 1, standardised -1 and 1. Residuals -0.5 and 0.5 have slope 0.5 on them; 300
    # rows of no slope leave half of what 300 such rows say.
    scores, residuals = np.float32([0, 2] * 150), np.float32([-0.5, 0.5] * 150)
    assert _calibration(scores, residuals).tolist() == [1, 1, 0.25]
    assert _calibration(np.float32([3, 3]), np.float32([-0.5, 0.5])).tolist() == [3, 1, 0]


def test_the_slope_is_learned_from_rows_that_training_did_not_push() -> None:
    data = two_camps(n_validation=8)
    # What a camp rates is what it likes: the pairs that watch have their item's usual stars, more by 4 or less.
    own, other = (data.validation.take(rows) for rows in (np.arange(4), np.arange(4, 8)))
    other = dataclasses.replace(other, item_nums=((other.item_nums + 6) % 12).astype(np.int32))
    watched = _joined(own, other)
    watched = dataclasses.replace(watched, values=np.repeat(np.float32([9, 1]), 4))
    model = registry.create(registry.configure("bpr", QUICK))
    model.fit(dataclasses.replace(data, validation=watched), silent)
    assert model.save()["calibration"][2] > 0.01  # 8 rows of slope 4 and 300 of none: at most 0.1


def test_a_row_that_watches_and_that_training_cannot_answer_teaches_no_slope() -> None:
    data = two_camps(n_validation=8)
    strangers = dataclasses.replace(data.validation, user_nums=np.full(8, 10, np.int32))
    assert len(_answerable(data)) == 8
    assert not len(_answerable(dataclasses.replace(data, n_users=11, validation=strangers)))


def test_what_watches_is_not_set_against_itself() -> None:
    # User 0 rated item 0 in training and items 1 to 10 while watching: item 11 alone is unrated.
    train = Ratings(np.zeros(1, np.int32), np.zeros(1, np.int32), np.ones(1, np.float32), np.zeros(1, np.int64))
    watched = Ratings(
        np.zeros(10, np.int32), np.arange(1, 11, dtype=np.int32), np.ones(10, np.float32), np.zeros(10, np.int64)
    )
    backend.start()
    model = registry.create(registry.configure("bpr", QUICK))
    assert isinstance(model, BprModel)
    assert model.task(training_data(1, 12, train, watched)).validation[2].tolist() == [12] * 10


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
