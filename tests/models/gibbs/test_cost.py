import numpy as np
import pytest

from recli.models.configs import BayesConfig
from recli.models.gibbs import cost
from recli.models.gibbs.cost import Cost, bytes_needed, measured


def test_seconds_by_hand() -> None:
    # Two sweeps over 10 ratings and 3 rows, and 4 predictions by each of 5 samples.
    assert Cost(2.0, 7.0, 0.5).seconds(10, 3, 2, 5, 4) == 2 * (2 * 10 + 7 * 3) + 0.5 * 5 * 4


def test_two_times_say_what_a_rating_and_a_row_cost() -> None:
    found = cost._solved([100, 40], [10, 10], [230.0, 110.0], 0.5)
    assert (found.rating, found.row) == (pytest.approx(2), pytest.approx(3))


def test_times_that_no_cost_explains_are_laid_on_the_ratings() -> None:
    assert cost._solved([100, 40], [10, 10], [100.0, 100.0], 0.5) == Cost(1.0, 0.0, 0.5)


def test_a_trial_costs_something_and_takes_a_part_of_the_ratings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cost, "SAMPLE", 400)
    rng, seen = np.random.default_rng(0), []
    nums = rng.integers(0, 100, 4000).astype(np.int32), rng.integers(0, 30, 4000).astype(np.int32)
    monkeypatch.setattr(cost, "_sweep_seconds", lambda design, rank, seed: seen.append(len(design.user_nums)) or 1.0)
    found = measured(nums, rng.integers(0, 5, 4000).astype(np.int32), 5, 2, 1, 0)
    assert 100 < seen[0] < 1000
    assert seen[1] < seen[0] / 2
    assert found.prediction > 0


def test_memory_grows_with_ratings_and_past_the_square_of_few_items_with_nothing_squared() -> None:
    config = BayesConfig()
    some, more, most = (bytes_needed(config, k * 1000, k * 500, k * 10**6) for k in (21, 42, 63))
    assert most - more == pytest.approx(more - some, rel=0.001)
    few, twice = (bytes_needed(config, 1000, items, 10**6) for items in (5_000, 10_000))
    assert twice - few > 32 * (10_000**2 - 5_000**2)
