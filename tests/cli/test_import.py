"""What ``recli import`` says, and what it leaves in the store."""

import gzip
import io
import json
import os
import shlex
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from recli.core.reference import FETCHED
from recli.data.fetching.catalogue import catalogue
from recli.data.files import load_dataset
from recli.store import Store
from tests.cli.conftest import Recli
from tests.terminal import on_a_terminal

GOOD = "user,item,rating\n1,2,3\n2,2,4\n"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.csv").write_text(GOOD)
    return Store(tmp_path / "artifacts")


def test_the_promised_keys(recli: Recli, store: Store) -> None:
    told = json.loads(recli("import", "good.csv", "--name", "own", "--json").out)
    assert told.keys() >= {"dataset", "users", "items", "ratings", "rejected", "columns", "scale", "accepted", "lines",
                           "duplicates", "rejected_by", "examples"}  # fmt: skip
    assert told["columns"] == {"user": "user", "item": "item", "rating": "rating", "timestamp": None}
    assert told["scale"] == {"low": 3, "high": 4, "given": False}
    record = store.dataset("own").manifest.about
    assert record["import"][0]["lines"] == 2
    assert record["sha256"] == {"good.csv": told["sha256"]}


def test_columns_are_said_before_they_are_used_and_quiet_says_the_name_alone(recli: Recli, store: Store) -> None:
    assert recli("import", "good.csv", "--name", "own").err.startswith(
        "columns: user = user, item = item, rating = rating\n"
    )
    ran = recli("import", "good.csv", "--name", "own", "--force", "-q")
    assert (ran.out, ran.err) == ("own\n", "")


def test_a_terminal_shows_the_account(store: Store) -> None:
    code, shown = on_a_terminal(
        ["import", "good.csv", "--name", "own", "--scale", "1:5"], also_stdout=True, NO_COLOR="1"
    )
    assert code == 0
    assert "2 lines = 2 accepted + 0 rejected" in shown
    assert "1 to 5" in shown
    assert "next: recli stats own" in shown


@pytest.mark.parametrize("name", ["", "Own", "../own", "a b", "x" * 65, ".own"])
def test_a_name_that_could_not_be_a_directory_is_refused(recli: Recli, store: Store, name: str) -> None:
    ran = recli("import", "good.csv", "--name", name)
    assert (ran.code, "is no name" in ran.err, "fix: recli import good.csv --name mine" in ran.err) == (2, True, True)


def test_a_name_that_is_taken_needs_force(recli: Recli, store: Store) -> None:
    assert recli("import", "good.csv", "--name", "own").code == 0
    ran = recli("import", "good.csv", "--name", "own")
    assert ran.code == 2
    assert "fix: recli import good.csv --name own --force" in ran.err
    for name in sorted(FETCHED):
        assert recli("import", "good.csv", "--name", name, "--force").code == 2
    assert {one.name for one in catalogue()} == FETCHED


def test_what_fails_leaves_the_dataset_that_was_there(recli: Recli, store: Store, tmp_path: Path) -> None:
    recli("import", "good.csv", "--name", "own")
    (tmp_path / "bad.csv").write_text(GOOD + "3,3,x\n")
    assert recli("import", "bad.csv", "--name", "own", "--force").code == 3
    assert len(load_dataset(store.dataset("own")).ratings) == 2


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--on-bad", "stop"], "--on-bad must be one of fail, skip"),
        (["--encoding", "cp1252"], "--encoding must be one of utf-8, latin-1"),
        (["--scale", "5"], "--scale takes the lowest and the highest rating"),
        (["--scale", "5:1"], "--scale takes"),
        (["--scale", "nan:5"], "--scale takes"),
        (["--columns", "user"], "--columns takes user=…"),
        (["--columns", "who=user"], "--columns takes user=…"),
        (["--columns", "user=user,user=item"], "--columns takes user=…"),
        (["--columns", "user=item"], "names one column for two things"),
    ],
    ids=" ".join,
)
def test_an_option_that_is_malformed_is_usage(recli: Recli, store: Store, options: list[str], words: str) -> None:
    ran = recli("import", "good.csv", "--name", "own", *options)
    assert (ran.code, words in ran.err) == (2, True), ran.err


def test_parquet_has_no_encoding_to_say(recli: Recli, store: Store, tmp_path: Path) -> None:
    pq.write_table(pa.table({"user": [1], "item": [2], "rating": [3]}), tmp_path / "r.parquet")
    ran = recli("import", "r.parquet", "--name", "own", "--encoding", "latin-1")
    assert (ran.code, "fix: recli import r.parquet --name own\n" in ran.err) == (2, True), ran.err


def test_ids_survive_as_they_are(recli: Recli, store: Store, tmp_path: Path) -> None:
    odd = ["007", "7", "-5", "9007199254740993", "=1+1", "[red]x[/red]", "\x1b[2J", "naïve"]
    rows = "".join(f"u{n},{item},{1 + n % 5}\n" for n in range(6) for item in odd)
    (tmp_path / "text.csv").write_text("user,item,rating\n" + rows)
    assert recli("import", "text.csv", "--name", "own", "-q").code == 0
    assert recli("train", "bias", "-d", "own", "-q").code == 0
    for item in odd:
        (told,) = json.loads(recli("predict", "--user", "u1", "--item", item, "--json").out)["predictions"]
        assert told["item_id"] == item
    shown = recli("recommend", "--user", "u1", "--exclude", "nothing", "--csv").out
    assert "\x1b" not in shown
    assert "'=1+1" in shown
    assert "'-5" in shown  # of a text cell, a spreadsheet cannot know


def test_a_column_that_was_named_makes_a_header_of_the_first_line(recli: Recli, store: Store, tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_text("who,what,1999\n1,2,3\n")
    ran = recli("import", "odd.csv", "--name", "own", "--columns", "user=who,item=what,rating=3", "--json")
    assert json.loads(ran.out)["columns"] == {"user": "who", "item": "what", "rating": "1999", "timestamp": None}


def test_standard_input_is_a_file_too(recli: Recli, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(gzip.compress(GOOD.encode() + b"3,3,x\n"))))
    ran = recli("import", "-", "--name", "own")
    assert (ran.code, "stdin:4: column rating: 'x' is no number" in ran.err) == (3, True)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(GOOD.encode())))
    assert recli("import", "-", "--name", "own", "-q").out == "own\n"


def test_zstd_comes_through_a_pipe_too(recli: Recli, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    piped = io.BytesIO(pa.compress(GOOD.encode(), codec="zstd", asbytes=True))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(piped))
    assert recli("import", "-", "--name", "own", "-q").out == "own\n"


def test_a_folder_says_what_was_taken_and_options_override_it(recli: Recli, store: Store, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "\x1b[2J.inter").write_text(GOOD.replace(",", "\t"))
    (tmp_path / "mine" / "\x1b[2J.item").write_text("item_id:token\tname:token_seq\n2\tFound\n")
    (tmp_path / "items.csv").write_text("id,title\n2,Said\n")
    ran = recli("import", "mine", "--name", "own")
    assert ran.code == 0
    assert ".item (the layout of RecBole)" in ran.err
    assert "\x1b" not in ran.err
    assert load_dataset(store.dataset("own")).items.titles == ("Found",)
    assert recli("import", "mine", "--name", "own", "--items", "items.csv", "--force").code == 0
    assert load_dataset(store.dataset("own")).items.titles == ("Said",)
    (tmp_path / "none").mkdir()
    assert recli("import", "none", "--name", "new").code == 4


def test_names_that_are_no_utf_8_are_spelled_out(recli: Recli, store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / os.fsdecode(b"caf\xe9.inter")).write_text(GOOD.replace(",", "\t"))
    told = json.loads(recli("import", "mine", "--name", "own", "--json").out)
    assert told["file"] == "mine/caf\\udce9.inter"
    assert store.dataset("own").manifest.about["source"] == "file caf\\udce9.inter"


def test_times_in_milliseconds_become_seconds_and_that_is_said(recli: Recli, store: Store, tmp_path: Path) -> None:
    (tmp_path / "ms.csv").write_text("user,item,rating,timestamp\n1,2,3,978300760123\n1,3,4,978300761999\n")
    assert "times are in milliseconds in the file" in recli("import", "ms.csv", "--name", "own").err
    assert load_dataset(store.dataset("own")).ratings.timestamps.tolist() == [978300760, 978300761]


def test_items_that_nobody_described_are_counted(recli: Recli, store: Store, tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text("id,title\n3,Unrated\n")
    ran = recli("import", "good.csv", "--name", "own", "--items", "items.csv")
    assert "1 of 1 rated items are not in items.csv" in ran.err
    assert load_dataset(store.dataset("own")).items.titles == ("2", "Unrated")


def test_negative_integers_are_integers(recli: Recli, store: Store, tmp_path: Path) -> None:
    (tmp_path / "negative.csv").write_text(
        "user,item,rating\n" + "".join(f"{u},{-i},3\n" for u in range(4) for i in range(4))
    )
    assert recli("import", "negative.csv", "--name", "own", "-q").code == 0
    assert recli("train", "bias", "-d", "own", "-q").code == 0
    (told,) = json.loads(recli("predict", "--user", "1", "--item", "-3", "--json").out)["predictions"]
    assert told["item_id"] == -3
    assert "\n1,-3," in recli("recommend", "--user", "1", "--exclude", "nothing", "--csv").out.replace("\n2,", "\n1,")


def test_times_of_two_units_are_both_right_and_that_is_said(recli: Recli, store: Store, tmp_path: Path) -> None:
    (tmp_path / "two.csv").write_text("user,item,rating,timestamp\n1,2,3,1700000000000000\n1,3,4,978300760\n1,4,4,\n")
    ran = recli("import", "two.csv", "--name", "own")
    assert "times are in seconds (1) and microseconds (1)" in ran.err
    assert "1 of 3 ratings have no time" in ran.err
    assert load_dataset(store.dataset("own")).ratings.timestamps.tolist() == [1700000000, 978300760, 0]


@pytest.mark.parametrize(
    ("content", "options", "fix"),
    [
        (b"user,item,rating,time,date\n1,2,3,4,5\n", "", "--columns timestamp=time"),
        (b"user,item,rating,time,TIME\n1,2,3,4,5\n", "--columns user=1", "--columns user=1,timestamp=time"),
        (b"user,item,rating,created at,date\n1,2,3,4,5\n", "", "--columns 'timestamp=created at'"),
        (b"user,item,rating,d'ate,time,time\n1,2,3,4,5,6\n", "", "--columns timestamp=4"),
        (b"user,item,caf\xe9,rating\n1,2,3,4\n", "", "--encoding latin-1"),
        (GOOD.encode(), "--scale 5", "--scale 1:5"),
        (GOOD.encode(), "--users people.csv", ""),
    ],
)
def test_a_fix_works_when_it_is_typed(
    recli: Recli, store: Store, tmp_path: Path, content: bytes, options: str, fix: str
) -> None:
    (tmp_path / "r.csv").write_bytes(content)
    (tmp_path / "people.csv").write_text("user_id\n1\n")
    told = recli("import", "r.csv", "--name", "own", *options.split()).err
    command = told.partition("  fix: ")[2].splitlines()[0]
    assert command == f"recli import r.csv --name own {fix}".rstrip()
    assert recli(*shlex.split(command)[1:]).code == 0


def test_an_odd_year_costs_the_year_alone(recli: Recli, store: Store, tmp_path: Path) -> None:
    (tmp_path / "items.csv").write_text("id,title,year\n2,Odyssey,-750\n3,Cut,195\n4,Whole,1995\n")
    ran = recli("import", "good.csv", "--name", "own", "--items", "items.csv")
    assert (
        "cells of items.csv that should be a year and are none: 2 ('-750', '195'); their items have no year" in ran.err
    )
    items = load_dataset(store.dataset("own")).items
    assert (items.titles, items.years.tolist()) == (("Odyssey", "Cut", "Whole"), [0, 0, 1995])


def test_ratings_of_minus_one_among_stars_are_doubted(recli: Recli, store: Store, tmp_path: Path) -> None:
    (tmp_path / "anime.csv").write_text("user_id,anime_id,rating\n1,20,-1\n1,24,8\n2,20,10\n")
    said = recli("import", "anime.csv", "--name", "own").err
    assert "1 of 3 ratings are -1: if that means not rated, --scale and --on-bad skip drop them" in said
    (tmp_path / "jokes.csv").write_text("user,item,rating\n1,1,-1\n1,2,-0.5\n2,1,1\n")
    assert "not rated" not in recli("import", "jokes.csv", "--name", "jokes").err
