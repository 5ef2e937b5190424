"""Options out of a file: checked against what the commands have, then handed to Typer as its ``default_map``."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from recli.cli.setting_values import checked
from recli.core.errors import RecliError, UsageError
from recli.core.spelling import near
from recli.operations.config import ConfigFile, Place, config_file

WRITTEN = {"out", "plot", "report"}
"""Options that name a file to write."""
_READS_ITSELF = {"config", "completion"}
"""Commands that work without what a file says, or say what it says."""
_TELLS_OF_IT = {"doctor"}
"""Commands that heed what a file says, but run and tell of it where it is wrong."""
_KEY = "recli.settings"


@dataclass(frozen=True)
class Given:
    """What a file says of one option of one command."""

    key: str
    value: Any
    place: Place


@dataclass
class Settings:
    """What a file says."""

    file: ConfigFile | None
    given: dict[Place, dict[str, Given]] = field(default_factory=dict)
    """Words of a command → name of a parameter → its value."""
    refused: dict[Place, dict[str, UsageError]] = field(default_factory=dict)
    """The same for values that stand above several commands, of which this one cannot take them and another can."""

    def require(self, words: Place) -> None:
        """Raise where a command cannot take a value that is meant for it too."""
        for error in self.refused.get(words, {}).values():
            raise error

    def defaults(self) -> dict[str, Any]:
        """Return the values as Typer's contexts look them up: a table for each command in those of its groups."""
        top: dict[str, Any] = {}
        for words, options in self.given.items():
            table = top
            for word in words:
                table = table.setdefault(word, {})
            table.update({name: given.value for name, given in options.items()})
        return top


def read_settings(program: Any) -> Settings:
    """Read and check the file that holds here.

    Args:
        program: recli, as Typer has made it.

    Raises:
        UsageError: it names what no command has, or a value that no command can take which it is meant for.
    """
    found = Settings(config_file())
    if found.file:
        _read_table(found, found.file, program, (), found.file.values)
    return found


def config_path(program: Any) -> Path | None:
    """Return the file that holds here, once all of it is checked.

    Raises:
        UsageError: as ``read_settings``.
    """
    found = read_settings(program)
    return found.file.path if found.file else None


def apply_settings(context: Any) -> None:
    """Make what a file says the defaults of the command that follows; help and ``doctor`` work whatever it says."""
    words = [*context._protected_args, *context.args]
    if not words or words[0] in _READS_ITSELF:
        return
    try:
        found = read_settings(context.command)
    except UsageError:
        if {"-h", "--help"} & set(words) or words[0] in _TELLS_OF_IT:
            return
        raise
    for n in range(len(words) + 1):
        found.require(tuple(words[:n]))
    context.default_map = found.defaults()
    context.meta[_KEY] = found


def from_file(context: Any, name: str) -> bool:
    """Tell whether a parameter's value is one that a file says."""
    source = context.get_parameter_source(name)
    return source is not None and source.name == "DEFAULT_MAP"


def blame(error: RecliError, context: Any) -> None:
    """Add to an error where the values that it speaks of were set: the command line does not show them."""
    found = context.meta.get(_KEY) if context else None
    if not found or not found.file:
        return
    words = tuple(context.command_path.split()[1:])
    for given in (g for name, g in found.given.get(words, {}).items() if from_file(context, name)):
        said = [f"--{given.key.replace('_', '-')}", *([str(given.value)] if isinstance(given.value, str) else [])]
        if any(re.search(rf"(?<![\w-]){re.escape(text)}(?![\w-])", error.message) for text in said):
            error.message += f" ({given.key} is set by {found.file.at(given.place)})"


def leaves(command: Any, words: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Yield every command beneath a group, or a command itself, with its words."""
    inner = getattr(command, "commands", None)
    if inner is None:
        yield words, command
    for name, one in (inner or {}).items():
        yield from leaves(one, (*words, name))


def key_of(param: Any) -> str:
    """Return what a file calls a parameter: ``min_ratings`` for ``--min-ratings``, ``n`` for ``-n``."""
    if param.param_type_name == "argument":
        return str(param.name)
    names = sorted(param.opts, key=lambda text: not text.startswith("--"))
    return str(names[0]).lstrip("-").replace("-", "_")


def _read_table(found: Settings, file: ConfigFile, command: Any, words: Place, table: Any) -> None:
    """Take what stands in a command's or a group's table; tables of commands come last, and win."""
    inner = getattr(command, "commands", {})
    seen: dict[str, str] = {}
    for name, value in table.items():
        if not isinstance(value, dict):
            key = name.replace("-", "_")
            if key in seen:
                raise _error(file, (*words, name), f"{seen[key]} and {name} are one option", words)
            seen[key] = name
            _read_option(found, file, command, words, name, value)
    for name, value in table.items():
        if isinstance(value, dict):
            if name not in inner:
                raise _unknown_table(file, command, words, name)
            _read_table(found, file, inner[name], (*words, name), value)


def _read_option(found: Settings, file: ConfigFile, command: Any, words: Place, name: str, value: Any) -> None:
    key, place = name.replace("-", "_"), (*words, name)
    takers = list(_takers(command, words, key))
    if not takers:
        raise _unknown_option(file, command, words, name)
    for target, param in takers:
        refused = _refused(param, key)
        if refused:
            raise _error(file, place, f"{name} cannot be set in a file: {refused}", words)
        for known in (found.given, found.refused):
            known.get(target, {}).pop(param.name, None)  # of a table further up
        try:
            taken = checked(param, value, file.path.parent)
        except ValueError as error:
            of = "" if target == words else f" (recli {' '.join(target)})"
            refusal = _error(file, place, f"{name}: {error}{of}", target)
            found.refused.setdefault(target, {})[param.name] = refusal
        else:
            found.given.setdefault(target, {})[param.name] = Given(key, taken, place)
    refusals = [found.refused.get(target, {}).get(param.name) for target, param in takers]
    if all(refusals) and refusals[0]:
        raise refusals[0]


def _takers(command: Any, words: Place, key: str) -> Iterator[tuple[Place, Any]]:
    """Yield the parameters that a key of a table means: every command's option, but only its own command's argument."""
    for target, one in leaves(command, words):
        for param in one.params:
            if key_of(param) == key and (param.param_type_name == "option" or target == words):
                yield target, param


def _refused(param: Any, key: str) -> str:
    if key in WRITTEN:
        return "a command writes where its own line says, and nowhere else"
    if getattr(param, "is_flag", False) and not param.secondary_opts:
        return "it is a switch that a command line could not turn off again"
    return ""


def _unknown_option(file: ConfigFile, command: Any, words: Place, name: str) -> UsageError:
    place, shown = (*words, name), " ".join(words)
    if name in getattr(command, "commands", {}):
        return _error(file, place, f"{name} is a command: its options stand in a table [{'.'.join(place)}]", words)
    for target, one in leaves(command, words):
        if any(True for _ in _takers(one, target, name.replace("-", "_"))):
            line = f"{name} is an argument of recli {' '.join(target)}: it stands in [{'.'.join(target)}]"
            return _error(file, place, line, target)
    known = {
        key_of(param): target for target, one in leaves(command, words) for param in _settable(one, own=target == words)
    }
    what = f"recli {shown} has no option {name!r}" if words else f"no command has an option {name!r}"
    meant = near(name.replace("-", "_"), known)
    return _error(file, place, what, known[meant[0]] if meant else words, name, known)  # help that shows what was meant


def _settable(command: Any, *, own: bool) -> list[Any]:
    mine = [param for param in command.params if own or param.param_type_name == "option"]
    return [param for param in mine if not _refused(param, key_of(param))]


def _unknown_table(file: ConfigFile, command: Any, words: Place, name: str) -> UsageError:
    place = (*words, name)
    if any(True for _ in _takers(command, words, name.replace("-", "_"))):
        return _error(file, place, f"{name} is an option and no command: it takes no table", words)
    return _error(file, place, f"no command {' '.join(place)!r}", words, name, getattr(command, "commands", {}))


def _error(file: ConfigFile, place: Place, message: str, words: Place, name: str = "", known: Any = ()) -> UsageError:
    meant = near(name.replace("-", "_"), known) if name else []
    fix = " ".join(["recli", *words, "--help"])
    return UsageError(f"{file.at(place)}: {message}", fix=fix, candidates=meant)
