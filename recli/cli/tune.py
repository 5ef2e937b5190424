"""``recli tune``."""

from typing import Annotated

import typer

from recli.cli.options import Dataset
from recli.cli.shared import Shared, refuse_unread
from recli.core.errors import UsageError
from recli.core.reference import DEFAULT_DATASET

EXAMPLES = (
    "recli tune dot --trials 30",
    "recli tune ease --trials 40 --metric ndcg --jobs 1",
    "recli tune deep --trials 100 --timeout 600 --fix epochs=10",
)


def tune(
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="bayes, dot, deep, ease, elsa, ranker, hybrid, bpr or bias.")
    ],
    trials: Annotated[
        int, typer.Option("--trials", "-n", min=1, help="Configurations to try, those of earlier runs included.")
    ] = 20,
    timeout: Annotated[
        float | None, typer.Option(min=0, metavar="SECONDS", help="Begin no trial after so long.")
    ] = None,
    metric: Annotated[
        str | None,
        typer.Option(
            metavar="mae|rmse|median_mae|ndcg",
            help="What to go by, on validation rows. [default: ease, bpr: ndcg; else mae]",
        ),
    ] = None,
    fix: Annotated[
        list[str] | None,
        typer.Option("--fix", metavar="NAME=VALUE", help="A hyperparameter to leave alone; may be repeated."),
    ] = None,
    dataset: Dataset = DEFAULT_DATASET,
    split: Annotated[
        str, typer.Option(metavar="HOW", help="As train has it, one fold: random, user, time, kfold:5/1, u1, …")
    ] = "random",
    validation_fraction: Annotated[
        float, typer.Option(min=0.01, max=0.9, help="Training rows that the search goes by.")
    ] = 0.1,
    test_fraction: Annotated[
        float, typer.Option(min=0.01, max=0.9, help="Rows held out to judge: random, user, time.")
    ] = 0.2,
    split_seed: Annotated[int, typer.Option(min=0, help="Of the shuffle before splitting.")] = 0,
    seed: Annotated[int, typer.Option(min=0, help="Of the search and of every fit.")] = 0,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Trials at a time; 1 can be repeated. [default: one a core; bayes: 1]")
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget the trials of earlier runs.")] = False,
    *,
    shared: Shared,
) -> None:
    """Search a model's hyperparameters and publish the best.

    Configurations are judged on validation rows, the model's defaults first; test rows have no part in it. A search
    that was interrupted goes on when the same command is run again. Needs recli[tune].
    """
    from recli.cli.progress import search_progress
    from recli.core.split import SplitSpec
    from recli.operations.tune import plan
    from recli.operations.tune import tune as operation
    from recli.render.tune import tune_view

    output = shared.output()
    fixed = [text.partition("=") for text in fix or []]
    if not all(name and equals for name, equals, _ in fixed):
        raise UsageError("--fix takes NAME=VALUE", fix=f"recli tune {model} --fix epochs=10")
    what = plan(model, metric=metric, fixed={name: value for name, _, value in fixed}, seed=seed)
    specs = SplitSpec.parse(
        split, test_fraction=test_fraction, validation_fraction=validation_fraction, seed=split_seed
    )
    if len(specs) != 1:
        raise UsageError(
            f"tune takes one fold, and --split {split} is {len(specs)}: rows that judge one would choose for another",
            fix=f"recli tune {model} --split {specs[0]}",
        )
    if not specs[0].reads_test_fraction:
        how = f"--split {split}"
        refuse_unread(("test_fraction",), f"{how} says itself how many rows judge", fix=f"recli tune {model} {how}")
    with search_progress(quiet=shared.quiet) as on_trials:
        result = operation(
            shared.store(), what, trials=trials, dataset=dataset, split=specs[0], timeout=timeout, jobs=jobs,
            fresh=fresh, on_trials=on_trials,
        )  # fmt: skip
    output.emit(tune_view(result))
