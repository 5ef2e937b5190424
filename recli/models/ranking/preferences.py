"""How strongly each user's ratings speak for what else they will rate."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from recli.models.recommender import Nums, Stars, TrainingData

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

STARS_MATTER = 0.2
"""How much more a rating speaks for its like that lies a standard deviation above the user's mean."""
DAMPING = 5.0
"""Pseudo-ratings at the common mean: a user's own mean takes some ratings to be known."""
FAINTEST = 0.05
"""What even the worst rating says: that the user chose the item."""


@dataclass(frozen=True)
class StarScale:
    """What few and many stars are."""

    mean: float
    """Of the training rows, stars."""
    deviation: float
    """Standard deviation of the training rows, stars; 1 where all are the same."""

    @classmethod
    def of(cls, values: Stars) -> "StarScale":
        """Measure (n,) stars, n ≥ 1."""
        deviation = float(values.std(dtype=np.float64))
        return cls(float(values.mean(dtype=np.float64)), deviation if deviation > 0 else 1.0)

    def strengths(self, offsets: NDArray[np.integer], values: Stars) -> NDArray[np.float32]:
        """Return (n,) how strongly each rating speaks, 1 for a user's usual stars.

        Args:
            offsets: (u + 1,) where each user's ratings begin and end.
            values: (n,) stars, user by user.
        """
        counts = np.diff(offsets)
        users = np.repeat(np.arange(len(counts)), counts)
        above = (values.astype(np.float64) - self.mean) / self.deviation
        means = np.bincount(users, above, len(counts)) / (counts + DAMPING)
        return np.maximum(1 + STARS_MATTER * (above - means[users]), FAINTEST).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Preferences:
    """Each user's items and how strongly they speak: a sparse matrix, (n_users, n_items), in plain arrays."""

    offsets: NDArray[np.int32]
    """(n_users + 1,) where each user's items begin and end."""
    items: Nums
    """(n,) item nums, ascending within a user, each once."""
    strengths: NDArray[np.float32]
    """(n,) > 0."""
    n_items: int

    @classmethod
    def of(cls, data: TrainingData, scale: StarScale) -> "Preferences":
        """Take those of the training rows; a pair that stands in several rows counts once, with their mean."""
        from scipy.sparse import csr_matrix

        where = (data.train.user_nums, data.train.item_nums)
        counts = csr_matrix((np.ones(len(data.train)), where), (data.n_users, data.n_items))
        sums = csr_matrix((data.train.values.astype(np.float64), where), counts.shape)
        values = (sums.data / counts.data).astype(np.float32)
        offsets = counts.indptr.astype(np.int32)
        return cls(offsets, counts.indices.astype(np.int32), scale.strengths(offsets, values), data.n_items)

    @classmethod
    def of_one(cls, item_nums: Nums, values: Stars, scale: StarScale, n_items: int) -> "Preferences":
        """Take those of one user's (m,) ratings, of different items each."""
        order = np.argsort(item_nums, kind="stable")
        offsets = np.array([0, len(item_nums)], np.int32)
        return cls(offsets, item_nums[order], scale.strengths(offsets, values[order]), n_items)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def of_user(self, num: int) -> tuple[Nums, NDArray[np.float32]]:
        """Return a user's (m,) items and strengths; a user without num has none."""
        if num < 0:
            return self.items[:0], self.strengths[:0]
        mine = slice(self.offsets[num], self.offsets[num + 1])
        return self.items[mine], self.strengths[mine]

    def take(self, user_nums: Nums) -> NDArray[np.float32]:
        """Return (u, n_items) the strengths of u users, ``UNKNOWN`` ones included; 0 for what they did not rate.

        Dense: scoring all items takes as much anyway, and need not wait for scipy to be imported.
        """
        rows = np.zeros((len(user_nums), self.n_items), np.float32)
        for row, num in zip(rows, user_nums.tolist(), strict=True):
            items, strengths = self.of_user(num)
            row[items] = strengths
        return rows

    def matrix(self) -> "csr_matrix":
        """Return all of them, (n_users, n_items)."""
        from scipy.sparse import csr_matrix

        return csr_matrix((self.strengths, self.items, self.offsets), (len(self), self.n_items))
