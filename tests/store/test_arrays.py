import zipfile
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from recli.store.arrays import HEADER_LIMIT, check_array, check_header, entry_of, read_npz, write_npy, write_npz

ARRAYS = [
    np.array([[1, 2, 3], [4, 5, 6]], dtype=np.float32),
    np.asfortranarray(np.arange(12, dtype=np.int64).reshape(3, 4)),
    np.arange(20)[::-3],
    np.array(7.5),
    np.empty((0, 3), dtype=np.float16),
    np.array([], dtype=np.int32),
    np.array(["a", "übung", ""]),
    np.array([b"a", b"bc"]),
    np.array([True, False]),
    np.array([1 + 2j]),
    np.array([1, 2], dtype=">i4"),
    np.arange(300_000, dtype=np.float64).reshape(1000, 300).T,
]


def npy(array: np.ndarray) -> bytes:
    sink = BytesIO()
    write_npy(sink, array)
    return sink.getvalue()


def npz(arrays: dict[str, np.ndarray]) -> bytes:
    sink = BytesIO()
    write_npz(sink, arrays)
    return sink.getvalue()


@pytest.mark.parametrize("array", ARRAYS, ids=lambda a: f"{a.dtype}{a.shape}")
def test_numpy_reads_what_write_npy_writes(array: np.ndarray) -> None:
    loaded = np.load(BytesIO(npy(array)), allow_pickle=False)
    assert loaded.dtype == array.dtype
    np.testing.assert_array_equal(loaded, array, strict=True)


@pytest.mark.parametrize("array", ARRAYS, ids=lambda a: f"{a.dtype}{a.shape}")
def test_check_header_accepts_what_write_npy_writes(array: np.ndarray) -> None:
    data = npy(array)
    dtype, offset = check_header(data[:HEADER_LIMIT], len(data), entry_of(array))
    assert dtype == array.dtype
    assert data[offset:] == array.tobytes()


def test_equal_arrays_give_equal_bytes_whatever_their_memory_order() -> None:
    array = np.arange(12).reshape(3, 4)
    assert npy(array) == npy(np.asfortranarray(array)) == npy(np.repeat(array, 2, axis=0)[::2])


def test_npz_round_trip() -> None:
    arrays = {f"layer/{i}:0": array for i, array in enumerate(ARRAYS)}
    data = npz(arrays)
    ours = read_npz(data, {name: entry_of(array) for name, array in arrays.items()})
    theirs = np.load(BytesIO(data), allow_pickle=False)
    assert list(ours) == list(theirs) == list(arrays)
    for name, array in arrays.items():
        np.testing.assert_array_equal(ours[name], array, strict=True)
        np.testing.assert_array_equal(theirs[name], array, strict=True)
        assert not ours[name].flags.writeable


def test_npz_bytes_depend_on_nothing_but_the_arrays(monkeypatch: pytest.MonkeyPatch) -> None:
    first = npz({"a": np.arange(3)})
    monkeypatch.setattr("time.time", lambda: 2e9)
    assert npz({"a": np.arange(3)}) == first


def test_npz_without_arrays() -> None:
    assert read_npz(npz({}), {}) == {}


@pytest.mark.parametrize("array", [np.array([None]), np.zeros(2, dtype=[("a", "i4")]), np.empty(1, dtype="V4")])
def test_arrays_of_anything_but_plain_values_are_refused(array: np.ndarray) -> None:
    with pytest.raises(ValueError, match="cannot be stored"):
        check_array(array)


def header(text: str, version: bytes = b"\x01\x00") -> bytes:
    padded = text.ljust(117) + "\n"
    return b"\x93NUMPY" + version + len(padded).to_bytes(2, "little") + padded.encode()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x93NUMPY",
        header("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", version=b"\x02\x00") + bytes(8),
        header("{'descr': '<f4', 'fortran_order': True, 'shape': (2,), }") + bytes(8),
        header("{'descr': '|O', 'fortran_order': False, 'shape': (2,), }") + bytes(8),
        header("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }") + bytes(8),
        header("{'descr': '<f3', 'fortran_order': False, 'shape': (2,), }") + bytes(8),
        header("{'descr': '<f4', 'fortran_order': False, 'shape': (2 3,), }") + bytes(8),
        header("{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }") + bytes(8),
        header("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }") + bytes(8),
        header("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }") + bytes(8),
        header("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }") + bytes(7),
        header("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }") + bytes(9),
        header("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }").replace(b"\x76\x00", b"\x77\x00")
        + bytes(8),
    ],
)
def test_a_header_that_is_not_the_expected_one_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"no \.npy|holds|fit|malformed"):
        check_header(data, len(data), ("float32", (2,)))


def test_a_header_of_a_billion_floats_allocates_nothing() -> None:
    data = header("{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000,), }") + bytes(8)
    with pytest.raises(ValueError, match="does not fit"):
        check_header(data, len(data), ("float32", (1_000_000_000,)))


@settings(deadline=None)
@given(hnp.arrays(hnp.scalar_dtypes().filter(lambda t: t.kind in "biufc"), hnp.array_shapes(min_dims=0, min_side=0)))
def test_any_numeric_array_survives(array: np.ndarray) -> None:
    data = npy(array)
    _, offset = check_header(data, len(data), entry_of(array))
    assert data[offset:] == array.tobytes()


GOOD = npz({"a": np.arange(3), "b": np.ones((2, 2), dtype=np.float32)})
ENTRIES = {"a": ("int64", (3,)), "b": ("float32", (2, 2))}


@pytest.mark.parametrize(
    "expected",
    [
        {},
        {"a": ENTRIES["a"]},
        ENTRIES | {"c": ENTRIES["a"]},
        {"b": ENTRIES["b"], "a": ENTRIES["a"]},
        ENTRIES | {"b": ("float32", (4,))},
        ENTRIES | {"b": ("float64", (2, 2))},
    ],
)
def test_an_npz_of_other_arrays_is_refused(expected: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="hold"):
        read_npz(GOOD, expected)


def test_a_compressed_npz_is_refused_before_anything_is_inflated() -> None:
    bomb = BytesIO()
    np.savez_compressed(bomb, a=np.zeros(10_000_000))
    with pytest.raises(ValueError, match="compressed"):
        read_npz(bomb.getvalue(), {"a": ("float64", (10_000_000,))})


def misplaced(offset: int) -> bytes:
    """Return an archive whose directory says that its one array lies at some offset."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.npy", npy(np.arange(3)))
        archive.infolist()[0].header_offset = offset
    return buffer.getvalue()


def flagged(bit: int) -> bytes:
    """Return an archive that says something special of its one array, such as that it is encrypted."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.npy", npy(np.arange(3)))
        archive.infolist()[0].flag_bits |= bit
    return buffer.getvalue()


@pytest.mark.parametrize(
    "data",
    [b"", b"PK", GOOD[:-1], GOOD[1:], flagged(0x01), flagged(0x20), misplaced(1 << 63), misplaced(400), misplaced(7)],
    ids=["empty", "cut", "cut at end", "cut at start", "encrypted", "patched", "far away", "behind", "inside"],
)
def test_a_malformed_archive_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"is not the \.npz that the manifest describes: \S"):
        read_npz(data, {"a": ("int64", (3,))} if len(data) < len(GOOD) - 1 else ENTRIES)


def nested() -> bytes:
    """Return an archive whose array ``a`` holds the record of its array ``b``: two arrays in the bytes of one."""
    inner, outer = BytesIO(), BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("b.npy", npy(np.arange(1000)))
        info = archive.infolist()[0]
        record = np.frombuffer(inner.getvalue(), dtype=np.uint8)
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("a.npy", npy(record))
        info.header_offset = outer.getvalue().index(record.tobytes())
        archive.filelist.append(info)
    return outer.getvalue()


def test_arrays_that_share_bytes_are_refused_as_they_could_fill_the_memory() -> None:
    data = nested()
    with np.load(BytesIO(data), allow_pickle=False) as archive:
        shape = archive["a"].shape
    with pytest.raises(ValueError, match="overlapping"):
        read_npz(data, {"a": ("uint8", shape), "b": ("int64", (1000,))})


@settings(deadline=None)
@given(st.data())
def test_a_damaged_npz_gives_the_right_arrays_or_a_value_error(data: st.DataObject) -> None:
    damaged = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(GOOD) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(damaged[: data.draw(st.integers(0, len(GOOD)))])
    for archive in (bytes(damaged), cut):
        try:
            arrays = read_npz(archive, ENTRIES)
        except ValueError:
            continue
        np.testing.assert_array_equal(arrays["a"], np.arange(3), strict=True)
