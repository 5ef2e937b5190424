"""The rows that a version was kept from."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recli.core.dataset import Dataset
from recli.core.errors import InputDataError
from recli.operations.artifacts import TEST_ROWS, VALIDATION_ROWS, read_rows
from recli.operations.datasets import open_dataset
from recli.operations.record import RunRecord
from recli.store import Artifact, Store

PARTS = ("train", "validation", "test")
"""Of a dataset's rows, for a version."""


def dataset_of(store: Store, artifact: Artifact, opened: dict[str, Dataset]) -> Dataset:
    """Return the dataset that a version was trained on, from those opened already or from the store.

    Raises:
        NotFoundError: it is gone.
        InputDataError: it has changed since.
        IntegrityError: it, or the version, is damaged.
    """
    record = RunRecord.read(artifact.manifest).dataset
    if record.name not in opened:
        opened[record.name] = open_dataset(store, record.name)
    dataset = opened[record.name]
    if dataset.fingerprint != record.fingerprint:
        raise InputDataError(
            f"{artifact.ref} was trained on other rows: {record.name} had the fingerprint"
            f" {record.fingerprint[:12]}… and has {dataset.fingerprint[:12]}… now",
            fix=f"recli train {artifact.manifest.name} --dataset {record.name}",
        )
    return dataset


def judged_rows(artifact: Artifact, n_rows: int) -> dict[str, NDArray[np.int64]]:
    """Return the rows of the training and of the test part.

    Raises:
        IntegrityError: the version is damaged.
    """
    trained = parts_of_rows(artifact, n_rows) == PARTS.index("train")
    return {"train": np.flatnonzero(trained), "test": read_rows(artifact, TEST_ROWS, n_rows)}


def common_rows(held_out: Sequence[NDArray[np.int64]], n_rows: int) -> NDArray[np.int64]:
    """Return the rows, ascending, of a dataset of n that stand in every one of several lists."""
    times = np.zeros(n_rows, np.int32)
    for rows in held_out:
        flags = np.zeros(n_rows, np.bool_)
        flags[rows] = True
        times += flags
    return np.flatnonzero(times == len(held_out))


def parts_of_rows(artifact: Artifact, n_rows: int) -> NDArray[np.int8]:
    """Return (n_rows,) the place in ``PARTS`` of each row: what is in neither kept-out part was trained on.

    Raises:
        IntegrityError: the version is damaged.
    """
    parts = np.full(n_rows, PARTS.index("train"), np.int8)
    for part, name in (("validation", VALIDATION_ROWS), ("test", TEST_ROWS)):
        parts[read_rows(artifact, name, n_rows)] = PARTS.index(part)
    return parts
