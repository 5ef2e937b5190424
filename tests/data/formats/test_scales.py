import numpy as np
import pytest

from recli.core.errors import UsageError
from recli.core.ratings import RatingScale
from recli.data.formats.scales import detect_scale, parse_scale


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [
        ([1, 3, 5], 1, 5),
        ([2, 5], 1, 5),  # nobody gave the worst
        ([0, 5], 0, 5),
        ([0.5, 5], 0.5, 5),
        ([3.5, 5], 0.5, 5),
        ([0, 2.5, 5], 0, 5),
        ([2, 10], 1, 10),
        ([0, 10], 0, 10),
        ([50, 100], 1, 100),
        ([0.5, 4], 0.5, 4),
        ([1, 4], 1, 4),
        ([3, 3], 3, 3),
        ([5, 5], 1, 5),
        ([1.3, 5], 1.3, 5),
        ([-9.75, 10], -9.75, 10),
    ],
    ids=str,
)
def test_the_scale_is_read_off_the_ratings(values: list[float], low: float, high: float) -> None:
    assert detect_scale(np.array(values, np.float32)) == RatingScale(low, high)


def test_a_scale_is_two_numbers() -> None:
    assert parse_scale("0.5:5") == RatingScale(0.5, 5)
    assert parse_scale("-10:10") == RatingScale(-10, 10)
    for text in ("", "5", "5:1", "1:1", "a:b", "1:inf", "nan:5", "1:2:3"):
        with pytest.raises(UsageError, match="--scale takes"):
            parse_scale(text)
