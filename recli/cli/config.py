"""``recli config``."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recli.cli.settings import Settings, key_of, leaves, read_settings
from recli.cli.shared import Shared
from recli.core.errors import UsageError
from recli.core.spelling import near

if TYPE_CHECKING:
    from recli.core.results.config import Setting, Value

EXAMPLES = (
    "recli config",
    "recli config train",
    "recli config models list --json",
    "cat $(recli config --path)",
)


def config(
    ctx: typer.Context,
    command: Annotated[
        list[str] | None,
        typer.Argument(metavar="COMMAND", help="Show all options of this one, as train or models list."),
    ] = None,
    path: Annotated[bool, typer.Option("--path", help="Print which file is used.")] = False,
    *,
    shared: Shared,
) -> None:
    """Show which options are set, and where.

    By a file or by the environment, each with its place.

    The file is recli.toml, or pyproject.toml with [tool.recli]: the nearest one here or above, up to the repository's
    root. RECLI_CONFIG names another one, or none where it is empty. What the command line says wins over all.
    """
    from recli.core.results.config import ConfigResult
    from recli.render.config import config_view, file_view

    output = shared.output()
    program = ctx.find_root().command
    words = tuple(command or ())
    found = read_settings(program)
    settings = _of_command(program, found, words) if words else _set_somewhere(program, found)
    result = ConfigResult(found.file.path if found.file else None, " ".join(words) or None, tuple(settings))
    output.emit(file_view(result) if path else config_view(result))


def _of_command(program: Any, found: Settings, words: tuple[str, ...]) -> "list[Setting]":
    """Return all parameters of a command."""
    from recli.core.results.config import Setting

    commands = {" ".join(one): command for one, command in leaves(program)}
    name = " ".join(words)
    if name not in commands:
        meant = [one for one in commands if one.startswith(f"{name} ")] or near(name, commands)
        raise UsageError(f"no command {name!r}", fix="recli --help", candidates=meant)
    found.require(words)
    settings = []
    for param in commands[name].params:
        given = found.given.get(words, {}).get(param.name)
        if _variable(param):
            settings.append(_by_environment(param, name))
        elif given and found.file:
            settings.append(Setting(name, given.key, _plain(given.value), "file", found.file.at(given.place)))
        else:
            settings.append(Setting(name, key_of(param), _plain(param.default), "default", None))
    return settings


def _set_somewhere(program: Any, found: Settings) -> "list[Setting]":
    """Return what is set, each time once for all commands that it holds for."""
    from recli.core.results.config import Setting

    by_name: dict[str, Setting] = {}
    by_place: dict[tuple[str, ...], Setting] = {}
    for words, command in leaves(program):
        for param in command.params:
            given = found.given.get(words, {}).get(param.name)
            if _variable(param):
                by_name[param.name] = _by_environment(param, None)
            elif given and found.file:
                scope = " ".join(given.place[:-1]) or None
                where = found.file.at(given.place)
                by_place[given.place] = Setting(scope, given.key, _plain(given.value), "file", where)
    return [*by_name.values(), *sorted(by_place.values(), key=lambda one: one.command or "")]


def _variable(param: Any) -> str | None:
    """Return the variable that sets a parameter, as Typer reads it: an empty one does not."""
    return param.envvar if param.envvar and os.environ.get(param.envvar) else None


def _by_environment(param: Any, command: str | None) -> "Setting":
    from recli.core.results.config import Setting

    return Setting(command, key_of(param), os.environ[param.envvar], "environment", param.envvar)


def _plain(value: Any) -> "Value":
    if isinstance(value, list | tuple):
        return tuple(str(one) if isinstance(one, Path) else one for one in value)
    return str(value) if isinstance(value, Path) else value
