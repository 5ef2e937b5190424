"""Pairs a few at a time: bounds the memory of the vectors that a prediction gathers."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Nums = NDArray[np.int32]
BATCH = 65_536
"""Pairs predicted at once."""
TABLE = 8_388_608
"""Scores of users with all items made at once: 34 MB, and some such tables in between. A model may copy all its items'
vectors for each such table: of 90,000 items it holds a hundred users."""


def batches(user_nums: Nums, item_nums: Nums) -> Iterator[tuple[Nums, Nums]]:
    """Cut (m,) pairs into parts of ``BATCH`` at most; no pair at all is one empty part."""
    cuts = range(BATCH, len(user_nums), BATCH)
    return zip(np.split(user_nums, cuts), np.split(item_nums, cuts), strict=True)
