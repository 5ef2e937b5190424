"""``recli project``."""

from pathlib import Path
from typing import Annotated

import typer

from recli.cli.shared import Shared

EXAMPLES = ("recli project", "recli project dot:3 --method pca", "recli project --out map.html --out map.png")


def project(
    ref: Annotated[
        str | None,
        typer.Argument(metavar="REF", help="dot, dot:3 or dot@best. [default: bayes, else another that can]"),
    ] = None,
    method: Annotated[str, typer.Option(metavar="tsne|umap|pca", help="umap needs recli[umap].")] = "tsne",
    perplexity: Annotated[float, typer.Option(min=1, help="t-SNE: how many neighbours count as near.")] = 30.0,
    neighbors: Annotated[int, typer.Option(min=2, help="UMAP: how many neighbours count as near.")] = 15,
    seed: Annotated[int, typer.Option(min=0, help="Of t-SNE and UMAP.")] = 0,
    out: Annotated[
        list[Path] | None, typer.Option("--out", "-o", metavar="FILE", help=".html, .csv or .png; may be repeated.")
    ] = None,
    *,
    shared: Shared,
) -> None:
    """Draw a map of the items.

    An interactive page, a table and a picture, kept beside the model unless --out names other files.
    """
    from recli.analysis.projection import ProjectionSpec
    from recli.operations.project import formats_of, project_items
    from recli.render.map_files import map_bytes
    from recli.render.project import project_view

    output = shared.output()
    spec = ProjectionSpec(method, perplexity, neighbors, seed)
    outs = formats_of(out or [])
    output.emit(project_view(project_items(shared.store(), map_bytes, ref=ref, spec=spec, outs=outs)))
