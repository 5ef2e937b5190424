import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recli.core.artifact import ArtifactRef
from recli.core.errors import IntegrityError, StorageError
from recli.store import Artifact, Store, io

from .conftest import Disk, leftovers, tree

LATEST = ArtifactRef.parse("dot")
pytestmark = pytest.mark.usefixtures("no_sync")


def checksums_hold(directory: Path) -> bool:
    check = ["sha256sum", "--strict", "--check", "SHA256SUMS"]
    return subprocess.run(check, cwd=directory, capture_output=True, check=False).returncode == 0


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


def test_a_writer_that_is_overtaken_takes_the_next_number(
    store: Store, root: Path, monkeypatch: pytest.MonkeyPatch, disk: Disk
) -> None:
    """Another store publishes between the choice of a number and the rename, twice."""
    rival = Store(root)
    rename = io.rename
    rivals = iter([1, 2])

    def overtake(source: Path, target: Path) -> None:
        if next(rivals, None):
            with monkeypatch.context() as patch:
                patch.setattr(io, "rename", rename)
                rival.publish_model("dot", {"who": b"rival"}, {})
        rename(source, target)

    monkeypatch.setattr(io, "rename", overtake)
    artifact = store.publish_model("dot", {"who": b"me"}, {})
    assert artifact.manifest.version == 3
    assert [store.model(ArtifactRef("dot", n)).read_bytes("who") for n in (1, 2, 3)] == [b"rival", b"rival", b"me"]
    assert [status.status for status in store.statuses()] == ["ok"] * 3
    assert checksums_hold(artifact.path)


def test_latest_is_written_again_when_another_version_came_in_between(
    store: Store, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The slow writer puts 0001 over the fast one's 0002, looks again, and corrects it."""
    replace = io.replace
    latest = root / "models" / "dot" / "aliases" / "latest"

    def overtake(source: Path, target: Path) -> None:
        if target == latest:
            monkeypatch.setattr(io, "replace", replace)
            Store(root).publish_model("dot", {}, {})
        replace(source, target)

    monkeypatch.setattr(io, "replace", overtake)
    assert store.publish_model("dot", {}, {}).manifest.version == 1
    assert latest.read_text() == "0002\n"


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


def test_a_dataset_that_vanishes_while_it_is_replaced(
    store: Store, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange = io.exchange

    def vanish(one: Path, other: Path) -> None:
        io.remove_tree(other)
        exchange(one, other)

    monkeypatch.setattr(io, "exchange", vanish)
    for content in (b"old", b"new"):
        store.publish_dataset("tiny", {"x": content}, {})
    assert store.dataset("tiny").read_bytes("x") == b"new"


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


WRITER = """
import sys
from pathlib import Path
from recli.store import Store
store = Store(Path(sys.argv[1]))
for i in range(10):
    print(store.publish_model("dot", {"who": f"{sys.argv[2]}/{i}".encode()}, {}).ref)
"""


def test_eight_writers_at_once_get_eighty_versions(store: Store, root: Path) -> None:
    command = [sys.executable, "-c", WRITER, str(root)]
    writers = [subprocess.Popen([*command, str(n)], stdout=subprocess.PIPE, text=True) for n in range(8)]
    refs = [ref for writer in writers for ref in writer.communicate()[0].split()]
    assert [writer.returncode for writer in writers] == [0] * 8
    assert sorted(refs) == sorted(f"dot:{n}" for n in range(1, 81))
    assert [status.status for status in store.statuses()] == ["ok"] * 80
    contents = {store.model(ArtifactRef("dot", n)).read_bytes("who").decode() for n in range(1, 81)}
    assert contents == {f"{who}/{i}" for who in range(8) for i in range(10)}
    assert (root / "models/dot/aliases/latest").read_text() == "0080\n"
    assert leftovers(root) == []


# One publication of each kind, over an older one: the store is the old or the new afterwards, wherever it fails.

Publish = Callable[[Store, bytes], Artifact]


def publish_model(store: Store, content: bytes) -> Artifact:
    return store.publish_model("dot", {"a/x.npy": np.arange(3), "y": content}, {})


def publish_dataset(store: Store, content: bytes) -> Artifact:
    return store.publish_dataset("tiny", {"a/x.npy": np.arange(3), "y": content}, {})


def publish_projection(store: Store, content: bytes) -> Artifact:
    version = store.model(LATEST) if store.versions("dot") else publish_model(store, b"version")
    return store.publish_projection(version, "tsne", {"y": content}, {})


def contents(store: Store) -> list[bytes]:
    """Read everything that the store shows, which checks it."""
    versions = [store.model(ArtifactRef("dot", n)) for n in store.versions("dot")]
    projections = [found for version in versions if (found := store.projection(version, "tsne"))]
    datasets = [store.dataset(name) for name in store.dataset_names()]
    return [artifact.read_bytes("y") for artifact in (*versions, *projections, *datasets)]


def refuse_exchange(one: Path, other: Path) -> None:
    raise OSError(errno.ENOSYS, "")


FAULTS = [
    (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), "before"),
    (OSError(errno.EIO, os.strerror(errno.EIO)), "after"),
    (KeyboardInterrupt(), "before"),
    (KeyboardInterrupt(), "after"),
]


@pytest.mark.parametrize(
    ("publish", "can_exchange"),
    [
        (publish_model, True),
        (publish_dataset, True),
        (publish_dataset, False),
        (publish_projection, True),
        (publish_projection, False),
    ],
)
@pytest.mark.parametrize(("error", "when"), FAULTS, ids=["full", "io error after", "ctrl-c", "ctrl-c after"])
def test_a_publication_that_fails_anywhere_leaves_old_or_new(
    tmp_path: Path,
    disk: Disk,
    monkeypatch: pytest.MonkeyPatch,
    publish: Publish,
    can_exchange: bool,
    error: BaseException,
    when: str,
) -> None:
    if not can_exchange:
        monkeypatch.setattr(io, "exchange", refuse_exchange)
    store = Store(tmp_path / "count")
    publish(store, b"old")
    before = contents(store)
    old = shutil.copytree(store.root, tmp_path / "old")
    with disk.counted():
        publish(store, b"new")
    after = contents(store)
    assert len(disk.done) > 20

    for at in range(len(disk.done)):
        store = Store(shutil.copytree(old, tmp_path / str(at)))
        raised = False
        with disk.failing(at, error, when):
            try:
                publish(store, b"new")
            except (StorageError, KeyboardInterrupt):
                raised = True
        operation = disk.done[at]
        found = contents(store)
        assert found in (before, after), (at, operation)
        assert found == after or raised, (at, operation)
        assert all(status.status == "ok" for status in store.statuses()), (at, operation)
        # Only a removal that itself failed leaves something, which nobody sees.
        assert leftovers(store.root) == [] or operation == "remove_tree", (at, operation)
        publish(store, b"new")
        assert contents(store)[-1] == b"new"


@pytest.mark.parametrize("publish", [publish_model, publish_dataset, publish_projection])
def test_a_disk_that_is_full_from_some_operation_on(tmp_path: Path, disk: Disk, publish: Publish) -> None:
    writing = {"make_directory", "create", "write", "sync", "sync_directory", "rename", "replace", "exchange"}
    store = Store(tmp_path / "count")
    publish(store, b"old")
    before = contents(store)
    old = shutil.copytree(store.root, tmp_path / "old")
    with disk.counted():
        publish(store, b"new")
    after = contents(store)

    for at in range(len(disk.done)):
        store = Store(shutil.copytree(old, tmp_path / str(at)))

        def full(number: int, name: str, at: int = at) -> None:
            if number >= at and name in writing:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        raised = None
        with disk.meddle(full, lambda number, name: None):
            try:
                publish(store, b"new")
            except StorageError as error:
                raised = error
        found = contents(store)
        assert found in (before, after)
        assert found == after or (raised is not None and "the disk is full" in raised.message)
        assert leftovers(store.root) == []


def test_a_first_publication_that_fails_anywhere_leaves_an_empty_store(tmp_path: Path, disk: Disk) -> None:
    with disk.counted():
        publish_dataset(Store(tmp_path / "count"), b"new")
    for at in range(disk.done.index("rename") + 1):
        store = Store(tmp_path / str(at))
        with disk.failing(at, KeyboardInterrupt()), pytest.raises(KeyboardInterrupt):
            publish_dataset(store, b"new")
        assert contents(store) == []
        assert not store.root.exists() or leftovers(store.root) == []
        assert publish_dataset(store, b"new").read_bytes("y") == b"new"
