"""Numbers and texts as Arrow arrays. ``pyarrow.array`` would import pandas, which takes longer than a small export."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def numbers(values: NDArray[Any], missing: NDArray[np.bool_] | None = None) -> Any:
    """Return a pyarrow array that shares the memory of (n,) integers or floats; null where ``missing`` says so."""
    import pyarrow as pa

    values = np.ascontiguousarray(values)
    known = None if missing is None else pa.py_buffer(np.packbits(~missing, bitorder="little"))
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [known, pa.py_buffer(values)])


def texts(values: Sequence[str], *, blank_is_null: bool = False) -> Any:
    """Return a pyarrow array of strings; empty ones are null where that is said.

    Args:
        values: (n,) of up to 2 GiB together.
        blank_is_null: whether an empty text means that nothing is known.
    """
    import pyarrow as pa

    encoded = [value.encode() for value in values]
    known = None
    if blank_is_null:
        known = pa.py_buffer(np.packbits(np.array([bool(value) for value in encoded], bool), bitorder="little"))
    return pa.StringArray.from_buffers(len(encoded), _offsets(encoded), pa.py_buffer(b"".join(encoded)), known)


def to_numpy(column: Any) -> NDArray[Any]:
    """Return the numbers of a pyarrow array without nulls, without a copy; its own ``to_numpy`` imports pandas too."""
    return np.from_dlpack(column)


def content(strings: Any) -> bytes:
    """Return the bytes of all strings of a new pyarrow array behind each other, as they lie in its buffer."""
    _, ends, data = strings.buffers()
    return memoryview(data or b"")[: np.frombuffer(ends, np.int32)[len(strings)]].tobytes()  # the buffer may be longer


def text_lists(values: Sequence[Sequence[str]]) -> Any:
    """Return a pyarrow array of lists of strings, empty ones included."""
    import pyarrow as pa

    flat = texts([text for own in values for text in own])
    return pa.Array.from_buffers(pa.list_(pa.string()), len(values), [None, _offsets(values)], children=[flat])


def vectors(values: NDArray[np.float32]) -> Any:
    """Return (n, d) numbers as n lists of d float32 each."""
    import pyarrow as pa

    n, d = values.shape
    flat = numbers(np.ascontiguousarray(values, np.float32).reshape(-1))
    return pa.Array.from_buffers(pa.list_(pa.float32(), d), n, [None], children=[flat])


def _offsets(parts: Sequence[Sequence[Any]]) -> Any:
    import pyarrow as pa

    ends = np.zeros(len(parts) + 1, np.int32)
    np.cumsum([len(part) for part in parts], out=ends[1:])
    return pa.py_buffer(ends)
