"""A dataset, or ratings that a cluster reads, in numbers."""

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from recli.core.dataset import NO_YEAR, ItemTable
from recli.core.ratings import Ratings, RatingScale
from recli.core.reference import DEFAULT_DATASET
from recli.core.results.stats import Distribution, StatsResult
from recli.data.build import assemble_numbered
from recli.data.fetching.scratch import scratch_folder
from recli.data.formats.scales import detect_scale
from recli.data.summary import MISSING_YEAR_MARKER, distribution, most_popular
from recli.operations.datasets import open_dataset
from recli.operations.on_spark.source import Source, opened
from recli.spark.cluster import Cluster
from recli.spark.counting import RatingCounts, counted
from recli.spark.frames import read_folder, write_ratings
from recli.spark.java import require_spark
from recli.spark.session import session
from recli.spark.source import Numbered
from recli.store import Store

if TYPE_CHECKING:
    from numpy.typing import NDArray


def stats_on_spark(
    store: Store, cluster: Cluster, dataset: str = DEFAULT_DATASET, *, source: Source | None = None, n: int = 10
) -> StatsResult:
    """Count and describe on a cluster; quartiles are exact.

    Args:
        store: holds the dataset; the work leaves nothing in it.
        cluster: where to count.
        dataset: its name; not read where there is a source.
        source: ratings that Spark reads, whose latest of each user and item count.
        n: how many of the most rated items to list.

    Raises:
        UsageError, NotFoundError, NetworkError, BusyError, StorageError: as ``spark.session.session`` says.
        InputDataError: the source holds what cannot be taken.
    """
    require_spark()
    data = None if source else open_dataset(store, dataset)
    # Ratings that lie elsewhere need no store: what Spark leaves while it runs goes where temporary files go.
    with scratch_folder() if source else store.scratch() as folder, session(cluster, folder) as spark:
        if data is None and source:
            found = opened(spark, source)
            counts = counted(found.frame, len(found.users), len(found.items))
            scale = detect_scale(found.telling)
            return _summary(source.shown, f"Parquet {source.shown}", scale, _untitled(found, scale), counts, n)
        if data is None:
            raise TypeError("neither a dataset nor a source")
        counts = counted(read_folder(spark, write_ratings(folder, data.ratings)), len(data.users), len(data.items))
    origin = str(data.source.get("source", "unknown"))
    return _summary(data.name, origin, data.scale, data.items, counts, n)


def _untitled(found: Numbered, scale: RatingScale) -> ItemTable:
    """Return items of which nothing but their ids is known."""
    none = Ratings(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.float32), np.empty(0, np.int64))
    return assemble_numbered("", found.users, found.items, none, (), (), scale=scale, source={}).items


def _summary(
    name: str, origin: str, scale: RatingScale, items: ItemTable, counts: RatingCounts, n_popular: int
) -> StatsResult:
    """Describe what was counted, as ``data.summary.summarise`` describes ratings."""
    n_users, n_items, of_items = len(counts.user_counts), len(items), counts.item_counts
    n = int(of_items.sum())
    items = dataclasses.replace(items, n_ratings=of_items.astype(np.int32), mean_ratings=counts.item_means)
    years, in_year = np.unique(items.years[items.years != NO_YEAR], return_counts=True)
    return StatsResult(
        dataset=name,
        source=origin,
        users=n_users,
        items=n_items,
        ratings=n,
        density=n / (n_users * n_items),
        scale=scale,
        rating=_weighted(counts.values.astype(np.float64), counts.value_counts),
        rating_counts=dict(zip(counts.values.tolist(), counts.value_counts.tolist(), strict=True)),
        ratings_per_user=distribution(counts.user_counts[counts.user_counts > 0]),
        user_counts=counts.user_counts,
        ratings_per_item=distribution(of_items[of_items > 0]),
        item_counts=of_items,
        year_counts=dict(zip(years.tolist(), in_year.tolist(), strict=True)),
        items_without_year=int(np.count_nonzero(items.years == NO_YEAR)),
        mean_popularity=float((of_items.astype(np.float64) ** 2).sum() / n),
        **_mean_years(items.years, of_items),
        missing_year_marker=MISSING_YEAR_MARKER,
        popularity=most_popular(items, n_popular),
    )


def _weighted(values: "NDArray[np.float64]", counts: "NDArray[np.int64]") -> Distribution:
    """Describe rows of which only the different values, ascending, and their numbers are known: exactly."""
    n, ends = int(counts.sum()), np.cumsum(counts)
    mean = float((values * counts).sum() / n)
    spread = float((counts * (values - mean) ** 2).sum())

    def quantile(share: float) -> float:
        place = share * (n - 1)
        low = values[np.searchsorted(ends, int(place), side="right")]
        high = values[np.searchsorted(ends, min(int(place) + 1, n - 1), side="right")]
        return float(low + (high - low) * (place - int(place)))

    std = (spread / (n - 1)) ** 0.5 if n > 1 else 0.0
    return Distribution(mean, std, *(quantile(share) for share in (0, 0.25, 0.5, 0.75, 1)))


def _mean_years(years: "NDArray[np.int32]", counts: "NDArray[np.int64]") -> dict[str, float | None]:
    known = years != NO_YEAR
    if not counts[known].sum():
        return {"mean_year": None, "mean_year_marked": None}
    marked = np.where(known, years, MISSING_YEAR_MARKER)
    return {
        "mean_year": float((years * counts)[known].sum() / counts[known].sum()),
        "mean_year_marked": float((marked * counts).sum() / counts.sum()),
    }
