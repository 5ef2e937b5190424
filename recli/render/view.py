"""One result in all the shapes a reader may want it in; the command line picks one."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from recli.core.text import visible
from recli.render.csv_text import Cell, rows_text

if TYPE_CHECKING:
    from rich.console import RenderableType


@dataclass(frozen=True)
class View:
    """A result, ready to be written."""

    json: dict[str, Any]
    """The object under ``--json``; its keys are a promise."""
    header: tuple[str, ...]
    """Column names of the TSV; empty for bare values, which take no header."""
    rows: Sequence[Sequence[Cell]]
    """Rows of the TSV."""
    quiet: Sequence[str]
    """Lines under ``-q``: the thing itself and nothing else."""
    terminal: Callable[[], "RenderableType"]
    """Makes what a terminal shows; called only there, so that scripts never wait for Rich."""
    subject: str = ""
    """What the rows are about, for stderr where they are no table with a heading."""
    notes: Sequence[str] = ()
    """Lines for stderr that a reader of the result should know: what was hidden, chosen or taken instead."""
    words: Sequence[str] = ()
    """Terms in it that ``recli explain`` knows, told under what a terminal shows."""
    next: str | None = None
    """The command to try next."""


def json_text(view: View) -> str:
    """Return the object as JSON in ASCII: no byte of a title can do anything to a terminal."""
    return json.dumps(view.json, indent=2, allow_nan=False) + "\n"


def tsv_text(view: View) -> str:
    """Return header and rows, tab-separated, for programs: text as it is, its controls spelled out."""
    return rows_text(_lines(view), "\t", raw=True)


def csv_text(view: View, *, raw: bool = False) -> str:
    """Return header and rows as CSV; unless ``raw``, text that a spreadsheet would run as a formula is guarded."""
    return rows_text(_lines(view), ",", raw=raw)


def _lines(view: View) -> Sequence[Sequence[Cell]]:
    return [view.header, *view.rows] if view.header else view.rows


def quiet_text(view: View) -> str:
    """Return the bare lines."""
    return "".join(visible(line) + "\n" for line in view.quiet)
