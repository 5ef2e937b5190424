"""Options that every command has."""

import csv
import io
import itertools
import os
from pathlib import Path

import pytest

from recli.cli.output import Output
from recli.core.errors import UsageError
from recli.store import Store
from tests.cli.conftest import Recli


def test_rows_come_as_csv_or_tsv_wherever_they_go(recli: Recli, tiny: Store) -> None:
    argv = ("stats", "tiny", "--popularity", "-n", "3", "--artifacts", str(tiny.root))
    as_csv, as_tsv, piped = (recli(*argv, *shape).out for shape in (["--csv"], ["--tsv"], []))
    rows = list(csv.reader(io.StringIO(as_csv)))
    assert rows[0] == ["rank", "item_id", "title", "year", "ratings", "mean_rating"]
    assert rows == [line.split("\t") for line in as_tsv.splitlines()]
    assert as_tsv == piped


@pytest.mark.parametrize("two", list(itertools.combinations(("json", "csv", "tsv", "quiet"), 2)))
def test_an_answer_has_one_shape(two: tuple[str, str]) -> None:
    with pytest.raises(UsageError, match="exclude each other"):
        Output(**dict.fromkeys(two, True))


def test_no_color_is_heard_by_everything_that_draws(recli: Recli, tiny: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "")
    recli("stats", "tiny", "--no-color", "--artifacts", str(tiny.root))
    assert os.environ["NO_COLOR"] == "1"


def test_raw_is_of_csv_that_goes_into_a_file_too(recli: Recli, tiny: Store, tmp_path: Path) -> None:
    argv = ("recommend", "--all-users", "-n", "1", "--artifacts", str(tiny.root), "--raw", "--out")
    assert recli(*argv, str(tmp_path / "x.csv")).code == 0
    assert "the answer is no CSV" in recli(*argv, str(tmp_path / "x.tsv")).err
