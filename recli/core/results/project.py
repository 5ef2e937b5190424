"""What ``project`` returns."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from recli.core.dataset import NO_YEAR, ItemTable, UserTable
from recli.core.vocabulary import Vocabulary

MAP_FORMATS = ("html", "csv", "png", "svg", "tsv")
"""What a map can be written as: an interactive page, a table, a picture, vectors for the Embedding Projector."""
METADATA = "metadata"
"""The second file of ``tsv``: what the Embedding Projector shows of each vector."""
NEIGHBORS = 10
"""True neighbours that a map knows of each of its points."""
MOST_LABELS = 50
"""Different values of a column of the user table that can still be told apart: postal codes cannot."""
_FEW_AGES = 10
_AGE = re.compile(r"[0-9]{1,3}")
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

    @classmethod
    def of_users(cls, users: UserTable, n_ratings: NDArray[np.int32], mean_ratings: NDArray[np.float32]) -> "Points":
        """Return a dataset's users as points; a column of few different values is a kind of label, age in decades."""
        n = len(users)
        columns = {name: _decades(texts) if name == "age" else texts for name, texts in users.columns.items()}
        labels = {
            name: tuple((text,) if text else () for text in texts)
            for name, texts in columns.items()
            if 0 < len(set(texts) - {""}) <= MOST_LABELS
        }
        return cls("users", users.vocabulary, ("",) * n, np.full(n, NO_YEAR, np.int32), n_ratings, mean_ratings, labels)


@dataclass(frozen=True)
class Faithfulness:
    """How far a map may be believed."""

    k: int
    """Neighbours looked at, of each point."""
    trustworthiness: float
    """1 where the near ones on the map are near in the original space (Venna and Kaski 2001), about 0.5 by chance."""
    kept: float
    """Share, 0 to 1, of the true k nearest that are among the k nearest on the map."""
    judged: int = 0
    """Trained points whose ranks the trustworthiness is the mean of: all, or a seeded sample of many."""


@dataclass(frozen=True, eq=False)
class Layout:
    """Where one version's vectors put the points."""

    ref: str
    """The version whose vectors were projected."""
    method: str
    """``tsne``, ``umap`` or ``pca``."""
    settings: Mapping[str, Any]
    """The method's settings as used: metric, perplexity, seed, …"""
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
    vectors: NDArray[np.float32] | None = None
    """(n, d) what was projected, where a file may want it."""


@dataclass(frozen=True, eq=False)
class EmbeddingMap:
    """Items or users as points in the plane: one layout, or two of the same points to compare."""

    dataset: str
    points: Points
    layouts: tuple[Layout, ...]
    """The second of two is turned and scaled as a whole to lie on the first as well as it can."""
    color: str = "popularity"
    """What colours mean at first: ``popularity``, ``mean``, ``year``, or a kind of label that the points have."""

    @property
    def layout(self) -> Layout:
        """The first layout."""
        return self.layouts[0]

    @property
    def agreement(self) -> float | None:
        """Share, 0 to 1, of true neighbours that two layouts have in common; ``None`` without two, or neighbours.

        Of the points that both versions saw in training.
        """
        if len(self.layouts) < 2:
            return None
        one, other = self.layouts
        trained = one.trained & other.trained
        mine, theirs = one.neighbors[trained], other.neighbors[trained]
        real = mine != NOBODY
        both = (mine[:, :, None] == theirs[:, None, :]).any(axis=2) & real
        return float(both.sum() / real.sum()) if real.any() else None


@dataclass(frozen=True, eq=False)
class ProjectResult:
    """A map and the files it was written to."""

    map: EmbeddingMap
    files: Mapping[str, Path]
    """Format (one of ``MAP_FORMATS``, or ``METADATA``) → file."""
    from_cache: bool
    """True where the points had been computed before."""
    notes: tuple[str, ...] = ()
    """What a reader should know of the numbers."""
    kept: bool = False
    """Whether the files are kept in the store, so that the same command finds them again."""


def _decades(ages: tuple[str, ...]) -> tuple[str, ...]:
    """Return ``20-29`` for ``24``. Few different values (``18-24``, or MovieLens-1M's codes) are groups already."""
    if len(set(ages)) <= _FEW_AGES:
        return ages
    tens = [int(age) // 10 * 10 if _AGE.fullmatch(age) else None for age in ages]
    return tuple(age if ten is None else f"{ten}-{ten + 9}" for age, ten in zip(ages, tens, strict=True))
