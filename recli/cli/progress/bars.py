"""The one maker of bars, and whether anything may move at all."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from recli.cli.output import stderr_console

if TYPE_CHECKING:
    from rich.progress import Progress, ProgressColumn


def animated() -> bool:
    """Tell whether stderr is a terminal that can move its cursor: elsewhere there are lines."""
    return sys.stderr.isatty() and os.environ.get("TERM", "").lower() not in ("dumb", "unknown")


@contextmanager
def bar(*columns: "ProgressColumn", spinner: bool = False) -> Iterator["Progress"]:
    """Show a bar that leaves nothing behind: a description, the bar, and what else is asked for."""
    from rich import progress

    first = [progress.SpinnerColumn()] if spinner else []
    shown = (*first, progress.TextColumn("{task.description}", markup=False), progress.BarColumn(), *columns)
    with progress.Progress(*shown, console=stderr_console(), transient=True) as made:
        yield made
