"""Errors on the rows of one kind, beside those on the others."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from recli.core.judgement import Slice

SUPPORT_EDGES = (0, 1, 5, 20, 100)
"""Training ratings from which each group of items or users begins."""
MOST_STARS = 10
"""Different ratings that are each a group of their own; more are binned into as many of equal width."""

Numbers = NDArray[np.floating]


def by_support(counts: NDArray[np.integer], true: Numbers, predicted: Numbers, baseline: Numbers) -> tuple[Slice, ...]:
    """Group n rows by how many training ratings their item, or their user, has: (n,) counts."""
    names = [str(low) if low == high - 1 else f"{low}–{high - 1}" for low, high in pairwise(SUPPORT_EDGES)]
    names.append(f"{SUPPORT_EDGES[-1]}+")
    return _slices(np.searchsorted(SUPPORT_EDGES, counts, side="right") - 1, names, true, predicted, baseline)


def by_stars(true: Numbers, predicted: Numbers, baseline: Numbers) -> tuple[Slice, ...]:
    """Group n rows by the rating given."""
    levels = np.unique(true)
    if len(levels) <= MOST_STARS:
        return _slices(np.searchsorted(levels, true), [f"{level:g}" for level in levels], true, predicted, baseline)
    edges = np.linspace(levels[0], levels[-1], MOST_STARS + 1)
    groups = np.clip(np.searchsorted(edges, true, side="right") - 1, 0, MOST_STARS - 1)
    between = "–" if edges[0] >= 0 else " to "
    names = [f"{low:.4g}{between}{high:.4g}" for low, high in pairwise(edges)]
    return _slices(groups, names, true, predicted, baseline)


def _slices(
    groups: NDArray[np.integer], names: Sequence[str], true: Numbers, predicted: Numbers, baseline: Numbers
) -> tuple[Slice, ...]:
    """Return the errors of each group that has rows."""
    own, bar = (values.astype(np.float64) - true for values in (predicted, baseline))
    found = []
    for number, name in enumerate(names):
        rows = groups == number
        if rows.any():
            errors = own[rows]
            found.append(
                Slice(
                    group=name,
                    n=len(errors),
                    mae=float(np.abs(errors).mean()),
                    rmse=float(np.sqrt((errors**2).mean())),
                    bias=float(errors.mean()),
                    baseline_mae=float(np.abs(bar[rows]).mean()),
                )
            )
    return tuple(found)
