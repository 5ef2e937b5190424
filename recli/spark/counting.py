"""Counts of ratings, made on the cluster: all that ``stats`` needs of them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from recli.spark.frames import collected

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

Counts = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class RatingCounts:
    """How often what was rated, and how."""

    user_counts: Counts
    """(n_users,) ratings of each."""
    item_counts: Counts
    """(n_items,)"""
    item_means: NDArray[np.float32]
    """(n_items,) mean stars; NaN for an item without ratings."""
    values: NDArray[np.float32]
    """(v,) different ratings, ascending."""
    value_counts: Counts
    """(v,) rows of each."""


def counted(frame: "DataFrame", n_users: int, n_items: int) -> RatingCounts:
    """Count the ratings of a frame with ``user`` and ``item`` (nums) and ``rating``."""
    from pyspark.sql import functions as sql

    n = sql.count("*").alias("n")
    users, of_users = collected(frame.groupBy("user").agg(n), "user", "n")
    total = sql.sum(sql.col("rating").cast("double")).alias("total")
    items, of_items, totals = collected(frame.groupBy("item").agg(n, total), "item", "n", "total")
    values, of_values = collected(frame.groupBy("rating").agg(n).orderBy("rating"), "rating", "n")
    means = np.full(n_items, np.nan)
    means[items] = totals / of_items
    return RatingCounts(
        _spread(users, of_users, n_users),
        _spread(items, of_items, n_items),
        means.astype(np.float32),
        values,
        of_values,
    )


def _spread(nums: NDArray[np.int32], counts: Counts, n: int) -> Counts:
    spread = np.zeros(n, np.int64)
    spread[nums] = counts
    return spread
