"""``recli stats``."""

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from recli.cli.engine import Columns, Engine, Master, Ratings, SparkConf, cluster_of
from recli.cli.options import Plot
from recli.cli.pictures import open_picture
from recli.cli.shared import Shared, refuse_unread
from recli.core.reference import DEFAULT_DATASET

if TYPE_CHECKING:
    from recli.core.results.stats import StatsResult
    from recli.spark.cluster import Cluster

EXAMPLES = (
    "recli stats",
    "recli stats --popularity -n 20",
    "recli stats --plot ratings.png",
    "recli stats --engine spark --master spark://host:7077 --ratings 's3a://bucket/*.parquet'",
)


def stats(
    dataset: Annotated[str, typer.Argument(metavar="DATASET", help="A dataset of the store.")] = DEFAULT_DATASET,
    popularity: Annotated[bool, typer.Option("--popularity", help="Rank the items by number of ratings.")] = False,
    n: Annotated[int, typer.Option("-n", min=1, help="How many items to rank.")] = 10,
    plot: Plot = None,
    engine: Engine = "local",
    master: Master = None,
    spark_conf: SparkConf = None,
    ratings: Ratings = None,
    columns: Columns = None,
    *,
    shared: Shared,
) -> None:
    """Count and describe a dataset's ratings."""
    from recli.operations.stats import stats as operation
    from recli.render.stats import stats_view

    output = shared.output()
    picture = open_picture(plot)
    unread = ("ratings", "columns")
    cluster = cluster_of(engine, master, spark_conf, verbose=shared.verbose, command="recli stats", unread=unread)
    if cluster:
        result = _on_spark(shared, cluster, dataset, ratings, columns, n)
    else:
        result = operation(shared.store(), dataset, n=n)
    view = stats_view(result, popularity=popularity)
    if ratings is not None:
        from recli.spark.cluster import without_credentials

        shown = without_credentials(ratings)
        on_them = shlex.join(["recli", "train", "als", "--engine", "spark", "--ratings", shown, "--dataset", "mine"])
        view = replace(view, next=on_them)
    output.emit(view)
    if picture:
        from recli.render.plots import stats_plot

        picture.save(stats_plot(result, picture.format))


def _on_spark(
    shared: Shared, cluster: "Cluster", dataset: str, ratings: str | None, columns: str | None, n: int
) -> "StatsResult":
    from recli.operations.on_spark.source import Source
    from recli.operations.on_spark.stats import stats_on_spark

    if ratings is None:
        refuse_unread(("columns",), "the dataset is in the store", fix="recli stats --engine spark")
    else:
        refuse_unread(("dataset",), "--ratings says what is counted", fix="recli stats --engine spark --ratings PATH")
    source = None if ratings is None else Source(ratings, columns)
    return stats_on_spark(shared.store(), cluster, dataset, source=source, n=n)
