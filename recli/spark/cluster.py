"""Where Spark runs, as a person says it."""

import os
import re
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from recli.core.errors import NetworkError, UsageError, require

LOCAL = "local[*]"
"""All cores of this machine, in one JVM."""
REACHED_WITHIN = 5.0
"""Seconds: Spark itself would try for a minute."""
CHECKPOINTS = "spark.checkpoint.dir"
"""Where a long lineage is cut; every worker must see it."""
STACK = "-Xss16m"
"""Java's own stack of 1 MB does not always hold what a task of the tenth iteration is told of those before it."""
_JAVA_OPTIONS = ("spark.driver.extraJavaOptions", "spark.executor.extraJavaOptions")
_MASTER = re.compile(r"local(\[(\d+|\*)(,\d+)?\])?|yarn|(spark|k8s)://\S+")
_CREDENTIALS = re.compile(r"\b([a-z][\w+.-]*://)([^/@\s:]*(?::[^@\s]*)?)@", re.IGNORECASE)
_CONTAINERS = ("abfs", "wasb")
"""Of Azure, whose URLs have a container's name where others have a user's."""
_GIB = 2**30


@dataclass(frozen=True)
class Cluster:
    """A master, and the settings of a session with it."""

    master: str = LOCAL
    conf: Mapping[str, str] = field(default_factory=dict)
    """Spark's settings, which go before recli's own; they may hold keys and passwords, and are shown nowhere."""
    verbose: bool = False
    """Whether Spark's log goes to stderr; else it is kept to explain a failure, and then thrown away."""

    @classmethod
    def read(cls, master: str | None, settings: Sequence[str] = (), *, verbose: bool = False) -> Self:
        """Read what ``--master`` and ``--spark-conf`` were given.

        Raises:
            UsageError: it is no master's URL, or no setting.
        """
        require(
            master is None or _MASTER.fullmatch(master) is not None,
            f"--master takes local[N], spark://HOST:PORT, yarn or k8s://HOST:PORT, not {master!r}",
            fix="--master spark://HOST:7077",
        )
        conf = {}
        for setting in settings:
            key, sign, value = setting.partition("=")
            if not (sign and key.startswith("spark.") and value):
                raise UsageError(
                    f"--spark-conf takes a setting of Spark and its value, not {key!r}",
                    fix="--spark-conf spark.executor.memory=8g",
                )
            require(key != "spark.master", "Spark's master is said by --master", fix=f"--master {value}")
            conf[key] = value
        return cls(master or LOCAL, conf, verbose)

    @property
    def is_local(self) -> bool:
        """Whether all of it is one JVM on this machine."""
        return self.master.startswith("local")

    @property
    def shown(self) -> str:
        """The master without a name or a password that its URL may hold."""
        return without_credentials(self.master)

    def settings(self, folder: Path) -> dict[str, str]:
        """Return Spark's settings; what it leaves on this machine's disk while it runs goes into a folder."""
        own = {
            "spark.master": self.master,
            "spark.app.name": "recli",
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.serializer": "org.apache.spark.serializer.KryoSerializer",
            "spark.sql.session.timeZone": "UTC",
            "spark.sql.warehouse.dir": str(folder / "warehouse"),
            "spark.driver.maxResultSize": "0",  # what is collected is known, and as large as it must be
        }
        if self.is_local:
            own |= {"spark.driver.memory": _quarter_of_memory(), "spark.local.dir": str(folder),
                    CHECKPOINTS: f"file://{folder.absolute() / 'checkpoints'}",
                    "spark.sql.shuffle.partitions": str(2 * (os.cpu_count() or 1))}  # fmt: skip
        if self.is_local or re.search(r"://(127\.|localhost)", self.master):
            own |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
        options = {name: f"{STACK} {self.conf.get(name, '')}".strip() for name in _JAVA_OPTIONS}
        return {**own, **self.conf, **options}

    def require_reachable(self) -> None:
        """Require that a standalone master listens.

        Raises:
            NetworkError: none of its addresses answers in ``REACHED_WITHIN`` seconds.
        """
        if not self.master.startswith("spark://"):
            return
        failures = []
        for address in without_credentials(self.master).removeprefix("spark://").split(","):
            host, _, port = address.rpartition(":")
            try:
                with socket.create_connection((host.strip("[]"), int(port)), REACHED_WITHIN):
                    return
            except (OSError, ValueError, OverflowError) as error:
                failures.append(f"{address}: {error}")
        raise NetworkError(f"no Spark master answers at {'; '.join(failures)}", fix="--master spark://HOST:7077")


def without_credentials(text: str) -> str:
    """Return a text without names and passwords in its URLs: ``s3a://key:secret@bucket`` is ``s3a://bucket``."""

    def shown(url: re.Match[str]) -> str:
        is_container = url[1].lower().startswith(_CONTAINERS) and ":" not in url[2]
        return url[0] if is_container else url[1]

    return _CREDENTIALS.sub(shown, text)


def _quarter_of_memory() -> str:
    """Return the heap of a JVM that is driver and executor at once: Spark's own 1 GB is small for that."""
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return "2g"
    return f"{max(1, total // 4 // _GIB)}g"
