"""How well a list of items, best first, meets what users turned out to like."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recli.core.judgement import RankingMetrics

Scores = NDArray[np.floating]
Flags = NDArray[np.bool_]
PerUser = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Rankings:
    """Each of u users' candidates, best first; what is no candidate stands behind them all."""

    order: NDArray[np.intp]
    """(u, i) item nums."""
    keys: Scores
    """(u, i) the negated scores in that order; NaN for what is no candidate."""
    gains: Flags
    """(u, i) whether the item there is relevant and a candidate."""

    @classmethod
    def of(cls, scores: Scores, candidates: Flags, relevant: Flags) -> "Rankings":
        """Sort; items of equal score stand in the order of their nums.

        Args:
            scores: (u, i) higher first; ``-inf`` for what stands last.
            candidates: (u, i) whether an item may stand in the user's list; the others are skipped.
            relevant: (u, i) whether the user likes the item; counts for candidates only.

        Raises:
            ValueError: shapes differ, or a candidate's score is NaN: a metric never quietly skips an item.
        """
        if not (scores.ndim == 2 and scores.shape == candidates.shape == relevant.shape):
            raise ValueError(f"cannot rank {scores.shape} scores by {candidates.shape} and {relevant.shape} flags")
        if np.isnan(scores[candidates]).any():
            raise ValueError(f"{np.count_nonzero(np.isnan(scores[candidates]))} scores of candidates are NaN")
        # NaN sorts behind everything: behind candidates of score -inf too.
        keys = np.where(candidates, -scores, np.nan)
        order = np.argsort(keys, axis=1, kind="stable")
        gains = np.take_along_axis(relevant & candidates, order, axis=1)
        return cls(order, np.take_along_axis(keys, order, axis=1), gains)

    @property
    def n_relevant(self) -> NDArray[np.int64]:
        """(u,) relevant candidates."""
        return self.gains.sum(axis=1)

    @property
    def n_candidates(self) -> NDArray[np.int64]:
        """(u,) candidates."""
        return (~np.isnan(self.keys)).sum(axis=1)

    def top(self, k: int) -> NDArray[np.intp]:
        """Return (u, k) item nums of the lists, -1 behind the last candidate of a shorter one."""
        places = np.arange(min(k, self.order.shape[1]))
        return np.where(places < self.n_candidates[:, None], self.order[:, : len(places)], -1)


@dataclass(frozen=True, eq=False)
class RankingQuality:
    """Each of u users' metrics, (u,) each; NaN for users without a relevant candidate."""

    ndcg: PerUser
    precision: PerUser
    recall: PerUser
    average_precision: PerUser
    reciprocal_rank: PerUser
    auc: PerUser
    """NaN also for users all of whose candidates are relevant."""

    @classmethod
    def of(cls, rankings: Rankings, k: int) -> "RankingQuality":
        """Judge the lists of k, k ≥ 1; reciprocal rank and AUC judge the whole ranking.

        Raises:
            ValueError: k < 1.
        """
        if k < 1:
            raise ValueError(f"cannot judge a list of {k}")
        relevant, listed = rankings.n_relevant, rankings.gains[:, :k]
        hits = listed.sum(axis=1)
        first = np.where(relevant > 0, 1 / (rankings.gains.argmax(axis=1) + 1), np.nan)
        return cls(
            ndcg=_ndcg(listed, relevant, k),
            precision=np.where(relevant > 0, hits / k, np.nan),
            recall=_ratio(hits, relevant),
            average_precision=_average_precision(listed, relevant),
            reciprocal_rank=first,
            auc=_auc(rankings),
        )

    @classmethod
    def joined(cls, parts: "list[RankingQuality]") -> "RankingQuality":
        """Put blocks of users behind each other."""
        return cls(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in vars(parts[0])})

    def means(self) -> RankingMetrics | None:
        """Average over the users that the metrics are defined for; ``None`` where there is no such user."""
        judged = ~np.isnan(self.ndcg)
        if not judged.any():
            return None
        with_pairs = self.auc[~np.isnan(self.auc)]
        return RankingMetrics(
            ndcg=float(self.ndcg[judged].mean()),
            users=int(judged.sum()),
            left_out=int((~judged).sum()),
            precision=float(self.precision[judged].mean()),
            recall=float(self.recall[judged].mean()),
            map=float(self.average_precision[judged].mean()),
            mrr=float(self.reciprocal_rank[judged].mean()),
            auc=float(with_pairs.mean()) if len(with_pairs) else None,
            auc_users=len(with_pairs),
        )


def ranking_metrics(scores: Scores, candidates: Flags, relevant: Flags, n: int = 10) -> RankingMetrics:
    """Rank all items for each user and average over the users with a relevant candidate.

    Args:
        scores: (u, i) by which each user's items are ranked.
        candidates: (u, i) whether an item may stand in the user's list.
        relevant: (u, i) whether the user likes the item.
        n: length of the lists.

    Raises:
        ValueError: as ``Rankings.of`` does; n < 1; or no user has a relevant candidate.
    """
    found = RankingQuality.of(Rankings.of(scores, candidates, relevant), n).means()
    if found is None:
        raise ValueError("no user has a relevant candidate: there is nothing to judge a ranking by")
    return found


def _ndcg(listed: Flags, relevant: NDArray[np.int64], k: int) -> PerUser:
    """Return (u,) normalised discounted cumulative gain, with gains of 1 and 0.

    A relevant item at rank r (from 1) counts 1/log₂(r + 1); the sum is divided by that of the best list possible
    (Järvelin and Kekäläinen, *Cumulated Gain-Based Evaluation of IR Techniques*, ACM TOIS 20(4), 2002).
    """
    discounts = 1 / np.log2(np.arange(2, listed.shape[1] + 2))
    best = np.concatenate([[0], np.cumsum(discounts)])[np.minimum(relevant, len(discounts))]
    return _ratio(listed @ discounts, best)


def _average_precision(listed: Flags, relevant: NDArray[np.int64]) -> PerUser:
    """Return (u,) the sum of precision at each relevant place of the list, by the number of relevant candidates.

    As ``trec_eval``'s ``map_cut``: with more relevant candidates than places even a perfect list is below 1.
    """
    ranks = np.arange(1, listed.shape[1] + 1)
    return _ratio((np.cumsum(listed, axis=1) / ranks * listed).sum(axis=1), relevant)


def _auc(rankings: Rankings) -> PerUser:
    """Return (u,) the area under the ROC curve, by the sum of the relevant items' ranks, ties sharing theirs.

    Mann and Whitney, *On a Test of Whether one of Two Random Variables is Stochastically Larger than the Other*,
    Annals of Mathematical Statistics 18(1), 1947.
    """
    relevant = rankings.n_relevant
    others = rankings.n_candidates - relevant
    rows, places = np.nonzero(rankings.gains)
    ranks = np.bincount(rows, _mid_ranks(rankings.keys, rows, places), minlength=len(relevant))
    return _ratio(relevant * others - (ranks - relevant * (relevant + 1) / 2), relevant * others)


def _mid_ranks(keys: Scores, rows: NDArray[np.intp], places: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return (m,) ranks from 1 of the keys, ascending in each row, at m places; equal ones share the mean of theirs."""
    begins = np.ones(keys.shape, np.bool_)
    begins[:, 1:] = keys[:, 1:] != keys[:, :-1]
    # Runs of equal keys, counted through all rows: each row begins a new one.
    starts = np.append(np.flatnonzero(begins), keys.size)
    run = np.searchsorted(starts, rows * keys.shape[1] + places, side="right") - 1
    return (starts[run] + starts[run + 1] - 1) / 2 - rows * keys.shape[1] + 1


def _ratio(above: NDArray[np.number], below: NDArray[np.number]) -> PerUser:
    """Divide; NaN where there is nothing to divide by."""
    return np.divide(above, below, out=np.full(len(below), np.nan), where=below > 0)
