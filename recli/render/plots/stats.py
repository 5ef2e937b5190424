"""A dataset's distributions: stars, ratings per user, release years, and the long tail of popularity."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from recli.core.results.stats import StatsResult
from recli.core.text import visible
from recli.render.plots.page import About, Table
from recli.render.plots.style import (
    BLUE,
    INK,
    PALE_BLUE,
    count_axis,
    draw_histogram,
    draw_mark,
    finish,
    house_style,
    new_figure,
    panel_title,
    plain_numbers,
    whole_number_edges,
)
from recli.render.tables import plural

if TYPE_CHECKING:
    from matplotlib.axes import Axes

USER_BINS = 30
YEAR_BINS = 50
_STAR_BINS = 50
_MOST_BARS = 101
_MOST_LABELLED_BARS = 10
_HEAD = 0.2
_READING = (
    "How often each rating was given, how many items a user rated, when the items came out, and how unequally the "
    "ratings are spread over them: a long tail to the right means that most items have few ratings."
)


def stats_plot(result: StatsResult, fmt: str) -> bytes:
    """Draw a dataset's four distributions; where no year is known, three.

    Args:
        result: the dataset in numbers.
        fmt: one of ``FORMATS``.
    """
    counts = (plural(result.ratings, "rating"), plural(result.users, "user"), plural(result.items, "item"))
    subtitle = " · ".join((*counts, f"density {result.density:.2%}"))
    with house_style():
        title = f"Ratings of {visible(result.dataset)}"
        figure = new_figure(title, subtitle, width=10, height=7.4)
        below = "years" if result.year_counts else "tail"
        panels = figure.subplot_mosaic([["stars", "users"], [below, "tail"]])
        _draw_stars(panels["stars"], result)
        _draw_users(panels["users"], result)
        if "years" in panels:
            _draw_years(panels["years"], result)
        _draw_tail(panels["tail"], result)
        return finish(figure, fmt, About(title, f"{subtitle}. {_READING}", _tables(result)))


def _draw_stars(axes: "Axes", result: StatsResult) -> None:
    values = np.array(list(result.rating_counts), dtype=float)
    counts = np.array(list(result.rating_counts.values()))
    panel_title(axes, "Stars", f"mean {result.rating.mean:.2f}, standard deviation {result.rating.std:.2f}")
    axes.set(xlabel="Rating (stars)", ylabel="Ratings")
    count_axis(axes)
    if len(values) > _MOST_BARS:  # a continuous scale
        counts, edges = np.histogram(values, bins=_STAR_BINS, weights=counts)
        draw_histogram(axes, counts, edges)
        return
    step = float(np.diff(values).min(initial=np.inf))
    step = step if np.isfinite(step) else 1.0
    bars = axes.bar(values, counts, width=0.8 * step, color=BLUE)
    axes.set_xlim(result.scale.low - 0.7 * step, result.scale.high + 0.7 * step)
    if len(values) <= _MOST_LABELLED_BARS:
        axes.margins(y=0.1)
        axes.bar_label(bars, [f"{share:.0%}" for share in counts / counts.sum()], padding=2, size=9, color=INK)
        axes.set_xticks(values, [f"{value:g}" for value in values])


def _draw_users(axes: "Axes", result: StatsResult) -> None:
    counts = result.user_counts[result.user_counts > 0]
    panel_title(axes, "Ratings per user", f"median {result.ratings_per_user.median:,g} (line), most {counts.max():,}")
    axes.set(xlabel="Ratings given by a user", ylabel="Users")
    _whole_ticks(axes)
    edges = whole_number_edges(int(counts.min()), int(counts.max()), USER_BINS)
    draw_histogram(axes, np.histogram(counts, edges)[0], edges)
    draw_mark(axes, result.ratings_per_user.median)


def _draw_years(axes: "Axes", result: StatsResult) -> None:
    panel_title(
        axes, "Release years", f"{plural(result.items_without_year, 'item')} of {result.items:,} without a year"
    )
    axes.set(xlabel="Release year", ylabel="Items")
    _whole_ticks(axes, years=True)
    years = np.array(list(result.year_counts))
    edges = whole_number_edges(int(years.min()), int(years.max()), YEAR_BINS)
    draw_histogram(axes, np.histogram(years, edges, weights=list(result.year_counts.values()))[0], edges)


def _draw_tail(axes: "Axes", result: StatsResult) -> None:
    from matplotlib.ticker import NullFormatter

    counts = np.sort(result.item_counts[result.item_counts > 0])[::-1]
    head = max(1, round(_HEAD * len(counts)))
    share = counts[:head].sum() / counts.sum()
    panel_title(
        axes, "Long tail of popularity", f"{share:.0%} of the ratings go to the {plural(head, 'most rated item')}"
    )
    axes.set(xlabel="Items, most rated first", ylabel="Ratings of an item (log scale)", yscale="log")
    _draw_steps(axes, counts[:head], 0.5, BLUE)
    _draw_steps(axes, counts[head:], head + 0.5, PALE_BLUE)
    axes.set(xlim=(0.5 - 0.02 * len(counts), len(counts) + 0.5), ylim=(0.7, counts[0] * 1.6))
    axes.yaxis.set_major_formatter(plain_numbers())
    axes.yaxis.set_minor_formatter(NullFormatter())
    _whole_ticks(axes)


def _draw_steps(axes: "Axes", counts: NDArray[np.int64], start: float, color: str) -> None:
    """Draw (n,) descending counts from ``start`` on; equal ones are one step: 60,000 items would be megabytes."""
    ends = np.append(np.flatnonzero(np.diff(counts)) + 1, len(counts))
    if len(counts):
        axes.stairs(counts[ends - 1], np.append(start, start + ends), baseline=0.7, fill=True, color=color)


def _tables(result: StatsResult) -> list[Table]:
    counts = result.user_counts[result.user_counts > 0]
    edges = whole_number_edges(int(counts.min()), int(counts.max()), USER_BINS)
    users = zip(edges[:-1], edges[1:], np.histogram(counts, edges)[0].tolist(), strict=True)
    given, items = np.unique(result.item_counts[result.item_counts > 0], return_counts=True)
    return [
        Table(
            "Stars",
            ("rating (stars)", "ratings", "share"),
            [(f"{star:g}", n, n / result.ratings) for star, n in result.rating_counts.items()],
        ),
        Table(
            "Ratings per user",
            ("ratings given", "users"),
            [(_span(low + 0.5, high - 0.5), n) for low, high, n in users],
        ),
        *_year_tables(result),
        Table(
            "Long tail of popularity",
            ("ratings of an item", "items with so many"),
            list(zip(given.tolist()[::-1], items.tolist()[::-1], strict=True)),
        ),
    ]


def _year_tables(result: StatsResult) -> list[Table]:
    rows = [(str(year), n) for year, n in result.year_counts.items()]
    return [Table("Release years", ("year", "items"), rows)] if rows else []


def _span(low: float, high: float) -> str:
    return f"{low:,.0f}" if low == high else f"{low:,.0f}–{high:,.0f}"


def _whole_ticks(axes: "Axes", *, years: bool = False) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True, min_n_ticks=1, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(plain_numbers("" if years else ","))
