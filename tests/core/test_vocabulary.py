import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recli.core.vocabulary import Vocabulary


def test_nums_follow_the_order_of_the_ids() -> None:
    vocabulary = Vocabulary.of([50, 7, 7, 181])
    assert vocabulary.ids.tolist() == [7, 50, 181]
    assert [vocabulary.num(id_) for id_ in (7, 50, 181, 8)] == [0, 1, 2, None]
    assert vocabulary.id(1) == 50


def test_many_ids_translate_at_once_and_unknown_ones_become_minus_one() -> None:
    vocabulary = Vocabulary.of([7, 50, 181])
    nums = vocabulary.nums(np.array([181, 8, 7, 999]))
    assert nums.tolist() == [2, -1, 0, -1]
    assert nums.dtype == np.int32


def test_text_ids_stay_text() -> None:
    vocabulary = Vocabulary.of(["007", "7", "b"])
    assert not vocabulary.is_integer
    assert vocabulary.parse("007") == 0
    assert vocabulary.parse("07") is None


@pytest.mark.parametrize(
    ("typed", "num"), [("50", 1), (" 50", 1), ("50.0", None), ("fifty", None), ("", None), ("51", None)]
)
def test_a_typed_id_is_read_as_the_vocabulary_writes_it(typed: str, num: int | None) -> None:
    assert Vocabulary.of([7, 50]).parse(typed) == num


def test_an_empty_vocabulary_knows_nothing() -> None:
    empty = Vocabulary.of([])
    assert len(empty) == 0
    assert empty.nums(np.array([1, 2])).tolist() == [-1, -1]


@pytest.mark.parametrize("ids", [np.array([2, 1]), np.array([1, 1]), np.array([[1]]), np.array([1.5])])
def test_ids_that_are_no_ascending_list_are_refused(ids: np.ndarray) -> None:
    with pytest.raises(ValueError, match="ids must be"):
        Vocabulary(ids)


@given(
    st.lists(st.integers(-(2**60), 2**60), min_size=1)
    | st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"])), min_size=1)
)
def test_ids_and_nums_are_one_to_one(ids: list[int] | list[str]) -> None:
    vocabulary = Vocabulary.of(ids)
    assert [vocabulary.id(num) for num in range(len(vocabulary))] == sorted(set(ids))
    assert all(vocabulary.id(vocabulary.num(id_)) == id_ for id_ in ids)
    assert vocabulary.nums(vocabulary.ids).tolist() == list(range(len(vocabulary)))
