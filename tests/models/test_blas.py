"""The number of cores must not show in what a seed gives."""

from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from recli.core.ratings import Ratings
from recli.models import ease, registry
from recli.models.blas import one_thread
from recli.models.recommender import TrainingData
from tests.models.toys import training_data

QUICK = {"rank": 2, "chains": 1, "burn_in": 1, "sweeps": 2, "samples": 2}


def blas_threads() -> set[int]:
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


def wide_data() -> TrainingData:
    """As many items as it takes for BLAS to share out its sums."""
    rng = np.random.default_rng(0)
    users, items = (nums.astype(np.int32) for nums in np.nonzero(rng.random((60, 600)) < 0.2))
    stars = rng.integers(1, 6, len(users)).astype(np.float32)
    return training_data(60, 600, Ratings(users, items, stars, np.zeros(len(users), np.int64)))


def test_threads_are_given_back() -> None:
    with threadpool_limits(2, user_api="blas"):
        with one_thread():
            assert blas_threads() == {1}
        assert blas_threads() == {2}


def test_a_seed_gives_the_same_bits_on_any_number_of_cores() -> None:
    found = []
    for threads in (1, 2):
        fitted = registry.create(registry.configure("bayes", QUICK))
        with threadpool_limits(threads, user_api="blas"):
            fitted.fit(wide_data(), lambda epoch: None)
            vectors = fitted.item_vectors()
        arrays = [vectors, *fitted.save().values()]
        arrays += [array for lists in fitted.neighbor_lists().values() for array in (lists.nums, lists.similarities)]
        found.append([None if array is None else array.tobytes() for array in arrays])
    assert found[0] == found[1]


@pytest.mark.parametrize(("limit", "threads"), [(600, {1}), (599, {2})])
def test_ease_inverts_on_one_core_unless_that_takes_minutes(
    limit: int, threads: set[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    # In 32 bits of 360,000 weights, another rounding of a 64-bit sum need not show: so look at how they are made.
    seen = []

    def precision(matrix: Any, regularization: float) -> Any:
        seen.append(blas_threads())
        return np.eye(matrix.shape[1])

    monkeypatch.setattr(ease, "SAME_BITS_ITEMS", limit)
    monkeypatch.setattr(ease, "precision", precision)
    monkeypatch.setattr(ease, "neighbor_lists", lambda data: {})
    with threadpool_limits(2, user_api="blas"):
        registry.create(registry.configure("ease", {})).fit(wide_data(), lambda epoch: None)
    assert seen == [threads]
