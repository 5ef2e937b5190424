"""``recli stats``."""

from typing import Annotated

import typer

from recli.cli.options import Plot
from recli.cli.pictures import open_picture
from recli.cli.shared import Shared
from recli.core.reference import DEFAULT_DATASET

EXAMPLES = ("recli stats", "recli stats --popularity -n 20", "recli stats --plot ratings.png")


def stats(
    dataset: Annotated[str, typer.Argument(metavar="DATASET", help="A dataset of the store.")] = DEFAULT_DATASET,
    popularity: Annotated[bool, typer.Option("--popularity", help="Rank the items by number of ratings.")] = False,
    n: Annotated[int, typer.Option("-n", min=1, help="How many items to rank.")] = 10,
    plot: Plot = None,
    *,
    shared: Shared,
) -> None:
    """Count and describe a dataset's ratings."""
    from recli.operations.stats import stats as operation
    from recli.render.stats import stats_view

    output = shared.output()
    picture = open_picture(plot)
    result = operation(shared.store(), dataset, n=n)
    output.emit(stats_view(result, popularity=popularity))
    if picture:
        from recli.render.plots import stats_plot

        picture.save(stats_plot(result, picture.format))
