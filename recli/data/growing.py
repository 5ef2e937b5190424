"""Columns of many millions of rows, in little more memory than they take themselves."""

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

CHUNK = 1 << 20
"""Rows that are worked on at once, where numpy would otherwise make a wider copy of all of them."""
_FIRST = 1024


class Growing:
    """A column whose rows come block by block."""

    def __init__(self, dtype: DTypeLike) -> None:
        """Begin a column without rows."""
        self._array: NDArray[Any] = np.empty(_FIRST, dtype)
        self._n = 0

    def __len__(self) -> int:
        return self._n

    def extend(self, values: NDArray[Any]) -> None:
        """Append rows, (n,)."""
        end = self._n + len(values)
        if end > len(self._array):
            # The system moves a large array without copying it; joining blocks at the end would need both at once.
            self._array.resize(max(end, len(self._array) * 5 // 4), refcheck=False)
        self._array[self._n : end] = values
        self._n = end

    def whole(self) -> NDArray[Any]:
        """Return all rows, (n,); the column is not extended after that."""
        self._array.resize(self._n, refcheck=False)
        return self._array


def looked_up(table: NDArray[Any], places: NDArray[np.int32], out: NDArray[Any] | None = None) -> NDArray[Any]:
    """Return ``table[places]``, (n,), or write it to ``out``, which may be ``places``; numpy makes 64-bit places."""
    found = np.empty(len(places), table.dtype) if out is None else out
    for start in range(0, len(places), CHUNK):
        found[start : start + CHUNK] = table[places[start : start + CHUNK]]
    return found
