"""Small CSV and TSV files as people and programs write them, row by row."""

import csv
import re
import shlex
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Literal, NoReturn

from recli.core.errors import InputDataError, NotFoundError

STDIN = "-"
"""A path that means standard input."""
_TAB = "\t"
_SEPARATORS = (_TAB, ",", ";")
"""Looked for in the first line, in this order, where the file's name does not tell."""
_BY_SUFFIX = {".tsv": _TAB, ".tab": _TAB, ".csv": ","}
_MAX_LINE_BYTES = 65_536


def open_table(path: Path) -> BinaryIO:
    """Open a file to read.

    Raises:
        NotFoundError: there is no such file.
        InputDataError: it cannot be read.
    """
    try:
        return path.open("rb")
    except FileNotFoundError as error:
        raise NotFoundError(f"{path}: there is no such file") from error
    except IsADirectoryError as error:
        raise InputDataError(f"{path}: is a directory, not a file") from error
    except OSError as error:
        raise InputDataError(f"cannot read {path}: {error.strerror}") from error


def path_text(path: Path) -> str:
    """Return a path as text that can be kept as JSON: bytes of a name that are no UTF-8 are spelled out."""
    return str(path).encode("utf-8", "backslashreplace").decode()


def likely_separator(path: Path) -> str | None:
    """Return what a file's name tells."""
    return _BY_SUFFIX.get(path.suffix.lower())


def column_key(name: str) -> str:
    """Return a column's name without case, spaces and signs: ``User ID``, ``userId`` and ``user_id`` are one."""
    return re.sub(r"[\W_]", "", name).casefold()


def read_rows(
    file: BinaryIO, name: str, separator: str | None = None, *, quoted_tsv: bool = False
) -> Iterator[tuple[int, list[str]]]:
    """Yield the line where each row begins, from 1, and its cells, none where the line is blank.

    Args:
        file: in UTF-8, open at its start.
        name: what messages call it.
        separator: the likely one, taken where the first line has it; else a tab, a comma or a semicolon is looked for.
        quoted_tsv: whether a cell between tabs may be quoted, as spreadsheets do it. recli's own TSV quotes nothing,
            and a title in it may begin with a quotation mark.

    Raises:
        InputDataError: it is no such file; the message names the line.
    """
    lines = _lines(file, name)
    first = next(lines, None)
    if first is None:
        return
    if separator is None or separator not in first:
        separator = next((mark for mark in _SEPARATORS if mark in first), ",")
    plain = separator == _TAB and not quoted_tsv
    quoting: Literal[0, 3] = csv.QUOTE_NONE if plain else csv.QUOTE_MINIMAL
    reader = csv.reader(chain([first], lines), delimiter=separator, quoting=quoting, strict=True)
    begins = 1
    try:
        for row in reader:
            yield begins, row if "".join(row).strip() else []
            begins = reader.line_num + 1
    except csv.Error as error:
        refuse(name, begins, f"no {'TSV' if separator == _TAB else 'CSV'}: {error}")


def refuse(name: str, line: int, problem: str, *, fix: str | None = None) -> NoReturn:
    """Raise ``InputDataError`` for a line."""
    raise InputDataError(f"{name}:{line}: {problem}", fix=fix)


def _lines(file: BinaryIO, name: str) -> Iterator[str]:
    """Yield lines with their ends, decoded; a byte order mark is dropped."""
    for number, line in enumerate(iter(lambda: file.readline(_MAX_LINE_BYTES + 1), b""), start=1):
        if b"\0" in line:
            refuse(name, number, "a binary file, not text: it has a NUL byte")
        if len(line) > _MAX_LINE_BYTES:
            refuse(name, number, f"the line is longer than {_MAX_LINE_BYTES:,} bytes")
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            problem = f"not UTF-8 (byte 0x{line[error.start]:02x}); recli reads no other encoding, and latin-1 is one"
            refuse(name, number, problem, fix=f"iconv -f latin1 -t utf-8 {shlex.quote(name)} > utf8.csv")
        if text:
            yield text
