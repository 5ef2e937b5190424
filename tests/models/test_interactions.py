import numpy as np
import pytest
from scipy.sparse import csr_matrix

from recli.core.ratings import Ratings
from recli.models.interactions import Interactions, gram, precision, right_singular_vectors
from recli.models.recommender import TrainingData
from tests.models.toys import training_data


def data_of(rows: list[tuple[int, int, float]], n_users: int = 3, n_items: int = 3) -> TrainingData:
    users, items, stars = zip(*rows, strict=True)
    return training_data(
        n_users,
        n_items,
        Ratings(
            np.array(users, np.int32),
            np.array(items, np.int32),
            np.array(stars, np.float32),
            np.zeros(len(rows), np.int64),
        ),
    )


def test_a_pair_in_several_rows_counts_once() -> None:
    interactions = Interactions.of(data_of([(0, 0, 5), (0, 0, 1), (1, 2, 3)]))
    assert interactions.seen.toarray().tolist() == [[1, 0, 0], [0, 0, 1], [0, 0, 0]]
    assert interactions.counts().tolist() == [1, 0, 1]
    assert interactions.residuals.nnz == 2


def test_constant_ratings_have_no_deviations_at_all() -> None:
    interactions = Interactions.of(data_of([(0, 0, 3.3), (1, 1, 3.3), (2, 0, 3.3)]))
    assert interactions.residuals.data.tolist() == [0, 0, 0]


def test_the_gram_matrix_over_several_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recli.models.interactions.BLOCK", 2)
    dense = np.array([[1.0, 0, 2, 0, 1], [0, 3, 0, 0, 1]])
    assert gram(csr_matrix(dense)) == pytest.approx(dense.T @ dense)


def test_the_precision_of_two_items_by_hand() -> None:
    # XᵀX + I = [[2, 1], [1, 1]] + I = [[3, 1], [1, 2]], whose determinant is 5.
    inverse = precision(csr_matrix([[1.0, 1.0], [1.0, 0.0]]), 1.0)
    assert inverse == pytest.approx(np.array([[2, -1], [-1, 3]]) / 5)


def test_singular_vectors_span_what_a_dense_decomposition_finds() -> None:
    dense = np.random.default_rng(3).normal(size=(30, 12)) * 0.5 ** np.arange(12)
    found = right_singular_vectors(csr_matrix(dense), 4)
    _, _, expected = np.linalg.svd(dense)
    assert found @ found.T == pytest.approx(expected[:4].T @ expected[:4], abs=1e-6)
    assert np.array_equal(found, right_singular_vectors(csr_matrix(dense), 4))


def test_directions_without_any_rating_are_left_out() -> None:
    assert right_singular_vectors(csr_matrix([[1.0, 1.0], [1.0, 1.0]]), 2).shape == (2, 1)
