"""The effective options."""

from pathlib import Path
from typing import TYPE_CHECKING

from recli.core.results.config import ConfigResult, Setting, Value
from recli.core.text import visible
from recli.render.tables import heading, stack, table
from recli.render.view import View

if TYPE_CHECKING:
    from rich.console import RenderableType

_NO_FILE = "no recli.toml and no pyproject.toml with [tool.recli] here or above: options have their own defaults"
_HEADER = ("command", "option", "value", "source", "where")


def config_view(result: ConfigResult) -> View:
    """Show options, their values and where each comes from."""
    rows = [(one.command, one.option, _text(one.value), one.source, one.where) for one in result.settings]
    return View(
        json={
            "file": str(result.file) if result.file else None,
            "command": result.command,
            "settings": [
                {
                    "command": one.command,
                    "option": one.option,
                    "value": list(one.value) if isinstance(one.value, tuple) else one.value,
                    "source": one.source,
                    "where": one.where,
                }
                for one in result.settings
            ],
        },
        header=_HEADER,
        rows=rows,
        quiet=[f"{one.option}={_text(one.value)}" for one in result.settings],
        terminal=lambda: _shown(result),
        notes=[] if result.file else [_NO_FILE],
        next=None if result.command else _next(result),
    )


def _next(result: ConfigResult) -> str | None:
    """Return how to see all options of a command that some are set for."""
    named = next((one.command for one in result.settings if one.command), None)
    return named and f"recli config {named}"


def file_view(result: ConfigResult) -> View:
    """Show which file is used; nothing where there is none."""
    from rich.text import Text

    lines = [str(result.file)] if result.file else []
    return View(
        json={"file": lines[0] if lines else None},
        header=(),
        rows=[(line,) for line in lines],
        quiet=lines,
        terminal=lambda: Text(visible("".join(lines))),
        notes=[] if lines else [_NO_FILE],
    )


def _shown(result: ConfigResult) -> "RenderableType":
    if result.command:
        rows = [(one.option, _text(one.value) or "–", _origin(one)) for one in result.settings]
        return stack(
            heading(f"recli {result.command}", str(result.file or "")),
            table(("option", "value", "from"), rows, left=("option", "value", "from")),
        )
    listed = [
        (one.command or "every command", one.option, _text(one.value) or "–", _origin(one)) for one in result.settings
    ]
    columns = ("for", "option", "value", "from")
    title = heading("options that are set", "" if listed else "none")
    return stack(title, table(columns, listed, left=columns)) if listed else title


def _origin(one: Setting) -> str:
    if one.source == "environment":
        return f"environment {one.where}"
    return (one.where or one.source).removeprefix(f"{Path.cwd()}/")


def _text(value: Value) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
