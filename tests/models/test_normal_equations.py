import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from recli.models import normal_equations
from recli.models.blas import one_thread
from recli.models.normal_equations import Grouped, solve


def grouped(rows: list[int], others: list[int], stars: list[float], n: int) -> Grouped:
    nums = np.array(rows, np.int32), np.array(others, np.int32)
    return Grouped.by(*nums, np.array(stars, np.float32), n)


def test_ratings_of_a_row_stand_together_in_the_order_of_the_data() -> None:
    own = grouped([2, 0, 2, 0], [5, 6, 7, 8], [1, 2, 3, 4], 4)
    assert own.starts.tolist() == [0, 2, 2, 4]
    assert own.counts.tolist() == [2, 0, 2, 0]
    assert own.others.tolist() == [6, 8, 5, 7]
    assert own.stars.tolist() == [2, 4, 1, 3]


def test_a_row_is_the_ridge_regression_worked_out_by_hand() -> None:
    # Two ratings of items (1, 0) and (1, 1), 4 and 2 stars, λ = 0.5: the penalty is 0.5 · 2 = 1.
    # Normal equations: [[2 + 1, 1], [1, 1 + 1]] x = (6, 2)  →  x = (10, 0) / 5.
    items = np.array([[1, 0], [1, 1]], np.float32)
    assert solve(grouped([0, 0], [0, 1], [4, 2], 1), items, 0.5).ravel() == pytest.approx([2, 0])


def test_a_pair_that_stands_twice_counts_twice() -> None:
    # x · 1 = 3 and x · 1 = 5, penalty 1 · 2: (2 + 2) x = 8.
    assert solve(grouped([0, 0], [0, 0], [3, 5], 1), np.ones((1, 1), np.float32), 1.0).item() == pytest.approx(2)


def test_a_row_without_ratings_is_zero() -> None:
    assert solve(grouped([1], [0], [4], 3), np.ones((1, 2), np.float32), 0.1)[[0, 2]].tolist() == [[0, 0], [0, 0]]


def test_blocks_hold_every_rated_row_once_and_are_little_more_than_their_ratings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(normal_equations, "BLOCK", 40)
    counts = np.array([0, 1, 1, 3, 4, 5, 9, 100, 11, 1])
    own = Grouped(np.cumsum(counts) - counts, counts, np.zeros(0, np.int32), np.zeros(0, np.float32))
    blocks = list(own.blocks())
    assert sorted(np.concatenate(blocks).tolist()) == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    for block in blocks:
        assert len(block) == 1 or len(block) * counts[block].max() <= 40
        assert counts[block].max() <= normal_equations.STRETCH * counts[block].min()


def test_cut_into_blocks_or_not_and_on_any_number_of_cores_the_bits_are_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(0)
    rows, others = rng.integers(0, 90, 3000), rng.integers(0, 50, 3000)
    own = Grouped.by(rows.astype(np.int32), others.astype(np.int32), rng.random(3000, np.float32), 90)
    items = rng.random((50, 24), np.float32)
    found = []
    for cores in (1, 2, 7):
        monkeypatch.setattr("os.cpu_count", lambda cores=cores: cores)
        with threadpool_limits(cores, user_api="blas"), one_thread():
            found.append(solve(own, items, 0.1))
    monkeypatch.setattr(normal_equations, "BLOCK", 500)
    assert np.allclose(solve(own, items, 0.1), found[0], atol=1e-6)
    assert len({array.tobytes() for array in found}) == 1
