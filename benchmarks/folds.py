"""The five folds that the publisher of MovieLens-100K ships in its zip: ``u1.base`` and ``u1.test`` to ``u5``."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recli.core.dataset import Dataset
from recli.core.errors import IntegrityError
from recli.core.split import Split
from recli.data.archives import Layout, read_file, read_zip
from recli.data.catalogue import ML_100K
from recli.data.download import download
from recli.data.grouplens import parse_ratings
from recli.data.scratch import scratch_folder

FOLDS = ("u1", "u2", "u3", "u4", "u5")
VALIDATION_FRACTION = 0.1
"""Of a fold's base rows, for models that watch their training."""


def read_archive(path: Path | None) -> bytes:
    """Return the zip: the file at a path, or downloaded from its publisher.

    Raises:
        NotFoundError: there is nothing at the path.
        NetworkError: the publisher cannot be reached.
    """
    if path is not None:
        return read_file(path)
    archive = ML_100K.archive
    assert archive is not None
    with scratch_folder() as folder:
        target = folder / "ml-100k.zip"
        download(archive.url, target, size=archive.size, sha256=archive.sha256)
        return read_file(target)


def fold_split(data: Dataset, archive: bytes, fold: str) -> Split:
    """Return a fold as row numbers of the dataset; base rows are shuffled, and the last tenth of them watches.

    Raises:
        IntegrityError: the archive lacks the fold, or its rows are not those of the dataset.
    """
    names = (f"{fold}.base", f"{fold}.test")
    files = read_zip(archive, Layout(frozenset(names), frozenset({"", ML_100K.name})), "the archive of the folds")
    base, test = (_row_numbers(data, files[name]) for name in names)
    if not np.array_equal(np.sort(np.concatenate([base, test])), np.arange(len(data.ratings))):
        raise IntegrityError(f"fold {fold} does not hold every row of {data.name} once")
    shuffled = base[np.random.RandomState(0).permutation(len(base))]
    n_train = int(len(base) * (1 - VALIDATION_FRACTION))
    return Split(train=shuffled[:n_train], validation=shuffled[n_train:], test=test)


def _row_numbers(data: Dataset, content: bytes) -> NDArray[np.int64]:
    """Find each row of a file among the ratings of the dataset, by user and item; its stars must be the same."""
    rows = parse_ratings(content)
    users, items = data.users.vocabulary.nums(rows.user_ids), data.items.vocabulary.nums(rows.item_ids)
    keys = data.ratings.user_nums.astype(np.int64) * len(data.items) + data.ratings.item_nums
    order = np.argsort(keys)
    wanted = users.astype(np.int64) * len(data.items) + items
    found = order[np.minimum(np.searchsorted(keys, wanted, sorter=order), len(keys) - 1)]
    same = (keys[found] == wanted) & (data.ratings.values[found] == rows.values) & (users >= 0) & (items >= 0)
    if not same.all():
        raise IntegrityError(f"{np.count_nonzero(~same)} rows of a fold are no rows of {data.name}")
    return found.astype(np.int64)
