import dataclasses
import math

import numpy as np
import pytest

from recli.core.dataset import Dataset
from recli.core.errors import UsageError
from recli.core.judgement import RankingProtocol, ranking_users
from recli.core.ratings import RatingScale
from recli.data.build import RatingColumns, assemble
from recli.models.bias import BiasModel
from recli.models.configs import BiasConfig
from recli.models.predictor import Predictor, Support
from recli.models.recommender import TrainingData
from recli.operations import ranks
from recli.operations.ranks import rank, relevance_threshold, sample_of

RATINGS = [(1, 10, 5), (1, 20, 2), (2, 20, 4), (2, 10, 4), (3, 30, 1), (1, 30, 4), (2, 30, 2), (4, 20, 5)]
"""User, item and stars; the last three are held out, and user 4 has no other row."""
HELD_OUT = np.array([5, 6, 7])


STARS = RatingScale(1, 5)


def dataset(scale: RatingScale = STARS, stars: list[float] | None = None) -> Dataset:
    users, items, values = (np.array(column) for column in zip(*RATINGS, strict=True))
    given = np.array(values if stars is None else stars, np.float32)
    columns = RatingColumns(users, items, given, np.zeros(len(users), np.int64))
    return assemble("toy", columns, [], [], scale=scale, source={})


def predictor(data: Dataset) -> Predictor:
    """Items in the order of their biases: 10, 20, 30."""
    seen = TrainingData.of(data, np.arange(5), np.arange(0))
    model = BiasModel(BiasConfig())
    model.fit(seen, lambda epoch: None)
    model.item_biases = np.array([1, 0, -1], np.float32)
    return Predictor(model, Support.of(seen), model, Support.of(seen), data.scale)


def test_unseen_items_are_ranked_by_hand() -> None:
    data = dataset()
    found = rank(predictor(data), data, HELD_OUT, RankingProtocol(k=2))
    # User 1 has seen 10 and 20, and likes the one candidate. User 2 likes no candidate. User 4 is cold: popularity
    # puts 10 and 20 (two training rows each) before 30, by their nums, and 20 is liked.
    assert found.user_nums.tolist() == [0, 1, 3]
    assert found.ndcg == pytest.approx([1, math.nan, 1 / math.log2(3)], nan_ok=True)
    accuracy, lists = found.report.accuracy, found.report.lists
    assert accuracy is not None
    assert (accuracy.users, accuracy.left_out, accuracy.auc, accuracy.auc_users) == (2, 1, 0.75, 1)
    assert (accuracy.precision, accuracy.recall, accuracy.mrr, accuracy.map) == (0.5, 1, 0.75, 0.75)
    assert (found.report.cold_users, found.report.relevant) == (1, 4)
    assert (lists.lists, lists.places, lists.catalogue_coverage) == (3, 4, 1)  # 30; 30; 10, 20


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    data, told = dataset(), []
    whole = rank(predictor(data), data, HELD_OUT, RankingProtocol())
    monkeypatch.setattr(ranks, "BLOCK", 2)
    parts = rank(predictor(data), data, HELD_OUT, RankingProtocol(), lambda *users: told.append(users))
    assert parts.report == whole.report
    assert told == [(2, 3), (3, 3)]


def test_nobody_who_likes_a_candidate_is_no_accuracy_but_lists_all_the_same() -> None:
    data = dataset()
    found = rank(predictor(data), data, HELD_OUT[1:2], RankingProtocol()).report
    assert found.accuracy is None
    assert (found.lists.lists, found.lists.places) == (1, 1)


@pytest.mark.parametrize(
    ("scale", "stars", "expected"),
    [
        (RatingScale(1, 5), [1, 2, 3, 4, 5, 5, 5, 5], 4),
        (RatingScale(0.5, 5), [0.5, 3, 3.5, 4, 5, 5, 5, 5], 4),  # three quarters up are 3.875
        (RatingScale(0, 100), [0, 10, 50, 70, 99, 99, 99, 99], 70),
        (RatingScale(3, 3), [3] * 8, 3),
    ],
)
def test_an_item_is_liked_from_three_quarters_up_the_scale(
    scale: RatingScale, stars: list[float], expected: float
) -> None:
    assert relevance_threshold(dataset(scale, stars), None) == expected
    assert relevance_threshold(dataset(scale, stars), 2.5) == 2.5


def test_what_is_known_of_others_is_no_news_of_a_user() -> None:
    # Held out are rows of users 1 and 4 alone: users 2 and 3 stand between them in the sorted rows.
    data = dataset()
    found = rank(predictor(data), data, np.array([5, 7]), RankingProtocol(k=1))
    assert found.user_nums.tolist() == [0, 3]
    assert found.report.lists == dataclasses.replace(found.report.lists, lists=2, places=2)


def test_of_many_users_a_sample_is_judged_that_no_model_and_no_split_chooses() -> None:
    everybody = np.ones(100, np.bool_)
    ten = sample_of(everybody, 10).tolist()
    assert len(set(ten)) == 10
    assert ten == sorted(ten)
    some = everybody.copy()
    some[ten[0]] = False  # another split holds out no row of theirs: the next in the order is taken instead
    assert set(ten[1:]) < set(sample_of(some, 10).tolist())
    assert set(ten) < set(sample_of(everybody, 20).tolist())
    assert sample_of(everybody, 10).tolist() == ten


def test_no_more_than_the_users_asked_for_are_ranked() -> None:
    data = dataset()
    whole, one = (rank(predictor(data), data, HELD_OUT, RankingProtocol(users=n)) for n in (None, 1))
    assert (one.report.ranked_users, one.report.of_users, one.report.lists.lists) == (1, 3, 1)
    (judged,) = one.user_nums
    assert one.ndcg.tolist() == pytest.approx(whole.ndcg[whole.user_nums == judged].tolist(), nan_ok=True)
    assert (whole.report.ranked_users, whole.report.of_users) == (3, 3)


@pytest.mark.parametrize(("text", "users"), [("all", None), ("2_000", 2000), ("2,000", 2000)])
def test_how_many_users_are_ranked_is_a_number_or_all(text: str, users: int | None) -> None:
    assert ranking_users(text) == users


@pytest.mark.parametrize("text", ["", "0", "-3", "some", "1.5", "²"])
def test_anything_else_is_no_number_of_users(text: str) -> None:
    with pytest.raises(UsageError, match="--ranking-users takes a number of users or all"):
        ranking_users(text)


@pytest.mark.parametrize("options", [{"k": 0}, {"users": 0}, {"relevant": math.nan}])
def test_a_protocol_that_cannot_be_is_refused(options: dict[str, float]) -> None:
    with pytest.raises(UsageError):
        RankingProtocol(**options)
