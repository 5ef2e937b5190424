"""``recli.toml``, and ``[tool.recli]`` of ``pyproject.toml``: which file it is, what it says, and on which line.

The standard library only, and ``tomllib`` only where there is a file: every command looks here, and a shell at TAB.
"""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from recli.core.errors import UsageError

VARIABLE = "RECLI_CONFIG"
"""Names another file; none where it is empty."""
OWN, PYPROJECT = "recli.toml", "pyproject.toml"
_TABLE = ("tool", "recli")
_MAX_BYTES = 1 << 20
_ENDS = re.compile(r"\]\s*(#.*)?$|\"\"\"|'''")
"""What the last line of a statement that takes several lines can look like."""
_AT_LINE = re.compile(r" \(at (?:line (?P<line>\d+), column \d+|end of document)\)$")

Place = tuple[str, ...]
"""Keys from the top of the file down to a value."""


@dataclass(frozen=True)
class ConfigFile:
    """What a file says of recli."""

    path: Path
    values: Mapping[str, Any]
    """Its keys and tables, those of ``[tool.recli]`` in a ``pyproject.toml``."""
    lines: Mapping[Place, int] = field(default_factory=dict)
    """Line on which a key or a table's header stands, from 1."""

    def at(self, place: Place) -> str:
        """Return ``recli.toml:3`` for what stands at a place, with the whole path."""
        within = (line for keys, line in self.lines.items() if keys[: len(place)] == place)
        line = self.lines.get(place) or min(within, default=None)
        return f"{self.path}:{line}" if line else str(self.path)


def config_file(directory: Path | None = None) -> ConfigFile | None:
    """Read the file that holds for a directory, or ``None`` where there is none.

    The nearest one of the directory and its parents, up to a repository's root (it has ``.git``) or else that of the
    file system. ``recli.toml`` goes before the ``pyproject.toml`` beside it; of the latter, one that does not speak of
    recli is passed by. ``RECLI_CONFIG`` names another file, or none where it is empty.

    Raises:
        UsageError: the file is no TOML, or the one that is named is not there.
    """
    named = os.environ.get(VARIABLE)
    if named == "":
        return None
    if named is not None:
        return _named(Path(named).absolute())
    with suppress(FileNotFoundError):  # a directory that was removed under us
        start = directory or Path.cwd()
        for place in (start, *start.parents):
            found = _in(place)
            if found or _is_there(place / ".git"):
                return found
    return None


def _named(path: Path) -> ConfigFile:
    if not _is_there(path, only_files=True):
        raise UsageError(f"{VARIABLE} names {path}, which is no file", fix=f"unset {VARIABLE}")
    found = _read(path, _TABLE if path.name == PYPROJECT else ())
    return found or ConfigFile(path, {})


def _in(directory: Path) -> ConfigFile | None:
    for name, table in ((OWN, ()), (PYPROJECT, _TABLE)):
        if _is_there(directory / name, only_files=True):
            found = _read(directory / name, table)
            if found:
                return found
    return None


def _is_there(path: Path, *, only_files: bool = False) -> bool:
    """Tell whether something is there; what cannot be looked at is not."""
    with suppress(OSError, ValueError):
        return path.is_file() if only_files else path.exists()
    return False


def _read(path: Path, table: Place) -> ConfigFile | None:
    """Read a file; ``None`` where it has not the table."""
    try:
        with path.open("rb") as stream:
            content = stream.read(_MAX_BYTES + 1)
    except OSError as error:
        raise _broken(f"{path} cannot be read: {error.strerror}", str(path)) from error
    if table and b"recli" not in content:
        return None
    if len(content) > _MAX_BYTES:
        raise _broken(f"{path} is larger than 1 MB: no file of options", str(path))
    try:
        values = _parse(path, content)
    except UsageError:
        if table and b"tool.recli" not in content:
            return None  # broken, and not ours
        raise
    for key in table:
        inner = values.get(key)
        if not isinstance(inner, dict):
            return None
        values = inner
    lines = {place[len(table) :]: line for place, line in _lines(content.decode("utf-8-sig")) if _under(place, table)}
    return ConfigFile(path, values, lines)


def _under(place: Place, table: Place) -> bool:
    return place[: len(table)] == table


def _parse(path: Path, content: bytes) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        where = f"{path}:{content[: error.start].count(10) + 1}"
        raise _broken(f"{where}: not UTF-8", where) from None
    except tomllib.TOMLDecodeError as error:
        text, match = str(error), _AT_LINE.search(str(error))
        last = len(content.splitlines()) or 1
        where = f"{path}:{match['line'] or last}" if match else str(path)
        raise _broken(f"{where}: no TOML: {text[: match.start()] if match else text}", where) from None
    except RecursionError:
        raise _broken(f"{path}: nested too deeply", str(path)) from None
    except ValueError:  # Python's own limit, which tomllib passes on
        raise _broken(f"{path}: an integer of thousands of digits", str(path)) from None


def _broken(message: str, where: str) -> UsageError:
    return UsageError(message, fix=f"correct {where}, or go without it once: {VARIABLE}= recli …")


def _lines(text: str) -> Iterator[tuple[Place, int]]:
    """Yield where each key and each table's header of a valid file stands: ``tomllib`` does not tell.

    A statement is what is TOML by itself: a header, or a key and its value, which may take several lines.
    """
    import tomllib

    table: Place = ()
    start, buffer = 1, ""
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        if not buffer:
            start = number
        elif not _ENDS.search(line):
            buffer += line + "\n"
            continue
        buffer += line + "\n"
        try:
            statement = tomllib.loads(buffer)
        except tomllib.TOMLDecodeError:
            continue
        if buffer.lstrip().startswith("["):
            table = _header(statement)
            yield table, start
        else:
            yield from ((table + keys, start) for keys in _leaves(statement))
        buffer = ""


def _header(statement: Any) -> Place:
    keys: Place = ()
    while statement:
        if isinstance(statement, list):  # [[of]] these
            statement = statement[0]
        else:
            ((key, statement),) = statement.items()
            keys += (key,)
    return keys


def _leaves(value: Any) -> Iterator[Place]:
    for key, inner in value.items():
        if isinstance(inner, dict) and inner:
            yield from ((key, *rest) for rest in _leaves(inner))
        else:
            yield (key,)
