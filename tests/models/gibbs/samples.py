"""Small designs for the tests of the sampler."""

import numpy as np

from recli.models.gibbs.design import Design, make_design


def design_of(
    users: list[int],
    items: list[int],
    levels: list[int],
    *,
    n_levels: int = 3,
    shape: tuple[int, int] | None = None,
    metadata: tuple[np.ndarray, np.ndarray] | None = None,
) -> Design:
    n_users, n_items = shape or (max(users) + 1, max(items) + 1)
    nothing = np.zeros((n_users, 0), np.float32), np.zeros((n_items, 0), np.float32)
    nums = np.array(users, np.int32), np.array(items, np.int32)
    return make_design(nums, np.array(levels, np.int32), n_levels, metadata or nothing)


def random_design(n_users: int = 30, n_items: int = 20, n: int = 400, n_levels: int = 4, seed: int = 0) -> Design:
    rng = np.random.default_rng(seed)
    pairs = rng.permutation(n_users * n_items)[:n]
    users, items = np.divmod(pairs, n_items)
    levels = np.concatenate([np.arange(n_levels), rng.integers(n_levels, size=n - n_levels)])
    return design_of(users.tolist(), items.tolist(), levels.tolist(), n_levels=n_levels, shape=(n_users, n_items))
