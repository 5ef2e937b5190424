"""What ``project`` returns."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from recli.core.dataset import NO_YEAR, ItemTable
from recli.core.vocabulary import Vocabulary

MAP_FORMATS = ("html", "csv", "png")
"""What a map can be written as: an interactive page, a table, a picture."""
NEIGHBORS = 10
"""True neighbours that a map knows of each of its points."""
NOBODY = -1
"""What stands in ``Layout.neighbors`` where there are fewer."""


@dataclass(frozen=True, eq=False)
class Points:
    """What is known about the things on a map; row i describes point i."""

    kind: Literal["items", "users"]
    vocabulary: Vocabulary
    """The n ids."""
    titles: tuple[str, ...]
    """(n,) what a person calls each: data, never markup. Users have none: empty."""
    years: NDArray[np.int32]
    """(n,) release year; ``NO_YEAR`` where unknown, and for users."""
    n_ratings: NDArray[np.int32]
    """(n,) number of ratings in the whole dataset: an item's popularity, a user's activity."""
    mean_ratings: NDArray[np.float32]
    """(n,) mean stars in the whole dataset; NaN without ratings."""
    labels: Mapping[str, tuple[tuple[str, ...], ...]]
    """Kind of label (``genre``; of users ``gender``, ``occupation``, …) → (n,) the labels of each; empty where none."""

    def __len__(self) -> int:
        return len(self.vocabulary)

    def year(self, num: int) -> int | None:
        """Return a release year, or ``None``."""
        return int(self.years[num]) if self.years[num] != NO_YEAR else None

    @classmethod
    def of_items(cls, items: ItemTable) -> "Points":
        """Return a dataset's items as points."""
        labels = {"genre": items.genres} if any(items.genres) else {}
        return cls("items", items.vocabulary, items.titles, items.years, items.n_ratings, items.mean_ratings, labels)


@dataclass(frozen=True)
class Faithfulness:
    """How far a map may be believed."""

    k: int
    """Neighbours looked at, of each point."""
    trustworthiness: float
    """1 where the near ones on the map are near in the original space (Venna and Kaski 2001), about 0.5 by chance."""
    kept: float
    """Share, 0 to 1, of the true k nearest that are among the k nearest on the map."""


@dataclass(frozen=True, eq=False)
class Layout:
    """Where one version's vectors put the points."""

    ref: str
    """The version whose vectors were projected."""
    method: str
    """``tsne``, ``umap`` or ``pca``."""
    settings: Mapping[str, Any]
    """The method's settings as used: perplexity, seed, …"""
    trained: NDArray[np.bool_]
    """(n,) whether training saw the point; the others' vectors carry no information."""
    points: NDArray[np.float32]
    """(n, 2) in num order; the axes have no unit."""
    neighbors: NDArray[np.int32]
    """(n, k) nums of the trained points nearest by the vectors, nearest first; ``NOBODY`` where there are fewer."""
    similarities: NDArray[np.float32]
    """(n, k) cosine of each with its point; 0 where there is nobody."""
    faithfulness: Faithfulness | None
    """``None`` where there are too few points to tell."""


@dataclass(frozen=True, eq=False)
class EmbeddingMap:
    """Items or users as points in the plane: one layout, or two of the same points to compare."""

    dataset: str
    points: Points
    layouts: tuple[Layout, ...]

    @property
    def layout(self) -> Layout:
        """The first layout."""
        return self.layouts[0]


@dataclass(frozen=True, eq=False)
class ProjectResult:
    """A map and the files it was written to."""

    map: EmbeddingMap
    files: Mapping[str, Path]
    """Format (``html``, ``csv``, ``png``) → file."""
    from_cache: bool
    """True where the points had been computed before."""
