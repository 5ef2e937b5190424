"""Rankings of all unseen items, judged by held-out rows."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recli.analysis.lists import list_metrics
from recli.analysis.ranking import RankingQuality, Rankings
from recli.core.dataset import Dataset
from recli.core.judgement import RankingProtocol, RankingReport
from recli.core.ratings import Ratings, as_written
from recli.models.predictor import Predictor

BLOCK = 128
"""Users ranked at once: bounds the memory of their scores."""
SAMPLE_SEED = 0
"""Of the order in which users are taken where not all are: the same for every model and every split of a dataset."""
UP_THE_SCALE = 0.75
"""Where on the scale a rating begins to mean that an item is liked: at 4 of 1 to 5."""

OnUsers = Callable[[int, int], None]
"""Told how many users are ranked, of how many."""


@dataclass(frozen=True, eq=False)
class Ranked:
    """Rankings judged, as a whole and by user."""

    report: RankingReport
    user_nums: NDArray[np.int32]
    """(u,) users with held-out rows, or the sample of them, ascending."""
    ndcg: NDArray[np.float64]
    """(u,) NaN for a user without a relevant candidate."""


def rank(
    predictor: Predictor,
    data: Dataset,
    held_out: NDArray[np.int64],
    protocol: RankingProtocol,
    on_users: OnUsers | None = None,
) -> Ranked:
    """Rank, for each user with held-out rows or for a sample of them, all items that the user has no other row of.

    Args:
        predictor: ranks.
        data: the dataset of the rows.
        held_out: (n,) rows that nobody learned from, n ≥ 1; all other rows are known.
        protocol: length of the lists, what is relevant, and how many users to judge.
        on_users: called after each block of users.
    """
    everybody = flags(data.ratings.user_nums[held_out], len(data.users))
    users = sample_of(everybody, protocol.users)
    threshold = relevance_threshold(data, protocol.relevant)
    known = np.ones(len(data.ratings), np.bool_)
    known[held_out] = False
    liked = held_out[data.ratings.values[held_out] >= threshold]
    quality, lists = rank_users(predictor, data, users, known, liked, protocol.k, on_users)
    support = predictor.support
    report = RankingReport(
        k=protocol.k,
        relevant=threshold,
        cold_users=int(np.count_nonzero(support.users[users] == 0)),
        ranked_users=len(users),
        of_users=int(np.count_nonzero(everybody)),
        accuracy=quality.means(),
        lists=list_metrics(lists, support.items, int(np.count_nonzero(support.users))),
    )
    return Ranked(report, users, quality.ndcg)


def rank_users(
    predictor: Predictor,
    data: Dataset,
    users: NDArray[np.int32],
    known: NDArray[np.bool_],
    liked: NDArray[np.int64],
    k: int,
    on_users: OnUsers | None = None,
) -> tuple[RankingQuality, NDArray[np.intp]]:
    """Rank, for each of u users, all items but those that they are known to have rated, block by block.

    Args:
        predictor: ranks.
        data: the dataset of the rows.
        users: (u,) ascending, u ≥ 1.
        known: (n_rows,) rows that are known; those of other users do not matter.
        liked: (n,) rows whose items are relevant.
        k: length of the lists.
        on_users: called after each block of users.

    Returns:
        The quality of each user's ranking, and (u, at most k) item nums, -1 behind the last of a shorter list.
    """
    chosen = flags(users, len(data.users))[data.ratings.user_nums]
    seen, wanted = (_Pairs.of(data.ratings, rows) for rows in (np.flatnonzero(known & chosen), liked[chosen[liked]]))
    qualities, lists = [], []
    for start in range(0, len(users), BLOCK):
        block, n_items = users[start : start + BLOCK], len(data.items)
        unseen, relevant = ~seen.flags(block, n_items), wanted.flags(block, n_items)
        rankings = Rankings.of(predictor.scores(block), unseen, relevant, k)
        qualities.append(RankingQuality.of(rankings))
        lists.append(rankings.lists)
        if on_users:
            on_users(start + len(block), len(users))
    return RankingQuality.joined(qualities), np.concatenate(lists)


def sample_of(everybody: NDArray[np.bool_], n: int | None) -> NDArray[np.int32]:
    """Return n of the users that are flagged, or all where n is ``None`` or they are not more; ascending.

    All users of the dataset are brought into one random order, and the first n of those flagged are taken: whoever is
    judged does not depend on a model, and samples of different splits have most of their users in common.

    Args:
        everybody: (n_users,) who may be taken.
        n: how many, at least 1.
    """
    users = np.flatnonzero(everybody).astype(np.int32)
    if n is None or len(users) <= n:
        return users
    order = np.random.default_rng(SAMPLE_SEED).permutation(len(everybody))
    return np.sort(order[everybody[order]][:n]).astype(np.int32)


def flags(nums: NDArray[np.integer], n: int) -> NDArray[np.bool_]:
    """Return (n,) which of n nums stand in a list."""
    found = np.zeros(n, np.bool_)
    found[nums] = True
    return found


def relevance_threshold(data: Dataset, asked: float | None) -> float:
    """Return the stars from which an item is liked; by default the rating nearest to three quarters up the scale."""
    if asked is not None:
        return asked
    levels, _ = data.ratings.levels()
    aim = data.scale.low + UP_THE_SCALE * (data.scale.high - data.scale.low)
    return as_written(levels[np.abs(levels - aim).argmin()])


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Pairs of users and items, sorted by user."""

    user_nums: NDArray[np.int32]
    item_nums: NDArray[np.int32]

    @classmethod
    def of(cls, ratings: Ratings, rows: NDArray[np.int64]) -> "_Pairs":
        user_nums = ratings.user_nums[rows]
        order = np.argsort(user_nums, kind="stable")
        return cls(user_nums[order], ratings.item_nums[rows[order]])

    def flags(self, users: NDArray[np.int32], n_items: int) -> NDArray[np.bool_]:
        """Return (u, n_items) which pairs there are, for u ascending users."""
        low, high = np.searchsorted(self.user_nums, [users[0], users[-1] + 1])
        user_nums, item_nums = self.user_nums[low:high], self.item_nums[low:high]
        places = np.searchsorted(users, user_nums)
        asked = users[places] == user_nums
        flags = np.zeros((len(users), n_items), np.bool_)
        flags[places[asked], item_nums[asked]] = True
        return flags
