"""Telling ids that are integers from ids that are text."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# 007 is text: read as an integer it would come back as 7, which is another id.
_CANONICAL = re.compile(r"0|-?[1-9][0-9]{0,18}")
_INT64 = range(-(2**63), 2**63)


def parse_ids(texts: Sequence[str]) -> NDArray[np.int64] | NDArray[np.str_]:
    """Turn ids read from a file into an array.

    Args:
        texts: (n,) ids as written, in any order and with repeats.

    Returns:
        (n,) int64 where every one of them is an integer in its only spelling and fits, else (n,) text, unchanged.
    """
    if all(_is_integer(text) for text in texts):
        return np.array([int(text) for text in texts], dtype=np.int64)
    return np.array(texts, dtype=np.str_)


def _is_integer(text: str) -> bool:
    return _CANONICAL.fullmatch(text) is not None and int(text) in _INT64
