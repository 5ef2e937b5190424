from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recli.core.artifact import ArtifactReader
from recli.core.errors import BusyError
from recli.store import Artifact, Store

from .conftest import Disk, read_everything, tree


def test_round_trip(published: Artifact, files: dict[str, Any]) -> None:
    assert published.ref == "dot:1"
    assert published.manifest.about == {"dataset": "ml-100k"}
    assert published.read_bytes("metrics.json") == files["metrics.json"]
    assert published.read_json("metrics.json") == {"mae": 0.5}
    np.testing.assert_array_equal(published.read_array("ratings/values.npy"), files["ratings/values.npy"], strict=True)
    arrays = published.read_arrays("weights.npz")
    assert list(arrays) == ["users/bias:0", "names"]
    for name, array in files["weights.npz"].items():
        np.testing.assert_array_equal(arrays[name], array, strict=True)


def test_it_is_what_the_other_layers_expect(published: Artifact) -> None:
    reader: ArtifactReader = published
    assert reader.manifest.name == "dot"


def test_arrays_are_mapped_and_read_only(published: Artifact) -> None:
    array = published.read_array("ratings/values.npy")
    assert isinstance(array, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        array[0, 0] = 9


@pytest.mark.parametrize("array", [np.array(2.5), np.empty((0, 4), dtype=np.float32), np.array(["ä", "bc"])], ids=str)
def test_arrays_of_unusual_shape_and_dtype(store: Store, array: np.ndarray) -> None:
    artifact = store.publish_model("dot", {"x.npy": array}, {})
    np.testing.assert_array_equal(artifact.read_array("x.npy"), array, strict=True)


def test_a_mapped_array_outlives_its_dataset(store: Store) -> None:
    array = store.publish_dataset("tiny", {"x.npy": np.arange(5)}, {}).read_array("x.npy")
    store.publish_dataset("tiny", {"x.npy": np.zeros(9)}, {})
    assert array.tolist() == [0, 1, 2, 3, 4]


def test_a_dataset_replaced_after_it_was_opened(store: Store) -> None:
    dataset = store.publish_dataset("tiny", {"x": b"old", "y": b"old"}, {})
    assert dataset.read_bytes("x") == b"old"
    store.publish_dataset("tiny", {"x": b"new"}, {})
    for name in ("x", "y"):
        with pytest.raises(BusyError, match="was replaced while it was being read"):
            dataset.read_bytes(name)
    assert store.dataset("tiny").read_bytes("x") == b"new"


def test_a_dataset_replaced_at_any_moment_of_a_read(
    tmp_path: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch, no_sync: None
) -> None:
    def publish(root: Path, value: int) -> None:
        Store(root).publish_dataset("tiny", {"x.npy": np.full(value, value)}, {})

    def read(root: Path) -> list[int]:
        return Store(root).dataset("tiny").read_array("x.npy").tolist()

    publish(tmp_path / "count", 3)
    with disk.counted():
        read(tmp_path / "count")
    seen = []
    for at in range(len(disk.done)):
        root = tmp_path / str(at)
        publish(root, 3)

        def interfere(number: int, name: str, root: Path = root, at: int = at) -> None:
            if number == at:
                publish(root, 4)

        with disk.meddle(before=interfere, after=lambda number, name: None):
            try:
                seen.append(str(read(root)))
            except BusyError:
                seen.append("busy")
    assert set(seen) == {"[4, 4, 4, 4]", "[3, 3, 3]", "busy"}
    assert seen.count("busy") < len(seen) / 2


def test_reading_changes_nothing(store: Store, root: Path, published: Artifact) -> None:
    before = tree(root)
    read_everything(store)
    published.verify()
    assert tree(root) == before
