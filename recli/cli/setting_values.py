"""Values of a file, as options take them."""

import math
from pathlib import Path
from typing import Any

import typer
from typer.models import TyperPath

_WANTED = {"int": "a whole number", "float": "a number", "boolean": "true or false"}


def checked(param: Any, value: Any, directory: Path) -> Any:
    """Return a value as a parameter takes it.

    Args:
        param: an option or an argument.
        value: out of a file.
        directory: the file's, which relative paths start from.

    Raises:
        ValueError: it has another type, or is out of range.
    """
    composite = getattr(param.type, "types", None)
    if not (param.multiple if hasattr(param, "multiple") else False) and param.nargs == 1:
        return _one(param, param.type, value, directory)
    if not isinstance(value, list):
        raise ValueError(f"wants an array, not {_shown(value)}")
    if param.nargs > 1 and len(value) != param.nargs:
        raise ValueError(f"wants {param.nargs} values, not {len(value)}")
    kinds = composite or [param.type] * len(value)
    return [_one(param, kind, one, directory) for kind, one in zip(kinds, value, strict=True)]


def _one(param: Any, kind: Any, value: Any, directory: Path) -> Any:
    base = kind.name.split()[0]
    if not _fits(base, value):
        raise ValueError(f"wants {_WANTED.get(base, 'text in quotes')}, not {_shown(value)}")
    if isinstance(value, str):
        value = _text(param, kind, value, directory)
    try:
        return kind(value, param, None)
    except typer.BadParameter as error:
        message = error.message.rstrip(".")
        if base in ("int", "float"):
            # Typer has made 0.0 of 0: a person looks for what the file says.
            message = f"{_shown(value)} {message.partition(' ')[2]}"
        raise ValueError(message) from None


def _fits(base: str, value: Any) -> bool:
    if base == "boolean" or isinstance(value, bool):
        return base == "boolean" and isinstance(value, bool)
    if base == "int":
        return isinstance(value, int)
    if base == "float":
        return isinstance(value, int | float) and math.isfinite(value)
    return isinstance(value, str)


def _text(param: Any, kind: Any, value: str, directory: Path) -> str:
    if "\0" in value:
        raise ValueError("holds a NUL, which no command line can")
    is_path = isinstance(kind, TyperPath)
    if is_path and not value:
        raise ValueError("names no path")
    if value == "-" or not (is_path or (param.metavar == "PATH|URL" and "://" not in value)):
        return value
    try:
        return str(directory / Path(value).expanduser())
    except RuntimeError:  # ~nobody
        return str(directory / value)


def _shown(value: Any) -> str:
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "an array"
    return str(value).lower() if isinstance(value, bool) else repr(value) if isinstance(value, str) else str(value)
