"""The ten nearest items of every item, from vectors or lists, and how many sequels are among them."""

import sys
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from benchmarks.answers import NEIGHBORS, VECTORS, Answers
from recli.analysis.similarity import cosines, top_n
from recli.core.dataset import Dataset
from recli.core.results.similar import MIN_RATINGS

NEAREST = 10
Recall = Callable[[Dataset, NDArray[np.int32]], float]
"""Takes a dataset and (n_items, 10) nums, nearest first, -1 fills up; returns a share, 0 to 1."""


def nearest_items(answers: Answers, allowed: NDArray[np.bool_], n: int = NEAREST) -> NDArray[np.int32] | None:
    """Return (n_items, n) nums, nearest first, -1 fills up; ``None`` for a model that compares no items.

    Args:
        answers: with vectors, which are compared by cosine, or with lists, which are taken as they are.
        allowed: (n_items,) which items may be neighbours.
        n: neighbours of each item.
    """
    nearest = np.full((len(allowed), n), -1, np.int32)
    for num in range(len(allowed)):
        others = allowed.copy()
        others[num] = False
        if NEIGHBORS in answers.arrays:
            listed = answers.arrays[NEIGHBORS][num]
            found = [other for other in listed[listed >= 0].tolist() if others[other]][:n]
        elif VECTORS in answers.arrays:
            vectors = answers.arrays[VECTORS]
            found = top_n(cosines(vectors[num], vectors), others, n).tolist()
        else:
            return None
        nearest[num, : len(found)] = found
    return nearest


def popular(data: Dataset) -> NDArray[np.bool_]:
    """Return (n_items,) which items have as many ratings as ``recli similar`` asks of a neighbour by default."""
    return data.items.n_ratings >= MIN_RATINGS


def recall_of_sequels() -> Recall | None:
    """Return the measure of ``benchmarks.series``, or ``None``, and say so, where that module is missing."""
    try:
        from benchmarks.series import recall
    except ImportError as error:
        print(f"no similarity recall: {error}", file=sys.stderr)
        return None
    found: Recall = recall
    return found
