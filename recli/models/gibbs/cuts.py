"""The cut points between levels: common ones, and each user's distance from them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from recli.models.gibbs.design import Design
from recli.models.gibbs.normal import SMALLEST, interval_probability

Floats = NDArray[np.float32]

START_SPREAD = 0.4
"""Standard deviation of users' cut points about the common ones, before it is drawn."""
SPREAD_PRIOR = (1.0, 0.02)
"""Shape and scale of the inverse gamma prior of its square."""
LONGEST_STEP = 0.2
"""A move of the common cut points: further from the data than this, Newton's step overshoots."""
GAP = 1e-3
"""Between two cut points of a user."""
LATENT_SPREAD = 1.4
"""Standard deviation of the latent ratings of all pairs, roughly: the noise, of 1, and the scores."""


class CutPoints:
    """Where each user's latent rating passes from one level to the next."""

    def __init__(self, design: Design, rng: np.random.Generator) -> None:
        self.design = design
        self.rng = rng
        n_users, n_cuts = len(design.users), design.n_levels - 1
        self.start = LATENT_SPREAD * _marginal(design)
        self.common: Floats = self.start.copy()
        """(L - 1,) ascending."""
        self.offsets: Floats = np.zeros((n_users, n_cuts), np.float32)
        """(n_users, L - 1); ``common + offsets`` ascends in every row."""
        self.spread = np.full(n_cuts, START_SPREAD)
        """(L - 1,) standard deviation of ``offsets``."""
        self._touched = [self._touched_cuts(parity) for parity in (0, 1)]

    def of_users(self) -> Floats:
        """Return (n_users, L - 1) cut points."""
        return self.common + self.offsets

    def bounds(self, scores: Floats, scales: Floats, cuts: Floats) -> tuple[Floats, Floats]:
        """Return (n,) lower and (n,) upper bound of each rating's noise, in its standard deviations."""
        ends = np.full((len(cuts), 1), np.inf, np.float32)
        padded = np.concatenate([-ends, cuts, ends], axis=1)
        users, levels = self.design.user_nums, self.design.level_nums
        return (padded[users, levels] - scores) * scales, (padded[users, levels + 1] - scores) * scales

    def draw_offsets(self, scores: Floats, scales: Floats) -> None:
        """Take a Metropolis step for each cut point of each user.

        A cut point only matters to the ratings of the two levels beside it. So every second one can move at once, each
        accepted or not by its own ratings.
        """
        likelihood = self._log_likelihood(scores, scales, self.of_users())
        for parity in (0, 1):
            likelihood = self._draw_every_second(scores, scales, likelihood, parity)
        shape, scale = SPREAD_PRIOR
        squares = (self.offsets.astype(np.float64) ** 2).sum(axis=0)
        self.spread = np.sqrt((scale + squares / 2) / self.rng.gamma(shape + len(self.offsets) / 2, size=len(squares)))

    def _draw_every_second(self, scores: Floats, scales: Floats, likelihood: Floats, parity: int) -> Floats:
        """Move the cut points of a parity, and return (n,) the log likelihood afterwards."""
        touched, counts = self._touched[parity]
        moving = np.arange(len(self.common)) % 2 == parity
        step = 2 / np.sqrt(1 / self.spread**2 + 0.4 * counts)
        steps = (step * moving * self.rng.standard_normal(counts.shape)).astype(np.float32)
        proposal = self.offsets + steps
        proposed = self._log_likelihood(scores, scales, self.common + proposal)
        gain = np.bincount(touched, proposed - likelihood, counts.size + 1)[:-1].reshape(counts.shape)
        gain = gain - (proposal.astype(np.float64) ** 2 - self.offsets.astype(np.float64) ** 2) / (2 * self.spread**2)
        taken = (np.log(self.rng.random(gain.shape)) < gain) & _apart(self.common + proposal)
        self.offsets = np.where(taken, proposal, self.offsets)
        return np.where(np.append(taken, False)[touched], proposed, likelihood)

    def _log_likelihood(self, scores: Floats, scales: Floats, cuts: Floats) -> Floats:
        likelihood: Floats = np.log(interval_probability(*self.bounds(scores, scales, cuts)))
        return likelihood

    def _touched_cuts(self, parity: int) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
        """Return (n,) which cut point of a parity, in the flat table, each rating touches, and how many touch each.

        A rating of level l lies between the cut points l - 1 and l, one of each parity. Where the one wanted does not
        exist, at the ends of the scale, the flat number is that behind the last.
        """
        levels, n_cuts = self.design.level_nums, self.design.n_levels - 1
        cut = np.where(levels % 2 == parity, levels, levels - 1)
        exists = (cut >= 0) & (cut < n_cuts)
        size = len(self.design.users) * n_cuts
        touched = np.where(exists, self.design.user_nums * n_cuts + cut, size)
        return touched, np.bincount(touched, minlength=size + 1)[:-1].reshape(-1, n_cuts)

    def move_common(self, scores: Floats, scales: Floats) -> None:
        """Move the common cut points by one Newton step towards their conditional mode.

        All ratings bear on them: with thousands, their conditional distribution is so narrow that its mode is a draw.
        A normal prior about the start, of variance 1, holds them where there are few.
        """
        gradient, curvature = self._derivatives(scores, scales)
        gradient = gradient - (self.common - self.start)
        curvature = curvature - np.eye(len(gradient))
        step = np.clip(np.linalg.solve(-curvature, gradient), -LONGEST_STEP, LONGEST_STEP)
        common = (self.common + step).astype(np.float32)
        if (np.diff(common) > GAP).all():
            cuts = common + self.offsets
            # Where the move would cross two cut points of a user, the upper one is pushed along.
            rising = GAP * np.arange(len(common), dtype=np.float32)
            self.offsets = np.maximum.accumulate(cuts - rising, axis=1) + rising - common
            self.common = common

    def _derivatives(self, scores: Floats, scales: Floats) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return (L - 1,) gradient and (L - 1, L - 1) Hessian of the log likelihood by the common cut points."""
        levels, n_levels = self.design.level_nums, self.design.n_levels
        lower, upper = self.bounds(scores, scales, self.of_users())
        probability = np.maximum(interval_probability(lower, upper), np.sqrt(SMALLEST))
        low, high = (_density(bound) / probability * scales for bound in (lower, upper))
        low_slope, high_slope = (np.where(np.isfinite(bound), bound, 0) * scales for bound in (lower, upper))

        def sums(cut: NDArray[np.intp], values: NDArray[Any]) -> NDArray[np.float64]:
            return np.bincount(cut, values, n_levels + 1).astype(np.float64)

        gradient = sums(levels + 1, high) - sums(levels, low)
        diagonal = sums(levels + 1, -high_slope * high - high**2) + sums(levels, low_slope * low - low**2)
        beside = sums(levels, low * high)[1:-2]
        hessian = np.diag(diagonal[1:-1]) + np.diag(beside, 1) + np.diag(beside, -1)
        return gradient[1:-1], hessian


def _marginal(design: Design) -> Floats:
    """Return (L - 1,) where a standard normal has as much below as the levels have ratings."""
    from scipy.special import ndtri

    counts = np.bincount(design.level_nums, minlength=design.n_levels) + 0.5  # a level without ratings needs a width
    cuts: Floats = ndtri(np.cumsum(counts)[:-1] / counts.sum()).astype(np.float32)
    return cuts


def _density(x: Floats) -> Floats:
    return (np.exp(-np.square(x) / 2) / np.sqrt(2 * np.pi)).astype(np.float32)


def _apart(cuts: Floats) -> NDArray[np.bool_]:
    """Return (n, L - 1) whether each cut point is above the one below it and below the one above it."""
    gaps = np.diff(cuts, axis=1) > GAP
    edge = np.ones((len(cuts), 1), np.bool_)
    return np.concatenate([edge, gaps], axis=1) & np.concatenate([gaps, edge], axis=1)
