"""What ``recli export`` says, and what it writes where no file is named."""

import gzip
import io
import json
from pathlib import Path

import pytest

from recli.data.files import load_dataset
from recli.store import Store
from tests.cli.conftest import Recli
from tests.terminal import on_a_terminal


@pytest.fixture(autouse=True)
def _here(tiny: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RECLI_ARTIFACTS", str(tiny.root))


def test_a_directory_gets_all_tables_and_the_answer_names_them(recli: Recli, tmp_path: Path) -> None:
    told = json.loads(recli("export", "tiny", "--out", "tables", "--json").out)
    assert [(file["table"], file["path"], file["rows"]) for file in told["files"]] == [
        ("ratings", "tables/ratings.csv", 1132), ("items", "tables/items.csv", 40), ("users", "tables/users.csv", 60),
    ]  # fmt: skip
    for file in told["files"]:
        lines = (tmp_path / file["path"]).read_bytes()
        assert (len(lines), lines.count(b"\n")) == (file["bytes"], file["rows"] + 1)
        assert lines.partition(b"\n")[0].decode().split(",") == file["columns"]
    quiet = recli("export", "tiny", "--out", "tables", "--force", "-q")
    assert (quiet.out.split(), quiet.err) == ([file["path"] for file in told["files"]], "")


def test_stdout_gets_the_ratings_as_tsv_and_what_else_is_asked_for(recli: Recli, tmp_path: Path) -> None:
    recli("export", "tiny", "--out", "all")
    csv = (tmp_path / "all" / "ratings.csv").read_text()
    assert recli("export", "tiny", "--out", "-").out == csv.replace(",", "\t")
    assert recli("export", "tiny", "-o", "-", "--csv").out == csv
    assert recli("export", "tiny", "-o", "-", "--format", "csv").out == csv
    items = recli("export", "tiny", "-o", "-", "--csv", "--table", "items").out
    assert items == (tmp_path / "all" / "items.csv").read_text()


def test_stdout_gets_packed_bytes_too(recli: Recli, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = recli("export", "tiny", "-o", "-").out
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(taken := io.BytesIO()))
    assert recli("export", "tiny", "-o", "-", "--format", "tsv.gz").code == 0
    assert gzip.decompress(taken.getvalue()).decode() == plain


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["-o", "-", "--json"], "--out - writes rows: --json has no part in it"),
        (["-o", "-", "--force"], "--force has no part"),
        (["-o", "-", "--format", "tsv", "--csv"], "--format tsv says how: --csv has no part in it"),
        (["-o", "x.csv", "--table", "models"], "--table must be one of ratings, items, users"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_an_option_without_effect_is_refused(recli: Recli, tmp_path: Path, argv: list[str], words: str) -> None:
    ran = recli("export", "tiny", *argv)
    assert (ran.code, words in ran.err, list(tmp_path.iterdir())) == (2, True, []), ran.err


def test_a_terminal_is_shown_what_it_does_not_obey(tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_text("user,item,rating\n\x1b[2J,a,3\n")
    own = ["--artifacts", str(tmp_path / "own")]
    assert on_a_terminal(["import", "odd.csv", "--name", "odd", "-q", *own], also_stdout=False)[0] == 0
    code, shown = on_a_terminal(["export", "odd", "--out", "-", *own], also_stdout=True)
    assert (code, "\\x1b[2J\ta\t3" in shown, "\x1b[2J" in shown) == (0, True, False)
    code, shown = on_a_terminal(["export", "odd", "--out", "-", "--format", "csv.gz", *own], also_stdout=True)
    assert (code, "csv.gz is nothing that a terminal could show" in shown) == (2, True)


def test_a_terminal_hears_how_the_files_become_the_dataset_again(recli: Recli, tiny: Store) -> None:
    code, shown = on_a_terminal(["export", "tiny", "--out", "tables"], also_stdout=True, NO_COLOR="1")
    assert (code, "1,132 rows" in shown) == (0, True)
    (line,) = [line for line in shown.splitlines() if "next: " in line]
    argv = line.partition("next: recli ")[2].split()
    assert argv[-2:] == ["--scale", "1:5"]
    assert recli(*argv, "--artifacts", "own").code == 0
    back, sent = load_dataset(Store(Path("own")).dataset("copy")), load_dataset(tiny.dataset("tiny"))
    assert (back.fingerprint, back.scale, back.items.titles) == (sent.fingerprint, sent.scale, sent.items.titles)
