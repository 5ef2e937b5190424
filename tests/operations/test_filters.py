import numpy as np
import pytest

from recli.core.dataset import ItemTable
from recli.core.errors import NotFoundError, UsageError
from recli.core.vocabulary import Vocabulary
from recli.operations.filters import ItemFilter

ITEMS = ItemTable(
    vocabulary=Vocabulary.of([1, 2, 3]),
    titles=("A", "B", "C"),
    years=np.array([1990, 1999, 0], np.int32),
    release_dates=("",) * 3,
    genres=(("Comedy", "Drama"), ("Drama",), ()),
    urls=("",) * 3,
    n_ratings=np.array([3, 2, 1], np.int32),
    mean_ratings=np.ones(3, np.float32),
)


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (ItemFilter.read((), None), [1, 2, 3]),
        (ItemFilter.read(("drama",), None), [1, 2]),
        (ItemFilter.read(("Drama", "COMEDY"), None), [1]),
        (ItemFilter.read((), "1990"), [1]),
        (ItemFilter.read((), "1990-1999"), [1, 2]),
        (ItemFilter.read((), "1991-"), [2]),
        (ItemFilter.read((), "-1990"), [1]),
        (ItemFilter.read((), None, min_ratings=2), [1, 2]),
        (ItemFilter.read((), None, max_popularity=2), [2, 3]),
        (ItemFilter.read(("Drama",), "1990-1999", 3, 3), [1]),
    ],
)
def test_each_filter_keeps_what_it_says(wanted: ItemFilter, ids: list[int]) -> None:
    assert ITEMS.vocabulary.ids[wanted.allows(ITEMS)].tolist() == ids


@pytest.mark.parametrize("years", ["nineties", "1999-1990", "-", "", "1990-1995-1999", "1990.5"])
def test_years_that_are_no_range_are_refused(years: str) -> None:
    with pytest.raises(UsageError, match="--year"):
        ItemFilter.read((), years)


def test_a_genre_that_no_item_has_names_those_that_are_near() -> None:
    with pytest.raises(NotFoundError, match="'Comdy'") as error:
        ItemFilter.read(("Comdy",), None).allows(ITEMS)
    assert error.value.candidates == ("Comedy",)
    with pytest.raises(NotFoundError) as error:
        ItemFilter.read(("xyz",), None).allows(ITEMS)
    assert error.value.candidates == ("Comedy", "Drama")
