"""Removing, collecting and naming that is cut off at any operation of the disk: the store is the old one or the new."""

import os
import shutil
from pathlib import Path

import pytest

from recli.core.reference import ArtifactRef
from recli.store import Store
from recli.store.removal import uncleared
from tests.torture import Tally

from .conftest import FAULTS, Disk, leftovers, moments, struck

pytestmark = pytest.mark.usefixtures("no_sync")

SECOND = ArtifactRef("dot", 2)
OLD = 1_000_000_000
"""Seconds since 1970, in 2001."""


COMMANDS = {
    "tag": lambda store: store.tag(SECOND, "champion"),
    "move a tag": lambda store: store.tag(SECOND, "best"),
    "untag": lambda store: store.untag("dot", "best"),
    "rm": lambda store: store.remove(SECOND),
    "rm the newest": lambda store: store.remove(ArtifactRef("dot", 3)),
    "rm a named one": lambda store: store.remove(ArtifactRef("dot", 1), force=True),
    "rm a checkpoint": lambda store: store.remove_checkpoint("dot-1"),
    "gc": lambda store: store.collect(1),
}


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three versions, the first of them named, a tombstone that was not cleared, and what a killed process left."""
    root = tmp_path_factory.mktemp("faults") / "old"
    store = Store(root)
    for number in range(1, 5):
        store.publish_model("dot", {"a/x": b"%d" % number, "y": b""}, {})
    store.tag(ArtifactRef("dot", 1), "best")
    store.remove(ArtifactRef("dot", 4))
    for key in ("dot-1", "dot-old"):
        store.publish_checkpoint(key, {"y": b""}, {})
    (root / "models/dot/0004/y").write_bytes(b"still there")
    (root / ".tmp-left").mkdir()
    (root / ".tmp-left/x").write_bytes(b"12345")
    return root


def copied(old: Path, to: Path) -> Store:
    shutil.copytree(old, to)
    for left in (".tmp-left", "checkpoints/dot-old"):
        os.utime(to / left, (OLD, OLD))
    return Store(to)


def seen(store: Store) -> tuple[object, ...]:
    """Return what a reader sees: versions with their contents, what each alias means, and a run to go on with."""
    versions = {n: store.model(ArtifactRef("dot", n)).read_bytes("a/x") for n in store.versions("dot")}
    names = {status.ref: [name for name in status.aliases if name != "latest"] for status in store.statuses()}
    return versions, names, store.checkpoint("dot-1") is not None


@pytest.mark.torture
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_that_fails_anywhere_leaves_old_or_new(
    tmp_path: Path, disk: Disk, old: Path, tally: Tally, command: str, fault: str
) -> None:
    run = COMMANDS[command]
    store = copied(old, tmp_path / "count")
    before = seen(store)
    with disk.counted():
        run(store)
    after = seen(store)
    states = [before, after]
    if command == "rm a named one":  # a name that means nothing would be worse than a version without one
        states.append((before[0], {ref: [] for ref in before[1]}, before[2]))
    done = list(disk.done)

    for at in moments(done, fault):
        store = copied(old, tmp_path / str(at))
        failed = struck(disk, fault, at, lambda store=store: run(store))
        found = seen(store)
        assert found in states, (at, done[at])
        assert found == after or failed, (at, done[at])
        assert [check for check in store.verify() if check.reason] == [], (at, done[at])
        if found != after or command.startswith(("tag", "move")):
            run(store)
        assert seen(store) == after
        for leftover in (*leftovers(store.root), "checkpoints/dot-old"):
            if (store.root / leftover).exists():
                os.utime(store.root / leftover, (OLD, OLD))
        store.collect(9)
        assert (leftovers(store.root), list(uncleared(store.root)), seen(store)) == ([], [], after)
        assert store.checkpoint("dot-old") is None
        assert store.publish_model("dot", {}, {}).ref == "dot:5"
        tally("faults")
