"""What Spark needs of the machine: its Python package, and Java."""

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from recli.core.errors import NotFoundError, UsageError

OLDEST = 17
"""Java version that Spark 4 needs."""
_SECONDS = 30
_VERSION = re.compile(r'version "(?:1\.)?(\d+)')


def require_spark() -> None:
    """Require pyspark and a Java that runs it, before anything is started.

    Raises:
        UsageError: pyspark is not installed.
        NotFoundError: Java is missing or too old.
    """
    if find_spec("pyspark") is None:
        raise UsageError("--engine spark needs pyspark, which is not installed", fix="pip install 'recli[spark]'")
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java") if not home else shutil.which(str(Path(home) / "bin" / "java"))
    if found is None:
        where = f" in JAVA_HOME, {home}" if home else ""
        fix = "unset JAVA_HOME" if home and shutil.which("java") else _install()
        raise NotFoundError(f"Spark needs Java {OLDEST} or newer, and there is none{where}", fix=fix)
    _require_new(found)


def _require_new(java: str) -> None:
    try:
        ran = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=_SECONDS, check=False)  # noqa: S603
        told = _VERSION.search(ran.stderr + ran.stdout)
    except (OSError, subprocess.TimeoutExpired):
        told = None
    if told is None:
        raise NotFoundError(f"Spark needs Java {OLDEST} or newer, and {java} does not run", fix=_install())
    if int(told[1]) < OLDEST:
        raise NotFoundError(f"Spark needs Java {OLDEST} or newer, and {java} is Java {told[1]}", fix=_install())


def _install() -> str:
    mac = sys.platform == "darwin"
    return f"brew install openjdk@{OLDEST}" if mac else f"apt install openjdk-{OLDEST}-jre-headless"
