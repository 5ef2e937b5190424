"""The real MovieLens 100K, against the values the seed notebook shows."""

import hashlib
import re
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recli.core.dataset import Dataset
from recli.core.errors import NetworkError
from recli.data.fetching import obtain as sources
from recli.data.fetching import pypi_copy
from recli.data.fetching.catalogue import ML_100K
from recli.data.fetching.grouplens import GENRES
from recli.data.fetching.obtain import obtain
from recli.data.files import items_csv, items_from_csv


@pytest.fixture(scope="module")
def movielens(official_zip: Path) -> Dataset:
    return obtain(ML_100K, origin=str(official_zip))


def test_sizes(movielens: Dataset) -> None:
    assert (len(movielens.users), len(movielens.items), len(movielens.ratings)) == (943, 1682, 100_000)
    assert movielens.users.vocabulary.ids.tolist() == list(range(1, 944))
    assert movielens.items.vocabulary.ids.tolist() == list(range(1, 1683))
    assert (movielens.scale.low, movielens.scale.high) == (1, 5)


def test_first_rows(movielens: Dataset) -> None:
    first = movielens.ratings.take(np.arange(5))
    users = movielens.users.vocabulary.ids[first.user_nums].tolist()
    items = movielens.items.vocabulary.ids[first.item_nums].tolist()
    assert list(zip(users, items, first.values.tolist(), first.timestamps.tolist(), strict=True)) == [
        (196, 242, 3, 881250949),
        (186, 302, 3, 891717742),
        (22, 377, 1, 878887116),
        (244, 51, 2, 880606923),
        (166, 346, 1, 886397596),
    ]


def test_ratings(movielens: Dataset) -> None:
    values = movielens.ratings.values.astype(np.float64)
    assert values.mean() == pytest.approx(3.529860)
    assert values.std(ddof=1) == pytest.approx(1.125674, abs=1e-6)
    assert np.bincount(values.astype(int)).tolist() == [0, 6110, 11370, 27145, 34174, 21201]


def test_id_is_not_row(movielens: Dataset) -> None:
    assert movielens.items.vocabulary.id(49) == 50
    assert movielens.items.titles[49] == "Star Wars (1977)"
    assert movielens.items.n_ratings[49] == 583
    raters = movielens.ratings.user_nums[movielens.ratings.item_nums == 0][:5]
    assert movielens.users.vocabulary.ids[raters].tolist() == [308, 287, 148, 280, 66]


def test_the_five_folds_part_the_ratings_and_the_two_others_hold_out_ten_of_each_user(movielens: Dataset) -> None:
    folds = movielens.folds
    assert [len(folds[name]) for name in ("u1", "u2", "u3", "u4", "u5", "ua", "ub")] == [20_000] * 5 + [9_430] * 2
    five = np.concatenate([folds[f"u{k}"] for k in range(1, 6)])
    assert np.array_equal(np.sort(five), np.arange(100_000))
    for name in ("ua", "ub"):
        assert set(np.bincount(movielens.ratings.user_nums[folds[name]])) == {10}
    assert not np.intersect1d(folds["ua"], folds["ub"]).size


def test_the_base_of_a_fold_is_all_but_its_test_rows(movielens: Dataset, official_zip: Path) -> None:
    """Which is why the base files need not be read."""
    with zipfile.ZipFile(official_zip) as archive:
        for name in ("u1", "ub"):
            base, test, all_rows = (
                set(archive.read(f"ml-100k/{file}").splitlines()) for file in (f"{name}.base", f"{name}.test", "u.data")
            )
            assert base | test == all_rows
            assert not base & test
            assert len(test) == len(movielens.folds[name])


def test_years(movielens: Dataset) -> None:
    items = movielens.items
    assert [items.vocabulary.id(num) for num in range(len(items)) if items.year(num) is None] == [267]
    assert items.titles[266] == "unknown"
    marked = np.where(items.years == 0, 1920, items.years)
    assert marked[movielens.ratings.item_nums].mean() == pytest.approx(1987.9501)
    assert items.n_ratings[movielens.ratings.item_nums].mean() == pytest.approx(168.0719)


def test_titles(movielens: Dataset) -> None:
    titles = movielens.items.titles
    assert len(titles) - len(set(titles)) == 18
    assert titles[267] == titles[245] == "Chasing Amy (1997)"
    assert sum(not title.isascii() for title in titles) == 9
    star_trek = [num for num, title in enumerate(titles) if "Star Trek" in title]
    assert movielens.items.vocabulary.ids[star_trek].tolist() == [222, 227, 228, 229, 230, 380, 449, 450]
    assert movielens.items.n_ratings[star_trek].tolist() == [365, 161, 244, 171, 199, 116, 117, 63]


def test_metadata(movielens: Dataset) -> None:
    assert movielens.items.genres[0] == ("Animation", "Children's", "Comedy")
    assert movielens.items.release_dates[0] == "01-Jan-1995"
    assert {column: cells[0] for column, cells in movielens.users.columns.items()} == {
        "age": "24",
        "gender": "M",
        "occupation": "technician",
        "zip_code": "85711",
    }


def test_items_come_back_from_csv(movielens: Dataset) -> None:
    back = items_from_csv(items_csv(movielens.items))
    assert back.titles == movielens.items.titles
    np.testing.assert_array_equal(back.mean_ratings, movielens.items.mean_ratings)


def packages_items(u_item: bytes) -> bytes:
    """Derive the item table of the package from the official one: what differs is what this does."""
    lines = ["item_id:token\tmovie_title:token_seq\trelease_year:token\tclass:token_seq"]
    for line in u_item.decode("latin-1").splitlines():
        item_id, title, *_, flags = line.split("|", 5)
        match = re.fullmatch(r"(.*) \((.*?)\)", title.strip())
        name, year = match.groups() if match else ("unkonwn", "unkonwn")
        genres = [genre for genre, flag in zip(GENRES, flags.split("|"), strict=True) if flag == "1"]
        lines.append("\t".join([item_id, name, year, " ".join(genres)]))
    return "\n".join(lines).encode() + b"\n"


@pytest.fixture
def package(official_zip: Path, zip_of) -> bytes:
    """The package on PyPI, as far as recli reads it, made from the official files."""
    with zipfile.ZipFile(official_zip) as archive:
        data, item, user = (archive.read(f"ml-100k/{name}") for name in ("u.data", "u.item", "u.user"))
    items = packages_items(item)
    assert hashlib.sha256(items).hexdigest() == pypi_copy.ITEMS_SHA256
    folder = "recbole/dataset_example/ml-100k/ml-100k"
    return zip_of(
        {
            f"{folder}.inter": b"header\n" + data,
            f"{folder}.item": items,
            f"{folder}.user": b"header\n" + user.replace(b"|", b"\t"),
        }
    )


def test_the_copy_on_pypi_has_the_same_ratings(
    movielens: Dataset, package: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(command: list[str], *, env: dict[str, str], **options: Any) -> subprocess.CompletedProcess[bytes]:
        (Path(env["PIP_DEST"]) / "recbole-1.2.1-py3-none-any.whl").write_bytes(package)
        return subprocess.CompletedProcess(command, 0, b"", b"")

    def unreachable(*args: object, **options: object) -> None:
        raise NetworkError("no connection")

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(sources, "download", unreachable)
    copied = obtain(ML_100K)
    assert copied.fingerprint == movielens.fingerprint
    assert copied.users.columns == movielens.users.columns
    assert copied.items.genres == movielens.items.genres
    assert copied.items.titles == tuple(title.rstrip() for title in movielens.items.titles)
    assert np.count_nonzero(copied.items.years != movielens.items.years) == 190
    assert set(copied.items.release_dates) == {""}
