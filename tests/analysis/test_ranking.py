import math

import ir_measures
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score, roc_auc_score

from recli.analysis import ranking
from recli.analysis.ranking import RankingQuality, Rankings, ranking_metrics


def flags(*rows: str) -> np.ndarray:
    """Write a row of flags as text: ``"1001"``."""
    return np.array([[flag == "1" for flag in row] for row in rows])


def judge(scores: list[float], candidates: str, relevant: str, k: int) -> dict[str, float]:
    """The metrics of one user."""
    found = RankingQuality.of(Rankings.of(np.array([scores]), flags(candidates), flags(relevant), k))
    return {name: values[0] for name, values in vars(found).items()}


def test_by_hand() -> None:
    # Ranked: items 2, 0, 3, 1. Items 0 and 1 are liked: ranks 2 and 4, where the best list has ranks 1 and 2.
    best = 1 + 1 / math.log2(3)
    assert judge([3, 1, 4, 2], "1111", "1100", 4) == pytest.approx(
        {
            "ndcg": (1 / math.log2(3) + 1 / math.log2(5)) / best,
            "precision": 2 / 4,
            "recall": 2 / 2,
            "average_precision": (1 / 2 + 2 / 4) / 2,
            "reciprocal_rank": 1 / 2,
            "auc": 1 / 4,  # of the pairs (0, 2), (0, 3), (1, 2) and (1, 3), the second alone is in the right order
        }
    )
    assert judge([3, 1, 4, 2], "1111", "1100", 3) == pytest.approx(
        {
            "ndcg": 1 / math.log2(3) / best,
            "precision": 1 / 3,
            "recall": 1 / 2,
            "average_precision": 1 / 2 / 2,
            "reciprocal_rank": 1 / 2,
            "auc": 1 / 4,
        }
    )


def test_what_a_user_knows_already_takes_no_place_in_the_list() -> None:
    found = judge([3, 1, 4, 2], "1101", "1010", 1)
    assert (found["ndcg"], found["recall"], found["auc"]) == (1, 1, 1)


def test_more_liked_items_than_places_cap_recall_and_average_precision_but_not_ndcg() -> None:
    found = judge([1, 2, 3], "111", "011", 1)
    assert (found["ndcg"], found["precision"], found["recall"], found["average_precision"]) == (1, 1, 0.5, 0.5)


def test_a_list_longer_than_the_candidates_leaves_places_empty() -> None:
    found = judge([2, 1, 3], "110", "010", 4)
    assert (found["precision"], found["recall"], found["reciprocal_rank"]) == (1 / 4, 1, 1 / 2)
    assert Rankings.of(np.array([[2.0, 1, 3]]), flags("110"), flags("000"), 4).lists.tolist() == [[0, 1, -1]]


def test_a_user_who_likes_no_candidate_is_left_out_and_counted() -> None:
    scores = np.array([[2.0, 1.0], [2.0, 1.0], [2.0, 1.0]])
    found = ranking_metrics(scores, flags("11", "11", "01"), flags("10", "00", "10"))
    assert (found.ndcg, found.users, found.left_out) == (1, 1, 2)


def test_a_user_who_likes_every_candidate_has_no_auc() -> None:
    found = ranking_metrics(np.array([[2.0, 1.0], [1.0, 2.0]]), flags("11", "11"), flags("11", "10"))
    assert (found.users, found.auc, found.auc_users) == (2, 0, 1)
    assert ranking_metrics(np.array([[2.0, 1.0]]), flags("11"), flags("11")).auc is None


def test_ties_stand_in_the_order_of_the_nums_and_are_half_right_to_auc() -> None:
    first, last = judge([0, 0, 0], "111", "100", 1), judge([0, 0, 0], "111", "001", 1)
    assert (first["ndcg"], first["auc"]) == (1, 0.5)
    assert (last["ndcg"], last["auc"]) == (0, 0.5)


def test_a_candidate_that_stands_last_stands_before_what_is_no_candidate() -> None:
    assert judge([9, -math.inf], "01", "01", 1)["ndcg"] == 1


@given(st.integers(2, 12), st.integers(1, 15), st.integers(0, 2**32 - 1), st.booleans())
def test_agrees_with_scikit_learn(n_items: int, k: int, seed: int, tied: bool) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.permuted(np.tile(np.arange(n_items, dtype=np.float64), (5, 1)), axis=1)
    relevant = rng.random((5, n_items)) < 0.4
    relevant[:, 0] = True  # scikit-learn gives 0 to a user who likes nothing
    relevant[:, 1] = False  # and no AUC to one who likes everything
    everything = np.ones_like(relevant)
    assert ranking_metrics(scores, everything, relevant, k).ndcg == pytest.approx(
        ndcg_score(relevant.astype(float), scores, k=k)
    )
    scores = scores // 2 if tied else scores
    auc = [roc_auc_score(liked, row) for liked, row in zip(relevant, scores, strict=True)]
    assert RankingQuality.of(Rankings.of(scores, everything, relevant, k)).auc == pytest.approx(auc)


@given(st.integers(1, 40), st.integers(1, 15), st.integers(1, 9), st.integers(0, 2**32 - 1), st.sampled_from([0, 1000]))
def test_lists_and_ranks_are_those_of_a_whole_sort(n_items: int, k: int, levels: int, seed: int, sorts: int) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.integers(levels, size=(3, n_items)).astype(np.float32)
    scores[rng.random(scores.shape) < 0.1] = -np.inf
    candidates, relevant = rng.random((2, 3, n_items)) < rng.random((2, 1, 1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranking, "_RUN", 3)
        patch.setattr(ranking, "_WORTH_A_SORT", sorts)  # 0: what stands before the relevant is always counted
        found = Rankings.of(scores, candidates, relevant, k)
    for user, own in enumerate(scores):
        order = sorted(np.flatnonzero(candidates[user]).tolist(), key=lambda num: (-own[num], num))
        ranks = [rank for rank, num in enumerate(order, 1) if relevant[user, num]]
        shared = {
            score: np.mean([rank for rank, num in enumerate(order, 1) if own[num] == score]) for score in own[order]
        }
        listed = order[:k] + [-1] * (min(k, n_items) - len(order[:k]))
        assert found.lists[user].tolist() == listed
        assert found.gains[user].tolist() == [num >= 0 and relevant[user, num] for num in listed]
        assert (found.n_candidates[user], found.n_relevant[user]) == (len(order), len(ranks))
        assert found.first[user] == (ranks or [0])[0]
        assert found.rank_sums[user] == sum(shared[own[num]] for num in order if relevant[user, num])


@given(st.integers(1, 12), st.integers(1, 15), st.integers(0, 2**32 - 1))
def test_agrees_with_trec_eval(n_items: int, k: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.permuted(np.tile(np.arange(n_items, dtype=np.float64), (4, 1)), axis=1)
    candidates, relevant = rng.random((4, n_items)) < 0.8, rng.random((4, n_items)) < 0.4
    candidates[0, 0] = relevant[0, 0] = True  # someone is judged
    found = ranking_metrics(scores, candidates, relevant, k)
    judged = {
        str(u): {str(i): 1 for i in np.flatnonzero(candidates[u] & relevant[u])}
        for u in range(4)
        if (candidates[u] & relevant[u]).any()
    }
    ranked = {
        str(u): {str(i): scores[u, i] for i in np.flatnonzero(candidates[u])} for u in range(4) if str(u) in judged
    }
    names = {"ndcg": f"nDCG@{k}", "precision": f"P@{k}", "recall": f"R@{k}", "map": f"AP@{k}", "mrr": "RR"}
    measures = {name: ir_measures.parse_measure(measure) for name, measure in names.items()}
    expected = ir_measures.calc_aggregate(measures.values(), judged, ranked)
    for name, measure in measures.items():
        assert getattr(found, name) == pytest.approx(expected[measure]), name


def test_blocks_of_users_are_judged_as_one() -> None:
    rng = np.random.default_rng(0)
    scores, relevant = rng.random((6, 9)), rng.random((6, 9)) < 0.3
    everything = np.ones_like(relevant)
    whole = RankingQuality.of(Rankings.of(scores, everything, relevant, 3))
    parts = [RankingQuality.of(Rankings.of(scores[b], everything[b], relevant[b], 3)) for b in np.split(range(6), [2])]
    assert RankingQuality.joined(parts).means() == whole.means()


def test_a_score_that_is_no_number_is_never_skipped() -> None:
    with pytest.raises(ValueError, match="1 scores of candidates are NaN"):
        judge([math.nan, 1], "11", "01", 10)
    assert judge([math.nan, 1], "01", "01", 10)["ndcg"] == 1


def test_what_cannot_be_judged_is_refused() -> None:
    scores = np.zeros((1, 2))
    with pytest.raises(ValueError, match="cannot rank"):
        ranking_metrics(scores, flags("111"), flags("11"))
    with pytest.raises(ValueError, match="cannot judge a list of 0"):
        ranking_metrics(scores, flags("11"), flags("11"), 0)
    with pytest.raises(ValueError, match="nothing to judge"):
        ranking_metrics(scores, flags("11"), flags("00"))
