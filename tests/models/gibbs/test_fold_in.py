import numpy as np
import pytest

from recli.models.gibbs.chain import Samples
from recli.models.gibbs.fold_in import with_one_user

S, USERS, ITEMS = 200, 400, 40


@pytest.fixture(scope="module")
def chain() -> Samples:
    """Samples of a chain that has no doubt: users differ by a bias of deviation 1 and in one direction of taste."""
    rng = np.random.default_rng(0)
    users = np.stack([rng.normal(0, 1, USERS), rng.normal(0, 1, USERS)], axis=1)
    users = np.concatenate([users - users.mean(axis=0), np.zeros((1, 2))])
    items = np.stack([np.where(np.arange(ITEMS + 1) % 2, 1.0, -1.0), np.zeros(ITEMS + 1)], axis=1)
    half = np.float16
    return Samples(
        np.tile(users, (S, 1, 1)).astype(half),
        np.tile(items, (S, 1, 1)).astype(half),
        np.tile(np.array([-1.0, 0.0, 1.0]), (S, USERS + 1, 1)).astype(half),
        np.zeros((S, USERS + 1), half),
        np.zeros((S, ITEMS + 1), half),
    )


def row(chain: Samples, items: list[int], levels: list[int]) -> np.ndarray:
    found = with_one_user(chain, np.array(items, np.int32), np.array(levels, np.int32), np.random.default_rng(1))
    assert found.users.shape == (S, 2, 2)
    assert np.array_equal(found.users[:, 1], chain.users[:, -1])
    return found.users[:, 0].astype(np.float64).mean(axis=0)


def test_high_ratings_of_everything_raise_the_bias_and_leave_the_taste(chain: Samples) -> None:
    taste, bias = row(chain, list(range(20)), [3] * 20)
    assert bias > 1
    assert abs(taste) < 0.5


def test_what_is_liked_and_what_is_not_shows_as_taste(chain: Samples) -> None:
    taste, bias = row(chain, list(range(20)), [0, 3] * 10)
    assert taste > 1
    assert abs(bias) < 0.5


def test_one_rating_moves_the_row_by_what_a_normal_prior_lets_it(chain: Samples) -> None:
    # z = taste + bias + noise has variance 3 before, and above 1 its mean is √3 · φ(1/√3) / (1 - Φ(1/√3)); a third of
    # that is the taste's share and a third the bias's.
    root = np.sqrt(3)
    mean = root * np.exp(-1 / 6) / np.sqrt(2 * np.pi) / 0.28185
    taste, bias = row(chain, [1], [3])
    assert taste == pytest.approx(mean / 3, abs=0.15)
    assert bias == pytest.approx(mean / 3, abs=0.15)
