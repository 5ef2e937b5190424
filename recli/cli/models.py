"""``recli models``."""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from recli.cli import upkeep
from recli.cli.options import Ref
from recli.cli.shared import Shared, examples, with_shared


class ModelsGroup(TyperGroup):
    """``recli models`` alone, or with options of ``list``, lists."""

    def parse_args(self, ctx: Any, args: list[str]) -> Any:
        """Put in what is left out; completion asks what could stand there."""
        named = {"-h", "--help", *self.commands} & set(args)
        if not (named or ctx.resilient_parsing) and all(arg.startswith("-") for arg in args[:1]):
            args = ["list", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    name="models",
    cls=ModelsGroup,
    help="List what the store holds, and keep it in order.",
    no_args_is_help=False,
)


@app.command("list", epilog=examples("recli models", "recli models list --json"))
@with_shared
def list_(*, shared: Shared) -> None:
    """List every version, damaged ones marked."""
    from recli.operations.datasets import train_command
    from recli.operations.models import list_models
    from recli.render.models import list_view

    output, store = shared.output(), shared.store()
    output.emit(list_view(list_models(store), train=train_command(store)))


@app.command(epilog=examples("recli models show dot", "recli models show dot@best --json"))
@with_shared
def show(ref: Ref, *, shared: Shared) -> None:
    """Show a version: settings, errors, split, environment and arrays."""
    from recli.operations.models import show_model
    from recli.render.models import show_view

    output = shared.output()
    output.emit(show_view(show_model(shared.store(), ref)))


@app.command(epilog=examples('cat "$(recli models path dot:3)/card.md"'))
@with_shared
def path(ref: Ref, *, shared: Shared) -> None:
    """Print a version's directory, for cd and scripts."""
    from recli.operations.models import model_path
    from recli.render.models import path_view

    output = shared.output()
    output.emit(path_view(model_path(shared.store(), ref)))


@app.command(epilog=examples("recli models diff dot:1 dot:2", "recli models diff dot deep --all"))
@with_shared
def diff(
    first: Ref,
    second: Ref,
    all_: Annotated[bool, typer.Option("--all", help="Show what is the same too.")] = False,
    *,
    shared: Shared,
) -> None:
    """Show what differs between two versions.

    Configuration, data, split, fit, environment and metrics.
    """
    from recli.operations.diff import diff_models
    from recli.render.diff import diff_view

    output = shared.output()
    output.emit(diff_view(diff_models(shared.store(), first, second), everything=all_))


for command, lines in upkeep.COMMANDS:
    app.command(epilog=examples(*lines))(with_shared(command))
