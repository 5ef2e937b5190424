import numpy as np
import pytest

from recli.models.gibbs.chain import Plan, run_chain
from recli.models.gibbs.probit import LogPrecisions, Probit
from tests.models.gibbs.samples import design_of, random_design


@pytest.mark.parametrize(
    ("plan", "kept"),
    [
        (Plan(2, sweeps=10, burn_in=4, samples=6), [4, 5, 6, 7, 8, 9]),
        (Plan(2, sweeps=10, burn_in=4, samples=2), [4, 9]),
        (Plan(2, sweeps=10, burn_in=4, samples=1), [9]),
        (Plan(2, sweeps=1, burn_in=0, samples=1), [0]),
    ],
)
def test_the_sweeps_kept_are_spread_evenly_and_end_with_the_last(plan: Plan, kept: list[int]) -> None:
    assert plan.kept().tolist() == kept


def test_a_chain_repeats_itself_by_its_seed() -> None:
    plan = Plan(2, 6, 2, 3)
    first, again, other = (run_chain(random_design(), plan, np.random.SeedSequence(s)) for s in (5, 5, 6))
    assert first.users.tobytes() == again.users.tobytes()
    assert first.users.tobytes() != other.users.tobytes()


def test_samples_end_with_the_row_of_the_unknown() -> None:
    samples = run_chain(random_design(), Plan(2, 6, 2, 3), np.random.SeedSequence(0))
    assert samples.users.shape == (3, 31, 3)
    assert samples.cuts.shape == (3, 31, 3)
    assert samples.users[:, -1] == pytest.approx(samples.users[:, :-1].astype(np.float32).mean(axis=1), abs=1e-2)


def test_erratic_users_are_found_out() -> None:
    """Ten users follow the score, ten answer at random: the noise of these is larger."""
    rng = np.random.default_rng(0)
    n = 80
    users, items = np.repeat(np.arange(20), n), np.tile(np.arange(n), 20)
    scores = rng.normal(size=20 * n).astype(np.float32)
    steady = np.digitize(scores + 0.3 * rng.normal(size=20 * n), [-0.5, 0.5])
    levels = np.where(users < 10, steady, rng.integers(3, size=20 * n))
    design = design_of(users.tolist(), items.tolist(), levels.tolist())
    probit = Probit(design, rng)
    seen = []
    for sweep in range(200):
        probit.draw(scores, sweep)
        seen.append(probit.users.values)
    mean = np.mean(seen[100:], axis=0)
    assert mean[:10].min() > mean[10:].max()


def test_a_row_whose_proposal_is_refused_keeps_its_noise(monkeypatch: pytest.MonkeyPatch) -> None:
    design = random_design()
    probit = Probit(design, np.random.default_rng(0))
    probit.users.values = np.linspace(0.5, 1, 30, dtype=np.float32)
    probit.items.values = np.linspace(-1, 0, 20, dtype=np.float32)
    before = probit.users.values.copy(), probit.items.values.copy()
    monkeypatch.setattr(LogPrecisions, "propose", lambda side, rng: np.full_like(side.values, 60))
    probit.draw(np.random.default_rng(1).normal(size=400).astype(np.float32), sweep=1)
    assert np.array_equal(probit.users.values, before[0])
    assert np.array_equal(probit.items.values, before[1])
