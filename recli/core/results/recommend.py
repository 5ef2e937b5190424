"""What ``recommend`` returns."""

from collections.abc import Iterator
from dataclasses import dataclass

from recli.core.vocabulary import Id


@dataclass(frozen=True)
class GivenRating:
    """A rating of the person whom items are recommended to."""

    item_id: Id
    title: str
    year: int | None
    stars: float


@dataclass(frozen=True)
class Reason:
    """One of the person's own ratings that argues for an item."""

    item_id: Id
    title: str
    year: int | None
    stars: float | None
    """What the person gave it; ``None`` where the dataset is gone and only the model remembers the rating."""
    share: float
    """Of everything that argues for the item, 0 to 1."""


@dataclass(frozen=True)
class Recommendation:
    """One item."""

    rank: int
    """From 1."""
    item_id: Id
    title: str
    year: int | None
    score: float
    """By which the model ranks for this person; higher first, on a scale of its own."""
    rating: float
    """Predicted stars, within the scale."""
    ratings: int
    """Popularity: ratings in the whole dataset."""
    reasons: tuple[Reason, ...] | None
    """What argues most for it, most first; ``None`` where nobody asked."""


@dataclass(frozen=True)
class RecommendResult:
    """Items for one person."""

    ref: str
    user_id: Id | None
    """``None`` for somebody whom the dataset does not know."""
    given: tuple[GivenRating, ...]
    """The ratings that were folded in; empty for a user of the dataset."""
    by_popularity: bool
    """Whether nothing is known of their taste, so that the most rated items were taken."""
    excluded: str
    """Which of the person's items were left out: one of ``EXCLUDABLE``."""
    n_excluded: int
    items: tuple[Recommendation, ...]
    asked: int
    """How many items were asked for."""
    explainable: bool
    """Whether the model can give reasons."""


@dataclass(frozen=True)
class UserRow:
    """One line of the recommendations for all users."""

    user_id: Id
    item: Recommendation


@dataclass(frozen=True)
class AllUsers:
    """Recommendations for every user, made block by block while they are read."""

    ref: str
    n_users: int
    excluded: str
    blocks: Iterator[list[UserRow]]
    """Each some users' lines, in the order of the users' nums."""


EXCLUDABLE = ("rated", "trained", "nothing")
"""All that the person rated; only what the model learned from or was watched by; or nothing at all."""
