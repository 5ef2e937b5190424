"""What is known about users and items apart from ratings: all of a dataset's tables that a fit may see."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recli.core.dataset import NO_YEAR, Dataset


@dataclass(frozen=True, eq=False)
class Metadata:
    """Side information by num. Counts and means of ratings are not in it: they would tell of test rows."""

    years: NDArray[np.int32]
    """(n_items,) release year; ``NO_YEAR`` where unknown."""
    genres: tuple[tuple[str, ...], ...]
    """(n_items,) each item's genres; empty where none is given."""
    user_columns: Mapping[str, tuple[str, ...]]
    """Name of a column (``age``, ``gender``, …) → (n_users,) its text; empty where nothing is known."""

    @classmethod
    def of(cls, dataset: Dataset) -> "Metadata":
        """Take it from a dataset's tables."""
        return cls(dataset.items.years, dataset.items.genres, dataset.users.columns)

    @classmethod
    def none(cls, n_items: int) -> "Metadata":
        """Know nothing about anyone."""
        return cls(np.full(n_items, NO_YEAR, np.int32), ((),) * n_items, {})
