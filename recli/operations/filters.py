"""Which items may be recommended."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from recli.core.dataset import NO_YEAR, ItemTable
from recli.core.errors import NotFoundError, UsageError, require
from recli.core.spelling import near

_YEARS = re.compile(r"(\d{1,4})?(-)?(\d{1,4})?")


@dataclass(frozen=True)
class ItemFilter:
    """What a person wants to hear of; the default is everything."""

    genres: tuple[str, ...] = ()
    """The item must have every one, in any letter case."""
    years: tuple[int, int] | None = None
    """First and last release year; an item without year is left out."""
    min_ratings: int = 0
    max_popularity: int | None = None
    """Ratings in the dataset, at most: for what not everybody knows."""

    @classmethod
    def read(
        cls, genres: Sequence[str], years: str | None, min_ratings: int = 0, max_popularity: int | None = None
    ) -> Self:
        """Read the options.

        Raises:
            UsageError: the years are no range.
        """
        return cls(tuple(genres), None if years is None else _read_years(years), min_ratings, max_popularity)

    def allows(self, items: ItemTable) -> NDArray[np.bool_]:
        """Return (n,) whether each item may be recommended.

        Raises:
            NotFoundError: no item has one of the genres.
        """
        allowed = items.n_ratings >= self.min_ratings
        if self.max_popularity is not None:
            allowed &= items.n_ratings <= self.max_popularity
        if self.years is not None:
            allowed &= (items.years != NO_YEAR) & (items.years >= self.years[0]) & (items.years <= self.years[1])
        for genre in self.genres:
            wanted = _known_genre(items, genre)
            allowed &= np.array([wanted in own for own in items.genres], np.bool_)
        return allowed


def _read_years(text: str) -> tuple[int, int]:
    match = _YEARS.fullmatch(text.strip())
    require(match is not None and text.strip() not in ("", "-"), f"--year {text!r} is no range", fix="--year 1990-1999")
    first, dash, last = match.groups() if match else (None, None, None)
    found = (int(first or 0), int(last or 9999) if dash else int(first or 0))
    require(found[0] <= found[1], f"--year {text!r} ends before it begins", fix=f"--year {found[1]}-{found[0]}")
    return found


def _known_genre(items: ItemTable, genre: str) -> str:
    known = {name.casefold(): name for own in items.genres for name in own}
    if genre.casefold() in known:
        return known[genre.casefold()]
    if not known:
        raise UsageError("--genre: this dataset says no genres")
    candidates = near(genre, known.values()) or sorted(known.values())
    raise NotFoundError(f"no item has the genre {genre!r}", candidates=candidates)
