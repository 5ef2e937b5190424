import numpy as np
import pytest

from recli.models.gibbs import factors as module
from recli.models.gibbs.factors import Factors
from tests.models.gibbs.samples import random_design


@pytest.fixture
def pair() -> tuple[Factors, Factors]:
    design = random_design()
    rng = np.random.default_rng(0)
    users, items = Factors(design.users, 3, rng), Factors(design.items, 3, rng)
    for side in (users, items):
        side.rows = rng.normal(size=side.rows.shape).astype(np.float32)
        side.weights = rng.normal(size=side.weights.shape).astype(np.float32)
        side.precisions = rng.uniform(1, 3, size=4)
    return users, items


def test_a_row_is_drawn_about_its_regression_on_its_partners(
    pair: tuple[Factors, Factors], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mean of the conditional, row by row, by the textbook: (Λ + Σ w x xᵀ)⁻¹ (Λ μ + Σ w x t)."""
    users, items = pair
    rng = np.random.default_rng(1)
    latent = rng.normal(size=400).astype(np.float32)
    own, other = (rng.uniform(0.5, 2, size=n).astype(np.float32) for n in (30, 20))
    monkeypatch.setattr(users, "_normal", lambda *shape: np.zeros(shape, np.float32))
    users.draw_rows(items, latent, (own, other))
    design = random_design()
    mean = users.prior_mean()
    for user in range(30):
        rated = np.flatnonzero(design.user_nums == user)
        x = np.column_stack([items.vectors, np.ones(20)])[design.item_nums[rated]]
        w = own[user] * other[design.item_nums[rated]]
        target = latent[rated] - items.biases[design.item_nums[rated]]
        a = np.diag(users.precisions) + (x * w[:, None]).T @ x
        expected = np.linalg.solve(a, users.precisions * mean[user] + (x * w[:, None]).T @ target)
        assert users.rows[user] == pytest.approx(expected, abs=1e-4)


def test_items_are_drawn_from_the_same_ratings(pair: tuple[Factors, Factors], monkeypatch: pytest.MonkeyPatch) -> None:
    users, items = pair
    design = random_design()
    latent = np.random.default_rng(2).normal(size=400).astype(np.float32)
    ones = np.ones(20, np.float32), np.ones(30, np.float32)
    monkeypatch.setattr(items, "_normal", lambda *shape: np.zeros(shape, np.float32))
    mean = items.prior_mean()[7]
    items.draw_rows(users, latent, ones)
    rated = np.flatnonzero(design.item_nums == 7)
    x = np.column_stack([users.vectors, np.ones(30)])[design.user_nums[rated]]
    a = np.diag(items.precisions) + x.T @ x
    target = latent[rated] - users.biases[design.user_nums[rated]]
    assert items.rows[7] == pytest.approx(np.linalg.solve(a, items.precisions * mean + x.T @ target), abs=1e-4)


def test_draws_spread_as_the_precision_matrix_says() -> None:
    a = np.array([[4, 1], [1, 2]], np.float32)
    n = 100_000
    noise = np.random.default_rng(0).standard_normal((n, 2), dtype=np.float32)
    draws = module._draw(np.tile(a, (n, 1, 1)), np.tile(np.array([1, 3], np.float32), (n, 1)), noise)
    assert draws.mean(axis=0) == pytest.approx(np.linalg.solve(a, [1, 3]), abs=0.01)
    assert np.cov(draws.T) == pytest.approx(np.linalg.inv(a), abs=0.01)


def test_weights_are_a_ridge_regression_of_the_rows(pair: tuple[Factors, Factors]) -> None:
    users, _ = pair
    users.precisions = np.full(4, 1e12)  # so precise that the draw is its mean
    users.shrinkage = np.array([0.5, 1, 2, 4])
    users._draw_weights()
    f = users.side.features.toarray().astype(np.float64)
    for k, shrinkage in enumerate(users.shrinkage):
        expected = np.linalg.solve(f.T @ f + shrinkage * np.eye(f.shape[1]), f.T @ users.rows[:, k])
        assert users.weights[:, k] == pytest.approx(expected, abs=1e-3)


def test_weights_spread_as_their_posterior_says(pair: tuple[Factors, Factors]) -> None:
    users, _ = pair
    users.precisions, users.shrinkage = np.full(4, 2.0), np.full(4, 3.0)
    f = users.side.features.toarray().astype(np.float64)
    draws = []
    for _ in range(4000):
        users._draw_weights()
        draws.append(users.weights[0].copy())
    expected = np.linalg.inv(2 * (f.T @ f + 3 * np.eye(f.shape[1])))[0, 0]
    assert np.concatenate(np.var(draws, axis=0, keepdims=True)) == pytest.approx(np.full(4, expected), rel=0.1)


def test_precisions_follow_the_spread_of_the_rows(pair: tuple[Factors, Factors]) -> None:
    users, _ = pair
    users.weights[:] = 0
    users.shrinkage[:] = 1
    users.rows = np.tile(np.array([0.5, -0.5], np.float32), (15, 1)).reshape(30, 1) * np.ones((1, 4), np.float32)
    draws = []
    for _ in range(2000):
        users._draw_precisions()
        draws.append(users.precisions)
    n, d = users.rows.shape[0], len(users.weights)
    # Gamma(1 + (n + d) / 2) with rate 1 + ½ Σ residual²
    assert np.mean(draws) == pytest.approx((1 + (n + d) / 2) / (1 + 30 * 0.25 / 2), rel=0.05)
