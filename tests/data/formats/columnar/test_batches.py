"""Columns of Arrow as those of ratings: which types they may have, and what becomes of each row."""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from recli.core.errors import InputDataError
from recli.core.ratings import RatingScale
from recli.data.formats.columnar.batches import cell_text, ratings_of_batches
from recli.data.formats.columnar.described_batches import items_of_batches, users_of_batches
from recli.data.formats.columnar.frames import frame_batches
from recli.data.formats.text.rating_files import RatingFile, Wanted

MAY = datetime.datetime(2001, 5, 1, 12, 30, 15, 999_000)
MAY_SECONDS = 988720215


def read(columns: Mapping[str, Any], scale: RatingScale | None = None) -> RatingFile:
    plain = {"user": [1], "item": [2], "rating": [3]} | columns
    return ratings_of_batches(frame_batches(plain, "t"), Wanted({}, scale, "utf-8", "fix"))


@pytest.mark.parametrize(
    "ids",
    [
        pa.array([7], pa.int8()),
        pa.array([7], pa.uint64()),
        pa.array(["7"]),
        pa.array(["7"], pa.large_string()),
        pa.array(["7"], pa.string_view()),
        pa.array(["7"]).dictionary_encode(),
        pa.array([7]).dictionary_encode(),
        pa.chunked_array([pa.array([], pa.int64()), pa.array([7])]),
        np.array([7], np.int16),
    ],
    ids=lambda ids: str(getattr(ids, "type", ids)),
)
def test_ids_are_integers_or_text_of_any_width(ids: Any) -> None:
    assert read({"user": ids}).ratings.user_ids.tolist() == [7]


def test_integers_that_json_would_round_are_text() -> None:
    assert read({"user": pa.array([2**63 + 1], pa.uint64())}).ratings.user_ids.tolist() == ["9223372036854775809"]


@pytest.mark.parametrize(
    ("times", "seconds"),
    [
        (pa.array([MAY], pa.timestamp("ms")), MAY_SECONDS),
        (pa.array([MAY.replace(microsecond=0)], pa.timestamp("s", tz="Asia/Tokyo")), MAY_SECONDS),
        (pa.array([MAY], pa.timestamp("us", tz="UTC")), MAY_SECONDS),
        (pa.array([MAY_SECONDS * 10**9 + 1], pa.int64()).cast(pa.timestamp("ns")), MAY_SECONDS),
        (pa.array([-1], pa.int64()).cast(pa.timestamp("ms")), -1),  # a fraction before 1970 goes down too
        (pa.array([MAY.date()], pa.date32()), MAY_SECONDS - 45_015),
        (pa.array([MAY.date()], pa.date64()), MAY_SECONDS - 45_015),
        (pa.array([MAY_SECONDS], pa.int32()), MAY_SECONDS),
        (pa.array([MAY_SECONDS * 1000 + 999]), MAY_SECONDS),
        (pa.array([MAY_SECONDS * 10**9 + 999_999_999]), MAY_SECONDS),
        (pa.array([-0.5]), -1),
        (pa.array([None], pa.timestamp("us")), 0),
        (pa.array([None]), 0),
        (pa.array(["", None]).dictionary_encode()[1:], 0),
        (pa.array(["2001-05-01T14:30:15+02:00"]).dictionary_encode(), MAY_SECONDS),
    ],
    ids=lambda times: str(getattr(times, "type", times)),
)
def test_times_of_every_unit_are_seconds(times: Any, seconds: int) -> None:
    assert read({"timestamp": times}).ratings.timestamps.tolist() == [seconds]


@pytest.mark.parametrize(
    ("stars", "value"),
    [
        (pa.array([4], pa.uint8()), 4.0),
        (pa.array([3.5], pa.float16()), 3.5),
        (pa.array([Decimal("4.5")]), 4.5),
        (pa.array([" 4.50"]), 4.5),
        (pa.array([4.5]).dictionary_encode(), 4.5),
    ],
    ids=lambda stars: str(getattr(stars, "type", stars)),
)
def test_stars_are_numbers_or_text_that_spells_one(stars: Any, value: float) -> None:
    assert read({"rating": stars}).ratings.values.tolist() == [value]


@pytest.mark.parametrize(
    ("column", "values", "reason", "problem"),
    [
        ("user", [1, None], "blank", "a blank cell"),
        ("user", ["a", ""], "blank", "a blank cell"),
        ("user", pa.array(["a", None]).dictionary_encode(), "blank", "a blank cell"),
        ("user", pa.DictionaryArray.from_arrays(pa.array([0, 1]), pa.array(["a", None])), "blank", "a blank cell"),
        ("item", ["a", "x" * 129], "id", "longer than 128 characters"),
        ("item", ["a", "b\nc"], "id", r"'b\nc' is more than a line"),
        ("item", ["a", "b\0c"], "nul", "a NUL"),
        ("item", ["a", "b\rc"], "line end", "a carriage return"),
        ("rating", pa.array([1.0, None]), "blank", "a blank cell"),
        ("rating", pa.array([1.0, float("nan")]), "not finite", "'nan' is no finite number"),
        ("rating", pa.array([1.0, float("inf")], pa.float32()), "not finite", "'inf' is no finite number"),
        ("rating", [1.0, 1e31], "scale", "'1e+31' is further from 0 than 1e+30"),
        ("rating", ["1", "good"], "number", "'good' is no number"),
        ("rating", [1, 6], "scale", "6 is outside 0.7 to 5"),
        ("timestamp", pa.array([1, 2**63], pa.uint64()), "time", "'9223372036854775808' is no time in any unit"),
        ("timestamp", pa.array([1, 10**12], pa.timestamp("s")), "time", "after the year 9999, or as long before"),
        ("timestamp", [1.0, float("inf")], "not finite", "'inf' is no finite number"),
        ("timestamp", ["1", "soon"], "time", "'soon' is no time"),
    ],
)
def test_rows_that_cannot_be_taken_are_counted_by_their_number(
    column: str, values: Any, reason: str, problem: str
) -> None:
    plain = {"user": [1, 2], "item": [1, 2], "rating": pa.array([0.7, 1], pa.float32())}
    found = read({**plain, column: values}, RatingScale(0.7, 5) if "outside" in problem else None)
    assert (found.count.lines, found.count.accepted, found.count.rejected_by) == (2, 1, {reason: 1})
    (bad,) = found.count.examples
    assert (bad.line, bad.column, bad.problem) == (2, column, problem)
    assert len(found.ratings.values) == 1


def test_the_seven_tenths_of_32_bits_are_within_a_scale_from_seven_tenths() -> None:
    stars = pa.array([0.7, 5], pa.float32())
    assert read({"user": [1, 2], "item": [1, 2], "rating": stars}, RatingScale(0.7, 5)).count.accepted == 2


@pytest.mark.parametrize(
    ("column", "values", "words"),
    [
        ("user", [1.0], r"column user is of type double: user ids are integers or text"),
        ("item", pa.array([Decimal("1")]), r"column item is of type decimal128\(1, 0\): item ids are"),
        ("user", [[1]], "column user is of type list<item: int64>"),
        ("item", [{"a": 1}], "column item is of type struct<a: int64>"),
        ("user", [b"x"], "column user is of type binary"),
        ("user", [True], "column user is of type bool"),
        ("rating", [True], "column rating is of type bool: ratings are numbers"),
        ("rating", [MAY], "column rating is of type timestamp"),
        ("timestamp", pa.array([1], pa.duration("s")), r"column timestamp is of type duration\[s\]: timestamps are"),
        ("user", [1, "a"], "column user holds what a column cannot"),
        ("user", [2**70], "column user holds what a column cannot"),
        ("user", [1, 2], "t: columns of 1 and 2 rows"),
        ("user", pa.array([], pa.int64()), "t: columns of 0 and 1 rows"),
    ],
)
def test_a_column_of_another_type_is_refused_in_words(column: str, values: Any, words: str) -> None:
    with pytest.raises(InputDataError, match=words):
        read({column: values})


def test_a_column_without_any_value_rejects_every_row() -> None:
    assert read({"user": [None]}).count.rejected_by == {"blank": 1}


def test_no_rows_are_no_ratings() -> None:
    none = pa.array([], pa.int64())
    with pytest.raises(InputDataError, match="t: there are no rows"):
        read({"user": none, "item": none, "rating": none})


def test_text_that_is_no_utf_8_is_rejected_though_its_type_says_so() -> None:
    buffers = [None, pa.py_buffer(np.array([0, 1, 2], np.int32)), pa.py_buffer(b"a\xff")]
    odd = pa.Array.from_buffers(pa.string(), 2, buffers)
    found = read({"user": odd, "item": [1, 2], "rating": [1, 2]})
    assert (found.count.rejected_by, found.ratings.user_ids.tolist()) == ({"encoding": 1}, ["a"])


def test_what_describes_items_and_users_has_lists_dates_and_gaps() -> None:
    table = {
        "asin": [1, 2, 2, None],
        "title": ["A", "B", "again", "no id"],
        "year": [1995.0, None, None, None],
        "genres": [["Comedy, light"], None, [], []],
        "more": [{"a": 1}] * 4,
    }
    items = items_of_batches(frame_batches(table, "items"))
    assert [(row.item_id, row.title, row.year, row.genres) for row in items.rows] == [
        (1, "A", 1995, ("Comedy, light",)), (2, "B", 0, ()),
    ]  # fmt: skip
    assert [(bad.line, bad.reason) for bad in items.count.examples] == [(3, "again"), (4, "blank")]
    users = users_of_batches(frame_batches({"user": ["x"], "since": [MAY], "elite": [True], "n": [None]}, "users"))
    assert users.rows[0].metadata == {"since": MAY.isoformat(), "elite": "true", "n": ""}
    with pytest.raises(InputDataError, match="column title is of type list<item: string>: titles are single values"):
        items_of_batches(frame_batches({"id": [1], "title": [["A"]]}, "items"))


@pytest.mark.parametrize(
    ("value", "text"), [(float("nan"), ""), (b"caf\xe9", "caf\ufffd"), (Decimal("1.50"), "1.50"), (1995.0, "1995.0")]
)
def test_a_value_is_text_as_a_file_would_have_it(value: object, text: str) -> None:
    assert cell_text(value) == text
