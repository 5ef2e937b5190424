"""What a waiting person sees on stderr: a bar while downloading, a growing table while training."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from recli.cli.output import say, stderr_console
from recli.core.config import ModelConfig
from recli.core.run import Epoch

Progress = Callable[[int, int | None], None]
"""Called with bytes done and bytes in all, where known."""


@contextmanager
def download_bar(name: str, *, quiet: bool) -> Iterator[Progress | None]:
    """Show a bar, on a terminal only, from the first byte on."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(f"fetching {name}", markup=False), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=stderr_console(), transient=True) as bar:
        task = bar.add_task("", total=None, visible=False)
        yield lambda done, total: bar.update(task, completed=done, total=total, visible=True)


@contextmanager
def epoch_table(config: ModelConfig, *, quiet: bool) -> Iterator[Callable[[Epoch], None] | None]:
    """Show one line an epoch: loss, validation loss, time left; rewritten live on a terminal, appended elsewhere.

    A closed-form model has no epochs and shows nothing.
    """
    epochs = config.parameters().get("epochs")
    if quiet or not isinstance(epochs, int):
        yield None
    elif sys.stderr.isatty():
        with _live_table(epochs) as on_epoch:
            yield on_epoch
    else:
        yield lambda epoch: say(_line(epoch, epochs))


def _line(epoch: Epoch, epochs: int) -> str:
    watched = "" if epoch.val_loss is None else f"  val_loss {epoch.val_loss:.4f}"
    return f"epoch {epoch.epoch}/{epochs}  loss {epoch.loss:.4f}{watched}  {epoch.seconds:.2f} s"


@contextmanager
def _live_table(epochs: int) -> Iterator[Callable[[Epoch], None]]:
    from rich.live import Live

    from recli.render.train import progress_table

    seen: list[Epoch] = []
    with Live(progress_table(seen, epochs), console=stderr_console(), auto_refresh=False) as live:

        def on_epoch(epoch: Epoch) -> None:
            seen.append(epoch)
            live.update(progress_table(seen, epochs), refresh=True)

        try:
            yield on_epoch
        finally:
            live.transient = not seen  # nothing was trained: leave no empty table above the error
