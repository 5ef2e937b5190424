"""Tables that come as Arrow's batches, from Parquet or from a frame: their ratings, and the cells of other rows."""

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from recli.core.errors import InputDataError
from recli.core.results.importing import FileCount
from recli.data.formats.accounting import Accounting, Rejected
from recli.data.formats.columnar.arrow_columns import Column, id_column, require_type, star_column, time_column
from recli.data.formats.columns import Places, find_columns
from recli.data.formats.text.json_lines import as_text
from recli.data.formats.text.rating_blocks import RatingBlock
from recli.data.formats.text.rating_files import RatingFile, Wanted, join_blocks, with_seconds

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 1 << 18
"""Of a batch: long enough for numpy to pay, short enough for many columns in memory."""


@dataclass(frozen=True, eq=False)
class Batches:
    """A table that is read batch by batch."""

    name: str
    """What messages call it."""
    format: str
    names: Sequence[str]
    """Of its columns."""
    types: Sequence["pa.DataType"]
    read: Callable[[Sequence[int]], Iterator[list["pa.Array"]]]
    """Yields the columns at some places, a batch at a time, of equal lengths."""
    sha256: Callable[[], str]
    """Hex, of what lies on the disk; empty where nothing does."""

    def count(self, account: Accounting, columns: Mapping[str, str | None]) -> FileCount:
        """Return the whole count, once everything was read."""
        return account.count(self.name, self.format, "utf-8", header=False, columns=columns, sha256=self.sha256())


def ratings_of_batches(
    table: Batches, wanted: Wanted, tell: Callable[[Mapping[str, str | None]], None] = lambda _: None
) -> RatingFile:
    """Read a table of ratings; rows that cannot be taken are counted, not raised.

    Args:
        table: whose rows are ratings.
        wanted: how to read it.
        tell: is told which columns are read, before they are.

    Raises:
        NotFoundError: columns cannot be told apart.
        InputDataError: a column's type cannot be what it is for, or there is no row.
    """
    places = find_columns(table.name, table.names, header=True, said=wanted.columns, fix=wanted.columns_fix)
    columns = {role: None if at is None else table.names[at] for role, at in places._asdict().items()}
    for role, place in places._asdict().items():
        if place is not None:
            require_type(role, table.names[place], table.types[place], table.name)
    tell(columns)
    account = Accounting()
    ratings, units = with_seconds(join_blocks(_blocks(table, places, wanted, account)))
    if not account.lines:
        raise InputDataError(f"{table.name}: there are no rows")
    return RatingFile(ratings, table.count(account, columns), units)


def _blocks(table: Batches, places: Places, wanted: Wanted, account: Accounting) -> Iterator[RatingBlock]:
    wanted_places = [place for place in places if place is not None]
    names = [table.names[place] for place in wanted_places]
    for arrays in table.read(wanted_places):
        if not len(arrays[0]):
            continue
        users, items = id_column(arrays[0], names[0]), id_column(arrays[1], names[1])
        stars = star_column(arrays[2], names[2], wanted.scale)
        columns = [users, items, stars, *(time_column(array, names[3]) for array in arrays[3:])]
        good = _good(columns, account)
        times = columns[3].values[good] if len(columns) > 3 else np.zeros(np.count_nonzero(good), np.int64)
        yield RatingBlock(
            users.ids(good), items.ids(good), stars.values[good].astype(np.float32), times
        )  # fmt: skip


def _good(columns: Sequence[Column], account: Accounting) -> Any:
    """Count rows; return which are good, (n,) bool."""
    bad = np.logical_or.reduce([column.bad for column in columns])
    first = account.lines + 1
    for row in np.flatnonzero(bad).tolist():
        why = next(column for column in columns if column.bad[row]).explain(row)
        account.reject(first + row, why)
    account.accept(len(bad) - int(np.count_nonzero(bad)))
    return ~bad


def rows_of_batches(table: Batches, places: Sequence[int]) -> Iterator[list[str]]:
    """Yield the cells of each row as text, blank where there is none, as a CSV would have them."""
    for arrays in table.read(places):
        columns = [_values(array) for array in arrays]
        for row in zip(*columns, strict=True):
            yield [cell_text(value) for value in row]


def _values(column: "pa.Array") -> list[Any]:
    try:
        return column.to_pylist()
    except UnicodeDecodeError:
        return column.cast("large_binary").to_pylist()


def cell_text(value: Any) -> str:
    """Return a value as a file of text has it; a list of texts is divided by ``|``."""
    if value is None or value != value:  # NaN alone is not itself
        return ""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, str | bool | list | dict):
        return as_text(value)
    return str(value)


def check_text(text: str, name: str) -> None:
    """Raise ``Rejected`` where a cell cannot be one of text."""
    for sign, reason, problem in (("\0", "nul", "a NUL"), ("\r", "line end", "a carriage return")):
        if sign in text:
            raise Rejected(reason, problem, name)
