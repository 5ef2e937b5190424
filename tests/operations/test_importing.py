"""The same rows are the same dataset, whatever brings them."""

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recli.core.dataset import Dataset
from recli.core.errors import InputDataError, NotFoundError, UsageError
from recli.data.files import load_dataset
from recli.operations.import_request import Request
from recli.operations.importing import import_frame, import_ratings
from recli.store import Store
from tests.torture import sized

NAMES = ("user", "item", "rating", "timestamp")
Rows = Sequence[tuple[str, str, float, int]]


def columns(rows: Rows) -> dict[str, list[Any]]:
    return {name: [row[place] for row in rows] for place, name in enumerate(NAMES)}


def divided(mark: str) -> Callable[[Rows, Path], None]:
    def write(rows: Rows, path: Path) -> None:
        path.write_text("\n".join(mark.join(map(str, row)) for row in [NAMES, *rows]), encoding="utf-8")

    return write


def quoted(rows: Rows, path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([NAMES, *rows])


def zstd(rows: Rows, path: Path) -> None:
    quoted(rows, path)
    path.write_bytes(pa.compress(path.read_bytes(), codec="zstd", asbytes=True))


def json_lines(rows: Rows, path: Path) -> None:
    path.write_text("".join(json.dumps(dict(zip(NAMES, row, strict=True))) + "\n" for row in rows))


def parquet(rows: Rows, path: Path) -> None:
    pq.write_table(pa.table(columns(rows)), path, row_group_size=3)


def parts(rows: Rows, path: Path) -> None:
    path.mkdir(exist_ok=True)
    for number, place in enumerate(range(0, len(rows), 4)):
        pq.write_table(pa.table(columns(rows[place : place + 4])), path / f"part-{number:03}.parquet")


FORMATS = {
    "r.csv": quoted, "r.tsv": divided("\t"), "r.dat": divided("::"), "r.bars": divided("|"), "r.semi": divided(";"),
    "r.txt": divided("  \t"), "r.csv.zst": zstd, "r.jsonl": json_lines, "r.parquet": parquet, "r.parts": parts,
}  # fmt: skip
FRAMES: Mapping[str, Callable[[Rows], Any]] = {
    "mapping": columns,
    "arrow": lambda rows: pa.table(columns(rows)),
    "pandas": lambda rows: pd.DataFrame(columns(rows), index=range(5, 5 + len(rows))),
    "categories": lambda rows: pd.DataFrame(columns(rows)).astype({"user": "category", "rating": "category"}),
    "times": lambda rows: pd.DataFrame(columns(rows)).assign(
        timestamp=lambda f: pd.to_datetime(f["timestamp"], unit="s")
    ),
}
_IDS = st.one_of(st.integers(-9, 99).map(str), st.sampled_from(["007", "naïve", "a.b", "9007199254740993", "日本"]))
_ROWS = st.tuples(_IDS, st.integers(0, 5).map(str), st.sampled_from([0.5, 1.0, 3.5, 4.7]), st.integers(0, 2**31))


def made(folder: Path, rows: Rows, kind: str) -> Dataset:
    store = Store(folder / "artifacts")
    if kind in FRAMES:
        import_frame(store, FRAMES[kind](rows), name="own", force=True)
    else:
        for old in (folder / "r.parts").glob("*"):
            old.unlink()
        FORMATS[kind](rows, folder / kind)
        import_ratings(store, Request(folder / kind, "own", force=True))
    return load_dataset(store.dataset("own"))


@settings(max_examples=sized(4, 60), deadline=None)
@given(st.lists(_ROWS, min_size=1, max_size=9))
def test_every_format_makes_the_same_dataset_of_the_same_rows(
    tmp_path_factory: pytest.TempPathFactory, rows: Rows
) -> None:
    folder = tmp_path_factory.mktemp("same")
    first = made(folder, rows, "r.csv")
    for kind in [*FORMATS, *FRAMES]:
        other = made(folder, rows, kind)
        assert other.fingerprint == first.fingerprint, kind
        assert other.scale == first.scale, kind


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "artifacts")


RATINGS = {"reader": [1, 2, 2], "isbn": ["a", "a", "b"], "stars": [1.0, 2.0, 9.0], "n": [{}, [], None]}
MINE = {"user": "reader", "item": "isbn", "rating": "stars"}


def test_a_frame_brings_items_and_users_and_what_it_does_not_need_is_not_converted(
    store: Store, tmp_path: Path
) -> None:
    (tmp_path / "users.csv").write_text("user_id,age\n1,20\n")
    told = import_frame(
        store, RATINGS, name="own", columns=MINE, scale=(0.5, 10), items=pd.DataFrame({"isbn": ["a"], "title": ["A"]}),
        users=tmp_path / "users.csv",
    )  # fmt: skip
    dataset = load_dataset(store.dataset("own"))
    assert dataset.items.titles == ("A", "b")
    assert dataset.users.columns["age"] == ("20", "")
    assert (dataset.scale.low, dataset.scale.high) == (0.5, 10)
    assert told.notes == ("1 of 2 rated items are not in items: ids stand for titles",)
    about = store.dataset("own").manifest.about
    assert (about["source"], list(about["sha256"])) == ("a frame", ["users.csv"])


def test_rows_of_a_frame_are_judged_as_lines_are(store: Store) -> None:
    frame = pd.DataFrame(RATINGS).assign(stars=[1.0, None, 9.0])
    with pytest.raises(InputDataError, match=r"frame: row 2: column stars: a blank cell \(1 of 3 rows cannot") as told:
        import_frame(store, frame, name="own", columns=MINE)
    assert told.value.fix is not None
    assert told.value.fix.startswith("import_frame(store, frame, name='own', ")
    assert "on_bad='skip'" in told.value.fix
    skipped = import_frame(store, frame, name="own", columns=MINE, on_bad="skip")
    assert (skipped.ratings, skipped.counts.rejected_by) == (2, {"blank": 1})


def test_a_frame_is_refused_as_a_file_is(store: Store) -> None:
    with pytest.raises(NotFoundError, match="frame: no column is named as ratings usually are") as told:
        import_frame(store, {"user": [1], "item": [1], "n": [1]}, name="own")
    assert told.value.candidates == ("user", "item", "n")
    with pytest.raises(UsageError, match="frame is no frame, no table and no mapping of columns, but of type list"):
        import_frame(store, [1, 2], name="own")
    with pytest.raises(UsageError, match="is no name"):
        import_frame(store, RATINGS, name="A B")
    assert not store.root.exists() or store.dataset_names() == []
