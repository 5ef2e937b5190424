"""What Spark's exceptions mean, in a sentence and an exit code."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from recli.core.errors import (
    BusyError,
    InputDataError,
    NetworkError,
    NotFoundError,
    RecliError,
    StorageError,
    UsageError,
)
from recli.spark.cluster import without_credentials

_TAIL = 200_000
"""Bytes of the log that are searched for a reason."""
_LONGEST = 300

_MORE_MEMORY = "--spark-conf spark.driver.memory=8g --spark-conf spark.executor.memory=8g"
_S3 = "--spark-conf spark.jars.packages=org.apache.hadoop:hadoop-aws:3.5.0"
"""Of the Hadoop that pyspark 4.3 brings; for Google's and Azure's there are others."""

_MEANINGS: tuple[tuple[str, type[RecliError], str, str | None], ...] = (
    (r"PATH_NOT_FOUND\] Path does not exist: (\S+?)\.? ", NotFoundError, "there is nothing at {}", None),
    (r"(OutOfMemoryError|insufficient memory for the Java|SparkOutOfMemory|increase heap size)", UsageError,
     "Spark ran out of memory", _MORE_MEMORY),
    (r"StackOverflowError()", UsageError, "Java's stack overflowed: fewer iterations, or a larger stack",
     "--spark-conf spark.driver.extraJavaOptions=-Xss16m --spark-conf spark.executor.extraJavaOptions=-Xss16m"),
    (r"No space left on device()", StorageError, "a disk that Spark writes to is full", None),
    (r"(?:S3AFileSystem|GoogleHadoopFileSystem|AzureBlobFileSystem) not found()|No FileSystem for scheme \"?(\w+)",
     NotFoundError, "Spark lacks the package that reads such a path", _S3),
    (r"AccessDenied|AccessControlException|Permission denied|NoAuthWithAWS|Status Code: 403()", StorageError,
     "Spark may not read or write there: permission denied", None),
    (r"(\S+) is not a Parquet file|CANNOT_READ_FILE_FOOTER|UNABLE_TO_INFER_SCHEMA()|FAILED_READ_FILE.PARQUET"
     r"|Could not read footer", InputDataError, "what lies there is no Parquet", None),
    (r"(?:FileNotFoundException|File) (\S*/\.tmp-\S+) ?(?:does not exist)?|FAILED_READ_FILE.FILE_NOT_EXIST()",
     NotFoundError, "the workers do not see the store's disk: share it with them, or give --ratings what they see",
     None),
    (r"UnknownHostException:? (\S+)", NetworkError, "there is no host {}", None),
    (r"All masters are unresponsive()|Connection refused|ConnectTimeout|SocketTimeout|NoRouteToHost", NetworkError,
     "the cluster does not answer", None),
    (r"(ExecutorLostFailure|executor \S+ exited|Lost executor|Master removed our application)", NetworkError,
     "the cluster lost an executor, too often to go on", _MORE_MEMORY),
)  # fmt: skip


class SparkError(Exception):
    """What Spark raised, with Java's traceback, for ``RECLI_DEBUG``; the original can be read while its JVM runs."""


@contextmanager
def understood(log: Path) -> Iterator[None]:
    """Raise what Spark raises in the block as recli's own errors, without Java's traceback.

    Args:
        log: what the JVM wrote: a JVM that died left its reason there alone.
    """
    try:
        yield
    except RecliError:
        raise
    except Exception as error:
        if not _is_sparks(error):
            raise
        text = without_credentials(_text(error))
        raise meaning(f"{text} ", without_credentials(_tail(log))) from SparkError(text)


def meaning(text: str, log: str = "") -> RecliError:
    """Return the error that a text of Spark's means; where the text says nothing, its log may."""
    if "ExecutorLostFailure" in text:
        text, log = text + log, ""  # what it died of is told by another line
    for where in (text, log):
        for pattern, kind, message, fix in _MEANINGS:
            if found := re.search(pattern, where):
                return kind(message.format(*(group or "" for group in found.groups())), fix=fix)
    if "JAVA_GATEWAY_EXITED" in text:
        return UsageError(f"Java did not start: {_complaint(log)}", fix="java -version")
    return RecliError(f"Spark failed: {_cause(text)}", fix="add -v to see Spark's log")


def no_executor(seconds: float) -> BusyError:
    """Return the refusal of a cluster that has no worker to spare."""
    return BusyError(
        f"the cluster gave no executor within {seconds:.0f} s: its workers are busy, or none has the memory and cores"
        " that are asked for",
        fix="--spark-conf spark.executor.memory=1g --spark-conf spark.cores.max=2",
    )


def _text(error: Exception) -> str:
    """Return what an exception says; some ask their JVM, which may be gone."""
    try:
        return str(error)
    except Exception:  # noqa: BLE001
        return type(error).__name__


def _is_sparks(error: BaseException) -> bool:
    module = type(error).__module__.partition(".")[0]
    return module in ("pyspark", "py4j") or isinstance(error, ConnectionError | EOFError)


def _cause(text: str) -> str:
    """Return the line that says most: the innermost cause, without the name of its class."""
    causes = re.findall(r"^Caused by: (.*)$", text, flags=re.M) or re.findall(r"^: (.*)$", text, flags=re.M)
    line = (causes or text.strip().splitlines() or ["it does not say why"])[-1 if causes else 0]
    return re.sub(r"^[\w.$]+(?:Exception|Error): ", "", line)[:_LONGEST]


def _complaint(log: str) -> str:
    """Return the line of a log in which Java says why it ends."""
    lines = re.findall(r'^(?:Error: |Exception in thread "main" |Error occurred)(.*)$', log, flags=re.M)
    return re.sub(r"^[\w.$]+(?:Exception|Error): ", "", lines[0])[:_LONGEST] if lines else "it does not say why"


def _tail(log: Path) -> str:
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - _TAIL))
            return file.read().decode(errors="replace")
    except OSError:
        return ""
