"""The ``recli`` command: its subcommands, and the one place where it starts and ends."""

import os
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from recli import __version__
from recli.cli import (
    compare,
    completing,
    completion,
    config,
    doctor,
    evaluate,
    explain,
    export,
    fetch,
    import_,
    models,
    predict,
    project,
    recommend,
    reproduce,
    similar,
    stats,
    train,
    tune,
)
from recli.cli.exits import exits, install, report
from recli.cli.mistakes import mistake
from recli.cli.settings import apply_settings
from recli.cli.shared import examples, with_shared
from recli.core.errors import UsageError


class RecliGroup(TyperGroup):
    """Typer's group, with recli's exit codes around everything it does.

    They stand here and not in ``main``, because Typer's own ``main``, which calls these two, would turn a closed pipe
    into exit 1 before an exception came that far.
    """

    def make_context(self, info_name: Any, args: list[str], *rest: Any, **kwargs: Any) -> Any:
        """Parse; ``--help`` prints here, and ``help COMMAND`` means it."""
        if args[:1] == ["help"]:
            args = [*args[1:], "--help"]
        with exits():
            return super().make_context(info_name, args, *rest, **kwargs)

    def invoke(self, ctx: Any) -> Any:
        """Run the command, with what a file says as its defaults."""
        with exits():
            apply_settings(ctx)
            return super().invoke(ctx)


app = typer.Typer(
    name="recli",
    cls=RecliGroup,
    help="Train, judge and explore recommenders on star ratings.",
    epilog='Start with: recli fetch, then recli train, then recli similar "Star Trek"',
    context_settings={"help_option_names": ["-h", "--help"]},
    # Plain help: drawing it with Rich would double the time that --help takes.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for command, lines in (
    (fetch.fetch, fetch.EXAMPLES),
    (import_.import_, import_.EXAMPLES),
    (export.export, export.EXAMPLES),
    (stats.stats, stats.EXAMPLES),
    (train.train, train.EXAMPLES),
    (evaluate.evaluate, evaluate.EXAMPLES),
    (compare.compare, compare.EXAMPLES),
    (recommend.recommend, recommend.EXAMPLES),
    (predict.predict, predict.EXAMPLES),
    (similar.similar, similar.EXAMPLES),
    (project.project, project.EXAMPLES),
    (reproduce.reproduce, reproduce.EXAMPLES),
    (tune.tune, tune.EXAMPLES),
    (explain.explain, explain.EXAMPLES),
    (doctor.doctor, doctor.EXAMPLES),
    (completion.completion, completion.EXAMPLES),
    (config.config, config.EXAMPLES),
):
    # import_ is called so because Python has an import of its own.
    app.command(command.__name__.rstrip("_"), epilog=examples(*lines))(with_shared(command))
app.add_typer(models.app)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"recli {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def root(
    ctx: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Train, judge and explore recommenders on star ratings."""
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help(), err=True)
        raise typer.Exit(UsageError.exit_code)


def main() -> None:
    """Run recli on the process's arguments and exit."""
    install()
    if completing.ASKED in os.environ:
        completing.answer(typer.main.get_command(app))
        sys.exit(0)
    try:
        code = typer.main.get_command(app)(prog_name="recli", standalone_mode=False)
    except typer.TyperException as error:
        report(mistake(error, typer.main.get_command(app), sys.argv[1:]))
        sys.exit(UsageError.exit_code)
    sys.exit(code or 0)
