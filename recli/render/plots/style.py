"""The look that all pictures share, and the way each becomes bytes.

Figures are made without pyplot: it would keep them in a global list and ask the system for a window.
"""

import io
import math
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from recli.core.errors import UsageError
from recli.core.text import visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.ticker import Formatter

FORMATS = ("png", "svg")

# Okabe and Ito (2008): told apart with any colour vision, and in grey.
BLUE = "#0072B2"
ORANGE = "#D55E00"
PALE_BLUE = "#9CC9E3"
INK = "#1F2933"
MUTED = "#5B6875"
FAINT = "#D9DEE3"

_PNG_DPI = 200
_HEADING_INCHES = 0.7
_TAIL = 6
"""Characters kept behind the cut of a shortened title: a year in brackets."""

_STYLE = {
    # Titles come from data: "$" must not start mathtext. (The one switch for all text; tick labels here are plain.)
    "text.parse_math": False,
    "font.family": "DejaVu Sans",  # ships with matplotlib: the picture is the same on every machine
    "font.size": 9.5,
    "text.color": INK,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": FAINT,
    "grid.linewidth": 0.7,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "legend.frameon": False,
    "svg.hashsalt": "recli",  # else ids in the file are random, and equal pictures all differ
}


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in recli's style, whatever the user's ``matplotlibrc`` says: it could run titles through LaTeX."""
    # matplotlib refuses to be imported where this names a backend that is not there, as Jupyter's is outside of it. The
    # figures drawn here need none.
    os.environ["MPLBACKEND"] = "agg"
    import matplotlib.style

    with matplotlib.style.context(_STYLE, after_reset=True), warnings.catch_warnings():
        # A letter that the font lacks shows as a box. That is all there is to say about it.
        warnings.filterwarnings("ignore", r"Glyph \d+", UserWarning)
        yield


def new_figure(title: str, subtitle: str, width: float, height: float) -> "Figure":
    """Return an empty figure, ``width`` × ``height`` inches, with its heading set and the rest free for panels."""
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    below_heading = (0.005, 0.005, 0.99, 0.99 - _HEADING_INCHES / height)
    layout = ConstrainedLayoutEngine(rect=below_heading, w_pad=0.1, h_pad=0.1)
    figure = Figure(figsize=(width, height), layout=layout, facecolor="white")
    figure.text(0.2 / width, 1 - 0.16 / height, title, size=14, weight="bold", va="top")
    figure.text(0.2 / width, 1 - 0.47 / height, subtitle, size=9.5, color=MUTED, va="top")
    return figure


def panel_title(axes: "Axes", title: str, note: str = "") -> None:
    """Head one panel of several; the note stands under the title."""
    axes.set_title(title, loc="left", size=11, weight="bold", pad=22 if note else 8)
    if note:
        axes.annotate(note, (0, 1), (0, 7), "axes fraction", "offset points", size=9, color=MUTED)


def to_bytes(figure: "Figure", fmt: str) -> bytes:
    """Return the figure as a file.

    Raises:
        UsageError: ``fmt`` is neither ``png`` nor ``svg``.
    """
    if fmt not in FORMATS:
        raise UsageError(f"cannot draw a .{visible(fmt)} file: pictures are .png or .svg")
    file = io.BytesIO()
    with warnings.catch_warnings():
        # Labels as long as the figure leave the layout no room, and it says so on stderr; it draws all the same.
        warnings.filterwarnings("ignore", "constrained_layout not applied", UserWarning)
        figure.savefig(file, format=fmt, dpi=_PNG_DPI, metadata={"Date": None} if fmt == "svg" else None)
    return file.getvalue()


def whole_number_edges(low: int, high: int, most: int) -> NDArray[np.floating]:
    """Return the edges of at most ``most`` bins over ``low … high`` that hold equally many whole numbers each.

    Bins of 1.5 years would hold one year and two in turn, and draw a comb that is not in the data.
    """
    width = math.ceil((high - low + 1) / most)
    return np.arange(low, high + width + 1, width) - 0.5


def draw_histogram(axes: "Axes", counts: NDArray[np.generic], edges: NDArray[np.floating]) -> None:
    """Draw (n,) counts as bars between (n + 1,) edges."""
    axes.bar(edges[:-1], counts, np.diff(edges), align="edge", color=BLUE, edgecolor="white", linewidth=0.6)
    count_axis(axes)


def count_axis(axes: "Axes") -> None:
    """Let the y axis count: whole numbers only, ``1,000``."""
    from matplotlib.ticker import MaxNLocator

    axes.yaxis.set_major_locator(MaxNLocator(nbins=8, integer=True, min_n_ticks=1, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(plain_numbers())


def plain_numbers() -> "Formatter":
    """Return a tick formatter for whole numbers, ``1,000``: that of log axes would write mathtext."""
    from matplotlib.ticker import FuncFormatter

    return FuncFormatter(lambda value, _: f"{value:,.0f}")


def shortened(text: str, length: int) -> str:
    """Return text from outside, safe to show and at most ``length`` characters long, cut in the middle."""
    shown = visible(text)
    if len(shown) <= length:
        return shown
    return f"{shown[: length - _TAIL - 1].rstrip()}…{shown[-_TAIL:].lstrip()}"
