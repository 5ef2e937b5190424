"""Fetching that fails at any touch of the disk, from a zip and from a server: the store is as before or as after."""

import errno
import importlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from recli.data.fetching import download as downloading
from recli.data.fetching import tiny
from recli.data.fetching.catalogue import KnownDataset
from recli.data.fetching.download import download
from recli.data.files import dataset_files, dataset_record
from recli.store import Store
from tests.data.conftest import Server
from tests.store.conftest import FAULTS, Disk, leftovers, moments, os_error, struck
from tests.torture import Tally

pytestmark = [pytest.mark.torture, pytest.mark.usefixtures("scratch")]

fetching = importlib.import_module("recli.operations.fetch")
BESIDE = ("open", "read_bytes", "replace", "stat", "unlink", "write_text")
"""Methods of ``Path``, by which ``recli.data`` touches the disk."""


class Written:
    """A file being downloaded: what goes through it can be counted, and can fail."""

    def __init__(self, file: Any) -> None:
        self.file = file

    def write(self, data: bytes) -> None:
        self.file.write(data)

    def close(self) -> None:
        self.file.close()


class WholeDisk(Disk):
    """Faults at what the store and ``recli.data`` do."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(monkeypatch, [*((Path, name) for name in BESIDE), (Written, "write"), (Written, "close")])

    @contextmanager
    def short(self, at: int) -> Iterator[None]:
        def half(written: Written, data: bytes) -> None:
            if (number := len(self.done) - 1) >= at:
                written.file.write(data[: len(data) // 2] if number == at else b"")
                written.file.flush()
                raise os_error(errno.ENOSPC)
            written.file.write(data)

        with self._monkeypatch.context() as patch:
            patch.setattr(Written, "write", half)
            with super().short(at):
                yield


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> WholeDisk:
    opened = Path.open

    def watched(path: Path, mode: str = "r", *args: Any, **options: Any) -> Any:
        file = opened(path, mode, *args, **options)
        return Written(file) if path.suffix == ".part" and mode != "rb" else file

    monkeypatch.setattr("os.fsync", lambda descriptor: None)
    monkeypatch.setattr(downloading, "_FIRST_PAUSE", 0.0)
    monkeypatch.setattr(Path, "open", watched)
    return WholeDisk(monkeypatch)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("origin", ["zip", "server"])
def test_a_fetch_that_fails_anywhere_leaves_old_or_new(
    tmp_path: Path,
    disk: Disk,
    known: KnownDataset,
    server: Server,
    miniature_zip: bytes,
    monkeypatch: pytest.MonkeyPatch,
    tally: Tally,
    origin: str,
    fault: str,
) -> None:
    monkeypatch.setattr(fetching, "lookup", lambda name: known)
    server.offer("/ml-mini.zip", miniature_zip)
    path = tmp_path / "mini.zip"
    path.write_bytes(miniature_zip)

    def run(store: Store) -> None:
        fetching.fetch(store, "ml-mini", origin=str(path) if origin == "zip" else None, force=True)

    def ratings(store: Store) -> int:
        artifact = store.dataset("ml-mini")
        artifact.verify()
        return artifact.manifest.about["counts"]["ratings"]

    store = Store(tmp_path / "old")  # another dataset has the name
    other = tiny.generate()
    store.publish_dataset("ml-mini", dataset_files(other), dataset_record(other))
    run(Store(tmp_path / "first"))  # imports what a fetch needs
    with disk.counted():
        run(Store(shutil.copytree(store.root, tmp_path / "count")))
    done = list(disk.done)

    for at in moments(done, fault):
        store = Store(shutil.copytree(tmp_path / "old", tmp_path / str(at)))
        failed = struck(disk, fault, at, lambda store=store: run(store))
        found = ratings(store)
        assert found == 4 or (found == 1132 and failed), (at, done[at])
        assert [check for check in store.verify() if check.reason] == [], (at, done[at])
        assert leftovers(store.root) == [] or done[at] == "remove_tree" or fault.startswith("kill"), (at, done[at])
        run(store)
        assert ratings(store) == 4
        tally("faults")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_download_that_fails_anywhere_has_its_name_only_when_it_is_whole(
    tmp_path: Path, disk: Disk, server: Server, known: KnownDataset, miniature_zip: bytes, tally: Tally, fault: str
) -> None:
    server.offer("/ml-mini.zip", miniature_zip)
    archive = known.archive
    assert archive is not None

    def run(folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        download(archive.url, folder / "x.zip", size=archive.size, sha256=archive.sha256)

    run(tmp_path / "first")
    with disk.counted():
        run(tmp_path / "count")
    done = list(disk.done)

    for at in moments(done, fault):
        folder = tmp_path / str(at)
        failed = struck(disk, fault, at, lambda folder=folder: run(folder))
        assert failed or (folder / "x.zip").exists(), (at, done[at])
        assert not (folder / "x.zip").exists() or (folder / "x.zip").read_bytes() == miniature_zip, (at, done[at])
        run(folder)
        assert [path.name for path in folder.iterdir()] == ["x.zip"], (at, done[at])
        assert (folder / "x.zip").read_bytes() == miniature_zip
        tally("faults")
