"""Commands that read while others publish and remove: whoever asks for the latest version gets one, whole."""

import subprocess
import sys

import pytest

from recli.store import Store
from tests.torture import Tally, sized

SECONDS = sized(1, 30)

PREPARE = """
import os, sys, time
from pathlib import Path
from recli.cli.main import main
from recli.core.errors import NotFoundError
from recli.core.reference import ArtifactRef
from recli.operations.evaluate import evaluate
from recli.operations.models import list_models
from recli.operations.predict import predict_one
from recli.operations.similar import similar_by_id
from recli.operations.upkeep import collect, verify
from recli.store import Store
os.fsync = lambda descriptor: None
store, seconds = Store(Path(sys.argv[1])), float(sys.argv[2])
def turns():
    done, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        yield done
        done += 1
    print(done)
"""
WRITER = """
artifact = store.model(ArtifactRef("dot"))
def content(name):
    read = artifact.read_arrays if name.endswith("z") else artifact.read_array
    return read(name) if artifact.manifest.files[name].arrays else artifact.read_bytes(name)
files = {name: content(name) for name in artifact.manifest.files}
for _ in turns():
    store.publish_model("dot", files, artifact.manifest.about)
    collect(store, 1)
"""
READERS = {
    "similar, predict and evaluate": """
for turn in turns():
    similar_by_id(store, "1", model="dot")
    predict_one(store, "6", "1", model="dot")
    if turn % 10 == 0:
        evaluate(store, ["dot", "dot@latest"])
""",
    "list and verify": """
for _ in turns():
    assert all(listing.status == "ok" for listing in list_models(store))
    assert not verify(store).damaged
""",
    "a version by its number": """
for _ in turns():
    number = store.versions("dot")[-1]
    try:
        artifact = store.model(ArtifactRef("dot", number))
    except NotFoundError:
        continue  # removed before it was opened
    artifact.verify()
    evaluate(store, [artifact.ref])
""",
    "the program": """
import subprocess
for _ in turns():
    command = [sys.executable, "-m", "recli", "similar", "--id", "1", "--model", "dot", "--artifacts", sys.argv[1]]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
""",
}


def start(program: str, store: Store, seconds: float) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", PREPARE + program, str(store.root), str(seconds)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.torture
def test_readers_beside_a_writer_that_removes_see_no_error(tiny_copy: Store, tally: Tally) -> None:
    writer = start(WRITER, tiny_copy, SECONDS)
    readers = [start(program, tiny_copy, SECONDS) for program in READERS.values()]
    answers = [process.communicate() for process in (writer, *readers)]
    assert [said for _, said in answers] == [""] * len(answers)
    assert all(int(turns) > 0 for turns, _ in answers)
    tally("readers during gc", SECONDS)
