"""A linear model of items on items, with what is known about the items beside who rated them."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from recli.models.interactions import gram

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

REGULARIZATION = 400.0
"""Users added to each item's own count."""
ACTIVITY_POWER = 0.35
"""Users with n ratings count n to minus this each: those who rate everything say less of what goes together."""
FEATURE_WEIGHT = 4.0
"""What a shared feature counts, in users who rated both items."""


def user_weights(counts: NDArray[np.integer]) -> NDArray[np.float64]:
    """Return (n_users,) what each user counts, given (n_users,) how much they rated: 1 for the mean."""
    weights: NDArray[np.float64] = (np.maximum(counts, 1) / max(counts.mean(), 1)) ** -ACTIVITY_POWER
    return weights


def item_weights(
    strengths: "csr_matrix", together: NDArray[np.float64], features: NDArray[np.float32]
) -> NDArray[np.float16]:
    """Return (n, n) by which a user's items speak for each item; 0 on the diagonal.

    EASE (Steck, *Embarrassingly Shallow Autoencoders for Sparse Data*, WWW 2019) with one more row for each feature, as
    if a user had rated all items that have it (Jeunen, Van Balen, Goethals, *Closed-Form Models for Collaborative
    Filtering with Side-Information*, RecSys 2020).

    Args:
        strengths: (n_users, n) how strongly ratings speak.
        together: (n, n) users who rated both items in one sitting: they count once more for it.
        features: (n, d) of the items, 0 and 1.
    """
    counts = np.diff(strengths.indptr)
    rows = strengths.astype(np.float64)
    rows.data *= np.repeat(np.sqrt(user_weights(counts)), counts)
    wide = features.astype(np.float64)
    product = gram(rows) + together + FEATURE_WEIGHT * (wide @ wide.T)
    product[np.diag_indices_from(product)] += REGULARIZATION
    inverse = np.linalg.inv(product)
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0)
    return weights.astype(np.float16)
