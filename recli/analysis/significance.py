"""Whether one model is better than another, or these users merely happened to suit it.

A paired bootstrap over users: all models are judged on the same rows, and all rows of a user are drawn together,
because a user's errors are alike (Field and Welsh, *Bootstrapping clustered data*, Journal of the Royal Statistical
Society B 69(3), 2007). Intervals are percentile intervals (Efron and Tibshirani, *An Introduction to the Bootstrap*,
1993, chapter 13).
"""

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recli.core.judgement import BETTER, UNDECIDED, WORSE, Difference

RESAMPLES = 2000
SEED = 0
CONFIDENCE = 0.95
ROUNDING = 1e-9
"""A difference that does not leave it is none: sums of the same numbers may differ in their last digits."""
_CELLS = 4_000_000
"""Draws held in memory at once."""


@dataclass(frozen=True, eq=False)
class Totals:
    """A metric of m models as sums over users: of the rows resampled, the ratio of two sums."""

    above: NDArray[np.float64]
    """(U, m) each user's sum of errors, or of any other quality."""
    below: NDArray[np.float64]
    """(U,) how many numbers are in it."""
    root: bool = False
    """Whether the metric is the root of the ratio."""

    @classmethod
    def of_rows(cls, user_nums: NDArray[np.integer], values: NDArray[np.floating], *, root: bool = False) -> "Totals":
        """Add up (m, n) values of n rows by the rows' users, (n,) nums."""
        return dataclasses.replace(cls.of_several(user_nums, ((model,) for model in values))[0], root=root)

    @classmethod
    def of_several(
        cls, user_nums: NDArray[np.integer], models: Iterable[Sequence[NDArray[np.floating]]]
    ) -> "tuple[Totals, ...]":
        """Add up k metrics at once: each model, of which one at a time is in memory, brings (n,) values of each."""
        counts = np.bincount(user_nums)
        present = counts > 0
        users = (np.cumsum(present) - 1)[user_nums]
        sums = [[np.bincount(users, values) for values in metrics] for metrics in models]
        below = counts[present].astype(np.float64)
        return tuple(cls(np.stack(metric, axis=1), below) for metric in zip(*sums, strict=True))

    @property
    def users(self) -> int:
        """U."""
        return len(self.below)

    def metric(self) -> NDArray[np.float64]:
        """Return (m,) the metric on all rows."""
        ratio = self.above.sum(axis=0) / self.below.sum()
        return np.sqrt(ratio) if self.root else ratio


def resample(
    several: Sequence[Totals], *, resamples: int = RESAMPLES, seed: int = SEED
) -> tuple[NDArray[np.float64], ...]:
    """Return (resamples, m) each metric of each model when U users are drawn with replacement, again and again.

    Equal seeds draw equal users: metrics of the same users are paired, too.

    Args:
        several: one metric at least, all over the same users.
        resamples: how often.
        seed: of the draws.
    """
    rng, users = np.random.default_rng(seed), several[0].users
    columns = [np.column_stack([totals.above, totals.below]) for totals in several]
    per_block = max(1, _CELLS // users)
    blocks: list[list[NDArray[np.float64]]] = []
    for start in range(0, resamples, per_block):
        n = min(per_block, resamples - start)
        drawn = rng.integers(users, size=(n, users))
        drawn += users * np.arange(n)[:, None]
        times = np.bincount(drawn.ravel(), minlength=n * users).reshape(n, users).astype(np.float64)
        blocks.append([times @ own for own in columns])
    return tuple(
        _metric(np.concatenate(sums), totals) for sums, totals in zip(zip(*blocks, strict=True), several, strict=True)
    )


def _metric(sums: NDArray[np.float64], totals: Totals) -> NDArray[np.float64]:
    ratios = sums[:, :-1] / sums[:, -1:]
    return np.sqrt(ratios) if totals.root else ratios


def differences(
    totals: Totals, reference: int, *, higher_is_better: bool = False, resamples: int = RESAMPLES, seed: int = SEED
) -> tuple[Difference, ...]:
    """Compare each of m models with one of them, the reference: its metric minus the reference's.

    With one user there is nobody else to draw: no interval, and nothing is decided.
    """
    return differences_of(
        [totals], reference, higher_is_better=higher_is_better, resamples=resamples, seed=seed
    )[0]  # fmt: skip


def differences_of(
    several: Sequence[Totals],
    reference: int,
    *,
    higher_is_better: bool = False,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> tuple[tuple[Difference, ...], ...]:
    """Compare by several metrics of the same users, who are drawn once for all: of 200,000 that takes seconds."""
    if several[0].users < 2:
        return tuple(_undecided(totals, reference) for totals in several)
    drawn = resample(several, resamples=resamples, seed=seed)
    return tuple(
        _decided(totals, values, reference, higher_is_better) for totals, values in zip(several, drawn, strict=True)
    )


def _undecided(totals: Totals, reference: int) -> tuple[Difference, ...]:
    values = totals.metric() - totals.metric()[reference]
    return tuple(Difference(float(value), None, None, UNDECIDED) for value in values)


def _decided(
    totals: Totals, drawn: NDArray[np.float64], reference: int, higher_is_better: bool
) -> tuple[Difference, ...]:
    values = totals.metric() - totals.metric()[reference]
    tail = (1 - CONFIDENCE) / 2
    lows, highs = np.quantile(drawn - drawn[:, [reference]], [tail, 1 - tail], axis=0)
    return tuple(
        Difference(float(value), float(low), float(high), _verdict(low, high, higher_is_better))
        for value, low, high in zip(values, lows, highs, strict=True)
    )


def _verdict(low: float, high: float, higher_is_better: bool) -> str:
    if low > ROUNDING:
        return BETTER if higher_is_better else WORSE
    if high < -ROUNDING:
        return WORSE if higher_is_better else BETTER
    return UNDECIDED
