import errno
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recli.core.errors import IntegrityError
from recli.store import Store, io

from .conftest import LATEST, checksums_hold, leftovers, tree

pytestmark = pytest.mark.usefixtures("no_sync")


def test_a_version_on_disk(store: Store, root: Path, files: dict[str, Any]) -> None:
    artifact = store.publish_model("dot", files, {"dataset": "ml-100k"})
    assert artifact.path == root / "models" / "dot" / "0001"
    assert artifact.ref == "dot:1"
    assert sorted(tree(root)) == [
        "FORMAT",
        "models",
        "models/dot",
        "models/dot/0001",
        "models/dot/0001/SHA256SUMS",
        "models/dot/0001/manifest.json",
        "models/dot/0001/metrics.json",
        "models/dot/0001/ratings",
        "models/dot/0001/ratings/values.npy",
        "models/dot/0001/weights.npz",
        "models/dot/aliases",
        "models/dot/aliases/latest",
    ]
    assert (root / "models/dot/aliases/latest").read_text() == "0001\n"


def test_sha256sum_agrees(store: Store, files: dict[str, Any]) -> None:
    version = store.publish_model("dot", files, {})
    dataset = store.publish_dataset("tiny", files, {})
    projection = store.publish_projection(version, "tsne", files, {})
    for artifact in (version, dataset, projection):
        assert checksums_hold(artifact.path)
        lines = (artifact.path / "SHA256SUMS").read_text().splitlines()
        assert len(lines) == len(files) + 1
    (dataset.path / "metrics.json").write_text("{}")
    assert not checksums_hold(dataset.path)


def test_what_is_returned_equals_what_is_opened(store: Store, files: dict[str, Any]) -> None:
    published = store.publish_model("dot", files, {"shape": (1, 2), "classes": {1: "one"}})
    assert published.manifest == store.model(LATEST).manifest
    assert published.manifest.about == {"shape": [1, 2], "classes": {"1": "one"}}


def test_equal_content_has_equal_checksums(store: Store, files: dict[str, Any]) -> None:
    first, second = (store.publish_model("dot", files, {}) for _ in range(2))
    assert first.manifest.files == second.manifest.files


@pytest.mark.parametrize(
    ("taken", "expected"),
    [
        ([], 1),
        (["0001", "0002"], 3),
        (["0007"], 8),
        (["9999"], 10000),
        (["9999", "10000"], 10001),
        (["0001", "aliases", "12", "readme"], 2),
    ],
)
def test_numbers_count_up_above_whatever_is_there(store: Store, root: Path, taken: list[str], expected: int) -> None:
    for name in taken:
        (root / "models" / "dot" / name).mkdir(parents=True)
    assert store.publish_model("dot", {}, {}).manifest.version == expected


def test_a_file_with_a_number_for_a_name_takes_that_number(store: Store, root: Path) -> None:
    (root / "models" / "dot").mkdir(parents=True)
    (root / "models" / "dot" / "0004").touch()
    assert store.publish_model("dot", {}, {}).manifest.version == 5


def test_a_dataset_is_replaced_whole(store: Store, root: Path) -> None:
    store.publish_dataset("tiny", {"old.csv": b"1", "both.csv": b"2"}, {"n": 1})
    store.publish_dataset("tiny", {"new.csv": b"3", "both.csv": b"4"}, {"n": 2})
    dataset = store.dataset("tiny")
    assert sorted(path.name for path in dataset.path.iterdir()) == ["SHA256SUMS", "both.csv", "dataset.json", "new.csv"]
    assert dataset.manifest.about == {"n": 2}
    assert leftovers(root) == []


@pytest.mark.parametrize("code", [errno.ENOSYS, errno.EINVAL, errno.ENOTSUP])
def test_a_dataset_is_replaced_where_directories_cannot_be_exchanged(
    store: Store, root: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refuse(one: Path, other: Path) -> None:
        raise OSError(code, "")

    monkeypatch.setattr(io, "exchange", refuse)
    for content in (b"old", b"new"):
        store.publish_dataset("tiny", {"x": content}, {})
    assert store.dataset("tiny").read_bytes("x") == b"new"
    assert leftovers(root) == []


def test_a_damaged_dataset_is_replaced_too(store: Store) -> None:
    (store.publish_dataset("tiny", {"x": b"1"}, {}).path / "dataset.json").unlink()
    store.publish_dataset("tiny", {"x": b"2"}, {})
    assert store.dataset("tiny").read_bytes("x") == b"2"


def test_projections_live_in_their_version_and_leave_it_whole(store: Store) -> None:
    version = store.publish_model("dot", {"x": b"1"}, {})
    assert store.projection(version, "tsne-30-0") is None
    for n in (1, 2):
        store.publish_projection(version, "tsne-30-0", {"points.npy": np.full((2, 2), n)}, {"perplexity": 30})
    projection = store.projection(version, "tsne-30-0")
    assert projection is not None
    assert projection.path == version.path / "projections" / "tsne-30-0"
    assert projection.manifest.about == {"perplexity": 30}
    np.testing.assert_array_equal(projection.read_array("points.npy"), [[2, 2], [2, 2]])
    assert checksums_hold(version.path)
    assert store.versions("dot") == [1]


def test_a_projection_of_another_version_is_refused(store: Store) -> None:
    first, second = (store.publish_model("dot", {}, {}) for _ in range(2))
    store.publish_projection(first, "tsne", {"points.npy": np.zeros((2, 2))}, {})
    (second.path / "projections").mkdir()
    (first.path / "projections/tsne").rename(second.path / "projections/tsne")
    with pytest.raises(IntegrityError, match="of another version: dot:1"):
        store.projection(second, "tsne")
    assert [check.name for check in store.verify() if check.reason] == ["dot:2/tsne"]


@pytest.mark.parametrize("name", ["", "..", "../x", "a/b", "A", ".tmp-x", "x" * 65, "-a"])
def test_names_that_are_none_are_refused_before_the_disk_is_touched(store: Store, root: Path, name: str) -> None:
    for publish in (store.publish_model, store.publish_dataset):
        with pytest.raises(ValueError, match="not a name"):
            publish(name, {}, {})
    assert not root.exists()


@pytest.mark.parametrize(
    ("files", "about"),
    [
        ({"x.npy": np.array([{}])}, {}),
        ({"../x": b""}, {}),
        ({}, {"files": {}}),
        ({}, {"loss": float("nan")}),
        ({}, {"text": "\ud800"}),
    ],
    ids=["object array", "traversal", "reserved key", "nan", "surrogate"],
)
def test_contents_that_cannot_be_published_leave_nothing(
    store: Store, root: Path, files: dict[str, Any], about: dict[str, Any]
) -> None:
    for publish in (store.publish_model, store.publish_dataset):
        with pytest.raises(ValueError, match=r"reserved|cannot|name|JSON|surrogates"):
            publish("dot", files, about)
    assert (store.model_names(), store.dataset_names()) == ([], [])
    assert not root.exists() or leftovers(root) == []


def test_links_are_not_published_through(store: Store, root: Path, tmp_path: Path) -> None:
    store.prepare()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "file").write_text("kept")
    for name in ("models", "datasets"):
        (root / name).mkdir()
        (root / name / "dot").symlink_to(tmp_path / "mine")
    for publish in (store.publish_model, store.publish_dataset):
        with pytest.raises(IntegrityError, match="symbolic link"):
            publish("dot", {"x": b""}, {})
    assert tree(tmp_path / "mine") == {"file": b"kept"}
    assert leftovers(root) == []
