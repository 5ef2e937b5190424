import dataclasses
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from recli.core.artifact import FileEntry, Files, Manifest
from recli.core.dataset import Dataset, ItemTable, UserTable
from recli.core.errors import IntegrityError
from recli.core.vocabulary import Id, Vocabulary
from recli.data.fetching import tiny
from recli.data.files import (
    dataset_files,
    dataset_record,
    items_csv,
    items_from_csv,
    load_dataset,
    users_csv,
    users_from_csv,
)
from recli.data.ids import parse_ids

# All of Unicode that UTF-8 can write, line ends, NUL and control characters included.
TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
GENRE = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="|"), min_size=1, max_size=8)
INT_IDS = st.lists(st.integers(-(2**53), 2**53), unique=True, max_size=8)
TEXT_IDS = st.lists(
    st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=8), unique=True, max_size=8
).filter(lambda ids: parse_ids(ids).dtype.kind == "U")


class MemoryReader:
    """An artifact that was never written to disk; satisfies ``ArtifactReader``."""

    def __init__(self, name: str, files: Files, about: Mapping[str, Any]) -> None:
        self._files = files
        # Through JSON, as on disk.
        record, entries = json.loads(json.dumps(about)), {file: FileEntry(0, "", {}) for file in files}
        self.manifest = Manifest("dataset", name, None, "2026-01-01T00:00:00Z", "0", record, entries)

    def read_bytes(self, name: str) -> bytes:
        content = self._files[name]
        assert isinstance(content, bytes)
        return content

    def read_array(self, name: str) -> NDArray[Any]:
        content = self._files[name]
        assert isinstance(content, np.ndarray)
        return content

    def read_arrays(self, name: str) -> dict[str, NDArray[Any]]:
        content = self._files[name]
        assert isinstance(content, Mapping)
        return dict(content)


@st.composite
def item_tables(draw: st.DrawFn) -> ItemTable:
    ids: list[Id] = draw(INT_IDS | TEXT_IDS)
    n = len(ids)

    def column(of: st.SearchStrategy) -> list:
        return draw(st.lists(of, min_size=n, max_size=n))

    return ItemTable(
        vocabulary=Vocabulary.of(ids),
        titles=tuple(column(TEXT)),
        years=np.array(column(st.integers(0, 9999)), dtype=np.int32),
        release_dates=tuple(column(TEXT)),
        genres=tuple(tuple(genres) for genres in column(st.lists(GENRE, max_size=3))),
        urls=tuple(column(TEXT)),
        n_ratings=np.array(column(st.integers(0, 2**31 - 1)), dtype=np.int32),
        mean_ratings=np.array(column(st.floats(width=32, allow_infinity=False)), dtype=np.float32),
    )


def assert_same(a: ItemTable, b: ItemTable) -> None:
    assert a.vocabulary == b.vocabulary
    assert a.vocabulary.is_integer == b.vocabulary.is_integer
    assert (a.titles, a.release_dates, a.genres, a.urls) == (b.titles, b.release_dates, b.genres, b.urls)
    np.testing.assert_array_equal(a.years, b.years, strict=True)
    np.testing.assert_array_equal(a.n_ratings, b.n_ratings, strict=True)
    np.testing.assert_array_equal(a.mean_ratings, b.mean_ratings, strict=True)


@given(item_tables())
def test_an_item_table_comes_back_exactly(items: ItemTable) -> None:
    assert_same(items_from_csv(items_csv(items)), items)


@given(INT_IDS | TEXT_IDS, st.dictionaries(TEXT.filter(lambda name: name != "user_id"), TEXT, max_size=3))
def test_a_user_table_comes_back_exactly(ids: list[Id], cells: dict[str, str]) -> None:
    users = UserTable(Vocabulary.of(ids), {column: (cell,) * len(ids) for column, cell in cells.items()})
    back = users_from_csv(users_csv(users))
    assert back.vocabulary == users.vocabulary
    assert back.columns == users.columns


@pytest.mark.parametrize(
    "ids", [["1", "22"], ["0", "7"], ["007", "8"], ["1", "-2"], ["1", "٣"], ["", "1"], ["9007199254740993", "1"], []]
)
def test_ids_of_a_table_are_what_ids_of_ratings_are(ids: list[str]) -> None:
    expected = parse_ids(ids)
    order = np.argsort(expected)
    rows = "".join(f'"{ids[num]}"\n' for num in order)
    found = users_from_csv(f'"user_id"\n{rows}'.encode()).vocabulary.ids
    assert found.dtype.kind == expected.dtype.kind
    assert found.tolist() == expected[order].tolist()


def test_items_csv_reads_well() -> None:
    lines = items_csv(tiny.generate().items).decode().split("\n")
    assert lines[0] == '"item_id","title","year","release_date","genres","url","ratings","mean_rating"'
    assert lines[1] == '1,"Orbit of Glass (1979)",1979,"12-Oct-1979","Adventure|Sci-Fi","",40,3.65'
    assert lines[15] == '16,"Untitled Reel","","","Documentary","",40,3.925'
    assert lines[39].startswith('40,"""Quoted"" Affair, The (1964)"')


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"item_id,title\n1,A\n",
        b"item_id,title,year,release_date,genres,url,ratings,mean_rating\n1,A\n",
        b"item_id,title,year,release_date,genres,url,ratings,mean_rating\n1,A,x,,,,0,\n",
        b"item_id,title,year,release_date,genres,url,ratings,mean_rating\n1,A,99999999999,,,,0,\n",
        b"item_id,title,year,release_date,genres,url,ratings,mean_rating\n2,A,,,,,0,\n1,B,,,,,0,\n",
        b'item_id,title,year,release_date,genres,url,ratings,mean_rating\n1,"A,,,,,0,\n',
    ],
    ids=["empty", "no UTF-8", "header", "few cells", "year", "huge year", "order", "quote"],
)
def test_malformed_items_are_refused(content: bytes) -> None:
    with pytest.raises(IntegrityError, match=r"items\.csv is malformed"):
        items_from_csv(content)


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_are_a_table_or_refused(content: bytes) -> None:
    for parse in (items_from_csv, users_from_csv):
        try:
            parse(content)
        except IntegrityError as error:
            assert "malformed" in error.message


def test_a_dataset_comes_back_exactly() -> None:
    dataset = tiny.generate()
    back = load_dataset(MemoryReader("tiny", dataset_files(dataset), dataset_record(dataset)))
    assert back.name == "tiny"
    assert_same(back.items, dataset.items)
    assert back.users.vocabulary == dataset.users.vocabulary
    assert back.users.columns == dataset.users.columns
    for field in dataclasses.fields(dataset.ratings):
        np.testing.assert_array_equal(
            getattr(back.ratings, field.name), getattr(dataset.ratings, field.name), strict=True
        )
    assert back.scale == dataset.scale
    assert back.fingerprint == dataset.fingerprint
    assert back.source == dataset.source


def test_the_record_counts_rows() -> None:
    record = dataset_record(tiny.generate())
    assert record["counts"] == {"users": 60, "items": 40, "ratings": 1132}
    assert record["scale"] == {"low": 1.0, "high": 5.0}
    assert record["licence"].startswith("Synthetic")
    assert json.loads(json.dumps(record)) == record


def parts() -> tuple[dict[str, Any], dict[str, Any]]:
    dataset: Dataset = tiny.generate()
    return dict(dataset_files(dataset)), dataset_record(dataset)


@pytest.mark.parametrize("bad_num", [-1, 40])
def test_a_num_that_no_item_has_is_refused(bad_num: int) -> None:
    files, record = parts()
    files["ratings/item_nums.npy"] = files["ratings/item_nums.npy"].copy()
    files["ratings/item_nums.npy"][7] = bad_num
    with pytest.raises(IntegrityError, match="outside 0 … 39") as caught:
        load_dataset(MemoryReader("tiny", files, record))
    assert caught.value.fix == "recli fetch tiny --force"


def test_columns_that_do_not_fit_each_other_are_refused() -> None:
    files, record = parts()
    files["ratings/values.npy"] = files["ratings/values.npy"][:-1]
    with pytest.raises(IntegrityError, match="dataset tiny is malformed"):
        load_dataset(MemoryReader("tiny", files, record))


@pytest.mark.parametrize(
    "change", [{"scale": None}, {"scale": {"low": 5, "high": 1}}, {"scale": {"low": "x", "high": 1}}]
)
def test_a_malformed_record_is_refused(change: dict[str, Any]) -> None:
    files, record = parts()
    with pytest.raises(IntegrityError, match="dataset tiny is malformed"):
        load_dataset(MemoryReader("tiny", files, record | change))


def test_a_record_without_fingerprint_is_refused() -> None:
    files, record = parts()
    del record["fingerprint"]
    with pytest.raises(IntegrityError, match="fingerprint"):
        load_dataset(MemoryReader("tiny", files, record))


def test_folds_are_read_back_and_do_not_change_the_fingerprint() -> None:
    plain = tiny.generate()
    folds = {"u1": np.array([0, 3], np.int32), "ua": np.array([2], np.int32)}
    dataset = dataclasses.replace(plain, folds=folds)
    back = load_dataset(MemoryReader("tiny", dataset_files(dataset), dataset_record(dataset)))
    assert {name: rows.tolist() for name, rows in back.folds.items()} == {"u1": [0, 3], "ua": [2]}
    assert dataset_record(dataset) == dataset_record(plain)


def test_a_dataset_without_folds_has_none() -> None:
    """So have those that a recli fetched which did not know of folds."""
    dataset = tiny.generate()
    assert "folds.npz" not in dataset_files(dataset)
    assert load_dataset(MemoryReader("tiny", dataset_files(dataset), dataset_record(dataset))).folds == {}


@pytest.mark.parametrize("rows", [[], [1, 1], [3, 0], [-1, 2], [10**6], [[1]], [0.5]])
def test_folds_that_name_no_rows_are_refused(rows: list) -> None:
    dataset = tiny.generate()
    array = np.array(rows, np.float32 if rows == [0.5] else np.int32)
    files = {**dataset_files(dataset), "folds.npz": {"u1": array}}
    with pytest.raises(IntegrityError, match="fold u1") as caught:
        load_dataset(MemoryReader("tiny", files, dataset_record(dataset)))
    assert caught.value.fix == "recli fetch tiny --force"
