"""What a cell of a terminal can draw besides text: bars, intervals, sparklines and titles cut to a width."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

BAR_WIDTH = 36
"""Cells of a bar that has all the room it wants."""
_EIGHTHS = " ▏▎▍▌▋▊▉"
_LEVELS = "▁▂▃▄▅▆▇█"
_YEAR = re.compile(r"\s*\(\d{4}\)\s*$")


@dataclass(frozen=True)
class Bar:
    """A share of 0 to 1 as a bar, in the room that a table has left."""

    share: float
    most: int = BAR_WIDTH
    """Cells of a share of 1, at most."""

    def draw(self, width: int) -> str:
        """Return the bar of at most ``width`` cells, exact to an eighth of a cell."""
        eighths = round(min(max(self.share, 0.0), 1.0) * width * 8)
        return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


@dataclass(frozen=True)
class Span:
    """An interval and the value in it, on an axis that all rows of a table share."""

    low: float | None
    value: float
    high: float | None
    axis: tuple[float, float]
    """Numbers at the first and the last cell; 0 is marked where it lies between."""
    most: int = BAR_WIDTH

    def draw(self, width: int) -> str:
        """Return ``├──●─┤``, with ``┆`` at 0 where nothing else stands there."""
        cells = [" "] * width
        if self.axis[0] <= 0 <= self.axis[1]:
            cells[self._place(0, width)] = "┆"
        if self.low is not None and self.high is not None:
            first, last = self._place(self.low, width), self._place(self.high, width)
            cells[first : last + 1] = "─" * (last - first + 1)
            cells[first], cells[last] = "├", "┤"
        cells[self._place(self.value, width)] = "●"
        return "".join(cells).rstrip()

    def _place(self, number: float, width: int) -> int:
        low, high = self.axis
        return round((number - low) / ((high - low) or 1) * (width - 1))


def sparkline(values: Sequence[float], width: int) -> str:
    """Draw numbers as a line of blocks, the lowest at the bottom; more than ``width`` are thinned to their means."""
    if len(values) > width:
        edges = [round(place * len(values) / width) for place in range(width + 1)]
        values = [sum(values[a:b]) / (b - a) for a, b in itertools.pairwise(edges)]
    if not values:
        return ""
    low, high = min(values), max(values)
    step = (high - low) / (len(_LEVELS) - 1)
    return "".join(_LEVELS[round((value - low) / step) if step else 0] for value in values)


def shortened(text: str, width: int) -> str:
    """Cut a title in the middle to ``width`` cells: its beginning and its year tell it from others."""
    from rich.cells import cell_len, set_cell_size

    if cell_len(text) <= width:
        return text
    match = _YEAR.search(text)
    end = match[0] if match and cell_len(match[0]) <= width * 2 // 3 else ""
    body = text[: len(text) - len(end)]
    room = width - cell_len(end) - 1
    tail = ""
    for char in reversed(body):
        if cell_len(char + tail) > room // 3:
            break
        tail = char + tail
    head = set_cell_size(body, room - cell_len(tail)).rstrip()
    return f"{head}…{tail.lstrip()}{end}"
