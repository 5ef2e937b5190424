"""What a model finds alike, and how many sequels it finds by that."""

import sys
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from benchmarks.answers import NEIGHBORS, VECTORS, Answers
from recli.analysis.similarity import cosines
from recli.core.dataset import Dataset
from recli.core.results.similar import MIN_RATINGS

Near = Callable[[int], tuple[NDArray[np.integer], NDArray[np.floating]]]
"""Item num → nums of other items, with their similarities to it."""
Recall = Callable[[Near], float]
"""Returns the share of sequels among the ten nearest, 0 to 1."""


def methods(answers: Answers) -> dict[str, Near]:
    """Return name → how the model compares items, best first; empty for a model that compares none."""
    found: dict[str, Near] = {}
    for name, array in answers.arrays.items():
        if name.startswith(NEIGHBORS):
            found[name.removeprefix(NEIGHBORS).removeprefix(":") or "lists"] = _by_list(array)
    if VECTORS in answers.arrays:
        found["vectors"] = _by_vectors(answers.arrays[VECTORS])
    return found


def recall_of_sequels(data: Dataset) -> Recall | None:
    """Return the measure of ``benchmarks.series`` on a dataset, or ``None``, and say so, where it cannot be had.

    Only items with as many ratings as ``recli similar`` asks of a neighbour by default can be neighbours.
    """
    try:
        from benchmarks.series import read_series, recall
    except ImportError as error:
        print(f"no similarity recall: {error}", file=sys.stderr)
        return None
    series, candidates = read_series(data), data.items.n_ratings >= MIN_RATINGS
    return lambda near: float(recall(near, candidates, series)[0])


def _by_list(nums: NDArray[np.int32]) -> Near:
    """Compare by place in a list, nearest first."""

    def near(num: int) -> tuple[NDArray[np.integer], NDArray[np.floating]]:
        real = nums[num][nums[num] >= 0]
        return real, -np.arange(len(real), dtype=np.float32)

    return near


def _by_vectors(vectors: NDArray[np.float32]) -> Near:
    everyone = np.arange(len(vectors), dtype=np.int32)
    return lambda num: (everyone, cosines(vectors[num], vectors))
