"""How well a list of items, best first, meets what users turned out to like."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class RankingMetrics:
    """The quality of ranked lists, averaged over users."""

    ndcg: float
    """Mean normalised discounted cumulative gain, 0 to 1."""
    users: int
    """Users judged."""
    left_out: int
    """Users without a relevant candidate: no list can be right or wrong for them."""


def ranking_metrics(
    scores: NDArray[np.floating], candidates: NDArray[np.bool_], relevant: NDArray[np.bool_], n: int = 10
) -> RankingMetrics:
    """Average ``ndcg`` over the users that it is defined for.

    Args:
        scores: (u, i) by which each user's items are ranked.
        candidates: (u, i) whether an item may stand in the user's list.
        relevant: (u, i) whether the user likes the item.
        n: length of the lists.

    Raises:
        ValueError: as ``ndcg`` does; or no user has a relevant candidate.
    """
    per_user = ndcg(scores, candidates, relevant, n)
    judged = per_user[~np.isnan(per_user)]
    if len(judged) == 0:
        raise ValueError("no user has a relevant candidate: there is nothing to judge a ranking by")
    return RankingMetrics(float(judged.mean()), len(judged), len(per_user) - len(judged))


def ndcg(
    scores: NDArray[np.floating], candidates: NDArray[np.bool_], relevant: NDArray[np.bool_], n: int = 10
) -> NDArray[np.float64]:
    """Return each user's normalised discounted cumulative gain at n, with gains of 1 and 0.

    A relevant item at rank r (from 1) counts 1/log₂(r + 1); the sum is divided by that of the best list possible
    (Järvelin and Kekäläinen, *Cumulated Gain-Based Evaluation of IR Techniques*, ACM TOIS 20(4), 2002). Items of equal
    score stand in the order of their nums.

    Args:
        scores: (u, i) higher first; ``-inf`` for what stands last.
        candidates: (u, i) whether an item may stand in the user's list; the others are skipped.
        relevant: (u, i) whether the user likes the item; counts for candidates only.
        n: length of the lists, n ≥ 1.

    Returns:
        (u,) 0 to 1; NaN for a user without a relevant candidate.

    Raises:
        ValueError: shapes differ, n < 1, or a candidate's score is NaN: a metric never quietly skips an item.
    """
    if not (scores.ndim == 2 and scores.shape == candidates.shape == relevant.shape and n >= 1):
        raise ValueError(f"cannot rank {n} of {scores.shape} scores, {candidates.shape} and {relevant.shape} flags")
    if np.isnan(scores[candidates]).any():
        raise ValueError(f"{np.count_nonzero(np.isnan(scores[candidates]))} scores of candidates are NaN")
    wanted = relevant & candidates
    # A second key puts what is no candidate behind every candidate, those of score -inf too.
    order = np.lexsort((-scores, ~candidates), axis=1)[:, :n]
    discounts = 1 / np.log2(np.arange(2, order.shape[1] + 2))
    gains = np.take_along_axis(wanted, order, axis=1) @ discounts
    best = np.concatenate([[0], np.cumsum(discounts)])[np.minimum(wanted.sum(axis=1), len(discounts))]
    return np.divide(gains, best, out=np.full(len(best), np.nan), where=best > 0)
