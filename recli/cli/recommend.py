"""``recli recommend``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recli.cli.engine import Engine, Master, SparkConf, cluster_of
from recli.cli.options import Model, Out
from recli.cli.output import Output
from recli.cli.shared import Shared
from recli.cli.tables import TableFile, open_table
from recli.core.errors import UsageError, require

if TYPE_CHECKING:
    from recli.core.results.recommend import AllUsers

EXAMPLES = (
    "recli recommend --user 42",
    'recli recommend --rate "Star Wars=5" --rate "Fargo=4" --explain',
    "recli recommend --ratings me.csv --genre Comedy --year 1990-1999",
    "recli recommend --all-users --out recs.csv",
    "recli recommend --all-users --engine spark --model als --out recs.csv",
)


def recommend(
    user: Annotated[str | None, typer.Option("--user", "-u", metavar="ID", help="A user of the dataset.")] = None,
    rate: Annotated[
        list[str] | None,
        typer.Option(metavar="TITLE=STARS", help="A rating of somebody new, by title or id; may be repeated."),
    ] = None,
    ratings: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Their ratings as CSV or TSV: title or item_id, and rating. - is stdin."),
    ] = None,
    all_users: Annotated[bool, typer.Option("--all-users", help="A list for every user of the dataset.")] = False,
    out: Out = None,
    model: Model = None,
    n: Annotated[int, typer.Option("-n", min=1, help="How many items to list.")] = 10,
    explain: Annotated[bool, typer.Option("--explain", help="Say which of the ratings argue for each item.")] = False,
    genre: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only items of it; of all that are given.")
    ] = None,
    year: Annotated[str | None, typer.Option(metavar="FIRST-LAST", help="Only items released then: 1990-1999.")] = None,
    min_ratings: Annotated[int, typer.Option(min=0, help="Only items with so many ratings or more.")] = 0,
    max_popularity: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="Only items with so many ratings or fewer.")
    ] = None,
    diversity: Annotated[float, typer.Option(min=0, max=1, help="0 lists the best, 1 the least alike.")] = 0.0,
    exclude: Annotated[
        str,
        typer.Option(metavar="WHAT", help="What to leave out: all that they rated, only what was trained, or nothing."),
    ] = "rated",
    engine: Engine = "local",
    master: Master = None,
    spark_conf: SparkConf = None,
    *,
    shared: Shared,
) -> None:
    """List the best unseen items for a user, or for somebody new.

    Somebody new is taken in by their ratings, without a new fit; without any they are told what is popular.
    """
    from recli.operations import recommend as operations
    from recli.operations.filters import ItemFilter
    from recli.operations.shelf import Wish
    from recli.render.recommend import recommend_view

    output, store = shared.output(), shared.store()
    _check(user, bool(rate or ratings), all_users, out)
    target = open_table(out)
    allowed = ItemFilter.read(genre or (), year, min_ratings, max_popularity)
    wish = Wish(n, allowed, diversity, exclude, explain)
    command = "recli recommend --all-users"
    cluster = cluster_of(engine, master, spark_conf, verbose=shared.verbose, command=command, unread=())
    require(all_users or not cluster, "--engine spark is for --all-users", fix=f"{command} --engine spark")
    if cluster:
        from recli.operations.on_spark.recommend import recommend_to_all_on_spark

        _emit(recommend_to_all_on_spark(store, cluster, model=model, wish=wish), target, shared.raw, output)
    elif all_users:
        _emit(operations.recommend_to_all(store, model=model, wish=wish), target, shared.raw, output)
    elif user is not None:
        output.emit(recommend_view(operations.recommend_to_user(store, user, model=model, wish=wish)))
    else:
        result = operations.recommend_to_new(store, rate or (), ratings, model=model, wish=wish)
        output.emit(recommend_view(result))


def _check(user: str | None, is_new: bool, all_users: bool, out: Path | None) -> None:
    if (user is not None) + is_new + all_users > 1:
        raise UsageError(
            "choose one of --user, --all-users, and the ratings of somebody new", fix="recli recommend --user 42"
        )
    if out is not None and not all_users:
        raise UsageError("--out is where --all-users goes", fix="recli recommend --all-users --out recs.csv")


def _emit(everybody: "AllUsers", target: TableFile | None, raw: bool, output: Output) -> None:
    from recli.render.recommend import all_view

    if target:
        _write(everybody, target, raw=raw, output=output)
    else:
        output.emit(all_view(everybody))


def _write(result: "AllUsers", target: TableFile, *, raw: bool, output: Output) -> None:
    """Write the lines of all users, and tell how far it is."""
    from recli.cli.progress import ranking_progress
    from recli.render.recommend import all_pieces, written_view

    with ranking_progress(quiet=output.quiet) as on_ranked:
        pieces = all_pieces(
            result, target.separator, raw=raw, on_users=lambda done: on_ranked(result.ref, done, result.n_users)
        )
        target.save(pieces)
    output.emit(written_view(result, target.path))
