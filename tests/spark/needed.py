"""What tests on Spark need of the machine."""

from recli.core.errors import RecliError
from recli.spark.java import require_spark


def missing() -> str:
    """Return why they cannot run here; nothing where they can."""
    try:
        require_spark()
    except RecliError as error:
        return f"{error.message}: {error.fix}"
    return ""


MISSING = missing()
QUICK = (
    "spark.driver.extraJavaOptions=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.executor.extraJavaOptions=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.driver.memory=1g",
    "spark.sql.shuffle.partitions=2",
)
"""A JVM that compiles little starts in half the time."""
