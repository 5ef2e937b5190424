import numpy as np
import pytest

from recli.core.dataset import NO_YEAR
from recli.core.metadata import Metadata
from recli.core.ratings import Ratings
from recli.models import features


def metadata() -> Metadata:
    return Metadata(
        years=np.array([1994, 1996, NO_YEAR, 1999], np.int32),
        genres=(("Drama",), ("Comedy", "Drama"), (), ("Comedy",)),
        user_columns={
            "age": ("20", "", "40", "60"),
            "gender": ("F", "M", "", "F"),
            "zip_code": ("02139", "10001", "94110", "60601"),
            "note": ("a", "b", "c", "d"),
            "empty": ("", "", "", ""),
        },
    )


def train() -> Ratings:
    items = np.array([0, 0, 1, 0], np.int32)
    return Ratings(np.array([0, 1, 1, 2], np.int32), items, np.ones(4, np.float32), np.zeros(4, np.int64))


def test_genres_become_columns() -> None:
    found = features.item_features(metadata())
    assert found.names == ("genre=Comedy", "genre=Drama")
    assert found.matrix.tolist() == [[0, 1], [1, 1], [0, 0], [1, 0]]
    assert found.matrix.dtype == np.float32


def test_years_become_columns_of_five_years_on_request() -> None:
    found = features.item_features(metadata(), year_bins=True)
    assert found.names[2:] == ("year=1990-1994", "year=1995-1999")
    assert found.matrix[:, 2:].tolist() == [[1, 0], [0, 1], [0, 0], [0, 1]]


def test_popularity_counts_training_rows_alone() -> None:
    found = features.popularity(train(), 4)
    assert found.matrix[:2, 0].tolist() == [3, 1]
    assert np.isnan(found.matrix[2:]).all()  # not the least popular of all: nobody knows yet


def test_a_year_that_is_unknown_is_no_number() -> None:
    found = features.item_quantities(metadata()).matrix
    assert found[[0, 1, 3], 0].tolist() == [1994, 1996, 1999]
    assert np.isnan(found[2, 0])


def test_columns_of_users_by_what_is_in_them() -> None:
    # A zip code is no quantity, and every user has another; notes as well; what is empty says nothing.
    categories, quantities = features.user_features(metadata(), 4), features.user_quantities(metadata(), 4)
    assert categories.names == ("gender=F", "gender=M")
    assert categories.matrix.tolist() == [[1, 0], [0, 1], [0, 0], [1, 0]]
    assert quantities.names == ("age",)
    assert quantities.matrix[[0, 2, 3], 0].tolist() == [20, 40, 60]
    assert np.isnan(quantities.matrix[1, 0])


def test_quantities_of_users_become_columns_of_equal_share_on_request() -> None:
    ages = (*(str(age) for age in range(10, 26)), "")
    found = features.user_features(Metadata(np.zeros(0, np.int32), (), {"age": ages}), 17, bins=True)
    assert found.matrix.sum(axis=0).tolist() == [2] * 8
    assert found.matrix[-1].sum() == 0


def test_nothing_known_gives_no_column_and_says_so() -> None:
    none = Metadata.none(3)
    assert features.item_features(none, year_bins=True).matrix.shape == (3, 0)
    assert features.user_features(none, 5).matrix.shape == (5, 0)
    assert features.user_quantities(none, 5).matrix.shape == (5, 0)
    assert features.lacking(none) == ["genres", "release years", "user columns"]
    assert features.lacking(metadata()) == []


def test_quantities_are_scaled_by_the_seen_alone() -> None:
    numbers = np.array([[0], [10], [20], [1000], [np.nan]], np.float32)
    quantiles = features.fit_quantiles(numbers, np.array([True, True, True, False, False]))
    assert quantiles[:, 0].tolist() == [0, 10, 20]
    # 5 lies a quarter up: 2 / 4 - 1; what is above all is 1, and what is unknown in the middle.
    more = np.array([[0], [5], [10], [1000], [np.nan]], np.float32)
    assert features.scale(more, quantiles)[:, 0].tolist() == [-1, -0.5, 0, 1, 0]


def test_the_scale_is_scikit_learns() -> None:
    from sklearn.preprocessing import QuantileTransformer

    numbers = np.random.default_rng(0).integers(0, 9, size=(300, 2)).astype(np.float32)  # with many ties
    quantiles = features.fit_quantiles(numbers, np.ones(300, np.bool_))
    expected = QuantileTransformer(n_quantiles=100, subsample=None).fit_transform(numbers)
    # Its own edges are pinned to 0 and 1 where ours take the middle of a run of ties.
    inside = (numbers > 0) & (numbers < 8)
    assert features.scale(numbers, quantiles)[inside] == pytest.approx(2 * expected[inside] - 1, abs=1e-5)


def test_a_quantity_that_is_unknown_or_the_same_everywhere_says_nothing() -> None:
    numbers = np.array([[np.nan, 7], [np.nan, 7]], np.float32)
    quantiles = features.fit_quantiles(numbers, np.ones(2, np.bool_))
    assert features.scale(numbers, quantiles).tolist() == [[0, 0], [0, 0]]


def test_a_column_of_nothing_but_nan_says_nothing() -> None:
    metadata = Metadata(np.full(1, NO_YEAR, np.int32), ((),), {"weight": ("nan", "NaN", "nan")})
    assert features.user_features(metadata, 3, bins=True).matrix.shape[0] == 3
    assert not features.user_quantities(metadata, 3).names


@pytest.mark.parametrize("text", ["1e300", "-1e38", "inf"])
def test_a_number_beyond_all_measures_makes_no_quantity(text: str) -> None:
    with np.errstate(all="raise"):
        metadata = Metadata(np.full(1, NO_YEAR, np.int32), ((),), {"income": ("1", text, "3")})
        assert not features.user_quantities(metadata, 3).names


def test_of_many_genres_the_most_frequent_become_columns(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(features, "MOST_GENRES", 2)
    given = (("a", "c"), ("a", "b", "once"), ("c", "a"), ("b",), ("d", "d"))  # d twice, but on one item
    tagged = Metadata(np.array([1990, 1990, 2000, 2010, 1990], np.int32), given, {"gender": ("F",)})
    found = features.item_features(tagged)
    assert found.names == ("genre=a", "genre=b")  # b and c come equally often
    assert found.matrix.tolist() == [[1, 0], [1, 1], [1, 0], [0, 1], [0, 0]]
    with caplog.at_level("INFO", logger="recli"):
        features.say_lacking(tagged, "bayes")
    assert caplog.messages == ["bayes reads 2 of 5 genres: the most frequent, of two items at least"]


def test_of_many_periods_the_most_frequent_become_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "MOST_PERIODS", 1)
    years = Metadata(np.array([1990, 2000, 2001, NO_YEAR, NO_YEAR], np.int32), ((),) * 5, {})
    assert features.item_features(years, year_bins=True).names == ("year=2000-2004",)


def test_of_many_texts_about_users_the_most_frequent_become_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "MOST_USER_CATEGORIES", 2)
    columns = {"gender": ("F", "M", "F", "F"), "job": ("x", "y", "y", "")}
    found = features.user_features(Metadata(np.zeros(0, np.int32), (), columns), 4)
    assert found.names == ("gender=F", "job=y")
    assert found.matrix.tolist() == [[1, 0], [0, 1], [1, 1], [1, 0]]


def test_widths_are_those_of_the_columns() -> None:
    described = metadata()
    user = (features.user_features(described, 4), features.user_quantities(described, 4))
    item = (features.item_features(described), features.item_quantities(described))
    assert features.widths(described) == tuple(sum(len(part.names) for part in parts) for parts in (user, item))
