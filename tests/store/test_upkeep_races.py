"""Processes that publish, read, remove and collect at the same time."""

import subprocess
import sys
from pathlib import Path

import pytest

from recli.core.reference import ArtifactRef
from recli.store import Store
from tests.torture import Tally, sized

from .conftest import leftovers

ROUNDS = sized(3, 25)

PREPARE = """
import os, sys
from pathlib import Path
from recli.core.errors import BusyError, NotFoundError
from recli.core.reference import ArtifactRef
from recli.store import Store
os.fsync = lambda descriptor: None
root, rounds = Path(sys.argv[1]), int(sys.argv[2])
store, stop = Store(root), root.with_name("stop")
def until_stopped():
    while not stop.exists():
        yield
"""
WRITER = (
    PREPARE
    + """
for i in range(rounds):
    print(store.publish_model("dot", {"a/x": b"1" * 1000, "y": b"2"}, {}).ref)
"""
)
REMOVER = (
    PREPARE
    + """
for _ in until_stopped():
    versions = store.versions("dot")
    try:
        print(store.remove(ArtifactRef("dot", versions[-1])).ref if len(versions) > 3 else "")
    except (BusyError, NotFoundError):
        pass  # a reader has it, or gc was faster
"""
)
COLLECTOR = (
    PREPARE
    + """
for _ in until_stopped():
    print(*(removal.ref for removal in store.collect(2).removed))
"""
)
READER = (
    PREPARE
    + """
reads = 0
for _ in until_stopped():
    try:
        artifact = store.model(ArtifactRef("dot", alias="latest"))
    except NotFoundError:
        continue  # none yet
    artifact.verify()  # through, whatever is removed meanwhile
    assert all(status.status == "ok" for status in store.statuses())
    reads += 1
print(reads)
"""
)


def start(program: str, root: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", program, str(root), str(ROUNDS)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.torture
def test_sixteen_writers_with_removal_gc_and_readers(store: Store, root: Path, tally: Tally) -> None:
    store.prepare()
    others = [start(program, root) for program in (REMOVER, COLLECTOR, READER, READER)]
    writers = [start(WRITER, root) for _ in range(16)]
    try:
        published = [ref for writer in writers for ref in writer.communicate()[0].split()]
    finally:
        root.with_name("stop").touch()
    answers = [process.communicate() for process in others]
    assert [process.returncode for process in (*writers, *others)] == [0] * 20, [said for _, said in answers]
    assert len(published) == len(set(published)) == 16 * ROUNDS
    removed, collected = (answers[at][0].split() for at in (0, 1))
    assert all(int(reads) > 0 for reads, _ in answers[2:])
    # Each number was used once, and ended once at most.
    assert {f"dot:{n}" for n in range(1, 16 * ROUNDS + 1)} == set(published)
    assert len({*removed, *collected}) == len(removed) + len(collected)
    there = [f"dot:{n}" for n in store.versions("dot")]
    assert set(there) == set(published) - {*removed, *collected}
    assert [check for check in store.verify() if check.reason] == []
    assert leftovers(root) == []
    newest = max(ArtifactRef.parse(ref).version or 0 for ref in there)
    assert (root / "models/dot/aliases/latest").read_text() == f"{newest:04d}\n"
    tally("races", len(published))
