"""Strict reading of lines into rows, line by line: what is not as its syntax says is rejected, counted and named."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from recli.data.formats.accounting import Accounting, Rejected
from recli.data.formats.text.streams import MAX_LINE_BYTES

Row = TypeVar("Row")
_QUOTE = '"'
_OPEN = "a quoted cell that does not end"


@dataclass(frozen=True)
class Syntax:
    """How a line is divided into cells."""

    name: str
    separator: str
    quoted: bool
    """Whether cells may be quoted as in RFC 4180; elsewhere a quotation mark is a sign like others."""

    runs: bool = False
    """Whether any number of blanks and tabs is one separator, and those around a line are none."""

    @cached_property
    def cell(self) -> re.Pattern[str]:
        """A cell of a quoted syntax, and what ends it."""
        mark = re.escape(self.separator)
        return re.compile(rf'(?:"((?:[^"]|"")*+)"|([^"{mark}]*+))({mark}|\Z)')


CSV = Syntax("CSV", ",", quoted=True)
SEMICOLONS = Syntax(";", ";", quoted=True)
TSV = Syntax("TSV", "\t", quoted=False)
COLONS = Syntax("::", "::", quoted=False)
BARS = Syntax("|", "|", quoted=False)
SPACES = Syntax("spaces", " ", quoted=False, runs=True)
SYNTAXES = (TSV, COLONS, BARS, CSV, SEMICOLONS)
"""Those that a sign tells; blanks alone also divide prose."""
_RUN = re.compile(r"[ \t]+")


@dataclass(frozen=True)
class Table(Generic[Row]):
    """What a file's lines are."""

    syntax: Syntax
    fields: int
    """Cells of each line."""
    encoding: str
    parse: Callable[[list[str]], Row]
    """Turns cells into a row, or raises ``Rejected``."""
    title: int | None = None
    """Place of a cell that may hold the separator, where nothing can be quoted."""
    divide: Callable[[str], list[str]] | None = None
    """Turns a line into its cells, or raises ``Rejected``, where no sign divides it."""


@dataclass(frozen=True)
class Walked(Generic[Row]):
    """What lines were turned into."""

    rows: list[Row]
    lines: int
    """That were used up."""
    rest: bytes
    """Of a row that the next block ends."""


class _GoesOn(Exception):  # noqa: N818
    """A row does not end with the block."""


def walk(block: bytes, first: int, table: Table[Row], account: Accounting, *, last: bool = True) -> Walked[Row]:
    """Turn lines into rows, and count each.

    A row of several lines, which a quoted cell makes, is taken whole; where it cannot be taken, its first line alone is
    rejected, and the next one is looked at anew: one stray quotation mark costs one line, not the rest of the file.

    Args:
        block: whole lines.
        first: the number of its first line, from 1.
        table: what they are.
        account: is added to.
        last: whether no block follows.
    """
    lines = block.split(b"\n")[:-1]
    rows: list[Row] = []
    at = 0
    while at < len(lines):
        if not lines[at].strip(b" \r"):
            account.blank_lines += 1
            at += 1
            continue
        try:
            cells, span = _cells(lines, at, table, last=last)
            rows.append(table.parse(cells))
        except _GoesOn:
            return Walked(rows, at, b"\n".join([*lines[at:], b""]))
        except Rejected as why:
            account.reject(first + at, why)
            at += 1
        else:
            account.accept()
            at += span
    return Walked(rows, at, b"")


def split_line(line: str, syntax: Syntax) -> list[str]:
    """Divide a line into its cells.

    Raises:
        Rejected: its quotes do not balance.
    """
    if syntax.runs:
        return _RUN.split(line.strip(" \t"))
    if not (syntax.quoted and _QUOTE in line):
        return line.split(syntax.separator)
    cells: list[str] = []
    at = 0
    while True:
        match = syntax.cell.match(line, at)
        if match is None:
            raise Rejected("quotes", f"cell {len(cells) + 1}: a quotation mark that neither begins nor ends it")
        cells.append(match[2] if match[1] is None else match[1].replace('""', _QUOTE))
        at = match.end()
        if not match[3]:
            return cells


def _cells(lines: list[bytes], at: int, table: Table[Row], *, last: bool) -> tuple[list[str], int]:
    """Return the cells of the row that begins at a line, and how many lines it takes."""
    text = decoded(lines[at], table.encoding)
    if not (table.syntax.quoted and text.count(_QUOTE) % 2):
        return _fitting(text, table), 1
    text, span = _joined(lines, at, text, table.encoding, last=last)
    try:
        return _fitting(text, table), span
    except Rejected:
        raise Rejected("quotes", _OPEN) from None


def _fitting(text: str, table: Table[Row]) -> list[str]:
    """Divide a row into as many cells as there must be."""
    if table.divide is not None:
        return table.divide(text)
    cells = split_line(text, table.syntax) if table.title is None else _around_title(text, table, table.title)
    if len(cells) != table.fields:
        raise Rejected("fields", f"{_fields(len(cells))} instead of {table.fields}")
    return cells


def _joined(lines: list[bytes], at: int, text: str, encoding: str, *, last: bool) -> tuple[str, int]:
    """Add lines until quotes are balanced."""
    parts, size = [text], len(lines[at])
    for place in range(at + 1, len(lines)):
        size += len(lines[place]) + 1
        if size > MAX_LINE_BYTES:
            break
        try:
            parts.append(decoded(lines[place], encoding))
        except Rejected:
            break
        if parts[-1].count(_QUOTE) % 2:
            return "\n".join(parts), len(parts)
    else:
        if not last:
            raise _GoesOn
    raise Rejected("quotes", _OPEN)


def decoded(line: bytes, encoding: str) -> str:
    """Return a line as text, without its end.

    Raises:
        Rejected: it is too long, or no text.
    """
    line = line.removesuffix(b"\r")
    if len(line) > MAX_LINE_BYTES:
        raise Rejected("long", f"longer than {MAX_LINE_BYTES:,} bytes")
    if b"\0" in line:
        raise Rejected("nul", "a NUL byte")
    if b"\r" in line:
        raise Rejected("line end", "a carriage return without a line feed")
    try:
        return line.decode(encoding)
    except UnicodeDecodeError as error:
        raise Rejected("encoding", f"byte 0x{line[error.start]:02x} is not UTF-8") from None


def _around_title(text: str, table: Table[Row], title: int) -> list[str]:
    """Divide a row from both its ends, so that what is between them is the title, whatever it holds."""
    separator = table.syntax.separator
    *before, rest = text.split(separator, title)
    return [*before, *rest.rsplit(separator, table.fields - title - 1)]


def _fields(n: int) -> str:
    return "1 field" if n == 1 else f"{n} fields"
