"""``recli evaluate``."""

from typing import Annotated

import typer

from recli.cli.options import STORE, Artifacts, Json, Plot, Quiet, Verbose
from recli.cli.output import Output
from recli.cli.pictures import open_picture
from recli.core.errors import UsageError

EXAMPLES = ("recli evaluate", "recli evaluate dot:1 dot:2", "recli evaluate dot --plot dot.png")


def evaluate(
    refs: Annotated[
        list[str] | None, typer.Argument(metavar="REF...", help="dot, dot:3 or dot@best; by default every latest.")
    ] = None,
    plot: Plot = None,
    artifacts: Artifacts = STORE,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Judge models on rows they have not seen.

    Each is shown on its training and on its test rows, with the bias baseline beside it.
    """
    from recli.operations.evaluate import evaluate as operation
    from recli.render.evaluate import evaluate_view
    from recli.store import Store

    output = Output(json=json, quiet=quiet, verbose=verbose)
    if plot and len(refs or []) != 1:
        raise UsageError("--plot draws one model: name it", fix="recli evaluate dot --plot dot.png")
    picture = open_picture(plot)
    result = operation(Store(artifacts), refs or [])
    output.emit(evaluate_view(result))
    if picture:
        from recli.render.plots import predictions_plot

        picture.save(predictions_plot(result.reports[0], picture.format))
    if result.problems:
        raise result.problems[0]  # the others are judged and shown; a script must still hear of it
