import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from recli.models.gibbs.normal import FEW, SMALLEST, interval_probability, probability_below, quantile, truncated_normal


def floats(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def test_probabilities_keep_their_digits_in_both_tails() -> None:
    lower, upper = floats(-np.inf, 0, 8, -9), floats(0, np.inf, 9, -8)
    expected = [0.5, 0.5, ndtr(-8.0) - ndtr(-9.0), ndtr(-8.0) - ndtr(-9.0)]
    assert interval_probability(lower, upper) == pytest.approx(expected, rel=1e-4)


def test_an_interval_too_far_out_still_has_a_logarithm() -> None:
    assert interval_probability(floats(40), floats(41)) == [SMALLEST]


@pytest.mark.parametrize(
    ("lower", "upper", "mean"),
    [
        (1, np.inf, 1.52514),  # φ(1) / (1 - Φ(1)): 0.241971 / 0.158655
        (-np.inf, -1, -1.52514),
        (-1, 1, 0),
        (0, 1, 0.459862),  # (φ(0) - φ(1)) / (Φ(1) - Φ(0)): 0.156971 / 0.341345
    ],
)
def test_draws_have_the_mean_of_the_truncated_normal(lower: float, upper: float, mean: float) -> None:
    n = 200_000
    draws = truncated_normal(np.full(n, lower, np.float32), np.full(n, upper, np.float32), np.random.default_rng(0))
    assert draws.mean(dtype=np.float64) == pytest.approx(mean, abs=0.005)


@pytest.mark.parametrize(("lower", "upper"), [(6, 7), (-7, -6), (-0.5, 3), (20, np.inf), (-np.inf, np.inf), (30, 31)])
def test_draws_stay_within_their_bounds(lower: float, upper: float) -> None:
    n = 20_000
    draws = truncated_normal(np.full(n, lower, np.float32), np.full(n, upper, np.float32), np.random.default_rng(1))
    assert np.isfinite(draws).all()
    assert draws.min() >= lower
    assert draws.max() <= upper


@pytest.mark.parametrize("n", [1, FEW, FEW + 1])
def test_a_few_bounds_and_many_have_the_same_probability_below(n: int) -> None:
    bounds = np.linspace(-9, 9, 2 * n, dtype=np.float32).reshape(2, n)
    below = probability_below(bounds)
    assert below.dtype == np.float32
    assert below == pytest.approx(ndtr(bounds.astype(np.float64)), rel=1e-5)


@pytest.mark.parametrize("n", [1, FEW, FEW + 1])
def test_a_few_quantiles_and_many_are_the_same(n: int) -> None:
    probabilities = np.linspace(1e-6, 1 - 1e-6, n, dtype=np.float32)
    found = quantile(probabilities)
    assert found.dtype == np.float32
    assert found == pytest.approx(ndtri(probabilities.astype(np.float64)), rel=1e-4, abs=1e-6)
