"""recli on a cluster of its own: a standalone master and two workers on this machine, as processes."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from recli.operations.datasets import open_dataset
from recli.store import Store
from tests.spark.needed import MISSING, QUICK

pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)
PLAIN = ("--spark-conf", "spark.executor.memory=512m", *(word for own in QUICK for word in ("--spark-conf", own)))
LISTENS = re.compile(r"Starting Spark master at (spark://\S+)")
WAIT = 240.0


def environment() -> dict[str, str]:
    small = {"SPARK_DAEMON_MEMORY": "256m", "SPARK_DAEMON_JAVA_OPTS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}
    return {**os.environ, **small, "SPARK_LOCAL_IP": "127.0.0.1"}


class Standalone:
    """Processes of a cluster, ended one by one."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.processes = folder, []

    def start(self, role: str, *argv: str) -> Path:
        import pyspark

        log = self.folder / f"{len(self.processes)}.log"
        program = Path(pyspark.__file__).parent / "bin" / "spark-class"
        command = [str(program), f"org.apache.spark.deploy.{role.lower()}.{role}", "--host", "127.0.0.1", *argv]
        with log.open("wb") as sink:
            self.processes.append(
                subprocess.Popen(command, stdout=sink, stderr=sink, env=environment(), cwd=self.folder)
            )
        return log

    def end(self) -> None:
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def told(log: Path, pattern: str | re.Pattern[str]) -> re.Match[str]:
    """Wait for a line of a log."""
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        if found := re.search(pattern, log.read_text(errors="replace")):
            return found
        time.sleep(0.05)
    raise AssertionError(f"{pattern} never came:\n{log.read_text(errors='replace')[-2000:]}")


@pytest.fixture
def master(tmp_path: Path) -> Iterator[str]:
    cluster = Standalone(tmp_path)
    try:
        url = told(cluster.start("Master", "--port", "0", "--webui-port", "0"), LISTENS)[1]
        for number in range(2):
            work = ("--cores", "1", "--memory", "600m", "--webui-port", "0", "--work-dir", str(tmp_path / f"w{number}"))
            cluster.start("Worker", *work, url)
        yield url
    finally:
        cluster.end()


def recli(root: Path, *argv: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "recli", *argv, "--artifacts", str(root)]
    return subprocess.run(command, capture_output=True, text=True, timeout=WAIT, check=False)


def test_two_workers_train_on_parquet_and_every_command_takes_their_version(
    master: str, tiny: Store, tmp_path: Path
) -> None:
    data, root = open_dataset(tiny, "tiny"), tmp_path / "store"
    (tmp_path / "in").mkdir()
    ids = [f"film {num:02}" for num in data.ratings.item_nums.tolist()]
    table = pa.table({"userId": data.ratings.user_nums, "film": ids, "stars": data.ratings.values})
    for part in range(3):
        pq.write_table(table.take(list(range(part, len(table), 3))), tmp_path / "in" / f"{part}.parquet")
    argv = (
        "train",
        "als",
        "--rank",
        "3",
        "--iterations",
        "4",
        "--engine",
        "spark",
        "--master",
        master,
        *PLAIN,
        "--dataset",
        "mine",
    )
    ran = recli(root, *argv, "--ratings", f"{tmp_path}/in/*.parquet", "--json")
    assert ran.returncode == 0, ran.stderr
    assert all(line.startswith("step ") for line in ran.stderr.splitlines()), ran.stderr
    result = json.loads(ran.stdout)
    assert result["metrics"]["train"]["n"] + result["metrics"]["test"]["n"] == 1132
    told = [folder.name for folder in tmp_path.glob("w?/app-*/*")]
    assert sorted(told) == ["0", "1"]  # an executor of each worker was at it

    (judged,) = json.loads(recli(root, "evaluate", "als:1", "--no-ranking", "--json").stdout)["reports"]
    assert judged["rmse"] == pytest.approx(result["metrics"]["test"]["rmse"], abs=1e-6)
    near = recli(root, "similar", "film 07", "--model", "als:1", "--min-ratings", "0", "-q")
    assert len(near.stdout.splitlines()) == 10, near.stderr
    assert len(recli(root, "recommend", "--user", "5", "--model", "als:1", "-q").stdout.splitlines()) > 0
    assert recli(root, "project", "als:1", "--method", "pca", "--out", str(tmp_path / "map.csv")).returncode == 0
    assert recli(root, "models", "verify", "als:1", "--datasets").returncode == 0
    assert [path.name for path in root.iterdir() if path.name.startswith(".tmp-")] == []


def test_ctrl_c_ends_java_and_leaves_nothing(tiny_copy: Store) -> None:
    argv = ("train", "als", "--dataset", "tiny", "--engine", "spark", "--iterations", "5000", *PLAIN)
    command = [sys.executable, "-m", "recli", *argv, "--artifacts", str(tiny_copy.root)]
    ready = signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # a run in the background would hand on an ignored one
    try:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    finally:
        signal.signal(signal.SIGINT, ready)
    assert process.stderr is not None
    line = process.stderr.readline()  # the rows are on the cluster, and it is at work
    assert line.startswith("step 1/3"), line + process.stderr.read()
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    java = [int(pid) for pid in children.read_text().split()] if children.exists() else []
    process.send_signal(signal.SIGINT)
    _, rest = process.communicate(timeout=WAIT)
    assert process.returncode == 130
    assert rest.splitlines() == ["recli: interrupted"]
    assert not any(Path(f"/proc/{pid}").exists() for pid in java)
    assert tiny_copy.versions("als") == []
    assert [path.name for path in tiny_copy.root.iterdir() if path.name.startswith(".tmp-")] == []
