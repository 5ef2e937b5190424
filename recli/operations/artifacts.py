"""What a model's version holds, written by ``train`` and read by everything else."""

import csv
import dataclasses
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recli.core.artifact import ArtifactReader, FileContent
from recli.core.dataset import Dataset, ItemTable
from recli.core.errors import IntegrityError, NotFoundError
from recli.core.reference import ArtifactRef
from recli.core.run import Epoch, Metrics
from recli.core.split import Split
from recli.data.files import items_csv, items_from_csv, users_csv
from recli.models import registry
from recli.models.arrays import checked
from recli.models.bias import BiasModel
from recli.models.predictor import Predictor, Support
from recli.models.recommender import NeighborLists, Recommender
from recli.operations.datasets import train_command
from recli.operations.record import RunRecord
from recli.store import Artifact, Store

WEIGHTS, BASELINE, SUPPORT = "weights.npz", "baseline.npz", "support.npz"
ITEM_VECTORS, USER_VECTORS, NEIGHBORS = "item_vectors.npy", "user_vectors.npy", "neighbors.npz"
_WHOSE = {ITEM_VECTORS: "item", USER_VECTORS: "user"}
TEST_ROWS, VALIDATION_ROWS = "test_rows.npy", "validation_rows.npy"
ITEMS, USERS, METRICS, HISTORY = "items.csv", "users.csv", "metrics.json", "history.csv"
CARD = "card.md"
LONGEST = 1e15
"""A number in a vector: beyond, the product of two does not fit into 32 bits."""
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
        _require_model(parsed.name, store)
    try:
        return store.model(parsed)
    except NotFoundError as error:
        if (error.fix or "").startswith("recli train"):
            error.fix = train_command(store, parsed.name)  # on data that is there
        raise


def _require_model(name: str, store: Store) -> None:
    """Raise where no model has a name: that explains more than that none is trained. Trained ones were meant first."""
    try:
        registry.config_class(name)
    except NotFoundError as error:
        trained = [other for other in error.candidates if store.versions(other)]
        if trained:
            error.candidates, error.fix = tuple(trained), "recli models list"
        raise


def load_predictor(artifact: ArtifactReader) -> Predictor:
    """Make the trained model of a version, ready to predict.

    Raises:
        IntegrityError: the version is damaged, or describes no model of this recli.
    """
    record = RunRecord.read(artifact.manifest)
    counts = record.dataset.n_users, record.dataset.n_items
    lengths = zip(_SUPPORTS, counts * 2, strict=True)
    support = checked(artifact.read_arrays(SUPPORT), {name: (n,) for name, n in lengths}, dtype=np.int32)
    users, items, baseline_users, baseline_items = (support[name] for name in _SUPPORTS)
    model = registry.load(artifact.manifest.name, record.parameters, artifact.read_arrays(WEIGHTS))
    baseline = BiasModel.load(registry.configure("bias", record.baseline), artifact.read_arrays(BASELINE))
    for loaded in (model, baseline):
        _require_tables(loaded, *counts)
    return Predictor(
        model=model,
        support=Support(users, items),
        baseline=baseline,
        baseline_support=Support(baseline_users, baseline_items),
        scale=record.dataset.scale,
    )


def _require_tables(model: Recommender, n_users: int, n_items: int) -> None:
    """Ask a model for its last user and item: tables of other lengths may fit each other and yet be too short."""
    try:
        with np.errstate(all="ignore"):
            model.predict(np.array([n_users - 1], np.int32), np.array([n_items - 1], np.int32))
    except IndexError as error:
        raise IntegrityError(
            f"the stored arrays of {model.config.model} are too short for {n_users:,} users and {n_items:,} items",
            fix="recli models list",
        ) from error


def read_rows(artifact: ArtifactReader, name: str, n_rows: int) -> NDArray[np.int64]:
    """Return (m,) positions of kept-out rows among the n of a version's dataset.

    Raises:
        IntegrityError: the version is damaged.
    """
    rows = checked({name: artifact.read_array(name)}, {name: (None,)}, np.int64)[name]
    if ((rows < 0) | (rows >= n_rows)).any() or (name == TEST_ROWS and not len(rows)):
        raise IntegrityError(
            f"{name} of {artifact.manifest.ref} names rows that there are not", fix="recli models list"
        )
    return rows


def open_with(store: Store, ref: str | None, vectors: str) -> Artifact:
    """Open a version that has ``ITEM_VECTORS`` or ``USER_VECTORS``; without a reference, of the first model that has.

    Raises:
        NotFoundError: there is no such version, or it has no such vectors.
        IntegrityError: it is damaged.
    """
    artifact = open_version(store, _first_with(store, vectors) if ref is None else ref)
    if vectors not in artifact.manifest.files:
        raise NotFoundError(f"{artifact.ref} has no {_WHOSE[vectors]} vectors", fix=train_command(store, "dot"))
    return artifact


def read_vectors(artifact: ArtifactReader, n: int, name: str = ITEM_VECTORS) -> NDArray[np.float32]:
    """Return a version's (n, d) item or user vectors, memory-mapped.

    Raises:
        IntegrityError: the version is damaged.
    """
    vectors = checked({name: artifact.read_array(name)}, {name: (n, None)})[name]
    if vectors.size and max(vectors.max(), -vectors.min()) > LONGEST:
        raise IntegrityError(
            f"{name} of {artifact.manifest.ref} holds numbers that no training makes", fix="recli models list"
        )
    return vectors


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


def _first_with(store: Store, vectors: str) -> str:
    """Return the first model, in the registry's order, whose latest version has such vectors."""
    for artifact in latest_versions(store):
        if vectors in artifact.manifest.files:
            return artifact.manifest.name
    raise NotFoundError(f"no model with {_WHOSE[vectors]} vectors has been trained yet", fix=train_command(store))


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
