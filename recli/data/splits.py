"""Splitting rows into training, validation and test parts.

Every method shuffles the rows first, by the seed, and then says of each row what it is for; a part keeps the shuffled
order. Of two rows with the same timestamp, the one that comes later in the source counts as the newer.
"""

import math

import numpy as np
from numpy.typing import NDArray

from recli.core.dataset import Dataset
from recli.core.errors import InputDataError, NotFoundError
from recli.core.ratings import Ratings
from recli.core.split import GIVEN_FOLDS, Split, SplitSpec
from recli.data.fetching.catalogue import ML_100K
from recli.data.hashing import shares

Rows = NDArray[np.int64]
Counts = NDArray[np.int64]


def rows_by_item(ratings: Ratings) -> Rows:
    """Return the row numbers sorted by item num, (n,) int64; rows of one item keep their order."""
    return _sorted_by(ratings.item_nums)


def _sorted_by(nums: NDArray[np.int32]) -> Rows:
    """Return the positions of (n,) nums in ascending order, those of equal nums in theirs.

    numpy sorts 16 bits by counting: the lower half and then the upper is several times faster than all 32 at once.
    """
    rows = np.argsort(nums.astype(np.uint16), kind="stable")
    upper = (nums >> 16).astype(np.uint16)
    return rows[np.argsort(upper[rows], kind="stable")] if upper.any() else rows


def make_split(dataset: Dataset, spec: SplitSpec) -> Split:
    """Hold out rows as the spec says.

    ``random`` is exactly what the notebook recli starts from does. It merges ratings into the item table, which leaves
    them stably sorted by item, and then calls scikit-learn's ``train_test_split``: the shuffle here is that function's,
    which a test holds it to, without the second that importing scikit-learn takes. Validation rows are the last of the
    (shuffled) training rows, as Keras' ``validation_split`` takes them.

    Shares of a user's rows are rounded to the nearest count, halves up, and a user always keeps a row to learn from.

    Raises:
        InputDataError: too few ratings for a part that must have one, or no timestamps where the method needs them.
        NotFoundError: the dataset has no such given fold.
    """
    ratings = dataset.ratings
    rows = rows_by_item(ratings)
    shuffled = rows[np.random.RandomState(spec.seed).permutation(len(rows))]
    if spec.method in ("user", "user:last"):
        split = _by_user(ratings, shuffled, spec)
    elif spec.method == "time":
        split = _by_time(ratings, shuffled, spec)
    else:
        split = _by_position(shuffled, _test_rows(dataset, shuffled, spec), spec)
    if not (len(split.train) and len(split.test)):
        raise InputDataError(
            f"{len(rows)} rating(s) cannot be split into {spec.words()}: a part has none", fix="recli train --help"
        )
    return split


def _test_rows(dataset: Dataset, shuffled: Rows, spec: SplitSpec) -> Rows:
    if spec.method == "given":
        return _given(dataset, spec.given)
    if spec.method == "kfold":
        # Where the parts are equal, the first is what `random` holds out for a share of one part.
        return np.array_split(shuffled, spec.folds)[spec.fold - 1]
    if spec.method == "hash":
        pairs = dataset.ratings.user_nums, dataset.ratings.item_nums
        return shuffled[(shares(*pairs, spec.seed) < spec.test_fraction)[shuffled]]
    return shuffled[: math.ceil(len(shuffled) * spec.test_fraction)]


def _given(dataset: Dataset, name: str) -> Rows:
    if name in dataset.folds:
        return dataset.folds[name].astype(np.int64)
    there = f"it has {', '.join(dataset.folds)}" if dataset.folds else "it has no given folds"
    message = f"{dataset.name} has no fold {name}: {there}"
    if dataset.name != ML_100K.name:
        raise NotFoundError(message, fix=f"recli train --dataset {dataset.name} --split kfold:5")
    raise NotFoundError(
        f"{message}; GroupLens' official zip has {', '.join(GIVEN_FOLDS)}, which the copy on PyPI lacks and a fetch by"
        " an earlier recli left out",
        fix=f"recli fetch {ML_100K.name} --force",
    )


def _by_position(shuffled: Rows, test: Rows, spec: SplitSpec) -> Split:
    """Let the last of the shuffled rows that do not judge watch."""
    learnable = np.ones(len(shuffled), np.bool_)
    learnable[test] = False
    fitted = shuffled[learnable[shuffled]]
    n_train = int(len(fitted) * (1 - spec.validation_fraction))
    return Split(train=fitted[:n_train], validation=fitted[n_train:], test=test)


def _by_time(ratings: Ratings, shuffled: Rows, spec: SplitSpec) -> Split:
    """Learn from the oldest rows, watch those after them, judge the newest."""
    n = len(shuffled)
    age = _newest_first(ratings, spec)
    n_test = math.ceil(n * spec.test_fraction)
    n_train = int((n - n_test) * (1 - spec.validation_fraction))
    return _by_place(shuffled, age, np.full(n, n_test), np.full(n, n - n_train))


def _by_user(ratings: Ratings, shuffled: Rows, spec: SplitSpec) -> Split:
    """Split each user's rows, the first in order to judge, the next to watch: at random, or the newest first."""
    newest = spec.method == "user:last"
    order = np.argsort(_newest_first(ratings, spec)) if newest else shuffled
    counts = np.bincount(ratings.user_nums)
    wanted = np.full(len(counts), spec.last) if newest else _share(counts, spec.test_fraction)
    n_test = np.minimum(wanted, np.maximum(counts - 1, 0))
    left = counts - n_test
    n_validation = np.minimum(_share(left, spec.validation_fraction), np.maximum(left - 1, 0))
    users = ratings.user_nums
    place = _place_in_user(users, order)
    return _by_place(shuffled, place, n_test[users], (n_test + n_validation)[users])


def _by_place(shuffled: Rows, place: Counts, test_below: Counts, validation_below: Counts) -> Split:
    """Judge rows whose place is below the first bound, watch those below the second; all (n,) by row number."""
    part = (place >= test_below).astype(np.int8) + (place >= validation_below)
    test, validation, train = (shuffled[part[shuffled] == number] for number in range(3))
    return Split(train=train, validation=validation, test=test)


def _newest_first(ratings: Ratings, spec: SplitSpec) -> Counts:
    """Return (n,) each row's place among all rows, 0 for the newest; a tie's later row is the newer.

    Raises:
        InputDataError: the dataset has no times.
    """
    times = ratings.timestamps
    if len(times) > 1 and (times == times[0]).all():
        raise InputDataError(
            f"--split {spec} needs to know when each rating was given, and these ratings have no timestamps"
            " (or all the same)",
            fix="recli train --split user" if spec.method == "user:last" else "recli train --split random",
        )
    place = np.empty(len(times), np.int64)
    place[np.argsort(times, kind="stable")[::-1]] = np.arange(len(times))
    return place


def _place_in_user(users: NDArray[np.int32], order: Rows) -> Counts:
    """Return (n,) each row's place among its user's rows, which come in this order of all rows."""
    grouped = order[_sorted_by(users[order])]
    counts = np.bincount(users)
    starts = np.cumsum(counts) - counts
    place = np.empty(len(users), np.int64)
    place[grouped] = np.arange(len(users)) - starts[users[grouped]]
    return place


def _share(counts: Counts, fraction: float) -> Counts:
    """Return a share of each count, rounded to the nearest, halves up."""
    return np.floor(counts * fraction + 0.5).astype(np.int64)
