"""Large generated datasets: as many of everything as promised, no pair twice, and something to find."""

import numpy as np
import pytest

from recli.core.dataset import Dataset
from recli.data.fetching.catalogue import SYNTHETIC, lookup
from recli.data.fetching.synthetic import SHAPES, Shape, generate


@pytest.fixture(scope="module")
def small() -> Dataset:
    return generate(lookup("synthetic:100k"), SHAPES["synthetic-100k"])


def test_every_name_has_a_shape() -> None:
    assert [known.name for known in SYNTHETIC] == list(SHAPES)


def test_the_numbers_are_those_promised(small: Dataset) -> None:
    assert (len(small.users), len(small.items), len(small.ratings)) == (943, 1_682, 100_000)
    assert set((small.ratings.values * 2).tolist()) == set(range(1, 11))
    assert np.bincount(small.ratings.user_nums).min() >= 20
    assert small.items.n_ratings.min() >= 1


def test_nobody_rates_an_item_twice_and_rows_are_in_order(small: Dataset) -> None:
    pairs = small.ratings.user_nums.astype(np.int64) * len(small.items) + small.ratings.item_nums
    assert (np.diff(pairs) > 0).all()


def test_a_few_items_have_most_ratings(small: Dataset) -> None:
    n = np.sort(small.items.n_ratings)[::-1]
    assert n[: len(n) // 10].sum() > 0.4 * n.sum()
    assert np.median(n) < 40


def test_the_same_seed_gives_the_same_rows(small: Dataset) -> None:
    again = generate(lookup("synthetic-100k"), SHAPES["synthetic-100k"])
    assert again.fingerprint == small.fingerprint
    assert generate(lookup("synthetic-100k"), SHAPES["synthetic-100k"], seed=1).fingerprint != small.fingerprint


def test_users_and_items_differ_in_what_they_give_and_get(small: Dataset) -> None:
    """The means of users differ by more than chance: 70 ratings of a deviation of 0.85 vary by 0.1 around theirs."""
    means = np.bincount(small.ratings.user_nums, small.ratings.values) / np.bincount(small.ratings.user_nums)
    assert means.std() > 0.2


def test_blocks_of_users_join_without_a_seam() -> None:
    data = generate(lookup("synthetic-1m"), Shape(30_000, 500, 2_500_000))
    assert len(data.ratings) == 2_500_000
    assert (np.diff(data.ratings.user_nums) >= 0).all()
