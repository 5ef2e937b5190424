"""Ratings as columns, and the scale they live on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_BLOCK = 1 << 20
"""Rows looked at together."""


def as_written(stars: np.float32) -> float:
    """Return the number that has fewest digits of those that are these stars: 9.98 for what is stored 9.97999954."""
    return float(str(stars))


@dataclass(frozen=True)
class RatingScale:
    """The lowest and the highest rating that a user can give, in stars."""

    low: float
    """Fewest stars."""
    high: float
    """Most stars; equal to ``low`` where all ratings are the same."""

    def __post_init__(self) -> None:
        if not (np.isfinite(self.low) and np.isfinite(self.high) and self.low <= self.high):
            raise ValueError(f"not a rating scale: {self.low} to {self.high}")

    @classmethod
    def of(cls, values: NDArray[np.float32]) -> "RatingScale":
        """Take the scale from the ratings seen, (n,) stars, n ≥ 1."""
        return cls(as_written(values.min()), as_written(values.max()))

    def clip(self, values: NDArray[np.float32]) -> tuple[NDArray[np.float32], int]:
        """Bring predictions into the scale.

        Args:
            values: (n,) predicted stars.

        Returns:
            (n,) stars within the scale, and how many of them had to be moved.
        """
        clipped = np.clip(values, self.low, self.high).astype(np.float32)
        return clipped, int(np.count_nonzero(clipped != values))


@dataclass(frozen=True, eq=False)
class Ratings:
    """Columns of equal length n, one row a rating, in the order of the source file."""

    user_nums: NDArray[np.int32]
    """(n,) the rating user's num."""
    item_nums: NDArray[np.int32]
    """(n,) the rated item's num."""
    values: NDArray[np.float32]
    """(n,) stars."""
    timestamps: NDArray[np.int64]
    """(n,) seconds since 1970 UTC; 0 in every row where the source has no times."""

    def __post_init__(self) -> None:
        expected = {"user_nums": np.int32, "item_nums": np.int32, "values": np.float32, "timestamps": np.int64}
        for name, dtype in expected.items():
            column = getattr(self, name)
            if column.dtype != dtype or column.shape != (len(self.values),):
                wanted = f"({len(self.values)},) {np.dtype(dtype)}"
                raise ValueError(f"{name} must be {wanted}, not {column.shape} {column.dtype}")

    def __len__(self) -> int:
        return len(self.values)

    def levels(self) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return (L,) the different stars given, ascending, and (L,) in how many rows each stands.

        A block at a time: to sort all of many rows would take a second and as much memory as they do.
        """
        starts = range(0, max(1, len(self)), _BLOCK)
        blocks = [np.unique(self.values[start : start + _BLOCK], return_counts=True) for start in starts]
        levels, places = np.unique(np.concatenate([found for found, _ in blocks]), return_inverse=True)
        counts = np.zeros(len(levels), np.int64)
        np.add.at(counts, places, np.concatenate([times for _, times in blocks]))
        return levels, counts

    def take(self, rows: NDArray[np.integer] | slice) -> "Ratings":
        """Return the rows named by their positions, (m,) integers, in that order; those of a slice are no copies."""
        return Ratings(self.user_nums[rows], self.item_nums[rows], self.values[rows], self.timestamps[rows])

    def take_untimed(self, rows: NDArray[np.integer]) -> "Ratings":
        """Return the same without times, all 0: of many rows, two thirds of the memory that ``take`` needs."""
        return Ratings(self.user_nums[rows], self.item_nums[rows], self.values[rows], np.zeros(len(rows), np.int64))
