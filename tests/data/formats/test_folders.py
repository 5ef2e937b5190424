"""Which files of a folder are taken, and what is not waited for."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from recli.core.errors import InputDataError, NotFoundError
from recli.data.formats.folders import FolderFiles, files_of, find_files

MAGIC = b"PAR1"


@pytest.mark.parametrize(
    ("names", "taken", "kind"),
    [
        (["u.data", "u.item", "u.user", "u1.base", "README"], ["u.data", "u.item", "u.user"], "MovieLens 100K"),
        (["ratings.dat", "movies.dat", "users.dat"], ["ratings.dat", "movies.dat", "users.dat"], "MovieLens 1M"),
        (["ratings.csv", "movies.csv", "links.csv", "tags.csv"], ["ratings.csv", "movies.csv"], "MovieLens 20M"),
        (["ratings.csv.gz", "movies.csv.zst"], ["ratings.csv.gz", "movies.csv.zst"], "MovieLens 20M"),
        (["ratings.csv", "ratings.csv.gz"], ["ratings.csv"], "MovieLens 20M"),
        (["ratings.jsonl", "items.jsonl"], ["ratings.jsonl", "items.jsonl"], "ratings.jsonl"),
        (["a.b.inter", "a.b.item", "other.user"], ["a.b.inter", "a.b.item"], "RecBole"),
        (["x\n.inter.gz", "x\n.user"], ["x\n.inter.gz", "x\n.user"], "RecBole"),
    ],
)
def test_files_that_belong_together_are_found(
    tmp_path: Path, names: Sequence[str], taken: Sequence[str], kind: str
) -> None:
    for name in names:
        (tmp_path / name).touch()
    found = find_files(tmp_path)
    assert [path.name for path in (found.ratings, found.items, found.users) if path] == taken
    assert (found.kind, all(name in found.told() for name in taken)) == (kind, True)


def test_a_folder_of_parts_is_one_table(tmp_path: Path) -> None:
    (tmp_path / "part-0.parquet").write_bytes(MAGIC)
    assert files_of(tmp_path) == FolderFiles(tmp_path)


def test_a_file_and_standard_input_are_themselves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "-").mkdir()
    assert files_of(Path("-")) == FolderFiles(Path("-"))
    assert files_of(Path("none.csv")) == FolderFiles(Path("none.csv"))


def test_more_than_one_file_of_ratings_is_a_choice(tmp_path: Path) -> None:
    for name in ("b.inter", "a.inter"):
        (tmp_path / name).touch()
    with pytest.raises(NotFoundError, match="more than one") as told:
        find_files(tmp_path)
    assert told.value.candidates == (str(tmp_path / "a.inter"), str(tmp_path / "b.inter"))


def test_an_unknown_folder_lists_what_is_there(tmp_path: Path) -> None:
    for name in ("log.csv", "ml-1m", ".hidden"):
        (tmp_path / name).touch()
    with pytest.raises(NotFoundError, match=r"a folder without u\.data") as told:
        find_files(tmp_path)
    assert told.value.candidates == ("log.csv", "ml-1m")
    assert told.value.fix == f"recli import {tmp_path}/FILE --name NAME"


def test_links_are_followed_to_files_and_nothing_else_is_opened(tmp_path: Path) -> None:
    (tmp_path / "there").touch()
    (tmp_path / "u.data").symlink_to("there")
    assert find_files(tmp_path).ratings == tmp_path / "u.data"
    os.mkfifo(tmp_path / "u.item")
    with pytest.raises(InputDataError, match=r"u\.item is no regular file"):
        find_files(tmp_path)
    for number, target in enumerate(("nowhere", "/dev/zero", ".", "u.data")):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "u.data").symlink_to(target)
        with pytest.raises(InputDataError, match=r"u\.data is no regular file, nor a link to one"):
            find_files(folder)
