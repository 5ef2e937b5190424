"""The folds that a publisher ships beside its ratings, as row numbers."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from recli.core.errors import IntegrityError
from recli.data.build import RatingColumns
from recli.data.fetching.grouplens import parse_ratings

SUFFIX = ".test"
"""Of the files with the rows that judge. The ``u1.base`` beside ``u1.test`` holds all the others: it is not read."""


def fold_rows(ratings: RatingColumns, tests: Mapping[str, bytes]) -> dict[str, NDArray[np.int32]]:
    """Find each row of the folds' test files among the ratings.

    Args:
        ratings: all of them; a user rates an item at most once.
        tests: name of a file, ``u1.test`` → its content, in the syntax of ``u.data``.

    Returns:
        Name of a fold, ``u1`` → (n_test,) positions in ``ratings``, ascending.

    Raises:
        IntegrityError: a row is not among the ratings, or has other stars or another time there.
        InputDataError: a line is malformed.
    """
    row_of = {pair: row for row, pair in enumerate(_pairs(ratings))}
    folds = {}
    for file, content in tests.items():
        judged = parse_ratings(content, file)
        rows = np.array([row_of.get(pair, -1) for pair in _pairs(judged)], dtype=np.int32)
        same = (rows >= 0) & (ratings.values[rows] == judged.values) & (ratings.timestamps[rows] == judged.timestamps)
        if not same.all():
            line = int(np.flatnonzero(~same)[0]) + 1
            raise IntegrityError(f"{file}:{line}: not one of the ratings", fix="recli fetch --force")
        folds[file.removesuffix(SUFFIX)] = np.sort(rows)
    return folds


def _pairs(ratings: RatingColumns) -> list[tuple[int, int]]:
    return list(zip(ratings.user_ids.tolist(), ratings.item_ids.tolist(), strict=True))
