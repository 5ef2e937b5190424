"""MLlib's alternating least squares: fitted and judged on the cluster, its vectors brought home."""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from recli.core.errors import require
from recli.core.ratings import RatingScale
from recli.spark.cluster import CHECKPOINTS, Cluster
from recli.spark.frames import PART, TEST, TRAIN, collected

if TYPE_CHECKING:
    from pyspark.ml.recommendation import ALSModel
    from pyspark.sql import DataFrame

RATINGS_A_BLOCK = 5_000_000
SMALLEST_BLOCK = 200_000
USUAL_BLOCKS = 10
"""MLlib's default."""
WITHOUT_CHECKPOINTS = 20
"""Iterations that Java's stack holds: each adds to what Spark must know to repeat the last one."""

Factors = NDArray[np.float32]


def load_mllib() -> None:
    """Import what a fit needs: best before it begins, for Python goes its own way out of an interrupted import."""
    import pyspark.ml.recommendation  # noqa: F401


def require_checkpoints(cluster: Cluster, iterations: int) -> None:
    """Require a place for checkpoints, where so many iterations need some; one machine has it.

    Raises:
        UsageError: the cluster has none.
    """
    require(
        cluster.is_local or iterations <= WITHOUT_CHECKPOINTS or CHECKPOINTS in cluster.conf,
        f"more than {WITHOUT_CHECKPOINTS} iterations on a cluster need a folder for checkpoints that all workers see",
        fix=f"--spark-conf {CHECKPOINTS}=hdfs:///tmp/recli",
    )


def blocks_for(n_ratings: int) -> int:
    """Return into how many blocks MLlib is to cut users, and items.

    It goes by the ratings alone, and not by the cluster: the random start hangs on it. A task on a few ratings is
    longer on its way than at work.
    """
    few = min(USUAL_BLOCKS, max(2, n_ratings // SMALLEST_BLOCK))
    return max(few, math.ceil(n_ratings / RATINGS_A_BLOCK))


@dataclass(frozen=True, eq=False)
class Errors:
    """Of the model's own predictions for some rows, in sums, so that others can be added."""

    n: int
    """Rows with a user and an item that training saw."""
    absolute: float
    """Σ |stars - prediction within the scale|."""
    squared: float
    cold: tuple[NDArray[Any], NDArray[Any], NDArray[Any]]
    """(m,) users, (m,) items and (m,) stars of the other rows: somebody else answers."""


@dataclass(frozen=True, eq=False)
class Learned:
    """What came of a fit."""

    users: Factors
    """(n_users, rank); 0 for a user whom training never saw."""
    items: Factors
    """(n_items, rank)"""
    errors: Mapping[int, Errors]
    """``TRAIN`` and ``TEST``."""
    blocks: int
    seconds: float
    """Wall time of the fit alone."""


def learn(
    frame: "DataFrame", parameters: Mapping[str, Any], n_users: int, n_items: int, n_ratings: int, scale: RatingScale
) -> Learned:
    """Fit MLlib's ALS on the training rows of a frame, and judge it on those and on the test rows.

    Args:
        frame: ``user`` and ``item`` (nums, int), ``rating`` (float), ``part``.
        parameters: rank, iterations, regularization and seed, as recli's ``als`` has them.
        n_users: nums are below it.
        n_items: nums are below it.
        n_ratings: rows, by which the blocks are counted.
        scale: of the stars; a prediction beyond is moved to its edge.
    """
    from pyspark.ml.recommendation import ALS
    from pyspark.sql import functions as sql

    blocks = blocks_for(n_ratings)
    started = time.perf_counter()
    model = ALS(
        rank=parameters["rank"],
        maxIter=parameters["iterations"],
        regParam=parameters["regularization"],
        seed=parameters["seed"],
        numUserBlocks=blocks,
        numItemBlocks=blocks,
        userCol="user",
        itemCol="item",
        ratingCol="rating",
        coldStartStrategy="nan",
    ).fit(frame.where(sql.col(PART) == TRAIN))
    seconds = time.perf_counter() - started
    users, items = _table(model.userFactors, n_users, model.rank), _table(model.itemFactors, n_items, model.rank)
    return Learned(users, items, _judged(model, frame, scale), blocks, seconds)


def _table(factors: "DataFrame", n: int, rank: int) -> Factors:
    nums, vectors = collected(factors, "id", "features")
    table = np.zeros((n, rank), np.float32)
    if len(nums):
        table[nums] = vectors
    return table


def _judged(model: "ALSModel", frame: "DataFrame", scale: RatingScale) -> dict[int, Errors]:
    from pyspark.sql import functions as sql

    answers = model.transform(frame.where(sql.col(PART).isin(TRAIN, TEST))).persist()
    is_cold = sql.isnan("prediction")
    low, high = sql.lit(scale.low).cast("float"), sql.lit(scale.high).cast("float")
    error = sql.col("rating").cast("double") - sql.greatest(low, sql.least(high, "prediction"))
    sums = answers.where(~is_cold).groupBy(PART).agg(
        sql.count("*").alias("n"), sql.sum(sql.abs(error)).alias("absolute"), sql.sum(error * error).alias("squared")
    )  # fmt: skip
    rows = {row[PART]: row for row in sums.toArrow().to_pylist()}
    cold_part, *cold = collected(answers.where(is_cold), PART, "user", "item", "rating")
    answers.unpersist()
    found = {}
    for part in (TRAIN, TEST):
        own = rows.get(part, {"n": 0, "absolute": 0.0, "squared": 0.0})
        mine = cold_part == part
        found[part] = Errors(own["n"], own["absolute"], own["squared"], (cold[0][mine], cold[1][mine], cold[2][mine]))
    return found
