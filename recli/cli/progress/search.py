"""Longer work in steps, and the trials of a search."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from recli.cli.output import say, stderr_console
from recli.cli.progress.bars import animated
from recli.core.results.tune import Study, Trial


@contextmanager
def steps(*, quiet: bool) -> Iterator[Callable[[str], None] | None]:
    """Show what is being done: one line that changes on a terminal, a line each elsewhere."""
    if quiet:
        yield None
    elif not animated():
        yield say
    else:
        from rich.text import Text

        with stderr_console().status(Text("starting")) as status:
            yield lambda text: status.update(Text(text))


@contextmanager
def search_progress(*, quiet: bool) -> Iterator[Callable[[Study, tuple[Trial, ...], Trial | None], None] | None]:
    """Show the best trials so far: a table rewritten live on a terminal, a line for each trial elsewhere."""
    if quiet:
        yield None
        return
    from recli.render.tune import search_table, start_line, trial_line

    def one_line(study: Study, trials: tuple[Trial, ...], latest: Trial | None) -> None:
        if latest is not None:
            say(trial_line(study, trials, latest))
        elif study.earlier:
            say(start_line(study))

    if not animated():
        yield one_line
        return
    from rich.live import Live

    with Live(console=stderr_console(), auto_refresh=False, transient=True) as live:

        def on_trials(study: Study, trials: tuple[Trial, ...], latest: Trial | None) -> None:
            if latest is None:
                one_line(study, trials, latest)
            live.update(search_table(study, trials), refresh=True)

        yield on_trials
