"""Recommendations for everybody, made on a cluster."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from recli.core.errors import require
from recli.core.results.recommend import AllUsers, UserRow
from recli.models.als import AlsModel
from recli.operations.held_out import dataset_of
from recli.operations.recommend import USERS_AT_ONCE, hidden_pairs
from recli.operations.shelf import Shelf, Wish
from recli.spark.cluster import Cluster
from recli.spark.frames import read_folder, write_columns
from recli.spark.java import require_spark
from recli.spark.lists import best_unseen, model_of
from recli.spark.session import session
from recli.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import DataFrame, SparkSession

Lists = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]


def recommend_to_all_on_spark(
    store: Store, cluster: Cluster, *, model: str | None = None, wish: Wish | None = None
) -> AllUsers:
    """Return the best items for every user of the dataset of a version of ``als``.

    The lists are those of ``recommend_to_all`` but for ties: scores are sums of 32 bits there and here. The cluster
    works on the first read.

    Raises:
        UsageError: the version is of another model, or the list is to be diverse or explained.
        NotFoundError, NetworkError, BusyError, StorageError, InputDataError: as ``recommend_to_all``, and of Spark.
    """
    wish = wish or Wish()
    require_spark()
    fix = "recli recommend --all-users --engine spark --model als"
    require(not wish.explain, "--explain is for one person, not for --all-users")
    require(wish.diversity == 0, "--engine spark makes no diverse lists: leave --diversity out", fix=fix)
    shelf = Shelf.open(store, model or "als")
    found = shelf.predictor.model
    require(isinstance(found, AlsModel), f"--engine spark knows als, not {shelf.artifact.manifest.name}", fix=fix)
    dataset = dataset_of(store, shelf.artifact, {})
    pairs = hidden_pairs(shelf.artifact, dataset, wish.exclude)
    ids = dataset.users.vocabulary.ids.tolist()
    return AllUsers(shelf.artifact.ref, len(ids), wish.exclude, _blocks(store, cluster, shelf, pairs, ids, wish))


def _blocks(
    store: Store,
    cluster: Cluster,
    shelf: Shelf,
    hidden: tuple[NDArray[np.int32], NDArray[np.int32]],
    ids: list[int | str],
    wish: Wish,
) -> Iterator[list[UserRow]]:
    store.prepare()
    allowed = wish.filter.allows(shelf.items)
    popular = _popular(shelf, allowed, hidden, wish)
    with store.scratch() as folder, session(cluster, folder) as spark:
        known = list(_lists(spark, folder, shelf, allowed, hidden, wish.n))
    users, items, scores = (np.concatenate(column) for column in zip(*known, popular, strict=True))
    order = np.argsort(users, kind="stable")
    users, items, scores = users[order], items[order], scores[order]
    stars = shelf.predictor.predict(users, items).values
    for start in range(0, len(ids), USERS_AT_ONCE):
        ends = np.searchsorted(users, np.arange(start, min(start + USERS_AT_ONCE, len(ids)) + 1))
        cuts = zip(range(start, len(ids)), ends[:-1].tolist(), ends[1:].tolist(), strict=False)
        yield [
            UserRow(ids[user], item)
            for user, low, high in cuts
            for item in shelf.described(items[low:high], scores[low:high], stars[low:high])
        ]


def _lists(
    spark: "SparkSession",
    folder: "Path",
    shelf: Shelf,
    allowed: NDArray[np.bool_],
    hidden: tuple[NDArray[np.int32], NDArray[np.int32]],
    n: int,
) -> Iterator[Lists]:
    """Let the cluster choose for the users whom training saw, among the items that it saw."""
    model, support = shelf.predictor.model, shelf.predictor.support
    users, items = np.flatnonzero(support.users > 0), np.flatnonzero(allowed & (support.items > 0))
    if not len(items):
        return
    matters = np.isin(hidden[1], items)
    seen: dict[str, NDArray[Any]] = {"user": hidden[0][matters], "item": hidden[1][matters]}
    vectors = model.user_vectors(), model.item_vectors()
    if vectors[0] is None or vectors[1] is None:
        raise TypeError("als without vectors")
    frames = [
        _written(spark, folder / name, {"id": nums.astype(np.int32), "features": table[nums]})
        for name, nums, table in (("users", users, vectors[0]), ("items", items, vectors[1]))
    ]
    counts = np.bincount(seen["user"], minlength=len(support.users))[users]
    mllib = model_of(spark, frames[0], frames[1], vectors[0].shape[1])
    yield from best_unseen(mllib, _written(spark, folder / "seen", seen), counts, n)


def _written(spark: "SparkSession", folder: "Path", columns: dict[str, NDArray[Any]]) -> "DataFrame":
    return read_folder(spark, write_columns(folder, columns))


def _popular(
    shelf: Shelf, allowed: NDArray[np.bool_], hidden: tuple[NDArray[np.int32], NDArray[np.int32]], wish: Wish
) -> Lists:
    """Choose by popularity for the users whom training never saw, as everywhere; they are few."""
    new = np.flatnonzero(shelf.predictor.support.users == 0).astype(np.int32)
    users, items, scores = [np.empty(0, np.int32)], [np.empty(0, np.int32)], [np.empty(0, np.float32)]
    order = np.argsort(hidden[0], kind="stable")
    of, what = hidden[0][order], hidden[1][order]
    starts, ends = np.searchsorted(of, new), np.searchsorted(of, new, side="right")
    popularity = shelf.predictor.scores(new[:1])  # the same for all of them
    for user, start, end in zip(new.tolist(), starts.tolist(), ends.tolist(), strict=True):
        free = allowed.copy()
        free[what[start:end]] = False
        chosen = shelf.choose(popularity[0], free, wish)
        users.append(np.full(len(chosen), user, np.int32))
        items.append(chosen)
        scores.append(popularity[0][chosen])
    return np.concatenate(users), np.concatenate(items), np.concatenate(scores)
