"""One result in all the shapes a reader may want it in; the command line picks one."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from recli.core.text import visible

if TYPE_CHECKING:
    from rich.console import RenderableType

Cell = str | int | float | None


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
    next: str | None = None
    """The command to try next."""


def json_text(view: View) -> str:
    """Return the object as JSON in ASCII: no byte of a title can do anything to a terminal."""
    return json.dumps(view.json, indent=2, allow_nan=False) + "\n"


def tsv_text(view: View) -> str:
    """Return header and rows, tab-separated; controls in text are spelled out, so that a row stays a row."""
    lines = [view.header, *view.rows] if view.header else view.rows
    return "".join("\t".join(_cell(cell) for cell in line) + "\n" for line in lines)


def quiet_text(view: View) -> str:
    """Return the bare lines."""
    return "".join(visible(line) + "\n" for line in view.quiet)


def _cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:.6g}"
    return visible(str(cell))
