import numpy as np
import pytest

from recli.analysis.slices import by_stars, by_support


def floats(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def test_errors_by_support_by_hand() -> None:
    counts = np.array([0, 4, 5, 19, 20, 99, 100, 5000, 1])
    true, predicted = floats(*[3] * 9), floats(5, 2, 3, 4, 3, 3, 1, 3, 4)
    found = by_support(counts, true, predicted, floats(*[4] * 9))
    assert [(part.group, part.n, part.mae, part.bias) for part in found] == [
        ("0", 1, 2, 2),
        ("1–4", 2, 1, 0),  # one star too few and one too many: wrong, and not biased
        ("5–19", 2, 0.5, 0.5),
        ("20–99", 2, 0, 0),
        ("100+", 2, 1, -1),
    ]
    assert found[4].rmse == pytest.approx(np.sqrt((2**2 + 0) / 2))
    assert {part.baseline_mae for part in found} == {1}


def test_a_group_without_rows_is_left_out() -> None:
    assert [part.group for part in by_support(np.array([7]), floats(3), floats(3), floats(3))] == ["5–19"]


def test_few_ratings_are_each_a_group() -> None:
    found = by_stars(floats(1, 4.5, 1), floats(2, 4, 2), floats(1, 1, 3))
    assert [(part.group, part.n, part.bias, part.baseline_mae) for part in found] == [
        ("1", 2, 1, 1),
        ("4.5", 1, -0.5, 3.5),
    ]


def test_many_ratings_are_binned_and_none_is_lost() -> None:
    true = np.arange(101, dtype=np.float32)
    found = by_stars(true, true, true)
    assert [part.group for part in found[:2]] == ["0–10", "10–20"]
    assert [part.n for part in found] == [10] * 9 + [11]
