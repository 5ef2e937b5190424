"""``recli predict`` from its arguments to its output and exit codes."""

import csv
import io
import json
import os
import sys
from pathlib import Path

import pytest

from recli.store import Store
from tests.cli.conftest import Recli


@pytest.fixture(autouse=True)
def _small_store(tiny_copy: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECLI_ARTIFACTS", str(tiny_copy.root))


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    path = tmp_path / "in" / "pairs.csv"
    path.parent.mkdir()
    path.write_text("userId,movieId\n7,3\n8,40\n7,1\n")
    return path


def test_one_pair_quietly_is_one_number(recli: Recli) -> None:
    ran = recli("predict", "--user", "7", "--item", "3", "-q")
    assert 1 <= float(ran.out) <= 5
    assert ran.err == ""
    told = json.loads(recli("predict", "--user", "7", "--item", "3", "--json").out)
    assert f"{told['predictions'][0]['rating']:.6g}\n" == ran.out


@pytest.mark.parametrize(("name", "separator"), [("out.csv", ","), ("out.TSV", "\t")])
def test_a_file_and_stdout_hold_the_same_rows(
    recli: Recli, pairs: Path, tmp_path: Path, name: str, separator: str
) -> None:
    out = tmp_path / "out" / name
    out.parent.mkdir()
    assert recli("predict", "--pairs", str(pairs), "--out", str(out), "-q").out == f"{out}\n"
    quoting = csv.QUOTE_MINIMAL if separator == "," else csv.QUOTE_NONE
    written = list(csv.reader(io.StringIO(out.read_text()), delimiter=separator, quoting=quoting))
    shown = recli("predict", "--pairs", str(pairs)).out
    guarded = list(csv.reader(io.StringIO(shown), delimiter="\t", quoting=csv.QUOTE_NONE))
    assert written == guarded
    assert [row[:2] for row in written] == [["user_id", "item_id"], ["7", "3"], ["8", "40"], ["7", "1"]]
    assert list(out.parent.iterdir()) == [out]
    told = json.loads(recli("predict", "--pairs", str(pairs), "--json").out)["predictions"]
    assert [f"{prediction['rating']:.6g}" for prediction in told] == [row[3] for row in written[1:]]
    assert recli("predict", "--pairs", str(pairs), "-q").out.split() == [row[3] for row in written[1:]]


def test_what_it_wrote_can_be_read_as_pairs_again(recli: Recli, pairs: Path, tmp_path: Path) -> None:
    first, again = tmp_path / "first.tsv", tmp_path / "again.tsv"
    assert recli("predict", "--pairs", str(pairs), "--out", str(first)).code == 0
    assert recli("predict", "--pairs", str(first), "--out", str(again)).code == 0
    assert first.read_bytes() == again.read_bytes()


def test_pairs_come_from_stdin(recli: Recli, pairs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pairs.open(encoding="utf-8") as file:
        monkeypatch.setattr(sys, "stdin", file)
        assert len(recli("predict", "--pairs", "-").out.splitlines()) == 4


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"", 3, ":1: the file is empty"),
        (b"user_id,stars\n7,3\n", 3, ":1: no column of item ids"),
        (b"7,3\n8\n", 3, ":2: 1 field instead of 2"),
        (b"7,3\n8,\xe9\n", 3, ":2: not UTF-8"),
        (b"\x89PNG\0", 3, ":1: a binary file"),
        (b"7,3\n8,4711\n", 3, ":2: dot:1 knows no item '4711'"),
    ],
    ids=repr,
)
@pytest.mark.parametrize("to_file", [True, False])
def test_bad_input_is_three_with_its_line_and_nothing_is_written(
    recli: Recli, tmp_path: Path, content: bytes, code: int, words: str, to_file: bool
) -> None:
    source, out = tmp_path / "pairs.csv", tmp_path / "out.csv"
    source.write_bytes(content)
    out.write_text("old")
    ran = recli("predict", "--pairs", str(source), *(["--out", str(out)] if to_file else []))
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith(f"recli: error: {source}{words}")
    assert out.read_text() == "old"
    assert sorted(os.listdir(tmp_path)) == ["out.csv", "pairs.csv"]  # noqa: PTH208


@pytest.mark.parametrize(
    ("argv", "code", "words"),
    [
        (["--user", "7"], 2, "give --user ID and --item ID, or --pairs FILE"),
        (["--user", "7", "--pairs", "x.csv"], 2, "--pairs excludes --user and --item"),
        (["--user", "7", "--item", "3", "--pairs", "x.csv"], 2, "give --user ID and --item ID, or --pairs FILE"),
        (["--user", "7", "--item", "3", "--out", "x.csv"], 2, "--out takes what --pairs asks for"),
        (["--pairs", "x.csv", "--out", "x.json"], 2, ".csv and .tsv"),
        (["--pairs", "x.csv", "--out", "/no/such/dir/x.csv"], 8, "no directory /no/such/dir"),
        (["--pairs", "/no/such.csv"], 4, "/no/such.csv: there is no such file"),
        (["--pairs", "/"], 3, "is a directory"),
        (["--user", "7", "--item", "3", "--cold", "drop"], 2, "--cold must be one of error, baseline, skip, nan"),
        (["--user", "7", "--item", "3", "--distribution"], 2, "dot:1 predicts one number"),
        (["--user", "7", "--item", "3", "-m", "dot:9"], 4, "dot has no version 9"),
        (["--user", "77", "--item", "3"], 4, "ids go from 1 to 60"),
        (["--user", "7", "--item", ""], 2, "the title to search for is empty"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_what_cannot_be_is_refused(recli: Recli, argv: list[str], code: int, words: str) -> None:
    ran = recli("predict", *argv)
    assert (ran.code, ran.out) == (code, ""), ran.err
    assert words in ran.err


@pytest.mark.parametrize(("cold", "rows"), [("baseline", 4), ("skip", 3), ("nan", 4)])
def test_unknown_ids_are_done_with_as_told_and_counted_on_stderr(
    recli: Recli, pairs: Path, cold: str, rows: int
) -> None:
    pairs.write_text(pairs.read_text() + "4711,3\n")
    ran = recli("predict", "--pairs", str(pairs), "--cold", cold)
    assert len(ran.out.splitlines()) == 1 + rows
    assert "1 pair with an id that dot:1 does not know" in ran.err
