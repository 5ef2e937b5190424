"""What a waiting person sees on stderr: bars while downloading and ranking, a growing table while training."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from recli.cli.output import say, stderr_console
from recli.core.config import ModelConfig
from recli.core.results.crossval import FoldDone
from recli.core.results.tune import Study, Trial
from recli.core.run import Epoch, Stage
from recli.data.download import Progress

A_MOMENT = 1.0
"""Seconds that are over before a bar can be read."""
SILENCE = 5.0
"""Seconds without a line that nobody minds."""
ROWS_AROUND = 4
"""Lines of the live table that are no epoch: header, rule, time left, and the cursor's."""


@contextmanager
def download_bar(name: str, *, quiet: bool) -> Iterator[Progress | None]:
    """Show a bar, on a terminal only, from the first byte on."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich import progress

    columns = (
        progress.TextColumn(f"fetching {name}", markup=False),
        progress.BarColumn(),
        progress.DownloadColumn(),
        progress.TimeRemainingColumn(),
    )
    with progress.Progress(*columns, console=stderr_console(), transient=True) as bar:
        task = bar.add_task("", total=None, visible=False)
        yield lambda done, total: bar.update(task, completed=done, total=total, visible=True)


@contextmanager
def ranking_progress(*, quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """Tell how many users are ranked, where that takes longer than a few seconds: as a bar, or a line now and then."""
    if quiet:
        yield lambda ref, done, total: None
    elif sys.stderr.isatty():
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

    columns = (
        progress.TextColumn("{task.description}", markup=False),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeRemainingColumn(),
    )
    with progress.Progress(*columns, console=stderr_console(), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda ref, done, total: bar.update(
            task, description=f"ranking {ref}, users", completed=done, total=total
        )


@contextmanager
def fit_progress(config: ModelConfig, *, quiet: bool) -> Iterator[Callable[[Epoch | Stage], None] | None]:
    """Show one line an epoch: loss, validation loss, time left; rewritten live on a terminal, appended elsewhere.

    A model without epochs shows a bar of its stages, where it has some.
    """
    epochs = config.parameters().get("epochs")
    if quiet:
        yield None
    elif not sys.stderr.isatty():
        yield lambda piece: say(_stage_line(piece) if isinstance(piece, Stage) else _line(piece, epochs))
    elif isinstance(epochs, int):
        with _live_table(epochs) as on_epoch:
            yield on_epoch
    else:
        with _stage_bar(config.model) as on_stage:
            yield on_stage


@contextmanager
def _stage_bar(model: str) -> Iterator[Callable[[Epoch | Stage], None]]:
    """Show a bar from the start on: the first stage may take a while."""
    from rich import progress

    columns = (
        progress.SpinnerColumn(),
        progress.TextColumn("{task.description}", markup=False),
        progress.BarColumn(),
        progress.TimeElapsedColumn(),
        progress.TextColumn("{task.fields[left]}"),
    )
    with progress.Progress(*columns, console=stderr_console(), transient=True) as bar:
        task = bar.add_task(f"fitting {model}", total=None, left="")

        def on_stage(piece: Epoch | Stage) -> None:
            if isinstance(piece, Stage):
                seconds = piece.seconds / piece.done * (piece.total - piece.done)
                left = f"{piece.done} of {piece.total} {piece.name}s, about {seconds:.0f} s left"
                bar.update(task, completed=piece.done, total=piece.total, left=left)

        yield on_stage


@contextmanager
def fold_progress(model: str, folds: int, *, quiet: bool) -> Iterator[Callable[[FoldDone], None] | None]:
    """Show one line a fold that is done, and on a terminal a bar under them."""
    if quiet:
        yield None
    elif not sys.stderr.isatty():
        yield lambda fold: say(_fold_line(fold))
    else:
        with _fold_bar(model, folds) as on_fold:
            yield on_fold


@contextmanager
def _fold_bar(model: str, folds: int) -> Iterator[Callable[[FoldDone], None]]:
    from rich import progress

    columns = (
        progress.SpinnerColumn(),
        progress.TextColumn("{task.description}", markup=False),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeElapsedColumn(),
    )
    with progress.Progress(*columns, console=stderr_console(), transient=True) as bar:
        task = bar.add_task(f"fitting {folds} folds of {model}", total=folds)

        def on_fold(fold: FoldDone) -> None:
            bar.console.print(_fold_line(fold))
            bar.update(task, completed=fold.done)

        yield on_fold


def _fold_line(fold: FoldDone) -> str:
    return f"fold {fold.split} done ({fold.done} of {fold.total})  RMSE {fold.rmse:.4f}  {fold.seconds:.1f} s"


def _stage_line(stage: Stage) -> str:
    return f"{stage.name} {stage.done}/{stage.total}  {stage.seconds:.1f} s"


def _line(epoch: Epoch, epochs: object) -> str:
    watched = "" if epoch.val_loss is None else f"  val_loss {epoch.val_loss:.4f}"
    return f"epoch {epoch.epoch}/{epochs}  loss {epoch.loss:.4f}{watched}  {epoch.seconds:.2f} s"


@contextmanager
def _live_table(epochs: int) -> Iterator[Callable[[Epoch | Stage], None]]:
    from rich.live import Live

    from recli.render.train import progress_table

    console = stderr_console()
    seen: list[Epoch] = []
    with Live(progress_table(seen, epochs), console=console, auto_refresh=False) as live:

        def on_epoch(epoch: Epoch | Stage) -> None:
            if not isinstance(epoch, Epoch):
                return
            seen.append(epoch)
            # What is taller than the screen cannot be redrawn: while training, the latest epochs; at the end, all.
            most = max(1, console.height - ROWS_AROUND)
            live.update(progress_table(seen, epochs, most_rows=most), refresh=True)

        try:
            yield on_epoch
        finally:
            live.update(progress_table(seen, epochs))
            live.transient = not seen  # nothing was trained: leave no empty table above the error


@contextmanager
def steps(*, quiet: bool) -> Iterator[Callable[[str], None] | None]:
    """Show what is being done: one line that changes on a terminal, a line each elsewhere."""
    if quiet:
        yield None
    elif not sys.stderr.isatty():
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

    if not sys.stderr.isatty():
        yield one_line
        return
    from rich.live import Live

    with Live(console=stderr_console(), auto_refresh=False, transient=True) as live:

        def on_trials(study: Study, trials: tuple[Trial, ...], latest: Trial | None) -> None:
            if latest is None:
                one_line(study, trials, latest)
            live.update(search_table(study, trials), refresh=True)

        yield on_trials
