"""A dataset in numbers."""

import numpy as np
from numpy.typing import NDArray

from recli.core.dataset import NO_YEAR, Dataset, ItemTable
from recli.core.results.stats import Distribution, PopularItem, StatsResult

MISSING_YEAR_MARKER = 1920
"""The year that the notebook recli starts from writes where it knows none; kept so that its mean can be compared."""


def summarise(dataset: Dataset, n_popular: int) -> StatsResult:
    """Count, describe and rank.

    Args:
        dataset: with at least one rating.
        n_popular: how many of the most rated items to list; those without ratings are never listed.
    """
    ratings, items = dataset.ratings, dataset.items
    user_counts = np.bincount(ratings.user_nums, minlength=len(dataset.users))
    item_counts = np.bincount(ratings.item_nums, minlength=len(items))
    values, counts = np.unique(ratings.values, return_counts=True)
    years, n_items = np.unique(items.years[items.years != NO_YEAR], return_counts=True)
    return StatsResult(
        dataset=dataset.name,
        source=str(dataset.source.get("source", "unknown")),
        users=len(dataset.users),
        items=len(items),
        ratings=len(ratings),
        density=len(ratings) / (len(dataset.users) * len(items)),
        scale=dataset.scale,
        rating=distribution(ratings.values),
        rating_counts=dict(zip(values.tolist(), counts.tolist(), strict=True)),
        ratings_per_user=distribution(user_counts[user_counts > 0]),
        user_counts=user_counts,
        ratings_per_item=distribution(item_counts[item_counts > 0]),
        item_counts=item_counts,
        year_counts=dict(zip(years.tolist(), n_items.tolist(), strict=True)),
        items_without_year=int(np.count_nonzero(items.years == NO_YEAR)),
        mean_popularity=float(item_counts[ratings.item_nums].mean()),
        **_mean_years(items.years[ratings.item_nums]),
        missing_year_marker=MISSING_YEAR_MARKER,
        popularity=most_popular(items, n_popular),
    )


def distribution(values: NDArray[np.generic]) -> Distribution:
    """Describe (n,) numbers, n ≥ 1."""
    numbers = values.astype(np.float64)
    low, q25, median, q75, high = np.percentile(numbers, (0, 25, 50, 75, 100)).tolist()
    std = float(numbers.std(ddof=1)) if len(numbers) > 1 else 0.0
    return Distribution(float(numbers.mean()), std, low, q25, median, q75, high)


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


def _mean_years(row_years: NDArray[np.int32]) -> dict[str, float | None]:
    known = row_years[row_years != NO_YEAR]
    if len(known) == 0:
        return {"mean_year": None, "mean_year_marked": None}
    marked = np.where(row_years == NO_YEAR, MISSING_YEAR_MARKER, row_years)
    return {"mean_year": float(known.mean()), "mean_year_marked": float(marked.mean())}
