"""How alike two items are by a version: by the lists that its fit left, or by the angle of its vectors."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recli.analysis.similarity import cosines
from recli.core.artifact import ArtifactReader
from recli.core.dataset import ItemTable
from recli.core.errors import IntegrityError, NotFoundError
from recli.core.results.similar import VECTORS
from recli.core.spelling import near
from recli.models.arrays import checked
from recli.models.recommender import UNKNOWN, NeighborLists
from recli.operations.artifacts import (
    ITEM_VECTORS,
    NEIGHBORS,
    NUMS,
    SIMILARITIES,
    latest_versions,
    open_items,
    open_version,
    read_vectors,
)
from recli.operations.datasets import train_command
from recli.operations.record import RunRecord
from recli.store import Artifact, Store


@dataclass(frozen=True, eq=False)
class Similarity(ABC):
    """A version's items, and one method of comparing them."""

    ref: str
    dataset: str
    """The name of that which it was trained on."""
    method: str
    items: ItemTable
    trained: NDArray[np.bool_]
    """(n,) whether training saw the item."""
    most_stars: float
    """The most that a user can give."""

    @property
    def length(self) -> int | None:
        """The most items that can be near one; ``None`` where all can."""
        return None

    @abstractmethod
    def near(self, num: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Return (m,) nums of the items to compare with, the item itself possibly among them, and (m,) similarities."""

    @abstractmethod
    def between(self, a: int, b: int) -> float | None:
        """Return the similarity of two items; ``None`` where the version does not keep it."""


@dataclass(frozen=True, eq=False)
class ByVectors(Similarity):
    """The cosine of two item vectors."""

    vectors: NDArray[np.float32]
    """(n, d), memory-mapped."""

    def near(self, num: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Return every item."""
        return np.arange(len(self.vectors), dtype=np.int32), cosines(self.vectors[num], self.vectors)

    def between(self, a: int, b: int) -> float:
        """Return the cosine."""
        return float(cosines(self.vectors[a], self.vectors[[b]])[0])


@dataclass(frozen=True, eq=False)
class ByLists(Similarity):
    """The lists that a fit left."""

    lists: NeighborLists

    @property
    def length(self) -> int:
        """The length of a full list."""
        return int(self.lists.nums.shape[1])

    def near(self, num: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Return the items of the list."""
        real = self.lists.nums[num] != UNKNOWN
        return self.lists.nums[num][real], self.lists.similarities[num][real]

    def between(self, a: int, b: int) -> float | None:
        """Look into both lists: one may name the other where the other has nearer ones."""
        if a == b:
            return 1.0
        for one, other in ((a, b), (b, a)):
            found = np.flatnonzero(self.lists.nums[one] == other)
            if len(found):
                return float(self.lists.similarities[one, found[0]])
        return None


def methods(artifact: ArtifactReader) -> tuple[str, ...]:
    """Return the names of a version's methods, best first, without reading anything but its manifest."""
    files = artifact.manifest.files
    stored = files[NEIGHBORS].arrays if NEIGHBORS in files else {}
    lists = [name.removesuffix(NUMS) for name in stored if name.endswith(NUMS)]
    return (*lists, VECTORS) if ITEM_VECTORS in files else tuple(lists)


def open_similarity(store: Store, ref: str | None, method: str | None, *, prefer_vectors: bool = False) -> Similarity:
    """Open a version to compare items.

    Args:
        store: holds it.
        ref: the version; ``None`` takes the first model, in the registry's order, whose latest version has the method,
            or, where none is named, lists rather than vectors.
        method: its name; ``None`` takes the version's best.
        prefer_vectors: where no method is named, take vectors rather than lists: they compare any two items.

    Raises:
        NotFoundError: there is no such version, or it does not have the method.
        IntegrityError: it is damaged.
    """
    artifact = open_version(store, _first(store, method, prefer_vectors) if ref is None else ref)
    has = methods(artifact)
    if not has:
        raise NotFoundError(f"{artifact.ref} knows no similar items", fix=train_command(store, "ease"))
    if method is None:
        method = VECTORS if prefer_vectors and VECTORS in has else has[0]
    if method not in has:
        raise NotFoundError(
            f"{artifact.ref} has no method {method!r}", fix=f"recli similar TITLE --method {has[0]}", candidates=has
        )
    dataset = RunRecord.read(artifact.manifest).dataset
    items, trained = open_items(artifact)
    known = artifact.ref, dataset.name, method, items, trained, dataset.scale.high
    if method == VECTORS:
        return ByVectors(*known, read_vectors(artifact, len(items)))
    return ByLists(*known, _read_lists(artifact, method, len(items)))


def list_method(store: Store, ref: str | None) -> str:
    """Return the method of the lists that ``open_similarity`` opens where no method is named."""
    return methods(open_version(store, _first(store, None, False) if ref is None else ref))[0]


def _first(store: Store, method: str | None, prefer_vectors: bool) -> str:
    latest = {artifact.manifest.name: methods(artifact) for artifact in latest_versions(store)}
    fitting = [name for name, has in latest.items() if (has if method is None else method in has)]
    if not fitting:
        wanted = "that knows similar items" if method is None else f"with the method {method!r}"
        known = tuple(dict.fromkeys(own for has in latest.values() for own in has))
        meant = near(method or "", known)
        fix = f"recli similar TITLE --method {meant[0]}" if meant else train_command(store)
        raise NotFoundError(f"no model {wanted} has been trained yet", fix=fix, candidates=meant or known)
    with_lists = [name for name in fitting if latest[name][0] != VECTORS]
    with_vectors = [name for name in fitting if VECTORS in latest[name]]
    return ((with_vectors if prefer_vectors else with_lists) or fitting)[0]


def _read_lists(artifact: Artifact, method: str, n: int) -> NeighborLists:
    arrays = artifact.read_arrays(NEIGHBORS)
    nums = checked(arrays, {method + NUMS: (n, None)}, dtype=np.int32)[method + NUMS]
    similarities = checked(arrays, {method + SIMILARITIES: nums.shape})[method + SIMILARITIES]
    if not (((nums >= UNKNOWN) & (nums < n)).all() and np.isfinite(similarities).all()):
        raise IntegrityError(f"{NEIGHBORS} of {artifact.ref} names items that it has not", fix="recli models list")
    return NeighborLists(nums, similarities)
