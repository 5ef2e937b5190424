import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import train_test_split

from recli.core.errors import InputDataError
from recli.core.ratings import Ratings
from recli.core.split import SplitSpec
from recli.data.files import load_dataset
from recli.data.splits import make_split, rows_by_item
from recli.store import Store


def ratings_of_items(item_nums: list[int]) -> Ratings:
    n = len(item_nums)
    return Ratings(
        np.zeros(n, np.int32), np.array(item_nums, np.int32), np.ones(n, np.float32), np.arange(n, dtype=np.int64)
    )


def test_rows_of_an_item_keep_their_order() -> None:
    assert rows_by_item(ratings_of_items([2, 0, 2, 1, 0])).tolist() == [1, 4, 3, 0, 2]


@given(
    st.lists(st.integers(0, 5), min_size=2, max_size=60),
    st.floats(0.05, 0.9),
    st.floats(0, 0.5),
    st.integers(0, 2**32 - 1),
)
def test_the_parts_are_disjoint_cover_every_row_and_repeat(
    item_nums: list[int], test_fraction: float, validation_fraction: float, seed: int
) -> None:
    ratings, spec = ratings_of_items(item_nums), SplitSpec(test_fraction, validation_fraction, seed)
    try:
        split = make_split(ratings, spec)
    except InputDataError:
        assert len(item_nums) * (1 - test_fraction) * (1 - validation_fraction) < 2
        return
    parts = (split.train, split.validation, split.test)
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(item_nums)))
    assert len(split.train) > 0
    assert len(split.test) > 0
    again = make_split(ratings, spec)
    assert all(np.array_equal(a, b) for a, b in zip(parts, (again.train, again.validation, again.test), strict=True))


@given(st.integers(20, 300), st.floats(0.05, 0.9), st.integers(0, 2**32 - 1))
def test_it_is_scikit_learns_split_of_the_sorted_rows(n: int, test_fraction: float, seed: int) -> None:
    ratings = ratings_of_items((np.arange(n) * 7 % 5).tolist())
    fitted, test = train_test_split(rows_by_item(ratings), test_size=test_fraction, random_state=seed)
    split = make_split(ratings, SplitSpec(test_fraction, 0.0, seed))
    assert split.train.tolist() == fitted.tolist()
    assert split.test.tolist() == test.tolist()


@pytest.mark.parametrize("n", [0, 1])
def test_too_few_ratings_are_refused(n: int) -> None:
    with pytest.raises(InputDataError, match=f"{n} rating.s. cannot be split"):
        make_split(ratings_of_items([0] * n), SplitSpec())


def test_on_movielens_it_is_the_notebooks_split(ml_100k: Store) -> None:
    """Predicting 0 for every training row gives the errors that the notebook prints; unsorted rows would not."""
    dataset = load_dataset(ml_100k.dataset("ml-100k"))
    split = make_split(dataset.ratings, SplitSpec())
    assert (len(split.train), len(split.validation), len(split.test)) == (72_000, 8_000, 20_000)
    fitted = dataset.ratings.values[np.concatenate([split.train, split.validation])]
    assert round(float(np.mean(fitted**2)), 3) == 13.719
    assert round(float(np.mean(np.abs(fitted))), 3) == 3.529
    test = dataset.ratings.take(split.test)
    assert len(np.unique(test.user_nums)) == 943
    seen = np.unique(dataset.ratings.item_nums[np.concatenate([split.train, split.validation])])
    unseen_rows = ~np.isin(test.item_nums, seen)
    assert (int(unseen_rows.sum()), len(np.unique(test.item_nums[unseen_rows]))) == (35, 31)


def test_on_movielens_rows_by_item_are_the_notebooks_merge(ml_100k: Store) -> None:
    dataset = load_dataset(ml_100k.dataset("ml-100k"))
    first = dataset.ratings.take(rows_by_item(dataset.ratings)[:5])
    assert dataset.users.vocabulary.ids[first.user_nums].tolist() == [308, 287, 148, 280, 66]
    assert dataset.items.vocabulary.ids[first.item_nums].tolist() == [1] * 5
