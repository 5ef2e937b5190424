"""The nearest items of each item, from the training rows and from what is known about the items."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from recli.core.metadata import Metadata
from recli.models.blas import one_thread
from recli.models.interactions import Interactions, precision_bytes
from recli.models.memory import fits
from recli.models.recommender import UNKNOWN, NeighborLists, TrainingData
from recli.models.similarity_parts import Part, agreement_part, conditional_part, metadata_parts, taste_part
from recli.models.wide_neighbors import CANDIDATES, candidates, metadata_signs, rating_signs

LENGTH = 200
"""Items in a list."""
HALFWAY = 3.0
"""Standard deviations above the average item at which similarity is 0.5."""
MOST_ITEMS = 10_000
"""Above, or where the square of the items does not fit into memory, ``wide_neighbors`` finds what is nearest."""
BLOCK = 256
"""Items whose similarities with all others are in memory at once."""
WIDE_BLOCK = 64
"""The same of a large catalogue, on each core."""
FAINT = 1e-9
"""A standard deviation below this is none: all items are alike."""

Floats = NDArray[np.float64]


@one_thread()
def neighbor_lists(data: TrainingData, length: int = LENGTH) -> dict[str, NeighborLists]:
    """Return the methods that the data allow, best first: ``metadata`` given genres or years, and ``ratings``.

    ``ratings`` reads training rows alone; ``metadata`` adds what is known of genres and years. Every sign of
    ``similarity_parts`` is standardised for both items of a pair against all other items, so that neither a popular
    item nor a broad sign drowns the rest. The weighted mean of the signs, z standard deviations, is brought to a scale
    that people can read: ``z / (|z| + 3)``. 0 is what an average item has, 0.5 is three standard deviations above that,
    and 1, which no other item reaches, is the item itself.

    No list names an item that training never saw; the list of such an item is made from metadata alone, or empty.
    Memory: a few n_items × n_items matrices, or above ``MOST_ITEMS`` items only candidates for each.

    Args:
        data: training rows and metadata; validation rows are not used.
        length: of a list; shorter where there are fewer other items.
    """
    interactions = Interactions.of(data)
    trained = interactions.counts() > 0
    if data.n_items > MOST_ITEMS or not fits(precision_bytes(data.n_items)):
        return _wide_lists(interactions, data.metadata, trained, min(length, CANDIDATES, data.n_items - 1))
    ratings = Standardized.of(_rating_parts(interactions), trained)
    metadata = Standardized.of(metadata_parts(data.metadata), trained)
    length = min(length, max(data.n_items - 1, 0))
    methods = ("metadata", "ratings") if metadata.parts else ("ratings",)
    lists = {method: _empty(data.n_items, length) for method in methods}
    for block in _blocks(data.n_items):
        by_ratings = ratings.mean(block)
        if metadata.parts:
            _fill(lists["metadata"], block, _joined(ratings, by_ratings, metadata, trained, block), trained)
        by_ratings[~trained[block]] = -np.inf
        _fill(lists["ratings"], block, by_ratings, trained)
    return lists


def _rating_parts(interactions: Interactions) -> Sequence[Part]:
    return conditional_part(interactions), agreement_part(interactions), taste_part(interactions)


def _wide_lists(
    interactions: Interactions, known: Metadata, trained: NDArray[np.bool_], length: int
) -> dict[str, NeighborLists]:
    """Return the same lists of a large catalogue, from candidates for each item."""
    n = len(trained)
    ratings, metadata = rating_signs(interactions, trained), metadata_signs(known, trained)
    screens = {"ratings": ratings.screen}
    if metadata:
        screens = {"metadata": np.concatenate([ratings.screen, metadata.screen], axis=1)} | screens
    lists = {method: _empty(n, length) for method in screens}

    def fill(block: slice) -> None:
        others = [candidates(screen, block, trained) for screen in screens.values()]
        said = np.split(ratings.total(block, np.concatenate(others, axis=1)), len(others), axis=1)
        for method, nums, total in zip(screens, others, said, strict=True):
            # Of an item without ratings they say nothing.
            weight = np.where(trained[block], ratings.weight, 0.0)[:, None]
            z = np.where(weight > 0, total, 0)
            if method == "metadata" and metadata:
                z, weight = z + metadata.total(block, nums), weight + metadata.weight
            z = np.where((weight > 0) & trained[nums], z / np.maximum(weight, FAINT), -np.inf)
            _enter(lists[method], block, nums, z)

    with ThreadPoolExecutor(os.cpu_count()) as pool:  # numpy and scipy let go of the interpreter in their loops
        list(pool.map(fill, _blocks(n, WIDE_BLOCK)))
    return lists


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


def _joined(
    ratings: Standardized, by_ratings: Floats, metadata: Standardized, trained: NDArray[np.bool_], block: slice
) -> Floats:
    """Return z by both, and by metadata alone for an item without ratings."""
    by_metadata = metadata.mean(block)
    both = (ratings.weight * by_ratings + metadata.weight * by_metadata) / (ratings.weight + metadata.weight)
    return np.where(trained[block][:, None], both, by_metadata)


def _empty(n_items: int, length: int) -> NeighborLists:
    return NeighborLists(np.full((n_items, length), UNKNOWN, np.int32), np.zeros((n_items, length), np.float32))


def _fill(lists: NeighborLists, block: slice, z: Floats, trained: NDArray[np.bool_]) -> None:
    """Enter the highest finite z of each row of a block among the other trained items; ties by num."""
    z = np.where(trained, z, -np.inf)
    z[np.arange(len(z)), np.arange(block.start, block.stop)] = -np.inf
    _enter(lists, block, np.broadcast_to(np.arange(z.shape[1]), z.shape), z)


def _enter(lists: NeighborLists, block: slice, others: NDArray[np.integer], z: Floats) -> None:
    """Enter the highest finite z of each row of a block among (b, c) others, ascending nums; ties by num."""
    order = np.argsort(-z, axis=1, kind="stable")[:, : lists.nums.shape[1]]
    best = np.take_along_axis(z, order, axis=1)
    real = np.isfinite(best)
    lists.nums[block] = np.where(real, np.take_along_axis(others, order, axis=1), UNKNOWN)
    readable = np.where(real, best, 0)
    lists.similarities[block] = readable / (np.abs(readable) + HALFWAY)


def _blocks(n: int, size: int | None = None) -> Iterator[slice]:
    size = size or BLOCK
    for start in range(0, n, size):
        yield slice(start, min(start + size, n))
