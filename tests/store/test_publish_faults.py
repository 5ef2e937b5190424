"""Publications that fail at any operation of the disk: afterwards the store is the old one or the new one."""

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recli.core.errors import StorageError
from recli.core.reference import ArtifactRef
from recli.store import Artifact, Store, io
from tests.torture import Tally, sized

from .conftest import FAULTS, LATEST, Disk, leftovers, moments, read_everything, refuse_exchange, struck

pytestmark = pytest.mark.usefixtures("no_sync")


MANIFESTS = {"dot": "manifest.json", "datasets": "dataset.json"}


def test_a_version_stands_even_if_the_file_for_cat_cannot_be_written(
    store: Store, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.prepare()

    def full(source: Path, target: Path) -> None:
        raise OSError(errno.ENOSPC, "")

    monkeypatch.setattr(io, "replace", full)
    assert store.publish_model("dot", {}, {}).ref == "dot:1"
    assert store.model(LATEST).ref == "dot:1"
    assert leftovers(root) == []


@pytest.mark.parametrize("publish", [Store.publish_model, Store.publish_dataset])
def test_all_of_it_is_on_the_disk_before_its_name_is(
    store: Store, root: Path, monkeypatch: pytest.MonkeyPatch, publish: Callable[..., Artifact]
) -> None:
    """A power cut keeps what was synced: files, then the directories that name them, then the rename itself."""
    store.publish_model("dot", {}, {})
    safe: list[Path] = []
    opened: dict[int, Path] = {}
    create, rename, sync_directory = io.create, io.rename, io.sync_directory

    def watch_create(path: Path) -> int:
        opened[descriptor := create(path)] = path
        return descriptor

    def watch_rename(source: Path, target: Path) -> None:
        assert {source, *source.rglob("*")} <= set(safe)
        assert [path.name for path in safe if path.is_file()][-2:] == ["SHA256SUMS", MANIFESTS[target.parts[-2]]]
        for path in source.rglob("*"):
            assert safe.index(path) < safe.index(path.parent)
        rename(source, target)
        safe.clear()

    monkeypatch.setattr(io, "create", watch_create)
    monkeypatch.setattr(io, "sync", lambda descriptor: safe.append(opened[descriptor]))
    monkeypatch.setattr(io, "sync_directory", lambda path: (safe.append(path), sync_directory(path)))
    monkeypatch.setattr(io, "rename", watch_rename)
    artifact = publish(store, "dot", {"x": b"1", "a/b/y": b"2"}, {})
    assert safe[0] == artifact.path.parent


Publish = Callable[[Store, bytes], object]


def publish_model(store: Store, content: bytes) -> Artifact:
    return store.publish_model("dot", {"a/x.npy": np.arange(3), "y": content}, {})


def publish_dataset(store: Store, content: bytes) -> Artifact:
    return store.publish_dataset("tiny", {"a/x.npy": np.arange(3), "y": content}, {})


def publish_projection(store: Store, content: bytes) -> Artifact:
    version = store.model(LATEST) if store.versions("dot") else publish_model(store, b"version")
    return store.publish_projection(version, "tsne", {"y": content}, {})


def publish_checkpoint(store: Store, content: bytes) -> Artifact:
    return store.publish_checkpoint("dot-1", {"a/x.npy": np.arange(3), "y": content}, {})


def begin_study(store: Store, content: bytes) -> None:
    """Take up a study; the trial that a killed process has left half written goes."""
    with store.study("s", fresh=content == b"old") as path:
        if content == b"old":
            path.write_bytes(b'{"trial": 0}\n{"tri')


def contents(store: Store) -> list[bytes]:
    """Read everything that the store shows, which checks it."""
    versions = [store.model(ArtifactRef("dot", n)) for n in store.versions("dot")]
    projections = [found for version in versions if (found := store.projection(version, "tsne"))]
    checkpoints = [found] if (found := store.checkpoint("dot-1")) else []
    datasets = [store.dataset(name) for name in store.dataset_names()]
    return [artifact.read_bytes("y") for artifact in (*versions, *projections, *checkpoints, *datasets)]


@pytest.mark.torture
@pytest.mark.parametrize(
    ("publish", "can_exchange"),
    [
        (publish_model, True),
        (publish_dataset, True),
        (publish_dataset, False),
        (publish_projection, True),
        (publish_checkpoint, True),
        (begin_study, True),
    ],
)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_publication_that_fails_anywhere_leaves_old_or_new(
    tmp_path: Path,
    disk: Disk,
    monkeypatch: pytest.MonkeyPatch,
    tally: Tally,
    publish: Publish,
    can_exchange: bool,
    fault: str,
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
    done = list(disk.done)

    for at in moments(done, fault):
        store = Store(shutil.copytree(old, tmp_path / str(at)))
        failed = struck(disk, fault, at, lambda store=store: publish(store, b"new"))
        found = contents(store)
        # Without the exchange, who is killed between its two steps leaves neither: a dataset can be fetched again.
        absent = not can_exchange and fault.startswith("kill") and found == []
        assert found in (before, after) or absent, (at, done[at])
        assert found == after or failed, (at, done[at])
        assert [check for check in store.verify() if check.reason] == [], (at, done[at])
        # Only a removal that itself failed leaves something, or a process that is gone; nobody sees it.
        assert leftovers(store.root) == [] or done[at] == "remove_tree" or fault.startswith("kill"), (at, done[at])
        publish(store, b"new")
        assert contents(store)[-1:] == after[-1:]
        tally("faults")


def test_a_write_that_takes_less_than_it_is_given_is_gone_on_with(
    store: Store, files: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    write = io.write
    monkeypatch.setattr(io, "write", lambda descriptor, data: write(descriptor, data[:7]))
    store.publish_model("dot", files, {})
    read_everything(store)


@pytest.mark.torture
@pytest.mark.parametrize("publish", [publish_model, publish_dataset, publish_projection])
def test_a_disk_that_is_full_from_some_operation_on(tmp_path: Path, disk: Disk, tally: Tally, publish: Publish) -> None:
    writing = {"make_directory", "create", "write", "sync", "sync_directory", "rename", "replace", "exchange"}
    store = Store(tmp_path / "count")
    publish(store, b"old")
    before = contents(store)
    old = shutil.copytree(store.root, tmp_path / "old")
    with disk.counted():
        publish(store, b"new")
    after = contents(store)

    # Between two writes nothing changes.
    for at in [at for at, name in enumerate(disk.done) if name in writing][:: sized(4, 1)]:
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
        tally("faults")


def test_a_first_publication_that_fails_anywhere_leaves_an_empty_store(tmp_path: Path, disk: Disk) -> None:
    with disk.counted():
        publish_dataset(Store(tmp_path / "count"), b"new")
    for at in range(0, disk.done.index("rename") + 1, sized(4, 1)):
        store = Store(tmp_path / str(at))
        with disk.failing(at, KeyboardInterrupt()), pytest.raises(KeyboardInterrupt):
            publish_dataset(store, b"new")
        assert contents(store) == []
        assert not store.root.exists() or leftovers(store.root) == []
        assert publish_dataset(store, b"new").read_bytes("y") == b"new"
