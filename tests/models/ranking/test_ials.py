import numpy as np
import pytest
from scipy.sparse import csr_matrix

from recli.models.ranking import ials


def test_a_row_is_the_minimum_of_its_loss() -> None:
    others = np.array([[1.0, 0.5], [0.2, -1.0], [0.3, 0.3]], np.float32)
    strengths = csr_matrix(np.array([[1.2, 0, 0.6]], np.float32))
    found = ials.solve(strengths, np.array([2]), others)[0].astype(np.float64)

    def loss(row: np.ndarray) -> float:
        scores = others @ row
        rated = 1.2 * (1 - scores[0]) ** 2 + 0.6 * (1 - scores[2]) ** 2
        penalty = ials.REGULARIZATION * (2 + ials.UNRATED_WEIGHT * 3)
        return float(rated + ials.UNRATED_WEIGHT * (scores**2).sum() + penalty * (row**2).sum())

    for step in np.random.default_rng(0).normal(0, 0.01, (50, 2)):
        assert loss(found) < loss(found + step)


def test_a_user_without_ratings_has_no_factors() -> None:
    nothing = np.zeros((1, 2), np.float32)
    assert ials.solve(nothing, np.array([0]), np.ones((2, 3), np.float32)).tolist() == [[0, 0, 0]]


def test_dense_rows_have_the_factors_of_sparse_ones() -> None:
    rows, others = np.array([[1, 0, 0.5], [0, 2, 0]], np.float32), np.arange(6, dtype=np.float32).reshape(3, 2)
    counts = np.array([2, 1])
    assert ials.solve(rows, counts, others) == pytest.approx(ials.solve(csr_matrix(rows), counts, others))


def test_blocks_do_not_change_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    strengths, others = csr_matrix((rng.random((7, 5)) < 0.5).astype(np.float32)), rng.random((5, 3), np.float32)
    counts = np.diff(strengths.indptr)
    whole = ials.solve(strengths, counts, others)
    monkeypatch.setattr(ials, "BLOCK", 2)
    assert ials.solve(strengths, counts, others) == pytest.approx(whole)


def test_two_tastes_are_told_apart() -> None:
    tastes = np.kron(np.eye(2, dtype=np.float32), np.ones((6, 4), np.float32))
    tastes[0, 3] = tastes[6, 7] = 0
    factors = ials.item_factors(csr_matrix(tastes), 2, np.random.default_rng(0))
    scores = ials.solve(tastes, np.count_nonzero(tastes, axis=1), factors) @ factors.T
    assert scores[0, 3] > scores[0, 4:].max()
    assert scores[6, 7] > scores[6, :4].max()


def test_a_trial_on_a_part_of_the_users_says_what_all_will_take(monkeypatch: pytest.MonkeyPatch) -> None:
    strengths = csr_matrix(np.ones((10, 4), np.float32))
    monkeypatch.setattr(ials, "TRIAL", 20)
    clock = iter([100.0, 103.0])
    solved: list[int] = []
    monkeypatch.setattr("time.perf_counter", lambda: next(clock))
    monkeypatch.setattr(ials, "solve", lambda rows, counts, others: solved.append(rows.nnz))
    found = ials.seconds_needed(strengths, (2, 4), np.random.default_rng(0))
    # Three seconds for a part; 20 halves of sweeps over all 40 ratings, by the rank of 4 and a quarter more for 2.
    assert 0 < solved[0] < 40
    assert found == pytest.approx(20 * 3 / solved[0] * 40 * 1.25)
