import pytest

from recli.core.duration import spoken_time


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.4, "0 s"),
        (99, "99 s"),
        (100, "2 min"),
        (45 * 60, "45 min"),
        (3 * 3600 + 21 * 60, "3 h 20 min"),
        (4 * 3600, "4 h"),
        (3 * 86400 + 5 * 3600, "3 d 5 h"),
        (3 * 86400, "3 d"),
    ],
)
def test_a_time_has_two_units_at_most(seconds: float, said: str) -> None:
    assert spoken_time(seconds) == said
