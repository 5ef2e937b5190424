import numpy as np
import pytest

from recli.analysis.significance import Totals, differences, differences_of, resample
from recli.core.judgement import BETTER, UNDECIDED, WORSE


def totals(*models: list[float], users: list[int], root: bool = False) -> Totals:
    return Totals.of_rows(np.array(users), np.array(models), root=root)


def test_sums_by_user_give_the_metric_of_all_rows() -> None:
    found = totals([1, 2, 6], [0, 0, 3], users=[5, 9, 5])
    assert found.above.tolist() == [[7, 3], [2, 0]]
    assert found.below.tolist() == [2, 1]
    assert found.metric().tolist() == [3, 1]
    assert totals([1, 4, 7], users=[0, 0, 1], root=True).metric().tolist() == [2]


def test_a_constant_difference_is_certain() -> None:
    errors = np.random.default_rng(0).random(60)
    _, found = differences(totals(errors, errors + 0.25, users=[n % 7 for n in range(60)]), 0)
    assert (found.value, found.low, found.high) == pytest.approx((0.25, 0.25, 0.25))
    assert found.verdict == WORSE


def test_two_users_by_hand() -> None:
    # Resamples are (a, a), (a, b), (b, a) and (b, b): a quarter, a half and a quarter of them.
    found = totals([0, 0, 0], [1, 1, -2], users=[0, 0, 1])
    values, times = np.unique(resample([found])[0][:, 1].round(12), return_counts=True)
    assert values.tolist() == [-2, 0, 1]
    assert times / times.sum() == pytest.approx([0.25, 0.5, 0.25], abs=0.04)
    _, difference = differences(found, 0)
    assert (difference.value, difference.low, difference.high) == pytest.approx((0, -2, 1))
    assert difference.verdict == UNDECIDED


def test_the_root_is_taken_of_each_resample() -> None:
    _, found = differences(totals([4, 4], [9, 9], users=[0, 1], root=True), 0)
    assert (found.value, found.low, found.high) == (1, 1, 1)


def test_the_rows_of_a_user_are_drawn_together() -> None:
    # Two users whose hundred rows agree: as independent rows they would decide, as two users they cannot.
    users, errors = [0] * 100 + [1] * 100, [1.0] * 100 + [-0.5] * 100
    _, found = differences(totals([0.0] * 200, errors, users=users), 0)
    assert (found.low, found.high, found.verdict) == (-0.5, 1, UNDECIDED)


def test_what_is_better_depends_on_the_metric() -> None:
    higher = totals([1.0, 1.0], [2.0, 2.0], users=[0, 1])
    assert [one.verdict for one in differences(higher, 0)] == [UNDECIDED, WORSE]
    assert [one.verdict for one in differences(higher, 0, higher_is_better=True)] == [UNDECIDED, BETTER]
    assert [one.verdict for one in differences(higher, 1)] == [BETTER, UNDECIDED]


def test_one_user_decides_nothing() -> None:
    _, found = differences(totals([0.0, 0.0], [5.0, 5.0], users=[3, 3]), 0)
    assert (found.value, found.low, found.high, found.verdict) == (5, None, None, UNDECIDED)


def test_the_same_seed_draws_the_same_users_in_any_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    found = totals(list(np.random.default_rng(1).random(50)), users=list(range(50)))
    (whole,) = resample([found], resamples=40)
    assert resample([found], resamples=40, seed=1)[0].tolist() != whole.tolist()
    monkeypatch.setattr("recli.analysis.significance._CELLS", 50 * 7)
    assert resample([found], resamples=40)[0] == pytest.approx(whole)


def test_several_metrics_of_the_same_users_are_drawn_at_once() -> None:
    one, other = (totals([0, 0, 0], errors, users=[4, 4, 9]) for errors in ([1.0, 2, 3], [3.0, 1, 5]))
    assert differences_of([one, other], 0, resamples=40) == tuple(
        differences(own, 0, resamples=40) for own in (one, other)
    )


def test_95_of_100_intervals_hold_the_truth() -> None:
    rng = np.random.default_rng(0)
    held = 0
    for _ in range(300):
        effects = rng.normal(0.1, 1, size=80).repeat(3)  # what a user's three rows share; the truth is 0.1
        found = totals(np.zeros(240), effects + rng.normal(size=240), users=np.arange(80).repeat(3))
        _, difference = differences(found, 0, resamples=200)
        held += difference.low <= 0.1 <= difference.high
    assert 0.91 <= held / 300 <= 0.98
