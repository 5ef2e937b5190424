"""Row-wise Adagrad by hand."""

import numpy as np
import pytest

from recli.models.adagrad import Table, Vector


def floats(*values: object) -> np.ndarray:
    return np.array(values, np.float32)


def test_a_row_moves_by_the_sum_of_its_gradients_over_the_root_of_its_mean_squares() -> None:
    table = Table(np.zeros((4, 2), np.float32), np.zeros(4, np.float32))
    rows, others = np.array([2, 0, 2], np.int32), floats([1, 2], [3, 4], [2, 2])
    table.step(rows, floats(1, -1, 1), others, rate=0.1)
    # Row 2: (1, 2) + (2, 2) = (3, 4), whose squares have the mean 12.5. Row 0: -(3, 4), the same mean.
    moved = 0.1 * np.array([3, 4]) / np.sqrt(12.5)
    assert table.sums == pytest.approx([12.5, 0, 12.5, 0])
    assert table.weight == pytest.approx(np.array([moved, [0, 0], -moved, [0, 0]]), rel=1e-6)

    table.step(rows[:1], floats(1), floats([6, 8]), rate=0.1)  # mean square 50
    assert table.sums[2] == pytest.approx(62.5)
    assert table.weight[2] == pytest.approx(-moved - 0.1 * np.array([6, 8]) / np.sqrt(62.5), rel=1e-6)


def test_rows_without_a_gradient_stay_finite_where_they_are() -> None:
    table = Table(np.ones((1, 2), np.float32), np.zeros(1, np.float32))
    table.step(np.zeros(1, np.int32), floats(0), floats([1, 1]), rate=0.1)
    assert table.weight.tolist() == [[1, 1]]


def test_each_number_of_a_vector_has_its_own_sum() -> None:
    vector = Vector(floats(0, 0), floats(0, 0))
    vector.step(floats(5, -0.01), rate=0.1)
    assert vector.weight == pytest.approx([-0.1, 0.1], rel=1e-5)
    vector.step(floats(5, 0), rate=0.1)
    assert vector.weight == pytest.approx([-0.1 - 0.1 / np.sqrt(2), 0.1], rel=1e-5)
