"""The one look of recli's tables and headings in a terminal."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from recli.core.reference import DEFAULT_DATASET
from recli.core.text import visible

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
    from rich.text import Text

    from recli.core.flat import Leaf
    from recli.render.layout import Cell

_DATED = re.compile(r"\(\d{4}\)\s*$")
_WIDE = 3
"""Cells between a name and what it says."""
_BETWEEN = 4
"""Cells between parts that stand beside each other."""
_VERDICTS = {"better": "green", "best": "bold green", "worse": "red"}


def heading(title: str, detail: str = "") -> "RenderableType":
    """A title in bold with a dim remark behind it, or under it where one line does not hold both."""
    return _Heading(visible(title), visible(detail))


@dataclass(frozen=True)
class _Heading:
    title: str
    detail: str

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        from rich.cells import cell_len
        from rich.text import Text

        text = Text(self.title, style="bold")
        if self.detail:
            fits = cell_len(self.title) + 2 + cell_len(self.detail) <= options.max_width
            text.append(("  " if fits else "\n") + self.detail, style="dim not bold")
        yield text


def table(
    columns: Sequence[str],
    rows: Iterable[Sequence["Cell"]],
    *,
    left: Sequence[str] = (),
    spare: Sequence[str] = (),
) -> "RenderableType":
    """A table without boxes: numbers to the right, their points aligned; the columns named in ``left`` to the left.

    Bars take the room that is left, and go where there is none. Where the terminal is too narrow, the gaps shrink and
    the widest of the columns on the left is cut in its middle, and nothing else: a number that lost its last digit is
    another number. The columns named in ``spare`` go, in turn, where bars would have too little room without, or the
    table none. Where that is not enough, each row becomes a list. Cells are data: none is read as markup.
    """
    from recli.render.layout import Fitted, aligned

    lines = [[visible(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
    cells = [column if name in left else aligned(column) for name, *column in zip(columns, *lines, strict=True)]
    return Fitted(columns, list(zip(*cells, strict=True)), left, spare)


def without_echo(
    columns: Sequence[str], rows: Sequence[Sequence["Cell"]], title: str = "title"
) -> tuple[Sequence[str], Sequence[Sequence["Cell"]]]:
    """Leave out the column ``id`` where each title is the id: what came without titles is called by its ids."""
    titles, id_ = columns.index(title), columns.index("id")
    if not rows or any(row[titles] != row[id_] for row in rows):
        return columns, rows
    kept = [place for place in range(len(columns)) if place != id_]
    return [columns[place] for place in kept], [[row[place] for place in kept] for row in rows]


def word(verdict: str) -> "Text":
    """Return a verdict, in a colour that says again what the word says."""
    from rich.text import Text

    return Text(verdict, style=_VERDICTS.get(verdict, ""))


def beside(*parts: "RenderableType", least: int) -> "RenderableType":
    """Put parts beside each other as far as each has ``least`` cells, and the others under them."""
    return _Beside(parts, least)


@dataclass(frozen=True)
class _Beside:
    parts: Sequence["RenderableType"]
    least: int

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        from rich.table import Table

        each = min(len(self.parts), (options.max_width + _BETWEEN) // (self.least + _BETWEEN))
        if each < 2:
            yield stack(*self.parts)
            return
        width = (options.max_width - _BETWEEN * (each - 1)) // each
        made = Table.grid(padding=(0, _BETWEEN, 0, 0), pad_edge=False)
        for _ in range(each):
            made.add_column(width=width)
        for first in range(0, len(self.parts), each):
            made.add_row(*self.parts[first : first + each])
            if first + each < len(self.parts):
                made.add_row("")
        yield made


def facts(pairs: Iterable[tuple[str, str | Path]]) -> "RenderableType":
    """Names and what they say, which may take several lines; but a path takes one, for somebody copies it."""
    return _Facts([(visible(name), value) for name, value in pairs])


@dataclass(frozen=True)
class _Facts:
    pairs: Sequence[tuple[str, str | Path]]

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        from rich.cells import cell_len
        from rich.table import Table
        from rich.text import Text

        made = Table.grid(padding=(0, _WIDE))
        made.add_column(style="dim", no_wrap=True)
        made.add_column(overflow="fold")
        room = options.max_width - _WIDE - max((cell_len(name) for name, _ in self.pairs), default=0)
        alone = [(n, v) for n, v in self.pairs if isinstance(v, Path) and cell_len(visible(str(v))) > room]
        for pair in self.pairs:
            if pair not in alone:
                made.add_row(Text(pair[0]), Text(visible(str(pair[1]))))
        yield made
        for name, path in alone:
            if name:
                yield Text(name, style="dim")
            yield Text(visible(str(path)), no_wrap=True, overflow="ignore")


def stack(*parts: "RenderableType") -> "RenderableType":
    """Put parts under each other with a blank line between."""
    from rich.console import Group

    spaced: list[RenderableType] = []
    for part in parts:
        spaced += [part, ""]
    return Group(*spaced[:-1])


def leaf_text(value: "Leaf") -> str:
    """Return a value of a record, numbers to six digits: ``false``, ``0.716564``, ``–`` for nothing."""
    if isinstance(value, bool):
        return str(value).lower()
    return "–" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)


MOST_DIGITS = 5
"""Of a rating that people give: what has more is the mean of many."""


def titled(title: str, year: int | None) -> str:
    """Return a title with its year, unless it carries one already."""
    return title if year is None or _DATED.search(title) else f"{title} ({year})"


def stars(value: float) -> str:
    """Return ``1 star``, ``4.5 stars``."""
    return "1 star" if value == 1 else f"{level(value)} stars"


def level(value: float) -> str:
    """Return a rating as it was given, or the mean of a bin of ratings in three digits."""
    exact = f"{value:g}"
    return exact if sum(char.isdigit() for char in exact) <= MOST_DIGITS else f"{value:.3g}"


def train_on(dataset: str) -> str:
    """Return the command that trains the default model on a dataset."""
    return "recli train" if dataset == DEFAULT_DATASET else f"recli train --dataset {dataset}"


def plural(n: int, noun: str) -> str:
    """Return ``1 rating``, ``2 ratings``."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"
