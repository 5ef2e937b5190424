"""The one look of recli's tables and headings in a terminal."""

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from recli.core.text import visible

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table
    from rich.text import Text

_DATED = re.compile(r"\(\d{4}\)\s*$")
BAR = "█"
_EIGHTHS = " ▏▎▍▌▋▊▉"


def heading(title: str, detail: str = "") -> "Text":
    """A title in bold with a dim remark behind it."""
    from rich.text import Text

    text = Text(visible(title), style="bold")
    if detail:
        text.append("  " + visible(detail), style="dim not bold")
    return text


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, left: Sequence[str] = ()) -> "Table":
    """A table without boxes: numbers to the right, the columns named in ``left`` to the left.

    Where the terminal is too narrow, the widest of those on the left is cut, and nothing else. Cells are data: none is
    read as markup.
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    lines = [[visible(cell) for cell in row] for row in rows]
    widths = {column: max([len(column), *(len(line[i]) for line in lines)]) for i, column in enumerate(columns)}
    widest = max(left, key=lambda column: widths[column], default=None)
    made = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="dim")
    for column in columns:
        keep = None if column == widest else widths[column]
        made.add_column(
            column, justify="left" if column in left else "right", min_width=keep, overflow="ellipsis", no_wrap=True
        )
    for line in lines:
        made.add_row(*map(Text, line))
    return made


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


def plural(n: int, noun: str) -> str:
    """Return ``1 rating``, ``2 ratings``."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"
