"""The ordinal probit response: how a latent rating shows as stars, for each user and item in their own way.

A rating is level l where the latent ``z = score + noise`` lies between the user's cut points l - 1 and l: McCullagh,
*Regression Models for Ordinal Data*, JRSS B 42(2), 1980; drawn as in Albert and Chib, *Bayesian Analysis of Binary and
Polychotomous Response Data*, JASA 88, 1993. Users use a scale differently (Koren and Sill, *OrdRec*, RecSys 2011), so
each has cut points of their own about the common ones, and each user and item a noise of their own.
"""

import numpy as np
from numpy.typing import NDArray

from recli.models.gibbs.cuts import CutPoints
from recli.models.gibbs.design import Design
from recli.models.gibbs.normal import interval_probability, truncated_normal

Floats = NDArray[np.float32]

NOISE_PRIOR = (3.0, 0.6)
"""Shape and scale of the inverse gamma prior of how much log precisions differ: 0.3 on average."""


class LogPrecisions:
    """How steady the ratings of each user, or of each item, are: logarithms of the noise's precision."""

    def __init__(self, counts: NDArray[np.int64]) -> None:
        self.values: Floats = np.zeros(len(counts), np.float32)
        """(n,) 0 is the noise of variance 1."""
        self.spread = NOISE_PRIOR[1] / (NOISE_PRIOR[0] - 1)
        """Variance of ``values``."""
        self.counts = counts

    def propose(self, rng: np.random.Generator) -> Floats:
        """Return (n,) values a step away; the step is as long as the ratings of each row let it be uncertain."""
        step = 2 / np.sqrt(1 / self.spread + 0.3 * self.counts)
        proposal: Floats = self.values + (step * rng.standard_normal(len(step))).astype(np.float32)
        return proposal

    def decide(self, proposal: Floats, gain: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.bool_]:
        """Take each row's proposal with the Metropolis probability, given its gain in log likelihood."""
        gain = gain - (proposal.astype(np.float64) ** 2 - self.values.astype(np.float64) ** 2) / (2 * self.spread)
        taken = np.log(rng.random(len(gain))) < gain
        self.values = np.where(taken, proposal, self.values)
        return taken

    def draw_spread(self, rng: np.random.Generator) -> None:
        """Draw the variance of the values from its conditional."""
        shape, scale = NOISE_PRIOR
        total = float((self.values.astype(np.float64) ** 2).sum())
        self.spread = (scale + total / 2) / rng.gamma(shape + len(self.values) / 2)


class Probit:
    """Cut points and noise of a chain."""

    def __init__(self, design: Design, rng: np.random.Generator) -> None:
        self.design = design
        self.rng = rng
        self.users = LogPrecisions(design.users.counts)
        self.items = LogPrecisions(design.items.counts)
        self.cuts = CutPoints(design, rng)

    def draw(self, scores: Floats, sweep: int) -> Floats:
        """Draw what describes the response, by turns, and then the latent ratings.

        Args:
            scores: (n,) user vector · item vector + biases of each rating.
            sweep: its number; cut points are drawn in even ones, noise in odd ones.

        Returns:
            (n,) latent ratings.
        """
        if sweep % 2:
            self._draw_noise(scores)
        scales = self.scales()
        if sweep % 2 == 0:
            self.cuts.move_common(scores, scales)
            self.cuts.draw_offsets(scores, scales)
        lower, upper = self.cuts.bounds(scores, scales, self.cuts.of_users())
        return scores + truncated_normal(lower, upper, self.rng) / scales

    def precisions(self) -> tuple[Floats, Floats]:
        """Return (n_users,) and (n_items,): the product of its two is a rating's precision."""
        return np.exp(self.users.values), np.exp(self.items.values)

    def scales(self) -> Floats:
        """Return (n,) the root of each rating's precision."""
        return self._scales(self.users.values, self.items.values)

    def _scales(self, users: Floats, items: Floats) -> Floats:
        scales: Floats = np.exp((users[self.design.user_nums] + items[self.design.item_nums]) / 2)
        return scales

    def _draw_noise(self, scores: Floats) -> None:
        """Take a Metropolis step for each user's noise and then for each item's."""
        likelihood = self._log_likelihood(scores, self.scales())
        proposal = self.users.propose(self.rng)
        proposed = self._log_likelihood(scores, self._scales(proposal, self.items.values))
        nums = self.design.user_nums
        taken = self.users.decide(proposal, _sums(nums, proposed - likelihood, len(proposal)), self.rng)
        likelihood = np.where(taken[nums], proposed, likelihood)
        proposal = self.items.propose(self.rng)
        proposed = self._log_likelihood(scores, self._scales(self.users.values, proposal))
        nums = self.design.item_nums
        self.items.decide(proposal, _sums(nums, proposed - likelihood, len(proposal)), self.rng)
        self.users.draw_spread(self.rng)
        self.items.draw_spread(self.rng)

    def _log_likelihood(self, scores: Floats, scales: Floats) -> Floats:
        likelihood: Floats = np.log(interval_probability(*self.cuts.bounds(scores, scales, self.cuts.of_users())))
        return likelihood


def _sums(nums: NDArray[np.intp], values: Floats, n: int) -> NDArray[np.float64]:
    """Return (n,) the sum of the values of each num."""
    return np.bincount(nums, values, n).astype(np.float64)
