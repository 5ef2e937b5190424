"""Writers that overtake each other: no lock, and yet no number twice and nothing lost."""

import subprocess
import sys
from pathlib import Path

import pytest

from recli.core.reference import ArtifactRef
from recli.store import Store, io
from tests.torture import Tally, sized

from .conftest import Disk, checksums_hold, leftovers, refuse_exchange

pytestmark = pytest.mark.usefixtures("no_sync")


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


@pytest.mark.parametrize("can_exchange", [True, False])
def test_two_writers_of_one_dataset(
    store: Store, root: Path, monkeypatch: pytest.MonkeyPatch, can_exchange: bool
) -> None:
    """A rival publishes just before each rename of this one, as long as it has something to say."""
    if not can_exchange:
        monkeypatch.setattr(io, "exchange", refuse_exchange)
    rename = io.rename
    rivals = iter([b"second", b"third"])

    def overtake(source: Path, target: Path) -> None:
        if (content := next(rivals, None)) is not None:
            Store(root).publish_dataset("tiny", {"x": content}, {})
        rename(source, target)

    store.publish_dataset("tiny", {"x": b"first"}, {})
    monkeypatch.setattr(io, "rename", overtake)
    store.publish_dataset("tiny", {"x": b"mine"}, {})
    assert store.dataset("tiny").read_bytes("x") == b"mine"
    assert leftovers(root) == []


def test_a_rival_between_the_two_steps_of_a_swap(store: Store, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(io, "exchange", refuse_exchange)
    rename = io.rename

    def overtake(source: Path, target: Path) -> None:
        if source.name == "new":
            monkeypatch.setattr(io, "rename", rename)
            Store(root).publish_dataset("tiny", {"x": b"rival"}, {})
        rename(source, target)

    store.publish_dataset("tiny", {"x": b"old"}, {})
    monkeypatch.setattr(io, "rename", overtake)
    store.publish_dataset("tiny", {"x": b"mine"}, {})
    assert store.dataset("tiny").read_bytes("x") == b"mine"
    assert leftovers(root) == []


WRITER = """
import os, sys
from pathlib import Path
from recli.store import Store, io
os.fsync = lambda descriptor: None
if sys.argv[4] == "no locks":
    io.lock, io.share = lambda descriptor: True, lambda descriptor: None
store = Store(Path(sys.argv[1]))
for i in range(int(sys.argv[3])):
    print(store.publish_model("dot", {"who": f"{sys.argv[2]}/{i}".encode()}, {}).ref)
"""
WRITERS, TURNS = sized(8, 16), sized(5, 25)


@pytest.mark.torture
@pytest.mark.parametrize(("locks", "row"), [("locks", "races"), ("no locks", "races without locks")])
def test_writers_at_once_get_a_number_each(store: Store, root: Path, tally: Tally, locks: str, row: str) -> None:
    total = WRITERS * TURNS
    commands = [[sys.executable, "-c", WRITER, str(root), str(n), str(TURNS), locks] for n in range(WRITERS)]
    writers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for command in commands]
    refs = [ref for writer in writers for ref in writer.communicate()[0].split()]
    assert [writer.returncode for writer in writers] == [0] * WRITERS
    assert sorted(refs) == sorted(f"dot:{n}" for n in range(1, total + 1))
    assert [status.status for status in store.statuses()] == ["ok"] * total
    contents = {store.model(ArtifactRef("dot", n)).read_bytes("who").decode() for n in range(1, total + 1)}
    assert contents == {f"{who}/{i}" for who in range(WRITERS) for i in range(TURNS)}
    assert (root / "models/dot/aliases/latest").read_text() == f"{total:04d}\n"
    assert leftovers(root) == []
    tally(row, len(refs))
