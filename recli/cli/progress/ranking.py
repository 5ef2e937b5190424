"""How many users are ranked, where that takes a while."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from recli.cli.output import say
from recli.cli.progress.bars import animated, bar

A_MOMENT = 1.0
"""Seconds that are over before a bar can be read."""
SILENCE = 5.0
"""Seconds without a line that nobody minds."""


@contextmanager
def ranking_progress(*, quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """Tell how many users are ranked, where that takes longer than a few seconds: as a bar, or a line now and then."""
    if quiet:
        yield lambda ref, done, total: None
    elif animated():
        with _ranking_bar() as on_ranked:
            yield on_ranked
    else:
        told = time.monotonic()

        def line(ref: str, done: int, total: int) -> None:
            nonlocal told
            if time.monotonic() - told >= SILENCE and done < total:
                told = time.monotonic()
                say(f"ranking {ref}: {done} of {total} users")

        yield line


@contextmanager
def _ranking_bar() -> Iterator[Callable[[str, int, int], None]]:
    """Show a bar a moment after the first users are ranked: what is done by then writes nothing at all."""
    with ExitStack() as stack:
        update: Callable[[str, int, int], None] | None = None
        began: float | None = None

        def on_ranked(ref: str, done: int, total: int) -> None:
            nonlocal update, began
            began = time.monotonic() if began is None else began
            if update is None and done < total and time.monotonic() - began > A_MOMENT:
                update = stack.enter_context(_users_bar())
            if update:
                update(ref, done, total)

        yield on_ranked


@contextmanager
def _users_bar() -> Iterator[Callable[[str, int, int], None]]:
    from rich import progress

    with bar(progress.MofNCompleteColumn(), progress.TimeRemainingColumn()) as made:
        task = made.add_task("", total=None)
        yield lambda ref, done, total: made.update(
            task, description=f"ranking {ref}, users", completed=done, total=total
        )
