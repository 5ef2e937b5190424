"""Ratings out of blocks of lines: many lines at once where they are plain, line by line where one is not."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from recli.core.ratings import RatingScale
from recli.data.accounting import Accounting, Rejected
from recli.data.columns import Places
from recli.data.formats.json_lines import Keyed, text_columns
from recli.data.ids import parse_ids
from recli.data.plain_cells import Cells, plain_cells
from recli.data.rows import Syntax, Table, walk
from recli.data.values import parse_id, parse_stars, parse_time

Ids = NDArray[np.int64] | NDArray[np.str_]
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
    """Ratings of a block, columns of equal length n in its order."""

    user_ids: Ids
    item_ids: Ids
    values: NDArray[np.float32]
    timestamps: NDArray[np.int64]


def plain_block(block: bytes, layout: RatingLayout) -> RatingBlock | None:
    """Read a block whose every line is plain; ``None`` where one is not, which says nothing against it.

    What it returns is what ``walk`` would: numbers are parsed by the same functions, each spelling once.
    """
    if layout.divide is not None:
        return _keyed_block(block, layout)
    cells = plain_cells(block, layout.syntax, len(layout.names))
    if cells is None:
        return None
    places = layout.places
    users, items = _ids(cells, places.user), _ids(cells, places.item)
    values = _parsed(cells, places.rating, layout.stars_of)
    times = np.zeros(len(cells.ends), np.int64) if places.timestamp is None else _times(cells, places.timestamp)
    if users is None or items is None or values is None or times is None:
        return None
    return RatingBlock(users, items, values.astype(np.float32), times.astype(np.int64))


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


def _ids(cells: Cells, place: int) -> Ids | None:
    integers = cells.integers(place)
    if integers is not None:
        return integers
    texts = cells.texts(place)
    return None if texts is None or cells.has_blank(place) else texts.astype(np.str_)


def _times(cells: Cells, place: int) -> NDArray[np.generic] | None:
    integers = cells.integers(place)
    return _parsed(cells, place, lambda cell: parse_time(cell, "")) if integers is None else integers


def _parsed(cells: Cells, place: int, parse: Callable[[str], float]) -> NDArray[np.generic] | None:
    """Parse each spelling of a column once: stars have a handful."""
    texts = cells.texts(place)
    if texts is None:
        return None
    spellings, which = np.unique(texts, return_inverse=True)
    try:
        return np.array([parse(text.decode()) for text in spellings.tolist()])[which]
    except Rejected:
        return None
