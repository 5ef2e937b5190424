import numpy as np
import pytest

from recli.core.ratings import Ratings, RatingScale


def ratings(values: list[float]) -> Ratings:
    n = len(values)
    return Ratings(
        np.arange(n, dtype=np.int32), np.arange(n, dtype=np.int32), np.array(values, np.float32), np.zeros(n, np.int64)
    )


def test_clip_moves_what_lies_outside_and_counts_it() -> None:
    values, moved = RatingScale(1, 5).clip(np.array([0.5, 1, 3.2, 5, 5.01], np.float32))
    assert values.tolist() == pytest.approx([1, 1, 3.2, 5, 5])
    assert moved == 2


def test_the_scale_is_what_was_rated() -> None:
    assert RatingScale.of(np.array([3.5, 0.5, 4], np.float32)) == RatingScale(0.5, 4)


@pytest.mark.parametrize(("low", "high"), [(5, 1), (float("nan"), 5), (1, float("inf"))])
def test_a_scale_must_be_a_range(low: float, high: float) -> None:
    with pytest.raises(ValueError, match="not a rating scale"):
        RatingScale(low, high)


def test_levels_are_counted_in_any_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recli.core.ratings._BLOCK", 2)
    levels, counts = ratings([4, 0.5, 4, 3, 0.5, 4, 4]).levels()
    assert (levels.tolist(), counts.tolist()) == ([0.5, 3, 4], [2, 1, 4])
    assert [each.tolist() for each in ratings([]).levels()] == [[], []]


def test_take_keeps_rows_together_in_the_order_asked_for() -> None:
    taken = ratings([1, 2, 3]).take(np.array([2, 0]))
    assert taken.values.tolist() == [3, 1]
    assert taken.user_nums.tolist() == [2, 0]


def test_columns_must_agree() -> None:
    with pytest.raises(ValueError, match=r"item_nums must be \(2,\) int32, not \(1,\) int32"):
        Ratings(np.zeros(2, np.int32), np.zeros(1, np.int32), np.zeros(2, np.float32), np.zeros(2, np.int64))
    with pytest.raises(ValueError, match=r"values must be \(2,\) float32, not \(2,\) float64"):
        Ratings(np.zeros(2, np.int32), np.zeros(2, np.int32), np.zeros(2), np.zeros(2, np.int64))
