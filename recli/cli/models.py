"""``recli models``."""

from typing import Annotated

import typer

from recli.cli.options import STORE, Artifacts, Json, Quiet, Verbose
from recli.cli.output import Output

app = typer.Typer(name="models", help="See what the store holds.", no_args_is_help=False)

Ref = Annotated[str, typer.Argument(metavar="REF", help="dot, dot:3 or dot@best.")]


@app.command("list")
def list_(artifacts: Artifacts = STORE, json: Json = False, quiet: Quiet = False, verbose: Verbose = False) -> None:
    """List every version, damaged ones marked."""
    from recli.operations.models import list_models
    from recli.render.models import list_view
    from recli.store import Store

    output = Output(json=json, quiet=quiet, verbose=verbose)
    output.emit(list_view(list_models(Store(artifacts))))


@app.command()
def show(
    ref: Ref, artifacts: Artifacts = STORE, json: Json = False, quiet: Quiet = False, verbose: Verbose = False
) -> None:
    """Show a version's configuration, metrics, split, environment and arrays."""
    from recli.operations.models import show_model
    from recli.render.models import show_view
    from recli.store import Store

    output = Output(json=json, quiet=quiet, verbose=verbose)
    output.emit(show_view(show_model(Store(artifacts), ref)))


@app.command()
def path(
    ref: Ref, artifacts: Artifacts = STORE, json: Json = False, quiet: Quiet = False, verbose: Verbose = False
) -> None:
    """Print a version's directory, for cd and scripts."""
    from recli.operations.models import model_path
    from recli.render.models import path_view
    from recli.store import Store

    output = Output(json=json, quiet=quiet, verbose=verbose)
    output.emit(path_view(model_path(Store(artifacts), ref)))


@app.command()
def diff(
    first: Ref,
    second: Ref,
    all_: Annotated[bool, typer.Option("--all", help="Show what is the same too.")] = False,
    artifacts: Artifacts = STORE,
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Show what differs between two versions: configuration, data, split, fit, environment and metrics."""
    from recli.operations.diff import diff_models
    from recli.render.diff import diff_view
    from recli.store import Store

    output = Output(json=json, quiet=quiet, verbose=verbose)
    output.emit(diff_view(diff_models(Store(artifacts), first, second), everything=all_))
