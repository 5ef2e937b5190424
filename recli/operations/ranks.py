"""Rankings of all unseen items, judged by held-out rows."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recli.analysis.lists import list_metrics
from recli.analysis.ranking import RankingQuality, Rankings
from recli.core.dataset import Dataset
from recli.core.judgement import RankingProtocol, RankingReport
from recli.core.ratings import Ratings
from recli.models.predictor import Predictor

BLOCK = 128
"""Users ranked at once: bounds the memory of their scores."""
UP_THE_SCALE = 0.75
"""Where on the scale a rating begins to mean that an item is liked: at 4 of 1 to 5."""

OnUsers = Callable[[int, int], None]
"""Told how many users are ranked, of how many."""


@dataclass(frozen=True, eq=False)
class Ranked:
    """Rankings judged, as a whole and by user."""

    report: RankingReport
    user_nums: NDArray[np.int32]
    """(u,) users with held-out rows, ascending."""
    ndcg: NDArray[np.float64]
    """(u,) NaN for a user without a relevant candidate."""


def rank(
    predictor: Predictor,
    data: Dataset,
    held_out: NDArray[np.int64],
    protocol: RankingProtocol,
    on_users: OnUsers | None = None,
) -> Ranked:
    """Rank, for each user with held-out rows, all items that the user has no other row of.

    Args:
        predictor: ranks.
        data: the dataset of the rows.
        held_out: (n,) rows that nobody learned from, n ≥ 1; all other rows are known.
        protocol: length of the lists, and what is relevant.
        on_users: called after each block of users.
    """
    known = np.ones(len(data.ratings), np.bool_)
    known[held_out] = False
    threshold = relevance_threshold(data, protocol.relevant)
    liked = held_out[data.ratings.values[held_out] >= threshold]
    seen, wanted = _Pairs.of(data.ratings.take(np.flatnonzero(known))), _Pairs.of(data.ratings.take(liked))
    users = np.unique(data.ratings.user_nums[held_out])
    qualities, lists = [], []
    for start in range(0, len(users), BLOCK):
        block, n_items = users[start : start + BLOCK], len(data.items)
        rankings = Rankings.of(predictor.scores(block), ~seen.flags(block, n_items), wanted.flags(block, n_items))
        qualities.append(RankingQuality.of(rankings, protocol.k))
        lists.append(rankings.top(protocol.k))
        if on_users:
            on_users(start + len(block), len(users))
    quality, support = RankingQuality.joined(qualities), predictor.support
    report = RankingReport(
        k=protocol.k,
        relevant=threshold,
        cold_users=int(np.count_nonzero(support.users[users] == 0)),
        accuracy=quality.means(),
        lists=list_metrics(np.concatenate(lists), support.items, int(np.count_nonzero(support.users))),
    )
    return Ranked(report, users, quality.ndcg)


def relevance_threshold(data: Dataset, asked: float | None) -> float:
    """Return the stars from which an item is liked; by default the rating nearest to three quarters up the scale."""
    if asked is not None:
        return asked
    levels = np.unique(data.ratings.values)
    aim = data.scale.low + UP_THE_SCALE * (data.scale.high - data.scale.low)
    return float(levels[np.abs(levels - aim).argmin()])


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Pairs of users and items, sorted by user."""

    user_nums: NDArray[np.int32]
    item_nums: NDArray[np.int32]

    @classmethod
    def of(cls, ratings: Ratings) -> "_Pairs":
        order = np.argsort(ratings.user_nums, kind="stable")
        return cls(ratings.user_nums[order], ratings.item_nums[order])

    def flags(self, users: NDArray[np.int32], n_items: int) -> NDArray[np.bool_]:
        """Return (u, n_items) which pairs there are, for u ascending users."""
        low, high = np.searchsorted(self.user_nums, [users[0], users[-1] + 1])
        user_nums, item_nums = self.user_nums[low:high], self.item_nums[low:high]
        places = np.searchsorted(users, user_nums)
        asked = users[places] == user_nums
        flags = np.zeros((len(users), n_items), np.bool_)
        flags[places[asked], item_nums[asked]] = True
        return flags
