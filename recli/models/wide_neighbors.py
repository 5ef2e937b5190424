"""Neighbour lists of catalogues too large for a square of their items: candidates first, then what is said of them.

A list of ``neighbors`` looks at all other items by every sign. Here a product of short vectors picks ``CANDIDATES`` for
each item, and only those are looked at; EASE's inverse becomes the vectors of ELSA; a sign's mean and deviation are
those on a sample of items; and of a user with more than ``MOST_RATINGS`` ratings so many are drawn for the cosine of
opinions, whose work is a user's ratings squared. No n_items × n_items matrix is made; what is left of the square is
one pass of that product.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from recli.core.metadata import Metadata
from recli.models import shallow
from recli.models.features import item_features
from recli.models.interactions import Interactions
from recli.models.similarity_parts import (
    Part,
    agreement_part,
    metadata_parts,
    taste_vectors,
    unit_or_zero,
)
from recli.models.training import batch_size_for

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

CANDIDATES = 400
"""Items looked at for each item: twice as many as a list has places for."""
SAMPLE = 1024
"""Items with which each item's mean and deviation of a sign are measured."""
MOST_RATINGS = 200
"""Of a user, in the cosine of opinions: those who rate more are represented by so many."""
SIZE, BATCH, LEARNING_RATE = 64, 1024, 0.01
"""Of the vectors that stand for EASE: numbers in one, users of a step at most, and Adam's rate."""
STEPS = 180
"""Steps after which they say what they can; the epoch that reaches them is trained to its end."""
SWEEPS = 5
"""Of the iteration for the space of tastes: more turn its last directions only."""
CHUNK = 64
"""Sampled items whose similarities with all others are in memory at once."""
FAINT = 1e-9
"""A deviation below this is none."""

Floats = NDArray[np.float64]
Wide = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Signs:
    """Signs whose values are counted in deviations from what an item has with a sample of the others."""

    parts: Sequence[Part]
    means: Sequence[Floats]
    """One a part, (n_items,)."""
    scales: Sequence[Floats]
    """One a part, (n_items,): 1 / deviation; 0 where there is none."""
    screen: Wide
    """(n_items, d) vectors whose products say roughly what the signs say."""

    @classmethod
    def of(cls, parts: Sequence[Part], vectors: Sequence[Floats], trained: NDArray[np.bool_]) -> Self:
        """Measure every part on a sample of the trained items.

        Args:
            parts: the signs.
            vectors: (n_items, d) of some of them, those first; their part's mean deviation weighs them.
            trained: (n_items,) which items are others.
        """
        nums = np.flatnonzero(trained)
        drawn = np.sort(np.random.default_rng(0).permutation(nums)[:SAMPLE])
        measured = [_measured(part, drawn, len(trained)) for part in parts]
        scales = [scale for _, scale in measured]
        usual = [np.sqrt(part.weight * scale[nums].mean()) for part, scale in zip(parts, scales, strict=True)]
        screen = [own * share for own, share in zip(vectors, usual, strict=False)]
        return cls(parts, [mean for mean, _ in measured], scales, np.concatenate(screen, axis=1).astype(np.float32))

    @property
    def weight(self) -> float:
        """The parts' say, summed."""
        return sum(part.weight for part in self.parts)

    def total(self, block: slice, others: NDArray[np.int64]) -> Floats:
        """Return (b, c) weighted sums of z of a block's items with (b, c) others: the mean of what both make of it."""
        nums = np.arange(block.start, block.stop)
        pairs = np.repeat(nums, others.shape[1]), others.ravel()
        total = np.zeros(others.shape)
        for part, mean, scale in zip(self.parts, self.means, self.scales, strict=True):
            values = np.take_along_axis(part.rows(block), others, 1) if part.pairs is None else part.pairs(*pairs)
            values = np.asarray(values, np.float64).reshape(others.shape)
            mine = (values - mean[block][:, None]) * scale[block][:, None]
            total += part.weight / 2 * (mine + (values - mean[others]) * scale[others])
        return total


def rating_signs(interactions: Interactions, trained: NDArray[np.bool_]) -> Signs:
    """Return what ratings say: ELSA's cosine in the place of EASE, the cosine of opinions, and of tastes."""
    vectors = _linear_vectors(interactions), unit_or_zero(taste_vectors(interactions, SWEEPS))
    parts = [_cosine_part(weight, own) for weight, own in zip((2.0, 1.0), vectors, strict=True)]
    return Signs.of([*parts, agreement_part(_thinned(interactions))], vectors, trained)


def metadata_signs(metadata: Metadata, trained: NDArray[np.bool_]) -> Signs | None:
    """Return what genres and years say; ``None`` where they say nothing."""
    parts = metadata_parts(metadata)
    known = item_features(metadata, year_bins=True)
    vectors = []
    for what in ("genre=", "year=")[-len(parts) :]:
        columns = known.matrix[:, [name.startswith(what) for name in known.names]].astype(np.float64)
        rarity = np.log(len(columns) / np.maximum(columns.sum(axis=0), 1))
        vectors.append(unit_or_zero(columns * np.sqrt(rarity)))
    return Signs.of(parts, vectors, trained) if parts else None


def candidates(screen: Wide, block: slice, trained: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return (b, c) trained items, ascending, with the largest products with each of a block's; never the item itself.

    Where fewer items than ``CANDIDATES`` are trained, some returned are not.
    """
    products = screen[block] @ screen.T
    products[:, ~trained] = -np.inf
    products[np.arange(len(products)), np.arange(block.start, block.stop)] = -np.inf
    count = min(CANDIDATES, len(screen) - 1)
    found = np.argpartition(products, -count, axis=1)[:, -count:]
    found.sort(axis=1)
    return found


def _measured(part: Part, drawn: NDArray[np.int64], n: int) -> tuple[Floats, Floats]:
    """Return each item's mean and 1 / deviation of a sign with the drawn items, itself left out."""
    sums, squares, counts = np.zeros(n), np.zeros(n), np.full(n, float(len(drawn)))
    counts[drawn] -= 1
    for begin in range(0, len(drawn), CHUNK):
        some = drawn[begin : begin + CHUNK]
        values = np.array(part.rows(some), np.float64)
        values[np.arange(len(some)), some] = 0
        sums += values.sum(axis=0)
        squares += np.square(values).sum(axis=0)
    counts = np.maximum(counts, 1)
    mean = sums / counts
    spread = np.sqrt(np.maximum(squares / counts - mean**2, 0))
    return mean, np.divide(1, spread, out=np.zeros(n), where=spread > FAINT)


def _linear_vectors(interactions: Interactions) -> Floats:
    """Return (n_items, d) ELSA's vectors; 0 for an item that nobody rated."""
    trained, rng = np.flatnonzero(interactions.counts()), np.random.default_rng(0)
    rows = interactions.seen.astype(np.float32)[:, trained]
    state = shallow.start(len(trained), SIZE, rng)
    users = int(np.count_nonzero(np.diff(rows.indptr)))
    steps = math.ceil(users / batch_size_for(BATCH, users))
    for number in range(1, math.ceil(STEPS / steps) + 1):
        shallow.epoch(state, rows, number, BATCH, LEARNING_RATE, rng)
    vectors = np.zeros((interactions.seen.shape[1], SIZE))
    vectors[trained] = state.weights[0]
    return vectors


def _cosine_part(weight: float, unit: Floats) -> Part:
    vectors = unit.astype(np.float32)
    return Part(
        weight,
        lambda block: vectors[block] @ vectors.T,
        lambda a, b: np.einsum("md,md->m", vectors[a], vectors[b]),
    )


def _thinned(interactions: Interactions) -> Interactions:
    """Return the interactions with about ``MOST_RATINGS`` of a user at most, drawn at random."""
    lengths = np.diff(interactions.seen.indptr)
    draws = np.random.default_rng(0).random(interactions.seen.nnz, dtype=np.float32)
    kept = draws <= np.repeat(MOST_RATINGS / np.maximum(lengths, 1), lengths)
    return Interactions(_kept(interactions.seen, kept), _kept(interactions.residuals, kept))


def _kept(matrix: "csr_matrix", kept: NDArray[np.bool_]) -> "csr_matrix":
    from scipy.sparse import csr_matrix

    ends = np.concatenate([[0], np.cumsum(kept)])[matrix.indptr]
    return csr_matrix((matrix.data[kept].astype(np.float32), matrix.indices[kept], ends), matrix.shape)
