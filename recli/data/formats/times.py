"""Times as numbers, whatever their unit: told by their size, row by row."""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

YEAR_10000 = 253_402_387_200
"""Seconds, in any time zone. Dates end before it, and so does time in seconds: what is later is in a smaller unit."""
LATEST_TIME = 9 * 10**18
"""Nanoseconds, in the year 2255: beyond it a number is no time in any unit."""
UNITS = ("seconds", "milliseconds", "microseconds", "nanoseconds")
_THOUSAND = 1_000
_YEAR = 365 * 86_400


def in_seconds(times: NDArray[np.int64]) -> tuple[NDArray[np.int64], Mapping[str, int]]:
    """Divide each time by a thousand until it is before the year 10000.

    Units overlap nowhere but in 1970 to 1978, when nobody rated: a second of 1978 is the millisecond of a day in 1970.
    So a file may mix them, and each row is right whatever the others are.

    Args:
        times: (n,) within ``LATEST_TIME`` either way, in any unit of ``UNITS``.

    Returns:
        (n,) seconds since 1970; and unit → rows that had it, without those of 0, which is the same in all.
    """
    found: dict[str, int] = {}
    if not len(times):
        return times, found
    rest = int(np.count_nonzero(times))
    for unit in UNITS:
        # Not abs(), which would copy 32 million rows to find nothing.
        late = _late(times) if rest else None
        n_late = 0 if late is None else int(np.count_nonzero(late))
        found[unit], rest = rest - n_late, n_late
        if late is None or not n_late:
            break
        times = np.where(late, times // _THOUSAND, times)
    return times, {unit: n for unit, n in found.items() if n}


def _late(times: NDArray[np.int64]) -> NDArray[np.bool_] | None:
    if times.max() < YEAR_10000 and times.min() > -YEAR_10000:
        return None
    late: NDArray[np.bool_] = (times >= YEAR_10000) | (times <= -YEAR_10000)
    return late


def time_notes(times: NDArray[np.int64], units: Mapping[str, int]) -> Iterator[str]:
    """Say what a user of a file's times should know.

    Args:
        times: (n,) seconds, 0 where there is none.
        units: as ``in_seconds`` found them.
    """
    if len(units) > 1:
        told = " and ".join(f"{unit} ({n:,})" for unit, n in units.items())
        yield f"times are in {told} in the file, told by their size, and in seconds in the dataset"
    elif units.keys() - {"seconds"}:
        yield f"times are in {next(iter(units))} in the file, and in seconds in the dataset"
    unknown = len(times) - int(np.count_nonzero(times))
    if unknown:
        yield f"{unknown:,} of {len(times):,} ratings have no time: a split by time takes them for the earliest"
    if units and times.max() < _YEAR and times.min() >= 0:
        yield "all times are within 1970: are they seconds? Dates such as 20010131 are read as numbers"
