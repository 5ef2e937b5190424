"""Telling ids that are integers from ids that are text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from recli.data import arrow_arrays
from recli.data.growing import Growing, looked_up

if TYPE_CHECKING:
    import pyarrow

LARGEST_INTEGER = 2**53
"""Beyond it programs that read JSON or spreadsheets turn an integer into its neighbour: such an id is text."""
# 007 is text: read as an integer it would come back as 7, which is another id.
_CANONICAL = re.compile(r"0|-?[1-9][0-9]{0,15}")
_MOST_WAITING = 1 << 20
"""Spellings of blocks, mostly the same again, that are kept until they are joined to those known."""

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


@dataclass(frozen=True, eq=False)
class CodedIds:
    """The ids of n rows, each distinct one kept once: text of any length takes four bytes a row."""

    ids: Ids
    """(m,) distinct, in the order in which they came."""
    codes: NDArray[np.int32]
    """(n,) positions in ``ids``."""

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of the ids: int64 or text."""
        return self.ids.dtype

    def tolist(self) -> list[int | str]:
        """Return the id of each row."""
        found: list[int | str] = self.ids[self.codes].tolist()
        return found


class IdColumn:
    """Collects the ids of rows that come block by block.

    Each is kept as it is spelled, and once; whether all of them are integers is asked at the end, so that a first text
    after millions of integers finds those to the character.
    """

    def __init__(self) -> None:
        """Begin without rows."""
        self._codes = Growing(np.int32)
        """Of each row: a position in the spellings of all blocks, one block's after the other's."""
        self._places = Growing(np.int32)
        """Of each of those spellings: a position in the distinct ones."""
        self._distinct: Any = None
        self._waiting: list[Any] = []
        """Spellings that have no place yet."""
        self._n_waiting = 0

    def add(self, ids: "NDArray[np.generic] | pyarrow.Array") -> None:
        """Append ids, (n,): integers, text, or Arrow text, with or without a dictionary."""
        coded = _coded(ids)
        codes = arrow_arrays.to_numpy(coded.indices)
        self._codes.extend(codes + np.int32(len(self._places) + self._n_waiting))
        self._waiting.append(coded.dictionary)
        self._n_waiting += len(coded.dictionary)
        if self._n_waiting > max(_MOST_WAITING, 0 if self._distinct is None else len(self._distinct)):
            self._settle()

    def whole(self) -> CodedIds:
        """Return all of them; nothing is added after that."""
        self._settle()
        codes = self._codes.whole()
        looked_up(self._places.whole(), codes, out=codes)
        return CodedIds(parse_ids([] if self._distinct is None else self._distinct.to_pylist()), codes)

    def _settle(self) -> None:
        if not self._waiting:
            return
        import pyarrow as pa

        known = [] if self._distinct is None else [self._distinct]
        encoded = pa.concat_arrays([*known, *self._waiting]).dictionary_encode()
        # Those known come first, each once: they keep their places.
        self._places.extend(arrow_arrays.to_numpy(encoded.indices)[len(known and known[0]) :])
        self._distinct, self._waiting, self._n_waiting = encoded.dictionary, [], 0


def _coded(ids: "NDArray[np.generic] | pyarrow.Array") -> "pyarrow.DictionaryArray":
    """Return each spelling once, as Arrow's text of any total length, and where it stands."""
    import pyarrow as pa

    if isinstance(ids, np.ndarray):
        ids = arrow_arrays.numbers(ids) if ids.dtype.kind in "iu" else arrow_arrays.texts(ids.astype(np.str_).tolist())
    coded = ids if pa.types.is_dictionary(ids.type) else ids.dictionary_encode()
    return pa.DictionaryArray.from_arrays(coded.indices, coded.dictionary.cast(pa.large_string()))


def _fit(ids: NDArray[np.generic]) -> bool:
    # int(): numpy compares unsigned and signed integers as floats, and the smallest int64 has no absolute value
    return int(ids.max()) <= LARGEST_INTEGER and int(ids.min()) >= -LARGEST_INTEGER


def _is_integer(text: str) -> bool:
    return _CANONICAL.fullmatch(text) is not None and abs(int(text)) <= LARGEST_INTEGER
