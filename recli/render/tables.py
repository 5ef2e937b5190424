"""The one look of recli's tables and headings in a terminal."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from recli.core.text import visible

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
    from rich.table import Table
    from rich.text import Text

_DATED = re.compile(r"\(\d{4}\)\s*$")
_GAP = 3
"""Cells between columns."""
_LEAST = 12
"""Cells that a column which is cut keeps."""
BAR = "█"
_EIGHTHS = " ▏▎▍▌▋▊▉"


def heading(title: str, detail: str = "") -> "Text":
    """A title in bold with a dim remark behind it."""
    from rich.text import Text

    text = Text(visible(title), style="bold")
    if detail:
        text.append("  " + visible(detail), style="dim not bold")
    return text


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, left: Sequence[str] = ()) -> "RenderableType":
    """A table without boxes: numbers to the right, the columns named in ``left`` to the left.

    Where the terminal is too narrow, the widest of those on the left is cut, and nothing else: a number that lost its
    last digit is another number. Where that is not enough, lines are longer than the terminal, which wraps them. Cells
    are data: none is read as markup.
    """
    return _Fitted(columns, [[visible(cell) for cell in row] for row in rows], left)


@dataclass(frozen=True)
class _Fitted:
    """A table that is laid out once the width it is drawn at is known."""

    columns: Sequence[str]
    lines: Sequence[Sequence[str]]
    left: Sequence[str]

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        from rich import box
        from rich.table import Table
        from rich.text import Text

        widths = self._widths(options.max_width)
        total = sum(widths) + _GAP * (len(widths) - 1)
        made = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="dim", width=total)
        for column, width in zip(self.columns, widths, strict=True):
            side: Literal["left", "right"] = "left" if column in self.left else "right"
            made.add_column(column, justify=side, width=width, overflow="ellipsis", no_wrap=True)
        for line in self.lines:
            made.add_row(*map(Text, line))
        yield made

    def _widths(self, most: int) -> list[int]:
        from rich.cells import cell_len

        widths = [
            max(map(cell_len, (column, *cells))) for column, *cells in zip(self.columns, *self.lines, strict=True)
        ]
        cut = max(
            (i for i, column in enumerate(self.columns) if column in self.left), key=widths.__getitem__, default=None
        )
        if cut is not None:
            spare = most - _GAP * (len(widths) - 1) - (sum(widths) - widths[cut])
            widths[cut] = min(widths[cut], max(spare, _LEAST))
        return widths


def facts(pairs: Iterable[tuple[str, str]]) -> "Table":
    """Names and what they say, which may take several lines."""
    from rich.table import Table
    from rich.text import Text

    made = Table.grid(padding=(0, 3))
    made.add_column(style="dim", no_wrap=True)
    made.add_column(overflow="fold")
    for name, value in pairs:
        made.add_row(Text(visible(name)), Text(visible(value)))
    return made


def stack(*parts: "RenderableType") -> "RenderableType":
    """Put parts under each other with a blank line between."""
    from rich.console import Group

    spaced: list[RenderableType] = []
    for part in parts:
        spaced += [part, ""]
    return Group(*spaced[:-1])


def bar(share: float, width: int) -> str:
    """Draw a share of 0 to 1 as a bar of at most ``width`` cells, exact to an eighth of a cell."""
    eighths = round(share * width * 8)
    return BAR * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def titled(title: str, year: int | None) -> str:
    """Return a title with its year, unless it carries one already."""
    return title if year is None or _DATED.search(title) else f"{title} ({year})"


def stars(value: float) -> str:
    """Return ``1 star``, ``4.5 stars``."""
    return f"{value:g} star" if value == 1 else f"{value:g} stars"


def plural(n: int, noun: str) -> str:
    """Return ``1 rating``, ``2 ratings``."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"
