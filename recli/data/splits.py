"""Splitting rows into training, validation and test parts."""

import math

import numpy as np
from numpy.typing import NDArray

from recli.core.errors import InputDataError
from recli.core.ratings import Ratings
from recli.core.split import Split, SplitSpec


def rows_by_item(ratings: Ratings) -> NDArray[np.int64]:
    """Return the row numbers sorted by item num, (n,) int64; rows of one item keep their order."""
    return np.argsort(ratings.item_nums, kind="stable").astype(np.int64)


def make_split(ratings: Ratings, spec: SplitSpec) -> Split:
    """Hold out random rows, exactly as the notebook recli starts from does.

    It merges ratings into the item table, which leaves them stably sorted by item, and then calls scikit-learn's
    ``train_test_split``: the shuffle below is that function's, which a test holds it to, without the second that
    importing scikit-learn takes. Validation rows are the last of the (shuffled) training rows, as Keras'
    ``validation_split`` takes them.

    Raises:
        InputDataError: there are too few ratings for every part to have one.
    """
    rows = rows_by_item(ratings)
    n_test = math.ceil(len(rows) * spec.test_fraction)
    n_train = int((len(rows) - n_test) * (1 - spec.validation_fraction))
    if n_train < 1 or n_test < 1:
        raise InputDataError(
            f"{len(rows)} rating(s) cannot be split into {spec.test_fraction:.0%} to judge,"
            f" {spec.validation_fraction:.0%} of the others to watch and the rest to learn from",
            fix="recli train --help",
        )
    shuffled = rows[np.random.RandomState(spec.seed).permutation(len(rows))]
    test, fitted = shuffled[:n_test], shuffled[n_test:]
    return Split(train=fitted[:n_train], validation=fitted[n_train:], test=test)
