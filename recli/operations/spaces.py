"""What a map shows: a version's items or users, their vectors, and what is known about them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from recli.core.dataset import UserTable
from recli.core.errors import InputDataError, IntegrityError, NotFoundError, RecliError, UsageError
from recli.core.results.project import Points
from recli.data.files import users_from_csv
from recli.models.arrays import checked
from recli.operations.artifacts import (
    ITEM_VECTORS,
    SUPPORT,
    USER_VECTORS,
    USERS,
    open_items,
    open_with,
    read_vectors,
)
from recli.operations.held_out import dataset_of
from recli.operations.record import DatasetRecord, RunRecord
from recli.store import Artifact, Store

_WHY: dict[type[RecliError], str] = {
    NotFoundError: "is not in the store any more",
    InputDataError: "has other rows now",
    IntegrityError: "is damaged",
}
"""What opening the dataset of a version raises → what that says of it."""


@dataclass(frozen=True, eq=False)
class Space:
    """The vectors of a version's items or users, with what is known about these."""

    artifact: Artifact
    dataset: DatasetRecord
    points: Points
    vectors: NDArray[np.float32]
    """(n, d)."""
    trained: NDArray[np.bool_]
    """(n,) whether training saw the point; the other vectors carry no information."""
    training_only: str | None = None
    """Why ratings are counted in the training rows, not in the whole dataset: what is the matter with it."""


def open_space(store: Store, ref: str | None, *, users: bool) -> Space:
    """Open a version's vectors; without a reference, of the store's first model that has some.

    Raises:
        NotFoundError: there is no such version, or it has no such vectors.
        IntegrityError: it is damaged.
    """
    if users:
        return _open_users(store, ref)
    artifact = open_with(store, ref, ITEM_VECTORS)
    items, trained = open_items(artifact)
    vectors = np.asarray(read_vectors(artifact, len(items)))
    return Space(artifact, RunRecord.read(artifact.manifest).dataset, Points.of_items(items), vectors, trained)


def _open_users(store: Store, ref: str | None) -> Space:
    artifact = open_with(store, ref, USER_VECTORS)
    users = users_from_csv(artifact.read_bytes(USERS))
    n = len(users)
    trained = checked(artifact.read_arrays(SUPPORT), {"users": (n,)}, dtype=np.int32)["users"]
    counts, means, training_only = _activity(store, artifact, users, trained)
    points = Points.of_users(users, counts, means)
    vectors = np.asarray(read_vectors(artifact, n, USER_VECTORS))
    return Space(artifact, RunRecord.read(artifact.manifest).dataset, points, vectors, trained > 0, training_only)


def _activity(
    store: Store, artifact: Artifact, users: UserTable, trained: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.float32], str | None]:
    """Return (n,) ratings and (n,) mean stars of each user, and why they are not of the whole dataset, if so.

    A version keeps no ratings: without its dataset it knows how many rows of each user it was trained on.
    """
    n = len(users)
    try:
        ratings = dataset_of(store, artifact, {}).ratings
    except tuple(_WHY) as error:
        return trained, np.full(n, np.nan, np.float32), _WHY[type(error)]
    counts = np.bincount(ratings.user_nums, minlength=n)
    sums = np.bincount(ratings.user_nums, weights=ratings.values, minlength=n)
    means = np.divide(sums, counts, out=np.full(n, np.nan), where=counts > 0)
    return counts.astype(np.int32), means.astype(np.float32), None


def on_the_same_points(spaces: Sequence[Space]) -> list[Space]:
    """Return spaces with the points of the first: nums follow the ids, so that equal ids mean equal rows.

    Raises:
        UsageError: they are not of the same things.
    """
    first, *others = spaces
    for space in others:
        _require_same(first, space)
    return [replace(space, points=first.points) for space in spaces]


def _require_same(first: Space, space: Space) -> None:
    kind, (mine, theirs) = first.points.kind, (first.artifact.ref, space.artifact.ref)
    if first.dataset.fingerprint != space.dataset.fingerprint:
        one, other = (f"{own.name}, fingerprint {own.fingerprint[:12]}…" for own in (first.dataset, space.dataset))
        why = f"{mine} knows the {kind} of {one}; {theirs} those of {other}"
    elif first.points.vocabulary != space.points.vocabulary:
        why = f"{mine} and {theirs} were trained on different {kind} of {first.dataset.name}"
    else:
        return
    fix = f"recli train {space.artifact.manifest.name} --dataset {first.dataset.name}"
    raise UsageError(f"cannot compare: {why}", fix=fix)
