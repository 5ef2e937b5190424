"""A Spark session that leaves nothing behind: no process, no log on the terminal, no state in pyspark's classes."""

import logging
import signal
import subprocess
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recli.spark.cluster import Cluster
from recli.spark.failures import no_executor, understood
from recli.spark.java import require_spark

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

EXECUTOR_WITHIN = 120.0
"""Seconds that a cluster may take to give the first executor."""
ENDS_WITHIN = 10.0
"""Seconds that a JVM may take to end before it is killed."""


@contextmanager
def session(cluster: Cluster, folder: Path) -> Iterator["SparkSession"]:
    """Yield a session of its own JVM, which ends with the block.

    Args:
        cluster: where it runs.
        folder: for the log and for what Spark spills; its owner removes it.

    Raises:
        UsageError: pyspark is not installed, or memory ran out.
        NotFoundError: Java is missing or too old, or a path that is read.
        NetworkError: the master does not answer, or its executors are lost.
        BusyError: the cluster has no executor to give.
        InputDataError, StorageError: a file is not what it should be, or cannot be written.
    """
    require_spark()
    cluster.require_reachable()
    log = folder / "spark.log"
    with _hushed(), understood(log), _jvm(cluster, folder, log) as spark, understood(log):
        if not cluster.is_local:
            _require_executor(spark)
        yield spark


@contextmanager
def _hushed() -> Iterator[None]:
    """Keep back what pyspark says beside its exceptions: no pandas is on this way, and recli tells of signals."""
    root, nobody = logging.getLogger(), logging.NullHandler()
    logging.getLogger("py4j").setLevel(logging.CRITICAL)

    def is_news(record: logging.LogRecord) -> bool:
        return not record.getMessage().startswith("KeyboardInterrupt while sending command")

    root.addFilter(is_news)
    root.addHandler(nobody)  # else py4j's first word there gets the root logger a handler that writes to stderr
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas")
            yield
    finally:
        root.removeFilter(is_news)
        root.removeHandler(nobody)


@contextmanager
def _jvm(cluster: Cluster, folder: Path, log: Path) -> Iterator["SparkSession"]:
    from pyspark import SparkConf, SparkContext
    from pyspark.java_gateway import launch_gateway
    from pyspark.sql import SparkSession

    conf = SparkConf(loadDefaults=False).setAll(list(cluster.settings(folder).items()))
    gateway = clean = None
    with _signals_kept() as ends_too:
        try:
            with log.open("wb") as sink:
                # Java's stdout is none of recli's answer.
                popen = {"stdout": sink, "stderr": None if cluster.verbose else sink}
                gateway = launch_gateway(conf, popen_kwargs=popen)  # type: ignore[no-untyped-call]
            with understood(log):  # within, too: an exception of Java's can only be read from its JVM
                spark = SparkSession(SparkContext(conf=conf, gateway=gateway))
            ends_too(gateway.proc)
            yield spark
            spark.stop()
            clean = True
        finally:
            _end(gateway, kill=not clean)
            SparkContext._active_spark_context = SparkContext._gateway = SparkContext._jvm = None
            SparkSession._instantiatedSession = None


@contextmanager
def _signals_kept() -> Iterator[Callable[[Any], None]]:
    """Yield what lets SIGINT and SIGTERM end a process before they do what they did, whatever pyspark made of them.

    What a handler raises is lost where Python was just clearing away an object of Java's. The process is gone all the
    same, so that the next call fails: then the signal is obeyed after all.
    """
    if threading.current_thread() is not threading.main_thread():
        yield lambda process: None
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    caught: list[int] = []

    def ends_too(process: Any) -> None:
        def handle(number: int, frame: Any) -> None:
            caught.append(number)
            process.terminate()
            _obey(before[signal.Signals(number)], number, frame)

        for number, handler in before.items():
            if callable(handler):
                signal.signal(number, handle)

    try:
        yield ends_too
    except Exception:
        for number in caught:
            _obey(before[signal.Signals(number)], number, None)
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    for number in caught:
        _obey(before[signal.Signals(number)], number, None)


def _obey(handler: Any, number: int, frame: Any) -> None:
    if callable(handler):
        handler(number, frame)


def _end(gateway: Any, *, kill: bool) -> None:
    """End the JVM: by itself, else by a signal on which it still tells the cluster and clears its disk."""
    process = getattr(gateway, "proc", None)
    if process is None:
        return
    if kill:
        process.terminate()
    with suppress(Exception):
        gateway.shutdown()
    with suppress(OSError):
        process.stdin.close()
    try:
        process.wait(ENDS_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _require_executor(spark: "SparkSession") -> None:
    """Let the cluster do a trifle: where it has nobody to do it, Spark would wait for ever."""
    late = threading.Event()

    def give_up() -> None:
        late.set()
        spark.sparkContext.cancelAllJobs()

    timer = threading.Timer(EXECUTOR_WITHIN, give_up)
    timer.daemon = True
    timer.start()
    try:
        spark.range(1).count()
    except Exception as error:
        if late.is_set():
            raise no_executor(EXECUTOR_WITHIN) from error
        raise
    finally:
        timer.cancel()
