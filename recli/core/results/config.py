"""What ``config`` returns."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Value = str | int | float | bool | None | tuple[str | int | float, ...]


@dataclass(frozen=True)
class Setting:
    """An option and where its value comes from."""

    command: str | None
    """``train``, ``models list``; ``None`` where it holds for every command that has the option."""
    option: str
    """As a file has it: ``min_ratings``."""
    value: Value
    """Paths are absolute where a file says them."""
    source: Literal["default", "file", "environment"]
    where: str | None
    """``/path/recli.toml:3`` or the variable's name; ``None`` for a default."""


@dataclass(frozen=True)
class ConfigResult:
    """The effective options."""

    file: Path | None
    """The file that holds here."""
    command: str | None
    """The one whose options all are listed; ``None`` where those of any command are that somebody has set."""
    settings: tuple[Setting, ...]
