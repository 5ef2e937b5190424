"""Options that several commands share, declared once."""

from pathlib import Path
from typing import Annotated

import typer

Dataset = Annotated[str, typer.Option("--dataset", "-d", metavar="NAME", help="A dataset of the store.")]
Model = Annotated[
    str | None,
    typer.Option(
        "--model", "-m", metavar="REF", help="dot, dot:3 or dot@best. [default: bayes, else another that can]"
    ),
]
Ref = Annotated[str, typer.Argument(metavar="REF", help="dot, dot:3 or dot@best.")]

Plot = Annotated[
    Path | None, typer.Option("--plot", metavar="FILE", help="Draw it, as .png, .svg or .html.", dir_okay=False)
]

Out = Annotated[
    Path | None,
    typer.Option("--out", "-o", metavar="FILE", help="Write the rows there, as .csv or .tsv.", dir_okay=False),
]

TopK = Annotated[int, typer.Option("--k", min=1, metavar="N", help="Length of the ranked lists that are judged.")]
Relevant = Annotated[
    float | None,
    typer.Option(metavar="STARS", help="Rating from which an item counts as liked. [default: 4 of 1 to 5]"),
]
RankingUsers = Annotated[
    str, typer.Option(metavar="N|all", help="Judge the rankings of so many users, drawn by a fixed seed.")
]
