"""The rows that every model gets: split once, written once, read by each process."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recli.core.dataset import Dataset
from recli.core.errors import require
from recli.core.split import Split, SplitSpec
from recli.data.splits import make_split

_PARTS = ("train", "validation", "test")


def notebook_split(data: Dataset) -> Split:
    """Return recli's default split: that of the notebook."""
    return make_split(data, SplitSpec())


def fold_split(data: Dataset, fold: str) -> Split:
    """Return one of the publisher's folds, as ``train --split`` has it.

    Raises:
        NotFoundError: the dataset came from a source without folds, or from an earlier recli.
    """
    (spec,) = SplitSpec.parse(fold)
    return make_split(data, spec)


def random_split(data: Dataset, method: str, test_fraction: float, seed: int) -> Split:
    """Return one split of those that take a share of the rows at random.

    Raises:
        UsageError: there is no such method, or it makes several splits.
    """
    (spec, *others) = SplitSpec.parse(method, test_fraction=test_fraction, seed=seed)
    require(not others, f"--split {method} makes several splits; --folds judges several", fix="make bench-folds")
    return make_split(data, spec)


def learnable(split: Split) -> NDArray[np.int64]:
    """Return every row that is no test row: what peers and closed forms learn from."""
    return np.concatenate([split.train, split.validation])


def save_split(split: Split, path: Path) -> None:
    """Write row numbers for a process that has the dataset."""
    np.savez(path, **{part: getattr(split, part) for part in _PARTS})


def load_split(path: Path) -> Split:
    """Read what ``save_split`` wrote."""
    with np.load(path, allow_pickle=False) as arrays:
        return Split(**{part: arrays[part] for part in _PARTS})


def save_rows(data: Dataset, split: Split, path: Path) -> None:
    """Write what a peer gets: rows to learn from, pairs to predict, and metadata; ``benchmarks.peers.peer.Rows``."""
    train, test = data.ratings.take(learnable(split)), data.ratings.take(split.test)
    np.savez(
        path,
        n_users=len(data.users),
        n_items=len(data.items),
        train_users=train.user_nums,
        train_items=train.item_nums,
        train_stars=train.values,
        test_users=test.user_nums,
        test_items=test.item_nums,
        low=data.scale.low,
        high=data.scale.high,
        user_traits=_user_traits(data),
        item_years=np.unique(data.items.years, return_inverse=True)[1].astype(np.int32),
        item_genres=_genres(data),
    )


def _user_traits(data: Dataset) -> NDArray[np.int32]:
    """Return (n_users, c) categories: decade of age, gender, occupation, first digit of the zip code."""
    columns = [[_category(name, text) for text in texts] for name, texts in data.users.columns.items()]
    coded = [np.unique(column, return_inverse=True)[1].astype(np.int32) for column in columns]
    return np.stack(coded, axis=1) if coded else np.zeros((len(data.users), 0), np.int32)


def _category(column: str, text: str) -> str:
    if column == "age" and text.isdigit():
        return str(int(text) // 10)
    return text[:1] if column == "zip_code" else text


def _genres(data: Dataset) -> NDArray[np.uint8]:
    """Return (n_items, g) flags, genres in alphabetical order."""
    names = sorted({genre for genres in data.items.genres for genre in genres})
    flags = np.array([[name in genres for name in names] for genres in data.items.genres], np.uint8)
    return flags.reshape(len(data.items), len(names))
