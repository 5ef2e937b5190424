"""The best unseen items of many users, by MLlib's blocks of users and items."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from recli.spark.frames import collected

if TYPE_CHECKING:
    from pyspark.ml.recommendation import ALSModel
    from pyspark.sql import DataFrame, SparkSession

Lists = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]
"""(m,) users, (m,) items and (m,) scores, by user and then best first."""


def model_of(spark: "SparkSession", users: "DataFrame", items: "DataFrame", rank: int) -> "ALSModel":
    """Make MLlib's model of vectors that were learned before: frames of ``id`` and ``features``."""
    from pyspark.ml.recommendation import ALSModel

    jvm: Any = spark.sparkContext._jvm
    made = jvm.org.apache.spark.ml.recommendation.ALSModel("recli", rank, users._jdf, items._jdf)
    return ALSModel(made.setUserCol("user").setItemCol("item"))


def best_unseen(model: "ALSModel", seen: "DataFrame", counts: NDArray[np.int64], n: int) -> Iterator[Lists]:
    """Yield the n best items of each user that they have not seen, for some users after others.

    MLlib knows no exclusion, so it is asked for as many more as a user has seen. Users with alike many are asked for
    together, each at most twice as many as needed: it stays linear in the ratings.

    Args:
        model: of ``model_of``.
        seen: ``user`` and ``item`` to leave out.
        counts: (n_users,) rows of ``seen`` of each user.
        n: length of a list.
    """
    from pyspark.sql import Window
    from pyspark.sql import functions as sql

    all_users = model.userFactors.select(sql.col("id").alias("user"))
    many = seen.groupBy("user").agg(sql.count("*").alias("n"))
    users = all_users.join(many, "user", "left").withColumn("n", sql.coalesce("n", sql.lit(0))).persist()
    order = Window.partitionBy("user").orderBy(sql.desc("score"), "item")
    for low, high in _ranges(counts):
        some = users.where(sql.col("n").between(low, high)).select("user")
        asked = model.recommendForUserSubset(some, n + high)
        rows = asked.select("user", sql.explode("recommendations").alias("one"))
        rows = rows.select("user", sql.col("one.item").alias("item"), sql.col("one.rating").alias("score"))
        rows = rows.join(seen, ["user", "item"], "left_anti").withColumn("place", sql.row_number().over(order))
        best = rows.where(sql.col("place") <= n).orderBy("user", "place")
        nums, items, scores = collected(best, "user", "item", "score")
        yield nums, items, scores


def _ranges(counts: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Yield ranges of counts, both ends inside, that hold them all: each reaches twice as far as the one before."""
    low, high = 0, 64
    most = int(counts.max(initial=0))
    while low <= most:
        if ((counts >= low) & (counts <= high)).any():
            yield low, min(high, most)
        low, high = high + 1, 2 * high
