"""How much of a file is read, where that takes a while."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import PurePath

from recli.cli.progress.bars import animated, bar
from recli.cli.progress.ranking import A_MOMENT
from recli.core.text import visible
from recli.data.delimited import STDIN

_MOST_CHARS = 20
"""Of a name: with it the bar fits 80 columns."""


@contextmanager
def reading_bar(path: PurePath, *, quiet: bool) -> Iterator[Callable[[int, int | None], None] | None]:
    """Show a bar of bytes, on a terminal only, a moment after the first: a small file is read by then."""
    if quiet or not animated():
        yield None
        return
    with ExitStack() as stack:
        update: Callable[[int, int | None], None] | None = None
        began = time.monotonic()

        def on_read(done: int, total: int | None) -> None:
            nonlocal update
            if update is None and time.monotonic() - began > A_MOMENT:
                update = stack.enter_context(_bytes_bar(_named(path)))
            if update:
                update(done, total)

        yield on_read


def _named(path: PurePath) -> str:
    name = "stdin" if str(path) == STDIN else visible(path.name)
    return name if len(name) <= _MOST_CHARS else name[: _MOST_CHARS - 1] + "…"


@contextmanager
def _bytes_bar(name: str) -> Iterator[Callable[[int, int | None], None]]:
    from rich import progress

    with bar(progress.DownloadColumn(), progress.TransferSpeedColumn()) as made:
        task = made.add_task("", total=None)

        def update(done: int, total: int | None) -> None:
            what = "publishing" if done == total else f"reading {name}"
            made.update(task, description=what, completed=done, total=total)

        yield update
