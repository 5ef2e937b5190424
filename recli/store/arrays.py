"""Arrays as bytes: ``.npy`` and ``.npz`` in one fixed form, and a reader that accepts nothing else.

NumPy's own reader evaluates the header as a Python literal and can be told to unpickle. This one knows dtype and shape
before it looks, from the manifest, matches the header as text, and allocates nothing until all three agree.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

ArrayEntry = tuple[str, tuple[int, ...]]
"""dtype and shape, as a manifest records them."""

HEADER_LIMIT = 4096
"""Bytes within which a header ends; NumPy pads those of plain arrays to 128."""

_KINDS = "biufcSU"
_HEADER = re.compile(
    rb"\x93NUMPY\x01\x00(?P<length>..)"
    rb"\{'descr': '(?P<dtype>[<>|][biufcSU][0-9]{1,6})', "
    rb"'fortran_order': False, 'shape': \((?P<shape>[0-9, ]*)\), \} *\n",
    re.DOTALL,
)
_PREAMBLE = 10
_ARRAY_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._:/-]*")
_CHUNK = 1 << 20
_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNIX = 3


class Sink(Protocol):
    """What arrays are written to."""

    def write(self, data: bytes, /) -> int:
        """Take all of the bytes."""

    def flush(self) -> None:
        """Be asked by ``zipfile``."""

    def close(self) -> None:
        """Complete what ``zipfile`` asks of a file; it does not call this."""


def entry_of(array: NDArray[Any]) -> ArrayEntry:
    """Return what a manifest records of an array."""
    return str(array.dtype), array.shape


def check_array(array: NDArray[Any]) -> None:
    """Refuse what the store does not keep.

    Raises:
        ValueError: the dtype is no plain number, bool, bytes or text: an object array would need pickle to be read.
    """
    if array.dtype.kind not in _KINDS or array.dtype.itemsize == 0:
        raise ValueError(f"an array of dtype {array.dtype} cannot be stored: only numbers, bools, bytes and text can")


def check_array_name(name: str) -> None:
    """Raise ``ValueError`` unless a text may name an array inside an ``.npz``."""
    if _ARRAY_NAME.fullmatch(name) is None:
        raise ValueError(f"not the name of an array: {name!r}")


def write_npy(sink: Sink, array: NDArray[Any]) -> None:
    """Write an array as ``.npy``, version 1.0, C order, in chunks: a large one is never copied whole."""
    sink.write(_header(array))
    for chunk in _chunks(array):
        sink.write(chunk)


def write_npz(sink: Sink, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write arrays as ``.npz``, uncompressed; equal arrays give equal bytes, whenever and wherever they are written."""
    import zipfile

    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            info = zipfile.ZipInfo(f"{name}.npy", date_time=_EPOCH)
            info.create_system = _UNIX
            header = _header(array)
            info.file_size = len(header) + array.nbytes  # lets zipfile choose ZIP64 by itself
            with archive.open(info, "w") as member:
                member.write(header)
                for chunk in _chunks(array):
                    member.write(chunk)


def _header(array: NDArray[Any]) -> bytes:
    buffer = BytesIO()
    descr = np.lib.format.dtype_to_descr(array.dtype)
    np.lib.format.write_array_header_1_0(buffer, {"descr": descr, "fortran_order": False, "shape": array.shape})
    return buffer.getvalue()


def _chunks(array: NDArray[Any]) -> Iterator[bytes]:
    count = max(1, _CHUNK // array.itemsize)
    flat = np.nditer(array, flags=["external_loop", "buffered", "zerosize_ok"], buffersize=count, order="C")
    for chunk in flat:
        yield np.asarray(chunk).tobytes()


def check_header(head: bytes, size: int, expected: ArrayEntry) -> tuple[np.dtype[Any], int]:
    """Compare the start of a ``.npy`` file with what the manifest says of it.

    Args:
        head: the first ``HEADER_LIMIT`` bytes, or all of a shorter file.
        size: bytes of the whole file.
        expected: dtype and shape.

    Returns:
        The dtype, and the offset at which the numbers start.

    Raises:
        ValueError: it is not such a header, says something else, or ``size`` does not fit it.
    """
    match = _HEADER.match(head)
    if match is None or int.from_bytes(match["length"], "little") != match.end() - _PREAMBLE:
        raise ValueError("is no .npy file of plain numbers or text")
    dtype, shape = _declared(match)
    if (str(dtype), shape) != expected:
        raise ValueError(f"holds {dtype} {shape}, not {expected[0]} {expected[1]}")
    if match.end() + math.prod(shape) * dtype.itemsize != size:
        raise ValueError(f"has {size} bytes, which does not fit {dtype} {shape}")
    return dtype, match.end()


def _declared(match: re.Match[bytes]) -> tuple[np.dtype[Any], tuple[int, ...]]:
    try:
        dtype = np.dtype(match["dtype"].decode("ascii"))
        return dtype, tuple(int(n) for n in match["shape"].split(b",") if n.strip())
    except (TypeError, ValueError) as error:
        raise ValueError(f"has a malformed header: {error}") from error


def read_npz(data: bytes, expected: Mapping[str, ArrayEntry]) -> dict[str, NDArray[Any]]:
    """Read the arrays of an ``.npz`` in the one form that ``write_npz`` writes.

    Args:
        data: the whole file.
        expected: array name → dtype and shape.

    Returns:
        Array name → array, read-only.

    Raises:
        ValueError: the archive is malformed, or holds anything but exactly the arrays expected.
    """
    import zipfile

    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _check_members(archive.infolist(), expected, len(data))
            return {name: _member(archive, name, entry) for name, entry in expected.items()}
    except (zipfile.BadZipFile, RuntimeError, EOFError, OverflowError, ValueError) as error:
        raise ValueError(f"is not the .npz that the manifest describes: {error}") from error


def _check_members(members: "Sequence[ZipInfo]", expected: Mapping[str, ArrayEntry], size: int) -> None:
    if [member.filename for member in members] != [f"{name}.npy" for name in expected]:
        raise ValueError("it holds other arrays")
    if any(member.compress_type != 0 or member.compress_size != member.file_size for member in members):
        raise ValueError("it holds compressed arrays, which recli never writes")
    # Uncompressed members of more bytes than the file can only overlap.
    if sum(member.file_size for member in members) > size:
        raise ValueError("it holds overlapping arrays")


def _member(archive: "ZipFile", name: str, expected: ArrayEntry) -> NDArray[Any]:
    info = archive.getinfo(f"{name}.npy")
    with archive.open(info) as member:
        dtype, offset = check_header(member.read(HEADER_LIMIT), info.file_size, expected)
    return np.frombuffer(archive.read(info), dtype=dtype, offset=offset).reshape(expected[1])
