"""What ``stats`` returns."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recli.core.ratings import RatingScale
from recli.core.vocabulary import Id


@dataclass(frozen=True)
class Distribution:
    """Summary of n numbers; quartiles by linear interpolation, ``std`` with n - 1 below the line (0 for n = 1)."""

    mean: float
    std: float
    min: float
    q25: float
    median: float
    q75: float
    max: float


@dataclass(frozen=True)
class PopularItem:
    """One item with its number of ratings and their mean in stars."""

    item_id: Id
    title: str
    year: int | None
    ratings: int
    mean_rating: float


@dataclass(frozen=True, eq=False)
class StatsResult:
    """A dataset in numbers."""

    dataset: str
    source: str
    """The source recorded when it was fetched."""
    users: int
    items: int
    ratings: int
    density: float
    """ratings / (users · items)."""
    scale: RatingScale
    rating: Distribution
    """Over rating rows, stars."""
    rating_counts: Mapping[float, int]
    """Stars → rows with that rating, ascending."""
    ratings_per_user: Distribution
    """Over users with at least one rating."""
    user_counts: NDArray[np.int64]
    """(users,) ratings of each user, in num order."""
    ratings_per_item: Distribution
    """Over items with at least one rating."""
    item_counts: NDArray[np.int64]
    """(items,) ratings of each item, in num order."""
    year_counts: Mapping[int, int]
    """Release year → items, ascending; items without a year are not in it."""
    items_without_year: int
    mean_popularity: float
    """Over rating rows: the mean number of ratings of the rated item."""
    mean_year: float | None
    """Over rating rows whose item has a year; ``None`` where no item has one."""
    mean_year_marked: float | None
    """Over all rating rows, a missing year counted as ``missing_year_marker``; ``None`` where no item has a year."""
    missing_year_marker: int
    popularity: tuple[PopularItem, ...]
    """The most rated items first; ties by id."""
