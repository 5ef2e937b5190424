"""``recli train``."""

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recli.cli.engine import Columns, Engine, Master, Ratings, SparkConf, cluster_of
from recli.cli.exits import resumable
from recli.cli.options import Dataset, Plot
from recli.cli.output import Output
from recli.cli.pictures import Picture, open_picture
from recli.cli.settings import from_file
from recli.cli.shared import Shared, refuse_unread
from recli.core.errors import UsageError
from recli.core.reference import DEFAULT_DATASET

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recli.core.config import ModelConfig
    from recli.core.results.train import TrainResult
    from recli.core.split import SplitSpec
    from recli.operations.checkpoints import FitOptions
    from recli.store import Store

EXAMPLES = (
    "recli train",
    "recli train deep --epochs 20 --patience 3 --plot loss.png",
    "recli train dot --split kfold:5",
    "recli train deep --epochs 500 --deterministic --resume",
    "recli train als --engine spark --master spark://host:7077 --ratings 's3a://bucket/*.parquet' --dataset mine",
    "ref=$(recli train dot -q)",
)

HYPERPARAMETERS = (
    "rank",
    "chains",
    "burn_in",
    "samples",
    "embedding_size",
    "hidden_units",
    "dropout",
    "unknown_rate",
    "regularization",
    "damping",
    "sweeps",
    "iterations",
    "epochs",
    "batch_size",
    "learning_rate",
    "optimizer",
    "loss",
    "patience",
    "seed",
)
"""Options that a model's configuration reads; those not given keep the model's own defaults."""


def train(
    ctx: typer.Context,
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="bayes, dot, deep, ease, elsa, ranker, hybrid, bpr, als or bias.")
    ] = "bayes",
    dataset: Dataset = DEFAULT_DATASET,
    rank: Annotated[int | None, typer.Option(min=1, help="Numbers in a vector. bayes: 16. als: 10.")] = None,
    chains: Annotated[int | None, typer.Option(min=1, help="Chains to average. bayes: 8.")] = None,
    burn_in: Annotated[int | None, typer.Option(min=0, help="A chain's first draws, not used. bayes: 40.")] = None,
    samples: Annotated[int | None, typer.Option(min=1, help="A chain's draws to predict from. bayes: 15.")] = None,
    embedding_size: Annotated[
        int | None, typer.Option(min=1, help="Numbers in a vector. dot, deep, elsa, hybrid, bpr: 64.")
    ] = None,
    hidden_units: Annotated[
        int | None, typer.Option(min=1, help="Width of the hidden layer. deep: 64. hybrid: 128.")
    ] = None,
    dropout: Annotated[float | None, typer.Option(help="Share zeroed in training. deep, hybrid: 0.5.")] = None,
    unknown_rate: Annotated[
        float | None, typer.Option(help="Share of users and items hidden, so that metadata has to do. hybrid: 0.1.")
    ] = None,
    regularization: Annotated[
        float | None,
        typer.Option(
            help="Holds back the weights of rare items. ease: 300. L2 penalty: of a vector for each of its ratings."
            " als: 0.1. Of a step. bpr: 0.001."
        ),
    ] = None,
    damping: Annotated[
        float | None,
        typer.Option(min=0, help="Pseudo-ratings that hold a bias back. ease, elsa, ranker, bias, bpr: 5."),
    ] = None,
    sweeps: Annotated[
        int | None, typer.Option(min=1, help="Draws after the burn-in. bayes: 90. Alternations. bias: 10.")
    ] = None,
    iterations: Annotated[
        int | None, typer.Option(min=1, help="Alternations between items and users. als: 10.")
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(min=1, help="Passes over the training rows. dot, deep, elsa: 15. hybrid: 20. bpr: 12.")
    ] = None,
    batch_size: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Rows a step, at most. dot: 1024 (adagrad: 16384). hybrid, bpr: 1024. deep: 512."
            " Users a step. elsa: 1024.",
        ),
    ] = None,
    learning_rate: Annotated[
        float | None,
        typer.Option(help="Of Adam. dot: 0.002 (adagrad: 0.03). deep, bpr: 0.005. hybrid: 0.003. elsa: 0.01."),
    ] = None,
    optimizer: Annotated[
        str | None,
        typer.Option(
            metavar="auto|adam|adagrad",
            help="adagrad is for many rows. dot: auto, which is adam up to 5 million training rows.",
        ),
    ] = None,
    loss: Annotated[
        str | None,
        typer.Option(
            metavar="mae|mse|ordinal",
            help="ordinal predicts how likely each rating is. dot, deep: mae. hybrid: ordinal.",
        ),
    ] = None,
    patience: Annotated[
        int | None,
        typer.Option(min=1, help="Stop after so many epochs without a better val_loss."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of all that is random in the fit.")] = 0,
    split: Annotated[
        str,
        typer.Option(
            metavar="HOW",
            help="Rows to judge: random, user, user:last:N, time, hash, kfold:K, kfold:K/k, a given fold (u1 to u5, ua,"
            " ub), or several with commas. A version for each fold.",
        ),
    ] = "random",
    validation_fraction: Annotated[float, typer.Option(min=0, max=0.9, help="Training rows that only watch.")] = 0.1,
    test_fraction: Annotated[
        float, typer.Option(min=0.01, max=0.9, help="Rows held out to judge: random, user, time, hash.")
    ] = 0.2,
    split_seed: Annotated[int, typer.Option(min=0, help="Of the shuffle before splitting.")] = 0,
    plot: Plot = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with this very run where it was interrupted, if it was.")
    ] = False,
    deterministic: Annotated[
        bool, typer.Option("--deterministic", help="The same bits on any number of cores: TensorFlow gets one thread.")
    ] = False,
    checkpoint_every: Annotated[
        float,
        typer.Option(metavar="SECONDS", min=0, help="How often to keep what --resume needs. 0: after each epoch."),
    ] = 5.0,
    engine: Engine = "local",
    master: Master = None,
    spark_conf: SparkConf = None,
    ratings: Ratings = None,
    columns: Columns = None,
    force: Annotated[bool, typer.Option("--force", help="Let --ratings replace a dataset of the name.")] = False,
    *,
    shared: Shared,
) -> None:
    """Fit a model and publish it as a new version.

    bayes is for up to some millions of ratings, and where they are many says beforehand how long it will take; dot, als
    and elsa are for tens of millions.
    """
    from recli.operations import train as operation

    output = shared.output()
    config = operation.configure(model, _hyperparameters(ctx, model))
    unread = ("ratings", "columns", "force")
    cluster = cluster_of(
        engine, master, spark_conf, verbose=shared.verbose, command=f"recli train {model}", unread=unread
    )
    specs = [operation.split_for(config, spec) for spec in _specs(ctx, hashed=ratings is not None)]
    picture = open_picture(plot)
    if cluster:
        from recli.cli.spark_training import fit_on_spark

        _draw(shared.store(), fit_on_spark(ctx, shared.store(), config, specs, cluster, output), picture)
    elif len(specs) == 1:
        _one(shared.store(), config, specs[0], dataset, picture, output, _fit_options(ctx))
    elif resume:
        raise UsageError(
            f"--resume goes on with one fit, and --split {split} is {len(specs)}",
            fix=f"recli train {model} --split {specs[0]} --resume",
        )
    else:
        _several(shared.store(), config, specs, dataset, picture, output, deterministic)


def _hyperparameters(ctx: typer.Context, model: str) -> dict[str, Any]:
    """Read the options that the model has; a default in a file is meant for the models that have it."""
    from recli.models.registry import config_class

    known = {field.name for field in fields(config_class(model))}
    given = {name: ctx.params[name] for name in HYPERPARAMETERS if ctx.params[name] is not None}
    return {name: value for name, value in given.items() if name in known or not from_file(ctx, name)}


def _specs(ctx: typer.Context, *, hashed: bool) -> "tuple[SplitSpec, ...]":
    """Read the options that say how to split; ``hashed`` is what is meant where none is given."""
    from recli.core.split import SplitSpec

    options = ctx.params
    said = ctx.get_parameter_source("split").name == "COMMANDLINE"  # type: ignore[union-attr]
    specs = SplitSpec.parse(
        "hash" if hashed and not said else options["split"],
        test_fraction=options["test_fraction"],
        validation_fraction=options["validation_fraction"],
        seed=options["split_seed"],
    )
    if not any(spec.reads_test_fraction for spec in specs):
        how = f"--split {options['split']}"
        refuse_unread(("test_fraction",), f"{how} says itself how many rows judge", fix=f"recli train {how}")
    return specs


def _fit_options(ctx: typer.Context) -> "FitOptions":
    """Read the options that say how to run the fit."""
    from recli.operations.checkpoints import FitOptions

    given = ctx.params
    return FitOptions(given["resume"], given["checkpoint_every"], given["deterministic"])


def _one(
    store: "Store",
    config: "ModelConfig",
    spec: "SplitSpec",
    dataset: str,
    picture: Picture | None,
    output: Output,
    how: "FitOptions",
) -> None:
    from recli.cli.progress import fit_progress
    from recli.operations.train import train as fit_and_publish
    from recli.render.train import train_view

    with resumable() as on_kept, fit_progress(config, quiet=output.quiet) as on_epoch:
        how = replace(how, on_kept=on_kept)
        result = fit_and_publish(store, config, dataset=dataset, split=spec, on_epoch=on_epoch, how=how)
    output.emit(train_view(result))
    _draw(store, result, picture)


def _draw(store: "Store", result: "TrainResult", picture: Picture | None) -> None:
    if picture and result.history:
        from recli.render.plots import loss_plot

        picture.save(loss_plot(result, picture.format))
    elif picture:  # no epochs, no curve: what there is to see is how it predicts
        from recli.operations.evaluate import evaluate
        from recli.render.plots import evaluation_plot

        picture.save(evaluation_plot(evaluate(store, [result.ref], ranking=None).reports[0], picture.format))


def _several(
    store: "Store",
    config: "ModelConfig",
    specs: "Sequence[SplitSpec]",
    dataset: str,
    picture: Picture | None,
    output: Output,
    deterministic: bool,
) -> None:
    from recli.cli.progress import fold_progress
    from recli.operations.crossval import cross_validate
    from recli.render.crossval import crossval_view

    with fold_progress(config.model, len(specs), quiet=output.quiet) as on_fold:
        result = cross_validate(store, config, specs, dataset=dataset, on_fold=on_fold, deterministic=deterministic)
    output.emit(crossval_view(result))
    if picture:
        from recli.render.plots import folds_plot

        picture.save(folds_plot(result, picture.format))
