"""What can be held of the peers without having any of them."""

import ast
import dataclasses
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import peers
from benchmarks.answers import Answers, peak_bytes
from benchmarks.install import requirements
from benchmarks.peers.peer import Rows, in_num_order, nearest_lists
from benchmarks.processes import run
from benchmarks.rows import save_rows
from tests.benchmarks.test_judging import SPLIT, dataset

FOLDER = Path(peers.__file__).parent


@pytest.mark.parametrize("peer", peers.PEERS.values(), ids=peers.PEERS.keys())
def test_every_peer_can_be_installed_and_found(peer: peers.PeerModel) -> None:
    assert peer.distribution in {re.split(r"[<>=]", requirement)[0] for requirement in requirements()}
    module = ast.parse((FOLDER / f"{peer.module.rpartition('.')[2]}.py").read_text(encoding="utf-8"))
    assert peer.name in {node.name for node in module.body if isinstance(node, ast.ClassDef)}


@pytest.mark.parametrize("module", [*FOLDER.glob("*.py"), FOLDER.parent / "answers.py"], ids=lambda path: path.name)
def test_a_peers_process_needs_nothing_of_recli(module: Path) -> None:
    nodes = list(ast.walk(ast.parse(module.read_text(encoding="utf-8"))))
    names = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    names |= {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    assert not {name for name in names if name.split(".")[0] == "recli"}


def test_a_peer_gets_the_rows_to_learn_from_and_no_stars_of_the_test_rows(tmp_path: Path) -> None:
    save_rows(dataset(), SPLIT, tmp_path / "rows.npz")
    rows = Rows.load(tmp_path / "rows.npz")
    assert (rows.n_users, rows.n_items, rows.low, rows.high) == (2, 3, 1, 5)
    assert rows.train_users.tolist() == [0, 1, 1]
    assert rows.train_items.tolist() == [0, 0, 1]
    assert rows.train_stars.tolist() == [4, 4, 4]
    assert (rows.test_users.tolist(), rows.test_items.tolist()) == ([0, 1], [1, 2])
    with np.load(tmp_path / "rows.npz") as arrays:
        assert set(arrays) == {field.name for field in dataclasses.fields(Rows)}


def test_what_a_library_orders_its_own_way_comes_back_by_num() -> None:
    vectors = in_num_order(np.array([[1.0], [2.0]]), np.array([2, 0]), 3)
    assert vectors.tolist() == [[2], [0], [1]]
    similarities = np.array([[0, 0.2, 0.9], [0.2, 0, 0], [0.9, 0, 0]])
    lists = nearest_lists(similarities, np.array([3, 0, 1]), 4, kept=2)
    assert lists.tolist() == [[3, -1], [3, -1], [-1, -1], [1, 0]]


def test_answers_come_back_as_they_were(tmp_path: Path) -> None:
    Answers("ok", "", "peer 1", 0.5, 7, 2, {"scores": np.eye(2)}).save(tmp_path / "answers")
    found = Answers.load(tmp_path / "answers")
    assert (found.library, found.fit_seconds, found.peak_bytes, found.cold) == ("peer 1", 0.5, 7, 2)
    assert np.array_equal(found.arrays["scores"], np.eye(2))


def test_a_process_that_breaks_or_is_not_there_becomes_an_answer(tmp_path: Path) -> None:
    missing = run([str(tmp_path / "python")], tmp_path / "answers")
    assert (missing.status, missing.detail) == ("not installed", f"there is no {tmp_path / 'python'}")
    broken = run(["sh", "-c", "echo first >&2; echo why >&2; exit 3"], tmp_path / "answers")
    assert (broken.status, broken.detail) == ("failed", "why")


def test_the_peak_is_in_bytes() -> None:
    held = np.ones(50_000_000, np.uint8)
    assert held.nbytes < peak_bytes() < 1 << 40


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="workers are counted on Linux only")
def test_the_peak_has_the_workers_in_it() -> None:
    alone = peak_bytes()
    hold = "held = bytearray(100_000_000); print(flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as worker:
        assert worker.stdout is not None
        worker.stdout.readline()
        together = peak_bytes()
        worker.communicate(b"\n")
    assert together - alone > 100_000_000
