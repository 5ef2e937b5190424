"""A dataset: who rated what, and what is known about both."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recli.core.ratings import Ratings, RatingScale
from recli.core.vocabulary import Vocabulary

NO_YEAR = 0
"""What stands in ``ItemTable.years`` where the release year is not known."""


@dataclass(frozen=True, eq=False)
class ItemTable:
    """What is known about each item; row i describes the item with num i."""

    vocabulary: Vocabulary
    """The n item ids."""
    titles: tuple[str, ...]
    """(n,) as the source writes them: data, never markup."""
    years: NDArray[np.int32]
    """(n,) release year; ``NO_YEAR`` where unknown."""
    release_dates: tuple[str, ...]
    """(n,) as the source writes them, ``01-Jan-1995``; empty where unknown."""
    genres: tuple[tuple[str, ...], ...]
    """(n,) each item's genres in the source's order; empty where none is given."""
    urls: tuple[str, ...]
    """(n,) a page about the item; empty where unknown."""
    n_ratings: NDArray[np.int32]
    """(n,) popularity: the number of ratings in the whole dataset."""
    mean_ratings: NDArray[np.float32]
    """(n,) mean stars in the whole dataset; NaN for an item without ratings."""

    def __len__(self) -> int:
        return len(self.vocabulary)

    def year(self, num: int) -> int | None:
        """Return the release year of an item, or ``None``."""
        return int(self.years[num]) if self.years[num] != NO_YEAR else None


@dataclass(frozen=True, eq=False)
class UserTable:
    """What is known about each user; row i describes the user with num i."""

    vocabulary: Vocabulary
    """The n user ids."""
    columns: Mapping[str, tuple[str, ...]]
    """Name of a metadata column (``age``, ``gender``, …) → (n,) its text; empty where nothing is known."""

    def __len__(self) -> int:
        return len(self.vocabulary)


@dataclass(frozen=True, eq=False)
class Dataset:
    """Ratings with their users and items, under a name."""

    name: str
    """What commands call it: ``ml-100k``."""
    users: UserTable
    items: ItemTable
    ratings: Ratings
    scale: RatingScale
    fingerprint: str
    """SHA-256 (hex) of ids and ratings in row order: two datasets with it equal have the same rows."""
    source: Mapping[str, Any]
    """Where it came from, as ``dataset.json`` records it: source, url, licence, citation, sha256, notes."""
    folds: Mapping[str, NDArray[np.int32]] = field(default_factory=dict)
    """Name of a fold that the publisher ships → (n_test,) its test rows, ascending; empty where there are none."""
