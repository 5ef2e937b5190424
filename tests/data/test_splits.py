import dataclasses
from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.model_selection import train_test_split

from recli.core.dataset import Dataset
from recli.core.errors import InputDataError, NotFoundError
from recli.core.ratings import Ratings, RatingScale
from recli.core.split import Split, SplitSpec
from recli.data.build import RatingColumns, assemble
from recli.data.files import load_dataset
from recli.data.splits import make_split, rows_by_item
from recli.store import Store

METHODS = ("random", "user", "user:last:2", "time", "kfold:3/1", "kfold:3/2", "u1")


def dataset_of(
    items: list[int],
    users: list[int] | None = None,
    times: list[int] | None = None,
    folds: Mapping[str, list[int]] | None = None,
) -> Dataset:
    n = len(items)
    columns = RatingColumns(
        np.array(users or [0] * n, np.int64),
        np.array(items, np.int64),
        np.ones(n, np.float32),
        np.array(times or range(n), np.int64),
    )
    made = assemble("toy", columns, [], [], scale=RatingScale(1, 5), source={})
    return dataclasses.replace(made, folds={name: np.array(rows, np.int32) for name, rows in (folds or {}).items()})


def split_of(dataset: Dataset, text: str, **numbers: float) -> Split:
    (spec,) = SplitSpec.parse(text, **numbers)
    return make_split(dataset, spec)


def parts(split: Split) -> tuple[list[int], list[int], list[int]]:
    """Training, validation and test rows, each sorted."""
    return sorted(split.train.tolist()), sorted(split.validation.tolist()), sorted(split.test.tolist())


def test_rows_of_an_item_keep_their_order() -> None:
    assert rows_by_item(dataset_of([2, 0, 2, 1, 0]).ratings).tolist() == [1, 4, 3, 0, 2]


def test_items_beyond_16_bits_are_sorted_as_well() -> None:
    items = np.array([65_536, 3, 200_000, 65_536, 65_539, 3], np.int32)
    ratings = Ratings(np.zeros(6, np.int32), items, np.ones(6, np.float32), np.zeros(6, np.int64))
    assert rows_by_item(ratings).tolist() == [1, 5, 0, 3, 4, 2]


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3), st.integers(0, 4)), min_size=2, max_size=60),
    st.sampled_from(METHODS),
    st.floats(0.05, 0.9),
    st.floats(0, 0.5),
    st.integers(0, 2**32 - 1),
)
def test_the_parts_are_disjoint_cover_every_row_and_repeat(
    rows: list[tuple[int, int, int]], text: str, test_fraction: float, validation_fraction: float, seed: int
) -> None:
    items, users, times = (list(column) for column in zip(*rows, strict=True))
    dataset = dataset_of(items, users, times, folds={"u1": [0]})
    numbers = {"test_fraction": test_fraction, "validation_fraction": validation_fraction, "seed": seed}
    try:
        split = split_of(dataset, text, **numbers)
    except InputDataError as error:
        assert "cannot be split" in error.message or (text in ("time", "user:last:2") and len(set(times)) == 1)
        return
    assert sorted(np.concatenate([split.train, split.validation, split.test]).tolist()) == list(range(len(rows)))
    assert len(split.train) > 0
    assert len(split.test) > 0
    if text.startswith("user"):
        assert {users[row] for row in split.train} == set(users)
    times_of = [dataset.ratings.timestamps[part] for part in (split.train, split.validation, split.test)]
    if text == "time":
        joined = [part for part in times_of if len(part)]
        assert all(older.max() <= newer.min() for older, newer in pairwise(joined))
    assert parts(split) == parts(split_of(dataset, text, **numbers))


def test_user_holds_out_a_share_of_each_user_and_leaves_everyone_a_row() -> None:
    users = [0] * 5 + [1] * 2 + [2]
    split = split_of(dataset_of(list(range(8)), users), "user", test_fraction=0.5, validation_fraction=0.5)
    counts = [[sum(users[row] == user for row in part) for part in parts(split)] for user in range(3)]
    # 5 rows: 2.5 rounds to 3 to judge, then 1 of 2 to watch. 2 rows: 1 judges, and the last one is left to learn from.
    assert counts == [[1, 1, 3], [1, 0, 1], [1, 0, 0]]


def test_user_is_another_draw_with_another_seed() -> None:
    dataset = dataset_of(list(range(40)), [0] * 20 + [1] * 20)
    assert parts(split_of(dataset, "user", seed=0)) != parts(split_of(dataset, "user", seed=1))


def test_user_last_takes_the_newest_rows_of_each_user() -> None:
    #        row   0  1  2  3  4  5  6  7
    users = [0, 1, 0, 1, 0, 0, 0, 2]
    times = [9, 5, 1, 6, 3, 7, 3, 8]
    dataset = dataset_of(list(range(8)), users, times)
    # User 0 by time: 2, 4, 6, 0's ties 4 and 6 in the source's order, 5, 0. User 1 has two rows and keeps the older.
    split = split_of(dataset, "user:last:2", validation_fraction=0.4)
    assert parts(split) == ([1, 2, 4, 7], [6], [0, 3, 5])
    assert parts(split_of(dataset, "user:last:9", validation_fraction=0.0)) == ([1, 2, 7], [], [0, 3, 4, 5, 6])


def test_time_takes_the_newest_rows_of_all_and_watches_the_newest_of_the_others() -> None:
    times = [50, 10, 40, 20, 40, 30, 40, 60, 5, 40]
    split = split_of(dataset_of(list(range(10)), times=times), "time", test_fraction=0.4, validation_fraction=0.34)
    # Newest first: 7, 0, then of the four rows at 40 the later in the source: 9, 6 | 4, 2, 5 | 3, 1, 8.
    assert parts(split) == ([1, 3, 8], [2, 4, 5], [0, 6, 7, 9])


@pytest.mark.parametrize("text", ["time", "user:last:1"])
def test_a_split_by_time_needs_times(text: str) -> None:
    with pytest.raises(InputDataError, match="no timestamps") as caught:
        split_of(dataset_of([1, 2, 3, 4], times=[7, 7, 7, 7]), text)
    assert caught.value.fix


@given(st.integers(6, 50), st.integers(2, 6), st.integers(0, 2**32 - 1))
def test_the_parts_of_kfold_are_a_partition_of_nearly_equal_sizes(n: int, folds: int, seed: int) -> None:
    dataset = dataset_of([row % 5 for row in range(n)])
    tests = [make_split(dataset, spec).test for spec in SplitSpec.parse(f"kfold:{folds}", seed=seed)]
    assert sorted(np.concatenate(tests).tolist()) == list(range(n))
    assert max(map(len, tests)) - min(map(len, tests)) <= 1


def test_the_first_of_five_parts_is_the_random_fifth() -> None:
    dataset = dataset_of([row % 7 for row in range(50)])
    first, random = split_of(dataset, "kfold:5/1"), split_of(dataset, "random", test_fraction=0.2)
    assert first.test.tolist() == random.test.tolist()
    assert first.train.tolist() == random.train.tolist()


def test_a_given_fold_judges_exactly_its_rows() -> None:
    dataset = dataset_of(list(range(10)), folds={"u1": [1, 4], "ua": [9]})
    split = split_of(dataset, "u1", validation_fraction=0.25)
    assert parts(split)[2] == [1, 4]
    assert (len(split.train), len(split.validation)) == (6, 2)


def test_a_fold_that_is_not_there_is_not_found_and_those_that_are_get_listed() -> None:
    toy = dataset_of(list(range(10)), folds={"u1": [1, 4], "ua": [9]})
    with pytest.raises(NotFoundError, match="toy has no fold u2: it has u1, ua") as caught:
        split_of(toy, "u2")
    assert caught.value.fix == "recli train --dataset toy --split kfold:5"
    movies = dataclasses.replace(dataset_of([1, 2]), name="ml-100k")
    with pytest.raises(NotFoundError, match=r"no given folds; GroupLens' official zip has u1, .* earlier") as caught:
        split_of(movies, "u1")
    assert caught.value.fix == "recli fetch ml-100k --force"


@given(st.integers(20, 300), st.floats(0.05, 0.9), st.integers(0, 2**32 - 1))
def test_it_is_scikit_learns_split_of_the_sorted_rows(n: int, test_fraction: float, seed: int) -> None:
    dataset = dataset_of((np.arange(n) * 7 % 5).tolist())
    fitted, test = train_test_split(rows_by_item(dataset.ratings), test_size=test_fraction, random_state=seed)
    split = make_split(dataset, SplitSpec(test_fraction, 0.0, seed))
    assert split.train.tolist() == fitted.tolist()
    assert split.test.tolist() == test.tolist()


@pytest.mark.parametrize("text", ["random", "user", "user:last:1", "time", "kfold:2/2"])
def test_too_few_ratings_are_refused(text: str) -> None:
    with pytest.raises(InputDataError, match=r"1 rating.s. cannot be split"):
        split_of(dataset_of([0]), text)


def test_users_of_one_rating_leave_nothing_to_judge() -> None:
    with pytest.raises(InputDataError, match=r"3 rating.s. cannot be split .*newest row"):
        split_of(dataset_of([0, 1, 2], [0, 1, 2]), "user:last:1")


def test_on_movielens_it_is_the_notebooks_split(ml_100k: Store) -> None:
    """Predicting 0 for every training row gives the errors that the notebook prints; unsorted rows would not."""
    dataset = load_dataset(ml_100k.dataset("ml-100k"))
    split = make_split(dataset, SplitSpec())
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


def test_on_movielens_the_methods_hold_out_what_they_say(ml_100k: Store) -> None:
    dataset = load_dataset(ml_100k.dataset("ml-100k"))
    by_time, last, folds = (split_of(dataset, text) for text in ("time", "user:last:3", "u2"))
    assert len(by_time.test) == 20_000
    times = dataset.ratings.timestamps
    assert times[by_time.train].max() <= times[by_time.validation].min()
    assert times[by_time.validation].max() <= times[by_time.test].min()
    assert set(np.bincount(dataset.ratings.user_nums[last.test])) == {3}
    assert np.array_equal(folds.test, dataset.folds["u2"])
    assert (len(folds.train), len(folds.validation)) == (72_000, 8_000)
