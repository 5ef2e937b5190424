"""How far a map of vectors may be believed."""

import numpy as np
from numpy.typing import NDArray

from recli.analysis.similarity import rows_in_block, unit_vectors
from recli.core.results.project import Faithfulness

SAMPLE = 5_000
"""Points whose ranks are looked at: of more, the time would grow with their square. The mean over a sample of 5,000 has
a standard error below 0.002."""


def faithfulness(
    vectors: NDArray[np.float32],
    points: NDArray[np.float32],
    near: NDArray[np.int32],
    trained: NDArray[np.bool_],
    *,
    sample: int = SAMPLE,
) -> Faithfulness | None:
    """Compare who is near on the map with who is near by cosine; ``None`` where there are too few points to tell.

    Untrained points are left out, as true neighbours leave them out: where they stand says nothing. Trustworthiness is
    that of Venna and Kaski (2001), exact for up to ``sample`` points, else over as many drawn with a fixed seed; their
    ranks are among all points either way. Points at equal distances share the better rank.

    Args:
        vectors: (n, d), what was projected.
        points: (n, 2), where to.
        near: (n, k) positions of the trained points truly nearest to each, -1 where there are fewer.
        trained: (n,) which points count.
        sample: points whose ranks are looked at.
    """
    n, k = int(trained.sum()), near.shape[1]
    if n <= 2 * k:
        return None
    chosen = np.flatnonzero(trained)
    shown = _nearest_on_map(points[chosen], k)
    kept = (near[chosen][:, :, None] == chosen[shown][:, None, :]).any(axis=2).mean()
    judged = np.arange(n)
    if n > sample:
        judged = np.sort(np.random.default_rng(0).choice(n, sample, replace=False))
    too_far = _excess_ranks(unit_vectors(vectors[chosen]), judged, shown[judged], k) / len(judged)
    return Faithfulness(k, float(1 - 2 * too_far / (k * (2 * n - 3 * k - 1))), float(kept), len(judged))


def _nearest_on_map(points: NDArray[np.float32], k: int) -> NDArray[np.intp]:
    """Return (n, k) the k nearest of each point, itself left out."""
    from scipy.spatial import KDTree

    found = KDTree(points).query(points, k + 1)[1]
    own = found == np.arange(len(points))[:, None]
    own[~own.any(axis=1), -1] = True  # more than k points in one place, and it is not among those found
    return np.asarray(found[~own].reshape(len(points), k))


def _excess_ranks(units: NDArray[np.float32], judged: NDArray[np.intp], shown: NDArray[np.intp], k: int) -> int:
    """Return by how much the true ranks of those shown near exceed k, summed over (m,) judged points and k each."""
    rows = rows_in_block(len(units))
    total = 0
    for start in range(0, len(judged), rows):
        block = slice(start, start + rows)
        scores = units[judged[block]] @ units.T
        scores[np.arange(len(scores)), judged[block]] = -np.inf  # itself has no rank
        for column in shown[block].T:
            own = np.take_along_axis(scores, column[:, None], axis=1)
            total += int(np.maximum((scores > own).sum(axis=1) + 1 - k, 0).sum())
    return total
