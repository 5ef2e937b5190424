"""A real ``recli train``, killed at random points: the store is whole, and what goes on gives the same bits.

``RECLI_KILLS=60`` kills as often, ``make test`` a few times; ``--junit-xml`` counts how many had a checkpoint by then.
"""

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from recli.core.reference import ArtifactRef
from recli.store import Store

KILLS = int(os.environ.get("RECLI_KILLS", "3"))
TRAIN = ("train", "dot", "--dataset", "tiny", "--epochs", "40", "--checkpoint-every", "0", "--deterministic", "-q")


def start(root: Path, *argv: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "recli", *argv, "--artifacts", str(root)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def finish(root: Path, *argv: str) -> None:
    _, err = (process := start(root, *argv)).communicate(timeout=120)
    assert process.returncode == 0, err.decode()


def newest(store: Store) -> tuple[str, str, int | None]:
    """Return SHA-256 of the weights and of the metrics, and after how many epochs the run went on."""
    artifact = store.model(ArtifactRef.parse("dot"))
    digests = [
        hashlib.sha256((artifact.path / name).read_bytes()).hexdigest() for name in ("weights.npz", "metrics.json")
    ]
    return digests[0], digests[1], artifact.manifest.about["fit"]["resumed_after"]


def checkpoint_is_whole(store: Store) -> bool:
    """Check the checkpoint, and tell whether there is one."""
    directory = store.root / "checkpoints"
    for path in directory.iterdir() if directory.exists() else ():
        if path.is_dir():
            artifact = store.checkpoint(path.name)
            assert artifact is not None
            artifact.verify()
            return True
    return False


def test_killed_at_any_point_the_store_is_whole_and_the_run_goes_on(
    tiny_copy: Store, record_property: Callable[[str, object], None]
) -> None:
    root = tiny_copy.root
    began = time.monotonic()
    finish(root, *TRAIN)
    seconds = time.monotonic() - began
    weights, metrics, _ = newest(tiny_copy)
    rng, resumed = np.random.default_rng(0), 0
    for _ in range(KILLS):
        process = start(root, *TRAIN)
        time.sleep(rng.uniform(0.5, 1) * seconds)  # before that it only imports
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert {status.status for status in tiny_copy.statuses()} == {"ok"}
        there = checkpoint_is_whole(tiny_copy)
        finish(root, *TRAIN, "--resume")
        again = newest(tiny_copy)
        assert again[:2] == (weights, metrics)
        assert there == (again[2] is not None)
        resumed += there
    assert list((root / "checkpoints").iterdir()) == []
    record_property("kills", KILLS)
    record_property("resumed after an epoch", resumed)
