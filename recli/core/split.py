"""Which rows a model learns from, which stop its training, and which judge it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class SplitSpec:
    """How to split, in numbers: the same spec on the same dataset gives the same rows."""

    test_fraction: float = 0.2
    """Share of all rows held out to judge."""
    validation_fraction: float = 0.1
    """Share of the remaining rows, taken from their end, that only watches training; 0 for none."""
    seed: int = 0
    """Of the shuffle."""


@dataclass(frozen=True, eq=False)
class Split:
    """Row numbers into ``Dataset.ratings``; the three parts are disjoint and cover every row."""

    train: NDArray[np.int64]
    """(n_train,)"""
    validation: NDArray[np.int64]
    """(n_validation,), possibly empty."""
    test: NDArray[np.int64]
    """(n_test,)"""
