"""Parquet files: what is read of them, and those that lie, are damaged, or are many."""

import hashlib
import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from recli.core.errors import InputDataError
from recli.data.formats.columnar import parquet
from recli.data.formats.columnar.batches import ratings_of_batches
from recli.data.formats.columnar.parquet import is_parquet, open_parquet
from recli.data.formats.reading import read_any_items
from recli.data.formats.text.rating_files import RatingFile, Wanted
from tests.torture import sized

GUESS = Wanted({}, None, "utf-8", "fix")


def table(n: int, user: str = "u{}") -> pa.Table:
    nums = np.arange(n)
    users = [user.format(num % 7) for num in nums]
    return pa.table({"user": users, "text": ["x" * 100] * n, "item": nums, "rating": nums % 5 + 1.0, "ts": nums})


def read(path: Path) -> RatingFile:
    return ratings_of_batches(open_parquet(path), GUESS)


@pytest.mark.parametrize("compression", ["none", "snappy", "gzip", "zstd", "lz4", "brotli"])
def test_rows_come_in_order_whatever_packs_them(
    tmp_path: Path, compression: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "ROWS", 64)
    pq.write_table(table(300), tmp_path / "r.parquet", compression=compression, row_group_size=100)
    found = read(tmp_path / "r.parquet")
    assert found.ratings.item_ids.tolist() == list(range(300))
    assert found.ratings.user_ids.tolist() == [f"u{num % 7}" for num in range(300)]
    assert (found.count.format, found.count.lines, found.count.header) == ("Parquet", 300, False)
    assert found.count.sha256 == hashlib.sha256((tmp_path / "r.parquet").read_bytes()).hexdigest()


def test_a_folder_of_parts_is_read_by_their_names(tmp_path: Path) -> None:
    for part, user in (("part-1.parquet", "b"), ("part-0.parquet", "a"), ("_hidden.parquet", "c"), (".x.parquet", "d")):
        pq.write_table(table(1, user), tmp_path / part)
    (tmp_path / "_SUCCESS").touch()
    assert is_parquet(tmp_path)
    found = read(tmp_path)
    assert found.ratings.user_ids.tolist() == ["a", "b"]
    sums = [hashlib.sha256((tmp_path / f"part-{n}.parquet").read_bytes()).hexdigest() for n in (0, 1)]
    told = "".join(f"{digest}  part-{n}.parquet\n" for n, digest in enumerate(sums))  # as sha256sum says it
    assert found.count.sha256 == hashlib.sha256(told.encode()).hexdigest()
    pq.write_table(table(1).drop_columns("text"), tmp_path / "part-2.parquet")
    with pytest.raises(InputDataError, match=r"part-2\.parquet has other columns than part-0\.parquet"):
        read(tmp_path)
    pq.write_table(table(1).cast(table(1).schema.set(2, pa.field("item", pa.string()))), tmp_path / "part-2.parquet")
    with pytest.raises(InputDataError, match=r"part-2\.parquet: column item is of type string, not int64"):
        read(tmp_path)


def test_rows_are_counted_over_all_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "ROWS", 10)
    rating = pa.array([None if row == 24 else 3.0 for row in range(30)])
    pq.write_table(table(30).set_column(3, "rating", rating), tmp_path / "r.parquet", row_group_size=7)
    (bad,) = read(tmp_path / "r.parquet").count.examples
    assert (bad.line, bad.column, bad.reason) == (25, "rating", "blank")


@pytest.mark.parametrize("cut", [0, 3, 11, 12, 200, -1, -4, -8, -9], ids=lambda cut: f"{cut} bytes")
def test_a_file_that_is_cut_off_says_so(tmp_path: Path, cut: int) -> None:
    pq.write_table(table(50), whole := tmp_path / "whole.parquet")
    (tmp_path / "r.parquet").write_bytes(whole.read_bytes()[:cut])
    with pytest.raises(InputDataError, match=r"r\.parquet is a damaged Parquet file, or none"):
        read(tmp_path / "r.parquet")


def test_damage_anywhere_is_an_answer_or_a_sentence(tmp_path: Path) -> None:
    pq.write_table(table(50).drop_columns("text"), whole := tmp_path / "whole.parquet")
    content = bytearray(whole.read_bytes())
    refused = 0
    for place in range(4, len(content), sized(11, 1)):
        flipped = bytes([*content[:place], content[place] ^ 0x55, *content[place + 1 :]])
        (tmp_path / "r.parquet").write_bytes(flipped)
        try:
            count = read(tmp_path / "r.parquet").count
            assert count.accepted + count.rejected == count.lines
        except Exception as error:  # noqa: BLE001
            assert hasattr(error, "exit_code"), repr(error)
            refused += 1
    assert refused > 20


def test_rows_that_take_no_room_are_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "_MOST_INFLATED", 1 << 16)
    same = np.zeros(1_000_000, np.int8)
    bomb = pa.table({"user": same, "item": same, "rating": same})
    pq.write_table(bomb, tmp_path / "rows.parquet")
    with pytest.raises(InputDataError, match=r"says that it holds 1,000,000 rows in [0-9,]+ bytes"):
        read(tmp_path / "rows.parquet")
    long = pa.table({"user": ["x" * 10_000_000], "item": [1], "rating": [1]})
    pq.write_table(long, tmp_path / "long.parquet", compression="zstd")
    with pytest.raises(InputDataError, match="would take more than 200 times its size"):
        read(tmp_path / "long.parquet")


def test_a_text_that_a_dictionary_holds_once_is_not_copied_for_each_row(tmp_path: Path) -> None:
    n = 200_000  # of these ids, whole, 200 MB
    users = pa.DictionaryArray.from_arrays(pa.array(np.zeros(n, np.int32)), pa.array(["x" * 1_000]))
    odd = pa.table({"user": users, "item": np.random.default_rng(0).permutation(n), "rating": np.ones(n)})
    pq.write_table(odd, tmp_path / "r.parquet")
    before = pa.total_allocated_bytes()
    peaks = [pa.total_allocated_bytes() for _ in open_parquet(tmp_path / "r.parquet").read([0])]
    assert max(peaks) - before < 20 << 20


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "part-0.parquet")
    with pytest.raises(InputDataError, match=r"part-0\.parquet is no regular file"):
        open_parquet(tmp_path)
    assert not is_parquet(tmp_path / "part-0.parquet")
    assert not is_parquet(Path("-"))


def test_items_may_be_parquet_too(tmp_path: Path) -> None:
    pq.write_table(pa.table({"movieId": [1], "title": ["Fargo (1996)"]}), tmp_path / "movies")
    (row,) = read_any_items(tmp_path / "movies", None).rows
    assert (row.item_id, row.title, row.year) == (1, "Fargo (1996)", 1996)
