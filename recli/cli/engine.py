"""Options that say where a command computes."""

from typing import TYPE_CHECKING, Annotated

import typer

from recli.cli.shared import refuse_unread
from recli.core.errors import require_one_of

if TYPE_CHECKING:
    from recli.spark.cluster import Cluster

ENGINES = ("local", "spark")

Engine = Annotated[
    str,
    typer.Option("--engine", metavar="local|spark", help="Compute here, or on Apache Spark (extra spark, Java 17)."),
]
Master = Annotated[
    str | None,
    typer.Option(metavar="URL", help="Spark's: spark://HOST:PORT, yarn, k8s://…. [default: local[*], this machine]"),
]
SparkConf = Annotated[
    list[str] | None, typer.Option("--spark-conf", metavar="KEY=VALUE", help="A setting of Spark; may be repeated.")
]
Ratings = Annotated[
    str | None, typer.Option("--ratings", metavar="PATH", help="Parquet path or glob that Spark reads: s3a://….")
]
Columns = Annotated[
    str | None,
    typer.Option("--columns", metavar="ROLE=COLUMN,…", help="Of --ratings: user=…, item=…, rating=…, timestamp=…."),
]


def cluster_of(
    engine: str, master: str | None, settings: list[str] | None, *, verbose: bool, command: str, unread: tuple[str, ...]
) -> "Cluster | None":
    """Return where Spark is to run; ``None`` where this process computes.

    Args:
        engine: what ``--engine`` was given.
        master: what ``--master`` was given.
        settings: what ``--spark-conf`` was given.
        verbose: whether Spark's log is wanted.
        command: to try where an option has no effect.
        unread: parameters that only Spark reads, beside the master and its settings.

    Raises:
        UsageError: an option is none, or has no effect here.
    """
    require_one_of("--engine", engine, ENGINES, fix=f"{command} --engine spark")
    if engine == "local":
        refuse_unread(("master", "spark_conf", *unread), "this machine computes", fix=f"{command} --engine spark")
        return None
    from recli.spark.cluster import Cluster

    return Cluster.read(master, settings or (), verbose=verbose)
