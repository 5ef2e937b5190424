"""Generated datasets of MovieLens' shapes, up to 32 million ratings: for trying out what recli does with large data.

As many users, items and ratings as the releases they are named after, half stars, a long tail of items, a few users
with thousands of ratings, and two things for models to find: biases, and a few axes of taste. Ratings are computed in
whole numbers, a block of users at a time.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recli.core.dataset import Dataset
from recli.core.ratings import Ratings, RatingScale
from recli.core.vocabulary import Vocabulary
from recli.data.build import ItemRow, assemble_numbered
from recli.data.fetching.catalogue import KnownDataset

_SCALE = RatingScale(0.5, 5.0)
_GENRES = ("Action", "Adventure", "Animation", "Comedy", "Crime", "Drama", "Fantasy", "Horror", "Romance", "Sci-Fi")
_AXES = 6
_STRONGEST = 8  # taste on an axis, at most
_FEWEST = 20  # ratings of a user, as in MovieLens
_BUSY_SPREAD = 1.1  # standard deviation of the logarithm of a user's ratings
_MOST_SHARE = 0.4  # of all items, that one user rates
_TAIL = 1.6  # exponent of the popularity over the rank (Zipf)
_HEAD = 9  # times the fourth root of the number of items: so many head the ranking nearly side by side (Mandelbrot)
_POPULAR_ROUNDS = 6
_BLOCK = 2_000_000  # ratings
_FIRST_TIMESTAMP, _SECONDS = 820_454_400, 880_000_000  # 1996 to 2023, UTC
_BETWEEN_RATINGS = 45  # seconds


@dataclass(frozen=True)
class Shape:
    """How much there is of everything."""

    users: int
    items: int
    ratings: int


SHAPES = {
    "synthetic-100k": Shape(943, 1_682, 100_000),
    "synthetic-1m": Shape(6_040, 3_706, 1_000_209),
    "synthetic-10m": Shape(69_878, 10_677, 10_000_054),
    "synthetic-32m": Shape(200_948, 87_585, 32_000_204),
}


def generate(known: KnownDataset, shape: Shape, seed: int = 0) -> Dataset:
    """Generate a dataset; the same seed gives the same rows."""
    rng = np.random.default_rng(seed)
    counts = _counts(shape, rng)
    n = shape.ratings
    ratings = Ratings(np.empty(n, np.int32), np.empty(n, np.int32), np.empty(n, np.float32), np.empty(n, np.int64))
    taste = _Taste.draw(shape, rng)
    at = 0
    for users, items in _pairs(shape, counts, rng):
        rows = slice(at, at + len(users))
        ratings.user_nums[rows], ratings.item_nums[rows] = users, items
        ratings.values[rows] = taste.stars(users, items, rng)
        at = rows.stop
    ratings.timestamps[:] = _timestamps(ratings.user_nums, counts, rng)
    return assemble_numbered(
        known.name,
        Vocabulary(np.arange(1, shape.users + 1)),
        Vocabulary(np.arange(1, shape.items + 1)),
        ratings,
        _items(shape, rng),
        (),
        scale=_SCALE,
        source=known.record(
            "generated",
            url=None,
            official=False,
            sha256={},
            notes=(f"Synthetic: items, people and ratings are invented; generated with seed {seed}.",),
        ),
    )


def _counts(shape: Shape, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return (n_users,) how many items each rates: a long tail above the fewest, of the sum that is wanted."""
    most = int(shape.items * _MOST_SHARE)
    share = np.exp(_BUSY_SPREAD * rng.standard_normal(shape.users))
    spare = shape.ratings - _FEWEST * shape.users
    counts = _FEWEST + np.floor(share / share.sum() * spare).astype(np.int64)
    counts = np.minimum(counts, most)
    while (missing := shape.ratings - int(counts.sum())) > 0:
        free = np.flatnonzero(counts < most)
        counts[free] += missing // len(free)
        counts[rng.choice(free, missing % len(free), replace=False)] += 1
        counts = np.minimum(counts, most)
    return counts


def _pairs(
    shape: Shape, counts: NDArray[np.int64], rng: np.random.Generator
) -> Iterator[tuple[NDArray[np.int32], NDArray[np.int32]]]:
    """Yield who rates what, blocks of users after each other: each item at least once, the popular ones by most."""
    ranks = np.arange(shape.items) + _HEAD * shape.items**0.25
    edges = np.cumsum(ranks**-_TAIL)
    edges /= edges[-1]
    popular = rng.permutation(shape.items).astype(np.int64)  # ids say nothing about popularity
    first_rated_by = np.arange(shape.items) % shape.users
    for start, stop in _blocks(counts):
        own = np.flatnonzero((first_rated_by >= start) & (first_rated_by < stop))
        keys = np.sort((first_rated_by[own] - start) * shape.items + own)
        wanted = counts[start:stop]
        keys = _filled(keys, wanted, shape.items, lambda n: popular[np.searchsorted(edges, rng.random(n))], rng)
        yield (keys // shape.items + start).astype(np.int32), (keys % shape.items).astype(np.int32)


def _blocks(counts: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Yield ranges of users who have about a block of ratings together."""
    ends = np.cumsum(counts)
    start = 0
    while start < len(counts):
        done = ends[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, done + _BLOCK, side="right")))
        yield start, stop
        start = stop


def _filled(
    keys: NDArray[np.int64],
    wanted: NDArray[np.int64],
    n_items: int,
    draw: Callable[[int], NDArray[np.int64]],
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Add items until every user has as many different ones as wanted.

    Args:
        keys: user · n_items + item, different and ascending, of what is there already.
        wanted: (n_users,).
        n_items: that there are.
        draw: n → (n,) items by their popularity.
        rng: of the rest: who wants much has the popular ones soon, and takes any.
    """
    rounds = 0
    while (missing := wanted - np.bincount(keys // n_items, minlength=len(wanted))).any():
        n = int(missing.sum())
        items = draw(n) if rounds < _POPULAR_ROUNDS else rng.integers(0, n_items, n)
        drawn = np.unique(np.repeat(np.arange(len(wanted)), missing) * n_items + items)
        # Two ascending runs, which a stable sort merges.
        keys = np.sort(np.concatenate([keys, drawn[~np.isin(drawn, keys, assume_unique=True)]]), kind="stable")
        rounds += 1
    return keys


@dataclass(frozen=True)
class _Taste:
    """What everybody thinks of everything, in whole numbers; an opinion is in hundredths of a star."""

    user_axes: NDArray[np.int8]
    """(n_users, axes)"""
    item_axes: NDArray[np.int8]
    """(n_items, axes)"""
    user_bias: NDArray[np.int16]
    item_bias: NDArray[np.int16]

    @classmethod
    def draw(cls, shape: Shape, rng: np.random.Generator) -> "_Taste":
        def bell(n: int, reach: int) -> NDArray[np.int16]:
            return rng.integers(-reach, reach, (n, 3), endpoint=True).sum(axis=1).astype(np.int16)

        def axes(n: int) -> NDArray[np.int8]:
            return rng.integers(-_STRONGEST, _STRONGEST, (n, _AXES), dtype=np.int8, endpoint=True)

        return cls(axes(shape.users), axes(shape.items), bell(shape.users, 35), bell(shape.items, 40))

    def stars(
        self, users: NDArray[np.int32], items: NDArray[np.int32], rng: np.random.Generator
    ) -> NDArray[np.float32]:
        """Return the half stars that users give items, (n,)."""
        liking = np.einsum("na,na->n", self.user_axes[users], self.item_axes[items], dtype=np.int32)
        noise = rng.integers(-75, 75, (2, len(users)), dtype=np.int16, endpoint=True).sum(axis=0)
        opinion = 355 + self.user_bias[users] + self.item_bias[items] + liking // 2 + noise
        return np.clip((opinion + 25) // 50, 1, 10).astype(np.float32) / 2


def _timestamps(user_nums: NDArray[np.int32], counts: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Return (n,) when: a user rates in one sitting, in random order."""
    joined = rng.integers(_FIRST_TIMESTAMP, _FIRST_TIMESTAMP + _SECONDS, len(counts))
    place = rng.integers(0, counts[user_nums])
    return joined[user_nums] + _BETWEEN_RATINGS * place


def _items(shape: Shape, rng: np.random.Generator) -> list[ItemRow]:
    years = rng.integers(1930, 2023, shape.items, endpoint=True).tolist()
    genres = rng.integers(0, len(_GENRES), (shape.items, 2)).tolist()
    return [
        ItemRow(
            num + 1,
            title=f"Film {num + 1} ({year})",
            year=year,
            genres=tuple(dict.fromkeys(_GENRES[genre] for genre in two)),
        )
        for num, (year, two) in enumerate(zip(years, genres, strict=True))
    ]
