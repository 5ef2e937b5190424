"""``recli import``."""

from pathlib import Path
from typing import Annotated

import typer

from recli.cli.shared import Shared

EXAMPLES = (
    "recli import ratings.csv --items movies.csv --name mine",
    "recli import ratings.dat --items movies.dat --users users.dat --name mine",
    "recli import ml-1m/ --name mine",
    "recli import reviews.jsonl.zst --items meta.jsonl --name reviews",
    "recli import ratings.parquet --items movies.parquet --name mine",
    "recli import log.tsv.gz --name log --columns user=reader,item=isbn,rating=stars",
    "recli import ratings.csv --name mine --scale 0.5:5 --on-bad skip --force",
)


def import_(
    ratings: Annotated[
        Path, typer.Argument(metavar="RATINGS", help="A file, plain, gzip or zstd, or a folder; - is standard input.")
    ],
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="What commands will call the dataset.")],
    items: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Titles, years, genres: u.item, movies.dat, or a table.")
    ] = None,
    users: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What is known of users: u.user, users.dat, or a table.")
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option(metavar="ROLE=COLUMN,…", help="user=…, item=…, rating=…, timestamp=…: names, or places from 1."),
    ] = None,
    scale: Annotated[
        str | None,
        typer.Option(metavar="LO:HI", help="The lowest and highest rating there can be. [default: by the ratings]"),
    ] = None,
    encoding: Annotated[
        str | None,
        typer.Option(metavar="utf-8|latin-1", help="Of the files. [default: utf-8; GroupLens' may be latin-1]"),
    ] = None,
    on_bad: Annotated[str, typer.Option(metavar="fail|skip", help="What to do where a line cannot be taken.")] = "fail",
    force: Annotated[bool, typer.Option("--force", help="Replace a dataset of that name.")] = False,
    *,
    shared: Shared,
) -> None:
    """Make a dataset of your own ratings.

    Parquet, JSON lines, or user, item, rating and timestamp in CSV or between tabs, semicolons, ::, | or blanks.
    """
    from recli.cli.progress import reading_bar
    from recli.operations.import_request import Request
    from recli.operations.importing import import_ratings
    from recli.render.importing import columns_line, import_view

    output = shared.output()
    request = Request(ratings, name, items, users, columns, scale, encoding, on_bad, force)
    with reading_bar(ratings, quiet=shared.quiet) as progress:
        result = import_ratings(
            shared.store(), request, tell=lambda found: output.remark([columns_line(found)]), progress=progress
        )
    output.emit(import_view(result))
