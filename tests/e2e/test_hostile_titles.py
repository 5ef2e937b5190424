"""Titles are data: whatever one contains, no terminal obeys it, no table breaks, and no page runs it."""

import dataclasses
import json
import re
import subprocess
import sys
import unicodedata
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from recli.data.files import dataset_files, dataset_record
from recli.data.tiny import generate
from recli.operations.train import configure, train
from recli.store import Store
from tests.terminal import on_a_terminal

HOSTILE = [
    "[red]bold[/red] [link=file:///etc/passwd]x[/link]",
    "\x1b[2J\x1b]0;owned\x07",
    "\x9b31mC1\x9d",
    "</script><script>document.title='owned'</script>",
    "<img src=x onerror=\"document.title='owned'\">",
    "<b>bold</b> &lt;i&gt; <a href='https://example.org'>x</a>",
    "tab\tand\nnewline\r",
    "\u202egnp.exe\u2066\u2069\u200f",
    '=HYPERLINK("http://example.org")',
    "-1+1",
    "@SUM(A1)",
    "+1",
    "quotes \"' and , ; | commas",
    "$\\frac{1}{0}$ %s {0} {title}",
    ":skull: `rm -rf` $(rm -rf)",
    "\u2028line\u2029separators\x85",
    "\ufeffBOM\x00NUL\x7fDEL",
    "e\u0301" * 40,
    "👩‍👩‍👧 七人の侍 \u0627\u0644",
    "x" * 500,
    "",
    " ",
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The small dataset with hostile titles, and a model trained on it."""
    plain = generate()
    titles = tuple((HOSTILE * 2)[: len(plain.items)])
    dataset = dataclasses.replace(plain, name="hostile", items=dataclasses.replace(plain.items, titles=titles))
    made = Store(tmp_path_factory.mktemp("hostile") / "artifacts")
    made.publish_dataset("hostile", dataset_files(dataset), dataset_record(dataset))
    config = configure("dot", {"epochs": 1, "embedding_size": 4})
    train(made, config, dataset="hostile")
    return made


COMMANDS = [
    ["stats", "hostile", "--popularity", "-n", "100"],
    ["similar", "--id", "1", "-n", "100", "--min-ratings", "0"],
    ["similar", "x", "--min-ratings", "0"],
    ["similar", "--pair", "1", "2"],
    ["similar", "<img"],
    ["recommend", "-n", "100"],
    ["recommend", "--rate", "1=5", "-n", "100"],
    ["recommend", "--all-users", "-n", "3"],
    ["predict", "--user", "7", "--item", "<img"],
    ["evaluate"],
    ["models", "list"],
    ["models", "show", "dot"],
    ["project", "--method", "pca"],
]


def bad_characters(text: str) -> list[str]:
    return [c for c in text if unicodedata.category(c) == "Cc" or c in "\u2028\u2029\u202e\u2066\u2069\u200f"]


def run(store: Store, argv: list[str]) -> "subprocess.CompletedProcess[bytes]":
    command = [sys.executable, "-m", "recli", *argv, "--artifacts", str(store.root)]
    return subprocess.run(command, capture_output=True, timeout=60, check=True)


@pytest.mark.parametrize("argv", COMMANDS, ids=" ".join)
def test_in_a_pipe_rows_stay_rows(store: Store, argv: list[str]) -> None:
    ran = run(store, argv)
    out, err = ran.stdout.decode(), ran.stderr.decode()
    assert not bad_characters(out.replace("\n", "").replace("\t", ""))
    assert not bad_characters(err.replace("\n", ""))
    assert len({line.count("\t") for line in out.splitlines()}) == 1


@pytest.mark.parametrize("argv", COMMANDS, ids=" ".join)
def test_in_json_titles_come_back_as_they_are(store: Store, argv: list[str]) -> None:
    out = run(store, [*argv, "--json"]).stdout
    assert out.isascii()
    shown = json.loads(out)
    for entry in shown.get("popularity", []) + shown.get("neighbors", []) + shown.get("matches", []):
        assert entry["title"] in HOSTILE


@pytest.mark.parametrize("argv", COMMANDS, ids=" ".join)
def test_on_a_terminal_nothing_is_obeyed(store: Store, argv: list[str]) -> None:
    here = [*argv, "--artifacts", str(store.root)]
    code, plain = on_a_terminal(here, also_stdout=True, NO_COLOR="1", TERM="dumb")
    assert code == 0
    assert not bad_characters(plain.replace("\r\n", ""))
    code, coloured = on_a_terminal(here, also_stdout=True, TERM="xterm-256color", NO_COLOR="")
    assert code == 0
    # Colours, and what takes a line of progress away again: hide and show the cursor, go up, empty the line.
    own_codes = re.compile(r"\x1b\[[0-9;]*m|\x1b\[\?25[lh]|\r(\x1b\[1A)?\x1b\[2K")
    assert not bad_characters(own_codes.sub("", coloured).replace("\r\n", ""))


class Elements(HTMLParser):
    """Counts the elements of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]


def test_the_map_has_the_elements_of_any_map(store: Store, tiny: Store, tmp_path: Path) -> None:
    pages = {}
    for name, source in (("hostile", store), ("plain", tiny)):
        pages[name] = Elements()
        page = tmp_path / f"{name}.html"
        run(source, ["project", "dot:1", "--method", "pca", "--out", str(page)])
        pages[name].feed(page.read_text(encoding="utf-8"))
    assert pages["hostile"].tags == pages["plain"].tags
    assert pages["hostile"].attributes == pages["plain"].attributes
    assert "img" not in pages["hostile"].tags


def test_in_the_maps_table_no_cell_is_a_formula(store: Store, tmp_path: Path) -> None:
    import csv

    table = tmp_path / "map.csv"
    run(store, ["project", "--method", "pca", "--out", str(table)])
    with table.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 40
    assert not [row["title"] for row in rows if row["title"].startswith(("=", "+", "-", "@"))]


def test_the_store_keeps_every_title_to_the_character(store: Store) -> None:
    from recli.data.files import load_dataset

    titles = load_dataset(store.dataset("hostile")).items.titles
    assert np.array_equal(titles, (HOSTILE * 2)[: len(titles)])
