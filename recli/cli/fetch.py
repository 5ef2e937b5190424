"""``recli fetch``."""

from typing import Annotated

import typer

from recli.cli.shared import Shared
from recli.core.reference import DEFAULT_DATASET

EXAMPLES = (
    "recli fetch",
    "recli fetch tiny",
    "recli fetch ml-1m",
    "recli fetch synthetic-1m",
    "recli fetch --list",
    "recli fetch --from ~/Downloads/ml-100k.zip",
)


def fetch(
    dataset: Annotated[
        str, typer.Argument(metavar="DATASET", help="ml-100k, ml-1m, …; tiny, synthetic-1m, … (generated).")
    ] = DEFAULT_DATASET,
    origin: Annotated[
        str | None, typer.Option("--from", metavar="PATH|URL", help="A zip or folder in GroupLens' layout.")
    ] = None,
    list_: Annotated[
        bool, typer.Option("--list", help="List your own datasets and those that can be fetched.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Fetch again what is there already.")] = False,
    *,
    shared: Shared,
) -> None:
    """Get a dataset and verify it."""
    from recli.cli.progress import download_bar
    from recli.operations import fetch as operation
    from recli.render.fetch import fetch_view, listing_view

    output = shared.output()
    store = shared.store()
    if list_:
        output.emit(listing_view(operation.list_datasets(store)))
        return
    with download_bar(dataset, quiet=shared.quiet) as progress:
        result = operation.fetch(store, dataset, origin=origin, force=force, progress=progress)
    output.emit(fetch_view(result))
