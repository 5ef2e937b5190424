"""A dataset in numbers: counts, distributions, popularity."""

import dataclasses
import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from recli.core.flat import flatten
from recli.core.results.stats import Distribution, StatsResult
from recli.render.glyphs import Bar
from recli.render.tables import beside, heading, plural, stack, table, titled, train_on, without_echo
from recli.render.view import View

if TYPE_CHECKING:
    from rich.console import RenderableType

HISTOGRAM = 58
"""Cells of a histogram that stands beside others, at least."""
BINS = 12
"""Rows of a histogram in the terminal."""


def stats_view(result: StatsResult, *, popularity: bool) -> View:
    """Show the numbers; with ``popularity``, the ranking of items too (alone, in the TSV: one table a stream)."""
    ranking = [
        (rank, item.item_id, item.title, item.year, item.ratings, item.mean_rating)
        for rank, item in enumerate(result.popularity, 1)
    ]
    return View(
        json=_json(result),
        header=("rank", "item_id", "title", "year", "ratings", "mean_rating") if popularity else ("measure", "value"),
        rows=ranking if popularity else list(flatten(_json(result))),
        quiet=[str(item.item_id) for item in result.popularity] if popularity else [str(result.ratings)],
        terminal=lambda: _terminal(result, popularity=popularity),
        words=("density",),
        next=train_on(result.dataset),
    )


def _json(result: StatsResult) -> dict[str, Any]:
    return {
        "dataset": result.dataset,
        "source": result.source,
        "users": result.users,
        "items": result.items,
        "ratings": result.ratings,
        "density": result.density,
        "scale": dataclasses.asdict(result.scale),
        "rating": dataclasses.asdict(result.rating),
        "rating_counts": {f"{stars:g}": n for stars, n in result.rating_counts.items()},
        "ratings_per_user": dataclasses.asdict(result.ratings_per_user),
        "ratings_per_item": dataclasses.asdict(result.ratings_per_item),
        "release_year": {
            "counts": {str(year): n for year, n in result.year_counts.items()},
            "missing": result.items_without_year,
        },
        "over_ratings": {
            "mean_popularity": result.mean_popularity,
            "mean_release_year": result.mean_year,
            "mean_release_year_marked": result.mean_year_marked,
            "missing_year_marker": result.missing_year_marker,
        },
        "popularity": [dataclasses.asdict(item) for item in result.popularity],
    }


def _terminal(result: StatsResult, *, popularity: bool) -> "RenderableType":
    counts = f"{plural(result.ratings, 'rating')} by {plural(result.users, 'user')} of {plural(result.items, 'item')}"
    raters = result.user_counts[result.user_counts > 0]
    parts: list[RenderableType] = [
        heading(result.dataset, f"{counts} · density {result.density:.2%} · {result.source}"),
        table(("per", "mean", "sd", "min", "25%", "median", "75%", "max"), _described(result), left=("per",)),
    ]
    histograms = [
        table(("stars", "ratings", "share", " "), _bars(_stars(result), result.ratings)),
        table(("ratings per user", "users", "share", " "), _bars(_bins(raters), len(raters))),
    ]
    if result.year_counts:
        years = np.repeat(list(result.year_counts), list(result.year_counts.values()))
        rows = _bars(_bins(years, years=True), result.items)
        histograms.append(table(("release years", "items", "share", " "), rows))
    parts.append(beside(*histograms, least=HISTOGRAM))
    if popularity:
        parts.append(_ranking(result))
    return stack(*parts)


def _described(result: StatsResult) -> list[tuple[str, ...]]:
    def row(label: str, d: Distribution, digits: int) -> tuple[str, ...]:
        return (
            label,
            *(f"{value:,.{digits}f}" for value in (d.mean, d.std)),
            *(f"{value:,g}" for value in (d.min, d.q25, d.median, d.q75, d.max)),
        )

    return [
        row("stars of a rating", result.rating, 3),
        row("ratings of a user", result.ratings_per_user, 1),
        row("ratings of an item", result.ratings_per_item, 1),
    ]


def _stars(result: StatsResult) -> list[tuple[str, int]]:
    if len(result.rating_counts) <= BINS:
        return [(f"{stars:g}", n) for stars, n in result.rating_counts.items()]
    values = np.repeat(list(result.rating_counts), list(result.rating_counts.values()))
    return _bins(values, start=result.scale.low)


def _bins(values: NDArray[np.generic], *, years: bool = False, start: float | None = None) -> list[tuple[str, int]]:
    """Count numbers in ranges of equal, round width: by decade for years.

    Ranges of whole numbers begin at ``start``, where that is given. What is not whole shares the ends of its ranges;
    the highest number then counts for the range below it.
    """
    numbers = values.astype(np.float64)
    whole = bool((numbers == np.floor(numbers)).all())
    width = 10.0 if years else round_up((numbers.max() - numbers.min()) / BINS, at_least=1.0 if whole else 0.0)
    first = (start or 0.0) if whole else 0.0
    bins = np.floor((numbers - first) / width).astype(np.int64)
    if not whole and bins.max() > bins.min():
        bins[(bins == bins.max()) & (numbers == first + bins.max() * width)] -= 1
    counts = np.bincount(bins - bins.min())
    edges = first + (bins.min() + np.arange(len(counts))) * width
    last = width - 1 if whole else width
    between = "–" if edges[0] >= 0 else " to "
    return [
        (f"{edge:g}{between}{edge + last:g}" if last else f"{edge:g}", int(n))
        for edge, n in zip(edges, counts, strict=True)
    ]


def round_up(width: float, *, at_least: float) -> float:
    """Return the next round number: … 0.5, 1, 2, 5, 10, 20 and so on."""
    if width <= at_least:
        return at_least or 1.0
    power = 10.0 ** math.floor(math.log10(width))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= width)


def _bars(counts: list[tuple[str, int]], total: int) -> list[tuple[str, str, str, Bar]]:
    highest = max(n for _, n in counts)
    return [(label, f"{n:,}", f"{n / total:.1%}", Bar(n / highest)) for label, n in counts]


def _ranking(result: StatsResult) -> "RenderableType":
    rows = [
        (str(rank), titled(item.title, item.year), f"{item.ratings:,}", f"{item.mean_rating:.2f}", str(item.item_id))
        for rank, item in enumerate(result.popularity, 1)
    ]
    columns = ("", "most rated", "ratings", "mean", "id")
    return table(*without_echo(columns, rows, "most rated"), left=("most rated",))
