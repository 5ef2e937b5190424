"""One chain of the sampler, and what it leaves behind."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recli.models.gibbs.design import Design
from recli.models.gibbs.factors import Factors
from recli.models.gibbs.probit import Probit

Halves = NDArray[np.float16]

CLIP = 6e4
"""What a half-precision number can hold; nothing that means anything comes near it."""


BLOCK = 131_072
"""Ratings whose vectors are gathered at once: some 10 MB, where all of them would be more than the ratings are."""


@dataclass(frozen=True)
class Plan:
    """How long a chain is, and what is kept of it."""

    rank: int
    sweeps: int
    burn_in: int
    """Sweeps before the first that is kept."""
    samples: int
    """Sweeps kept, evenly spread over those after the burn-in."""

    def kept(self) -> NDArray[np.int64]:
        """Return (samples,) numbers of the sweeps to keep, from 0; the last sweep is one."""
        return np.linspace(self.sweeps - 1, self.burn_in, self.samples).round().astype(np.int64)[::-1]


@dataclass(frozen=True, eq=False)
class Samples:
    """S draws of everything that prediction needs. Half precision: an error far below what draws differ by.

    One row more than there are users and items, the last: their mean, for the unknown.
    """

    users: Halves
    """(S, n_users + 1, K + 1) vectors, and the bias last."""
    items: Halves
    """(S, n_items + 1, K + 1)"""
    cuts: Halves
    """(S, n_users + 1, L - 1) each user's cut points."""
    user_scales: Halves
    """(S, n_users + 1) half the logarithm of the precision of the noise."""
    item_scales: Halves
    """(S, n_items + 1)"""


def run_chain(
    design: Design, plan: Plan, seed: np.random.SeedSequence, on_sweep: Callable[[], None] = lambda: None
) -> Samples:
    """Sample from the posterior; call ``on_sweep`` after each sweep.

    Raises:
        FloatingPointError: the numbers ran off.
    """
    rng = np.random.default_rng(seed)
    users, items = Factors(design.users, plan.rank, rng), Factors(design.items, plan.rank, rng)
    probit = Probit(design, rng)
    kept = set(plan.kept().tolist())
    draws: list[tuple[Halves, ...]] = []
    for sweep in range(plan.sweeps):
        latent = probit.draw(_scores(design, users, items), sweep)
        user_precisions, item_precisions = probit.precisions()
        users.draw_rows(items, latent, (user_precisions, item_precisions))
        users.draw_prior()
        items.draw_rows(users, latent, (item_precisions, user_precisions))
        items.draw_prior()
        if sweep in kept:
            scales = probit.users.values * np.float32(0.5), probit.items.values * np.float32(0.5)
            draws.append(tuple(_half(a) for a in (users.rows, items.rows, probit.cuts.of_users(), *scales)))
        on_sweep()
    return Samples(*(np.stack(column) for column in zip(*draws, strict=True)))


def _scores(design: Design, users: Factors, items: Factors) -> NDArray[np.float32]:
    scores = np.empty(len(design.user_nums), np.float32)
    for begin in range(0, len(scores), BLOCK):
        u, i = design.user_nums[begin : begin + BLOCK], design.item_nums[begin : begin + BLOCK]
        products = np.einsum("nk,nk->n", users.vectors[u], items.vectors[i])
        scores[begin : begin + BLOCK] = products + users.biases[u] + items.biases[i]
    return scores


def _half(rows: NDArray[np.float32]) -> Halves:
    """Append the mean row, and store all in half precision."""
    if not np.isfinite(rows).all():
        raise FloatingPointError
    return np.clip(np.concatenate([rows, rows.mean(axis=0, keepdims=True)]), -CLIP, CLIP).astype(np.float16)
