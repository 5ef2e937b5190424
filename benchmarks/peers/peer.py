"""What every peer does, and the rows that it does it with."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Nums = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Rows:
    """The rows to learn from, the pairs to predict, and what is known about users and items."""

    n_users: int
    n_items: int
    train_users: Nums
    """(n,) user nums of training and validation rows."""
    train_items: Nums
    """(n,) item nums."""
    train_stars: NDArray[np.float32]
    """(n,)"""
    test_users: Nums
    """(m,) user nums of the pairs to predict."""
    test_items: Nums
    """(m,) item nums; their stars are not in this file."""
    low: float
    """Fewest stars of the scale."""
    high: float
    """Most stars of the scale."""
    user_traits: Nums
    """(n_users, c) each user's category in each of c columns, from 0."""
    item_years: Nums
    """(n_items,) each item's release year as a category, from 0."""
    item_genres: NDArray[np.uint8]
    """(n_items, g) 1 where an item is of a genre."""

    @classmethod
    def load(cls, path: Path) -> "Rows":
        """Read the file that ``benchmarks.rows`` wrote."""
        with np.load(path, allow_pickle=False) as arrays:
            values: dict[str, Any] = {name: arrays[name] for name in cls.__dataclass_fields__}
        return cls(**{name: value.item() if value.ndim == 0 else value for name, value in values.items()})


class Peer(ABC):
    """A model of another library."""

    def __init__(self, rows: Rows) -> None:
        """Bring the rows into the library's own structures: this is not timed."""
        self.rows = rows

    @abstractmethod
    def fit(self) -> None:
        """Train: this is timed."""

    @abstractmethod
    def answers(self) -> Mapping[str, NDArray[Any]]:
        """Return the arrays that ``benchmarks.answers`` names, those that the model has."""


def in_num_order(vectors: NDArray[Any], nums: NDArray[Any], n: int) -> NDArray[np.float32]:
    """Return (n, …) rows by num, from rows in the library's order; what it does not have is zero.

    Args:
        vectors: (k, …) rows in the library's order.
        nums: (k,) the num of each.
        n: rows of the result.
    """
    ordered = np.zeros((n, *vectors.shape[1:]), np.float32)
    ordered[nums] = vectors
    return ordered


def nearest_lists(similarities: NDArray[Any], nums: NDArray[Any], n: int, kept: int = 100) -> NDArray[np.int32]:
    """Return (n, kept) item nums by num, most similar first; -1 fills up where nothing is similar.

    Args:
        similarities: (k, k) in the library's order; 0 or less for what is not similar.
        nums: (k,) the num of each.
        n: rows of the result.
        kept: length of each list; the judge leaves out rare items, and needs ten.
    """
    order = np.argsort(-similarities, axis=1, kind="stable")[:, :kept]
    lists = np.full((n, order.shape[1]), -1, np.int32)
    lists[nums] = np.where(np.take_along_axis(similarities, order, axis=1) > 0, nums[order], -1)
    return lists
