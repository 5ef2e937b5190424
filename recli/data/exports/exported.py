"""A dataset as tables for other programs: block by block, so that no table is in memory as a whole."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from recli.core.dataset import NO_YEAR, Dataset, ItemTable, UserTable
from recli.core.vocabulary import Vocabulary
from recli.data.arrow_arrays import numbers, text_lists, texts

TABLES = ("ratings", "items", "users")
_RATINGS_AT_ONCE = 1 << 19
_ROWS_AT_ONCE = 1 << 14

Column = Callable[[slice], Any]
"""From rows to their values, a pyarrow array; a dictionary's are those that its numbers mean."""


@dataclass(frozen=True)
class Table:
    """Columns of n rows each."""

    name: str
    columns: Mapping[str, Column]
    n_rows: int
    rows_at_once: int = _ROWS_AT_ONCE
    about: Mapping[str, str] = field(default_factory=dict)
    """What a file that has room for it says of the rows."""

    def blocks(self) -> list[slice]:
        """Return the blocks of rows; an empty table has one."""
        starts = range(0, self.n_rows, self.rows_at_once) or [0]
        return [slice(start, min(start + self.rows_at_once, self.n_rows)) for start in starts]


def ratings_table(dataset: Dataset) -> Table:
    """Return the ratings in the dataset's order, with the ids of the source; without times where it has none."""
    ratings = dataset.ratings
    columns: dict[str, Column] = {
        "user_id": _ids(dataset.users.vocabulary, lambda rows: ratings.user_nums[rows]),
        "item_id": _ids(dataset.items.vocabulary, lambda rows: ratings.item_nums[rows]),
        "rating": lambda rows: numbers(ratings.values[rows]),
    }
    if has_times(dataset):
        columns["timestamp"] = lambda rows: numbers(ratings.timestamps[rows])
    return Table("ratings", columns, len(ratings), _RATINGS_AT_ONCE, _about(dataset))


def has_times(dataset: Dataset) -> bool:
    """Tell whether any rating has a time."""
    return bool(dataset.ratings.timestamps.any())


def items_table(dataset: Dataset) -> Table:
    """Return ids, titles, years and genres, then release dates and links where the source has any."""
    items: ItemTable = dataset.items
    columns: dict[str, Column] = {
        "item_id": lambda rows: id_array(items.vocabulary, rows),
        "title": lambda rows: texts(items.titles[rows]),
        "year": lambda rows: numbers(items.years[rows], items.years[rows] == NO_YEAR),
        "genres": lambda rows: text_lists(items.genres[rows]),
    }
    columns |= _texts_where_any({"release_date": items.release_dates, "url": items.urls})
    return Table("items", columns, len(items), about=_about(dataset))


def users_table(dataset: Dataset) -> Table:
    """Return ids and what is known of users."""
    users: UserTable = dataset.users
    columns: dict[str, Column] = {"user_id": lambda rows: id_array(users.vocabulary, rows)}
    columns |= {name: _text_column(values) for name, values in users.columns.items()}
    return Table("users", columns, len(users), about=_about(dataset))


def id_array(vocabulary: Vocabulary, rows: slice) -> Any:
    """Return ids as a pyarrow array: int64 or string."""
    ids = vocabulary.ids[rows]
    return numbers(ids) if vocabulary.is_integer else texts(ids.tolist())


def _ids(vocabulary: Vocabulary, nums: Callable[[slice], "np.ndarray[Any, np.dtype[np.int32]]"]) -> Column:
    import pyarrow as pa

    ids = id_array(vocabulary, slice(None))
    return lambda rows: pa.DictionaryArray.from_arrays(numbers(nums(rows)), ids, safe=False)


def _texts_where_any(columns: Mapping[str, Sequence[str]]) -> dict[str, Column]:
    return {name: _text_column(values) for name, values in columns.items() if any(values)}


def _text_column(values: Sequence[str]) -> Column:
    return lambda rows: texts(values[rows], blank_is_null=True)


def _about(dataset: Dataset) -> dict[str, str]:
    scale = f"{dataset.scale.low:g}:{dataset.scale.high:g}"
    return {"recli.dataset": dataset.name, "recli.fingerprint": dataset.fingerprint, "recli.scale": scale}
