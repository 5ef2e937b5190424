"""Files of pairs: who and what to predict for, one pair a line."""

import csv
import re
import shlex
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple, NoReturn

from recli.core.errors import InputDataError, NotFoundError

STDIN = "-"
"""The path that means standard input."""
_USER_NAMES = frozenset({"user", "userid", "uid", "usernum", "reviewerid", "customerid"})
_ITEM_NAMES = frozenset({"item", "itemid", "iid", "movie", "movieid", "film", "filmid", "book", "bookid", "isbn",
                         "product", "productid", "asin", "track", "trackid", "song", "songid"})  # fmt: skip
_TAB = "\t"
_SEPARATORS = (_TAB, ",", ";")
"""Looked for in the first line, in this order, where the file's name does not tell."""
_BY_SUFFIX = {".tsv": _TAB, ".tab": _TAB, ".csv": ","}
_MAX_LINE_BYTES = 65_536
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
    if path.is_dir():
        raise InputDataError(f"{path}: is a directory, not a file of pairs")
    try:
        opened = path.open("rb")
    except FileNotFoundError as error:
        raise NotFoundError(f"{path}: there is no such file") from error
    with opened as file:
        yield from parse_pairs(file, str(path), _BY_SUFFIX.get(path.suffix.lower()))


def parse_pairs(file: BinaryIO, name: str, separator: str | None = None) -> Iterator[PairLine]:
    """Parse what ``read_pairs`` reads.

    Args:
        file: open at its start.
        name: what messages call it.
        separator: the likely one, taken where the first line has it.

    Raises:
        InputDataError: the content is malformed.
    """
    rows = _rows(file, name, separator)
    try:
        number, first = next(rows)
    except StopIteration:
        _refuse(name, 1, "the file is empty")
    columns = _header_columns(first, name, number)
    if columns is None:
        if len(first) < 2:
            _refuse(name, number, f"one column, {first[0][:40]!r}: {_EXPECTED}")
        yield _pair(first, (0, 1), name, number)
    elif (after := next(rows, None)) is None:
        _refuse(name, number, "a header, and no pair under it")
    else:
        rows = chain([after], rows)
    for number, row in rows:
        if len(row) != len(first):
            _refuse(name, number, f"{_fields(len(row))} instead of {len(first)}")
        yield _pair(row, columns or (0, 1), name, number)


def _header_columns(first: list[str], name: str, number: int) -> tuple[int, int] | None:
    """Return the places of user and item, or ``None`` where the first row is no header."""
    keys = [re.sub(r"[\W_]", "", cell).casefold() for cell in first]
    user = next((place for place, key in enumerate(keys) if key in _USER_NAMES), None)
    item = next((place for place, key in enumerate(keys) if key in _ITEM_NAMES), None)
    if user is None and item is None:
        return None
    if user is None or item is None:
        missing = "user" if user is None else "item"
        found = ", ".join(cell.strip()[:40] for cell in first[:8])
        _refuse(name, number, f"no column of {missing} ids in the header {found}: {_EXPECTED}")
    return user, item


def _pair(row: list[str], columns: tuple[int, int], name: str, number: int) -> PairLine:
    user, item = row[columns[0]].strip(), row[columns[1]].strip()
    if not user or not item:
        _refuse(name, number, f"the {'item' if user else 'user'} id is empty")
    return PairLine(number, user, item)


def _rows(file: BinaryIO, name: str, separator: str | None) -> Iterator[tuple[int, list[str]]]:
    """Yield (line where it begins, cells) of each row; blank lines may stand at the end alone."""
    lines = _lines(file, name)
    first = next(lines, None)
    if first is None:
        return
    if separator is None or separator not in first:
        separator = next((mark for mark in _SEPARATORS if mark in first), ",")
    # recli's own TSV quotes nothing, and a title in it may begin with a quotation mark.
    quoting: Literal[0, 3] = csv.QUOTE_NONE if separator == _TAB else csv.QUOTE_MINIMAL
    reader = csv.reader(chain([first], lines), delimiter=separator, quoting=quoting, strict=True)
    blank: int | None = None
    begins = 1
    try:
        for row in reader:
            if not row or row == [""] or not "".join(row).strip():
                blank = blank or begins
            elif blank:
                _refuse(name, blank, "the line is blank")
            else:
                yield begins, row
            begins = reader.line_num + 1
    except csv.Error as error:
        _refuse(name, begins, f"no {'TSV' if separator == _TAB else 'CSV'}: {error}")


def _lines(file: BinaryIO, name: str) -> Iterator[str]:
    """Yield lines with their ends, decoded; a byte order mark is dropped."""
    for number, line in enumerate(iter(lambda: file.readline(_MAX_LINE_BYTES + 1), b""), start=1):
        if b"\0" in line:
            _refuse(name, number, "a binary file, not text: it has a NUL byte")
        if len(line) > _MAX_LINE_BYTES:
            _refuse(name, number, f"the line is longer than {_MAX_LINE_BYTES:,} bytes")
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise InputDataError(
                f"{name}:{number}: not UTF-8 (byte 0x{line[error.start]:02x}); recli reads no other encoding, and"
                " latin-1 is one",
                fix=f"iconv -f latin1 -t utf-8 {shlex.quote(name)} > utf8.csv",
            ) from error
        if text:
            yield text


def _fields(count: int) -> str:
    return "1 field" if count == 1 else f"{count} fields"


def _refuse(name: str, line: int, problem: str) -> NoReturn:
    raise InputDataError(f"{name}:{line}: {problem}")
