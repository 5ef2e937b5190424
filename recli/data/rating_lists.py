"""One person's ratings as they write them: ``TITLE=STARS`` on the command line, or a small file."""

import io
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recli.core.dataset import ItemTable
from recli.core.errors import InputDataError, NotFoundError, UsageError
from recli.core.ratings import RatingScale
from recli.data.delimited import STDIN, likely_separator, open_table, read_rows
from recli.data.formats.columns import ITEM_ROLES, RATING, TITLE, places_named
from recli.data.titles import choose_item

EXAMPLE = 'recli recommend --rate "Star Wars=5" --rate "Fargo=4"'
MOST_BYTES = 10_000_000
"""Of a person's file: nobody has rated more."""


@dataclass(frozen=True)
class Statement:
    """A rating as written."""

    item: str
    """A title, a part of one, or an id."""
    stars: str
    where: str
    """For errors: the option, or the file and line."""


@dataclass(frozen=True, eq=False)
class RatingList:
    """What a person rated, each item once."""

    item_nums: NDArray[np.int32]
    """(m,)"""
    values: NDArray[np.float32]
    """(m,) stars."""


def read_options(texts: Sequence[str]) -> list[Statement]:
    """Read what ``--rate`` was given; the last ``=`` divides, for titles may have some too.

    Raises:
        UsageError: an option is not of that form.
    """
    found = []
    for text in texts:
        item, sign, stars = text.rpartition("=")
        if not (sign and item.strip() and stars.strip()):
            raise UsageError(f"--rate {text!r} is not of the form TITLE=STARS", fix=EXAMPLE)
        found.append(Statement(item.strip(), stars.strip(), f"--rate {text!r}"))
    return found


def read_file(path: Path) -> list[Statement]:
    """Read a CSV or TSV file in UTF-8 with a column of titles or ids and one of stars.

    A header names them (``title`` or ``item_id``, and ``rating`` or ``stars``, in any case); without one they are the
    only two columns. Where a header has an id and a title, the id counts. ``-`` is standard input.

    Raises:
        NotFoundError: there is no such file.
        InputDataError: it cannot be read, or is no list of ratings; file and line are named.
    """
    name = "stdin" if str(path) == STDIN else str(path)
    found = read_rows(io.BytesIO(_content(path)), name, likely_separator(path), quoted_tsv=True)
    rows = [(line, cells) for line, cells in found if cells]
    if not rows:
        raise InputDataError(f"{name} has no ratings: it is empty", fix=EXAMPLE)
    columns = _columns(rows[0][1])
    if columns is None:
        for row in rows:
            _require_two(name, *row)
        columns = (0, 1)
    else:
        rows = rows[1:]
    if not rows:
        raise InputDataError(f"{name} has no ratings: it ends behind its header", fix=EXAMPLE)
    item, stars = columns
    for line, cells in rows:
        if len(cells) <= max(columns) or not cells[item].strip() or not cells[stars].strip():
            raise InputDataError(f"{name}:{line}: no item and stars in {len(cells)} column(s)", fix=EXAMPLE)
    return [Statement(cells[item].strip(), cells[stars].strip(), f"{name}:{line}") for line, cells in rows]


def understand(statements: Sequence[Statement], items: ItemTable, scale: RatingScale) -> RatingList:
    """Find the items meant and check the stars.

    Raises:
        InputDataError: stars are no number or outside the scale, or an item was given two different ratings.
        NotFoundError: no title is near, or more than one fits.
    """
    found: dict[int, tuple[float, str]] = {}
    for statement in statements:
        stars = _stars(statement, scale)
        try:
            num = choose_item(items, statement.item)
        except NotFoundError as error:
            raise NotFoundError(
                f"{statement.where}: {error.message}", fix=error.fix, candidates=error.candidates
            ) from error
        before, where = found.setdefault(num, (stars, statement.where))
        if before != stars:
            raise InputDataError(
                f"{statement.where}: {items.titles[num]!r} has {stars:g} stars here and {before:g} in {where}"
            )
    nums = np.array(list(found), np.int32)
    return RatingList(nums, np.array([stars for stars, _ in found.values()], np.float32))


def _stars(statement: Statement, scale: RatingScale) -> float:
    try:
        stars = float(statement.stars)
    except ValueError:
        raise InputDataError(f"{statement.where}: {statement.stars!r} is no number of stars", fix=EXAMPLE) from None
    if not scale.low <= stars <= scale.high:
        raise InputDataError(f"{statement.where}: ratings go from {scale.low:g} to {scale.high:g}, not {stars:g}")
    return stars


def _content(path: Path) -> bytes:
    if str(path) == STDIN:
        content = sys.stdin.buffer.read(MOST_BYTES + 1)
    else:
        with open_table(path) as file:
            content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise InputDataError(f"{path} is larger than {MOST_BYTES:,} bytes: it is no list of one person's ratings")
    return content


def _require_two(name: str, line: int, cells: Sequence[str]) -> None:
    """Refuse columns without names where they may mean anything: a line of ``u.data`` begins with user and item."""
    if len(cells) > 2:
        raise InputDataError(
            f"{name}:{line}: {len(cells)} columns, and no header such as title,rating says which is which", fix=EXAMPLE
        )


def _columns(header: Sequence[str]) -> tuple[int, int] | None:
    """Return the columns of item and stars that a header names; ``None`` where the row is no header."""
    stars, items = places_named(header, RATING), places_named(header, (*ITEM_ROLES["id"], *TITLE))
    return (items[0], stars[0]) if stars and items else None
