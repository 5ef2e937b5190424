"""What gc takes, and what it leaves alone."""

import os
import time
from hashlib import sha256
from pathlib import Path

import pytest

from recli.core.errors import BusyError, IntegrityError
from recli.core.reference import ArtifactRef
from recli.store import Store, gc, io
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


def test_a_dry_run_says_what_is_read(four: Store, root: Path) -> None:
    reader = four.model(ArtifactRef("dot", 2))
    planned = four.collect(1, dry_run=True)
    assert ([removal.ref for removal in planned.removed], planned.held) == (["dot:1", "dot:3"], ("dot:2",))
    reader.release()
    assert four.collect(1, dry_run=True).held == ()


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


def keep_checkpoint(store: Store, key: str, *, age: float = 0.0) -> None:
    path = store.publish_checkpoint(key, {"x": b"1234"}, {}).path
    os.utime(path, (time.time() - age,) * 2)


def test_checkpoints_go_that_are_old_or_whose_run_is_published_unless_somebody_is_at_it(
    four: Store, root: Path
) -> None:
    four.publish_model("dot", {}, {"run": "dot-rerun"})
    path = root / "models/dot/0005/manifest.json"
    created = four.model(ArtifactRef("dot", 5)).manifest.created
    keep_checkpoint(four, "dot-young")
    keep_checkpoint(four, "dot-old", age=STALE + 60)
    keep_checkpoint(four, "dot-busy", age=STALE + 60)
    keep_checkpoint(four, "dot-published")
    four.publish_model("dot", {}, {"run": "dot-published"})
    (root / "checkpoints/dot-killed.lock").touch()
    os.utime(root / "checkpoints/dot-killed.lock", (0, 0))
    # Published in 2020, and begun again since.
    keep_checkpoint(four, "dot-rerun")
    old = path.read_text().replace(created, "2020-01-01T00:00:00Z")
    sums = path.with_name("SHA256SUMS")
    sums.write_text(sums.read_text().replace(sha256(path.read_bytes()).hexdigest(), sha256(old.encode()).hexdigest()))
    path.write_text(old)

    with four.checkpointing("dot-busy"):
        found = four.collect(9)
    went = [(entry.path.name, entry.bytes > 4) for entry in found.leftovers]
    assert went == [("dot-killed.lock", False), ("dot-old", True), ("dot-published", True)]
    stays = sorted(path.name for path in (root / "checkpoints").iterdir())
    assert stays == ["dot-busy", "dot-rerun", "dot-young"]


def test_a_checkpoint_that_somebody_takes_up_after_the_plan_stays(
    four: Store, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_checkpoint(four, "dot-old", age=STALE + 60)
    held = four.checkpointing("dot-old")
    discard = gc._discard

    def overtake(root: Path, leftover: gc.Leftover) -> None:
        assert held.__enter__()
        discard(root, leftover)

    monkeypatch.setattr(gc, "_discard", overtake)
    four.collect(9)
    assert four.checkpoint("dot-old") is not None
    held.__exit__(None, None, None)


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
