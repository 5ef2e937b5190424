import csv
import io
import json
from pathlib import Path

import pytest

from recli.operations.train import configure, train
from recli.store import Store
from tests.cli.conftest import Recli


@pytest.fixture(autouse=True)
def _small_store(tiny_copy: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    train(tiny_copy, configure("ranker", {}), dataset="tiny")
    monkeypatch.setenv("RECLI_ARTIFACTS", str(tiny_copy.root))


def test_an_item_says_what_the_design_promises(recli: Recli) -> None:
    found = json.loads(recli("recommend", "--user", "6", "-n", "2", "--json").out)
    assert (found["user"], found["ref"]) == (6, "ranker:1")
    assert [item["rank"] for item in found["items"]] == [1, 2]
    assert {"rank", "item_id", "title", "score", "rating"} <= found["items"][0].keys()
    assert 1 <= found["items"][0]["rating"] <= 5


def test_quiet_prints_ids_alone(recli: Recli) -> None:
    ran = recli("recommend", "--rate", "Orbit of Glass=5", "-n", "3", "-q")
    assert len(ran.out.split()) == 3
    assert ran.out.replace("\n", "").isdigit()
    assert ran.err == ""


def test_what_was_understood_is_told(recli: Recli) -> None:
    ran = recli("recommend", "--rate", "untitled reel=4", "--rate", "1=5")
    assert "understood: Untitled Reel 4 stars, Orbit of Glass (1979) 5 stars" in ran.err
    assert "most people rated" in recli("recommend").err


def test_reasons_are_words(recli: Recli) -> None:
    header, first, *_ = recli("recommend", "--rate", "Orbit of Glass=5", "--explain").out.splitlines()
    assert header.split("\t")[-1] == "because"
    assert first.split("\t")[-1] == "gave Orbit of Glass (1979) 5 stars (100%)"


def test_ratings_may_come_from_a_file_and_the_command_line(recli: Recli, tmp_path: Path) -> None:
    mine = tmp_path / "me.csv"
    mine.write_text("title,rating\nUntitled Reel,4\n", encoding="utf-8")
    found = json.loads(recli("recommend", "--ratings", str(mine), "--rate", "1=5", "--json").out)
    assert sorted(given["item_id"] for given in found["given"]) == [1, 16]


def test_all_users_go_to_a_file_whose_lines_are_those_of_the_pipe(recli: Recli, tmp_path: Path) -> None:
    out = tmp_path / "recs.csv"
    ran = recli("recommend", "--all-users", "-n", "2", "--out", str(out))
    assert (ran.code, ran.out) == (0, f"{out}\n")
    lines = list(csv.reader(io.StringIO(out.read_text(encoding="utf-8"))))
    piped = [line.split("\t") for line in recli("recommend", "--all-users", "-n", "2").out.splitlines()]
    assert lines == piped
    assert len(lines) == 1 + 2 * 60


@pytest.mark.parametrize(
    ("argv", "code", "told"),
    [
        (["--user", "6", "--all-users"], 2, "choose one of"),
        (["--user", "6", "--rate", "1=5"], 2, "choose one of"),
        (["--user", "6", "--out", "x.csv"], 2, "--all-users"),
        (["--all-users", "--out", "x.xlsx"], 2, ".csv and .tsv"),
        (["--all-users", "--out", "no/such/x.csv"], 8, "no directory"),
        (["--rate", "nothing"], 2, "TITLE=STARS"),
        (["--rate", "lantern=4"], 4, "4 = Lantern Keeper, The (1987)"),
        (["--rate", "qqqqqq=4"], 4, "no title is like 'qqqqqq'"),
        (["--rate", "1=6"], 3, "ratings go from 1 to 5"),
        (["--rate", "1=4", "--rate", "1=5"], 3, "has 5 stars here and 4 in"),
        (["--ratings", "no.csv"], 4, "no.csv: there is no such file"),
        (["--user", "999"], 4, "no user '999'"),
        (["--genre", "Westren"], 4, "Western"),
        (["--year", "1999-1990"], 2, "ends before it begins"),
        (["--model", "nope"], 4, "no model is called 'nope'"),
        (["--exclude", "some"], 2, "rated, trained, nothing"),
    ],
)
def test_what_cannot_be_ends_with_its_code_and_shows_nothing(
    recli: Recli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, argv: list[str], code: int, told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = recli("recommend", *argv)
    assert ran.code == code, ran.err
    assert told in ran.err
    assert ran.out == ""
    assert list(tmp_path.glob("*.csv")) == []


def test_a_model_that_takes_nobody_in_names_those_that_do(recli: Recli, tiny_copy: Store) -> None:
    train(tiny_copy, configure("bpr", {"epochs": 1, "embedding_size": 4}), dataset="tiny")
    ran = recli("recommend", "--rate", "1=5", "--model", "bpr")
    assert ran.code == 2
    assert "bayes, ranker, ease" in ran.err
