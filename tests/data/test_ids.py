import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recli.data.ids import join_ids, parse_ids

INTEGERS = st.integers(-(2**53), 2**53)


@given(st.lists(INTEGERS))
def test_integers_come_back_as_they_were(ids: list[int]) -> None:
    parsed = parse_ids([str(id_) for id_ in ids])
    assert parsed.dtype == np.int64
    assert parsed.tolist() == ids


@pytest.mark.parametrize(
    "odd", ["007", "+1", "-0", " 1", "1 ", "1_0", "1.0", "", "x", "٣", str(2**53 + 1), str(-(2**53) - 1)]
)
def test_one_id_that_is_no_canonical_integer_makes_all_of_them_text(odd: str) -> None:
    parsed = parse_ids(["1", odd])
    assert parsed.dtype.kind == "U"
    assert parsed.tolist() == ["1", odd]


def test_one_part_that_is_text_makes_all_of_them_text() -> None:
    assert join_ids([np.array([7, -3]), np.array(["007"]), np.array([])]).tolist() == ["7", "-3", "007"]
    assert join_ids([np.array([7, -3]), np.array([])]).tolist() == [7, -3]


@pytest.mark.parametrize("ids", [[2**53 + 1], [-(2**53) - 1], [np.iinfo(np.int64).min]])
def test_integers_that_other_programs_would_round_become_text(ids: list[int]) -> None:
    assert join_ids([np.array([1]), np.array(ids, np.int64)]).tolist() == ["1", str(ids[0])]
    assert join_ids([np.array([2**63 + 1], np.uint64)]).tolist() == [str(2**63 + 1)]
