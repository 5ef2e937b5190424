"""Which rows a model learns from, which stop its training, and which judge it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recli.core.errors import require


@dataclass(frozen=True)
class SplitSpec:
    """How to split, in numbers: the same spec on the same dataset gives the same rows."""

    test_fraction: float = 0.2
    """Share of all rows held out to judge."""
    validation_fraction: float = 0.1
    """Share of the remaining rows, taken from their end, that only watches training; 0 for none."""
    seed: int = 0
    """Of the shuffle, 0 to 2³² - 1."""

    def __post_init__(self) -> None:
        test, validation = self.test_fraction, self.validation_fraction
        rules = (
            (0 < test < 1, f"--test-fraction must lie between 0 and 1, not {test}"),
            (0 <= validation < 1, f"--validation-fraction must be at least 0 and less than 1, not {validation}"),
            (0 <= self.seed < 2**32, f"--split-seed must be 0 to {2**32 - 1}, not {self.seed}"),
        )
        for holds, message in rules:
            require(holds, message, fix="recli train --help")


@dataclass(frozen=True, eq=False)
class Split:
    """Row numbers into ``Dataset.ratings``; the three parts are disjoint and cover every row."""

    train: NDArray[np.int64]
    """(n_train,)"""
    validation: NDArray[np.int64]
    """(n_validation,), possibly empty."""
    test: NDArray[np.int64]
    """(n_test,)"""
