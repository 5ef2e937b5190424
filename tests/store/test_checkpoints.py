"""Checkpoints are replaced and removed in one step, and belong to one process at a time."""

import errno
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from recli.core.errors import IntegrityError, StorageError
from recli.store import Store

from .conftest import Disk, leftovers

pytestmark = pytest.mark.usefixtures("no_sync")
KEY = "dot-0123"


def test_a_checkpoint_is_the_latest_until_it_is_removed_and_is_no_model(store: Store, files: dict[str, Any]) -> None:
    assert store.checkpoint(KEY) is None
    for done in (1, 2):
        store.publish_checkpoint(KEY, files, {"done": done})
    found = store.checkpoint(KEY)
    assert found is not None
    found.verify()
    assert found.manifest.about == {"done": 2}
    assert (store.model_names(), store.statuses()) == ([], [])
    store.remove_checkpoint(KEY)
    store.remove_checkpoint(KEY)
    assert store.checkpoint(KEY) is None
    assert leftovers(store.root) == []


def test_one_process_at_a_time_has_it(store: Store) -> None:
    with store.checkpointing(KEY) as first, store.checkpointing(KEY) as second, store.checkpointing("dot-4") as other:
        assert (first, second, other) == (True, False, True)
    with store.checkpointing(KEY) as later:
        assert later
    assert list((store.root / "checkpoints").iterdir()) == []


def test_a_link_is_neither_read_nor_removed_nor_locked(store: Store, root: Path, tmp_path: Path) -> None:
    store.publish_checkpoint(KEY, {"precious": b""}, {})
    elsewhere = tmp_path / "elsewhere"
    (root / "checkpoints").rename(elsewhere)
    (root / "checkpoints").symlink_to(elsewhere)
    for touch in (store.checkpoint, store.remove_checkpoint, lambda key: store.checkpointing(key).__enter__()):
        with pytest.raises(IntegrityError, match="symbolic link"):
            touch(KEY)
    assert (elsewhere / KEY / "precious").exists()


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, ""), KeyboardInterrupt()], ids=["full", "ctrl-c"])
def test_whatever_fails_it_is_the_old_one_or_the_new_one_or_gone(root: Path, disk: Disk, error: BaseException) -> None:
    def steps(store: Store) -> None:
        store.publish_checkpoint(KEY, {"x": b"2"}, {})
        store.remove_checkpoint(KEY)

    counted = Store(root / "count")
    counted.publish_checkpoint(KEY, {"x": b"1"}, {})
    with disk.counted():
        steps(counted)
    for at in range(len(disk.done)):
        store = Store(root / str(at))
        store.publish_checkpoint(KEY, {"x": b"1"}, {})
        with suppress(StorageError, KeyboardInterrupt), disk.failing(at, error):
            steps(store)
        found = store.checkpoint(KEY)
        if found is not None:
            found.verify()
            assert found.read_bytes("x") in (b"1", b"2")
