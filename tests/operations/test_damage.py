"""Versions whose checksums are right and whose arrays are not: every reader says so."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from recli.core.errors import IntegrityError
from recli.core.reference import ArtifactRef
from recli.operations.artifacts import load_predictor, open_items
from recli.operations.evaluate import evaluate
from recli.operations.predict import predict_one
from recli.operations.recommend import recommend_to_new
from recli.operations.similar import similar_by_id
from recli.store import Store

Change = Callable[[NDArray[Any]], NDArray[Any]]


def with_last(value: float) -> Change:
    def change(array: NDArray[Any]) -> NDArray[Any]:
        changed = array.copy()
        changed.flat[-1] = value
        return changed

    return change


def short(array: NDArray[Any]) -> NDArray[Any]:
    return array[:-1].copy()


def as_doubles(array: NDArray[Any]) -> NDArray[Any]:
    return array.astype(np.float64)


def publish_changed(store: Store, file: str, change: Change, name: str = "") -> str:
    """Publish ``dot`` once more with one array changed; its checksums are those of what it holds."""
    artifact = store.model(ArtifactRef.parse("dot"))
    files: dict[str, Any] = {}
    for each, entry in artifact.manifest.files.items():
        read = artifact.read_arrays if each.endswith("z") else artifact.read_array
        files[each] = read(each) if entry.arrays else artifact.read_bytes(each)
    files[file] = files[file] | {name: change(files[file][name])} if name else change(files[file])
    return store.publish_model("dot", files, artifact.manifest.about).ref


@pytest.mark.parametrize(
    ("file", "name", "change"),
    [
        ("weights.npz", "user_embedding", short),
        ("weights.npz", "item_embedding", with_last(np.nan)),
        ("weights.npz", "item_embedding", as_doubles),
        ("baseline.npz", "user_biases", short),
        ("baseline.npz", "mean", with_last(np.inf)),
        ("support.npz", "items", short),
        ("support.npz", "baseline_users", short),
    ],
)
def test_a_model_whose_arrays_are_wrong_is_refused(tiny_copy: Store, file: str, name: str, change: Change) -> None:
    ref = publish_changed(tiny_copy, file, change, name)
    with pytest.raises(IntegrityError, match=None if change is short else name):
        load_predictor(tiny_copy.model(ArtifactRef.parse(ref)))


@pytest.mark.parametrize("file", ["test_rows.npy", "validation_rows.npy"])
@pytest.mark.parametrize("change", [with_last(10**6), with_last(-1), as_doubles], ids=["high", "negative", "dtype"])
def test_rows_that_there_are_not_are_refused(tiny_copy: Store, file: str, change: Change) -> None:
    ref = publish_changed(tiny_copy, file, change)
    with pytest.raises(IntegrityError, match=file):
        evaluate(tiny_copy, [ref])
    with pytest.raises(IntegrityError, match=file):
        predict_one(tiny_copy, "6", "1", model=ref)


def test_no_row_to_judge_is_refused(tiny_copy: Store) -> None:
    ref = publish_changed(tiny_copy, "test_rows.npy", lambda rows: rows[:0])
    with pytest.raises(IntegrityError, match="test_rows"):
        evaluate(tiny_copy, [ref])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("value", [np.nan, np.inf, 1e38])
def test_vectors_without_a_length_are_refused(tiny_copy: Store, value: float) -> None:
    ref = publish_changed(tiny_copy, "item_vectors.npy", with_last(value))
    with pytest.raises(IntegrityError, match="item_vectors"):
        similar_by_id(tiny_copy, "1", model=ref)


def test_arrays_that_cannot_take_in_a_person_are_refused(tiny: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def singular(*_: object) -> None:
        raise np.linalg.LinAlgError("Singular matrix")

    monkeypatch.setattr("recli.models.dot.DotModel.fold_in", singular)
    title = open_items(tiny.model(ArtifactRef.parse("dot")))[0].titles[0]
    with pytest.raises(IntegrityError, match="take in a new person: Singular matrix"):
        recommend_to_new(tiny, [f"{title}=5"], model="dot")
