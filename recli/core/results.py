"""What each operation returns: plain values that renderers turn into tables, JSON, pictures and pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recli.core.dataset import ItemTable
from recli.core.ratings import RatingScale
from recli.core.run import Epoch, Metrics, ParameterCount
from recli.core.vocabulary import Id


@dataclass(frozen=True)
class FetchResult:
    """A dataset that is in the store now."""

    dataset: str
    path: Path
    """Its directory."""
    users: int
    items: int
    ratings: int
    record: Mapping[str, Any]
    """``dataset.json``: source, url, licence, citation, sha256, notes, counts, scale."""
    already_there: bool
    """True where nothing was fetched: it was there, and every checksum held."""


@dataclass(frozen=True)
class DatasetListing:
    """One line of ``fetch --list``."""

    dataset: str
    title: str
    licence: str
    fetched: bool
    """Whether the store has it."""


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


@dataclass(frozen=True)
class TrainResult:
    """A version that ``train`` published."""

    ref: str
    """``dot:3``."""
    model: str
    version: int
    path: Path
    dataset: str
    parameters: int
    """Trainable numbers in all."""
    layers: tuple[ParameterCount, ...]
    config: Mapping[str, Any]
    """Hyperparameters by name."""
    fit_seconds: float
    """Wall time of the fit, compiling included."""
    total_seconds: float
    """Wall time of the whole operation."""
    history: tuple[Epoch, ...]
    """Empty for models without epochs."""
    best_epoch: int | None
    """Epoch whose weights were kept; ``None`` for models without epochs."""
    stopped_early: bool
    metrics: Mapping[str, Metrics | None]
    """``train``, ``validation``, ``test`` → errors; ``None`` for a part without rows."""
    baseline: Metrics
    """Of the bias model on the same test rows."""


@dataclass(frozen=True, eq=False)
class PredictionSample:
    """True against predicted stars, one row a rating of one part of a split."""

    part: str
    """``train`` or ``test``."""
    true: NDArray[np.float32]
    """(n,) stars."""
    predicted: NDArray[np.float32]
    """(n,) stars, clipped to the scale."""


@dataclass(frozen=True, eq=False)
class Report:
    """One artifact judged on its own rows."""

    ref: str
    dataset: str
    scale: RatingScale
    metrics: Mapping[str, Metrics]
    """``train`` and ``test`` → errors of the model."""
    baseline: Mapping[str, Metrics]
    """``train`` and ``test`` → errors of the bias model."""
    samples: tuple[PredictionSample, ...]
    """One for ``train``, one for ``test``."""


@dataclass(frozen=True)
class Neighbor:
    """One item near the queried one."""

    rank: int
    """1 is the nearest."""
    item_id: Id
    title: str
    year: int | None
    similarity: float
    """Cosine, -1 to 1."""
    ratings: int


@dataclass(frozen=True)
class TitleMatch:
    """One item whose title matches a query."""

    item_id: Id
    title: str
    year: int | None
    ratings: int


@dataclass(frozen=True, eq=False)
class SimilarResult:
    """The nearest items of one item."""

    ref: str
    query: TitleMatch
    matches: tuple[TitleMatch, ...]
    """All items whose title matched, the one used first."""
    exact: bool
    """False where nothing contained the query and the nearest spelling was taken."""
    neighbors: tuple[Neighbor, ...]
    min_ratings: int
    hidden: int
    """Items left out because they have fewer ratings than ``min_ratings``."""
    untrained: int
    """Items left out because training never saw them: their vectors mean nothing."""
    similarities: NDArray[np.float32]
    """(m,) cosine of the query with every trained item but itself, in num order."""


@dataclass(frozen=True)
class PairResult:
    """The cosine of two items."""

    ref: str
    a: TitleMatch
    b: TitleMatch
    similarity: float


@dataclass(frozen=True, eq=False)
class ItemMap:
    """Items as points in the plane."""

    ref: str
    """The version whose vectors were projected."""
    dataset: str
    method: str
    """``tsne``, ``umap`` or ``pca``."""
    settings: Mapping[str, Any]
    """The method's settings as used: perplexity, seed, …"""
    items: ItemTable
    trained: NDArray[np.bool_]
    """(n,) whether training saw the item; the others' vectors carry no information."""
    points: NDArray[np.float32]
    """(n, 2) in num order; the axes have no unit."""


@dataclass(frozen=True, eq=False)
class ProjectResult:
    """A map and the files it was written to."""

    map: ItemMap
    files: Mapping[str, Path]
    """Format (``html``, ``csv``, ``png``) → file."""
    from_cache: bool
    """True where the points had been computed before."""


@dataclass(frozen=True)
class ModelListing:
    """One version in the store."""

    ref: str
    created: str
    dataset: str
    metrics: Metrics | None
    """On test rows; ``None`` for a corrupt version."""
    aliases: tuple[str, ...]
    bytes: int
    status: str
    """``ok`` or ``corrupt``."""
    reason: str
    """Why it is corrupt; empty for ``ok``."""
    path: Path


@dataclass(frozen=True)
class ModelDetails:
    """All that a version says about itself."""

    listing: ModelListing
    record: Mapping[str, Any]
    """``manifest.json``."""
    metrics: Mapping[str, Any]
    """``metrics.json``."""
    arrays: tuple[tuple[str, str, tuple[int, ...]], ...]
    """(file or file/array, dtype, shape) of each stored array."""
