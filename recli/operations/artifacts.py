"""What a model's version holds, written by ``train`` and read by everything else."""

import csv
import dataclasses
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recli.core.artifact import ArtifactReader, FileContent
from recli.core.dataset import Dataset, ItemTable
from recli.core.errors import IntegrityError, NotFoundError
from recli.core.ratings import RatingScale
from recli.core.reference import ArtifactRef
from recli.core.run import Epoch, Metrics
from recli.core.split import Split
from recli.data.files import items_csv, items_from_csv, users_csv
from recli.models import registry
from recli.models.bias import BiasModel
from recli.models.predictor import Predictor, Support
from recli.store import Artifact, Store

WEIGHTS, BASELINE, SUPPORT = "weights.npz", "baseline.npz", "support.npz"
ITEM_VECTORS, USER_VECTORS = "item_vectors.npy", "user_vectors.npy"
TEST_ROWS, VALIDATION_ROWS = "test_rows.npy", "validation_rows.npy"
ITEMS, USERS, METRICS, HISTORY = "items.csv", "users.csv", "metrics.json", "history.csv"
CARD = "card.md"


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
    vectors = {ITEM_VECTORS: predictor.model.item_vectors(), USER_VECTORS: predictor.model.user_vectors()}
    return files | {name: np.ascontiguousarray(array) for name, array in vectors.items() if array is not None}


def _support_arrays(predictor: Predictor) -> dict[str, NDArray[np.int32]]:
    own, baseline = predictor.support, predictor.baseline_support
    return {
        "users": own.users,
        "items": own.items,
        "baseline_users": baseline.users,
        "baseline_items": baseline.items,
    }


def open_version(store: Store, ref: ArtifactRef) -> Artifact:
    """Open the version that a reference means.

    Raises:
        NotFoundError: there is no such model or version.
        IntegrityError: it is damaged.
    """
    if not store.versions(ref.name):
        registry.check_name(ref.name)
    return store.model(ref)


def load_predictor(artifact: ArtifactReader) -> Predictor:
    """Make the trained model of a version, ready to predict.

    Raises:
        IntegrityError: the version is damaged, or describes no model of this recli.
    """
    about = artifact.manifest.about
    support = artifact.read_arrays(SUPPORT)
    baseline = registry.load("bias", about["baseline"], artifact.read_arrays(BASELINE))
    if not isinstance(baseline, BiasModel):
        raise IntegrityError(f"the baseline of {artifact.manifest.ref} is no bias model", fix="recli models list")
    return Predictor(
        model=registry.load(artifact.manifest.name, about["parameters"], artifact.read_arrays(WEIGHTS)),
        support=Support(support["users"], support["items"]),
        baseline=baseline,
        baseline_support=Support(support["baseline_users"], support["baseline_items"]),
        scale=RatingScale(**about["dataset"]["scale"]),
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


def open_vectors(store: Store, ref: ArtifactRef | None) -> tuple[Artifact, ItemVectors]:
    """Open a version's item vectors; without a reference, of the store's first model that has some.

    Raises:
        NotFoundError: there is no such version, or it has no item vectors.
    """
    artifact = open_version(store, ref or _first_with_vectors(store))
    if ITEM_VECTORS not in artifact.manifest.files:
        raise NotFoundError(f"{artifact.manifest.ref} has no item vectors", fix="recli train dot")
    return artifact, ItemVectors(
        ref=artifact.manifest.ref,
        dataset=artifact.manifest.about["dataset"]["name"],
        items=items_from_csv(artifact.read_bytes(ITEMS)),
        vectors=artifact.read_array(ITEM_VECTORS),
        trained=artifact.read_arrays(SUPPORT)["items"] > 0,
    )


def _first_with_vectors(store: Store) -> ArtifactRef:
    """Return the latest of the first model, in the registry's order, that has been trained and has vectors."""
    trained = set(store.model_names())
    for name in registry.NAMES:
        if name in trained and store.versions(name):
            ref = ArtifactRef.parse(name)
            if ITEM_VECTORS in store.model(ref).manifest.files:
                return ref
    raise NotFoundError("no model with item vectors has been trained yet", fix="recli train dot")


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
