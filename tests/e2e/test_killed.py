"""A real ``recli train``, ended at random points: the store is whole, and what goes on gives the same bits."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from recli.core.reference import ArtifactRef
from recli.data.files import load_dataset
from recli.store import Store
from tests.torture import FULL, Tally, sized

COMMON = ("--dataset", "tiny", "--checkpoint-every", "0", "--deterministic", "-q")
FITS = {
    "dot": ("train", "dot", "--epochs", "40", *COMMON),
    "bayes": ("train", "bayes", "--sweeps", "30", "--burn-in", "10", "--samples", "5", *COMMON),
}
"""With TensorFlow, epoch by epoch, and without, chain by chain: its process takes a third of the time."""
KILLS = {"dot": sized(1, 10), "bayes": sized(2, 50)}


def start(root: Path, argv: tuple[str, ...], *, one_core: bool = False) -> "subprocess.Popen[bytes]":
    def prepare() -> None:
        # A test run in the background inherits an ignored SIGINT, and would hand it on.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        if one_core and hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])

    command = [sys.executable, "-m", "recli", *argv, "--artifacts", str(root)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, preexec_fn=prepare)


def finish(root: Path, *argv: str, one_core: bool = False) -> None:
    _, err = (process := start(root, argv, one_core=one_core)).communicate(timeout=120)
    assert process.returncode == 0, err.decode()


def newest(store: Store, model: str) -> tuple[str, str, int | None]:
    """Return SHA-256 of the weights and of the metrics, and after how many epochs or chains the run went on."""
    artifact = store.model(ArtifactRef.parse(model))
    digests = [
        hashlib.sha256((artifact.path / name).read_bytes()).hexdigest() for name in ("weights.npz", "metrics.json")
    ]
    return digests[0], digests[1], artifact.manifest.about["fit"]["resumed_after"]


def checkpoints(store: Store) -> list[str]:
    directory = store.root / "checkpoints"
    return [path.name for path in directory.iterdir() if path.is_dir()] if directory.exists() else []


def end(process: "subprocess.Popen[bytes]", store: Store, number: int, wait: float, *, behind: bool) -> int:
    """Send a signal after some seconds, counted from the first checkpoint or from the start; return how it ended."""
    while behind and process.poll() is None and not checkpoints(store):
        time.sleep(0.01)
    time.sleep(wait)
    process.send_signal(number)
    process.communicate(timeout=120)
    return process.returncode


@pytest.mark.torture
@pytest.mark.parametrize("model", FITS)
def test_killed_at_any_point_the_store_is_whole_and_the_run_goes_on(tiny_copy: Store, tally: Tally, model: str) -> None:
    argv, root = FITS[model], tiny_copy.root
    began = time.monotonic()
    finish(root, *argv)
    seconds = time.monotonic() - began
    weights, metrics, _ = newest(tiny_copy, model)
    rng, killed, resumed = np.random.default_rng(0), 0, 0
    while killed < KILLS[model]:
        # Every second one behind a checkpoint: elsewhere most of the time goes into imports.
        behind = killed % 2 == 0
        wait = rng.uniform(0, 0.2 if behind else 1) * seconds
        code = end(start(root, argv), tiny_copy, signal.SIGKILL, wait, behind=behind)
        assert [check for check in tiny_copy.verify() if check.reason] == []
        there = [tiny_copy.checkpoint(key) is not None for key in checkpoints(tiny_copy)]
        finish(root, *argv, "--resume")
        *bits, after = newest(tiny_copy, model)
        assert bits == [weights, metrics]
        assert (there == [True]) == (after is not None)
        assert checkpoints(tiny_copy) == []
        if code == -signal.SIGKILL:  # and not done before
            killed, resumed = killed + 1, resumed + len(there)
            tally("kills")
        tally("deterministic")
    assert resumed >= killed / 3 or not FULL


@pytest.mark.parametrize("moment", ["reading", "publishing", "done or nearly"])
def test_an_import_killed_at_any_moment_leaves_nothing_or_all(tiny_copy: Store, tmp_path: Path, moment: str) -> None:
    root, n = tiny_copy.root, 300_000
    rows = np.c_[np.arange(n) // 500, np.arange(n) % 500, np.arange(n) % 5]
    np.savetxt(tmp_path / "own.csv", rows, "%d", ",", header="user,item,rating", comments="")
    os.mkfifo(tmp_path / "pipe.csv")
    argv = ("import", str(tmp_path / "own.csv"), "--name", "own", "-q")
    process = start(root, ("import", str(tmp_path / "pipe.csv"), *argv[2:]) if moment == "reading" else argv)
    if moment == "reading":
        with (tmp_path / "pipe.csv").open("wb") as pipe:
            pipe.write((tmp_path / "own.csv").read_bytes()[: 1 << 20])
            pipe.flush()  # most of it was read, then: a pipe holds little
            process.kill()
    else:
        while process.poll() is None and not list(root.glob(".tmp-*/new/ratings")):
            time.sleep(0.001)
        time.sleep(0.3 if moment == "done or nearly" else 0)
        process.kill()
    process.communicate()
    assert [check for check in tiny_copy.verify() if check.reason] == []
    there = "own" in tiny_copy.dataset_names()
    assert not there or (moment != "reading" and len(load_dataset(tiny_copy.dataset("own")).ratings) == n)
    finish(root, *argv, *(["--force"] if there else []))
    assert len(load_dataset(tiny_copy.dataset("own")).ratings) == n
    assert tiny_copy.dataset_names() == ["own", "tiny"]
    assert [check for check in tiny_copy.verify() if check.reason] == []


@pytest.mark.torture
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_at_any_point_of_a_fit_cleans_up(tiny_copy: Store, number: int, code: int) -> None:
    argv, root = FITS["bayes"], tiny_copy.root
    rng, ended = np.random.default_rng(1), 0
    while ended < sized(1, 5):
        found = end(start(root, argv), tiny_copy, number, rng.uniform(0, 1), behind=True)
        assert found in (code, 0)
        assert list(root.glob(".tmp-*")) == []
        assert [check for check in tiny_copy.verify() if check.reason] == []
        ended += found == code
        for key in checkpoints(tiny_copy):
            tiny_copy.remove_checkpoint(key)


@pytest.mark.torture
@pytest.mark.parametrize("model", sized([], ["deep", "hybrid", "bpr"]))
def test_the_same_seed_gives_the_same_bits_on_any_number_of_cores(tiny_copy: Store, tally: Tally, model: str) -> None:
    """Of dot and bayes, the runs that go on show it."""
    argv = ("train", model, "--epochs", "3", *COMMON)
    found = set()
    for turn in range(3):
        finish(tiny_copy.root, *argv, one_core=turn == 1)
        found.add(newest(tiny_copy, model)[:2])
        tally("deterministic")
    assert len(found) == 1
