"""``recli project``."""

from pathlib import Path
from typing import Annotated

import typer

from recli.cli.shared import Shared, refuse_unread
from recli.core.errors import UsageError

EXAMPLES = (
    "recli project --open",
    "recli project dot:3 --method pca --color year",
    "recli project --out map.html --out map.svg",
    "recli project --users --color occupation",
    "recli project --compare bayes dot",
)


def project(
    ref: Annotated[
        str | None,
        typer.Argument(metavar="REF", help="dot, dot:3 or dot@best. [default: bayes, else another that can]"),
    ] = None,
    compare: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="REF REF", help="Two models of one dataset side by side; kept beside the first."),
    ] = None,
    users: Annotated[bool, typer.Option("--users", help="Map users instead of items.")] = False,
    method: Annotated[str, typer.Option(metavar="tsne|umap|pca", help="umap needs recli[umap].")] = "tsne",
    metric: Annotated[str, typer.Option(metavar="cosine|euclidean", help="What near means.")] = "cosine",
    perplexity: Annotated[float, typer.Option(min=1, help="t-SNE: how many neighbours count as near.")] = 30.0,
    neighbors: Annotated[int, typer.Option(min=2, help="UMAP: how many neighbours count as near.")] = 15,
    seed: Annotated[int, typer.Option(min=0, help="Of t-SNE and UMAP.")] = 0,
    color: Annotated[
        str, typer.Option(metavar="popularity|mean|year|genre", help="Colours; users: popularity, mean, gender, …")
    ] = "popularity",
    out: Annotated[
        list[Path] | None,
        typer.Option(
            "--out", "-o", metavar="FILE", help=".html, .csv, .png, .svg or, two files, .tsv; may be repeated."
        ),
    ] = None,
    open_: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    *,
    shared: Shared,
) -> None:
    """Draw a map of the items, or of the users.

    An interactive page, a table, pictures, and vectors for the Embedding Projector: kept beside the model unless --out
    names other files.
    """
    from recli.analysis.projection import ProjectionSpec
    from recli.cli.browser import open_page
    from recli.cli.progress import steps
    from recli.operations.project import draw_map, formats_of
    from recli.render.map_files import map_bytes, map_look
    from recli.render.project import project_view

    output = shared.output()
    spec = ProjectionSpec(method, perplexity, neighbors, seed, metric)
    unread = {"perplexity", "neighbors", "seed"} - spec.settings().keys()
    refuse_unread(unread, f"--method {method} has settings of its own", fix=f"recli project --method {method}")
    outs = formats_of(out or [])
    if open_ and outs and "html" not in outs:
        raise UsageError("--open shows the page, and --out asks for none", fix="recli project --open --out map.html")
    if compare and ref:
        raise UsageError(f"--compare names both models: {ref} is one too many", fix="recli project --compare bayes dot")
    with steps(quiet=output.quiet) as say:
        result = draw_map(
            shared.store(), map_bytes, refs=compare or (ref,), users=users, spec=spec, color=color, outs=outs,
            look=map_look(), say=say,
        )  # fmt: skip
    output.emit(project_view(result))
    if open_:
        open_page(result.files["html"])
