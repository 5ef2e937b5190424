"""``recli similar``."""

from typing import Annotated

import typer

from recli.cli.options import Model, Plot
from recli.cli.pictures import open_picture
from recli.cli.shared import Shared, refuse_unread
from recli.core.errors import UsageError

EXAMPLES = (
    'recli similar "Star Trek"',
    "recli similar --id 50 -n 5",
    "recli similar --pair 50 181",
    "recli similar Alien --method ratings",
)


def similar(
    query: Annotated[str | None, typer.Argument(metavar="TITLE", help="A title or a part of one.")] = None,
    item_id: Annotated[str | None, typer.Option("--id", metavar="ID", help="An item's id, instead of a title.")] = None,
    pair: Annotated[
        tuple[str, str] | None, typer.Option(metavar="A B", help="Print how similar two items are, by id or title.")
    ] = None,
    model: Model = None,
    method: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="How to compare: metadata, ratings or vectors, as the model has them."),
    ] = None,
    n: Annotated[int, typer.Option("-n", min=1, help="How many items to list.")] = 10,
    min_ratings: Annotated[int, typer.Option(min=0, help="Hide items with fewer ratings: they are mostly noise.")] = 20,
    plot: Plot = None,
    *,
    shared: Shared,
) -> None:
    """List the items nearest to one.

    By the best method that the model has: metadata (ratings, genres and years) or ratings where its fit left lists of
    neighbours, else vectors, the angle between the items' vectors. A pair is compared by vectors where the model has
    some. A title matches whatever its case and accents, and typos are forgiven.
    """
    from recli.operations import similar as operations
    from recli.render.similar import pair_view, similar_view

    output = shared.output()
    if sum(given is not None for given in (query, item_id, pair)) != 1:
        raise UsageError("give one of a title, --id ID and --pair A B", fix='recli similar "Star Trek"')
    store = shared.store()
    picture = open_picture(plot)
    if pair:
        fix = "recli similar --pair 50 181"
        refuse_unread(("n", "min_ratings"), "--pair compares two items and lists none", fix=fix)
        if picture:
            raise UsageError("--plot draws the neighbours of one item, not a pair")
        output.emit(pair_view(operations.pair(store, *pair, model=model, method=method)))
        return
    if item_id is not None:
        result = operations.similar_by_id(store, item_id, model=model, method=method, n=n, min_ratings=min_ratings)
    else:
        result = operations.similar_by_title(
            store, query or "", model=model, method=method, n=n, min_ratings=min_ratings
        )
    output.emit(similar_view(result))
    if picture:
        from recli.render.plots import similarity_plot

        picture.save(similarity_plot(result, picture.format))
