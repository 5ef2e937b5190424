"""``recli predict``."""

from pathlib import Path
from typing import Annotated

import typer

from recli.cli.options import Model, Out
from recli.cli.shared import Shared
from recli.cli.tables import open_table
from recli.core.errors import require

EXAMPLES = (
    "recli predict --user 42 --item 50",
    'recli predict --user 42 --item "Star Wars" --json',
    "recli predict --pairs pairs.csv --out stars.csv --distribution",
    "cut -f1,2 ratings.tsv | recli predict --pairs - --cold skip",
)


def predict(
    user: Annotated[str | None, typer.Option("--user", "-u", metavar="ID", help="A user's id.")] = None,
    item: Annotated[
        str | None, typer.Option(metavar="ID|TITLE", help="An item's id, or its title or a part of one.")
    ] = None,
    pairs: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="CSV or TSV in UTF-8 with the columns user_id,item_id; - is stdin."),
    ] = None,
    out: Out = None,
    model: Model = None,
    cold: Annotated[
        str,
        typer.Option(metavar="HOW", help="Unknown ids: error, baseline (it answers), skip or nan (empty cells)."),
    ] = "error",
    distribution: Annotated[
        bool, typer.Option("--distribution", help="Add a column for each level of stars: p_1, p_2, …")
    ] = False,
    *,
    shared: Shared,
) -> None:
    """Predict the stars that a user would give an item.

    With the median, an interval that holds 80% and the whole distribution, where the model has one, and with what the
    bias baseline says. What training never saw is answered by the baseline, unless the model knows it by metadata.

    A file of pairs has a header of the usual names (user_id,item_id or userId,movieId, in any case), or none, and then
    its first two columns count. The order of its rows is kept.
    """
    from recli.operations import predict as operations
    from recli.render import predict as render

    output = shared.output()
    one = user is not None and item is not None
    fix = EXAMPLES[0]
    require(one != (pairs is not None), "give --user ID and --item ID, or --pairs FILE", fix=fix)
    require(pairs is None or (user is None and item is None), "--pairs excludes --user and --item", fix=fix)
    require(out is None or pairs is not None, "--out takes what --pairs asks for", fix=EXAMPLES[2])
    target, store = open_table(out), shared.store()
    if pairs is None:
        found = operations.predict_one(store, user or "", item or "", model=model, cold=cold, distribution=distribution)
        output.emit(render.prediction_view(found, distribution=distribution))
        return
    found = operations.predict_pairs(store, pairs, model=model, cold=cold, distribution=distribution)
    if target:
        target.save(render.table_pieces(found, target.separator, distribution=distribution, raw=shared.raw))
        output.emit(render.written_view(found, target.path))
    elif output.separator:
        raw = shared.raw or output.separator == "\t"  # programs get text as it is
        output.stream(render.table_pieces(found, output.separator, distribution=distribution, raw=raw))
        output.remark(render.notes(found))
    else:
        output.emit(render.pairs_view(found))
