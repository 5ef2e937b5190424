"""What kind of file this is: its syntax, and where its data begins."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePath

from recli.core.errors import InputDataError
from recli.data.formats.accounting import Rejected
from recli.data.formats.columns import RATING_ROLES, is_header, is_number
from recli.data.formats.text.json_lines import JSON_LINES, columns_of, is_json
from recli.data.formats.text.rows import (
    BARS,
    COLONS,
    CSV,
    SEMICOLONS,
    SPACES,
    SYNTAXES,
    TSV,
    Syntax,
    decoded,
    split_line,
)

_BY_SUFFIX: Mapping[str, tuple[Syntax, ...]] = {
    ".csv": (CSV, SEMICOLONS), ".tsv": (TSV,), ".tab": (TSV,), ".data": (TSV,), ".dat": (COLONS,), ".item": (BARS,),
    ".user": (BARS,),
}  # fmt: skip
_PACKED = (".gz", ".zst")
FIXES = {
    "encoding": "recli import RATINGS --name NAME --encoding latin-1",
    "line end": "tr '\\r' '\\n' < RATINGS > lines.csv",
}
"""Reason that a line is rejected → what helps the file as a whole."""
_BY_PLACE = (3, 4)
_LEAST = 3
"""Columns of a file of ratings."""
_LOOKED_AT = 20
"""Lines from which the syntax is told."""


@dataclass(frozen=True)
class Beginning:
    """How a file begins."""

    syntax: Syntax
    line: int
    """The number of its first line that is not blank, from 1."""
    blank_lines: int
    """Before it."""
    cells: list[str]
    """Of that line."""
    start: int
    """Bytes before that line."""
    end: int
    """Bytes up to its end."""
    keyed: bool = False
    """Whether each line names its cells, as JSON does: then the cells here are the keys, and the first line is data."""


def begin(block: bytes, name: str, encoding: str, *, spaces: bool = False) -> Beginning:
    """Look at a file's first block.

    Args:
        block: whole lines.
        name: of the file: its ending says the syntax where the first line agrees.
        encoding: of the file.
        spaces: whether blanks may divide lines. Titles have blanks: of files that describe, none is taken apart so.

    Raises:
        InputDataError: nothing is in it, or its first line is not divided into cells.
    """
    lines = (match for match in re.finditer(rb"[^\n]*\n", block) if match[0].strip(b" \r\n"))
    filled = list(islice(lines, _LOOKED_AT))
    if not filled:
        raise InputDataError(f"{name}:1: the file is empty")
    first = filled[0]
    line = block.count(b"\n", 0, first.start()) + 1
    if is_json(block, _suffix(name)):
        keys = columns_of(block[first.start() :], name, line, encoding)
        return Beginning(JSON_LINES, line, line - 1, keys, first.start(), first.end(), keyed=True)
    try:
        texts = [decoded(first[0][:-1], encoding)]
        texts += [match[0].decode("latin-1").rstrip("\r\n") for match in filled[1:]]
        syntax = SPACES if spaces and _divided_by_spaces(texts) else _syntax(texts, name)
        return Beginning(syntax, line, line - 1, split_line(texts[0], syntax), first.start(), first.end())
    except Rejected as why:
        raise InputDataError(f"{name}:{line}: {why.problem}", fix=FIXES.get(why.reason)) from None


def _suffix(name: str) -> str:
    path = PurePath(name)
    return (PurePath(path.stem).suffix if path.suffix in _PACKED else path.suffix).lower()


def _syntax(texts: list[str], name: str) -> Syntax:
    for syntax in _BY_SUFFIX.get(_suffix(name), ()):
        if _cells(texts[0], syntax) > 1:
            return syntax
    scores = [(sum(_cells(text, syntax) == _cells(texts[0], syntax) for text in texts), syntax) for syntax in SYNTAXES]
    fitting = [(score, _cells(texts[0], syntax), syntax) for score, syntax in scores if _cells(texts[0], syntax) > 1]
    if not fitting:
        quotes = ", or its quotation marks do not balance" if '"' in texts[0] else ""
        raise Rejected("fields", f"one column: no tab, comma, semicolon, :: or | divides it{quotes}")
    return max(fitting, key=lambda found: found[:2])[2]


def _divided_by_spaces(texts: list[str]) -> bool:
    """Tell whether blanks divide lines, and no other sign could be meant.

    The first line is a header of usual names, or has its third cell for a number; or most lines have as many cells,
    some of them numbers throughout. Where a tab could be meant too, all must be numbers, and tabs leave cells blank or
    are too few.
    """
    first = split_line(texts[0], SPACES)
    if len(first) < _LEAST:
        return False
    fitting = [syntax for syntax in SYNTAXES if _cells(texts[0], syntax) > 1]
    if not fitting:
        named = is_header(first, RATING_ROLES, least=len(first) + 1)
        return named or (len(first) in _BY_PLACE and is_number(first[2])) or any(_numeric(first, texts[1:]))
    by_tabs = split_line(texts[0], TSV)
    broken = len(by_tabs) < _LEAST or not all(cell.strip() for cell in by_tabs)
    return fitting == [TSV] and broken and all(_numeric(first, texts[1:]))


def _numeric(first: list[str], others: list[str]) -> list[bool]:
    """Tell of each place whether it is numbers in most of the other lines; of none where most have other places."""
    rows = [row for row in (split_line(text, SPACES) for text in others) if len(row) == len(first)]
    if 2 * len(rows) < len(others):
        return [False]
    rows = rows or [first]
    return [2 * sum(is_number(row[place]) for row in rows) > len(rows) for place in range(len(first))]


def _cells(text: str, syntax: Syntax) -> int:
    try:
        return len(split_line(text, syntax))
    except Rejected:
        return 0
