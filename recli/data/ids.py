"""Telling ids that are integers from ids that are text."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

LARGEST_INTEGER = 2**53
"""Beyond it programs that read JSON or spreadsheets turn an integer into its neighbour: such an id is text."""
# 007 is text: read as an integer it would come back as 7, which is another id.
_CANONICAL = re.compile(r"0|-?[1-9][0-9]{0,15}")

Ids = NDArray[np.int64] | NDArray[np.str_]


def parse_ids(texts: Sequence[str]) -> Ids:
    """Turn ids read from a file into an array.

    Args:
        texts: (n,) ids as written, in any order and with repeats.

    Returns:
        (n,) int64 where every one of them is an integer in its only spelling, up to ``LARGEST_INTEGER`` either way,
        else (n,) text, unchanged.
    """
    if all(_is_integer(text) for text in texts):
        return np.array([int(text) for text in texts], dtype=np.int64)
    return np.array(texts, dtype=np.str_)


def join_ids(parts: Sequence[NDArray[np.generic]]) -> Ids:
    """Join ids of which each part is integers or text: text where one of them is, integers in their only spelling.

    Args:
        parts: arrays of any lengths; empty ones say nothing.

    Returns:
        Their ids in order, int64 or text.
    """
    filled = [part for part in parts if part.size]
    if not filled:
        return np.empty(0, np.int64)
    if all(part.dtype.kind in "iu" and _fit(part) for part in filled):
        return np.concatenate([part.astype(np.int64) for part in filled])
    return np.concatenate([part.astype(np.str_) for part in filled])


def _fit(ids: NDArray[np.generic]) -> bool:
    # int(): numpy compares unsigned and signed integers as floats, and the smallest int64 has no absolute value
    return int(ids.max()) <= LARGEST_INTEGER and int(ids.min()) >= -LARGEST_INTEGER


def _is_integer(text: str) -> bool:
    return _CANONICAL.fullmatch(text) is not None and abs(int(text)) <= LARGEST_INTEGER
