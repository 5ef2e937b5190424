"""What a model's version holds, written by ``train`` and read by everything else."""

import csv
import dataclasses
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recli.core.artifact import ArtifactReader, FileContent
from recli.core.dataset import Dataset, ItemTable
from recli.core.errors import NotFoundError
from recli.core.reference import ArtifactRef
from recli.core.run import Epoch, Metrics
from recli.core.split import Split
from recli.data.files import items_csv, items_from_csv, users_csv
from recli.models import registry
from recli.models.arrays import checked
from recli.models.bias import BiasModel
from recli.models.predictor import Predictor, Support
from recli.models.recommender import NeighborLists
from recli.operations.record import RunRecord
from recli.store import Artifact, Store

WEIGHTS, BASELINE, SUPPORT = "weights.npz", "baseline.npz", "support.npz"
ITEM_VECTORS, USER_VECTORS, NEIGHBORS = "item_vectors.npy", "user_vectors.npy", "neighbors.npz"
TEST_ROWS, VALIDATION_ROWS = "test_rows.npy", "validation_rows.npy"
ITEMS, USERS, METRICS, HISTORY = "items.csv", "users.csv", "metrics.json", "history.csv"
CARD = "card.md"
NUMS, SIMILARITIES = "_nums", "_similarities"
"""What follows a method's name in the names of its two arrays in ``neighbors.npz``."""
_SUPPORTS = ("users", "items", "baseline_users", "baseline_items")


def model_files(
    predictor: Predictor, dataset: Dataset, split: Split, history: Sequence[Epoch]
) -> dict[str, FileContent]:
    """Return the files of a version, but for its metrics and its card."""
    files: dict[str, FileContent] = {
        WEIGHTS: predictor.model.save(),
        BASELINE: predictor.baseline.save(),
        SUPPORT: _support_arrays(predictor),
        TEST_ROWS: split.test,
        VALIDATION_ROWS: split.validation,
        ITEMS: items_csv(dataset.items),
        USERS: users_csv(dataset.users),
        HISTORY: _history_csv(history),
    }
    if lists := predictor.model.neighbor_lists():
        files[NEIGHBORS] = neighbor_arrays(lists)
    vectors = {ITEM_VECTORS: predictor.model.item_vectors(), USER_VECTORS: predictor.model.user_vectors()}
    return files | {name: np.ascontiguousarray(array) for name, array in vectors.items() if array is not None}


def _support_arrays(predictor: Predictor) -> dict[str, NDArray[np.int32]]:
    own, baseline = predictor.support, predictor.baseline_support
    return dict(zip(_SUPPORTS, (own.users, own.items, baseline.users, baseline.items), strict=True))


def neighbor_arrays(lists: Mapping[str, NeighborLists]) -> dict[str, NDArray[Any]]:
    """Return the arrays of ``neighbors.npz``: two a method, in the order of the methods."""
    arrays: dict[str, NDArray[Any]] = {}
    for method, found in lists.items():
        arrays |= {method + NUMS: found.nums, method + SIMILARITIES: found.similarities}
    return arrays


def open_version(store: Store, ref: str) -> Artifact:
    """Open the version that a reference, as a person types it, means.

    Raises:
        UsageError: the text is no reference.
        NotFoundError: there is no such model or version.
        IntegrityError: it is damaged.
    """
    parsed = ArtifactRef.parse(ref)
    if not store.versions(parsed.name):
        registry.config_class(parsed.name)  # a name that no model has is the better explanation
    return store.model(parsed)


def load_predictor(artifact: ArtifactReader) -> Predictor:
    """Make the trained model of a version, ready to predict.

    Raises:
        IntegrityError: the version is damaged, or describes no model of this recli.
    """
    record = RunRecord.read(artifact.manifest)
    support = checked(artifact.read_arrays(SUPPORT), dict.fromkeys(_SUPPORTS, (None,)), dtype=np.int32)
    users, items, baseline_users, baseline_items = (support[name] for name in _SUPPORTS)
    return Predictor(
        model=registry.load(artifact.manifest.name, record.parameters, artifact.read_arrays(WEIGHTS)),
        support=Support(users, items),
        baseline=BiasModel.load(registry.configure("bias", record.baseline), artifact.read_arrays(BASELINE)),
        baseline_support=Support(baseline_users, baseline_items),
        scale=record.dataset.scale,
    )


@dataclass(frozen=True, eq=False)
class ItemVectors:
    """A version's items as vectors."""

    ref: str
    dataset: str
    items: ItemTable
    vectors: NDArray[np.float32]
    """(n, d), memory-mapped."""
    trained: NDArray[np.bool_]
    """(n,) whether training saw the item; the other vectors carry no information."""


def open_vectors(store: Store, ref: str | None) -> tuple[Artifact, ItemVectors]:
    """Open a version's item vectors; without a reference, of the store's first model that has some.

    Raises:
        NotFoundError: there is no such version, or it has no item vectors.
        IntegrityError: it is damaged.
    """
    artifact = open_version(store, _first_with_vectors(store) if ref is None else ref)
    if ITEM_VECTORS not in artifact.manifest.files:
        raise NotFoundError(f"{artifact.ref} has no item vectors", fix="recli train dot")
    items, trained = open_items(artifact)
    vectors = read_vectors(artifact, len(items))
    dataset = RunRecord.read(artifact.manifest).dataset.name
    return artifact, ItemVectors(artifact.ref, dataset, items, vectors, trained)


def read_vectors(artifact: ArtifactReader, n: int) -> NDArray[np.float32]:
    """Return a version's (n, d) item vectors, memory-mapped.

    Raises:
        IntegrityError: the version is damaged.
    """
    vectors = artifact.read_array(ITEM_VECTORS)
    return checked({ITEM_VECTORS: vectors}, {ITEM_VECTORS: (n, None)})[ITEM_VECTORS]


def open_items(artifact: ArtifactReader) -> tuple[ItemTable, NDArray[np.bool_]]:
    """Return a version's n items, and (n,) whether training saw each.

    Raises:
        IntegrityError: the version is damaged.
    """
    items = items_from_csv(artifact.read_bytes(ITEMS))
    support = checked(artifact.read_arrays(SUPPORT), {"items": (len(items),)}, dtype=np.int32)["items"]
    return items, support > 0


def latest_versions(store: Store, names: Sequence[str] = registry.NAMES) -> Iterator[Artifact]:
    """Open the latest version of each model that has one, in the order of the names.

    Where no version is asked for, the first that can do what is needed is taken.

    Raises:
        IntegrityError: one is damaged.
    """
    return (open_version(store, name) for name in names if store.versions(name))


def _first_with_vectors(store: Store) -> str:
    """Return the first model, in the registry's order, whose latest version has vectors."""
    for artifact in latest_versions(store):
        if ITEM_VECTORS in artifact.manifest.files:
            return artifact.manifest.name
    raise NotFoundError("no model with item vectors has been trained yet", fix="recli train")


def metrics_json(metrics: Mapping[str, Metrics | None], baseline: Metrics) -> bytes:
    """Write ``metrics.json``: part → errors of the model, and of the bias baseline on the test rows."""
    record = {
        "metrics": {part: errors and dataclasses.asdict(errors) for part, errors in metrics.items()},
        "baseline": dataclasses.asdict(baseline),
    }
    return (json.dumps(record, indent=2) + "\n").encode()


def _history_csv(history: Sequence[Epoch]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([field.name for field in dataclasses.fields(Epoch)])
    writer.writerows(dataclasses.astuple(epoch) for epoch in history)
    return text.getvalue().encode()
