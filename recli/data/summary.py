"""A dataset in numbers."""

import math

import numpy as np
from numpy.typing import NDArray

from recli.core.dataset import NO_YEAR, Dataset, ItemTable
from recli.core.results.stats import Distribution, PopularItem, StatsResult

MISSING_YEAR_MARKER = 1920
"""The year that the notebook recli starts from writes where it knows none; kept so that its mean can be compared."""

_BLOCK = 1 << 20
"""Rows counted together."""


def summarise(dataset: Dataset, n_popular: int) -> StatsResult:
    """Count, describe and rank.

    Args:
        dataset: with at least one rating.
        n_popular: how many of the most rated items to list; those without ratings are never listed.
    """
    ratings, items = dataset.ratings, dataset.items
    user_counts = _counts(ratings.user_nums, len(dataset.users))
    item_counts = _counts(ratings.item_nums, len(items))
    levels, times = ratings.levels()
    years, n_items = np.unique(items.years[items.years != NO_YEAR], return_counts=True)
    return StatsResult(
        dataset=dataset.name,
        source=str(dataset.source.get("source", "unknown")),
        users=len(dataset.users),
        items=len(items),
        ratings=len(ratings),
        density=len(ratings) / (len(dataset.users) * len(items)),
        scale=dataset.scale,
        rating=distribution(levels, times),
        rating_counts=dict(zip(levels.tolist(), times.tolist(), strict=True)),
        ratings_per_user=distribution(user_counts[user_counts > 0]),
        user_counts=user_counts,
        ratings_per_item=distribution(item_counts[item_counts > 0]),
        item_counts=item_counts,
        year_counts=dict(zip(years.tolist(), n_items.tolist(), strict=True)),
        items_without_year=int(np.count_nonzero(items.years == NO_YEAR)),
        mean_popularity=int(item_counts @ item_counts) / len(ratings),
        **_mean_years(items.years, item_counts),
        missing_year_marker=MISSING_YEAR_MARKER,
        popularity=most_popular(items, n_popular),
    )


def _counts(nums: NDArray[np.int32], n: int) -> NDArray[np.int64]:
    """Return (n,) how often each of n nums occurs, a block at a time: numpy would make 64 bits of all of them first."""
    counts = np.zeros(n, np.int64)
    for start in range(0, len(nums), _BLOCK):
        counts += np.bincount(nums[start : start + _BLOCK], minlength=n)
    return counts


def distribution(values: NDArray[np.generic], times: NDArray[np.int64] | None = None) -> Distribution:
    """Describe (n,) numbers, n ≥ 1, or those that ``values``, ascending, are each so many ``times``."""
    numbers = values.astype(np.float64)
    if times is None:
        numbers, times = np.unique(numbers, return_counts=True)
    n, ends = int(times.sum()), np.cumsum(times)
    mean = float(numbers @ times) / n
    std = math.sqrt(float((numbers - mean) ** 2 @ times) / (n - 1)) if n > 1 else 0.0
    q25, median, q75 = (_quantile(numbers, ends, share) for share in (0.25, 0.5, 0.75))
    return Distribution(mean, std, float(numbers[0]), q25, median, q75, float(numbers[-1]))


def _quantile(numbers: NDArray[np.float64], ends: NDArray[np.int64], share: float) -> float:
    """Return a quantile by linear interpolation; the k-th number occurs up to its of the ``ends``, (k,)."""
    place = share * (int(ends[-1]) - 1)
    below, above = (numbers[np.searchsorted(ends, at, side="right")] for at in (math.floor(place), math.ceil(place)))
    return float(below + (above - below) * (place - math.floor(place)))


def most_popular(items: ItemTable, n: int) -> tuple[PopularItem, ...]:
    """Return the n items with the most ratings; ties in the order of their ids."""
    order = np.argsort(-items.n_ratings.astype(np.int64), kind="stable")[:n]
    return tuple(
        PopularItem(
            items.vocabulary.id(num),
            items.titles[num],
            items.year(num),
            int(items.n_ratings[num]),
            float(items.mean_ratings[num]),
        )
        for num in order.tolist()
        if items.n_ratings[num] > 0
    )


def _mean_years(years: NDArray[np.int32], item_counts: NDArray[np.int64]) -> dict[str, float | None]:
    """Return the means over ratings, from each item's year and number of ratings."""
    known = years != NO_YEAR
    rows = int(item_counts[known].sum())
    if rows == 0:
        return {"mean_year": None, "mean_year_marked": None}
    total = int(years[known] @ item_counts[known])
    missing = int(item_counts[~known].sum())
    marked = (total + missing * MISSING_YEAR_MARKER) / (rows + missing)
    return {"mean_year": total / rows, "mean_year_marked": marked}
