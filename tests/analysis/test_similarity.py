import math

import numpy as np
import pytest

from recli.analysis.similarity import cosines, highest, nearest, top_n


def test_by_hand() -> None:
    vectors = np.array([[2, 0], [0, 3], [1, 1], [-1, 0]], np.float32)
    assert cosines(np.array([1, 0], np.float32), vectors) == pytest.approx([1, 0, 0.5**0.5, -1], abs=1e-6)


def test_a_zero_vector_is_like_nothing() -> None:
    zero, other = np.zeros(2, np.float32), np.ones((2, 2), np.float32)
    assert cosines(zero, other).tolist() == [0, 0]


@pytest.mark.parametrize("length", [1e-12, 1e-3, 1e12])
def test_length_says_nothing(length: float) -> None:
    vectors = np.array([[length, 0], [0, 0], [length, 0.1 * length]], np.float32)
    assert cosines(vectors[0], vectors) == pytest.approx([1, 0, 1 / 1.01**0.5], abs=1e-6)
    _, similarities = nearest(vectors, np.array([True, False, True]), 1)
    assert similarities[:, 0] == pytest.approx([1 / 1.01**0.5, 0, 1 / 1.01**0.5], abs=1e-6)


def test_the_notebooks_formula() -> None:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(50, 8)).astype(np.float32)
    x = vectors[7]
    expected = [np.dot(x, y) / (np.linalg.norm(x) * np.linalg.norm(y) + 1e-07) for y in vectors]
    assert cosines(x, vectors) == pytest.approx(expected, abs=1e-6)


def test_top_n_leaves_out_what_is_not_allowed_and_keeps_ties_in_order() -> None:
    scores = np.array([0.5, 0.9, 0.5, 1.0], np.float32)
    assert top_n(scores, np.array([True, True, True, False]), 3).tolist() == [1, 0, 2]
    assert top_n(scores, np.ones(4, np.bool_), 3).tolist() == [3, 1, 0]  # of two that are third, the first
    assert top_n(scores, np.array([True, False, False, False]), 3).tolist() == [0]
    assert top_n(scores, np.zeros(4, np.bool_), 3).tolist() == []


def test_the_nearest_of_each_leave_out_itself_and_who_may_not_be_near() -> None:
    vectors = np.array([[1, 0], [2, 0.1], [0, 1], [1, 1], [-1, -2]], dtype=np.float32)
    found, cosines_ = nearest(vectors, np.array([True, True, True, False, True]), 2, block=2)
    assert found.tolist() == [[1, 2], [0, 2], [1, 0], [1, 0], [0, 1]]
    assert cosines_[3] == pytest.approx([2.1 / math.sqrt(2 * 4.01), math.sqrt(0.5)], abs=1e-6)


def test_where_there_are_fewer_nobody_is_named() -> None:
    found, cosines_ = nearest(np.eye(2, dtype=np.float32), np.array([True, False]), 3)
    assert found.tolist() == [[-1, -1, -1], [0, -1, -1]]
    assert not cosines_.any()


def test_the_highest_of_a_long_row_are_those_of_a_sorted_one() -> None:
    scores = np.random.default_rng(0).normal(size=(5, 1000)).astype(np.float32)
    scores[0, [999, 70, 64]] = 9  # in the tail that fills no run, and two in one run
    assert highest(scores, 3)[0].tolist() == [64, 70, 999]
    assert np.array_equal(highest(scores, 7), np.sort(np.argsort(-scores, axis=1)[:, :7], axis=1))
