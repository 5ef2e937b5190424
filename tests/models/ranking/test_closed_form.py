import numpy as np
import pytest
from scipy.sparse import csr_matrix

from recli.models.ranking import closed_form

NO_FEATURES = np.zeros((2, 0), np.float32)
APART = np.zeros((2, 2))


def test_two_items_have_the_ridge_regressions_weights() -> None:
    # Both users have the same activity, so nothing is rescaled: the weight is Gram[0, 1] / (Gram[0, 0] + λ).
    weights = closed_form.item_weights(csr_matrix(np.ones((2, 2), np.float32)), APART, NO_FEATURES)
    assert weights.tolist() == [[0, pytest.approx(2 / 402, rel=1e-3)], [pytest.approx(2 / 402, rel=1e-3), 0]]


def test_a_shared_feature_counts_as_users_who_rated_both() -> None:
    weights = closed_form.item_weights(csr_matrix(np.eye(2, dtype=np.float32)), APART, np.ones((2, 1), np.float32))
    assert weights[0, 1] == pytest.approx(4 / 405, rel=1e-3)


def test_a_busy_users_ratings_say_less() -> None:
    shared_by_the_busy = csr_matrix(np.array([[1, 1, 1, 1, 1, 1], [0, 0, 0, 0, 1, 0]], np.float32))
    alone = csr_matrix(np.array([[1, 1, 0, 0, 0, 0], [0, 0, 0, 0, 1, 0]], np.float32))
    busy, calm = (
        closed_form.item_weights(rows, np.zeros((6, 6)), np.zeros((6, 0), np.float32))
        for rows in (shared_by_the_busy, alone)
    )
    assert busy[0, 1] < calm[0, 1]


def test_one_sitting_counts_once_more() -> None:
    rows, together = csr_matrix(np.ones((2, 2), np.float32)), np.array([[0.0, 1.5], [1.5, 0.0]])
    assert closed_form.item_weights(rows, together, NO_FEATURES)[0, 1] == pytest.approx(3.5 / 402, rel=1e-3)
