"""What kind of file this is: its syntax, and where its data begins."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePath

from recli.core.errors import InputDataError
from recli.data.accounting import Rejected
from recli.data.rows import BARS, COLONS, CSV, SEMICOLONS, SYNTAXES, TSV, Syntax, decoded, split_line

_BY_SUFFIX: Mapping[str, tuple[Syntax, ...]] = {
    ".csv": (CSV, SEMICOLONS), ".tsv": (TSV,), ".tab": (TSV,), ".data": (TSV,), ".dat": (COLONS,), ".item": (BARS,),
    ".user": (BARS,),
}  # fmt: skip
FIXES = {
    "encoding": "recli import RATINGS --name NAME --encoding latin-1",
    "line end": "tr '\\r' '\\n' < RATINGS > lines.csv",
}
"""Reason that a line is rejected → what helps the file as a whole."""
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


def begin(block: bytes, name: str, encoding: str) -> Beginning:
    """Look at a file's first block.

    Raises:
        InputDataError: nothing is in it, or its first line is not divided into cells.
    """
    lines = (match for match in re.finditer(rb"[^\n]*\n", block) if match[0].strip(b" \r\n"))
    filled = list(islice(lines, _LOOKED_AT))
    if not filled:
        raise InputDataError(f"{name}:1: the file is empty")
    first = filled[0]
    line = block.count(b"\n", 0, first.start()) + 1
    try:
        texts = [decoded(first[0][:-1], encoding)]
        texts += [match[0].decode("latin-1").rstrip("\r\n") for match in filled[1:]]
        syntax = _syntax(texts, name)
        return Beginning(syntax, line, line - 1, split_line(texts[0], syntax), first.start(), first.end())
    except Rejected as why:
        raise InputDataError(f"{name}:{line}: {why.problem}", fix=FIXES.get(why.reason)) from None


def _syntax(texts: list[str], name: str) -> Syntax:
    path = PurePath(name)
    suffix = PurePath(path.stem).suffix if path.suffix == ".gz" else path.suffix
    for syntax in _BY_SUFFIX.get(suffix.lower(), ()):
        if _cells(texts[0], syntax) > 1:
            return syntax
    scores = [(sum(_cells(text, syntax) == _cells(texts[0], syntax) for text in texts), syntax) for syntax in SYNTAXES]
    fitting = [(score, _cells(texts[0], syntax), syntax) for score, syntax in scores if _cells(texts[0], syntax) > 1]
    if not fitting:
        quotes = ", or its quotation marks do not balance" if '"' in texts[0] else ""
        raise Rejected("fields", f"one column: no tab, comma, semicolon, :: or | divides it{quotes}")
    return max(fitting, key=lambda found: found[:2])[2]


def _cells(text: str, syntax: Syntax) -> int:
    try:
        return len(split_line(text, syntax))
    except Rejected:
        return 0
