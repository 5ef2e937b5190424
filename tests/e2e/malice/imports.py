"""Files for ``recli import`` that are small and would become large, or never end."""

import gzip
import json
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from . import Case

_REJECTED = 3
_ROW = b"1,2,3\n"
_MIB = 1 << 20


def _zstd(piece: bytes, times: int) -> bytes:
    """Return frames that inflate to a piece many times."""
    return pa.compress(piece, codec="zstd", asbytes=True) * times


def _nested(depth: int) -> bytes:
    return b'{"user": 1, "item": 2, "rating": ' + b'{"a":' * depth + b"1" + b"}" * depth + b"}\n"


def _files() -> Iterator[tuple[str, str, bytes, str]]:
    yield "a zstd bomb", "r.csv.zst", _zstd(_ROW * (_MIB // 6), 400), "inflates to more than 200 times"
    yield "a zstd bomb of one line", "r.csv.zst", _zstd(b"1" * (64 * _MIB), 3), "without an end of line|inflates to"
    yield (
        "a zstd that asks for a window of 2 GiB",
        "r.csv.zst",
        b"\x28\xb5\x2f\xfd\x00\xa8" + b"\0" * 9,
        "a damaged zstd",
    )
    yield "a zstd bomb in a gzip", "r.csv.gz", gzip.compress(_zstd(_ROW * _MIB, 2)), "one column|NUL|not UTF-8|carriage"
    yield "JSON within JSON", "r.jsonl", _nested(8_000), "too deep"
    yield "JSON lists within lists", "r.jsonl", b"[" * 60_000 + b"\n", "a JSON list|too deep"
    yield "a number of millions of digits", "r.jsonl", b'{"user": 1, "rating": ' + b"9" * _MIB + b"}\n", "longer than"
    many = json.dumps({f"k{n}": 1 for n in range(5_000)}).encode() + b"\n"
    yield "many keys", "r.jsonl", many * 200, "no column is named"
    yield "a footer of 4 GiB", "r.parquet", b"PAR1" + b"\0" * 40 + b"\xff\xff\xff\xffPAR1", "its footer is longer"
    yield "a footer of noise", "r.parquet", b"PAR1" + b"\x15\x9f" * 40 + b"\x40\0\0\0PAR1", "is a damaged Parquet"
    yield "an encrypted footer", "r.parquet", b"PARE" + b"\0" * 40 + b"\x08\0\0\0PARE", "is a damaged Parquet"


def _parquet(folder: Path) -> Iterator[tuple[str, Path, str]]:
    rows = pa.chunked_array([pa.array(np.zeros(1 << 22, np.int8))] * 16)
    pq.write_table(
        pa.table({"user": rows, "item": rows, "rating": rows}), folder / "rows.parquet", row_group_size=1 << 26
    )
    yield "67 million rows in few bytes", folder / "rows.parquet", "says that it holds 67,108,864 rows"
    long = pa.table({"user": ["x" * (100 * _MIB)], "item": [1], "rating": [1]})
    pq.write_table(long, folder / "long.parquet", compression="zstd", use_dictionary=False)
    yield "an id of 100 MiB in few bytes", folder / "long.parquet", "more than 200 times its size"
    deep = pa.array([1])
    for _ in range(60):
        deep = pa.ListArray.from_arrays(pa.array([0, 1], pa.int32()), deep)
    pq.write_table(pa.table({"user": deep, "item": [1], "rating": [1]}), folder / "deep.parquet")
    yield "lists within lists", folder / "deep.parquet", "column user is of type list|is a damaged Parquet"
    os.mkfifo(parts := folder / "parts.parquet")
    (folder / "parts").mkdir()
    parts.rename(folder / "parts" / "part-0.parquet")
    yield "a pipe among parts", folder / "parts", "is no regular file"
    (folder / "links").mkdir()
    (folder / "links" / "part-0.parquet").symlink_to("/dev/zero")
    yield "a link to a device among parts", folder / "links", "is no regular file"


def import_cases(folder: Path) -> Iterator[Case]:
    """Write the files, and yield the commands that meet them."""
    for number, (name, file, content, words) in enumerate(_files()):
        path = folder / f"{number}-{file}"
        path.write_bytes(content)
        yield _case(name, path, words)
    for name, path, words in _parquet(folder):
        yield _case(name, path, words)


def _case(name: str, path: Path, words: str) -> Case:
    code = 4 if "no column" in words else _REJECTED
    return Case(f"import: {name}", ("import", str(path), "--name", "own", "-q"), words, code)
