"""Units of time, told by size."""

import numpy as np
import pytest

from recli.data.formats.times import LATEST_TIME, YEAR_10000, in_seconds, time_notes

NEW_YEAR = 978_307_200  # of 2001


@pytest.mark.parametrize(("unit", "factor"), [("seconds", 1), ("milliseconds", 10**3), ("microseconds", 10**6),
                                              ("nanoseconds", 10**9)])  # fmt: skip
def test_the_size_of_a_time_tells_its_unit(unit: str, factor: int) -> None:
    seconds, units = in_seconds(np.array([NEW_YEAR * factor, 2 * NEW_YEAR * factor + factor - 1, 0]))
    assert (seconds.tolist(), units) == ([NEW_YEAR, 2 * NEW_YEAR, 0], {unit: 2})


def test_units_that_are_mixed_are_taken_row_by_row_and_said() -> None:
    mixed = np.array([NEW_YEAR, NEW_YEAR * 1000 + 1, 0, NEW_YEAR * 1000 + 2])
    seconds, units = in_seconds(mixed)
    assert (seconds.tolist(), units) == ([NEW_YEAR, NEW_YEAR, 0, NEW_YEAR], {"seconds": 1, "milliseconds": 2})
    assert list(time_notes(seconds, units)) == [
        "times are in seconds (1) and milliseconds (2) in the file, told by their size, and in seconds in the dataset",
        "1 of 4 ratings have no time: a split by time takes them for the earliest",
    ]


def test_no_date_is_taken_for_a_smaller_unit_and_the_latest_time_ends_within_them() -> None:
    last = np.array([YEAR_10000 - 1, 1 - YEAR_10000])
    assert in_seconds(last)[0].tolist() == last.tolist()
    assert in_seconds(np.array([LATEST_TIME, -LATEST_TIME]))[0].tolist() == [9 * 10**9, -9 * 10**9]


@pytest.mark.parametrize("times", [[20010131, 20011231], [1, 2, 3]])
def test_times_that_are_all_in_1970_are_doubted(times: list[int]) -> None:
    seconds, units = in_seconds(np.array(times))
    assert [note[:26] for note in time_notes(seconds, units)] == ["all times are within 1970:"]
