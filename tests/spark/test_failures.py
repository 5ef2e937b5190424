"""What Spark's texts, as version 4.3 writes them, mean to a person."""

from pathlib import Path

import pytest

from recli.core.errors import InputDataError, NetworkError, NotFoundError, RecliError, StorageError, UsageError
from recli.spark.failures import meaning, understood

CALL = "An error occurred while calling o56.parquet.\n"


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("[PATH_NOT_FOUND] Path does not exist: file:/nope/*.parquet. SQLSTATE: 42K03", NotFoundError,
         "there is nothing at file:/nope/*.parquet"),
        (f"{CALL}: java.lang.RuntimeException: java.lang.ClassNotFoundException: Class"
         " org.apache.hadoop.fs.s3a.S3AFileSystem not found\n\tat org.apache", NotFoundError, "lacks the package"),
        (f'{CALL}: org.apache.hadoop.fs.UnsupportedFileSystemException: No FileSystem for scheme "gs"\n', NotFoundError,
         "lacks the package"),
        ("java.lang.IllegalArgumentException: System memory 1 must be at least 2. Please increase heap size using",
         UsageError, "out of memory"),
        ("Caused by: java.lang.OutOfMemoryError: Java heap space", UsageError, "out of memory"),
        ("ExecutorLostFailure (executor 1 exited caused by one of the tasks)", NetworkError, "lost an executor"),
        (f"{CALL}: java.io.IOException: No space left on device", StorageError, "disk"),
        ("java.nio.file.AccessDeniedException: s3a://bucket/x", StorageError, "permission denied"),
        ("[CANNOT_READ_FILE_FOOTER] Could not read footer for file: file:/x.parquet.", InputDataError, "no Parquet"),
        ("[UNABLE_TO_INFER_SCHEMA] Unable to infer schema for Parquet.", InputDataError, "no Parquet"),
        ("java.net.UnknownHostException: nowhere", NetworkError, "no host nowhere"),
        ("org.apache.spark.SparkException: All masters are unresponsive! Giving up.", NetworkError, "does not answer"),
    ],
)  # fmt: skip
def test_a_text_has_a_meaning(text: str, kind: type[RecliError], words: str) -> None:
    found = meaning(f"{text} ")
    assert type(found) is kind
    assert words in found.message
    assert "java" not in found.message


def test_what_nobody_foresaw_is_its_innermost_cause_in_one_line() -> None:
    text = f"{CALL}: org.apache.spark.SparkException: aborted\n\tat x.y(Z.scala:1)\nCaused by: a.b.OddError: it broke\n"
    assert meaning(text).message == "Spark failed: it broke"


def test_of_a_lost_executor_the_log_tells_what_it_died_of() -> None:
    lost = "ExecutorLostFailure (executor 1 exited caused by one of the running tasks)"
    assert "lost an executor" in meaning(lost, "WARN nothing").message
    assert "stack overflowed" in meaning(lost, "WARN Lost task 0.0: java.lang.StackOverflowError").message


def test_java_that_does_not_start_says_why_in_its_log() -> None:
    log = "Invalid heap size: -Xmxbanana\nError: Could not create the Java Virtual Machine.\nError: A fatal one.\n"
    found = meaning("[JAVA_GATEWAY_EXITED] Java gateway process exited before sending its port number.", log)
    assert type(found) is UsageError
    assert found.message == "Java did not start: Could not create the Java Virtual Machine."


class Py4JError(Exception):
    __module__ = "py4j.protocol"


def test_where_the_jvm_died_its_log_says_why(tmp_path: Path) -> None:
    log = tmp_path / "spark.log"
    log.write_text("26/11/24 WARN x\njava.lang.OutOfMemoryError: Java heap space\n")
    with pytest.raises(UsageError, match="out of memory"), understood(log):
        raise Py4JError("Answer from Java side is empty")


def test_errors_of_others_pass(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), understood(tmp_path / "none"):
        raise ZeroDivisionError
