import numpy as np
import pytest

from recli.models.gibbs.cuts import CutPoints
from recli.models.gibbs.normal import interval_probability
from tests.models.gibbs.samples import design_of, random_design


def test_they_start_where_the_levels_have_their_shares() -> None:
    design = design_of([0, 0, 1, 1], [0, 1, 0, 1], [0, 0, 1, 1], n_levels=2)
    assert CutPoints(design, np.random.default_rng(0)).common == pytest.approx([0])


def test_a_rating_lies_between_the_cut_points_of_its_level() -> None:
    cuts = CutPoints(design_of([0, 1, 1], [0, 0, 1], [0, 1, 2]), np.random.default_rng(0))
    cuts.common = np.array([-1, 2], np.float32)
    cuts.offsets = np.array([[0, 0], [0.5, 1]], np.float32)
    scores, scales = np.array([0, 1, 1], np.float32), np.array([1, 2, 1], np.float32)
    lower, upper = cuts.bounds(scores, scales, cuts.of_users())
    assert lower.tolist() == [-np.inf, -3, 2]
    assert upper.tolist() == [-1, 4, np.inf]


def test_which_cut_points_a_rating_touches() -> None:
    # User 0: levels 0, 1, 2, 3 of four. Cut points 0 and 2 move first, then 1.
    cuts = CutPoints(design_of([0, 0, 0, 0], [0, 1, 2, 3], [0, 1, 2, 3], n_levels=4), np.random.default_rng(0))
    (even, even_counts), (odd, odd_counts) = cuts._touched
    assert even.tolist() == [0, 0, 2, 2]
    assert odd.tolist() == [3, 1, 1, 3]  # 3 is behind the last: level 0 has no cut point below, nor level 3 above
    assert (even_counts.tolist(), odd_counts.tolist()) == ([[2, 0, 2]], [[0, 2, 0]])


def test_derivatives_are_those_of_the_log_likelihood() -> None:
    design = random_design(n_levels=5)
    cuts = CutPoints(design, np.random.default_rng(0))
    rng = np.random.default_rng(1)
    scores, scales = rng.normal(size=400).astype(np.float32), rng.uniform(0.7, 1.4, size=400).astype(np.float32)
    start = cuts.common.copy()

    def likelihood(*moves: tuple[int, float]) -> float:
        common = start.astype(np.float64)
        for k, move in moves:
            common[k] += move
        bounds = cuts.bounds(scores.astype(np.float64), scales.astype(np.float64), common + cuts.offsets)
        return float(np.log(interval_probability(*bounds)).sum())

    gradient, hessian = cuts._derivatives(scores, scales)
    h = 1e-3
    for k in range(4):
        assert gradient[k] == pytest.approx((likelihood((k, h)) - likelihood((k, -h))) / (2 * h), rel=1e-2, abs=0.05)
        for j in range(4):
            mixed = [likelihood((k, a * h), (j, b * h)) * a * b for a in (1, -1) for b in (1, -1)]
            assert hessian[k, j] == pytest.approx(sum(mixed) / (4 * h * h), rel=2e-2, abs=0.5)


def test_users_who_use_the_scale_differently_get_cut_points_of_their_own() -> None:
    """User 0 only gives the lowest level, user 1 only the highest, for the same scores."""
    n = 60
    design = design_of([0] * n + [1] * n, list(range(n)) * 2, [0] * n + [2] * n)
    cuts = CutPoints(design, np.random.default_rng(0))
    scores, scales = np.zeros(2 * n, np.float32), np.ones(2 * n, np.float32)
    seen = []
    for _ in range(300):
        cuts.draw_offsets(scores, scales)
        seen.append(cuts.of_users())
    mean = np.mean(seen[50:], axis=0)
    assert mean[0, 0] > mean[1, 0] + 0.5
    assert mean[0, 1] > mean[1, 1] + 0.5


def test_cut_points_stay_in_order() -> None:
    design = random_design(n_levels=6, n=60)
    cuts = CutPoints(design, np.random.default_rng(0))
    rng = np.random.default_rng(3)
    for _ in range(100):
        scores, scales = rng.normal(size=60).astype(np.float32) * 3, np.ones(60, np.float32)
        cuts.draw_offsets(scores, scales)
        cuts.move_common(scores, scales)
        assert (np.diff(cuts.of_users(), axis=1) > 0).all()
