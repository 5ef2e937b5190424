"""A fetch that is killed leaves what has come in the store, and the next one asks for the rest alone."""

import dataclasses
import hashlib
import importlib
import os
import signal
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from recli.core.errors import IntegrityError, NetworkError
from recli.data.fetching import download as downloading
from recli.data.fetching.catalogue import KnownDataset
from recli.store import Store

from .test_download import CHUNK, Flaky

fetching = importlib.import_module("recli.operations.fetch")
FOLDER = ".tmp-download-ml-mini"


@pytest.fixture
def flaky(
    server,
    known: KnownDataset,
    miniature: dict[str, bytes],
    zip_of: Callable[[Mapping[str, bytes]], bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> Flaky:
    """A server of the miniature, made larger than some chunks, that knows ranges and does not hang up."""
    content = zip_of({f"ml-mini/{name}": member for name, member in miniature.items()} | {"README": noise(5 * CHUNK)})
    assert known.archive is not None
    archive = dataclasses.replace(known.archive, size=len(content), sha256=hashlib.sha256(content).hexdigest())
    monkeypatch.setattr(fetching, "lookup", lambda name: dataclasses.replace(known, archive=archive))
    monkeypatch.setattr("recli.data.fetching.pypi_copy.fetch_copy", offline)
    monkeypatch.setattr(downloading, "_FIRST_PAUSE", 0.0)
    server.answers["/ml-mini.zip"] = flaky = Flaky(content, len(content))
    return flaky


def noise(n: int) -> bytes:
    return np.random.default_rng(0).bytes(n)


def offline() -> None:
    raise NetworkError("offline")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "artifacts")


def fetch_and_die(store: Store) -> None:
    """Fetch in a process of its own that is killed once two chunks have come."""
    child = os.fork()
    if child == 0:
        try:
            fetching.fetch(store, "ml-mini", progress=lambda done, total: done < 2 * CHUNK or os.kill(os.getpid(), 9))
        finally:
            os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def test_a_killed_fetch_is_gone_on_with(store: Store, flaky: Flaky) -> None:
    fetch_and_die(store)
    assert store.dataset_names() == []
    assert (store.root / FOLDER / "ml-mini.zip.part").stat().st_size >= CHUNK
    fetching.fetch(store, "ml-mini")
    assert flaky.begins[0] == 0
    assert flaky.begins[1] >= CHUNK
    store.dataset("ml-mini").verify()
    assert [path.name for path in store.root.iterdir() if path.name.startswith(".tmp")] == []


def test_a_part_of_another_file_is_found_out(store: Store, flaky: Flaky) -> None:
    fetch_and_die(store)
    part = store.root / FOLDER / "ml-mini.zip.part"
    part.write_bytes(bytes(part.stat().st_size))
    fetching.fetch(store, "ml-mini")
    assert flaky.begins[0] == flaky.begins[2] == 0 < flaky.begins[1]
    store.dataset("ml-mini").verify()


def test_a_fetch_that_fails_without_a_byte_leaves_no_store(store: Store, server, flaky: Flaky) -> None:
    server.offer("/ml-mini.zip", b"", status=503)
    with pytest.raises(NetworkError):
        fetching.fetch(store, "ml-mini")
    assert not store.root.exists()


def test_two_fetches_at_once_do_not_write_into_one_file(store: Store, flaky: Flaky, scratch: Path) -> None:
    with store.downloading("ml-mini") as taken:
        assert taken == store.root / FOLDER
        fetching.fetch(store, "ml-mini")
        assert [path.name for path in taken.iterdir()] == ["lock"]
    store.dataset("ml-mini").verify()
    assert not taken.exists()
    assert list(scratch.iterdir()) == []


def test_nothing_is_written_through_what_stands_in_a_downloads_place(
    store: Store, flaky: Flaky, tmp_path: Path
) -> None:
    canary = tmp_path / "canary"
    canary.write_text("sings")
    (store.root / FOLDER).mkdir(parents=True)
    (store.root / FOLDER / "ml-mini.zip.part").symlink_to(canary)
    os.mkfifo(store.root / FOLDER / "ml-mini.zip.part.json")
    fetching.fetch(store, "ml-mini")
    (store.root / FOLDER).symlink_to(tmp_path)
    with pytest.raises(IntegrityError, match="symbolic link"):
        fetching.fetch(store, "ml-mini", force=True)
    assert canary.read_text() == "sings"


def test_gc_takes_what_nobody_has_gone_on_with_for_a_day(store: Store, flaky: Flaky) -> None:
    fetch_and_die(store)
    store.prepare()
    assert store.collect(keep_last=1).leftovers == ()
    os.utime(store.root / FOLDER, (0, 0))
    (leftover,) = store.collect(keep_last=1).leftovers
    assert leftover.path.name == FOLDER
    assert not leftover.path.exists()
