"""Lists that do not say the same thing ten times."""

import numpy as np
from numpy.typing import NDArray

from recli.analysis.similarity import unit_vectors


def diversified(
    scores: NDArray[np.floating], vectors: NDArray[np.floating], n: int, diversity: float
) -> NDArray[np.intp]:
    """Choose items one by one, each the best trade of its score against its likeness to those chosen.

    Maximal marginal relevance (Carbonell and Goldstein, *The Use of MMR*, SIGIR 1998): the next item maximises
    ``(1 - diversity) · score - diversity · its greatest cosine with a chosen item``; scores are brought to 0 … 1.

    Args:
        scores: (m,) finite, of the candidates, higher is better.
        vectors: (m, d) of the candidates; a zero vector is like nothing.
        n: how many to choose, at most.
        diversity: 0 for the best scores alone, 1 for likeness alone.

    Returns:
        (min(n, m),) positions, in the order they were chosen; equal ones in the order given.
    """
    spread = np.ptp(scores) if len(scores) else 0
    relevance = (scores - scores.min()) / spread if spread > 0 else np.zeros(len(scores))
    unit = unit_vectors(vectors.astype(np.float64))
    likeness = np.zeros(len(scores))
    left = np.ones(len(scores), np.bool_)
    chosen: list[int] = []
    for _ in range(min(n, len(scores))):
        gains = (1 - diversity) * relevance - diversity * likeness
        best = int(np.argmax(np.where(left, gains, -np.inf)))
        chosen.append(best)
        left[best] = False
        cosines = unit @ unit[best]
        likeness = cosines if len(chosen) == 1 else np.maximum(likeness, cosines)
    return np.array(chosen, np.intp)
