"""A map of very many vectors: a sample laid out, and all others beside those of it that they are most like."""

import numpy as np
from numpy.typing import NDArray

from recli.analysis.projection import ProjectionSpec, project
from recli.analysis.similarity import highest, rows_in_block, unit_vectors

_GUIDES = 5
"""Sampled points that say where another stands."""
_SHARPNESS = 4.0
"""A guide as far behind the first as the last of them is weighs e^-4 of it: a plain mean of guides at two ends of the
map would put a point between the two, where none of its kind is."""
_JITTER = 0.3
"""Standard deviation of the noise that parts points with the same guides, as a share of the usual distance between two
sampled points that are next to each other."""


def project_sampled(
    vectors: NDArray[np.float32], spec: ProjectionSpec, popularity: NDArray[np.int32]
) -> NDArray[np.float32]:
    """Lay out ``spec.sampled`` vectors and place each other at the mean of its most similar sampled ones.

    The mean is weighted by similarity, so that the nearest counts most; ``spec.metric`` says what near means. Kobak and
    Berens (2019, "The art of using t-SNE for single-cell transcriptomics") start maps of large data from a sample so,
    and place new points so; they take the median of ten.

    Args:
        vectors: (n, d), more than ``spec.sampled``.
        spec: the effective one, with a sample.
        popularity: (n,) number of ratings: half of the sample are those with most.

    Returns:
        (n, 2) float32; the same spec on the same vectors gives the same points.
    """
    rng = np.random.default_rng(spec.seed)
    chosen = sample_of(popularity, spec.sampled or 0, rng)
    points = np.empty((len(vectors), 2), dtype=np.float32)
    points[chosen] = project(vectors[chosen], spec)
    rest = np.setdiff1d(np.arange(len(vectors)), chosen)
    points[rest] = _beside(vectors[rest], vectors[chosen], points[chosen], spec.metric)
    points[rest] += rng.normal(scale=_JITTER * _spacing(points[chosen]), size=(len(rest), 2)).astype(np.float32)
    return points


def sample_of(popularity: NDArray[np.int32], size: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return the positions, ascending, of a sample: half of it those with most ratings, half drawn of the others."""
    order = np.argsort(-popularity, kind="stable")
    most = size // 2
    return np.sort(np.concatenate([order[:most], rng.choice(order[most:], size - most, replace=False)]))


def _beside(
    vectors: NDArray[np.float32], guides: NDArray[np.float32], places: NDArray[np.float32], metric: str
) -> NDArray[np.float32]:
    """Return (n, 2) the weighted mean of the places, (m, 2), of the guides, (m, d), most like each of (n, d)."""
    if metric == "cosine":
        vectors, guides = unit_vectors(vectors), unit_vectors(guides)
    lengths = (guides * guides).sum(axis=1)
    count = min(_GUIDES, len(guides))
    found = np.empty((len(vectors), 2), dtype=np.float32)
    rows = rows_in_block(len(guides))
    for start in range(0, len(vectors), rows):
        # Half the squared distance but for a term that is the same for all guides, negated.
        likeness = vectors[start : start + rows] @ guides.T - lengths / 2
        near = highest(likeness, count)
        like = np.take_along_axis(likeness, near, axis=1)
        behind = like.max(axis=1, keepdims=True) - like
        width = behind.max(axis=1, keepdims=True)
        weights = np.exp(-_SHARPNESS * behind / np.where(width > 0, width, 1))
        weights /= weights.sum(axis=1, keepdims=True)
        found[start : start + rows] = (weights[:, :, None] * places[near]).sum(axis=1)
    return found


def _spacing(points: NDArray[np.float32]) -> float:
    """Return the median distance of a point from its nearest."""
    from scipy.spatial import KDTree

    return float(np.median(KDTree(points).query(points, 2)[0][:, 1]))
