"""Training: a growing table of epochs, a bar of a model's stages, or a bar of folds."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from recli.cli.output import say, stderr_console
from recli.cli.progress.bars import animated, bar
from recli.core.config import ModelConfig
from recli.core.duration import spoken_time
from recli.core.results.crossval import FoldDone
from recli.core.run import Epoch, Stage

ROWS_AROUND = 4
"""Lines of the live table that are no epoch: header, rule, time left, and the cursor's."""


@contextmanager
def fit_progress(config: ModelConfig, *, quiet: bool) -> Iterator[Callable[[Epoch | Stage], None] | None]:
    """Show one line an epoch: loss, validation loss, time left; rewritten live on a terminal, appended elsewhere.

    A model without epochs shows a bar of its stages, where it has some.
    """
    epochs = config.parameters().get("epochs")
    if quiet:
        yield None
    elif not animated():
        yield lambda piece: say(_stage_line(piece) if isinstance(piece, Stage) else _line(piece, epochs))
    elif isinstance(epochs, int):
        with _live_table(epochs) as on_epoch:
            yield on_epoch
    else:
        with _stage_bar(config) as on_stage:
            yield on_stage


@contextmanager
def _stage_bar(config: ModelConfig) -> Iterator[Callable[[Epoch | Stage], None]]:
    """Show a bar from the start on: the first stage may take a while."""
    from rich import progress

    left_column = progress.TextColumn("{task.fields[left]}")
    with bar(progress.TimeElapsedColumn(), left_column, spinner=True) as made:
        task = made.add_task(f"fitting {config.model}", total=None, left=_to_come(config))

        def on_stage(piece: Epoch | Stage) -> None:
            if isinstance(piece, Stage):
                left = f"{piece.done} of {piece.total} {piece.name}s{_left(piece)}"
                made.update(task, completed=piece.done, total=piece.total, left=left)

        yield on_stage


def _to_come(config: ModelConfig) -> str:
    """Say of how many pieces none is done yet: of ``bayes`` the first may take as long as all the others."""
    asked = config.parameters()
    return next((f"0 of {asked[pieces]} {pieces}" for pieces in ("chains", "iterations") if pieces in asked), "")


@contextmanager
def fold_progress(model: str, folds: int, *, quiet: bool) -> Iterator[Callable[[FoldDone], None] | None]:
    """Show one line a fold that is done, and on a terminal a bar under them."""
    if quiet:
        yield None
    elif not animated():
        yield lambda fold: say(_fold_line(fold))
    else:
        with _fold_bar(model, folds) as on_fold:
            yield on_fold


@contextmanager
def _fold_bar(model: str, folds: int) -> Iterator[Callable[[FoldDone], None]]:
    from rich import progress

    with bar(progress.MofNCompleteColumn(), progress.TimeElapsedColumn(), spinner=True) as made:
        task = made.add_task(f"fitting {folds} folds of {model}", total=folds)

        def on_fold(fold: FoldDone) -> None:
            made.console.print(_fold_line(fold))
            made.update(task, completed=fold.done)

        yield on_fold


def _fold_line(fold: FoldDone) -> str:
    return f"fold {fold.split} done ({fold.done} of {fold.total})  RMSE {fold.rmse:.4f}  {fold.seconds:.1f} s"


def _left(stage: Stage) -> str:
    """Return how long the rest will take: by the pieces that are done, or before the first by an estimate."""
    seconds = stage.seconds / stage.done * (stage.total - stage.done) if stage.done else stage.estimate
    return "" if seconds is None else f", about {spoken_time(seconds)} left"


def _stage_line(stage: Stage) -> str:
    left = _left(stage) if stage.done < stage.total else ""
    return f"{stage.name} {stage.done}/{stage.total}  {stage.seconds:.1f} s{left}"


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
