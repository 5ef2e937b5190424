import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recli.data import ids as module
from recli.data.ids import IdColumn, join_ids, parse_ids

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


BLOCKS = st.lists(
    st.one_of(st.lists(INTEGERS), st.lists(st.sampled_from(["7", "-3", "x", "007", "naïve", "日本", ""])))
)


def collected(blocks: list[list]) -> IdColumn:
    column = IdColumn()
    for block in blocks:
        column.add(np.array(block, np.int64 if all(isinstance(id_, int) for id_ in block) else np.str_))
    return column


@settings(max_examples=40)
@pytest.mark.parametrize("waiting", [0, 1 << 20], ids=["joined at once", "joined at the end"])
@given(blocks=BLOCKS)
def test_ids_that_come_block_by_block_are_those_that_come_at_once(waiting: int, blocks: list[list]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_MOST_WAITING", waiting)
        ids = collected(blocks).whole()
    at_once = parse_ids([str(id_) for block in blocks for id_ in block])
    assert (ids.dtype.kind, ids.tolist()) == (at_once.dtype.kind, at_once.tolist())
    assert len(set(ids.ids.tolist())) == len(ids.ids)
    assert ids.codes.dtype == np.int32


def test_a_text_after_many_integers_makes_all_of_them_text_to_the_character() -> None:
    column = collected([list(range(20_000)), ["007"], [2**53]])
    ids = column.whole()
    assert ids.dtype.kind == "U"
    assert [ids.ids[ids.codes[row]] for row in (0, 7, 19_999, 20_000, 20_001)] == [
        "0", "7", "19999", "007", "9007199254740992",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "block", [pa.array(["b", "a", "b"]), pa.array(["b", "a", "b"]).dictionary_encode()], ids=["text", "dictionary"]
)
def test_ids_may_come_as_arrow_has_them(block: pa.Array) -> None:
    column = collected([["a"]])
    column.add(block)
    assert column.whole().tolist() == ["a", "b", "a", "b"]


def test_each_distinct_id_is_kept_once_in_the_order_of_the_rows() -> None:
    ids = collected([[5, 3, 5], [3, 9]]).whole()
    assert ids.ids.tolist() == [5, 3, 9]
    assert ids.codes.tolist() == [0, 1, 0, 1, 2]
