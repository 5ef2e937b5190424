"""Commands that recli tells to try: they can be copied."""

import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from recli.cli.exits import report
from recli.cli.main import app
from recli.cli.output import Output
from recli.cli.shared import Shared
from recli.core.errors import UsageError
from recli.store import Store
from tests.cli.conftest import Recli
from tests.render.command_views import COMMANDS
from tests.render.test_views import judged


def parse(argv: list[str]) -> None:
    """Parse a command line as Typer does, and run nothing."""
    command: Any = typer.main.get_command(app)
    context = command.make_context("recli", argv)
    while hasattr(command, "resolve_command"):
        name, command, argv = command.resolve_command(context, argv)
        context = command.make_context(name, list(argv), parent=context)


@pytest.mark.parametrize("make", sum(COMMANDS.values(), ()), ids=lambda make: make.__name__)
def test_the_next_command_parses(make: Any) -> None:
    hint = make("Alien (1979)").next
    if hint and hint.startswith("recli "):
        parse(shlex.split(Shared(artifacts=Path("a store")).again(hint))[1:])


@pytest.mark.parametrize(
    ("command", "again"),
    [
        ("recli train dot", "recli train dot --artifacts 'a store'"),
        ("recli train --help", "recli train --help"),
        ("pip install 'recli[tune]'", "pip install 'recli[tune]'"),
    ],
)
def test_a_command_names_the_store_that_was_named(command: str, again: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RECLI_ARTIFACTS", raising=False)
    assert Shared(artifacts=Path("a store")).again(command) == again
    assert Shared().again(command) == command
    monkeypatch.setenv("RECLI_ARTIFACTS", "a store")
    assert Shared(artifacts=Path("a store")).again(command) == command  # the next command reads it there too


def test_a_fix_names_the_store_too(recli: Recli, tiny: Store) -> None:
    assert (
        f"fix: recli models list --artifacts {tiny.root}"
        in recli("evaluate", "dot:99", "--artifacts", str(tiny.root)).err
    )


@pytest.mark.parametrize(
    ("argv", "meant"),
    [
        (["modls"], "models"),
        (["models", "lst"], "list"),
        (["train", "--epohcs", "3"], "--epochs, --sweeps, --csv"),
        (["compare", "a", "b", "--by", "rmze"], "rmse"),
        (["evaluate", "--fail-if", "rmze>1"], "rmse"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_what_was_meant_is_said_in_one_shape(recli: Recli, argv: list[str], meant: str) -> None:
    ran = recli(*argv)
    assert ran.code == 2
    assert f"\n  did you mean: {meant}" in ran.err


@pytest.mark.parametrize(
    ("shape", "stdout", "stderr", "told"),
    [
        ({}, True, True, True),
        ({}, False, True, False),  # TSV goes out
        ({}, True, False, False),
        ({"quiet": True}, True, True, False),
        ({"json": True}, True, True, False),
        ({"csv": True}, True, True, False),
    ],
)
def test_words_are_pointed_out_in_one_line_under_a_table_and_nowhere_else(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    shape: dict[str, bool],
    stdout: bool,
    stderr: bool,
    told: bool,
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: stdout, raising=False)
    monkeypatch.setattr("sys.stderr.isatty", lambda: stderr, raising=False)
    Output(**shape).emit(judged("ml-100k"))
    captured = capsys.readouterr()
    lines = [line for line in captured.err.splitlines() if line.startswith("words: ")]
    assert lines == (["words: recli explain MAE, or RMSE, cold start, verdict, nDCG, Gini"] if told else [])
    assert "recli explain" not in captured.out


def test_what_can_be_copied_is_one_line_however_narrow_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", "40")
    report(UsageError("a message that is filled by words on a terminal", fix="recli train dot " + "--epochs 3 " * 5))
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 3
    assert lines[-1].count("--epochs 3") == 5
