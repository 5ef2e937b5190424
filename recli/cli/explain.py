"""``recli explain``."""

from typing import Annotated

import typer

from recli.cli.shared import Shared

EXAMPLES = ("recli explain", "recli explain nDCG", "recli explain cold start")


def explain(
    term: Annotated[
        list[str] | None,
        typer.Argument(metavar="TERM", help="A word or several that recli prints. [default: list them all]"),
    ] = None,
    *,
    shared: Shared,
) -> None:
    """Say what a term means, in a sentence or two."""
    from recli.operations.explain import explain as operation
    from recli.render.explain import explain_view

    output = shared.output()
    output.emit(explain_view(operation(" ".join(term) if term else None)))
