import numpy as np
import pytest

from recli.core.dataset import Dataset
from recli.core.errors import InputDataError
from recli.core.ratings import RatingScale
from recli.data.build import ItemRow, RatingColumns, UserRow, assemble


def columns(user_ids: list, item_ids: list, values: list[float]) -> RatingColumns:
    return RatingColumns(
        np.array(user_ids),
        np.array(item_ids),
        np.array(values, dtype=np.float32),
        np.arange(len(values), dtype=np.int64),
    )


def build(ratings: RatingColumns, items: list[ItemRow] | None = None, users: list[UserRow] | None = None) -> Dataset:
    return assemble("toy", ratings, items or [], users or [], scale=RatingScale(1, 5), source={"source": "test"})


def test_nums_follow_ids_and_rows_keep_their_order() -> None:
    dataset = build(columns([9, 2, 9], [50, 50, 7], [5, 3, 4]))
    assert dataset.users.vocabulary.ids.tolist() == [2, 9]
    assert dataset.items.vocabulary.ids.tolist() == [7, 50]
    assert dataset.ratings.user_nums.tolist() == [1, 0, 1]
    assert dataset.ratings.item_nums.tolist() == [1, 1, 0]


def test_popularity_and_mean_are_of_the_whole_dataset() -> None:
    dataset = build(columns([1, 2, 1], [50, 50, 7], [5, 2, 4]), [ItemRow(3, "Unrated"), ItemRow(50, "Rated")])
    assert dataset.items.titles == ("Unrated", "7", "Rated")
    assert dataset.items.n_ratings.tolist() == [0, 1, 2]
    assert np.isnan(dataset.items.mean_ratings[0])
    assert dataset.items.mean_ratings[1:].tolist() == [4, 3.5]


def test_descriptions_come_in_any_order() -> None:
    items = [ItemRow(2, "B", 1990, "01-Jan-1990", ("War",), "http://example.org"), ItemRow(1, "A")]
    dataset = build(columns([1, 1], [1, 2], [5, 3]), items)
    assert dataset.items.titles == ("A", "B")
    assert [dataset.items.year(num) for num in range(2)] == [None, 1990]
    assert dataset.items.genres == ((), ("War",))
    assert dataset.items.release_dates == ("", "01-Jan-1990")
    assert dataset.items.urls == ("", "http://example.org")


def test_a_user_without_metadata_has_empty_cells() -> None:
    dataset = build(columns([1, 2], [1, 1], [5, 3]), users=[UserRow(2, {"age": "30"}), UserRow(4, {"gender": "F"})])
    assert dataset.users.vocabulary.ids.tolist() == [1, 2, 4]
    assert dataset.users.columns == {"age": ("", "30", ""), "gender": ("", "", "F")}


def test_text_ids_of_different_lengths_stay_whole() -> None:
    dataset = build(columns(["ann", "bob"], ["x", "y"], [5, 3]), [ItemRow("a longer id", "Long")])
    assert dataset.items.vocabulary.ids.tolist() == ["a longer id", "x", "y"]


def test_equal_rows_have_equal_fingerprints_whatever_is_known_about_items() -> None:
    ratings = columns([1, 2], [1, 2], [5, 3])
    assert build(ratings).fingerprint == build(ratings, [ItemRow(1, "A"), ItemRow(2, "B")]).fingerprint


@pytest.mark.parametrize(
    "other",
    [
        columns([2, 1], [2, 1], [3, 5]),
        columns([1, 3], [1, 2], [5, 3]),
        columns([1, 2], [1, 3], [5, 3]),
        columns([1, 2], [1, 2], [5, 4]),
        columns([1], [1], [5]),
    ],
    ids=["order", "user id", "item id", "stars", "fewer rows"],
)
def test_other_rows_have_other_fingerprints(other: RatingColumns) -> None:
    assert build(other).fingerprint != build(columns([1, 2], [1, 2], [5, 3])).fingerprint


@pytest.mark.parametrize("value", [1e38, -1e31])
def test_a_rating_beyond_any_scale_is_refused_by_its_row(value: float) -> None:
    with pytest.raises(InputDataError, match=r"toy: rating 2 is further from 0 than 1e\+30"):
        build(columns([1, 2], [1, 2], [5, value]))


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_rating_that_is_no_finite_number_is_refused_by_its_row(value: float) -> None:
    with pytest.raises(InputDataError, match="toy: rating 2 is no finite number"):
        build(columns([1, 2], [1, 1], [3, value]))


def test_text_that_would_be_read_back_as_integers_is_refused() -> None:
    with pytest.raises(InputDataError, match="give them as integers"):
        build(columns(["1", "2"], [1, 1], [3, 4]))
    assert not build(columns(["1", "b"], [1, 1], [3, 4])).users.vocabulary.is_integer


def test_unsigned_ids_are_ids_like_others() -> None:
    ids = np.array([2**53, 7], np.uint64)
    ratings = RatingColumns(ids, ids, np.array([3, 4], np.float32), np.zeros(2, np.int64))
    dataset = build(ratings)
    assert dataset.users.vocabulary.ids.tolist() == [7, 2**53]
    assert dataset.ratings.user_nums.tolist() == [1, 0]


def test_ids_of_two_kinds_meet_as_text() -> None:
    dataset = build(columns(["7", "007"], [7, 8], [5, 3]), [ItemRow("x", "X"), ItemRow(7, "Seven")])
    assert dataset.users.vocabulary.ids.tolist() == ["007", "7"]
    assert dataset.items.vocabulary.ids.tolist() == ["7", "8", "x"]
    assert dataset.items.titles == ("Seven", "8", "X")
    assert dataset.ratings.item_nums.tolist() == [0, 1]


def test_the_latest_rating_of_a_pair_counts_and_of_equally_late_ones_the_last() -> None:
    ratings = RatingColumns(
        user_ids=np.array([1, 2, 1, 1, 2]),
        item_ids=np.array([5, 5, 5, 6, 5]),
        values=np.array([1, 2, 3, 4, 5], np.float32),
        timestamps=np.array([90, 7, 80, 0, 7]),
    )
    dataset = assemble("toy", ratings, [], [], scale=RatingScale(1, 5), source={}, latest_only=True)
    assert dataset.ratings.values.tolist() == [1, 4, 5]
    assert dataset.ratings.timestamps.tolist() == [90, 0, 7]
    assert dataset.items.n_ratings.tolist() == [2, 1]


def test_of_many_repeats_those_stay_that_a_reader_line_by_line_would_keep() -> None:
    rng = np.random.default_rng(0)
    users, items, times = rng.integers(0, 9, 300), rng.integers(0, 9, 300), rng.integers(0, 4, 300)
    kept: dict[tuple[int, int], int] = {}
    for row, pair in enumerate(zip(users.tolist(), items.tolist(), strict=True)):
        if pair not in kept or times[row] >= times[kept[pair]]:
            kept[pair] = row
    ratings = RatingColumns(users, items, np.arange(300, dtype=np.float32), times)
    dataset = assemble("toy", ratings, [], [], scale=RatingScale(0, 300), source={}, latest_only=True)
    assert dataset.ratings.values.tolist() == sorted(kept.values())
