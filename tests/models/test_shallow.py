import numpy as np
import pytest
from scipy.sparse import csr_matrix

from recli.models import shallow

SEEN = np.array([[1, 1, 0, 0], [1, 0, 1, 1], [0, 1, 1, 0]], np.float32)
VECTORS = shallow.unit(np.random.default_rng(0).standard_normal((4, 2)))


def plain_loss(vectors: np.ndarray) -> float:
    """What the paper says, with users × items outputs."""
    outputs = SEEN @ vectors @ vectors.T - SEEN
    rows, said = (table / np.linalg.norm(table, axis=1, keepdims=True) for table in (SEEN, outputs))
    return float(((rows - said) ** 2).sum())


def along(gradient: np.ndarray) -> np.ndarray:
    return gradient - (gradient * VECTORS).sum(axis=1, keepdims=True) * VECTORS


def test_the_loss_is_the_papers_without_its_outputs() -> None:
    assert shallow.loss_and_gradient(VECTORS, csr_matrix(SEEN))[0] == pytest.approx(plain_loss(VECTORS))


def test_the_gradient_is_that_of_differences() -> None:
    expected = np.zeros_like(VECTORS)
    for place in np.ndindex(*VECTORS.shape):
        more, less = VECTORS.copy(), VECTORS.copy()
        more[place] += 1e-5
        less[place] -= 1e-5
        expected[place] = (plain_loss(more) - plain_loss(less)) / 2e-5 / len(SEEN)
    gradient = shallow.loss_and_gradient(VECTORS, csr_matrix(SEEN))[1]
    assert along(gradient) == pytest.approx(along(expected), abs=1e-6)


def test_a_step_lowers_the_loss_and_keeps_the_lengths() -> None:
    state = shallow.start(4, 2, np.random.default_rng(1))
    first = shallow.step(state, csr_matrix(SEEN), 1, 0.05)
    assert shallow.step(state, csr_matrix(SEEN), 2, 0.05) < first
    assert np.linalg.norm(state.weights[0], axis=1) == pytest.approx(np.ones(4))


def test_watching_rows_by_hand() -> None:
    # A user of item 0 gets 0.6 for item 1 and 0.8 for item 2: as cosine with a wish for item 1 alone, 0.6.
    vectors = np.array([[1, 0], [0.6, 0.8], [0.8, -0.6]], np.float32)
    rows, wanted = csr_matrix(np.array([[1.0, 0, 0]])), csr_matrix(np.array([[0, 1.0, 0]]))
    assert shallow.watched_loss(vectors, rows, wanted) == pytest.approx(2 - 2 * 0.6)


def test_a_user_of_whom_nothing_can_be_told_teaches_nothing() -> None:
    rows = csr_matrix(np.ones((1, 1), np.float32))
    loss, gradient = shallow.loss_and_gradient(np.ones((1, 1), np.float32), rows)
    assert loss == 2
    assert gradient.tolist() == [[0]]
