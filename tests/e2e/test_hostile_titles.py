"""Titles are data: whatever one contains, no terminal obeys it, no table breaks, and no spreadsheet runs it.

What a browser makes of them is in ``tests/browser/test_hostile_pages.py``.
"""

import csv
import io
import json
import re
import subprocess
import unicodedata
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import typer

from recli.cli.main import app
from recli.cli.words import bash_words, split_line
from recli.data.files import load_dataset
from recli.store import Store
from tests.e2e.forked import PIPE, TERMINAL, Command, Ended, run_forked
from tests.hostile import TITLES
from tests.torture import Tally, sized

ALL = str(len(TITLES))
COMMANDS = [
    ["stats", "hostile", "--popularity", "-n", ALL],
    ["similar", "--id", "1", "-n", ALL, "--min-ratings", "0"],
    ["similar", "gnp", "--min-ratings", "0"],
    ["similar", "<img", "--min-ratings", "0"],
    ["similar", "--id", "7", "-n", ALL, "--min-ratings", "0", "--model", "ease"],
    ["similar", "--pair", "44", "90", "--model", "dot"],
    ["recommend", "-n", ALL],
    ["recommend", "--user", "3", "-n", ALL, "--exclude", "nothing"],
    ["recommend", "--rate", "80=5", "--rate", "81=1", "-n", ALL, "--explain", "--model", "ease"],
    ["recommend", "--all-users", "-n", "20", "--exclude", "nothing"],
    ["predict", "--user", "7", "--item", "<img"],
    ["predict", "--user", "7", "--item", "35"],
    ["evaluate"],
    ["evaluate", "--slices"],
    ["compare", "dot", "bias"],
    ["train", "bias", "--dataset", "hostile"],
    ["project", "dot", "--method", "pca"],
    ["models", "list"],
    ["models", "show", "dot"],
    ["models", "diff", "dot", "bias:1"],
    ["models", "path", "dot"],
    ["models", "verify"],
    ["models", "verify", "--datasets"],
    ["models", "tag", "dot", "kept"],
    ["models", "export", "dot", "--out", "{out}/vectors", "--force"],
    ["export", "hostile", "--out", "{out}/tables", "--force"],
    ["models", "gc", "--keep-last", "9"],
    ["fetch", "--list"],
]
WITHOUT_TITLES = {
    "completion": "prints a script that is the same everywhere; what TAB offers has a test of its own",
    "config": "shows a file of the user's own",
    "doctor": "shows packages, the machine and the store's path, and takes seconds to start TensorFlow",
    "explain": "shows recli's own glossary",
    "reproduce": "takes MovieLens alone, proved by its hash",
    "tune": "shows numbers and names of parameters; each trial takes a fit",
    "models rm": "shows references, as gc does",
    "models untag": "shows references, as tag does",
    "import": "brings titles in: what it shows of a file is in its own tests",
}
NUMBERED = re.compile(r"\x1b\[[0-9;]*m|\x1b\[\?25[lh]|\r(\x1b\[1A)?\x1b\[2K")
"""Colours, and what takes a line of progress away again: hide and show the cursor, go up, empty the line."""


def names(group: Any, above: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from names(command, f"{above}{name} ")
        else:
            yield above + name


def test_no_command_is_forgotten() -> None:
    tried = {" ".join(argv[:2] if argv[0] == "models" else argv[:1]) for argv in COMMANDS}
    assert tried | WITHOUT_TITLES.keys() >= set(names(typer.main.get_command(app)))


def bad_characters(text: str) -> set[str]:
    return {c for c in text if unicodedata.category(c) == "Cc" or unicodedata.bidirectional(c) in _BIDI or c in _BREAKS}


_BIDI = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
_BREAKS = "\u2028\u2029\u200e\u200f\u061c"


@pytest.fixture
def run(hostile: Store, tmp_path: Path) -> Any:
    """Run all commands, each with some options at its end."""
    (tmp_path / "out").mkdir()

    def ran(*options: str, stdout: str = PIPE, every: int = 1, **environment: str) -> list[tuple[list[str], Ended]]:
        chosen = COMMANDS[::every]
        argvs = [[word.format(out=tmp_path / "out") for word in argv] for argv in chosen]
        whole = [[*argv, *options, "--artifacts", str(hostile.root)] for argv in argvs]
        ended = run_forked([Command(argv, stdout, environment) for argv in whole])
        assert not {" ".join(argv): end.err or end.out for argv, end in zip(chosen, ended, strict=True) if end.code}
        return list(zip(chosen, ended, strict=True))

    return ran


def shown_titles(value: Any) -> Iterator[tuple[int, str]]:
    """Yield the id and title of every film in what ``--json`` gave."""
    if isinstance(value, dict):
        if "title" in value and "item_id" in value:
            yield value["item_id"], value["title"]
        for inner in value.values():
            yield from shown_titles(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from shown_titles(inner)


@pytest.mark.torture
def test_in_a_pipe_rows_stay_rows(run: Any) -> None:
    for argv, ended in run():
        assert not bad_characters(ended.out.replace("\n", "").replace("\t", "")), argv
        assert not bad_characters(ended.err.replace("\n", "")), argv
        assert len({line.count("\t") for line in ended.out.split("\n")[:-1]}) <= 1, argv
        assert not ended.out.startswith(("TITLE", "'=")), argv


@pytest.mark.torture
def test_in_json_titles_come_back_as_they_are(run: Any) -> None:
    seen = set()
    for argv, ended in run("--json"):
        assert ended.out.isascii(), argv
        assert not bad_characters(ended.out.replace("\n", "")), argv
        for item_id, title in shown_titles(json.loads(ended.out)):
            assert title == TITLES[item_id - 1], argv
            seen.add(title)
    assert seen == set(TITLES)


@pytest.mark.torture
def test_in_csv_no_cell_is_a_formula(run: Any) -> None:
    guarded = set()
    for argv, ended in run("--csv"):
        assert not bad_characters(ended.out.replace("\n", "")), argv
        rows = list(csv.reader(io.StringIO(ended.out, newline=""), strict=True))
        assert len({len(row) for row in rows}) <= 1, argv
        assert len(rows) == ended.out.count("\n"), argv  # no cell has a line break
        cells = {cell for row in rows for cell in row}
        assert not [cell for cell in cells if is_formula(cell)], argv
        guarded |= {cell[1:] for cell in cells if cell.startswith("'")}
    assert guarded >= {title for title in TITLES if is_formula(title) and title.isprintable()}


def is_formula(cell: str) -> bool:
    """Tell whether a spreadsheet computes a cell; a negative number it may."""
    return cell.startswith(tuple("=+-@\t\r＝＋－＠")) and not re.fullmatch(r"-\d[\d.e+-]*", cell)


@pytest.mark.torture
def test_on_a_terminal_nothing_is_obeyed(run: Any, tally: Tally) -> None:
    plain = run(stdout=TERMINAL, NO_COLOR="1", TERM="dumb", COLUMNS="200")
    for argv, ended in plain:
        assert not bad_characters(ended.out.replace("\r\n", "")), argv
    whole = "".join(ended.out for _, ended in plain)
    for title in TITLES:  # markup is shown, not obeyed; a narrow column may cut what is long
        assert title[:20] in whole or not title.isprintable() or not title.strip() or wide(title), title
    for argv, ended in run(stdout=TERMINAL, every=sized(3, 1), TERM="xterm-256color", NO_COLOR="", COLUMNS="80"):
        assert not bad_characters(NUMBERED.sub("", ended.out).replace("\r\n", "")), argv
    tally("titles", len(TITLES))


def wide(title: str) -> bool:
    return any(unicodedata.east_asian_width(c) in "WF" or unicodedata.combining(c) for c in title)


@pytest.mark.torture
def test_quiet_answers_are_lines_of_ids_and_names(run: Any) -> None:
    for argv, ended in run("-q", every=sized(3, 1)):
        assert not bad_characters(ended.out.replace("\n", "").replace("\t", "")), argv
        assert not ended.err, argv


class Elements(HTMLParser):
    """Counts the elements of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]


def test_the_map_has_the_elements_of_any_map(hostile: Store, tiny: Store, tmp_path: Path) -> None:
    pages = {}
    for name, source in (("hostile", hostile), ("plain", tiny)):
        pages[name] = Elements()
        page = tmp_path / f"{name}.html"
        argv = ["project", "dot:1", "--method", "pca", "--out", str(page), "--artifacts", str(source.root)]
        assert [ended.code for ended in run_forked([argv])] == [0]
        pages[name].feed(page.read_text(encoding="utf-8"))
    assert pages["hostile"].tags == pages["plain"].tags
    assert pages["hostile"].attributes == pages["plain"].attributes
    assert "img" not in pages["hostile"].tags


@pytest.mark.torture
@pytest.mark.parametrize("command", ["project", "export", "recommend"])
def test_in_tables_written_to_files_no_cell_is_a_formula(hostile: Store, tmp_path: Path, command: str) -> None:
    table = tmp_path / "table.csv"
    argv = {
        "project": ["project", "dot", "--method", "pca", "--out", str(table)],
        "export": ["models", "export", "dot", "--out", str(tmp_path)],
        "recommend": ["recommend", "--all-users", "--exclude", "nothing", "-n", ALL, "--out", str(table)],
    }[command]
    (ended,) = run_forked([[*argv, "--artifacts", str(hostile.root)]])
    assert ended.code == 0, ended.err
    written = [path.read_text(encoding="utf-8") for path in tmp_path.glob("*.csv")]
    assert written
    for text in written:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
        assert not bad_characters(text.replace("\n", ""))
        assert not [cell for row in rows for cell in row if is_formula(cell)]


@pytest.mark.torture
@pytest.mark.parametrize("quote", ["", '"', "'"])
def test_what_tab_writes_is_one_word_that_runs_nothing(quote: str, tmp_path: Path) -> None:
    typed = [title for title in TITLES if title.replace("\n", "").isprintable() and title]
    word = split_line(f"recli similar {quote}", " \t\n\"'@><=;|&(:")[-1]
    words = [f"{quote}{chosen}{quote}" for chosen in bash_words(word, typed)]
    script = "printf '%s\\0' " + " ".join(words)
    ran = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, check=True)
    assert ran.stdout.decode().split("\0")[:-1] == typed
    assert not list(tmp_path.iterdir())


def test_the_store_keeps_every_title_to_the_character(hostile: Store) -> None:
    assert load_dataset(hostile.dataset("hostile")).items.titles == TITLES
