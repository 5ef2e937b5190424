import dataclasses

import numpy as np
import pytest

from recli.core.errors import IntegrityError
from recli.core.metadata import Metadata
from recli.core.ratings import Ratings
from recli.models.ranking import blend as module
from recli.models.ranking.blend import Blend
from recli.models.recommender import UNKNOWN, TrainingData
from tests.models.toys import training_data


@pytest.fixture(scope="module")
def data() -> TrainingData:
    """Two tastes, six users and four items each; user 0 has not met item 3, nor user 6 item 7."""
    tastes = np.kron(np.eye(2), np.ones((6, 4)))
    tastes[0, 3] = tastes[6, 7] = 0
    users, items = np.nonzero(tastes)
    values = np.where((users + items) % 2, 4, 5).astype(np.float32)
    ratings = Ratings(users.astype(np.int32), items.astype(np.int32), values, np.zeros(len(users), np.int64))
    return training_data(12, 8, ratings)


@pytest.fixture(scope="module")
def blend(data: TrainingData) -> Blend:
    return Blend.fit(data, 0)


def nums(*values: int) -> np.ndarray:
    return np.array(values, np.int32)


def test_the_item_of_the_users_taste_leads(blend: Blend) -> None:
    scores = blend.scores(nums(0, 6))
    assert scores[0, 4:].max() < scores[0, 3]
    assert scores[1, :4].max() < scores[1, 7]


def test_a_user_without_ratings_is_told_what_is_popular(blend: Blend) -> None:
    # Five users rated item 3 and item 7, six every other.
    scores = blend.scores(nums(UNKNOWN))[0]
    assert scores[[0, 1, 2, 4, 5, 6]] == pytest.approx([7.8 * 0.25 / np.sqrt(0.1875)] * 6)
    assert scores[[3, 7]] == pytest.approx([7.8 * -0.75 / np.sqrt(0.1875)] * 2)


def test_what_no_two_items_have_in_common_is_no_reason_to_rank_by_rounding() -> None:
    """Each user rated one item: of the other items nothing is known but how popular they are."""
    items = nums(0, 0, 0, 1, 1, 2)
    ratings = Ratings(np.arange(6, dtype=np.int32), items, np.full(6, 4, np.float32), np.zeros(6, np.int64))
    scores = Blend.fit(training_data(6, 3, ratings), 0).scores(nums(5))[0]
    # 3 users and 2: mean 2.5, deviation 0.5; popularity weighs 8 / 1 - 0.2.
    assert scores[:2] == pytest.approx([7.8, -7.8], abs=1e-4)
    assert scores[2] < scores[1], "the item that was rated has no score that dwarfs all others"


def test_a_new_user_with_the_same_ratings_gets_the_same_scores(data: TrainingData, blend: Blend) -> None:
    own = data.train.user_nums == 0
    folded = blend.with_one_user(data.train.item_nums[own], data.train.values[own])
    assert folded.scores(nums(0)) == pytest.approx(blend.scores(nums(0)), abs=1e-5)


def test_contributions_add_up_to_the_score_but_for_popularity_and_a_constant(blend: Blend) -> None:
    scores = dataclasses.replace(blend, popularity=np.zeros(8, np.float32)).scores(nums(0))[0]
    constants = []
    for item in (3, 4, 6):
        items, shares = blend.contributions(0, item)
        assert items.tolist() == [0, 1, 2]
        constants.append(scores[item] - shares.sum())
    assert constants == pytest.approx([constants[0]] * 3, abs=1e-3)


def test_the_same_seed_gives_the_same_blend_and_saving_keeps_it(data: TrainingData, blend: Blend) -> None:
    arrays = blend.save()
    for name, array in Blend.fit(data, 0).save().items():
        assert array.tobytes() == arrays[name].tobytes(), name
    assert np.array_equal(Blend.load(arrays, 12, 8).scores(nums(3)), blend.scores(nums(3)))


def test_beyond_a_square_that_fits_the_factorisations_rank_alone(
    data: TrainingData, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_ITEMS", 7)
    alone = Blend.fit(data, 0)
    assert alone.weights.shape == (0, 0)
    scores = Blend.load(alone.save(), 12, 8).scores(nums(0))
    assert scores[0, 4:].max() < scores[0, 3]
    items, shares = alone.contributions(0, 3)
    assert items.tolist() == [0, 1, 2]
    assert (shares > 0).all()


def test_what_is_known_about_an_item_ranks_it_before_anybody_has_rated_it(data: TrainingData) -> None:
    genres = tuple(("Drama",) if item in (0, 1, 2, 3) else ("War",) for item in range(8))
    known = Metadata(np.zeros(8, np.int32), genres, {})
    keep = data.train.item_nums != 3
    unrated = TrainingData(12, 8, data.train.take(np.flatnonzero(keep)), data.validation, data.scale, known)
    unpopular = dataclasses.replace(Blend.fit(unrated, 0), popularity=np.zeros(8, np.float32))
    scores = unpopular.scores(nums(0))[0]
    assert scores[3] > scores[4:].max()


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("ranking_items", np.full(46, 8, np.int32)), ("ranking_offsets", np.zeros(13, np.int32))],
)
def test_a_history_that_names_no_ratings_is_refused(blend: Blend, name: str, wrong: np.ndarray) -> None:
    with pytest.raises(IntegrityError, match="name no ratings"):
        Blend.load(blend.save() | {name: wrong}, 12, 8)
