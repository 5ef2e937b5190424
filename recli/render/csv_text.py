"""Rows of files that a spreadsheet may open."""

import csv
import io
from collections.abc import Iterable, Sequence

from recli.core.text import is_formula, visible

Cell = str | int | float | None
"""What a cell of a table may hold; ``None`` is an empty one."""


def rows_text(rows: Iterable[Sequence[Cell]], separator: str, *, raw: bool = False) -> str:
    """Return rows as lines of CSV, or of TSV, which quotes nothing, since controls in text are spelled out.

    Args:
        rows: cells; nothing is an empty one.
        separator: a comma for CSV, a tab for TSV.
        raw: do not guard text that a spreadsheet would run as a formula.
    """
    written = [[_text(cell, raw=raw) for cell in row] for row in rows]
    if separator == "\t":
        return "".join("\t".join(row) + "\n" for row in written)
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator="\n").writerows(written)
    return text.getvalue()


def number_text(value: float | None) -> str:
    """Return a number to six digits, and nothing for none."""
    return "" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)


def text_cell(text: str, *, raw: bool = False) -> str:
    """Return text as a cell that nothing obeys.

    Controls are spelled out, and what a spreadsheet would run as a formula gets an apostrophe in front.

    Args:
        text: from outside, like a title or an id.
        raw: leave the apostrophe away, for a reader that is no spreadsheet.
    """
    guard = "'" if not raw and is_formula(text) else ""
    return guard + visible(text)


def _text(cell: Cell, *, raw: bool) -> str:
    return text_cell(cell, raw=raw) if isinstance(cell, str) else number_text(cell)
