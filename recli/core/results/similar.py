"""What ``similar`` returns."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recli.core.vocabulary import Id

MIN_RATINGS = 20
"""Below this many ratings a vector is mostly noise: the notebook's odd neighbours had 1 to 12."""


VECTORS = "vectors"
"""The method that compares items by the cosine of their vectors; a fit names its own."""


@dataclass(frozen=True)
class Neighbor:
    """One item near the queried one."""

    rank: int
    """1 is the nearest."""
    item_id: Id
    title: str
    year: int | None
    similarity: float
    """-1 to 1; by vectors the cosine, by other methods 0 is what an average item has."""
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
    method: str
    """How items were compared: ``vectors``, or a method of the model."""
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
    query_trained: bool
    """False where training never saw the queried item: then its vector, and all that is near it, means nothing."""
    similarities: NDArray[np.float32]
    """(m,) of the query with every trained item but itself; by a method of the model, with the items of its list."""
    cut_at: int | None = None
    """Length of the model's lists where they ended before there were n neighbours; else ``None``."""
    has_the_id: TitleMatch | None = None
    """The item whose id is written like the title that was asked for, where that is another one."""
    most_stars: float = 5.0
    """The most that a user can give an item."""


@dataclass(frozen=True)
class PairResult:
    """How similar two items are."""

    ref: str
    method: str
    a: TitleMatch
    b: TitleMatch
    similarity: float
    """As in ``Neighbor``."""
    trained: bool
    """False where training never saw one of the two: then the similarity means nothing."""
    list_method: str | None = None
    """The method of the lists of neighbours, where it is another; ``None`` where a method was asked for."""
