import numpy as np
import pytest

from recli.spark.lists import _ranges


@pytest.mark.parametrize(
    ("counts", "ranges"),
    [
        ([], []),
        ([0, 3], [(0, 3)]),
        ([64, 65], [(0, 64), (65, 65)]),
        ([1, 128, 129, 700], [(0, 64), (65, 128), (129, 256), (513, 700)]),
    ],
)
def test_users_with_alike_many_ratings_are_asked_for_together(counts: list[int], ranges: list[tuple[int, int]]) -> None:
    assert list(_ranges(np.array(counts, np.int64))) == ranges
