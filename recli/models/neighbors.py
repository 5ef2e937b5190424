"""The nearest items of each item, from the training rows and from what is known about the items."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from recli.models.interactions import Interactions, precision_bytes
from recli.models.memory import GIB, fits
from recli.models.recommender import UNKNOWN, NeighborLists, TrainingData
from recli.models.similarity_parts import Part, agreement_part, conditional_parts, metadata_parts, taste_part

log = logging.getLogger("recli")

LENGTH = 200
"""Items in a list."""
HALFWAY = 3.0
"""Standard deviations above the average item at which similarity is 0.5."""
MOST_CONDITIONAL_ITEMS = 10_000
"""Inverting a larger matrix takes minutes, more than a list is worth."""
BLOCK = 256
"""Items whose similarities with all others are in memory at once."""
FAINT = 1e-9
"""A standard deviation below this is none: all items are alike."""

Floats = NDArray[np.float64]


def neighbor_lists(data: TrainingData, length: int = LENGTH) -> dict[str, NeighborLists]:
    """Return the methods that the data allow, best first: ``metadata`` where items have genres, and ``ratings``.

    ``ratings`` reads training rows alone; ``metadata`` adds genres and years. Every sign of ``similarity_parts`` is
    standardised for both items of a pair against all other items, so that neither a popular item nor a broad sign
    drowns the rest. The weighted mean of the signs, z standard deviations, is brought to a scale that people can read:
    ``z / (|z| + 3)``. 0 is what an average item has, 0.5 is three standard deviations above that, and 1, which no other
    item reaches, is the item itself.

    No list names an item that training never saw; the list of such an item is made from metadata alone, or empty.
    Memory: a few n_items × n_items matrices, or, where they do not fit, a warning and lists without two of the signs.

    Args:
        data: training rows and metadata; validation rows are not used.
        length: of a list; shorter where there are fewer other items.
    """
    interactions = Interactions.of(data)
    trained = interactions.counts() > 0
    ratings = Standardized.of(_rating_parts(interactions), trained)
    metadata = Standardized.of(metadata_parts(data.metadata), trained)
    length = min(length, max(data.n_items - 1, 0))
    lists = {}
    if metadata.parts:
        lists["metadata"] = _nearest(lambda block: _joined(ratings, metadata, trained, block), trained, length)
    unseen_rows = ~trained
    lists["ratings"] = _nearest(lambda block: ratings.mean(block), trained, length, without=unseen_rows)
    return lists


def _rating_parts(interactions: Interactions) -> Sequence[Part]:
    n = interactions.seen.shape[1]
    always = (agreement_part(interactions), taste_part(interactions))
    if n > MOST_CONDITIONAL_ITEMS or not fits(precision_bytes(n)):
        gib = precision_bytes(n) / GIB
        log.warning(
            f"neighbours without EASE: {n:,} items would need {gib:,.1f} GiB, and minutes; cosines are used alone"
        )
        return always
    return (*conditional_parts(interactions), *always)


@dataclass(frozen=True, eq=False)
class Standardized:
    """Signs whose values are counted in standard deviations from what an item has with all other trained items."""

    parts: Sequence[Part]
    means: Sequence[Floats]
    """One a part, (n_items,)."""
    scales: Sequence[Floats]
    """One a part, (n_items,): 1 / standard deviation; 0 where there is none."""

    @classmethod
    def of(cls, parts: Sequence[Part], trained: NDArray[np.bool_]) -> Self:
        """Measure every part in one pass."""
        measured = [_mean_and_scale(part, trained) for part in parts]
        return cls(parts, [mean for mean, _ in measured], [scale for _, scale in measured])

    @property
    def weight(self) -> float:
        """The parts' say, summed."""
        return sum(part.weight for part in self.parts)

    def mean(self, block: slice) -> Floats:
        """Return (b, n_items) weighted means of z, each the mean of what the pair's two items make of it."""
        total = np.zeros((block.stop - block.start, len(self.means[0])))
        for part, mean, scale in zip(self.parts, self.means, self.scales, strict=True):
            values = part.rows(block)
            mine = (values - mean[block][:, None]) * scale[block][:, None]
            theirs = (values - mean) * scale
            total += part.weight / 2 * (mine + theirs)
        return total / self.weight


def _mean_and_scale(part: Part, trained: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    n = len(trained)
    mean, spread = np.zeros(n), np.zeros(n)
    for block in _blocks(n):
        values = np.array(part.rows(block), np.float64)
        others = np.broadcast_to(trained, values.shape).copy()
        others[np.arange(len(values)), np.arange(block.start, block.stop)] = False
        count = np.maximum(others.sum(axis=1), 1)
        mean[block] = np.where(others, values, 0).sum(axis=1) / count
        spread[block] = np.sqrt((np.where(others, values - mean[block][:, None], 0) ** 2).sum(axis=1) / count)
    return mean, np.divide(1, spread, out=np.zeros(n), where=spread > FAINT)


def _joined(ratings: Standardized, metadata: Standardized, trained: NDArray[np.bool_], block: slice) -> Floats:
    """Return z by both, and by metadata alone for an item without ratings."""
    by_metadata = metadata.mean(block)
    both = (ratings.weight * ratings.mean(block) + metadata.weight * by_metadata) / (ratings.weight + metadata.weight)
    return np.where(trained[block][:, None], both, by_metadata)


def _nearest(
    rows: Callable[[slice], Floats],
    trained: NDArray[np.bool_],
    length: int,
    without: NDArray[np.bool_] | None = None,
) -> NeighborLists:
    """Take the highest z of each row among the other trained items; ties by num. Rows in ``without`` stay empty."""
    nums = np.full((len(trained), length), UNKNOWN, np.int32)
    similarities = np.zeros((len(trained), length), np.float32)
    for block in _blocks(len(trained)):
        z = rows(block)
        z[:, ~trained] = -np.inf
        z[np.arange(len(z)), np.arange(block.start, block.stop)] = -np.inf
        if without is not None:
            z[without[block]] = -np.inf
        order = np.argsort(-z, axis=1, kind="stable")[:, :length]
        best = np.take_along_axis(z, order, axis=1)
        real = np.isfinite(best)
        nums[block] = np.where(real, order, UNKNOWN)
        readable = np.where(real, best, 0)
        similarities[block] = readable / (np.abs(readable) + HALFWAY)
    return NeighborLists(nums, similarities)


def _blocks(n: int) -> Iterator[slice]:
    for start in range(0, n, BLOCK):
        yield slice(start, min(start + BLOCK, n))
