"""A bar while a large table is written."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from recli.cli.progress.bars import animated, bar
from recli.cli.progress.ranking import A_MOMENT


@contextmanager
def writing_bar(*, quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """Show a bar, on a terminal only, where writing takes longer than a moment; it is told a table and its rows."""
    if quiet or not animated():
        yield lambda table, done, total: None
        return
    from rich import progress

    began = time.monotonic()
    with bar(progress.MofNCompleteColumn(), progress.TimeRemainingColumn()) as made:
        task = made.add_task("", total=None, visible=False)
        yield lambda table, done, total: made.update(
            task, description=f"writing {table}, rows", completed=done, total=total,
            visible=time.monotonic() - began > A_MOMENT,
        )  # fmt: skip
