"""Ratings out of blocks of lines: many lines at once where they are plain, line by line where one is not."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

from recli.core.ratings import RatingScale
from recli.data.arrow_arrays import content, to_numpy
from recli.data.formats.accounting import Accounting, Rejected
from recli.data.formats.columns import Places
from recli.data.formats.text.json_lines import Keyed, text_columns
from recli.data.formats.text.plain_cells import plain_cells
from recli.data.formats.text.rows import Syntax, Table, walk
from recli.data.formats.times import LATEST_TIME
from recli.data.formats.values import BLANKS, MAX_ID_CHARS, parse_id, parse_stars, parse_time
from recli.data.growing import looked_up
from recli.data.ids import parse_ids

if TYPE_CHECKING:
    import pyarrow

Cell = TypeVar("Cell")
_FEW_DIGITS = 16
"""Of an integer that is a time, whatever its digits."""
RatingRow = tuple[str, str, float, int]
"""User id, item id, stars, seconds."""


@dataclass(frozen=True)
class RatingLayout:
    """Where a file's lines have what."""

    syntax: Syntax
    header: bool
    """Whether the first line names the columns."""
    names: tuple[str, ...]
    """Of the cells of a line, or their places from 1."""
    places: Places
    encoding: str = "utf-8"
    scale: RatingScale | None = None
    """Ratings outside are rejected; ``None`` where any number is one."""
    divide: Keyed | None = None
    """What divides lines that are JSON objects."""

    def columns(self) -> dict[str, str | None]:
        """Return what is read from which column."""
        places = self.places._asdict()
        return {role: None if place is None else self.names[place] for role, place in places.items()}

    def parse(self, cells: list[str]) -> RatingRow:
        """Turn the cells of a line into a rating.

        Raises:
            Rejected: one of them cannot be taken.
        """
        names, (user, item, rating, timestamp) = self.names, self.places
        return (
            parse_id(cells[user], names[user]),
            parse_id(cells[item], names[item]),
            parse_stars(cells[rating], names[rating], self.scale),
            0 if timestamp is None else parse_time(cells[timestamp], names[timestamp]),
        )

    def stars_of(self, cell: str) -> float:
        """Return a rating, or raise ``Rejected``."""
        return parse_stars(cell, "", self.scale)


@dataclass(frozen=True, eq=False)
class RatingBlock:
    """Ratings of a block, columns of equal length n in its order; ids as ``IdColumn`` takes them."""

    user_ids: "NDArray[np.int64] | NDArray[np.str_] | pyarrow.Array"
    item_ids: "NDArray[np.int64] | NDArray[np.str_] | pyarrow.Array"
    values: NDArray[np.float32]
    timestamps: NDArray[np.int64]


def plain_block(block: bytes, layout: RatingLayout) -> RatingBlock | None:
    """Read a block whose every line is plain; ``None`` where one is not, which says nothing against it.

    What it returns is what ``walk`` would: cells are parsed by the same functions, each spelling once.
    """
    if layout.divide is not None:
        return _keyed_block(block, layout)
    user, item, rating, timestamp = layout.places
    wanted = [place for place in layout.places if place is not None]
    cells = plain_cells(
        block, layout.syntax, len(layout.names), wanted=wanted, differing=timestamp, encoding=layout.encoding
    )
    if cells is None:
        return None
    users, items = _ids(cells[user]), _ids(cells[item])
    values = _parsed(cells[rating], layout.stars_of, np.float32)
    if users is None or items is None or values is None:
        return None
    times = np.zeros(len(values), np.int64) if timestamp is None else _times(cells[timestamp])
    return None if times is None else RatingBlock(users, items, values, times)


def careful_block(
    block: bytes, first: int, layout: RatingLayout, account: Accounting, *, last: bool
) -> tuple[RatingBlock, int, bytes]:
    """Read a block line by line; return its ratings, how many lines were used up, and what the next block ends."""
    table = Table(layout.syntax, len(layout.names), layout.encoding, layout.parse, divide=layout.divide)
    walked = walk(block, first, table, account, last=last)
    users, items, values, times = zip(*walked.rows, strict=True) if walked.rows else ((), (), (), ())
    ratings = RatingBlock(
        parse_ids(users), parse_ids(items), np.array(values, np.float64).astype(np.float32), np.array(times, np.int64)
    )
    return ratings, walked.lines, walked.rest


def _keyed_block(block: bytes, layout: RatingLayout) -> RatingBlock | None:
    columns = text_columns(block, [layout.names[place] for place in layout.places if place is not None])
    if columns is None:
        return None
    users, items, stars, *times = columns
    try:
        return RatingBlock(
            parse_ids(_each(users, lambda cell: parse_id(cell, ""))),
            parse_ids(_each(items, lambda cell: parse_id(cell, ""))),
            np.array(_each(stars, layout.stars_of), np.float64).astype(np.float32),
            np.array(_seconds(times[0]) if times else [0] * len(users), np.int64),
        )
    except Rejected:
        return None


def _seconds(cells: list[str]) -> list[int]:
    """Read integers at once, and each spelling of other times once."""
    together = "".join(cells)
    if together.isascii() and together.isdigit() and "" not in cells and max(map(len, cells)) < _FEW_DIGITS:
        return list(map(int, cells))
    return _each(cells, lambda cell: parse_time(cell, ""))


def _each(cells: list[str], parse: Callable[[str], Cell]) -> list[Cell]:
    """Parse each spelling once."""
    known = {cell: parse(cell) for cell in set(cells)}
    return [known[cell] for cell in cells]


def _ids(column: "pyarrow.DictionaryArray") -> "pyarrow.DictionaryArray | None":
    import pyarrow as pa
    from pyarrow import compute

    texts = compute.utf8_trim(column.dictionary, BLANKS)
    shortest_longest = compute.min_max(compute.utf8_length(texts)).as_py()
    fit = shortest_longest["min"] > 0 and shortest_longest["max"] <= MAX_ID_CHARS
    return pa.DictionaryArray.from_arrays(column.indices, texts) if fit else None


def _times(column: "pyarrow.Array") -> NDArray[np.int64] | None:
    """Read integers at once, and each spelling of other times once."""
    import pyarrow as pa

    if not _has_hexadecimal(column):
        with suppress(pa.ArrowInvalid):
            times: NDArray[np.int64] = to_numpy(column.cast(pa.int64()))
            return times if times.min() >= -LATEST_TIME and times.max() <= LATEST_TIME else None
    return _parsed(column.dictionary_encode(), lambda cell: parse_time(cell, ""), np.int64)


def _has_hexadecimal(column: "pyarrow.Array") -> bool:
    """Tell whether a cell may be like 0x1F, a number to Arrow and none to recli."""
    text = content(column)
    return b"x" in text or b"X" in text


def _parsed(column: "pyarrow.DictionaryArray", parse: Callable[[str], float], dtype: DTypeLike) -> NDArray[Any] | None:
    """Parse each spelling of a column once: stars have a handful."""
    try:
        parsed = np.array([parse(text) for text in column.dictionary.to_pylist()]).astype(dtype)
    except Rejected:
        return None
    return looked_up(parsed, to_numpy(column.indices))
