import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recli.data.ids import parse_ids

INT64 = st.integers(-(2**63), 2**63 - 1)


@given(st.lists(INT64))
def test_integers_come_back_as_they_were(ids: list[int]) -> None:
    parsed = parse_ids([str(id_) for id_ in ids])
    assert parsed.dtype == np.int64
    assert parsed.tolist() == ids


@pytest.mark.parametrize("odd", ["007", "+1", "-0", " 1", "1 ", "1_0", "1.0", "", "x", "٣", str(2**63)])
def test_one_id_that_is_no_canonical_integer_makes_all_of_them_text(odd: str) -> None:
    parsed = parse_ids(["1", odd])
    assert parsed.dtype.kind == "U"
    assert parsed.tolist() == ["1", odd]
