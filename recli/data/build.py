"""Assembles a dataset from parsed rows: ids become nums, and items get their popularity."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recli.core.dataset import NO_YEAR, Dataset, ItemTable, UserTable
from recli.core.errors import InputDataError
from recli.core.ratings import Ratings, RatingScale
from recli.core.vocabulary import Id, Vocabulary
from recli.data.growing import CHUNK, looked_up
from recli.data.ids import CodedIds, Ids, join_ids, parse_ids

LARGEST_RATING = 1e30
"""Stars, further from 0 than any scale: sums and differences of such numbers still fit into 32 bits."""


@dataclass(frozen=True, eq=False)
class RatingColumns:
    """Ratings as a source names them, columns of equal length n, n ≥ 1, in the source's order."""

    user_ids: Ids | CodedIds
    """(n,)"""
    item_ids: Ids | CodedIds
    """(n,)"""
    values: NDArray[np.float32]
    """(n,) stars."""
    timestamps: NDArray[np.int64]
    """(n,) seconds since 1970 UTC, or all 0."""


@dataclass(frozen=True)
class ItemRow:
    """What a source says about one item."""

    item_id: Id
    title: str
    year: int = NO_YEAR
    release_date: str = ""
    genres: tuple[str, ...] = ()
    url: str = ""


@dataclass(frozen=True)
class UserRow:
    """What a source says about one user."""

    user_id: Id
    metadata: Mapping[str, str] = field(default_factory=dict)
    """Column → text."""


def assemble(
    name: str,
    ratings: RatingColumns,
    items: Sequence[ItemRow],
    users: Sequence[UserRow],
    *,
    scale: RatingScale,
    source: Mapping[str, Any],
    folds: Mapping[str, NDArray[np.int32]] | None = None,
    latest_only: bool = False,
) -> Dataset:
    """Build a dataset.

    Every item and user that is described or rated gets a num; one that is rated without being described has its id for
    a title, and no metadata.

    Args:
        name: what commands will call it.
        ratings: the ratings.
        items: descriptions, in any order, at most one for each item.
        users: descriptions, in any order, at most one for each user.
        scale: the stars that a user could give.
        source: the record of where it came from.
        folds: the publisher's folds: name → positions of the test rows.
        latest_only: keep of each user's ratings of an item the latest alone, of equally late ones the last.

    Raises:
        InputDataError: a rating is no finite number or beyond any scale, or ids that are text would be read back as
            integers.
    """
    _check_values(name, ratings.values)
    user_vocabulary, user_nums = _numbered(ratings.user_ids, [row.user_id for row in users])
    item_vocabulary, item_nums = _numbered(ratings.item_ids, [row.item_id for row in items])
    numbered = Ratings(user_nums, item_nums, ratings.values, ratings.timestamps)
    if latest_only:
        numbered = _latest(numbered, len(item_vocabulary))
    return assemble_numbered(
        name, user_vocabulary, item_vocabulary, numbered, items, users, scale=scale, source=source, folds=folds
    )


def assemble_numbered(
    name: str,
    user_vocabulary: Vocabulary,
    item_vocabulary: Vocabulary,
    ratings: Ratings,
    items: Sequence[ItemRow],
    users: Sequence[UserRow],
    *,
    scale: RatingScale,
    source: Mapping[str, Any],
    folds: Mapping[str, NDArray[np.int32]] | None = None,
) -> Dataset:
    """Build a dataset of ratings that have nums already; all else is as in ``assemble``."""
    return Dataset(
        name=name,
        users=_user_table(user_vocabulary, users),
        items=_item_table(item_vocabulary, items, ratings),
        ratings=ratings,
        scale=scale,
        fingerprint=fingerprint(user_vocabulary, item_vocabulary, ratings),
        source=source,
        folds=folds or {},
    )


def _check_values(name: str, values: NDArray[np.float32]) -> None:
    if not len(values) or (values.min() >= -LARGEST_RATING and values.max() <= LARGEST_RATING):
        return  # and none is NaN, which would be both
    for bad, what in (
        (~np.isfinite(values), "is no finite number"),
        (np.abs(values) > LARGEST_RATING, f"is further from 0 than {LARGEST_RATING:g}"),
    ):
        if bad.any():
            row = int(np.flatnonzero(bad)[0])
            raise InputDataError(f"{name}: rating {row + 1} {what}: {values[row]:g}")


def fingerprint(users: Vocabulary, items: Vocabulary, ratings: Ratings) -> str:
    """Return the SHA-256 (hex) of ids and ratings in row order, the same on every platform."""
    digest = hashlib.sha256()
    for vocabulary in (users, items):
        # JSON keeps 1 and "1" apart, and says where one id ends.
        digest.update(json.dumps(vocabulary.ids.tolist()).encode())
    for column, dtype in (
        (ratings.user_nums, "<i4"),
        (ratings.item_nums, "<i4"),
        (ratings.values, "<f4"),
        (ratings.timestamps, "<i8"),
    ):
        digest.update(np.ascontiguousarray(column, dtype).data)
    return digest.hexdigest()


def _numbered(rated: Ids | CodedIds, described: Sequence[Id]) -> tuple[Vocabulary, NDArray[np.int32]]:
    """Return the vocabulary of all ids, and the nums of those rated; ids of two kinds become text."""
    distinct = rated.ids if isinstance(rated, CodedIds) else rated
    ids = join_ids([distinct, np.asarray(described)])
    vocabulary = Vocabulary.of(ids)
    if not vocabulary.is_integer and parse_ids(vocabulary.ids.tolist()).dtype.kind == "i":
        raise InputDataError(f"ids such as {vocabulary.id(0)!r} are text that reads as integers: give them as integers")
    nums = vocabulary.nums(ids[: len(distinct)])
    return vocabulary, looked_up(nums, rated.codes) if isinstance(rated, CodedIds) else nums


def _latest(ratings: Ratings, n_items: int) -> Ratings:
    pairs = ratings.user_nums * np.int64(n_items)
    pairs += ratings.item_nums
    again = _repeated(pairs)
    if not len(again):
        return ratings
    rows = np.flatnonzero(np.isin(pairs, again))
    order = np.lexsort((ratings.timestamps[rows], pairs[rows]))  # stable: of equally late ones the last stays the last
    ordered = pairs[rows[order]]
    keep = np.ones(len(pairs), bool)
    keep[rows[order[:-1][ordered[1:] == ordered[:-1]]]] = False
    return ratings.take(np.flatnonzero(keep))


def _repeated(pairs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return what is there more than once, ascending: few, or none, and sorting all rows by time is for those alone."""
    ordered = np.sort(pairs, kind="stable")  # thrice as fast where a user's rows stand together, as they mostly do
    return np.unique(ordered[1:][ordered[1:] == ordered[:-1]])


def _kind(vocabulary: Vocabulary) -> type[int] | type[str]:
    return int if vocabulary.is_integer else str


def _item_table(vocabulary: Vocabulary, rows: Sequence[ItemRow], ratings: Ratings) -> ItemTable:
    kind = _kind(vocabulary)
    described = {kind(row.item_id): row for row in rows}
    ids: list[Id] = vocabulary.ids.tolist()
    table = [described.get(item_id) or ItemRow(item_id, title=str(item_id)) for item_id in ids]
    n_ratings, mean_ratings = _popularity(ratings, len(vocabulary))
    return ItemTable(
        vocabulary=vocabulary,
        titles=tuple(row.title for row in table),
        years=np.array([row.year for row in table], dtype=np.int32),
        release_dates=tuple(row.release_date for row in table),
        genres=tuple(row.genres for row in table),
        urls=tuple(row.url for row in table),
        n_ratings=n_ratings,
        mean_ratings=mean_ratings,
    )


def _popularity(ratings: Ratings, n_items: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    counts, sums = np.zeros(n_items, np.int64), np.zeros(n_items)
    for start in range(0, len(ratings), CHUNK):  # bincount makes 64-bit copies of what it is given
        nums, values = (column[start : start + CHUNK] for column in (ratings.item_nums, ratings.values))
        counts += np.bincount(nums, minlength=n_items)
        sums += np.bincount(nums, weights=values, minlength=n_items)
    means = np.divide(sums, counts, out=np.full(n_items, np.nan), where=counts > 0)
    return counts.astype(np.int32), means.astype(np.float32)


def _user_table(vocabulary: Vocabulary, rows: Sequence[UserRow]) -> UserTable:
    kind = _kind(vocabulary)
    described = {kind(row.user_id): row.metadata for row in rows}
    columns = dict.fromkeys(column for row in rows for column in row.metadata)
    ids: list[Id] = vocabulary.ids.tolist()
    return UserTable(
        vocabulary=vocabulary,
        columns={column: tuple(described.get(user_id, {}).get(column, "") for user_id in ids) for column in columns},
    )
