"""Files of pairs: who and what to predict for, one pair a line."""

import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO, NamedTuple

from recli.data.delimited import STDIN, likely_separator, open_table, read_rows, refuse
from recli.data.formats.columns import ITEM, USER, places_named

_EXPECTED = "two columns are needed, user_id and item_id"


class PairLine(NamedTuple):
    """One pair as it is written."""

    line: int
    """Where it begins, from 1."""
    user: str
    item: str


def read_pairs(path: Path) -> Iterator[PairLine]:
    """Read the pairs of a file in UTF-8, in their order; ``-`` is standard input.

    Columns are found by a header of the field's usual names in any case (``user_id,item_id``, ``userId,movieId``);
    without one they are the first two. The separator is that of the file's name, ``.csv`` or ``.tsv``, where the first
    line has it, else a tab, a comma or a semicolon.

    Raises:
        NotFoundError: there is no such file.
        InputDataError: it is no such file: the message names the line.
    """
    if str(path) == STDIN:
        yield from parse_pairs(sys.stdin.buffer, "stdin")
        return
    with open_table(path) as file:
        yield from parse_pairs(file, str(path), likely_separator(path))


def parse_pairs(file: BinaryIO, name: str, separator: str | None = None) -> Iterator[PairLine]:
    """Parse what ``read_pairs`` reads.

    Args:
        file: open at its start.
        name: what messages call it.
        separator: the likely one, taken where the first line has it.

    Raises:
        InputDataError: the content is malformed.
    """
    rows = _filled(read_rows(file, name, separator), name)
    try:
        number, first = next(rows)
    except StopIteration:
        refuse(name, 1, "the file is empty")
    columns = _header_columns(first, name, number)
    if columns is None:
        if len(first) < 2:
            refuse(name, number, f"one column, {first[0][:40]!r}: {_EXPECTED}")
        yield _pair(first, (0, 1), name, number)
    elif (after := next(rows, None)) is None:
        refuse(name, number, "a header, and no pair under it")
    else:
        rows = chain([after], rows)
    for number, row in rows:
        if len(row) != len(first):
            refuse(name, number, f"{_fields(len(row))} instead of {len(first)}")
        yield _pair(row, columns or (0, 1), name, number)


def _header_columns(first: list[str], name: str, number: int) -> tuple[int, int] | None:
    """Return the places of user and item, or ``None`` where the first row is no header."""
    user, item = (next(iter(places_named(first, names)), None) for names in (USER, ITEM))
    if user is None and item is None:
        return None
    if user is None or item is None:
        missing = "user" if user is None else "item"
        found = ", ".join(cell.strip()[:40] for cell in first[:8])
        refuse(name, number, f"no column of {missing} ids in the header {found}: {_EXPECTED}")
    return user, item


def _pair(row: list[str], columns: tuple[int, int], name: str, number: int) -> PairLine:
    user, item = row[columns[0]].strip(), row[columns[1]].strip()
    if not user or not item:
        refuse(name, number, f"the {'item' if user else 'user'} id is empty")
    return PairLine(number, user, item)


def _filled(rows: Iterator[tuple[int, list[str]]], name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield rows; blank lines may stand at the end alone."""
    blank: int | None = None
    for number, row in rows:
        if not row:
            blank = blank or number
        elif blank:
            refuse(name, blank, "the line is blank")
        else:
            yield number, row


def _fields(count: int) -> str:
    return "1 field" if count == 1 else f"{count} fields"
