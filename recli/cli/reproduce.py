"""``recli reproduce``."""

from pathlib import Path
from typing import Annotated

import typer

from recli.cli.shared import Shared

EXAMPLES = ("recli reproduce", "recli reproduce --report notebook.html", "recli reproduce -q && echo it holds")


def reproduce(
    report: Annotated[
        Path | None,
        typer.Option("--report", metavar="FILE", help="Write a page with the pictures, .html or .md.", dir_okay=False),
    ] = None,
    seed: Annotated[
        int, typer.Option(min=0, help="Of the fits. Some neighbours are those of some seeds only, as of the default.")
    ] = 1,
    keep: Annotated[bool, typer.Option("--keep", help="Publish the two networks as new versions.")] = False,
    *,
    shared: Shared,
) -> None:
    """Recompute every value of the notebook that recli starts from.

    Data, split, both networks, embeddings, maps and pictures, each beside what the notebook shows. Needs MovieLens-100K
    (recli fetch). Ends with 10 where a value does not hold.
    """
    from recli.cli.progress import steps
    from recli.operations.reproduce import report_format, require_reproduced
    from recli.operations.reproduce import reproduce as operation
    from recli.operations.reproduce.writing import write_report
    from recli.render.reproduce import reproduce_view
    from recli.render.reproduce_pictures import draw_notebook
    from recli.render.reproduce_report import report_html, report_markdown

    output = shared.output()
    fmt = report_format(report) if report else None
    with steps(quiet=shared.quiet) as say:
        result = operation(shared.store(), draw_notebook, seed=seed, keep=keep, say=say)
    output.emit(reproduce_view(result))
    if report and fmt == "html":
        write_report(report, report_html(result), {})
    elif report:
        write_report(report, *report_markdown(result, f"{report.name}_files"))
    require_reproduced(result)
