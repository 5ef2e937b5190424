"""Options that every command has, declared once and handed over as one value."""

import functools
import inspect
import os
import shlex
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_type_hints

import typer

from recli.cli.output import Output
from recli.cli.settings import blame, from_file
from recli.core.errors import RecliError, require

if TYPE_CHECKING:
    from recli.store import Store

STORE = Path("artifacts")
"""Where the store is, unless somebody says otherwise."""


@dataclass(frozen=True)
class Shared:
    """What a person said of where the store is and of how to answer."""

    artifacts: Annotated[
        Path, typer.Option("--artifacts", envvar="RECLI_ARTIFACTS", metavar="DIR", help="Where the store is.")
    ] = STORE
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False
    csv: Annotated[bool, typer.Option("--csv", help="Print the rows as CSV.")] = False
    tsv: Annotated[bool, typer.Option("--tsv", help="Print the rows as TSV, as a pipe gets them.")] = False
    raw: Annotated[bool, typer.Option("--raw", help="CSV: no ' before text that a spreadsheet would run.")] = False
    no_color: Annotated[bool, typer.Option("--no-color", help="Print without colours.")] = False
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only the thing itself.")] = False
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Tell more on stderr.")] = False

    def output(self) -> Output:
        """Return the way out of the command.

        Raises:
            UsageError: two shapes are asked for at once, or raw cells of what is no CSV.
        """
        context = _context()
        out = context.params.get("out") if context else None
        if not (self.csv or (isinstance(out, str | Path) and Path(out).suffix.lower() == ".csv")):
            refuse_unread(("raw",), "the answer is no CSV", fix=_without("--raw"))
        if self.no_color:
            os.environ["NO_COLOR"] = "1"  # Rich and whatever this process starts look there
        return Output(
            json=self.json,
            csv=self.csv,
            tsv=self.tsv,
            raw=self.raw,
            quiet=self.quiet,
            verbose=self.verbose,
            again=self.again,
        )

    def again(self, command: str) -> str:
        """Return a command of recli with the store that was named here, so that it works when it is copied.

        What the environment or a file says the next command reads itself.
        """
        context = _context()
        named = self.artifacts != Path(os.environ.get("RECLI_ARTIFACTS") or STORE)
        named = named and not (context and from_file(context, "artifacts"))
        if not named or not command.startswith("recli ") or "--artifacts" in command or command.endswith("--help"):
            return command
        return f"{command} --artifacts {shlex.quote(str(self.artifacts))}"

    def store(self) -> "Store":
        """Return the store."""
        from recli.store import Store

        return Store(self.artifacts)


def _context() -> Any:
    """Return what Typer knows of the command that runs; ``None`` where none does."""
    from typer._click.globals import get_current_context  # noqa: TID251

    return get_current_context(silent=True)


def refuse_unread(names: Iterable[str], because: str, *, fix: str) -> None:
    """Raise where the line gives options that would have no effect; what a file says is a default, which may have none.

    Args:
        names: of the parameters that this run does not read.
        because: why it does not, ``--by mae ranks nothing``.
        fix: the command to try.
    """
    context = _context()
    given = [
        max(param.opts, key=len)
        for param in (context.command.params if context else ())
        if param.name in names and context.get_parameter_source(param.name).name == "COMMANDLINE"
    ]
    have = "has" if len(given) == 1 else "have"
    require(not given, f"{because}: {' and '.join(given)} {have} no part in it", fix=fix)


def _without(option: str) -> str:
    return shlex.join(["recli", *(word for word in sys.argv[1:] if word != option)])


def _with_dataset(error: RecliError) -> str | None:
    """Return the same line with a dataset that is there, where the one that nobody named is not."""
    context = _context()
    source = context.get_parameter_source("dataset") if context else None
    if not (source and source.name == "DEFAULT" and error.candidates and (error.fix or "").startswith("recli fetch")):
        return None
    option = any(param.name == "dataset" and param.param_type_name == "option" for param in context.command.params)
    return shlex.join(["recli", *sys.argv[1:], *(["--dataset"] if option else []), error.candidates[0]])


def _with_what_was_named(fix: str) -> str:
    """Return the same command with the model and the dataset that this line named, where it names none."""
    context = _context()
    path = context.command_path if context else ""
    if not fix.startswith(f"{path} ") or path not in ("recli train", "recli tune") or fix.endswith("--help"):
        return fix
    model, dataset = context.params.get("model"), context.params.get("dataset")
    rest = fix.removeprefix(f"{path} ")
    source = context.get_parameter_source("dataset")
    if rest.startswith("-") and model:
        fix = f"{path} {model} {rest}"
    if source and source.name == "COMMANDLINE" and "--dataset" not in rest:
        fix += f" --dataset {shlex.quote(dataset)}"
    return fix


def with_shared(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of ``Shared`` behind its own, and their values as its argument ``shared``."""
    hints = get_type_hints(Shared, include_extras=True)
    options = [
        inspect.Parameter(
            field.name, inspect.Parameter.KEYWORD_ONLY, default=field.default, annotation=hints[field.name]
        )
        for field in fields(Shared)
    ]

    @functools.wraps(command)
    def run(*args: Any, **given: Any) -> None:
        shared = Shared(**{option.name: given.pop(option.name) for option in options})
        try:
            command(*args, **given, shared=shared)
        except RecliError as error:
            error.fix = error.fix and shared.again(_with_dataset(error) or _with_what_was_named(error.fix))
            blame(error, _context())
            raise

    signature = inspect.signature(command)
    own = [parameter for parameter in signature.parameters.values() if parameter.name != "shared"]
    _name_numbers(own)
    run.__signature__ = signature.replace(parameters=[*own, *options])  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in (*own, *options)} | {"return": None}
    return run


def examples(*lines: str) -> str:
    r"""Return what ends a command's help; ``\b`` keeps it from being filled up like prose."""
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])


def _name_numbers(parameters: Iterable[inspect.Parameter]) -> None:
    """Let help say N for a whole number and X for another, where it would say <int range>."""
    for parameter in parameters:
        kind, *about = get_args(parameter.annotation) or [None]
        kinds = get_args(kind) or (kind,)
        for option in about:
            if isinstance(option, typer.models.OptionInfo) and not option.metavar:
                option.metavar = "N" if int in kinds else "X" if float in kinds else None
