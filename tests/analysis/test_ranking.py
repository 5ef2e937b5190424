import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score

from recli.analysis.ranking import ndcg, ranking_metrics


def flags(*rows: str) -> np.ndarray:
    """Write a row of flags as text: ``"1001"``."""
    return np.array([[flag == "1" for flag in row] for row in rows])


def test_by_hand() -> None:
    # Ranked: items 2, 0, 3, 1. Items 0 and 1 are liked: ranks 2 and 4, where the best list has ranks 1 and 2.
    scores = np.array([[3.0, 1.0, 4.0, 2.0]])
    best = 1 + 1 / math.log2(3)
    assert ndcg(scores, flags("1111"), flags("1100"), 4) == pytest.approx(
        [(1 / math.log2(3) + 1 / math.log2(5)) / best]
    )
    assert ndcg(scores, flags("1111"), flags("1100"), 3) == pytest.approx([1 / math.log2(3) / best])


def test_what_a_user_knows_already_takes_no_place_in_the_list() -> None:
    scores = np.array([[3.0, 1.0, 4.0, 2.0]])
    assert ndcg(scores, flags("1101"), flags("1010"), 1).tolist() == [1]


def test_more_liked_items_than_places_can_still_be_perfect() -> None:
    assert ndcg(np.array([[1.0, 2.0, 3.0]]), flags("111"), flags("011"), 1).tolist() == [1]


def test_a_user_who_likes_no_candidate_is_left_out_and_counted() -> None:
    scores = np.array([[2.0, 1.0], [2.0, 1.0], [2.0, 1.0]])
    found = ranking_metrics(scores, flags("11", "11", "01"), flags("10", "00", "10"))
    assert (found.ndcg, found.users, found.left_out) == (1, 1, 2)


def test_ties_stand_in_the_order_of_the_nums() -> None:
    assert ndcg(np.zeros((1, 3)), flags("111"), flags("100"), 1).tolist() == [1]
    assert ndcg(np.zeros((1, 3)), flags("111"), flags("001"), 1).tolist() == [0]


def test_a_candidate_that_stands_last_stands_before_what_is_no_candidate() -> None:
    scores = np.array([[9.0, -np.inf]])
    assert ndcg(scores, flags("01"), flags("01"), 1).tolist() == [1]


@given(st.integers(2, 12), st.integers(1, 15), st.integers(0, 2**32 - 1))
def test_agrees_with_scikit_learn(n_items: int, n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.permuted(np.tile(np.arange(n_items, dtype=np.float64), (5, 1)), axis=1)
    relevant = rng.random((5, n_items)) < 0.4
    relevant[:, 0] = True  # scikit-learn gives 0 to a user who likes nothing
    found = ranking_metrics(scores, np.ones_like(relevant), relevant, n)
    assert found.ndcg == pytest.approx(ndcg_score(relevant.astype(float), scores, k=n))


def test_a_score_that_is_no_number_is_never_skipped() -> None:
    scores = np.array([[np.nan, 1.0]])
    with pytest.raises(ValueError, match="1 scores of candidates are NaN"):
        ndcg(scores, flags("11"), flags("01"))
    assert ndcg(scores, flags("01"), flags("01")).tolist() == [1]


def test_what_cannot_be_judged_is_refused() -> None:
    scores = np.zeros((1, 2))
    with pytest.raises(ValueError, match="cannot rank"):
        ndcg(scores, flags("111"), flags("11"))
    with pytest.raises(ValueError, match="cannot rank 0"):
        ndcg(scores, flags("11"), flags("11"), 0)
    with pytest.raises(ValueError, match="nothing to judge"):
        ranking_metrics(scores, flags("11"), flags("00"))
