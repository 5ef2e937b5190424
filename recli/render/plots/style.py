"""The look that all pictures share, and the way each becomes bytes.

Figures are made without pyplot: it would keep them in a global list and ask the system for a window.
"""

import io
import logging
import math
import os
import unicodedata
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from recli.core.errors import UsageError
from recli.core.text import visible
from recli.render.plots.fonts import families, letters_without_font, missing_words
from recli.render.plots.page import About, page

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.ticker import Formatter

log = logging.getLogger("recli")

FORMATS = ("png", "svg", "html")

# Okabe and Ito (2008): told apart with any colour vision, and in grey.
BLUE = "#0072B2"
ORANGE = "#D55E00"
PALE_BLUE = "#9CC9E3"
INK = "#1F2933"
MUTED = "#5B6875"
FAINT = "#D9DEE3"
WHITE = "#FFFFFF"

_VARIABLES = {
    BLUE.lower(): "var(--blue)",
    ORANGE.lower(): "var(--orange)",
    PALE_BLUE.lower(): "var(--pale)",
    INK.lower(): "var(--ink)",
    MUTED.lower(): "var(--muted)",
    FAINT.lower(): "var(--faint)",
    WHITE.lower(): "var(--raised)",
}
"""Colour as SVG has it → the page's own, which is another one in the dark."""

_PNG_DPI = 200
_DIGITS = 6
"""Of a place in the figure, whose sides are 1."""
_BOLD_LETTERS, _LETTERS = 6.6, 12
"""In an inch of the heading's two lines."""
_POINTS = 72
"""In an inch; the unit of an SVG."""
_HEADING_INCHES = 0.7
_TAIL = 6
"""Characters kept behind the cut of a shortened title: a year in brackets."""

_STYLE = {
    # Titles come from data: "$" must not start mathtext. (The one switch for all text; tick labels here are plain.)
    "text.parse_math": False,
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

    style = {**_STYLE, "font.family": families()}
    with matplotlib.style.context(style, after_reset=True), warnings.catch_warnings():
        # A letter that all fonts lack shows as a box, and matplotlib says so once a letter; `to_bytes` says it once.
        warnings.filterwarnings("ignore", r"Glyph \d+", UserWarning)
        yield


def new_figure(title: str, subtitle: str, width: float, height: float) -> "Figure":
    """Return an empty figure, ``width`` × ``height`` inches, with its heading set and the rest free for panels."""
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    below_heading = (0.005, 0.005, 0.99, 0.99 - _HEADING_INCHES / height)
    layout = ConstrainedLayoutEngine(rect=below_heading, w_pad=0.1, h_pad=0.1)
    figure = Figure(figsize=(width, height), layout=layout, facecolor="white")
    title, subtitle = shortened(title, int(_BOLD_LETTERS * width)), shortened(subtitle, int(_LETTERS * width))
    figure.text(0.2 / width, 1 - 0.16 / height, title, size=14, weight="bold", va="top")
    figure.text(0.2 / width, 1 - 0.47 / height, subtitle, size=9.5, color=MUTED, va="top")
    return figure


def panel_title(axes: "Axes", title: str, note: str = "") -> None:
    """Head one panel of several; the note stands under the title."""
    axes.set_title(title, loc="left", size=11, weight="bold", pad=22 if note else 8)
    if note:
        axes.annotate(note, (0, 1), (0, 7), "axes fraction", "offset points", size=9, color=MUTED)


def finish(figure: "Figure", fmt: str, about: About) -> bytes:
    """Return the figure as a file, one of ``FORMATS``.

    Args:
        figure: drawn whole.
        fmt: ``png``, ``svg``, or ``html``, a page that says beside it what ``about`` holds.
        about: title, how to read it, and the numbers drawn.

    Raises:
        UsageError: ``fmt`` is another one.
    """
    require_format(fmt, f"a .{visible(fmt)} file")
    if fmt != "html":
        return to_bytes(figure, fmt)
    return page(_bytes(figure, "svg", as_text=True), about, _VARIABLES, heading=_POINTS * _HEADING_INCHES)


def require_format(fmt: str, what: str) -> None:
    """Refuse what is none of ``FORMATS``, named so that a person knows it again."""
    if fmt not in FORMATS:
        *most, last = (f".{known}" for known in FORMATS)
        raise UsageError(f"cannot draw {what}: pictures are {', '.join(most)} or {last}")


def to_bytes(figure: "Figure", fmt: str) -> bytes:
    """Return the figure alone, as ``png`` or ``svg``.

    An SVG draws its letters, so that it looks alike everywhere, unless no font here has one of them: then all are text,
    for the fonts of who reads it. A PNG shows boxes, and a warning says so.
    """
    missing = letters_without_font(figure)
    if missing and fmt == "png":
        log.warning(missing_words(missing))
    return _bytes(figure, fmt, as_text=bool(missing))


def _bytes(figure: "Figure", fmt: str, *, as_text: bool) -> bytes:
    import matplotlib as mpl
    from matplotlib.text import Text

    if as_text:
        for text in figure.findobj(Text):
            text.set_fontfamily([*families(), "sans-serif"])  # its reader may lack the house font
    file = io.BytesIO()
    with warnings.catch_warnings(), mpl.rc_context({"svg.fonttype": "none" if as_text else "path"}):
        # Labels as long as the figure leave the layout no room, and it says so on stderr; it draws all the same.
        warnings.filterwarnings("ignore", "constrained_layout not applied", UserWarning)
        _settle(figure)
        figure.savefig(file, format=fmt, dpi=_PNG_DPI, metadata={"Date": None} if fmt == "svg" else None)
    return file.getvalue()


def _settle(figure: "Figure") -> None:
    """Lay out once and for all: the solver's last digits differ from run to run, and an SVG's ids are made of them."""
    engine = figure.get_layout_engine()
    if engine is None:
        return
    engine.execute(figure)
    figure.set_layout_engine("none")
    for axes in figure.axes:
        left, bottom, width, height = (round(float(side), _DIGITS) for side in axes.get_position().bounds)
        axes.set_position((left, bottom, width, height))


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


def draw_mark(axes: "Axes", x: float) -> None:
    """Draw a vertical line that stands out from bars, in grey too: its edge is the paper's."""
    from matplotlib.patheffects import withStroke

    axes.axvline(x, color=ORANGE, linewidth=1.8, path_effects=[withStroke(linewidth=4.5, foreground=WHITE)])


def count_axis(axes: "Axes") -> None:
    """Let the y axis count: whole numbers only, ``1,000``."""
    from matplotlib.ticker import MaxNLocator

    axes.yaxis.set_major_locator(MaxNLocator(nbins=8, integer=True, min_n_ticks=1, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter(plain_numbers())


def plain_numbers(thousands: str = ",") -> "Formatter":
    """Return a tick formatter for whole numbers, ``1,000``: that of log axes would write mathtext."""
    from matplotlib.ticker import FuncFormatter

    return FuncFormatter(lambda value, _: f"{value:,.0f}".replace(",", thousands))


def signed(value: float, digits: int) -> str:
    """Return ``+0.023`` or ``−0.006``, with the minus that the axes have."""
    return f"{value:+.{digits}f}".replace("-", "−")


def shortened(text: str, length: int) -> str:
    """Return text from outside, safe to show and at most ``length`` letters wide, cut in the middle.

    A letter of Chinese, Japanese or Korean is as wide as two others.
    """
    shown = visible(text)
    if _width(shown) <= length:
        return shown
    tail = shown[-_TAIL:]
    while _width(tail) > _TAIL:
        tail = tail[1:]
    head = shown
    while _width(head) > length - 1 - _width(tail):
        head = head[: -max(1, (_width(head) - length) // 2)]
    return f"{head.rstrip()}…{tail.lstrip()}"


def _width(text: str) -> int:
    return len(text) + sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
