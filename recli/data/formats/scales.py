"""The scale of ratings: as a person says it, or read off the ratings."""

import numpy as np
from numpy.typing import NDArray

from recli.core.errors import UsageError
from recli.core.ratings import RatingScale

_USUAL_TOPS = (5.0, 7.0, 10.0, 100.0)


def parse_scale(text: str, fix: str | None = None) -> RatingScale:
    """Read ``LO:HI``.

    Args:
        text: as given.
        fix: a command that gives one.

    Raises:
        UsageError: it is not of that form.
    """
    low, _, high = text.partition(":")
    try:
        scale = RatingScale(float(low), float(high))
    except ValueError:
        scale = None
    if scale is None or scale.low >= scale.high:
        raise UsageError(f"--scale takes the lowest and the highest rating, as 1:5, not {text!r}", fix=fix)
    return scale


def detect_scale(values: NDArray[np.float32]) -> RatingScale:
    """Read the scale off ratings, (n,) stars, n ≥ 1.

    It goes from the lowest to the highest that occurs. But few people may have given the worst: where the highest is
    a usual top (5, 7, 10, 100), whole stars begin at 1 or 0, and half ones at 0.5 or 0.
    """
    seen = RatingScale.of(values)
    if seen.high not in _USUAL_TOPS or seen.low < 0 or not _are_whole(2 * values):
        return seen
    lowest = 1.0 if _are_whole(values) else 0.5
    return RatingScale(lowest if seen.low >= lowest else 0.0, seen.high)


def _are_whole(values: NDArray[np.float32]) -> bool:
    return bool((np.rint(values) == values).all())
