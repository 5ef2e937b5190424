"""A version that is open to choose items from."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from recli.analysis.diversity import diversified
from recli.analysis.similarity import top_n
from recli.core.dataset import ItemTable
from recli.core.errors import NotFoundError, require, require_one_of
from recli.core.results.recommend import EXCLUDABLE, Reason, Recommendation
from recli.models import registry
from recli.models.predictor import Predictor
from recli.models.recommender import Stars
from recli.operations.artifacts import ITEM_VECTORS, load_predictor, open_items, open_version, read_vectors
from recli.operations.datasets import train_command
from recli.operations.filters import ItemFilter
from recli.store import Artifact, Store

POOL = 20
"""Best items, for each that is wanted, among which a diverse list is chosen."""


@dataclass(frozen=True)
class Wish:
    """What a list of recommendations is to be like."""

    n: int = 10
    filter: ItemFilter = field(default_factory=ItemFilter)
    diversity: float = 0.0
    """0 takes the best scores, 1 the least alike."""
    exclude: str = "rated"
    """One of ``EXCLUDABLE``."""
    explain: bool = False

    def __post_init__(self) -> None:
        require(self.n >= 1, f"-n must be at least 1, not {self.n}")
        require(0 <= self.diversity <= 1, f"--diversity must lie between 0 and 1, not {self.diversity:g}")
        require_one_of("--exclude", self.exclude, EXCLUDABLE, fix="recli recommend --help")


@dataclass(frozen=True, eq=False)
class Shelf:
    """Items of a version, and the predictor that knows who would like them."""

    artifact: Artifact
    predictor: Predictor
    items: ItemTable

    @classmethod
    def open(cls, store: Store, model: str | None, *, new: bool = False) -> "Shelf":
        """Open a version; without a reference, that of the trained model which ranks best.

        Args:
            store: holds it.
            model: reference.
            new: whether the model must be able to take in a new person.

        Raises:
            NotFoundError: there is no such version.
            IntegrityError: it is damaged.
        """
        artifact = open_version(store, model or _best(store, new))
        return cls(artifact, load_predictor(artifact), open_items(artifact)[0])

    def choose(self, scores: Stars, allowed: NDArray[np.bool_], wish: Wish) -> NDArray[np.int32]:
        """Return (≤ n,) nums of the items for one person, best first; equal scores in the order of their nums.

        Args:
            scores: (n_items,) of every item for the person.
            allowed: (n_items,) which may be chosen.
            wish: how many and how diverse.
        """
        pool = top_n(scores, allowed & np.isfinite(scores), POOL * wish.n if wish.diversity > 0 else wish.n)
        if wish.diversity > 0:
            pool = pool[diversified(scores[pool], self.vectors()[pool], wish.n, wish.diversity)]
        return pool[: wish.n].astype(np.int32)

    def vectors(self) -> NDArray[np.float32]:
        """Return (n_items, d) by which items are alike: the model's vectors, else their genres.

        Raises:
            UsageError: it has neither.
        """
        if ITEM_VECTORS in self.artifact.manifest.files:
            return read_vectors(self.artifact, len(self.items))
        names = sorted({genre for own in self.items.genres for genre in own})
        require(bool(names), f"--diversity: {self.artifact.ref} has no vectors, and its items have no genres")
        return np.array([[name in own for name in names] for own in self.items.genres], np.float32)

    def described(
        self, nums: NDArray[np.int32], scores: Stars, stars: Stars, reasons: Sequence[tuple[Reason, ...]] | None = None
    ) -> list[Recommendation]:
        """Describe (m,) chosen items with their scores and predicted stars, (m,) each."""
        because = [None] * len(nums) if reasons is None else list(reasons)
        columns = zip(nums.tolist(), scores.tolist(), stars.tolist(), because, strict=True)
        return [
            Recommendation(
                rank=rank,
                item_id=self.items.vocabulary.id(num),
                title=self.items.titles[num],
                year=self.items.year(num),
                score=score,
                rating=rating,
                ratings=int(self.items.n_ratings[num]),
                reasons=why,
            )
            for rank, (num, score, rating, why) in enumerate(columns, 1)
        ]


def _best(store: Store, new: bool) -> str:
    """Return the trained model that ranks best, of those that take in new people where one is to be taken in."""
    trained = [name for name in registry.TO_RECOMMEND if store.versions(name)]
    able = [name for name in trained if not new or registry.folds_in(name)]
    if not able:
        what = "no model that takes in new people has been trained yet" if trained else "no model has been trained yet"
        raise NotFoundError(what, fix=train_command(store, "ease" if trained else ""))
    return able[0]
