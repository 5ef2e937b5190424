"""What users have really given, beside what is predicted for them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recli.core.errors import InputDataError, NotFoundError
from recli.core.ratings import Ratings
from recli.models.recommender import UNKNOWN, Nums
from recli.operations.held_out import dataset_of, parts_of_rows
from recli.store import Artifact, Store


@dataclass(frozen=True, eq=False)
class Given:
    """Ratings that stand in a data set for m pairs."""

    stars: NDArray[np.float32]
    """(m,) NaN where there is none."""
    parts: NDArray[np.int8]
    """(m,) where it stood for a version, as a place in ``held_out.PARTS``; ``UNKNOWN`` where there is none."""
    problem: str | None = None
    """Why nothing is known at all."""


def given_stars(store: Store, artifact: Artifact, user_nums: Nums, item_nums: Nums) -> Given:
    """Look up (m,) pairs in the data set of a version, which may be gone or have changed: that is no error here.

    Raises:
        IntegrityError: the version or the data set is damaged.
    """
    stars, parts = np.full(len(user_nums), np.nan, np.float32), np.full(len(user_nums), UNKNOWN, np.int8)
    try:
        ratings = dataset_of(store, artifact, {}).ratings
    except (NotFoundError, InputDataError) as error:
        return Given(stars, parts, error.message)
    rows = find_rows(ratings, user_nums, item_nums)
    found = rows != UNKNOWN
    stars[found] = ratings.values[rows[found]]
    parts[found] = parts_of_rows(artifact, len(ratings))[rows[found]]
    return Given(stars, parts)


def find_rows(ratings: Ratings, user_nums: Nums, item_nums: Nums) -> NDArray[np.int64]:
    """Return (m,) the row of each pair, ``UNKNOWN`` where no row has it; nums may be ``UNKNOWN``."""
    rows = np.flatnonzero(np.isin(ratings.user_nums, user_nums))  # one user's ratings are few: sort no others
    if not len(rows):
        return np.full(len(user_nums), UNKNOWN, np.int64)
    stride = max(int(ratings.item_nums.max()), int(item_nums.max())) + 2  # + 2: UNKNOWN gets a key of its own
    own = ratings.user_nums[rows].astype(np.int64) * stride + ratings.item_nums[rows]
    asked = user_nums.astype(np.int64) * stride + np.where(item_nums == UNKNOWN, stride - 1, item_nums)
    order = np.argsort(own, kind="stable")
    places = np.minimum(np.searchsorted(own, asked, sorter=order), len(own) - 1)
    return np.where(own[order[places]] == asked, rows[order[places]], UNKNOWN)
