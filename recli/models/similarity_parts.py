"""The single signs that two items belong together, each a symmetric matrix that is made block by block."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from recli.core.dataset import NO_YEAR
from recli.core.metadata import Metadata
from recli.models.interactions import Interactions, precision, right_singular_vectors

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Items = slice | NDArray[np.integer[Any]]
Rows = Callable[[Items], NDArray[np.floating[Any]]]
"""Block of b items → (b, n_items) similarities with every item; the item's own is ignored."""
Pairs = Callable[[NDArray[np.integer[Any]], NDArray[np.integer[Any]]], NDArray[np.floating[Any]]]
"""(m,) and (m,) items → (m,) similarities of the pairs."""

STEEPNESS = 1.5
"""Of the logistic curve from deviations, in standard deviations, to liking."""
REGULARIZATION = 200.0
"""Added to the diagonal of the Gram matrix."""
ACTIVITY_POWER = -0.25
"""Of a user's number of ratings, as weight of the user's row: those who rate everything tell little about a pair."""
SHRINKAGE = 20.0
"""Users who rated both items and would halve a cosine: a few shared users agree by chance."""
RANK, ITEMS_A_DIMENSION = 32, 8
"""Dimensions of the common taste space: at most so many, and fewer where items are few, for all directions of a space
together tell no two items apart."""
YEARS = 10.0
"""Distance of two release years at which closeness has fallen to 1/e."""


@dataclass(frozen=True, eq=False)
class Part:
    """One sign, with its say in the sum."""

    weight: float
    rows: Rows
    pairs: Pairs | None = None
    """The same of single pairs, where that is less work than a row."""


def conditional_part(interactions: Interactions) -> Part:
    """Who watched and liked one watched and liked the other, all else held fixed.

    EASE (Steck, *Embarrassingly Shallow Autoencoders for Sparse Data*, WWW 2019) symmetrised: its weights
    ``-P / diag P`` with each side's scale divided out are partial correlations. Its matrix has, in place of ones, how
    much a user liked an item: 0.5 for a rating as expected, towards 1 and 0 for better and worse.
    """
    liked, deviations = interactions.seen.copy(), interactions.residuals.data
    spread = np.sqrt(np.square(deviations).mean())
    liked.data = 1 / (1 + np.exp(-STEEPNESS * (deviations / spread if spread > 0 else deviations)))
    activity = np.maximum(np.diff(liked.indptr), 1)
    matrix = partial_correlations(_weighted(liked, (activity / activity.mean()) ** ACTIVITY_POWER), REGULARIZATION)
    return Part(2.0, lambda block: matrix[block])


def partial_correlations(matrix: "csr_matrix", regularization: float) -> NDArray[np.float32]:
    """Return (n, n) partial correlations of columns, by the inverse of the regularised Gram matrix."""
    inverse = precision(matrix, regularization)
    scale = 1 / np.sqrt(np.diag(inverse))
    return (-inverse * scale * scale[:, None]).astype(np.float32)


def agreement_part(interactions: Interactions) -> Part:
    """Who thinks well of one thinks well of the other: cosine of de-biased ratings, shrunk where few rated both."""
    # By rows on both sides: a product with columns would turn all of them into rows, once a block.
    residuals, seen = interactions.residuals, interactions.seen
    by_item, seen_by_item = residuals.T.tocsr(), seen.T.tocsr()
    columns = residuals.tocsc()
    norms = np.sqrt(np.asarray(columns.multiply(columns).sum(axis=0)).ravel())
    inverse = np.divide(1, norms, out=np.zeros_like(norms), where=norms > 0)

    def rows(block: Items) -> NDArray[np.float64]:
        together = (seen_by_item[block] @ seen).toarray()
        cosines = (by_item[block] @ residuals).toarray() * inverse[block][:, None] * inverse
        return cosines * together / (together + SHRINKAGE)

    return Part(1.0, rows)


def taste_part(interactions: Interactions) -> Part:
    """The same people, and the same opinions, seen from afar: cosine in the space of the main singular vectors.

    Whether a user rated an item and how, on the same scale, are two rows. All directions count alike: with singular
    values as weights, popularity would be most of every angle.
    """
    return Part(1.0, _cosine_rows(taste_vectors(interactions)))


def taste_vectors(interactions: Interactions, sweeps: int = 12) -> NDArray[np.float64]:
    """Return (n_items, d) what ``taste_part`` takes the angles between; sweeps are those of the iteration for them."""
    from scipy.sparse import vstack

    opinions = interactions.residuals
    spread = np.sqrt(np.square(opinions.data).mean())
    both = vstack([interactions.seen, opinions / spread if spread > 0 else opinions]).tocsr()
    rank = max(1, min(RANK, both.shape[1] // ITEMS_A_DIMENSION))
    return right_singular_vectors(both, rank, sweeps=sweeps)


def genre_part(metadata: Metadata) -> Part:
    """Genres in common over genres of either, each counted by the logarithm of its rarity (weighted Jaccard)."""
    from scipy.sparse import csr_matrix, diags

    names = sorted({name for genres in metadata.genres for name in genres})
    position = {name: column for column, name in enumerate(names)}
    held = [(num, position[name]) for num, genres in enumerate(metadata.genres) for name in set(genres)]
    n, (nums, columns) = len(metadata.genres), zip(*held, strict=True)
    has = csr_matrix((np.ones(len(held)), (nums, columns)), (n, len(names)))  # free tags may be thousands
    rarity = np.log(n / np.asarray(has.sum(axis=0)).ravel())
    total, weighted, transposed = has @ rarity, (has @ diags(rarity)).tocsr(), has.T.tocsr()

    def rows(block: Items) -> NDArray[np.float64]:
        common = (weighted[block] @ transposed).toarray()
        return _share(common, total[block][:, None] + total - common)

    def pairs(a: NDArray[np.integer[Any]], b: NDArray[np.integer[Any]]) -> NDArray[np.float64]:
        common = np.asarray(weighted[a].multiply(has[b]).sum(axis=1)).ravel()
        return _share(common, total[a] + total[b] - common)

    return Part(3.0, rows, pairs)


def _share(common: NDArray[np.float64], either: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(common, either, out=np.zeros_like(common), where=either > 0)


def year_part(metadata: Metadata) -> Part:
    """How close two release years are; an unknown year is far from all."""
    years = metadata.years.astype(np.float64)
    known = metadata.years != NO_YEAR

    def rows(block: Items) -> NDArray[np.float64]:
        closeness = np.exp(-np.abs(years[block][:, None] - years) / YEARS)
        return closeness * (known[block][:, None] & known)

    def pairs(a: NDArray[np.integer[Any]], b: NDArray[np.integer[Any]]) -> NDArray[np.float64]:
        return np.exp(-np.abs(years[a] - years[b]) / YEARS) * (known[a] & known[b])

    return Part(0.25, rows, pairs)


def metadata_parts(metadata: Metadata) -> Sequence[Part]:
    """Return the parts that need no rating; none where nothing that tells items apart is known of them.

    Years without genres keep the weight that they have beside them: how much two films of a decade have in common does
    not depend on what else is known. Next to ratings, whose weights sum to 4, they decide between what is almost equal.
    """
    if any(metadata.genres):
        return (genre_part(metadata), year_part(metadata))
    years_differ = len(np.unique(metadata.years[metadata.years != NO_YEAR])) > 1
    return (year_part(metadata),) if years_differ else ()


def _weighted(matrix: "csr_matrix", weights: NDArray[np.float64]) -> "csr_matrix":
    from scipy.sparse import diags

    return (diags(weights) @ matrix).tocsr()


def _cosine_rows(vectors: NDArray[np.float64]) -> Rows:
    unit = unit_or_zero(vectors)
    return lambda block: unit[block] @ unit.T


def unit_or_zero(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the vectors with length 1, and without one those that have none."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 1e-9)
