"""What gc takes, and what it leaves alone."""

import os
import time
from pathlib import Path

import pytest

from recli.core.errors import BusyError, IntegrityError
from recli.core.reference import ArtifactRef
from recli.store import Store, io
from recli.store.gc import STALE

from .conftest import leftovers, tree

pytestmark = pytest.mark.usefixtures("no_sync")


@pytest.fixture
def four(store: Store) -> Store:
    for number in range(4):
        store.publish_model("dot", {"x": b"." * number}, {})
    store.publish_model("deep", {}, {})
    return store


def removed(store: Store, keep_last: int, *, dry_run: bool = False) -> list[str]:
    return [removal.ref for removal in store.collect(keep_last, dry_run=dry_run).removed]


def test_the_newest_of_each_model_stay_and_what_is_named(four: Store) -> None:
    four.tag(ArtifactRef("dot", 2), "best")
    assert removed(four, 1) == ["dot:1", "dot:3"]
    assert (four.versions("dot"), four.versions("deep")) == ([2, 4], [1])
    assert removed(four, 1) == []


def test_a_dry_run_touches_nothing_and_says_the_same(four: Store, root: Path) -> None:
    before = tree(root)
    planned = four.collect(2, dry_run=True)
    assert tree(root) == before
    assert four.collect(2) == planned
    assert planned.bytes == sum(
        len(data) for path, data in before.items() if data and "dot/000" in path and path.split("/")[2] < "0003"
    )


def test_damaged_versions_count_for_nothing(four: Store, root: Path) -> None:
    """The newest is damaged: the one before it is the newest sound one, and must not be what goes."""
    (root / "models/dot/0004/x").write_bytes(b"")
    assert removed(four, 1) == ["dot:1", "dot:2"]
    assert four.versions("dot") == [3, 4]


def test_what_is_read_stays(four: Store) -> None:
    reader = four.model(ArtifactRef("dot", 2))
    found = four.collect(1)
    assert ([removal.ref for removal in found.removed], found.held) == (["dot:1", "dot:3"], ("dot:2",))
    assert reader.read_bytes("x") == b"."


def test_a_version_that_is_named_since_the_plan_stays(four: Store, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = io.open_to_lock

    def overtake(path: Path) -> io.Held:
        if path.parent.name == "0001":
            Store(root).tag(ArtifactRef("dot", 1), "best")
        return lock(path)

    monkeypatch.setattr(io, "open_to_lock", overtake)
    assert removed(four, 1) == ["dot:2", "dot:3"]


def test_a_damaged_name_could_mean_any_version(four: Store, root: Path) -> None:
    (root / "models/dot/aliases/best").write_text("junk")
    with pytest.raises(IntegrityError, match="best"):
        four.collect(1)
    assert four.versions("dot") == [1, 2, 3, 4]
    four.untag("dot", "best")
    assert removed(four, 3) == ["dot:1"]


def test_staging_goes_after_a_day(four: Store, root: Path) -> None:
    for name, age in ((".tmp-old", STALE + 60), (".tmp-new", STALE - 60), ("other", 10 * STALE)):
        (root / name).mkdir()
        (root / name / "x").write_bytes(b"123")
        os.utime(root / name, (time.time() - age,) * 2)
    found = four.collect(9)
    assert [(entry.path.name, entry.bytes) for entry in found.leftovers] == [(".tmp-old", 3)]
    assert leftovers(root) == [".tmp-new"]
    assert (root / "other").exists()


def test_one_gc_at_a_time(four: Store, root: Path) -> None:
    held = io.open_to_lock(root / "FORMAT")
    assert io.lock(held.descriptor)
    with pytest.raises(BusyError, match="another"):
        four.collect(1)
    held.close()
    assert removed(four, 3) == ["dot:1"]


def test_an_empty_store_has_nothing_to_collect(store: Store, root: Path) -> None:
    assert store.collect(1, dry_run=True).bytes == 0
    assert not root.exists()
    assert store.collect(1).bytes == 0
