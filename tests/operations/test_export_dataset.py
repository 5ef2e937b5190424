"""Datasets as files: the same comes back, and no file is ever half."""

import os
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from recli.core.dataset import Dataset
from recli.core.errors import StorageError, UsageError
from recli.core.results.export import ExportResult
from recli.data.files import load_dataset
from recli.operations import importing
from recli.operations.export_dataset import Request, export_dataset
from recli.store import Store

ODD_RATINGS = (
    "user,item,rating,timestamp\n"
    '"Ada, of L.",=1+1,4.5,978300760\n'
    '"say ""hi""",007,0.5,978300761\n'
    "Ada,7,3,0\n"
)  # fmt: skip
ODD_ITEMS = (
    "id,title,year,genres\n"
    '007,"Two, ""quoted"" ones\nand a line",1962,"Sci-Fi, Fantasy|"\n'
    "7,No year (1999),,Drama|War\n"
    "unseen,-1 is no formula,1980,\n"
)  # fmt: skip
ODD_USERS = 'user_id,age,town\nAda,36,"London, UK"\n"Ada, of L.",,\nnobody,1,\n'


def imported(store: Store, folder: Path, name: str, ending: str) -> Dataset:
    """Import the files of a directory as another dataset."""
    files = {name: folder / f"{name}.{ending}" for name in ("ratings", "items", "users")}
    there = {name: path for name, path in files.items() if path.exists()}
    importing.import_ratings(store, importing.Request(name=name, **there))
    return load_dataset(store.dataset(name))


@pytest.fixture
def odd(tmp_path: Path) -> Store:
    """A store with a dataset ``odd`` of ids, titles and genres that need care."""
    (folder := tmp_path / "odd").mkdir()
    for name, text in (("ratings", ODD_RATINGS), ("items", ODD_ITEMS), ("users", ODD_USERS)):
        (folder / f"{name}.csv").write_text(text)
    store = Store(tmp_path / "store")
    imported(store, folder, "odd", "csv")
    return store


def described(dataset: Dataset) -> list[object]:
    """Return what must come back beside the fingerprint, which holds ids, ratings and times."""
    items, users = dataset.items, dataset.users
    return [dataset.fingerprint, items.titles, items.years.tolist(), items.genres, dict(users.columns)]


@pytest.mark.parametrize("form", ["csv", "csv.gz", "csv.zst", "tsv", "tsv.gz", "parquet"])
def test_an_import_gets_the_same_dataset_back(tiny_copy: Store, tmp_path: Path, form: str) -> None:
    out = tmp_path / "out"
    export_dataset(tiny_copy, Request("tiny", out, form))
    assert described(imported(tiny_copy, out, "back", form)) == described(load_dataset(tiny_copy.dataset("tiny")))


def test_odd_ids_titles_genres_and_half_stars_come_back(odd: Store, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export_dataset(odd, Request("odd", out))
    assert (out / "ratings.csv").read_text() == (
        'user_id,item_id,rating,timestamp\n"Ada, of L.",=1+1,4.5,978300760\n"say ""hi""",007,0.5,978300761\nAda,7,3,0\n'
    )
    assert described(imported(odd, out, "back", "csv")) == described(load_dataset(odd.dataset("odd")))
    export_dataset(odd, Request("odd", tmp_path / "typed", "parquet"))
    assert described(imported(odd, tmp_path / "typed", "typed", "parquet")) == described(
        load_dataset(odd.dataset("odd"))
    )


def test_parquet_holds_the_same_in_types_of_its_own(odd: Store, tmp_path: Path) -> None:
    export_dataset(odd, Request("odd", tmp_path / "out", "parquet"))
    ratings = pq.read_table(tmp_path / "out" / "ratings.parquet")
    assert [str(kind) for kind in ratings.schema.types] == ["string", "string", "float", "int64"]
    assert ratings.to_pylist()[0] == {
        "user_id": "Ada, of L.", "item_id": "=1+1", "rating": 4.5, "timestamp": 978300760,
    }  # fmt: skip
    assert ratings.schema.metadata[b"recli.scale"] == b"0.5:4.5"
    items = pq.read_table(tmp_path / "out" / "items.parquet").to_pylist()
    assert [(item["item_id"], item["year"], item["genres"]) for item in items] == [
        ("007", 1962, ["Sci-Fi, Fantasy"]), ("7", None, ["Drama", "War"]), ("=1+1", None, []), ("unseen", 1980, []),
    ]  # fmt: skip
    assert pq.read_table(tmp_path / "out" / "users.parquet")["town"].to_pylist() == ["London, UK", None, None, None]


def test_integer_ids_are_integers_and_many_blocks_are_one_table(tiny: Store, tmp_path: Path) -> None:
    from recli.data.exports.exported import ratings_table
    from recli.data.exports.table_files import encoded

    dataset = load_dataset(tiny.dataset("tiny"))
    whole = ratings_table(dataset)
    export_dataset(tiny, Request("tiny", tmp_path / "r.parquet"))
    read = pq.read_table(tmp_path / "r.parquet")
    ids = dataset.users.vocabulary.ids[dataset.ratings.user_nums]
    np.testing.assert_array_equal(read["user_id"].to_numpy(), ids)
    small = type(whole)(whole.name, whole.columns, whole.n_rows, rows_at_once=100)
    assert b"".join(encoded(small, "csv")) == b"".join(encoded(whole, "csv"))


def test_what_a_dataset_does_not_have_is_left_out_and_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "ratings.csv").write_text("user,item,rating\n1,2,3\n2,2,4\n")
    store = Store(tmp_path / "store")
    imported(store, tmp_path, "bare", "csv")
    exported = export_dataset(store, Request("bare", tmp_path / "out"))
    assert [(table.name, table.rows) for table in exported.tables] == [("ratings", 2), ("items", 1)]
    assert (tmp_path / "out" / "ratings.csv").read_text() == "user_id,item_id,rating\n1,2,3\n2,2,4\n"
    assert [remark.partition(":")[0] for remark in exported.remarks] == [
        "bare has no times", "nothing but ids is known of the users",
    ]  # fmt: skip


def test_texts_that_a_spreadsheet_would_run_are_warned_of(odd: Store, tmp_path: Path) -> None:
    def warned(exported: ExportResult) -> bool:
        return any("spreadsheet" in remark for remark in exported.remarks)

    assert warned(export_dataset(odd, Request("odd", tmp_path / "r.csv")))
    assert not warned(export_dataset(odd, Request("odd", tmp_path / "r.parquet")))
    assert not warned(export_dataset(odd, Request("odd", tmp_path / "u.csv", table="users")))


def test_a_file_that_is_there_stays_unless_force_says_otherwise(tiny: Store, tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text("mine")
    with pytest.raises(UsageError, match=r"items\.csv is there already") as refused:
        export_dataset(tiny, Request("tiny", tmp_path))
    assert refused.value.fix == f"recli export tiny --out {tmp_path} --force"
    assert [path.name for path in tmp_path.iterdir()] == ["items.csv"]
    export_dataset(tiny, Request("tiny", tmp_path, force=True))
    assert (tmp_path / "items.csv").read_text().startswith("item_id,title,year,genres")


@pytest.mark.parametrize(
    ("out", "form", "problem", "fix"),
    [
        ("r.xls", None, "ends as none of .csv", "--out r.xls --format csv"),
        ("r.csv", "parquet", "ends as csv does", "--out r.csv"),
        ("out", "xml", "--format must be one of csv", "--out out --format csv"),
        ("r.tsv.gz", None, "a title has a tab or a line end", "--out r.csv.gz --table items"),
        ("out", "tsv", "a title has a tab or a line end", "--out out --format csv --table items"),
    ],
)
def test_what_cannot_be_written_is_refused_with_what_can(
    odd: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: str, form: str | None, problem: str, fix: str
) -> None:
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    table = "items" if "title" in problem else None
    with pytest.raises(UsageError, match=problem) as refused:
        export_dataset(odd, Request("odd", Path(out), form, table))
    assert refused.value.fix == f"recli export odd {fix}"
    assert sorted(tmp_path.rglob("*")) == before


def test_a_full_disk_leaves_nothing_new_and_what_was_there(
    tiny: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (old := tmp_path / "old").mkdir()
    for name in ("ratings", "items", "users"):
        (old / f"{name}.csv").write_text("old")
    synced = []

    def full(descriptor: int) -> None:
        synced.append(descriptor)
        if len(synced) % 3 == 0:  # behind two files that are whole
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    for out in (old, tmp_path / "new"):
        with pytest.raises(StorageError, match="No space left"):
            export_dataset(tiny, Request("tiny", out, force=True))
    assert {path.name: path.read_text() for path in old.iterdir()} == dict.fromkeys(
        ["ratings.csv", "items.csv", "users.csv"], "old"
    )
    assert list(tmp_path.iterdir()) == [old]
