"""``recli export``."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from recli.cli.shared import Shared, refuse_unread
from recli.core.reference import DEFAULT_DATASET

EXAMPLES = (
    "recli export --out ml-100k/",
    "recli export ml-100k --out ratings.parquet",
    "recli export mine --out items.csv.gz --table items",
    "recli export tiny --out - --csv | sort -t, -k2 | head",
)


def export(
    dataset: Annotated[str, typer.Argument(metavar="DATASET", help="A dataset of the store.")] = DEFAULT_DATASET,
    *,
    out: Annotated[
        Path,
        typer.Option("--out", "-o", metavar="FILE|DIR", help="FILE for the ratings, DIR for all tables, - for stdout."),
    ],
    format_: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="csv, csv.gz, csv.zst, tsv, …, parquet. [default: as FILE ends; in DIR csv]",
        ),
    ] = None,
    table: Annotated[
        str | None, typer.Option("--table", metavar="ratings|items|users", help="This table alone.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there.")] = False,
    shared: Shared,
) -> None:
    """Write a dataset for other programs: ratings, items and users.

    With the ids of its source, in its order. Of CSV and TSV, recli import makes the same dataset again.
    """
    from recli.cli.progress import writing_bar
    from recli.operations.export_dataset import STDOUT, Request, export_dataset, stream_table
    from recli.render.export import export_view

    output = shared.output()
    request = Request(dataset, out, format_, table, force)
    if out != STDOUT:
        refuse_unread(("raw",), "files for programs have no apostrophes", fix=request.command())
        with writing_bar(quiet=shared.quiet) as tell:
            result = export_dataset(shared.store(), request, tell=tell)
        output.emit(export_view(result))
        return
    refuse_unread(("json", "quiet", "force"), "--out - writes rows", fix=replace(request, force=False).command())
    if format_:
        refuse_unread(("csv", "tsv"), f"--format {format_} says how", fix=request.command())
    elif shared.csv:
        request = replace(request, format="csv")
    pieces, remarks = stream_table(shared.store(), request, terminal=sys.stdout.isatty())
    output.stream_bytes(pieces)
    output.remark(remarks)
