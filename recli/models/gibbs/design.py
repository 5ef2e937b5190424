"""What a chain reads and never changes: who rated what, and the features that a side's prior looks at."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recli.models.recommender import Nums

MAX_PARTNERS = 2048
"""Columns of implicit features: the partners with most ratings. Bounds the eigen-decomposition, which is cubic."""
ACTIVITY_POWER = 0.3
"""Implicit features of a row with n ratings are n to minus this: between a sum, 0, and a mean, 1."""
POPULARITY_POWER = 0.25
"""Implicit features of a partner with m ratings are m to minus this: sharing a rare taste says more."""


@dataclass(frozen=True, eq=False)
class Side:
    """The users, or the items, with what their prior knows of each."""

    counts: NDArray[np.int64]
    """(n,) ratings of each row."""
    rated: Any
    """(n, n_partners) scipy CSR, float32 ones: whom a row shares a rating with."""
    order: NDArray[np.int64]
    """(n_ratings,) positions in the order of the chain's ratings, in the order of ``rated.data``."""
    features: Any
    """(n, d) scipy CSR, float32."""
    features_transposed: Any
    """(d, n) scipy CSR."""
    eigenvectors: NDArray[np.float32]
    """(d, d) of ``features.T @ features``, one a column."""
    eigenvalues: NDArray[np.float32]
    """(d,) ≥ 0."""

    def __len__(self) -> int:
        return len(self.counts)


@dataclass(frozen=True, eq=False)
class Design:
    """Everything that the chains of one fit share."""

    users: Side
    items: Side
    user_nums: NDArray[np.intp]
    """(n,) of each rating, ascending."""
    item_nums: NDArray[np.intp]
    """(n,) of each rating."""
    level_nums: NDArray[np.intp]
    """(n,) 0 … L - 1 of each rating."""
    n_levels: int


def make_design(
    nums: tuple[Nums, Nums],
    level_nums: NDArray[np.int32],
    n_levels: int,
    metadata: tuple[NDArray[np.float32], NDArray[np.float32]],
    most_partners: int | None = None,
) -> Design:
    """Arrange the ratings for both sides and decompose their features.

    Args:
        nums: (n,) users and (n,) items of the ratings.
        level_nums: (n,) the rating's place among the levels, from 0.
        n_levels: L.
        metadata: (n_users, d) and (n_items, d) columns of 0 and 1; d may be 0.
        most_partners: columns of implicit features, at most; ``MAX_PARTNERS`` unless told otherwise.
    """
    shape, most = (len(metadata[0]), len(metadata[1])), most_partners or MAX_PARTNERS
    order = np.lexsort((nums[1], nums[0]))
    users, items = (column[order].astype(np.intp) for column in nums)
    by_item = np.lexsort((users, items))
    return Design(
        users=_side(users, items, shape, np.arange(len(users)), metadata[0], most),
        items=_side(items[by_item], users[by_item], shape[::-1], by_item, metadata[1], most),
        user_nums=users,
        item_nums=items,
        level_nums=level_nums[order].astype(np.intp),
        n_levels=n_levels,
    )


def _side(
    rows: NDArray[np.intp],
    partners: NDArray[np.intp],
    shape: Sequence[int],
    order: NDArray[np.intp],
    metadata: NDArray[np.float32],
    most_partners: int,
) -> Side:
    import scipy.sparse as sparse

    counts = np.bincount(rows, minlength=shape[0])
    starts = np.concatenate([[0], np.cumsum(counts)])
    rated = sparse.csr_matrix((np.ones(len(rows), np.float32), partners, starts), shape=tuple(shape))
    features = sparse.hstack(
        [_implicit(rated, counts, most_partners), sparse.csr_matrix(_with_intercept(metadata))], format="csr"
    )
    gram = (features.T @ features).toarray().astype(np.float64)
    eigenvalues, eigenvectors = np.linalg.eigh(gram)
    return Side(
        counts=counts,
        rated=rated,
        order=order.astype(np.int64),
        features=features,
        features_transposed=features.T.tocsr(),
        eigenvectors=eigenvectors.astype(np.float32),
        eigenvalues=np.maximum(eigenvalues, 0).astype(np.float32),
    )


def _implicit(rated: Any, counts: NDArray[np.int64], most: int) -> Any:
    """Return (n, k) whom each row shares a rating with, whatever the stars: the implicit feedback of SVD++.

    Koren, *Factorization Meets the Neighborhood*, KDD 2008, scales a row by n to the power -0.5.
    """
    import scipy.sparse as sparse

    popularity = np.asarray(rated.sum(axis=0)).ravel()
    kept = np.sort(np.argsort(-popularity, kind="stable")[:most])
    kept = kept[popularity[kept] > 0]
    weights = (popularity[kept] / popularity[kept].mean()) ** -POPULARITY_POWER
    activity = np.maximum(counts, 1.0) ** -ACTIVITY_POWER
    scaled = sparse.diags(activity) @ rated[:, kept] @ sparse.diags(weights)
    return scaled.tocsr().astype(np.float32)


def _with_intercept(metadata: NDArray[np.float32]) -> NDArray[np.float32]:
    """Put a column of ones in front: what is shared by rows of which nothing is known."""
    return np.concatenate([np.ones((len(metadata), 1), np.float32), metadata], axis=1)
