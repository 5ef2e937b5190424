import numpy as np
import pytest

from recli.data.files import load_dataset
from recli.data.summary import distribution, summarise
from recli.store import Store


def test_a_distribution_by_hand() -> None:
    found = distribution(np.array([1, 2, 3, 4]))
    assert (found.mean, found.min, found.q25, found.median, found.q75, found.max) == (2.5, 1, 1.75, 2.5, 3.25, 4)
    assert found.std == pytest.approx((5 / 3) ** 0.5)


def test_numbers_that_repeat_are_described_as_if_each_stood_there() -> None:
    rng = np.random.default_rng(0)
    values = rng.choice(np.array([0.5, 1, 3.5, 5], np.float32), 101, p=[0.1, 0.4, 0.3, 0.2])
    found = distribution(*np.unique(values, return_counts=True))
    low, q25, median, q75, high = np.percentile(values, (0, 25, 50, 75, 100))
    assert (found.min, found.q25, found.median, found.q75, found.max) == (low, q25, median, q75, high)
    assert (found.mean, found.std) == pytest.approx((values.mean(), values.std(ddof=1)))
    assert distribution(values) == found


def test_one_number_has_no_spread() -> None:
    assert distribution(np.array([7])).std == 0


def test_on_movielens_every_value_is_the_notebooks(ml_100k: Store) -> None:
    dataset = load_dataset(ml_100k.dataset("ml-100k"))
    found = summarise(dataset, 10)
    assert (found.users, found.items, found.ratings) == (943, 1682, 100_000)
    assert found.density == pytest.approx(100_000 / (943 * 1682))
    rating = found.rating
    assert (rating.min, rating.q25, rating.median, rating.q75, rating.max) == (1, 3, 4, 4, 5)
    assert rating.mean == pytest.approx(3.529860, abs=5e-7)
    assert rating.std == pytest.approx(1.125674, abs=5e-7)
    assert found.rating_counts == {1: 6110, 2: 11370, 3: 27145, 4: 34174, 5: 21201}
    per_user = found.ratings_per_user
    assert (per_user.min, per_user.median, per_user.max) == (20, 65, 737)
    assert found.mean_popularity == pytest.approx(168.0719, abs=5e-5)
    assert [(item.item_id, item.ratings) for item in found.popularity] == [
        (50, 583), (258, 509), (100, 508), (181, 507), (294, 485), (286, 481), (288, 478),
        (1, 452), (300, 431), (121, 429)
    ]  # fmt: skip
    assert found.popularity[0].title == "Star Wars (1977)"
    # The copy without release dates has the titles' years: Fargo is (1996), and was released in 1997.
    official = dataset.source["official"]
    assert found.mean_year_marked == pytest.approx(1987.9501 if official else 1987.7436, abs=5e-5)
    assert found.items_without_year == 1


def test_the_synthetic_data_adds_up(tiny: Store) -> None:
    found = summarise(load_dataset(tiny.dataset("tiny")), 1000)
    assert sum(found.rating_counts.values()) == found.ratings == found.user_counts.sum() == found.item_counts.sum()
    assert sum(found.year_counts.values()) + found.items_without_year == found.items
    ratings = [item.ratings for item in found.popularity]
    assert ratings == sorted(ratings, reverse=True)
    assert min(ratings) > 0
