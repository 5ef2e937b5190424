"""The cells of many plain lines at once, by numpy: where they begin and end, and the integers in them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recli.data.formats.spaces import single_spaces
from recli.data.ids import LARGEST_INTEGER
from recli.data.rows import Syntax
from recli.data.streams import MAX_LINE_BYTES

_LINE_END, _MINUS, _ZERO, _QUOTE = b"\n"[0], b"-"[0], b"0"[0], b'"'[0]
_MOST_DIGITS = 16
_MOST_CHARS = 64
"""Of a text that is taken at once: every row takes as much memory as the longest."""
_PACKED = 8

Places = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Cells:
    """Where the cells of n lines lie in a block of ASCII."""

    content: NDArray[np.uint8]
    starts: Places
    """(n, fields)"""
    ends: Places
    """(n, fields), behind the last byte."""

    def has_blank(self, place: int) -> bool:
        """Tell whether a cell of a column is empty."""
        return bool((self.starts[:, place] == self.ends[:, place]).any())

    def integers(self, place: int) -> NDArray[np.int64] | None:
        """Return a column, (n,) int64, where all of it is integers in their only spelling; see ``parse_ids``."""
        starts, ends = self.starts[:, place], self.ends[:, place]
        first = self.content[starts]
        negative = first == _MINUS
        starts = starts + negative
        lengths = ends - starts
        width = int(lengths.max())
        if lengths.min() < 1 or width > _MOST_DIGITS:
            return None
        leading = self.content[starts] == _ZERO
        if (leading & ((lengths > 1) | negative)).any():
            return None
        total = np.zeros(len(starts), np.int64)
        for back in range(1, width + 1):
            digits = self.content[np.maximum(ends - back, 0)] - _ZERO  # what is no digit wraps round, to 10 and more
            there = lengths >= back
            if (there & (digits > 9)).any():
                return None
            total += np.where(there, digits, 0).astype(np.int64) * 10 ** (back - 1)
        if (total > LARGEST_INTEGER).any():
            return None
        return np.where(negative, -total, total)

    def texts(self, place: int) -> NDArray[np.bytes_] | None:
        """Return a column, (n,) bytes; ``None`` where one of them is long."""
        starts, ends = self.starts[:, place], self.ends[:, place]
        lengths = ends - starts
        width = max(int(lengths.max()), 1)
        if width > _MOST_CHARS:
            return None
        made = np.zeros((len(starts), width), np.uint8)
        for at in range(width):
            there = lengths > at
            made[there, at] = self.content[starts[there] + at]
        return made.view(f"S{width}")[:, 0]


def plain_cells(block: bytes, syntax: Syntax, fields: int) -> Cells | None:
    """Find the cells of whole lines; ``None`` where a line is not plain.

    Plain are ASCII, no blanks around cells nor blank lines, the same number of cells in each line, and quotes, if any,
    around whole cells with nothing in them that a quote is needed for.
    """
    block = block.replace(b"\r\n", b"\n")
    if syntax.runs:
        block = single_spaces(block)
    separator = syntax.separator.encode()
    if not block or not block.isascii() or any(sign in block for sign in _odd(syntax)):
        return None
    if block.startswith((b"\n", b" ")):
        return None
    content = np.frombuffer(block, np.uint8)
    wide = len(separator)
    marks = _marks(content, separator)
    if len(marks) % fields or not (content[marks[fields - 1 :: fields]] == _LINE_END).all():
        return None
    if np.count_nonzero(content == _LINE_END) * fields != len(marks):
        return None
    ends = marks.reshape(-1, fields)
    starts = np.empty_like(ends)
    starts[:, 1:] = ends[:, :-1] + wide
    starts[1:, 0] = ends[:-1, -1] + 1
    starts[0, 0] = 0
    if (ends[:, -1] - starts[:, 0]).max() > MAX_LINE_BYTES:
        return None
    return _unquoted(content, starts, ends) if syntax.quoted else Cells(content, starts, ends)


def _odd(syntax: Syntax) -> list[bytes]:
    """Return what no plain block contains; a colon at a cell's edge leaves open where ``::`` divides."""
    separator = syntax.separator.encode()
    found = [b"\0", b"\r", b"\n\n", b"\n ", b" \n", separator + b" ", b" " + separator]
    if separator != b"\t":
        found.append(b"\t")
    if len(separator) > 1:
        found.append(separator + separator[:1])
    if syntax.quoted:
        found += [b'" ', b' "']
    return found


def _marks(content: NDArray[np.uint8], separator: bytes) -> Places:
    """Return where separators and line ends begin, ascending."""
    hits = content == separator[0]
    if len(separator) > 1:
        hits[:-1] &= content[1:] == separator[1]
        hits[-1] = False
    return np.flatnonzero(hits | (content == _LINE_END))


def _unquoted(content: NDArray[np.uint8], starts: Places, ends: Places) -> Cells | None:
    """Take quotes off cells that are quoted whole; then every quotation mark of the block is one of them."""
    n_quotes = np.count_nonzero(content == _QUOTE)
    if not n_quotes:
        return Cells(content, starts, ends)
    quoted = content[starts] == _QUOTE
    closed = (content[ends - 1] == _QUOTE) & (ends - starts > 1)
    if n_quotes != 2 * np.count_nonzero(quoted) or not closed[quoted].all():
        return None
    return Cells(content, starts + quoted, ends - quoted)
