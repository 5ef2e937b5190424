"""``recli train --engine spark``."""

from typing import TYPE_CHECKING

import typer

from recli.cli.output import Output
from recli.cli.shared import refuse_unread
from recli.core.errors import require

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recli.core.config import ModelConfig
    from recli.core.results.train import TrainResult
    from recli.core.split import SplitSpec
    from recli.operations.on_spark.source import Source
    from recli.spark.cluster import Cluster
    from recli.store import Store


def fit_on_spark(
    ctx: typer.Context,
    store: "Store",
    config: "ModelConfig",
    specs: "Sequence[SplitSpec]",
    cluster: "Cluster",
    output: Output,
) -> "TrainResult":
    """Fit, publish and show a version, as ``recli train --engine spark`` was told to."""
    from recli.cli.progress import fit_progress
    from recli.operations.on_spark.train import train_on_spark
    from recli.render.train import train_view

    fix = f"recli train {config.model} --engine spark"
    require(len(specs) == 1, "--engine spark fits one split at a time", fix=f"{fix} --split {specs[0]}")
    refuse_unread(("resume", "checkpoint_every", "deterministic"), "Spark keeps its own checkpoints", fix=fix)
    source = _source(ctx, fix)
    with fit_progress(config, quiet=output.quiet) as on_step:
        result = train_on_spark(
            store, config, cluster, dataset=ctx.params["dataset"], split=specs[0], source=source, on_step=on_step
        )
    output.emit(train_view(result))
    return result


def _source(ctx: typer.Context, fix: str) -> "Source | None":
    """Read the options that say what Spark reads."""
    from recli.operations.on_spark.source import Source

    given = ctx.params
    if given["ratings"] is None:
        refuse_unread(("columns", "force"), "the dataset is in the store", fix=fix)
        return None
    named = ctx.get_parameter_source("dataset").name == "COMMANDLINE"  # type: ignore[union-attr]
    require(named, "--ratings needs a name for the dataset that they become", fix=f"{fix} --ratings … --dataset mine")
    return Source(given["ratings"], given["columns"], given["force"])
