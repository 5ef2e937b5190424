"""What a map shows: a version's items or users, their vectors, and what is known about them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from recli.core.dataset import UserTable
from recli.core.errors import InputDataError, IntegrityError, NotFoundError, UsageError
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
from recli.operations.record import RunRecord
from recli.store import Artifact, Store


@dataclass(frozen=True, eq=False)
class Space:
    """The vectors of a version's items or users, with what is known about these."""

    artifact: Artifact
    dataset: str
    points: Points
    vectors: NDArray[np.float32]
    """(n, d)."""
    trained: NDArray[np.bool_]
    """(n,) whether training saw the point; the other vectors carry no information."""
    whole: bool = True
    """Whether ratings are counted in the whole dataset; else it is gone, and they are those of the training rows."""


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
    return Space(artifact, RunRecord.read(artifact.manifest).dataset.name, Points.of_items(items), vectors, trained)


def _open_users(store: Store, ref: str | None) -> Space:
    artifact = open_with(store, ref, USER_VECTORS)
    users = users_from_csv(artifact.read_bytes(USERS))
    n = len(users)
    trained = checked(artifact.read_arrays(SUPPORT), {"users": (n,)}, dtype=np.int32)["users"]
    counts, means, whole = _activity(store, artifact, users, trained)
    points = Points.of_users(users, counts, means)
    vectors = np.asarray(read_vectors(artifact, n, USER_VECTORS))
    return Space(artifact, RunRecord.read(artifact.manifest).dataset.name, points, vectors, trained > 0, whole)


def _activity(
    store: Store, artifact: Artifact, users: UserTable, trained: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.float32], bool]:
    """Return (n,) ratings and (n,) mean stars of each user, and whether they are of the whole dataset.

    A version keeps no ratings: without its dataset it knows how many rows of each user it was trained on.
    """
    n = len(users)
    try:
        ratings = dataset_of(store, artifact, {}).ratings
    except (NotFoundError, InputDataError, IntegrityError):
        return trained, np.full(n, np.nan, np.float32), False
    counts = np.bincount(ratings.user_nums, minlength=n)
    sums = np.bincount(ratings.user_nums, weights=ratings.values, minlength=n)
    means = np.divide(sums, counts, out=np.full(n, np.nan), where=counts > 0)
    return counts.astype(np.int32), means.astype(np.float32), True


def in_one_order(spaces: Sequence[Space]) -> list[Space]:
    """Return spaces whose rows are those of the first, by id.

    Raises:
        UsageError: they are not of the same things.
    """
    first = spaces[0]
    return [first, *(_as_in(first, space) for space in spaces[1:])]


def _as_in(first: Space, space: Space) -> Space:
    one, other = first.points.vocabulary, space.points.vocabulary
    if first.dataset != space.dataset or one != other:
        kind, (mine, theirs) = first.points.kind, (first.artifact.ref, space.artifact.ref)
        why = (
            f"{mine} knows the {kind} of {first.dataset}, {theirs} those of {space.dataset}"
            if first.dataset != space.dataset
            else f"{mine} and {theirs} were trained on different {kind} of {first.dataset}"
        )
        raise UsageError(
            f"cannot compare: {why}",
            fix=f"recli train {space.artifact.manifest.name} --dataset {first.dataset}",
        )
    # Nums follow the ids, so equal vocabularies mean equal rows; what is known of them is told once.
    return replace(space, points=first.points)
