"""Tables as files: what other programs read in them, byte by byte."""

import csv
import gzip
import io
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from recli.core.errors import UsageError
from recli.data.arrow_arrays import numbers, text_lists, texts, vectors
from recli.data.exports.exported import Table
from recli.data.exports.table_files import FORMATS, encoded
from tests.hostile import TITLES


def table(columns: Mapping[str, Any], rows_at_once: int = 2) -> Table:
    """Return whole arrays as a table of small blocks."""
    made = {name: (lambda rows, values=values: values[rows.start : rows.stop]) for name, values in columns.items()}
    return Table("some", made, len(next(iter(columns.values()))), rows_at_once)


def written(made: Table, form: str) -> bytes:
    return b"".join(encoded(made, form))


THREE = table(
    {
        "id": texts(["a", 'b "x", y', "007"]),
        "year": numbers(np.array([1977, 0, 1980], np.int32), np.array([False, True, False])),
        "genres": text_lists([("War", "Drama"), (), ("Sci-Fi, Fantasy",)]),
        "stars": numbers(np.array([4.0, 4.5, 0.1], np.float32)),
    }
)


def test_csv_quotes_what_must_be_and_writes_numbers_as_short_as_they_are() -> None:
    assert written(THREE, "csv").decode() == (
        "id,year,genres,stars\n"
        "a,1977,War|Drama,4\n"
        '"b ""x"", y",,,4.5\n'
        '007,1980,"Sci-Fi, Fantasy|",0.1\n'  # the bar keeps the comma from dividing it when it is read
    )


def test_tsv_quotes_nothing_and_refuses_what_it_cannot_hold() -> None:
    assert written(THREE, "tsv").decode().splitlines()[2] == 'b "x", y\t\t\t4.5'
    for text in ("two\nlines", "a\ttab", "a\rreturn"):
        with pytest.raises(UsageError, match="a title has a tab or a line end"):
            written(table({"title": texts(["fine", text])}), "tsv")


@pytest.mark.parametrize("form", [form for form in FORMATS if "." in form])
def test_packed_files_hold_the_same_bytes_and_are_the_same_each_time(form: str) -> None:
    packed = written(THREE, form)
    plain, _, how = form.partition(".")
    unpacked = gzip.decompress(packed) if how == "gz" else pa.input_stream(pa.BufferReader(packed), "zstd").read()
    assert unpacked == written(THREE, plain)
    assert packed == written(THREE, form)


def test_parquet_has_types_of_its_own_and_null_for_what_is_not_known() -> None:
    read = pq.read_table(io.BytesIO(written(THREE, "parquet")))
    types = {field.name: str(field.type) for field in read.schema}
    assert types == {"id": "string", "year": "int32", "genres": "list<element: string>", "stars": "float"}
    assert read["year"].to_pylist() == [1977, None, 1980]
    assert read["genres"].to_pylist() == [["War", "Drama"], [], ["Sci-Fi, Fantasy"]]
    assert read["stars"].to_numpy().tolist() == np.array([4, 4.5, 0.1], np.float32).tolist()


def test_vectors_are_lists_of_one_length() -> None:
    values = np.arange(6, dtype=np.float32).reshape(3, 2)
    read = pq.read_table(io.BytesIO(written(table({"vector": vectors(values)}), "parquet")))
    assert read.schema.field("vector").type.list_size == 2
    assert read["vector"].to_pylist() == values.tolist()


def test_every_float32_comes_back_to_the_bit() -> None:
    rng = np.random.default_rng(0)
    values = rng.integers(0, 2**32, 50_000, dtype=np.uint32).view(np.float32)
    values = values[np.isfinite(values)]
    lines = written(table({"stars": numbers(values)}, 10_000), "csv").decode().splitlines()[1:]
    np.testing.assert_array_equal(np.array([float(line) for line in lines]).astype(np.float32), values)


def test_any_text_comes_back_from_csv_and_none_is_obeyed_where_it_is_spelled_out() -> None:
    titles = table({"title": texts(TITLES), "n": numbers(np.arange(len(TITLES)))}, 50)
    rows = list(csv.reader(io.StringIO(written(titles, "csv").decode(), newline=""), strict=True))
    assert tuple(row[0] for row in rows[1:]) == TITLES
    spelled = b"".join(encoded(titles, "tsv", spelled=True)).decode()
    assert len(spelled.split("\n")) == len(TITLES) + 2
    assert not {c for c in spelled if ord(c) < 32 or c in "\x7f\x9b\u202e"} - set("\t\n")


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_table_without_rows_has_its_header(form: str) -> None:
    empty = written(table({"id": texts([]), "n": numbers(np.empty(0, np.int64))}), form)
    names = pq.read_schema(io.BytesIO(empty)).names if form == "parquet" else empty.decode().strip().split(",")
    assert names == ["id", "n"]
