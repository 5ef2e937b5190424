"""How a table is laid out once the width that it is drawn at is known."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from recli.render.glyphs import Bar, Span, shortened

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
    from rich.text import Text

Cell: TypeAlias = "str | Bar | Span | Text"

_WIDE, _TIGHT = 3, 1
"""Cells between columns: as they should be, and where the terminal is narrow."""
_FAIR, _LEAST = 24, 12
"""Cells that a column which is cut keeps before the gaps shrink, and at the very least."""
_LEAST_BAR, _FAIR_BAR = 6, 12
"""Cells below which a bar says nothing, and for which a column goes that can be spared."""
_NUMBER = re.compile(r"[-+±]?\s?[\d,]+(\.\d+)?")


@dataclass(frozen=True)
class Fitted:
    """A table that fits: gaps shrink, the widest column on the left is cut, and at last each row becomes a list."""

    columns: Sequence[str]
    lines: Sequence[Sequence[Cell]]
    left: Sequence[str]
    spare: Sequence[str] = ()
    """Columns that go, in turn, rather than that bars have less than ``_FAIR_BAR`` cells or a row becomes a list."""

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        shown, widths, gap = self._chosen(options.max_width)
        yield self._stacked() if widths is None else shown._table(widths, gap)

    def _chosen(self, most: int) -> tuple["Fitted", list[int] | None, int]:
        """Return the table with as many columns as leave its bars room, else as many as fit, and how it fits."""
        tries = [(one, *one._fit(most)) for one in map(self._without, range(len(self.spare) + 1))]
        fitting = [each for each in tries if each[1] is not None] or tries
        return next((each for each in fitting if each[0]._has_bars(each[1])), fitting[0])

    def _without(self, n: int) -> "Fitted":
        gone = self.spare[:n]
        kept = [place for place, column in enumerate(self.columns) if column not in gone]
        lines = [[line[place] for place in kept] for line in self.lines]
        return Fitted([self.columns[place] for place in kept], lines, self.left)

    def _has_bars(self, widths: Sequence[int] | None) -> bool:
        """Tell whether each bar has a fair width."""
        drawn = [width for place, width in enumerate(widths or ()) if self._is_drawn(place)]
        return all(width >= _FAIR_BAR for width in drawn)

    def _is_drawn(self, place: int) -> bool:
        return any(isinstance(line[place], Bar | Span) for line in self.lines)

    def _fit(self, most: int) -> tuple[list[int] | None, int]:
        """Return the columns' widths, 0 for a bar without room, and the gap; no widths where nothing fits."""
        for gap, least in ((_WIDE, _FAIR), (_TIGHT, _LEAST)):
            widths = self._natural()
            room = most - _total(widths, gap)
            cut = self._cut(widths)
            if room < 0 and cut is not None:
                spared = max(min(widths[cut], least), widths[cut] + room)
                room += widths[cut] - spared
                widths[cut] = spared
            # A histogram is there for its bars, elsewhere they come last.
            if room >= (gap + _LEAST_BAR if gap == _WIDE and 0 in widths and not self.left else 0):
                return self._with_bars(widths, room, gap), gap
        return None, _TIGHT

    def _natural(self) -> list[int]:
        from rich.cells import cell_len

        found = []
        for place, column in enumerate(self.columns):
            cells = [line[place] for line in self.lines]
            found.append(0 if self._is_drawn(place) else max(map(cell_len, (column, *map(str, cells)))))
        return found

    def _cut(self, widths: Sequence[int]) -> int | None:
        places = (place for place, column in enumerate(self.columns) if column in self.left)
        return max(places, key=widths.__getitem__, default=None)

    def _with_bars(self, widths: list[int], room: int, gap: int) -> list[int]:
        """Give the room that is left to the bars."""
        for place in range(len(widths)):
            drawn = [cell for cell in (line[place] for line in self.lines) if isinstance(cell, Bar | Span)]
            if drawn and room - gap >= max(_LEAST_BAR, len(self.columns[place])):
                widths[place] = min(max(bar.most for bar in drawn), room - gap)
                room -= widths[place] + gap
        return widths

    def _table(self, widths: Sequence[int], gap: int) -> "RenderableType":
        from rich import box
        from rich.table import Table

        kept = [place for place, width in enumerate(widths) if width]
        made = Table(
            box=box.SIMPLE_HEAD,
            show_edge=False,
            pad_edge=False,
            padding=(0, 1 if gap == _WIDE else 0),
            header_style="dim",
            width=_total(widths, gap),
        )
        for place in kept:
            side: Literal["left", "right"] = (
                "left" if self._is_drawn(place) or self.columns[place] in self.left else "right"
            )
            made.add_column(self.columns[place], justify=side, width=widths[place], no_wrap=True)
        for line in self.lines:
            made.add_row(*(_drawn(line[place], widths[place]) for place in kept))
        return made

    def _stacked(self) -> "RenderableType":
        """Lay each row out as a list of names and values: for terminals that no row fits."""
        from rich.console import Group
        from rich.table import Table
        from rich.text import Text

        blocks: list[RenderableType] = []
        for line in self.lines:
            made = Table.grid(padding=(0, 2))
            made.add_column(style="dim", overflow="fold")
            made.add_column(overflow="fold")
            for column, cell in zip(self.columns, line, strict=True):
                if not isinstance(cell, Bar | Span) and str(cell).strip():
                    made.add_row(Text(column.strip() or "rank"), cell if isinstance(cell, Text) else Text(cell.strip()))
            blocks += [made, ""]
        return Group(*blocks[:-1])


def _total(widths: Sequence[int], gap: int) -> int:
    kept = [width for width in widths if width]
    return sum(kept) + gap * (len(kept) - 1)


def aligned(cells: Sequence[Cell]) -> Sequence[Cell]:
    """Pad numbers behind their decimals, so that the points of a column stand under each other."""
    found = [_NUMBER.fullmatch(cell) if isinstance(cell, str) else None for cell in cells]
    longest = max((len(match[1] or "") for match in found if match), default=0)
    return [
        cell + " " * (longest - len(match[1] or "")) if match and isinstance(cell, str) else cell
        for cell, match in zip(cells, found, strict=True)
    ]


def _drawn(cell: Cell, width: int) -> "Text":
    from rich.text import Text

    if isinstance(cell, Bar | Span):
        return Text(cell.draw(width), style="cyan")
    return cell if isinstance(cell, Text) else Text(shortened(cell, width))
